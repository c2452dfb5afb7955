"""Shuffles of large tables: a part of the trials, of which a part is drawn, has the law of shuffling all of them."""

from __future__ import annotations

import numpy as np
import pytest

from hpi.counts import count
from hpi.estimators.ped import shuffles
from hpi.estimators.ped.series import coefficients
from hpi.subspace import Subspace, cut
from tests.makers import design, noise_design

N_TRIALS = 60_000


def two_levels(active: float = 1.0):
    """A category of two equal levels that does nothing, active in a part of the trials."""
    rng = np.random.default_rng(0)
    values = rng.choice(np.array(["a", "b"], dtype=object), N_TRIALS)
    values[rng.random(N_TRIALS) >= active] = None
    return design({"c": values, "x": rng.random(N_TRIALS)}, np.arange(float(N_TRIALS)))


def null(sample, column: int, n_permutations: int = 1000):
    drawn = shuffles.draw(sample, n_permutations, np.random.default_rng(0))
    (counts,) = count(sample)[column]
    return drawn, shuffles.null_scores(counts, coefficients(counts), drawn)


@pytest.mark.parametrize("active", [1.0, 0.3])
@pytest.mark.parametrize("target", [0.02, 0.1, 0.5])
def test_two_levels_have_the_spread_of_a_squared_normal_number(target, active):
    """D = m^2 - e with m normal of variance 1 / N_t - 1 / N_r: mean 0, spread sqrt(2) (1 / N_t - 1 / N_r)."""
    sample = cut(two_levels(active), Subspace(1.0, target))
    _, (_, d) = null(sample, 0)
    variance = 1 / sample.n_target - 1 / sample.n_region
    assert d.mean() == pytest.approx(0, abs=0.2 * variance)
    assert d.std() == pytest.approx(np.sqrt(2) * variance, rel=0.25)


@pytest.mark.parametrize("target", [0.02, 0.1, 0.5])
def test_the_statistic_of_a_float_has_the_mean_of_all_its_terms(target):
    """Q = sum_k m_k^2 / k over 100 terms: each m_k^2 has mean 1 / N_t - 1 / N_r (fine terms lose less than 1 % of it).

    sum_k 1 / k to 100 is 5.187.
    """
    sample = cut(two_levels(), Subspace(1.0, target))
    _, (q, _) = null(sample, 1)
    assert q.mean() == pytest.approx(5.187 * (1 / sample.n_target - 1 / sample.n_region), rel=0.06)


def test_a_further_threshold_draws_no_more_than_500_places():
    for target in (0.03, 0.1, 0.5):
        drawn, _ = null(cut(two_levels(), Subspace(1.0, target)), 0, 100)
        assert len(drawn.pool) == 20_000
        assert drawn.orders.shape == (100, 500)
        assert all(len(set(order)) == 500 for order in drawn.orders)
        assert drawn.thinned == pytest.approx(500 / (20_000 * target))


def test_orders_are_long_enough_for_what_is_seldom_active():
    """Where a hyperparameter is active in 5 % of the region and in 15 % of the target, 75 active places are needed."""
    rng = np.random.default_rng(0)
    active = np.flatnonzero(rng.random(N_TRIALS) < np.where(np.arange(N_TRIALS) < N_TRIALS / 10, 0.15, 0.039))
    values = np.full(N_TRIALS, np.nan)
    values[active] = rng.random(len(active))
    sample = cut(design({"rare": values}, np.arange(float(N_TRIALS))), Subspace(1.0, 0.1))
    drawn = shuffles.draw(sample, 200, rng)
    is_active = ~np.isnan(sample.design.x[drawn.pool, 0])
    wanted = 500 * (~np.isnan(sample.design.x[: sample.n_target, 0])).mean()
    assert (is_active[drawn.orders].sum(axis=1) >= wanted).all()
    assert drawn.orders.shape[1] < 20_000


def test_small_tables_shuffle_every_trial():
    """As far as a target needs it: 70 of 700 trials, each of them in one of 10 draws, in whatever place."""
    sample = cut(design({"x": np.linspace(0, 1, 700)}, np.arange(700.0)), Subspace(1.0, 0.1))
    drawn = shuffles.draw(sample, 2000, np.random.default_rng(0))
    assert (drawn.part, drawn.thinned, drawn.scale(0.3)) == (1, 1, 1)
    assert (drawn.pool == np.arange(700)).all()
    assert drawn.orders.shape == (2000, 70)
    assert (np.diff(np.sort(drawn.orders, axis=1)) > 0).all()
    for orders in (drawn.orders, drawn.orders[:, :10]):
        drawn_of_each = np.bincount(orders.ravel(), minlength=700) / 2000
        q = orders.shape[1] / 700
        assert np.abs(drawn_of_each - q).max() < 5 * np.sqrt(q * (1 - q) / 2000)


def test_a_small_table_whose_seldom_active_hyperparameter_needs_more_is_shuffled_further():
    sample = cut(noise_design(700, np.random.default_rng(0)), Subspace())
    drawn = shuffles.draw(sample, 100, np.random.default_rng(0))
    for counts in (regimes[0] for regimes in count(sample)):
        active = counts.cells.code[drawn.pool] < counts.cells.n
        assert (active[drawn.orders].sum(axis=1) >= round(counts.active_target)).all()
