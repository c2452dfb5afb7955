"""What the table cannot say: every reason where it holds, and not where it does not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hpi
from hpi.effects import Outcome
from hpi.errors import EstimatorError
from hpi.statements import Findings, Strength, state
from hpi.statements.paper import as_text
from hpi.subspace import Subspace, cut
from hpi.toys import ADDITIVE
from tests.makers import design, toy_sample
from tests.statements.planted import evenly, fairly, said

N = 300


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(2)


def reasons(findings: Findings, words: str) -> list[str]:
    return [reason for reason in findings.cannot_say if words in reason]


def test_where_all_is_well_only_the_undecided_are_named(rng):
    x, idle, flag = evenly(N, rng), evenly(N, rng), fairly("off on", N, rng)
    found = said({"x": x, "idle": idle, "flag": flag}, 2 * x + rng.normal(size=N))
    (reason,) = found.cannot_say
    assert reason.startswith("Not told apart from chance, and not shown to be without effect: flag (up to 0.")
    assert " and idle (up to " in reason
    assert "x (up to" not in reason
    assert reason in as_text(found)


def test_what_cannot_be_ruled_out_is_the_far_end_of_the_interval(rng):
    """Of two levels alone: Welch's interval of the difference, by hand."""
    flag, noise = fairly("off on", 100, rng), rng.normal(size=100)
    off, on = noise[flag == "off"], noise[flag == "on"]
    error = np.sqrt(off.var(ddof=1) / 50 + on.var(ddof=1) / 50)
    far = abs(off.mean() - on.mean()) + 1.984 * error
    (reason,) = said({"flag": flag}, noise).cannot_say
    told = float(reason.split("flag (up to ")[1].split(")")[0])
    assert told == pytest.approx(far, abs=0.03)


def test_nothing_is_undecided_where_everything_is_told(rng):
    x, flag = evenly(4000, rng), fairly("off on", 4000, rng)
    found = said({"x": x, "flag": flag}, 2 * x + rng.normal(size=4000), tolerance=0.2)
    assert found.cannot_say == ()


def trials_of_an_optimiser(rng: np.random.Generator) -> pd.DataFrame:
    """The second half of the trials lies where the first half was best."""
    x = np.append(rng.random(200), 0.2 + 0.1 * rng.random(200))
    level = np.append(rng.choice(["a", "b"], 200), rng.choice(["a", "b"], 200, p=[0.9, 0.1]))
    loss = np.abs(x - 0.25) + 0.5 * (level == "b") + rng.normal(0, 0.05, 400)
    return pd.DataFrame({"x": x, "level": level, "loss": loss})


def test_what_an_optimiser_chose_is_never_sure(rng):
    frame = trials_of_an_optimiser(rng)
    in_order = hpi.findings(hpi.read(frame, metric="loss", direction="minimize"))
    assert in_order.findings
    assert {one.strength for one in in_order.findings} == {Strength.WEAK}
    (reason,) = reasons(in_order, "an optimiser seems to have chosen them")
    assert "(level, x)" in reason
    # The same trials in an order by chance do not give it away.
    shuffled = hpi.findings(hpi.read(frame.sample(frac=1, random_state=0), metric="loss", direction="minimize"))
    assert not reasons(shuffled, "an optimiser")


def test_random_search_is_not_taken_for_an_optimiser():
    found = state(toy_sample(ADDITIVE, 400, 0), Outcome("score", maximize=False))
    assert not reasons(found, "optimiser")
    assert Strength.STRONG in {one.strength for one in found.findings}


