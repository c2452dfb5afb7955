"""What is kept of many candidates: the floor, one trend for each hyperparameter, exceptions with their rule."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from hpi.statements import FindingKind
from hpi.statements.basis import Candidate
from hpi.statements.choosing import effects
from hpi.statements.finding import Picture
from tests.statements.planted import of_kind, said


def candidate(name: str, p: float, kind: FindingKind = FindingKind.TREND, **changes) -> Candidate:
    made = Candidate(
        kind=kind,
        hyperparameters=(name,),
        p=p,
        effect=(0.3, 0.2, 0.4),
        unit="score",
        n=100,
        size=0.5,
        matters=True,
        says=lambda *_: name,
        compared_with="",
        picture=lambda: Picture(name, "score", (), True),
    )
    return dataclasses.replace(made, **changes)


def kept(*candidates: Candidate) -> list[str]:
    return sorted(one.hyperparameters[0] for one, _ in effects(candidates))


def test_below_the_floor_nothing_is_said_though_the_correction_would_let_it_pass():
    """Benjamini and Hochberg: .045 x 5 / 5 is below .05. Holm: .04 x 2 is not."""
    strong = [candidate(name, 1e-9) for name in "abc"]
    assert kept(*strong, candidate("d", 0.04), candidate("e", 0.045)) == ["a", "b", "c"]
    assert kept(*strong, candidate("d", 0.02), candidate("e", 0.045)) == ["a", "b", "c", "d", "e"]


def test_pairs_have_a_floor_of_their_own():
    strong = [candidate(name, 1e-9) for name in "abc"]
    two = [candidate("a", p, FindingKind.INTERACTION, hyperparameters=("a", name)) for name, p in
           (("b", 0.028), ("c", 0.029))]  # fmt: skip
    assert kept(*strong, *two) == ["a", "b", "c"]
    one = candidate("a", 0.02, FindingKind.INTERACTION, hyperparameters=("a", "b"))
    assert kept(*strong, one) == ["a", "a", "b", "c"]


def test_one_trend_for_each_hyperparameter_its_middle_first():
    way, middle = candidate("a", 1e-9, lower=True), candidate("a", 1e-4, is_middle=True)
    assert [one.is_middle for one, _ in effects([way, middle])] == [True]
    assert [one.is_middle for one, _ in effects([way, dataclasses.replace(middle, p=0.9)])] == [False]


def test_an_exception_goes_with_its_rule():
    rule = candidate("a", 1e-9, lower=True)
    exception = candidate("a", 1e-5, FindingKind.EXCEPTION, lower=True, hyperparameters=("a", "b"), exception="b = x")
    found = dict((one.kind, one) for one, _ in effects([rule, exception]))
    assert found[FindingKind.TREND].exception == "b = x"
    assert FindingKind.EXCEPTION in found
    for other in (dataclasses.replace(rule, p=0.9), dataclasses.replace(rule, lower=False)):
        assert FindingKind.EXCEPTION not in [one.kind for one, _ in effects([other, exception])]


@pytest.mark.parametrize("seed", range(5))
def test_a_curve_of_one_is_no_product_with_its_twin(seed):
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(800, 2))
    x, twin = z[:, 0], 0.8 * z[:, 0] + 0.6 * z[:, 1]
    found = said({"x": x, "twin": twin}, np.exp(x) + 0.1 * rng.normal(size=800))
    assert not of_kind(found, FindingKind.INTERACTION)
    assert not of_kind(found, FindingKind.TREND, "twin")
    assert of_kind(found, FindingKind.TREND, "x")
