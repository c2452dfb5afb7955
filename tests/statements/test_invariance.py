"""What must change nothing: direction, order, units, repeats, asking again."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

import hpi
from hpi.effects import Outcome
from hpi.errors import HpiError
from hpi.statements import Finding, FindingKind, Findings, state
from hpi.subspace import Subspace, cut
from tests.makers import design
from tests.statements.samples import samples

N = 700


def search(seed: int = 0, n: int = N) -> pd.DataFrame:
    """A search in which every kind of finding is said."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "depth": rng.integers(1, 9, n),
            "lr": 10 ** rng.uniform(-5, -1, n),
            "dropout": rng.random(n).round(3),
            "optimizer": rng.choice(["adam", "rmsprop", "sgd"], n),
            "norm": rng.choice(["batch", "layer"], n, p=[0.8, 0.2]),
            "flag": rng.choice([True, False], n),
        }
    )
    frame["momentum"] = np.where(frame["optimizer"] == "sgd", rng.random(n).round(3), np.nan)
    frame["loss"] = (
        0.3 * (np.log10(frame["lr"]) + 3) ** 2
        + np.where(frame["norm"] == "layer", -0.15, 0.1) * frame["depth"]
        + (frame["optimizer"] == "sgd") * (0.5 + frame["momentum"].fillna(0))
        + (frame["flag"] & (frame["dropout"] > 0.5)) * 0.6
        + rng.normal(0, 0.3, n)
    )
    return frame


def read(frame: pd.DataFrame, **choices) -> hpi.TrialTable:
    return hpi.read(frame, **({"metric": "loss", "direction": "minimize"} | choices))


def found(frame: pd.DataFrame, **choices) -> Findings:
    return hpi.findings(read(frame, **choices), tolerance=0.12)


def content(findings: Findings) -> str:
    return json.dumps(findings.to_dict(), allow_nan=False)


def test_every_kind_is_among_what_is_compared_here():
    assert {finding.kind for finding in found(search()).findings} >= set(FindingKind) - {FindingKind.SAME}


def turned(finding: Finding) -> Finding:
    """The same finding with the picture of the negated metric."""
    lines = tuple(
        dataclasses.replace(
            line,
            points=tuple(
                dataclasses.replace(point, value=-point.value, low=-point.high, high=-point.low)
                for point in line.points
            ),
        )
        for line in finding.picture.lines
    )
    return dataclasses.replace(finding, picture=dataclasses.replace(finding.picture, lines=lines))


def test_negating_the_metric_and_its_direction_changes_nothing_but_the_values_in_pictures():
    frame = search()
    plain, other = found(frame), found(frame.assign(loss=-frame["loss"]), direction="maximize")
    assert content(plain) == content(other)
    for one, same in zip(plain.findings, other.findings, strict=True):
        assert (one if one.picture.is_share else turned(one)) == same


@settings(max_examples=30)
@given(samples())
def test_of_any_sample_the_direction_changes_no_finding(sample):
    try:
        plain, other = (state(sample, Outcome("accuracy", maximize)) for maximize in (False, True))
    except HpiError:
        return
    assert [one.to_dict() for one in plain.findings] == [one.to_dict() for one in other.findings]


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_and_columns_changes_nothing(seed):
    frame = search().round(2).assign(lr=search()["lr"])
    order = np.random.default_rng(seed).permutation(len(frame.columns))
    other = frame.sample(frac=1, random_state=seed).iloc[:, order]
    assert found(frame) == found(other)


def test_asking_again_and_more_threads_give_the_same_bytes():
    frame = search()
    plain = content(found(frame))
    for threads in (1, 2):
        with threadpool_limits(limits=threads):
            assert content(found(frame)) == plain


def alike(one: Finding, other: Finding, scale: float = 1.0) -> bool:
    """Whether two findings say the same but for words and units; odds have no unit."""
    scale = 1.0 if one.kind is FindingKind.TOP else scale
    numbers = [(scale * a, b) for a, b in ((one.effect, other.effect), (one.low, other.low), (one.high, other.high))]
    same = (one.kind, one.hyperparameters, one.strength, one.n) == (
        other.kind, other.hyperparameters, other.strength, other.n
    )  # fmt: skip
    return same and all(b == pytest.approx(a, rel=1e-6) for a, b in [*numbers, (one.p_adjusted, other.p_adjusted)])


@pytest.mark.parametrize(("factor", "shift"), [(1000.0, 0.0), (1.0, 1000.0), (1e-6, -5e-6)])
def test_another_unit_of_the_metric_scales_the_effects(factor, shift):
    frame = search()
    plain = found(frame)
    table = read(frame.assign(loss=factor * frame["loss"] + shift))
    other = hpi.findings(table, tolerance=0.12 * factor)
    assert len(plain.findings) == len(other.findings)
    assert all(alike(a, b, factor) for a, b in zip(plain.findings, other.findings, strict=True))


def test_another_unit_of_a_hyperparameter_changes_its_words_alone():
    frame = search()
    other = frame.assign(dropout=10 + 250 * frame["dropout"], lr=3 * frame["lr"])
    pairs = list(zip(found(frame).findings, found(other).findings, strict=True))
    assert all(alike(a, b) for a, b in pairs)
    for a, b in pairs:
        assert (a.text == b.text) == (not {"dropout", "lr"} & set(a.hyperparameters) and a.exception == b.exception)


def test_other_names_of_levels_change_nothing_else():
    frame = search()
    names = {"adam": "a1", "rmsprop": "b1", "sgd": "c1"}
    other = frame.assign(optimizer=frame["optimizer"].map(names))
    for a, b in zip(found(frame).findings, found(other).findings, strict=True):
        text = a.text
        for old, new in names.items():
            text = text.replace(old, new)
        assert text == b.text


def test_repeats_of_a_configuration_count_once():
    """Two equal trials of each of 200 configurations are 200 trials, not 400."""
    rng = np.random.default_rng(0)
    columns = {"x": rng.random(200), "level": rng.choice(np.array(["a", "b"], dtype=object), 200)}
    loss = 2 * columns["x"] + 0.3 * (columns["level"] == "b") + rng.normal(0, 0.3, 200)
    once = state(cut(design(columns, loss), Subspace(target=0.1)), Outcome("score", maximize=False))
    twice = {name: np.tile(values, 2) for name, values in columns.items()}
    unit = np.tile(np.arange(200), 2)
    sample = cut(design(twice, np.tile(loss, 2), unit), Subspace(target=0.1))
    assert state(sample, Outcome("score", maximize=False)) == once
    assert FindingKind.TOP in {one.kind for one in once.findings}
    assert once.n_trials == 200


def test_seeds_do_not_make_an_effect():
    """Twenty repeats of each of 20 configurations: as 400 trials the chance differences of 20 would look sure."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"x": np.repeat(rng.random(20), 20), "y": np.repeat(rng.random(20), 20)})
    frame["loss"] = np.repeat(rng.normal(size=20), 20) + rng.normal(0, 0.1, 400)
    frame["seed"] = np.tile(np.arange(20), 20)
    said = hpi.findings(read(frame))
    assert said.n_trials == 20
    assert not said.findings


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_the_same_trials_give_the_same_sentences_in_any_order(seed):
    rng = np.random.default_rng(seed)
    frame = search(seed % 7, 120)
    frame["loss"] = frame["loss"].round(int(rng.integers(0, 3)))
    other = frame.sample(frac=1, random_state=int(rng.integers(1000)))[frame.columns[::-1]]
    assert content(found(frame)) == content(found(other))
