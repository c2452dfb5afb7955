"""What other hyperparameters do at a place: the gap by hand, its error against shuffles, the level against noise."""

from __future__ import annotations

import numpy as np
import pytest

from hpi.effects.parting import FEWEST_AT_PLACE, Moved, compare


def moved(predicted, place, clear=None):
    predicted, place = np.asarray(predicted, dtype=float), np.asarray(place)
    clear = np.ones(len(predicted), dtype=bool) if clear is None else np.array(clear)
    return Moved(np.arange(len(place)), place, predicted, clear)


def test_the_gap_by_hand():
    """Place 0 holds the trials predicted 1 and 2 there, of a mean of 3; place 1 those of 0 and 8, of a mean of 3."""
    one = moved([[1, 2, 4, 5], [1, 3, 0, 8]], [0, 0, 1, 1])
    assert one.gap(one.place) == pytest.approx([-1.5, 1])
    assert list(one.count) == [2, 2]


def test_trials_at_no_place_count_among_all_but_at_none():
    one = moved([[1, 2, 4, 5]], [0, 0, -1, -1])
    assert one.gap(one.place) == pytest.approx([-1.5])


def test_the_error_is_the_standard_deviation_over_shuffles():
    rng = np.random.default_rng(0)
    one = moved(rng.exponential(size=(3, 60)), np.repeat([0, 1, 2], [12, 20, 28]))
    drawn = np.array([one.gap(rng.permutation(one.place)) for _ in range(20_000)])
    # a standard deviation of 20,000 values is known to 1 part in 200; the tails of exponentials double that
    assert one.error() == pytest.approx(drawn.std(axis=0), rel=0.03)
    assert drawn.mean(axis=0) == pytest.approx(0, abs=0.01)


def test_few_trials_equal_predictions_and_unclear_places_are_not_compared():
    rng = np.random.default_rng(1)
    few, many = FEWEST_AT_PLACE - 1, FEWEST_AT_PLACE
    predicted = rng.normal(size=(4, few + 3 * many))
    predicted[2] = 0.7
    place = np.repeat([0, 1, 2, 3], [few, many, many, many])
    one = moved(predicted, place, [True, True, True, False])
    assert list(np.isnan(one.error())) == [True, False, True, True]
    (verdict,) = compare([one], len(place), rng)
    assert list(np.isnan(verdict.gap)) == [True, False, True, True]
    assert not verdict.parts[[0, 2, 3]].any()


def test_one_table_in_twenty_is_marked_by_chance():
    """200 tables of four hyperparameters with eight places: 5 % give or take three standard errors."""
    rng = np.random.default_rng(2)
    place, alarms = np.repeat(np.arange(8), 12), 0
    for _ in range(200):
        curves = [moved(rng.normal(size=(8, 96)), rng.permutation(place)) for _ in range(4)]
        alarms += any(verdict.parts.any() for verdict in compare(curves, 96, rng))
    assert abs(alarms / 200 - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 200)


def test_a_place_of_other_trials_is_marked_and_no_other():
    rng = np.random.default_rng(3)
    place = np.repeat(np.arange(8), 12)
    predicted = np.tile(rng.normal(size=96), (8, 1))
    predicted[:, place == 5] += 2.5
    (verdict,) = compare([moved(predicted, place)], 96, rng)
    assert verdict.parts[5]
    assert verdict.gap[5] > 0
    assert not verdict.parts[:5].any()


def test_nothing_to_compare_has_no_verdict():
    assert compare([], 10, np.random.default_rng(0)) == []
    (verdict,) = compare([moved(np.zeros((2, 40)), np.repeat([0, 1], 20))], 40, np.random.default_rng(0))
    assert not verdict.parts.any()
    assert np.isnan(verdict.gap).all()
