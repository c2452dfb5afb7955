"""Nothing is said of what cannot be told from chance, however strong its neighbours are."""

from __future__ import annotations

import numpy as np
import pytest

from hpi.effects import Outcome
from hpi.statements import Findings, Strength, state
from hpi.statements.finding import FindingKind
from hpi.subspace import Subspace, cut
from hpi.toys import ADDITIVE, CLIFF, ISHIGAMI, WINDOW, Toy
from tests.makers import noise_design, toy_sample
from tests.statements.planted import evenly, fairly, said

TABLES = 40


def about(findings: Findings, names: tuple[str, ...]) -> bool:
    """Whether an effect of one of them is claimed."""
    return any(set(names) & set(one.hyperparameters) for one in findings.findings if one.kind is not FindingKind.SAME)


@pytest.mark.parametrize("toy", [ADDITIVE, ISHIGAMI, CLIFF, WINDOW], ids=lambda toy: toy.name)
def test_idle_hyperparameters_beside_strong_ones(toy: Toy):
    """Ten tables a toy: at most one of them claims an effect of what is idle."""
    wrong, told = 0, 0
    for seed in range(TABLES // 4):
        found = state(toy_sample(toy, 300, seed), Outcome("score", maximize=False))
        wrong += about(found, toy.idle)
        told += bool(found.findings)
    assert told == TABLES // 4
    assert wrong <= 1


def test_six_idle_columns_beside_a_strong_one():
    """Forty tables; wrong ones are binomial with at most .05: four or fewer in 95 % of studies, six in 99.6 %."""
    wrong = strong = 0
    for seed in range(TABLES):
        rng = np.random.default_rng(seed)
        idle = {f"idle{k}": rng.random(200) for k in range(4)} | {"code": fairly("p q r s", 200, rng),
                                                                  "flag": fairly("on off", 200, rng)}  # fmt: skip
        x = evenly(200, rng)
        found = said({"x": x, **idle}, 3 * x + rng.normal(0, 0.5, 200), target=0.1)
        wrong += about(found, tuple(idle))
        strong += any(set(idle) & set(one.hyperparameters) for one in found.findings if one.strength is Strength.STRONG)
        assert about(found, ("x",))
    assert wrong <= 4
    assert strong == 0


def test_tables_of_noise_are_silent():
    """Forty tables of eight hyperparameters of mixed kinds: at most 5 % may say anything, four in 95 % of studies."""
    said_something = 0
    for seed in range(TABLES):
        design = noise_design(150, np.random.default_rng(seed))
        found = state(cut(design, Subspace(target=0.1)), Outcome("score", maximize=False))
        said_something += bool(found.findings)
        assert found.candidates > 50
    assert said_something <= 4


@pytest.mark.parametrize("loss", ["ties", "cauchy", "diverged"])
def test_ugly_noise_is_silent_too(loss):
    made = {
        "ties": lambda rng: np.where(rng.random(80) < 0.6, 0, rng.normal(size=80)),
        "cauchy": lambda rng: rng.standard_cauchy(80),
        "diverged": lambda rng: np.where(rng.random(80) < 0.06, 1e6, rng.random(80)),
    }[loss]
    said_something = 0
    for seed in range(TABLES):
        rng = np.random.default_rng(seed)
        columns = {"x": evenly(80, rng), "level": fairly("a b c", 80, rng), "flag": fairly("on off", 80, rng)}
        said_something += bool(said(columns, made(rng)).findings)
    assert said_something <= 4
