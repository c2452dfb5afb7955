"""The interval covers the truth: small studies over fresh tables; the large ones are in benchmarks/."""

from __future__ import annotations

import numpy as np
import pytest

from hpi.estimators import PedAnova
from hpi.subspace import Subspace, cut
from hpi.toys import ADDITIVE, ISHIGAMI, reached
from tests.makers import design, toy_sample

# Truths come from an integral with its own error in the fourth digit.
ROUNDING = 1e-3


@pytest.mark.parametrize(("toy", "n_trials"), [(ISHIGAMI, 300), (ISHIGAMI, 1000), (ADDITIVE, 300), (ADDITIVE, 1000)])
def test_coverage_of_the_integrals(toy, n_trials):
    """Nominal 95 %; 50 tables: fewer than 43 (86 %) would have a probability under 1 % at a true 95 %."""
    truth = reached(toy, 0.1)
    covered = np.zeros(len(truth))
    for seed in range(50):
        found = PedAnova(100).estimate(toy_sample(toy, n_trials, seed), np.random.default_rng(0))
        covered += (found.low - ROUNDING <= truth) & (truth <= found.high + ROUNDING)
    assert covered.min() >= 43


def test_coverage_of_levels():
    """A category whose levels reach the target with known chances: S by hand, from the law of the indicator.

    Trials of level c have loss N(0, 1) + shift_c; the target's true threshold t solves mean_c P(loss < t) = .1.
    """
    from scipy.optimize import brentq
    from scipy.stats import norm

    shift = np.array([0.0, 0.5, 1.0, 2.0])
    threshold = brentq(lambda t: norm.cdf(t - shift).mean() - 0.1, -5, 5)
    truth = norm.cdf(threshold - shift).var() / (0.1 * 0.9)
    covered = 0
    for seed in range(80):
        rng = np.random.default_rng([3, seed])
        level = rng.integers(0, 4, 500)
        sample = cut(design({"c": np.array(list("abcd"))[level]}, rng.normal(size=500) + shift[level]), Subspace())
        found = PedAnova(100).estimate(sample, np.random.default_rng(0))
        covered += found.low[0] <= truth <= found.high[0]
    assert covered >= 70


def test_coverage_where_repeats_are_kept():
    """100 configurations with 10 trials each; truth: the mean importance over 4,000 configurations of the same law."""

    def table(n_configurations: int, seed: int):
        rng = np.random.default_rng([4, seed])
        unit = np.repeat(np.arange(n_configurations), 10)
        a, b = rng.random((2, n_configurations))
        loss = (np.abs(a - 0.5) + 0.15 * rng.normal(size=n_configurations))[unit] + 0.1 * rng.normal(size=len(unit))
        return cut(design({"a": a[unit], "b": b[unit]}, loss, unit), Subspace())

    truth = PedAnova(100).estimate(table(8_000, 0), np.random.default_rng(0)).importance
    covered = np.zeros(2)
    for seed in range(60):
        found = PedAnova(100).estimate(table(100, 1 + seed), np.random.default_rng(0))
        covered += (found.low - 2 * ROUNDING <= truth) & (truth <= found.high)
    assert covered.min() >= 48  # the reference's trial gives .86 to 1 for this situation


def test_an_interval_narrows_with_the_root_of_the_trials():
    widths = []
    for n_trials in (1000, 16_000):
        found = PedAnova(100).estimate(toy_sample(ISHIGAMI, n_trials, 0), np.random.default_rng(0))
        widths.append((found.high - found.low)[0])
    assert widths[0] / widths[1] == pytest.approx(4, rel=0.35)


def test_a_hyperparameter_that_no_target_trial_has_active_is_bounded_not_settled():
    """100 target trials, none active: the rule of three allows 3 %, so S is at most .03 / .9."""
    active = np.arange(1000) >= 500
    x = np.where(active, np.random.default_rng(0).random(1000), np.nan)
    found = PedAnova(100).estimate(
        cut(design({"x": x}, np.arange(1000.0)), Subspace(1.0, 0.1)), np.random.default_rng(0)
    )
    assert found.importance[0] == 0
    assert found.low[0] == 0
    assert found.high[0] == pytest.approx(0.03 / 0.9)


def test_too_few_active_trials_for_the_target_are_unknown():
    """Five of 400 are active, none in the target of 40: half a trial was to be expected there."""
    x = np.full(400, np.nan)
    x[-5:] = [0.1, 0.3, 0.5, 0.7, 0.9]
    columns = {"x": x, "a": np.random.default_rng(0).random(400)}
    found = PedAnova(100).estimate(cut(design(columns, np.arange(400.0)), Subspace(1.0, 0.1)), np.random.default_rng(0))
    assert np.isnan([found.importance[0], found.low[0], found.high[0]]).all()
    assert "active in 5 trials" in (found.notes[0] or "")
