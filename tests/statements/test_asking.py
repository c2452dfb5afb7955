"""The whole answer: which trials it rests on, its order, its progress, what it refuses."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import hpi
from hpi.effects import Outcome
from hpi.errors import EstimatorError, SubspaceError, TableError
from hpi.statements import FindingKind, Findings, Strength, state
from hpi.toys import ADDITIVE
from tests.makers import toy_sample
from tests.statements.planted import evenly, fairly, of_kind, only, said


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(8)


@pytest.fixture
def frame(rng) -> pd.DataFrame:
    made = pd.DataFrame({"x": evenly(800, rng), "opt": fairly("a b", 800, rng), "idle": evenly(800, rng)})
    return made.assign(loss=2 * made["x"] + (made["opt"] == "b") + rng.normal(0, 0.3, 800))


def ask(frame: pd.DataFrame, subspace: hpi.Subspace | None = None, **choices) -> Findings:
    table = hpi.read(frame, **({"metric": "loss", "direction": "minimize"} | choices))
    return hpi.findings(table, subspace=subspace)


def test_only_the_trials_that_pass_the_filters_count(frame):
    found = ask(frame, hpi.Subspace(where=(hpi.OneOf("opt", ("a",)),)))
    assert found.n_trials == 400
    assert not found.about("opt")
    trend = only(found, FindingKind.TREND, "x")
    assert trend.n == 400
    assert trend.low <= 1.6 <= trend.high


def test_only_the_trials_of_the_region_count(frame):
    """Among the best half the others that are told are the worse half of these."""
    found = ask(frame, hpi.Subspace(0.5, 0.1))
    assert found.n_trials == 400
    assert any("Only the best 50 % are spoken of." in reason for reason in found.cannot_say)
    top = only(found, FindingKind.TOP, "opt")
    assert "Among the best 10\u00a0%, 80 of 80 trials have opt = a" in top.text
    n_a = int((frame.nsmallest(400, "loss")["opt"] == "a").sum())
    assert f"(of all trials of the best 50\u00a0% {n_a} of 400 do)" in top.text


def test_the_target_is_the_one_that_was_asked_for(frame):
    for target, percent, n in ((0.05, "5", 40), (0.2, "20", 160)):
        top = only(ask(frame, hpi.Subspace(target=target)), FindingKind.TOP, "x")
        assert top.text.startswith(f"Among the best {percent}\u00a0%, ")
        assert f" of {n} trials have x" in top.text


def test_findings_by_name_and_in_order(frame):
    found = ask(frame)
    assert found.about("x")
    assert all("x" in one.hyperparameters for one in found.about("x"))
    assert found.about("nobody") == ()
    effects = [one for one in found.findings if one.kind is not FindingKind.SAME]
    assert list(found.findings[: len(effects)]) == effects
    assert effects[0].strength is Strength.STRONG


def test_what_was_looked_at_is_counted(rng):
    """One way, two middles, the top and no difference; of three levels three contrasts, and four of no difference."""
    assert said({"x": evenly(400, rng)}, rng.normal(size=400)).candidates == 5
    level = fairly("a b c", 400, rng)
    assert said({"level": level}, rng.normal(size=400)).candidates in (7, 8)  # with the top, where a level holds half


def test_json_has_exactly_what_was_promised(frame):
    plain = json.loads(json.dumps(ask(frame).to_dict(), allow_nan=False))
    assert set(plain) == {"findings", "cannot_say", "candidates"}
    assert isinstance(plain["candidates"], int)
    for one in plain["findings"]:
        assert set(one) == {"kind", "text", "hyperparameters", "effect", "low", "high", "unit", "p_adjusted", "n",
                            "strength", "except"}  # fmt: skip
        assert one["kind"] in {"trend", "contrast", "exception", "interaction", "reaching the top", "no difference"}
        assert one["strength"] in {"strong", "weak"}


def test_progress_goes_from_nothing_to_nearly_all():
    told: list[tuple[float, str]] = []
    state(toy_sample(ADDITIVE, 300, 0), Outcome("score", maximize=False),
          report=lambda share, word: told.append((share, word)))  # fmt: skip
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert 0.9 < shares[-1] <= 1
    assert all(word for _, word in told)


def test_refusals_name_what_to_do(frame):
    with pytest.raises(SubspaceError, match="names no hyperparameter"):
        ask(frame, hpi.Subspace(where=(hpi.Between("nothing", 0, 1),)))
    with pytest.raises(EstimatorError, match="at least 16 are needed"):
        ask(frame.head(15))
    with pytest.raises(TableError, match="say minimize or maximize"):
        hpi.findings(hpi.read(frame.rename(columns={"loss": "value"}), metric="value"))
    with pytest.raises(EstimatorError, match="the target must be|at least 8 are needed"):
        ask(frame, hpi.Subspace(target=0.005))


def test_a_table_like_those_in_the_question(rng):
    """The lower the depth, the better; L1 is worse than L2; and they interact, and nothing is linear."""
    n = 500
    depth = rng.integers(1, 13, n)
    regularizer = rng.choice(["l1", "l2"], n)
    lr = 10 ** rng.uniform(-5, -1, n)
    accuracy = 0.9 - 0.004 * depth**1.3 - 0.03 * (regularizer == "l1") - 0.02 * (np.log10(lr) + 3) ** 2
    accuracy -= 0.004 * depth * (regularizer == "l1")
    frame = pd.DataFrame({"depth": depth, "regularizer": regularizer, "lr": lr,
                          "val_acc": accuracy + rng.normal(0, 0.01, n)})  # fmt: skip
    found = ask(frame, metric="val_acc", direction="maximize")
    texts = [one.text for one in found.findings]
    assert any(text.startswith("Lower depth is better: from ") for text in texts)
    assert any(text.startswith("regularizer = l1 is worse than l2, by 0.0") for text in texts)
    assert any(text.startswith("lr is best between ") for text in texts)
    assert of_kind(found, FindingKind.INTERACTION, "depth", "regularizer")
    assert not of_kind(found, FindingKind.EXCEPTION)
    assert all(one.unit == "val_acc" for one in found.findings if one.kind is not FindingKind.TOP)
