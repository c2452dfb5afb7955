"""The series form against integrals, sums and moments that are computed in another way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from hpi.counts import Counts, count
from hpi.estimators.ped import series
from hpi.space import Cells
from hpi.subspace import Subspace, cut
from hpi.toys import ISHIGAMI
from tests.makers import design, toy_sample


def counts_of(
    target: list[int], rest: list[int], *, ordered: bool, exact: bool = True, inactive: tuple = (0, 0)
) -> Counts:
    """Counts with the given trials in each cell, and (target, rest) inactive ones."""
    t, s = (np.array([*active, off], dtype=float) for active, off in zip((target, rest), inactive, strict=True))
    cells = Cells(np.zeros(0, dtype=np.uint16), len(target), ordered, exact)
    return Counts(cells, t, t + s, t, None, int((t + s).sum()))


def pearson(counts: Counts) -> float:
    """sum (p - r)^2 / r over cells, by hand."""
    p, r = counts.target / counts.target.sum(), counts.region / counts.region.sum()
    return sum((a - b) ** 2 / b for a, b in zip(p, r, strict=True) if b > 0)


LEVELS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 60)), min_size=3, max_size=9).filter(
    lambda cells: sum(t for t, _ in cells) >= 2
)


@given(LEVELS)
def test_level_coefficients_square_to_the_pearson_divergence(cells):
    counts = counts_of([t for t, _ in cells], [s for _, s in cells], ordered=False)
    found = series.coefficients(counts)
    assert (found.m**2).sum() == pytest.approx(pearson(counts), rel=1e-9, abs=1e-12)


@given(LEVELS)
def test_level_noise_is_the_formula_over_levels(cells):
    """(1-q)^2 sum_c [p(1-p)/(N_t-1) + s(1-s)/(N_s-1)] / r, written over levels instead of coefficients."""
    counts = counts_of([t for t, _ in cells], [s for _, s in cells], ordered=False)
    t, s, r = (c[:-1] for c in (counts.target, counts.rest, counts.region / counts.n_region))
    p, s_share = t / t.sum(), s / s.sum()
    q = counts.n_target / counts.n_region
    expected = (1 - q) ** 2 * ((p * (1 - p) / (t.sum() - 1) + s_share * (1 - s_share) / (s.sum() - 1)) / r).sum()
    assert series.coefficients(counts).e.sum() == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_a_full_series_over_levels_is_the_level_sum():
    """All L - 1 orthonormal cosines span what the level indicators span."""
    rng = np.random.default_rng(0)
    counts = counts_of(list(rng.integers(0, 4, 40)), list(rng.integers(1, 9, 40)), ordered=True)
    share = counts.region[:-1] / counts.n_region
    phi = series._level_cosines(share, 39)
    assert phi.T @ (share[:, None] * phi) == pytest.approx(np.eye(39), abs=1e-9)
    assert share @ phi == pytest.approx(np.zeros(39), abs=1e-9)
    m = counts.target[:-1] @ phi / counts.n_target
    assert (m**2).sum() == pytest.approx(pearson(counts), rel=1e-9)


def test_cell_values_are_means_of_the_cosines():
    """Against numerical integration of sqrt(2) cos(pi k v) over a cell."""
    share = np.array([0.1, 0.25, 0.05, 0.6])
    phi = series._rank_cosines(share, 7)
    for k in (1, 4, 7):
        value, _ = quad(lambda v, k=k: np.sqrt(2) * np.cos(np.pi * k * v), 0.1, 0.35)
        assert phi[1, k - 1] == pytest.approx(value / 0.25, abs=1e-12)


def test_all_of_the_target_in_one_of_four_equal_levels():
    """D_PE = c - 1 = 3 before the noise of the rest, whose shares are (0, 1/3, 1/3, 1/3), is taken off."""
    counts = counts_of([90, 0, 0, 0], [0, 90, 90, 90], ordered=False)
    rest = 0.75**2 * 3 * (1 / 3) * (2 / 3) / 269 / 0.25
    assert series.coefficients(counts).divergence == pytest.approx(3 - rest, rel=1e-12)


def test_target_in_the_better_half_of_a_coordinate():
    """The target fills a fraction a of one coordinate and the region all of it: D_PE = 1 / a - 1 = 1."""
    x = (np.arange(4000) + 0.5) / 4000
    loss = np.where(x < 0.5, np.sin(1e4 * x), 10 + x)
    sample = cut(design({"x": x}, loss), Subspace(1.0, 0.1))
    assert series.coefficients(count(sample)[0][0]).divergence == pytest.approx(1, abs=0.12)


def test_regimes_are_weighted_by_their_shares():
    """alpha^2 / beta times the divergence among the active trials: condPED-ANOVA, K = 2 with one inactive regime."""
    counts = counts_of([30, 10, 10], [50, 100, 200], ordered=False, inactive=(50, 550))
    found = series.coefficients(counts)
    p, r = np.array([0.6, 0.2, 0.2]), np.array([80, 110, 210]) / 400
    alpha, beta = 0.5, 0.4
    assert (found.m**2).sum() == pytest.approx(alpha**2 / beta * ((p - r) ** 2 / r).sum(), rel=1e-12)


def test_an_idle_child_of_an_acting_parent_is_zero_on_average():
    """Active in a fifth of the trials and in most of the target: its coefficients still vary as their noise says."""
    sums, spread, noise = [], [], []
    for seed in range(300):
        rng = np.random.default_rng([6, seed])
        active = rng.random(500) < 0.2
        loss = rng.normal(size=500) - 2 * active
        sample = cut(design({"x": np.where(active, rng.random(500), np.nan)}, loss), Subspace(1.0, 0.1))
        found = series.coefficients(count(sample)[0][0])
        sums.append((found.m**2 - found.e)[:6].sum())
        spread.append(found.m[0])
        noise.append(found.e[0])
    assert abs(np.mean(sums)) < 3 * np.std(sums) / np.sqrt(300)
    assert np.var(spread) == pytest.approx(np.mean(noise), rel=0.25)


@pytest.mark.parametrize("n_trials", [100, 400])
def test_no_effect_is_zero_on_average(n_trials):
    """Debiased coefficients, all of them kept: 400 tables of noise average to 0 within three standard errors."""
    rng = np.random.default_rng(5)
    sums = []
    for _ in range(400):
        sample = cut(design({"x": rng.random(n_trials)}, rng.random(n_trials)), Subspace(1.0, 0.2))
        found = series.coefficients(count(sample)[0][0])
        sums.append((found.m**2 - found.e)[:8].sum())
    assert abs(np.mean(sums)) < 3 * np.std(sums) / np.sqrt(len(sums))


def test_a_monotone_change_of_the_values_changes_nothing():
    rng = np.random.default_rng(2)
    x = rng.random(700)
    loss = (x - 0.3) ** 2 + 0.05 * rng.normal(size=700)
    first, second = (
        series.coefficients(count(cut(design({"x": values}, loss), Subspace(1.0, 0.1)))[0][0]).divergence
        for values in (x, np.exp(9 * x))
    )
    assert first == pytest.approx(second, rel=1e-12)


def test_which_basis_suits():
    few, many, wide = [5] * 6, [1] * 40, [1] * 300
    assert not series.basis(counts_of(few, few, ordered=True)).is_series
    assert series.basis(counts_of(many, many, ordered=True)).is_series
    assert not series.basis(counts_of([2] * 40, many, ordered=True)).is_series  # 80 target trials for 40 levels
    assert not series.basis(counts_of(many, many, ordered=False)).is_series
    few_active = counts_of(many, many, ordered=True, inactive=(400, 4000))  # 440 in the target, 40 of them active
    assert series.basis(few_active).is_series
    assert series.basis(counts_of(wide, wide, ordered=True, exact=False)).is_series


def test_units_leave_the_terms_that_independent_trials_would_bear():
    """Ten trials of each of 30 configurations bear as many terms as 3 of them in the target do."""
    unit = np.repeat(np.arange(30), 10)
    x, loss = np.repeat(np.random.default_rng(0).random(30), 10), unit + 0.01 * np.tile(np.arange(10), 30)
    sample = cut(design({"x": x}, loss, unit), Subspace(1.0, 0.2))
    assert series.most_terms(count(sample)[0][0]) == 3


def test_ishigami_to_the_integral():
    """D to within the sampling error of 20,000 trials; truth by quadrature, to be found in hpi.toys."""
    sample = toy_sample(ISHIGAMI, 20_000, seed=1)
    s = [series.coefficients(c).divergence / 9 for (c,) in count(sample)]
    assert s == pytest.approx(ISHIGAMI.truth, abs=0.015)
