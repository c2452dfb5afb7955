"""Warnings that must appear, and must not: random, adaptive, sorted and tied tables."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from hpi import checks
from hpi.errors import EstimatorError
from hpi.subspace import Subspace, cut
from hpi.toys import ADDITIVE
from tests.makers import design, noise_design, toy_design, toy_sample


def adaptive_design(n_trials: int, seed: int):
    """A crude optimiser: from the 40th trial on, a step away from one of the ten best so far."""
    rng = np.random.default_rng(seed)
    x = rng.random((n_trials, 2))
    loss = np.empty(n_trials)
    for i in range(n_trials):
        if i >= 40:
            parent = x[rng.choice(np.argsort(loss[:i])[:10])]
            x[i] = np.clip(parent + 0.1 * rng.normal(size=2), 0, 1)
        loss[i] = (x[i, 0] - 0.2) ** 2 + 0.01 * rng.normal()
    return design({"x": x[:, 0], "idle": x[:, 1]}, loss)


def test_trials_of_an_optimiser_are_noticed():
    said = [checks._adaptive(cut(adaptive_design(200, seed), Subspace())) for seed in range(10)]
    assert all(sentence is not None and "x" in sentence for sentence in said)


def test_random_trials_are_not():
    """Both tests at 1 in 1,000: not one of 200 tables."""
    for seed in range(100):
        assert checks._adaptive(toy_sample(ADDITIVE, 300, seed)) is None
        assert checks._adaptive(cut(noise_design(300, np.random.default_rng(seed)), Subspace())) is None


@pytest.mark.parametrize("outer", [0, 1])
def test_a_grid_in_the_order_of_its_loops_is_not_an_optimiser(outer):
    grid = np.array([(a, b, c, d) for a in range(3) for b in range(3) for c in range(3) for d in range(4)], dtype=float)
    for seed in range(10):
        loss = -grid[:, outer] + 0.5 * np.random.default_rng(seed).normal(size=len(grid))
        columns = dict(zip("abcd", grid.T, strict=True))
        assert checks._adaptive(cut(design(columns, loss), Subspace(1.0, 0.2))) is None


@pytest.mark.parametrize("ascending", [True, False])
def test_a_table_sorted_by_its_metric_is_not_an_optimiser(ascending):
    trials = ADDITIVE.draw(500, np.random.default_rng(0)).sort_values("loss", ascending=ascending)
    columns = {name: trials[name].to_numpy() for name in "abcdef"}
    assert checks._adaptive(cut(design(columns, trials["loss"].to_numpy()), Subspace())) is None


def test_rank_sum_is_that_of_mann_and_whitney():
    rng = np.random.default_rng(3)
    loss, late = rng.integers(0, 12, 300).astype(float), rng.random(300) < 0.4
    expected = stats.mannwhitneyu(
        loss[late], loss[~late], alternative="less", method="asymptotic", use_continuity=False
    ).pvalue
    assert checks._later_is_better(loss, late) == pytest.approx(expected, rel=1e-9)


def test_drift_is_kolmogorov_smirnov_for_numbers_and_chi_squared_for_labels():
    rng = np.random.default_rng(4)
    late = rng.random(400) < 0.5
    x = rng.random(400) + 0.2 * late
    exact = stats.ks_2samp(x[late], x[~late], method="exact").pvalue
    assert np.log(checks._drift(x, late, ordered=True)) == pytest.approx(np.log(exact), rel=0.05)
    label = rng.integers(0, 4, 400) / 3
    table = np.array([[np.sum((label == v) & side) for v in np.unique(label)] for side in (late, ~late)])
    assert checks._drift(label, late, ordered=False) == pytest.approx(stats.chi2_contingency(table).pvalue, rel=1e-9)


def test_a_thin_target_is_said():
    sample = cut(toy_design(ADDITIVE, 120, 0), Subspace(1.0, 0.1))
    assert any("Only 12 trials are in the target" in sentence for sentence in checks.warnings(sample))
    assert checks.warnings(cut(toy_design(ADDITIVE, 240, 0), Subspace(1.0, 0.1))) == ()


def test_ties_that_enlarge_the_target_are_said():
    loss = np.r_[np.zeros(30), np.arange(1.0, 171.0)]
    built = design({"x": np.random.default_rng(0).random(200)}, loss)
    sentences = checks.warnings(cut(built, Subspace(1.0, 0.1)))
    assert [s for s in sentences if "enlarge the target from 20 to 30 trials" in s and "15.0%" in s]


def test_refusals_name_what_was_found():
    x = np.random.default_rng(0).random(100)
    with pytest.raises(EstimatorError, match="same value in all 100 trials"):
        checks.refuse(cut(design({"x": x}, np.zeros(100)), Subspace()))
    with pytest.raises(EstimatorError, match="Target and region are the same 60 trials"):
        checks.refuse(cut(design({"x": x}, np.r_[np.zeros(60), np.ones(40)]), Subspace(0.5, 0.2)))
    with pytest.raises(EstimatorError, match="holds 7 trials; at least 8"):
        checks.refuse(cut(design({"x": x}, x), Subspace(1.0, 0.07)))
    unit = np.arange(100) // 20
    with pytest.raises(EstimatorError, match="configurations; at least 8"):
        checks.refuse(cut(design({"x": x}, x, unit), Subspace(1.0, 0.5)))
    with pytest.raises(EstimatorError, match="differ by 1 trial; at least 2"):
        checks.refuse(cut(design({"x": x}, x), Subspace(0.1, 0.09)))
    checks.refuse(cut(design({"x": x}, x), Subspace(1.0, 0.08)))


def test_where_the_target_plays_no_part_it_neither_refuses_nor_warns():
    x = np.arange(100.0)
    checks.refuse(cut(design({"x": x}, x), Subspace(1.0, 0.07)), uses_target=False)
    tied = cut(design({"x": x}, np.where(x < 30, 0.0, x)), Subspace(1.0, 0.1))
    assert any("target" in sentence for sentence in checks.warnings(tied))
    assert checks.warnings(tied, uses_target=False) == ()
    assert checks.warnings(cut(toy_design(ADDITIVE, 120, 0), Subspace(1.0, 0.1)), uses_target=False) == ()


def test_a_region_with_nothing_to_explain_is_refused():
    x = np.arange(100.0)
    checks.refuse(cut(design({"x": x}, x), Subspace(0.16, 0.08)), uses_target=False)
    with pytest.raises(EstimatorError, match="region holds 15 trials; at least 16"):
        checks.refuse(cut(design({"x": x}, x), Subspace(0.15, 0.08)), uses_target=False)
    with pytest.raises(EstimatorError, match="region holds 10 configurations"):
        checks.refuse(cut(design({"x": x}, x, np.arange(100) // 3), Subspace(0.3, 0.1)), uses_target=False)
    with pytest.raises(EstimatorError, match="same value in all 60 trials of the region"):
        checks.refuse(cut(design({"x": x}, np.where(x < 60, 0.0, x)), Subspace(0.5, 0.1)), uses_target=False)
