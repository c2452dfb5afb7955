"""Warnings that must appear, and must not: random, adaptive, sorted and tied tables."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from hpi import checks
from hpi.errors import EstimatorError
from hpi.space import drift
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
    assert drift._later_is_better(loss, late) == pytest.approx(expected, rel=1e-9)


def test_drift_is_kolmogorov_smirnov_for_numbers_and_chi_squared_for_labels():
    rng = np.random.default_rng(4)
    late = rng.random(400) < 0.5
    x = rng.random(400) + 0.2 * late
    exact = stats.ks_2samp(x[late], x[~late], method="exact").pvalue
    assert np.log(drift._drift(x, late, ordered=True)) == pytest.approx(np.log(exact), rel=0.05)
    label = rng.integers(0, 4, 400) / 3
    table = np.array([[np.sum((label == v) & side) for v in np.unique(label)] for side in (late, ~late)])
    assert drift._drift(label, late, ordered=False) == pytest.approx(stats.chi2_contingency(table).pvalue, rel=1e-9)


def test_a_thin_target_is_said():
    sample = cut(toy_design(ADDITIVE, 120, 0), Subspace(1.0, 0.1))
    assert any("Only 12 trials are in the target" in sentence for sentence in checks.warnings(sample))
    assert checks.warnings(cut(toy_design(ADDITIVE, 240, 0), Subspace(1.0, 0.1))) == ()


def test_ties_that_enlarge_the_target_are_said():
    loss = np.r_[np.zeros(30), np.arange(1.0, 171.0)]
    built = design({"x": np.random.default_rng(0).random(200)}, loss)
    sentences = checks.warnings(cut(built, Subspace(1.0, 0.1)))
    assert [s for s in sentences if "enlarge the target from 20 to 30 trials" in s and "15\u00a0%" in s]


REFUSED = [
    (np.zeros(100), Subspace(), None, "same value in all 100 trials: no trial"),
    (np.repeat([0.0, 1.0], [60, 40]), Subspace(0.5, 0.2), None, "same value in all 60 trials of the region"),
    (np.arange(100.0), Subspace(0.15, 0.08), None, "region holds 15 trials; at least 16"),
    (np.arange(100.0), Subspace(0.01, 0.005), None, "region holds 1 trial; at least 16"),
    (np.arange(100.0), Subspace(0.3, 0.1), 3, "region holds 10 configurations; at least 16"),
    (np.arange(100.0).clip(10, 60), Subspace(1.0, 0.1), None, None),
    (np.arange(100.0).clip(0, 20), Subspace(0.5, 0.3), None, "Target and region are the same 100 trials"),
    (np.arange(100.0), Subspace(1.0, 0.07), None, "target holds 7 trials; at least 8"),
    (np.arange(100.0), Subspace(1.0, 0.01), None, "target holds 1 trial; at least 8"),
    (np.arange(100.0), Subspace(1.0, 0.2), 5, "target holds 4 configurations; at least 8"),
    (np.arange(100.0), Subspace(0.2, 0.19), None, "differ by 1 trial; at least 2"),
    (np.arange(100.0), Subspace(0.16, 0.08), None, None),
]  # fmt: skip


@pytest.mark.parametrize("uses_target", [True, False])
@pytest.mark.parametrize(("loss", "asked", "trials_a_unit", "message"), REFUSED)
def test_every_estimator_refuses_alike_and_names_what_was_found(loss, asked, trials_a_unit, message, uses_target):
    x = np.random.default_rng(0).random(100)
    unit = None if trials_a_unit is None else np.arange(100) // trials_a_unit
    sample = cut(design({"x": x}, loss, unit), asked)
    if message is None:
        checks.refuse(sample, uses_target)
    else:
        with pytest.raises(EstimatorError, match=message):
            checks.refuse(sample, uses_target)


def test_a_target_that_nobody_asked_for_refuses_only_who_compares_it():
    """Nine of ten trials share the worst value: the best tenth by default would be all of them."""
    x = np.random.default_rng(0).random(200)
    sample = cut(design({"x": x}, np.arange(200.0).clip(0, 15)), Subspace())
    checks.refuse(sample, uses_target=False)
    with pytest.raises(EstimatorError, match="Target and region are the same 200 trials"):
        checks.refuse(sample)


def test_where_the_target_plays_no_part_it_does_not_warn():
    x = np.arange(100.0)
    tied = cut(design({"x": x}, np.where(x < 30, 0.0, x)), Subspace(1.0, 0.1))
    assert any("target" in sentence for sentence in checks.warnings(tied))
    assert checks.warnings(tied, uses_target=False) == ()
    assert checks.warnings(cut(toy_design(ADDITIVE, 120, 0), Subspace(1.0, 0.1)), uses_target=False) == ()
