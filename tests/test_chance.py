"""Family-wise p-values and floors: hand-counted cases, a second implementation of the tail, and error rates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hpi import chance
from hpi.estimators import Estimate, PedAnova
from hpi.subspace import Subspace, cut
from tests.makers import design, noise_design


def estimate(importance, statistic, null_statistic, null_importance=None) -> Estimate:
    null_statistic = np.asarray(null_statistic, dtype=float)
    known = np.asarray(importance, dtype=float)
    return Estimate(
        importance=known,
        low=known,
        high=known,
        statistic=np.asarray(statistic, dtype=float),
        null_statistic=null_statistic,
        null_importance=null_statistic if null_importance is None else np.asarray(null_importance, dtype=float),
        notes=(None,) * len(known),
    )


def test_tail_score_is_that_of_a_shifted_gamma():
    rng = np.random.default_rng(1)
    values = rng.gamma(2.0, size=(201, 1))
    gamma = chance._Gamma.fit(values)
    skewness = stats.skew(values[:, 0])
    expected = stats.pearson3.sf(3.0, skewness, loc=values.mean(), scale=values.std())
    assert gamma.score(np.array([[3.0]]))[0, 0] == pytest.approx(-np.log(expected), rel=1e-9)
    assert gamma.at(-np.log(expected))[0] == pytest.approx(3.0, rel=1e-9)


def test_p_value_counts_the_larger_maxima():
    """One hyperparameter: the score is monotone, so 4 of 199 larger null values give p = 5 / 200."""
    null = np.arange(1.0, 200.0)[:, None]
    verdict = chance.compare(estimate([0.5], [195.5], null))
    assert verdict.p_value[0] == pytest.approx(5 / 200)
    assert verdict.detectable[0]


@pytest.mark.parametrize(("larger", "detectable"), [(9, True), (10, False)])
def test_the_cut_is_the_191st_of_200(larger, detectable):
    null = np.arange(200.0)[:, None]
    verdict = chance.compare(estimate([0.5], [199.5 - larger], null))
    assert verdict.p_value[0] == pytest.approx((1 + larger) / 201)
    assert verdict.detectable[0] == detectable


def test_unknown_stays_unknown():
    null = np.random.default_rng(0).random((200, 2))
    null[:, 1] = np.nan
    verdict = chance.compare(estimate([0.5, np.nan], [2.0, np.nan], null))
    assert verdict.detectable.tolist() == [True, False]
    assert np.isnan([verdict.p_value[1], verdict.floor[1]]).all()
    nothing = chance.compare(estimate([np.nan], [np.nan], np.full((200, 1), np.nan)))
    assert np.isnan(nothing.floor).all()


@given(st.integers(0, 10_000))
def test_a_bar_reaches_over_its_floor_exactly_where_the_test_says_so(seed):
    """Whatever the relation of statistic and importance is."""
    rng = np.random.default_rng(seed)
    null = rng.gamma(1.0, size=(200, 3))
    importance = rng.random(3)
    verdict = chance.compare(estimate(importance, rng.gamma(2.0, 2.0, size=3), null, rng.random((200, 3))))
    assert (importance >= verdict.floor)[verdict.detectable].all()
    assert (importance <= verdict.floor)[~verdict.detectable].all()


def test_moments_of_all_others_are_those_of_all_others():
    """Against leaving each value out in turn, with scipy's skewness."""
    rng = np.random.default_rng(2)
    null, observed = rng.gamma(1.5, size=(50, 2)), np.array([3.0, 9.0])
    found = chance._Gamma.fit_others(null, observed)
    for i in (0, 17, 49):
        others = np.vstack([np.delete(null, i, axis=0), observed])
        assert found.mean[i] == pytest.approx(others.mean(axis=0))
        assert found.spread[i] == pytest.approx(others.std(axis=0))
        assert found.shape[i] == pytest.approx(4 / stats.skew(others, axis=0).clip(0.1) ** 2)


@pytest.mark.parametrize("n_hyperparameters", [10, 60])
def test_one_perfect_hyperparameter_among_many_is_seen(n_hyperparameters):
    """Its p must not grow with the number of idle ones beside it: no shuffle comes near it."""
    rng = np.random.default_rng(n_hyperparameters)
    columns = {f"h{j}": rng.random(300) for j in range(n_hyperparameters)}
    sample = cut(design(columns, columns["h3"] + 0.1 * rng.normal(size=300)), Subspace())
    verdict = chance.compare(PedAnova().estimate(sample, np.random.default_rng(0)))
    assert verdict.p_value[3] == pytest.approx(1 / 201)
    assert verdict.detectable.sum() <= 2
    assert verdict.floor[3] < 0.15


def test_family_wise_error_on_noise():
    """At most 5 %: 17 or more of 200 tables would have a probability under 2.5 % at a true rate of 5 %."""
    marked = 0
    for seed in range(200):
        rng = np.random.default_rng([7, seed])
        sample = cut(noise_design(int(rng.integers(100, 2001)), rng), Subspace())
        marked += chance.compare(PedAnova().estimate(sample, np.random.default_rng(0))).detectable.any()
    assert marked <= 17


@pytest.mark.parametrize("share_active", [0.15, 0.5])
@pytest.mark.parametrize("parents_effect", [-2.0, 1.0])
def test_an_idle_child_is_not_marked_for_what_its_parent_does(share_active, parents_effect):
    """Shuffled over everything instead of the active trials, up to half of these tables would mark the child."""
    marked = 0
    for seed in range(80):
        rng = np.random.default_rng([9, seed])
        active = rng.random(500) < share_active
        columns = {"switch": np.where(active, "on", "off"), "child": np.where(active, rng.random(500), np.nan)}
        sample = cut(design(columns, rng.normal(size=500) + parents_effect * active), Subspace())
        marked += chance.compare(PedAnova().estimate(sample, np.random.default_rng(0))).detectable[1]
    assert marked <= 9  # 5 % of 80 are 4; 10 or more would have a probability under 1 %


def test_a_child_with_few_active_trials_is_seen():
    """Active in a tenth of 400 trials and decisive there: x < .3 is always best, the rest of the active worst."""
    seen = 0
    for seed in range(10):
        rng = np.random.default_rng([10, seed])
        active = rng.random(400) < 0.1
        x = np.where(active, rng.random(400), np.nan)
        loss = np.where(active, np.where(x < 0.3, -9, 9), 0) + rng.normal(size=400)
        sample = cut(design({"x": x, "a": rng.random(400)}, loss), Subspace(1.0, 0.25))
        seen += chance.compare(PedAnova().estimate(sample, np.random.default_rng(0))).detectable[0]
    assert seen >= 8


def test_family_wise_error_where_ten_repeats_are_kept():
    """Rows of one configuration are shuffled together; row by row, most of these tables would show a signal."""
    marked = 0
    for seed in range(150):
        rng = np.random.default_rng([8, seed])
        one = noise_design(60, rng)
        unit = np.repeat(np.arange(60), 10)
        quality = rng.normal(size=60)
        loss = quality[unit] + 0.5 * rng.normal(size=600)
        order = np.argsort(loss)
        kept = type(one)(one.hyperparameters, one.x[unit][order], loss[order], order, unit[order])
        marked += chance.compare(PedAnova().estimate(cut(kept, Subspace()), np.random.default_rng(0))).detectable.any()
    assert marked <= 14
