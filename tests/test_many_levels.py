"""A category of thousands of levels: every estimator answers for the others and says why not for this one."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from hpi.estimators import ESTIMATORS, Estimator
from hpi.estimators.base import MOST_LEVELS
from hpi.estimators.ped import PedAnova
from hpi.subspace import Sample, Subspace, cut
from tests import makers

NOTE = "has 3,000 levels; at most 1,000 are compared: group them"
MOST_BYTES = 10**9
FORMS = [
    {"form": form, "reference": reference}
    for form in ("series", "histogram", "kernel")
    for reference in ("sample", "design")
]


def sample(n_levels: int, n_trials: int) -> Sample:
    """The loss is the number `x` alone; the labels say nothing, and each occurs."""
    rng = np.random.default_rng(n_levels)
    x = rng.random(n_trials)
    label = np.array([f"v{k:05d}" for k in rng.permutation(n_trials) % n_levels], dtype=object)
    return cut(makers.design({"label": label, "x": x, "z": rng.random(n_trials)}, x), Subspace(1.0, 0.1))


def estimated(method: Estimator, n_levels: int = 3000, n_trials: int = 20_000):
    asked = sample(n_levels, n_trials)
    tracemalloc.start()
    try:
        found = method.estimate(asked, np.random.default_rng(0))
        return found, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("settings", [*FORMS, {"compatible": "optuna"}], ids=str)
def test_every_form_says_that_there_are_too_many_levels(settings):
    found, peak = estimated(PedAnova(permutations=100, **settings))
    assert found.notes == (NOTE, None, None)
    assert np.isnan(found.importance[0])
    assert found.importance[1] > 0.5 > 0.1 > found.importance[2]
    assert peak < MOST_BYTES


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda one: one.name)
def test_every_estimator_answers_for_the_others(estimator):
    found, peak = estimated(estimator() if "permutations" not in estimator().settings else estimator(permutations=100))
    assert np.isnan(found.importance[0]) == (found.notes[0] == NOTE)
    assert found.importance[1] > found.importance[2]
    assert peak < MOST_BYTES


def test_the_largest_number_of_levels_is_compared():
    found, _ = estimated(PedAnova(permutations=0, pairs="no"), MOST_LEVELS)
    assert found.notes[0] is None
    assert found.low[0] < 0.01
    beyond, _ = estimated(PedAnova(permutations=0, pairs="no"), MOST_LEVELS + 1)
    assert beyond.notes[0] == "has 1,001 levels; at most 1,000 are compared: group them"