@pytest.mark.parametrize(("n", "step"), [(65_536, 1), (65_537, 2)])
def test_more_than_fifty_thousand_trials_are_thinned(rng, n, step):
    x = rng.random(n)
    found = said({"x": x}, x + rng.normal(size=n))
    assert found.n_trials == -(-n // step)
    assert len(reasons(found, "one trial in 2," if step == 2 else "one trial in")) == (step == 2)


@pytest.mark.parametrize(("n", "is_held"), [(60, False), (400, True)])
def test_too_few_trials_to_hold_the_others(rng, n, is_held):
    found = said({f"h{k}": evenly(n, rng) for k in range(6)}, rng.normal(size=n))
    assert len(reasons(found, f"{n} trials are too few to hold the other hyperparameters fixed")) == (not is_held)
    alone = said({"h0": evenly(16, rng)}, rng.normal(size=16))
    assert not reasons(alone, "too few to hold")


@pytest.mark.parametrize("maximize", [True, False])
@pytest.mark.parametrize("share", [0.0, 0.2])
def test_a_metric_at_its_ceiling(rng, maximize, share):
    loss = rng.random(N)
    loss[: int(share * N)] = -0.5
    found = said({"x": evenly(N, rng)}, loss, maximize=maximize)
    best = "0.5" if maximize else "-0.5"
    assert len(reasons(found, f"60 of 300 trials share the best score, {best}: ")) == (share > 0)
    assert len(reasons(found, "share the best")) == (share > 0)


def test_rare_levels_are_named_with_their_trials(rng):
    level = np.repeat(np.array(list("abcdefgh"), dtype=object), [100, 100, 1, 2, 3, 4, 5, 7])
    found = said({"level": level, "x": evenly(len(level), rng)}, rng.normal(size=len(level)))
    (reason,) = reasons(found, "too few trials")
    assert reason == (
        "level: too few trials have c (1), d (2), e (3) and f (4) and 2 more levels; 8 of a level are compared."
    )
    common = np.repeat(np.array(list("ab"), dtype=object), [100, 8])
    assert not reasons(said({"level": common}, rng.normal(size=108)), "too few trials")


def test_of_very_many_levels_those_with_most_trials_are_compared_and_the_others_counted(rng):
    times = [3, 8, *[10] * 99, 9, 12]  # of l000, l001, ...
    level = np.repeat(np.array([f"l{k:03}" for k in range(len(times))], dtype=object), times)
    found = said({"level": level}, rng.normal(size=len(level)))
    assert found.candidates < 3 * 100 * 99 / 2  # contrasts, equivalences, and some of each level
    assert reasons(found, "level: ") == [
        "level: too few trials have l000 (3); 8 of a level are compared.",
        "level: of 102 levels with enough trials the 100 with most are compared; group levels that belong together.",
    ]
    assert not reasons(said({"level": level[21:]}, rng.normal(size=len(level) - 21)), "enough trials")


def test_one_value_alone_cannot_be_compared(rng):
    x = np.append(np.full(95, 1.0), np.full(5, 2.0))
    found = said({"x": x, "y": evenly(100, rng)}, rng.normal(size=100))
    assert reasons(found, "x: too few trials with different values to compare (100 trials).")
    assert not reasons(found, "y: too few")


def test_hyperparameters_that_go_together_wholly_in_part_and_not_at_all(rng):
    x = evenly(600, rng)
    near, far, free = x + rng.normal(0, 0.001, 600), x + rng.normal(0, 0.4, 600), evenly(600, rng)
    loss = 3 * x + rng.normal(0, 0.5, 600)
    wholly = said({"x": x, "near": near, "free": free}, loss)
    assert reasons(wholly, "independently of each other: near with x. What is due to the one and what to the other "
                           "cannot be told apart, or only roughly")  # fmt: skip
    in_part = said({"x": x, "far": far, "free": free}, loss)
    assert reasons(in_part, "independently of each other: far with x. What is due to the one and what to the other is "
                            "told apart by a model alone")  # fmt: skip
    for found in (wholly, in_part):
        assert all(one.strength is Strength.WEAK for one in found.findings if {"x", "near", "far"} & {
            *one.hyperparameters})  # fmt: skip
    assert [one.hyperparameters for one in in_part.findings if "far" in one.hyperparameters] == []
    assert not reasons(said({"x": x, "free": free}, loss), "independently")


def test_holes_in_the_design(rng):
    """Nobody tried c with v, although there are 200 of each: 66 would be there by chance."""
    a, b = fairly("x y z", 600, rng), fairly("u v w", 600, rng)
    b[(a == "x") & (b == "v")] = "u"
    found = said({"a": a, "b": b}, rng.normal(size=600))
    (reason,) = reasons(found, "nothing can be said there")
    assert reason == "No trial has a = x together with b = v: nothing can be said there."
    b[np.flatnonzero(a == "x")[0]] = "v"
    (reason,) = reasons(said({"a": a, "b": b}, rng.normal(size=600)), "nothing can be said there")
    assert reason == "One trial alone has a = x together with b = v: nothing can be said there."
    whole = said({"a": fairly("x y z", 600, rng), "b": fairly("u v w", 600, rng)}, rng.normal(size=600))
    assert not reasons(whole, "nothing can be said there")


def test_a_child_that_is_not_active_leaves_no_hole(rng):
    optimizer = fairly("adam sgd", N, rng)
    momentum = np.where(optimizer == "sgd", rng.random(N), np.nan)
    found = said({"optimizer": optimizer, "momentum": momentum}, rng.normal(size=N))
    assert not reasons(found, "nothing can be said there")
    assert not reasons(found, "independently")


def test_runs_far_from_all_others_are_told(rng):
    loss = rng.normal(size=N)
    loss[:12] = 1e6 * (1 + rng.random(12))
    assert reasons(said({"x": evenly(N, rng)}, loss), "12 of 300 trials lie far from all others in score")
    assert not reasons(said({"x": evenly(N, rng)}, rng.normal(size=N)), "lie far from")


def test_no_more_than_four_sentences_of_a_kind(rng):
    columns = {f"h{k}": np.repeat(np.array(["a", "b"], dtype=object), [93, 7]) for k in range(7)}
    columns = {name: rng.permutation(values) for name, values in columns.items()}
    found = said(columns, rng.normal(size=100))
    assert len(reasons(found, "too few trials have b (7)")) == 4
    assert reasons(found, "And 3 more of this kind.")


def test_refusals(rng):
    sample = cut(design({"x": evenly(50, rng)}, rng.normal(size=50)), Subspace())
    outcome = Outcome("score", maximize=False)
    for tolerance in (0.0, -1.0, float("inf"), float("nan")):
        with pytest.raises(EstimatorError, match="a difference of score that does not matter, above 0"):
            state(sample, outcome, tolerance)
    few = cut(design({"x": evenly(15, rng)}, rng.normal(size=15)), Subspace())
    with pytest.raises(EstimatorError, match="at least 16 are needed"):
        state(few, outcome)
    with pytest.raises(EstimatorError, match="same value in all"):
        state(cut(design({"x": evenly(50, rng)}, np.ones(50)), Subspace()), outcome)


def test_a_stretch_that_nobody_tried(rng):
    tried = rng.random(N)
    gap = np.where(tried < 0.5, 0.8 * tried, 0.2 + 0.8 * tried)
    (reason,) = reasons(said({"x": gap, "y": rng.random(N)}, rng.normal(size=N)), "of what lies there")
    below, above = gap[gap < 0.5].max(), gap[gap > 0.5].min()
    assert reason == f"No trial has x between {below:.3g} and {above:.3g}: nothing can be said of what lies there."
    few_values = said({"x": np.where(gap < 0.5, 0.0, 1.0) + 0.1 * rng.integers(0, 3, N)}, rng.normal(size=N))
    assert not reasons(few_values, "of what lies there")


def test_several_tasks_have_no_common_scale(rng):
    frame = pd.DataFrame({"x": rng.random(N), "dataset": rng.choice(["d1", "d2", "d3"], N)})
    offset = frame["dataset"].map({"d1": 0, "d2": 100, "d3": 1e6})
    frame["accuracy"] = -2 * frame["x"] + offset + rng.normal(0, 0.5, N)
    found = hpi.findings(hpi.read(frame, metric="accuracy", direction="maximize"))
    assert reasons(found, "Several tasks: accuracy has no common scale between them")
    (trend,) = [one for one in found.findings if one.kind == "trend"]
    assert trend.unit == found.metric == "rank of accuracy within its task"
    assert trend.text.startswith("Lower x is better: ")
    assert 0 < trend.low < trend.high < 1
    one = hpi.findings(hpi.read(frame.drop(columns="dataset"), metric="accuracy", direction="maximize"))
    assert not reasons(one, "Several tasks")
