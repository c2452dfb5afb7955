"""The forest and its honest quality, on tables whose explained variance is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpi import surrogate
from hpi.space import Hyperparameter, Kind

X = Hyperparameter("x", Kind.FLOAT, 0, 1)
A = Hyperparameter("a", Kind.FLOAT, 0, 1)
OPTIMIZER = Hyperparameter("optimizer", Kind.CATEGORY, levels=("adam", "rmsprop", "sgd"))


def grown(x, y, unit=None, seed=0, report=lambda done: None):
    hyperparameters = tuple(Hyperparameter("abcdefgh"[j], Kind.FLOAT, 0, 1) for j in range(x.shape[1]))
    encoded = surrogate.encode(x, hyperparameters)
    return surrogate.grow(encoded, y, unit, np.random.default_rng(seed), report)


def test_columns_stand_in_the_order_of_names_and_levels_that_occur_get_one_each():
    x = np.array([[0.2, 0.0, 0.7], [0.4, 1.0, 0.1], [0.9, 0.0, 0.3]])
    encoded = surrogate.encode(x, (X, OPTIMIZER, A))
    assert encoded.owner.tolist() == [2, 1, 1, 0]  # a, then adam and sgd, then x
    assert encoded.level.tolist() == [surrogate.NO_LEVEL, 0, 1, surrogate.NO_LEVEL]
    np.testing.assert_array_equal(encoded.matrix, [[0.7, 1, 0, 0.2], [0.1, 0, 1, 0.4], [0.3, 1, 0, 0.9]])


def test_levels_of_all_trials_keep_their_columns_in_a_part_of_them():
    x = np.array([[0.0], [0.5], [1.0]])
    np.testing.assert_array_equal(surrogate.encode(x[:1], (OPTIMIZER,), x).matrix, [[1, 0, 0]])


def test_noise_has_no_r2_and_a_smooth_function_nearly_all():
    rng = np.random.default_rng(0)
    x = rng.random((400, 2))
    assert grown(x, rng.normal(size=400)).r2 < 0.1
    assert grown(x, x[:, 0] + x[:, 1]).r2 > 0.9


def test_r2_is_near_the_share_of_variance_that_is_no_noise():
    """y = x + noise of equal variance: nothing can explain more than half."""
    rng = np.random.default_rng(0)
    x = rng.random((2000, 1))
    assert grown(x, x[:, 0] + rng.normal(size=2000) / np.sqrt(12)).r2 == pytest.approx(0.4, abs=0.1)


def test_trials_of_one_configuration_are_drawn_together():
    """Each of 60 configurations has a level of its own and 10 trials: a tree that has seen one trial knows the rest."""
    rng = np.random.default_rng(0)
    unit = np.repeat(np.arange(60), 10)
    x, y = rng.random((60, 2))[unit], rng.normal(size=60)[unit] + 0.1 * rng.normal(size=600)
    assert grown(x, y).r2 > 0.8
    assert grown(x, y, unit).r2 < 0.2


def test_progress_ends_at_one_and_never_falls():
    rng = np.random.default_rng(0)
    for unit in (None, np.arange(50) // 2):
        said: list[float] = []
        grown(rng.random((50, 2)), rng.random(50), unit, report=said.append)
        assert said[-1] == 1
        assert said == sorted(said)


def test_zero_is_a_seed():
    rng = np.random.default_rng(0)
    x, y = rng.random((100, 2)), rng.random(100)
    assert grown(x, y, seed=0).r2 == grown(x, y, seed=0).r2
    assert grown(x, y, seed=0).r2 != grown(x, y, seed=1).r2


def test_a_constant_has_no_r2():
    assert np.isnan(surrogate.r2(np.ones(5), np.zeros(5)))


def test_large_tables_are_thinned_by_whole_configurations():
    rng = np.random.default_rng(0)
    unit = np.arange(1000) // 4
    part = surrogate.part_of(1000, unit, rng, most=100)
    assert 96 <= len(part) <= 100
    assert (np.bincount(unit[part])[np.unique(unit[part])] == 4).all()
    assert len(surrogate.part_of(1000, None, rng, most=100)) == 100
    np.testing.assert_array_equal(surrogate.part_of(10, None, rng, most=100), np.arange(10))


UNITS = [(3, -100), (2.0**-17, 1e9), (1e300, 0), (1e-5, 0.3), (1e-300, 0), (1e306, -1e308)]


@pytest.mark.parametrize(("scale", "shift"), UNITS)
def test_the_unit_of_the_metric_changes_no_tree(scale, shift):
    """Multiples of 1/64, as they also are 2^-23 apart near 1e9."""
    rng = np.random.default_rng(0)
    x = rng.random((150, 3))
    y = np.round(64 * (x[:, 0] + x[:, 1] * x[:, 2])) / 64
    first, second = grown(x, y), grown(x, scale * y + shift)
    assert first.r2 == second.r2 > 0.5
    for one, other in zip(first.trees, second.trees, strict=True):
        np.testing.assert_array_equal(one.threshold, other.threshold)
        np.testing.assert_array_equal(one.value, other.value)


def test_denormal_metrics_are_seen():
    """Near 1e-320 there are 2,000 values: less than the thousandth part of the range is lost."""
    rng = np.random.default_rng(0)
    x = rng.random((150, 1))
    assert grown(x, 1e-320 * x[:, 0]).r2 > 0.9


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=30))
def test_any_finite_metric_loses_its_unit(values):
    y = np.array(values)
    found = surrogate.unitless(y)
    assert np.isfinite(found).all()
    assert (np.diff(found[np.argsort(y)]) >= 0).all()
    assert abs(found.mean()) < 1e-7
    assert np.ptp(found) == (len(set(values)) > 1)
