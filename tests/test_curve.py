"""Importance against the threshold: each point is the answer at that threshold, and what is unknown stays unknown."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from hpi.curve import TARGETS, curve_of
from hpi.estimators import PedAnova
from hpi.subspace import Subspace, cut
from hpi.toys import ADDITIVE, ISHIGAMI, reached
from tests.makers import design, noise_design, toy_design


def test_targets_go_from_half_a_percent_to_half_in_equal_ratios():
    assert (TARGETS[0], TARGETS[-1], len(TARGETS)) == (0.005, 0.5, 24)
    ratios = np.divide(TARGETS[1:], TARGETS[:-1])
    assert ratios == pytest.approx(100 ** (1 / 23), rel=0.01)


@pytest.mark.parametrize("region", [1.0, 0.4])
def test_each_point_is_the_answer_at_that_target(region):
    built = noise_design(900, np.random.default_rng(0))
    found = curve_of(built, region, PedAnova())
    for i in (len(found.targets) - 1, len(found.targets) // 2):
        sample = cut(built, Subspace(region, float(found.targets[i])))
        asked = PedAnova().estimate(sample, np.random.default_rng(5))
        assert found.n_target[i] == sample.n_target
        for name in ("importance", "low", "high"):
            np.testing.assert_array_equal(getattr(found, name)[i], getattr(asked, name))


def test_it_follows_the_truth_from_wide_targets_to_narrow_ones():
    """The truth is an integral, without trials."""
    found = curve_of(toy_design(ISHIGAMI, 20_000, 0), 1.0, PedAnova())
    for i in (9, 15, 23):  # targets of 3, 10 and 50 %
        assert found.importance[i] == pytest.approx(reached(ISHIGAMI, float(found.targets[i])), abs=0.03)


@pytest.mark.parametrize("region", [1.0, 0.3, 0.02, 0.005])
def test_every_target_is_below_the_region(region):
    found = curve_of(toy_design(ADDITIVE, 3000, 0), region, PedAnova())
    assert (found.targets < region).all()
    assert len(found.targets) == sum(target < region for target in TARGETS)
    assert found.importance.shape == found.low.shape == found.high.shape == (len(found.targets), 6)


def test_under_8_trials_nothing_is_known_and_under_20_little():
    found = curve_of(toy_design(ADDITIVE, 400, 0), 1.0, PedAnova())
    assert found.n_target.tolist() == [int(np.ceil(round(400 * target, 6))) for target in found.targets]
    assert np.isnan(found.importance[found.n_target < 8]).all()
    assert np.isfinite(found.importance[found.n_target >= 8]).all()
    assert found.known.tolist() == (found.n_target >= 8).tolist()
    assert found.thin.tolist() == (found.n_target < 20).tolist()


def test_a_target_that_ties_fill_is_unknown():
    """The best 60 % are equal: no target below the region can be cut out of them."""
    loss = np.r_[np.zeros(60), np.arange(1.0, 41.0)]
    found = curve_of(design({"x": np.random.default_rng(0).random(100)}, loss), 0.5, PedAnova())
    assert not found.known.any()
    assert set(found.n_target) == {60}


def test_the_table_has_a_row_for_each_target_and_hyperparameter():
    found = curve_of(toy_design(ADDITIVE, 400, 0), 1.0, PedAnova())
    table = found.frame()
    assert list(table) == ["name", "target", "n_target", "importance", "low", "high"]
    last = table.iloc[-6:]
    assert last["name"].tolist() == [h.name for h in ADDITIVE.hyperparameters]
    assert last["target"].tolist() == [0.5] * 6
    assert last["importance"].tolist() == found.importance[-1].tolist()
    assert table["importance"].isna().sum() == 6 * (~found.known).sum()


def test_it_is_frozen():
    found = curve_of(toy_design(ADDITIVE, 200, 0), 1.0, PedAnova())
    with pytest.raises(ValueError, match="read-only"):
        found.importance[0, 0] = 0.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.region = 0.5  # type: ignore[misc]
