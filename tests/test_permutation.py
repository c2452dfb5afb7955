"""Permutation importance against closed forms of the total effect, and what it promises where there is nothing."""

from __future__ import annotations

import numpy as np
import pytest

from hpi import toys
from hpi.chance import compare
from hpi.estimators import ESTIMATORS, Permutation
from hpi.estimators.forest.permutation import _Losses
from hpi.subspace import Sample, Subspace, cut
from tests.makers import design, noise_design, toy_sample


def run(sample: Sample, seed: int = 0, permutations: int = 40):
    return Permutation(permutations=permutations).estimate(sample, np.random.default_rng(seed))


def test_it_is_one_of_the_estimators():
    assert Permutation in ESTIMATORS


def test_half_the_drop_is_the_total_effect_of_a_sum():
    """y = 2 a + b, both uniform: total effects 4/5 and 1/5, and nothing for an idle one; the forest sees a bit less."""
    rng = np.random.default_rng(0)
    a, b, idle = rng.random((3, 1500))
    found = run(cut(design({"a": a, "b": b, "idle": idle}, 2 * a + b), Subspace()))
    assert found.importance == pytest.approx([0.8, 0.2, 0], abs=0.04)
    np.testing.assert_allclose(found.importance, np.clip(found.raw / 2, 0, 1))
    assert compare(found).detectable.tolist()[:2] == [True, True]


def test_an_interaction_counts_for_both_of_its_hyperparameters():
    """XOR of two signs: both have total effect 1, and no main effect."""
    found = run(toy_sample(toys.XOR, 1000, 0))
    names = list(toys.XOR.names)
    totals = toys.sobol(toys.XOR).totals
    active = totals > 0.5
    assert active.sum() == 2, names
    assert (found.importance[active] > 0.8).all()
    assert (found.importance[~active] < 0.05).all()
    assert compare(found).detectable[active].all()


def test_a_category_is_shuffled_as_one():
    """Three levels worth 0, 1 and 2: total effect 1, the drop is 2; column by column it would be less."""
    rng = np.random.default_rng(0)
    level, idle = rng.integers(0, 3, 600), rng.random(600)
    made = design({"c": np.array(["p", "q", "r"], dtype=object)[level], "idle": idle}, level.astype(float))
    found = run(cut(made, Subspace()))
    assert found.raw[0] == pytest.approx(2, abs=0.1)
    assert found.importance[1] < 0.01


def test_noise_gets_no_numbers_and_one_sentence():
    found = run(cut(noise_design(300, np.random.default_rng(1)), Subspace()))
    assert np.isnan(found.importance).all()
    assert len(found.warnings) == 1
    assert "does not predict" in found.warnings[0]


def test_intervals_hold_the_total_effect():
    """Five tables of a mixed toy: at least 4 of 5 for every hyperparameter."""
    truth = toys.sobol(toys.MIXED).totals
    inside = []
    for seed in range(5):
        found = run(toy_sample(toys.MIXED, 300, seed), seed)
        inside.append((found.low <= truth + 1e-9) & (truth <= found.high))
    assert (np.sum(inside, axis=0) >= 4).all()


def test_the_error_is_the_larger_of_that_of_trials_and_that_of_forests():
    """Four folds of two blocks: equal folds leave the spread of blocks, equal blocks that of folds."""
    of_blocks = np.broadcast_to(np.array([0.1, 0.3])[None, :, None, None], (4, 2, 1, 3))
    drop, error = _Losses(of_blocks).drop()
    assert drop == pytest.approx([0.4])
    assert error == pytest.approx([np.sqrt(2 * 0.02 / 4)])  # 2 blocks of variance .02, mean of 4 folds
    of_folds = np.broadcast_to(np.array([0.1, 0.2, 0.2, 0.3])[:, None, None, None], (4, 2, 1, 3))
    drop, error = _Losses(of_folds).drop()
    assert drop == pytest.approx([0.4])
    # folds sum to .2, .4, .4, .6: variance .08 / 3, times 1/4 + 1/3
    assert error == pytest.approx([np.sqrt(0.08 / 3 * (1 / 4 + 1 / 3))])


def test_shuffles_are_compared_with_their_own_mean():
    added = np.array([1.0, 2.0, 6.0]).reshape(1, 1, 1, 3)
    seen, null = _Losses(added).statistic()
    assert seen.tolist() == [3]
    assert null[:, 0].tolist() == [2, 1, -3]


def test_whole_configurations_are_unseen():
    """Every configuration has its own idle value: forests that saw its trials would lean on it."""
    rng = np.random.default_rng(0)
    unit = np.repeat(np.arange(80), 5)
    real, idle = rng.random((2, 80))
    loss = (real + 0.15 * rng.normal(size=80))[unit] + 0.01 * rng.normal(size=400)
    made = design({"real": real[unit], "idle": idle[unit]}, loss, unit)
    found = run(cut(made, Subspace()))
    assert found.importance[0] > 0.3
    assert found.importance[1] < 0.1


def test_progress_never_falls():
    rng = np.random.default_rng(0)
    x = rng.random((120, 2))
    made = design({"a": x[:, 0], "b": x[:, 1]}, x[:, 0])
    said: list[float] = []
    Permutation(permutations=40).estimate(
        cut(made, Subspace()), np.random.default_rng(0), lambda done, doing: said.append(done)
    )
    assert said == sorted(said)
    assert 0 < said[0] <= said[-1] <= 1


def test_large_tables_are_asked_about_good_and_bad_trials_alike():
    """y = a if b < .2, else 2 + b, and 12,000 trials: the best 500 of a fold differ by a alone.

    Given b the variance is .2 / 12, which is the total effect of a; E[y | b] is .5 or 2 + b; what both do together
    adds to each, .2 * .8 / 12.
    """
    rng = np.random.default_rng(0)
    a, b = rng.random((2, 12_000))
    loss = np.where(b < 0.2, a, 2 + b)
    found = run(cut(design({"a": a, "b": b}, loss), Subspace()))
    of_a, both = 0.2 / 12, 0.2 * 0.8 / 12
    of_b = 0.2 * 0.5**2 + 0.8 * (2.6**2 + 0.8**2 / 12) - (0.2 * 0.5 + 0.8 * 2.6) ** 2
    assert found.importance == pytest.approx([of_a / (of_a + of_b), (of_b + both) / (of_a + of_b)], abs=0.04)


@pytest.mark.parametrize("n", [*range(14, 37), 44, 50, 57, 60])
def test_folds_of_any_size_are_put_together(n):
    """A fold more or less: 30 trials make folds of 8 and of 7."""
    rng = np.random.default_rng(n)
    a, b = rng.random((2, n))
    found = run(cut(design({"a": a, "b": b}, a), Subspace()))
    answered = np.isfinite(found.importance)
    assert answered.all() or not answered.any()
    assert answered.all() or n < 30
    assert (found.low <= found.importance)[answered].all()
    assert (found.importance <= found.high)[answered].all()


def test_without_shuffles_there_is_no_test_and_all_else_is_the_same():
    sample = toy_sample(toys.MIXED, 100, 0)
    without, shuffled = run(sample, permutations=0), run(sample, permutations=40)
    for name in ("importance", "low", "high", "statistic"):
        np.testing.assert_array_equal(getattr(without, name), getattr(shuffled, name), err_msg=name)
    assert without.null_statistic.shape == without.null_importance.shape == (0, len(without.importance))
    assert np.isnan(compare(without).p_value).all()
