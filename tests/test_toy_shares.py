"""Shares of variance of the toys, and what a linear model loses: against closed forms and the golden numbers."""

from __future__ import annotations

import json
from math import pi
from pathlib import Path

import numpy as np
import pytest

from hpi import toys
from hpi.space import Design
from hpi.toys.slices import lattice
from tests.test_toys import GOLDEN

# Ishigami: V = a^2 / 8 + b pi^4 / 5 + b^2 pi^8 / 18 + 1 / 2 with a = 7, b = 0.1.
V_ISHIGAMI = 49 / 8 + 0.1 * pi**4 / 5 + 0.01 * pi**8 / 18 + 0.5
V1, V2, V13 = (1 + 0.1 * pi**4 / 5) ** 2 / 2, 49 / 8, 0.01 * pi**8 * (1 / 18 - 1 / 50)


def test_ishigami():
    found = toys.sobol(toys.ISHIGAMI)
    assert found.mains == pytest.approx(np.array([V1, V2, 0, 0]) / V_ISHIGAMI, abs=5e-4)
    assert found.totals == pytest.approx(np.array([V1 + V13, V2, V13, 0]) / V_ISHIGAMI, abs=5e-4)
    assert found.pairs.pop(("x1", "x3")) == pytest.approx(V13 / V_ISHIGAMI, abs=5e-4)
    assert list(found.pairs.values()) == pytest.approx([0] * 5, abs=1e-9)


def test_additive():
    """Var (a - .3)^2 from its moments; |b - .6| likewise; c d: mains 1/48 each, pair 1/144."""
    a = 16 * ((0.7**5 + 0.3**5) / 5 - ((0.7**3 + 0.3**3) / 3) ** 2)
    b = 4 * ((0.4**3 + 0.6**3) / 3 - ((0.4**2 + 0.6**2) / 2) ** 2)
    v = a + b + 2 / 48 + 1 / 144
    found = toys.sobol(toys.ADDITIVE)
    assert found.mains == pytest.approx(np.array([a, b, 1 / 48, 1 / 48, 0, 0]) / v, abs=2e-3)
    assert found.pairs["c", "d"] == pytest.approx(1 / 144 / v, abs=1e-3)
    assert found.pairs["a", "b"] == pytest.approx(0, abs=1e-9)


def test_heavy_is_a_product():
    """exp(2 f) with f = a-part + b-part + c d: means and mean squares multiply; by a fine midpoint rule."""
    x = (np.arange(4000) + 0.5) / 4000
    parts = [np.exp(8 * (x - 0.3) ** 2), np.exp(4 * np.abs(x - 0.6))]
    cd = np.exp(2 * np.outer(x[::4], x[::4]))
    square, mean = [(p**2).mean() / p.mean() ** 2 for p in (*parts, cd)], cd.mean()
    v = np.prod(square) - 1
    c = (cd.mean(axis=1) ** 2).mean() / mean**2 - 1
    found = toys.sobol(toys.HEAVY)
    assert found.mains == pytest.approx(np.array([square[0] - 1, square[1] - 1, c, c, 0, 0]) / v, abs=3e-3)
    assert found.pairs["a", "b"] == pytest.approx((square[0] - 1) * (square[1] - 1) / v, abs=3e-3)


def test_interaction_only_has_no_main_effect():
    for toy in (toys.XOR, toys.RING):
        found = toys.sobol(toy)
        assert found.mains == pytest.approx([0, 0, 0], abs=1e-9)
        assert found.pairs["p", "q"] == pytest.approx(1, abs=1e-9)
        assert found.totals == pytest.approx([1, 1, 0], abs=1e-9)


def test_the_ten_levels():
    """Variance .09 of one in ten, and .09 / 12 of 0.3 x."""
    assert toys.sobol(toys.CATEGORY_10).mains == pytest.approx([12 / 13, 1 / 13], abs=1e-6)


def test_noise_is_no_part_of_it():
    """3 (a - .6)^2 + b + a c / 2: b alone has 1 / 12; the pair 1 / 4 / 144; c alone 1 / 4 / 4 / 12."""
    found = toys.sobol(toys.NOISY)
    assert found.mains[1] / found.mains[2] == pytest.approx(16, rel=1e-3)
    assert found.pairs["a", "c"] / found.mains[1] == pytest.approx(12 / 576, rel=2e-3)
    assert found.mains.sum() + sum(found.pairs.values()) == pytest.approx(1, abs=1e-9)


def test_winsorising_in_closed_form():
    """Cutting xor above its higher value changes nothing; of the ten levels only x within the first is left."""
    found = toys.sobol(toys.XOR, 0.7)
    assert found.pairs["p", "q"] == pytest.approx(1, abs=1e-9)
    # The best tenth of the ten levels is the level k0: min(loss, t) is 0.3 x there and constant elsewhere.
    t, level = 0.3, np.array([0.15, 0.3])
    mean = 0.1 * level[0] + 0.9 * level[1]
    between = 0.1 * (level[0] - mean) ** 2 + 0.9 * (level[1] - mean) ** 2
    total = between + 0.1 * t**2 / 12
    assert toys.sobol(toys.CATEGORY_10, 0.0999).mains[0] == pytest.approx(between / total, abs=2e-3)
    assert toys.sobol(toys.CATEGORY_10, 0.0999).mains[1] == pytest.approx(0.1**2 * t**2 / 12 / total, abs=2e-3)


@pytest.mark.parametrize("toy", [toys.NOISY, toys.ISHIGAMI, toys.LOGS], ids=lambda toy: toy.name)
def test_winsorised_shares_are_those_of_a_large_table(toy):
    """Main effects of min(loss, t) from the means in 50 cells of 1,000,000 trials, evenly spread, noise and all."""
    frame = toy.at(lattice(1_000_000, len(toy.names) + (toy.noise > 0)))
    loss = np.minimum(frame["loss"], frame["loss"].quantile(0.25)).to_numpy()
    design = Design.build(toy.hyperparameters, frame, frame["loss"].to_numpy())
    loss = loss[design.row]
    between = []
    for j in range(len(toy.names)):
        cell = np.minimum(design.x[:, j] * 50, 49).astype(int)
        count = np.bincount(cell)
        means = np.bincount(cell, loss) / count
        between.append(((means - loss.mean()) ** 2 @ count) / len(loss))
    mains = toys.sobol(toy, 0.25).mains
    ratio = np.array(between) / max(between)
    assert ratio == pytest.approx(mains / mains.max(), abs=5e-3)
    if not toy.noise:
        assert np.array(between) / loss.var() == pytest.approx(mains, abs=5e-3)


def test_a_branch_of_a_conditional_space():
    """Where x is active the loss is x and nothing else; among all trials c explains 12.25 of 12.25 + .75."""
    everywhere = toys.sobol(toys.ACTIVATION)
    assert everywhere.mains == pytest.approx([12.25 / 13, np.nan, np.nan], abs=1e-4, nan_ok=True)
    branch = toys.sobol(toys.ACTIVATION, among=("c", "x"))
    assert branch.mains == pytest.approx([0, 1, np.nan], abs=1e-9, nan_ok=True)
    assert branch.pairs == pytest.approx({("c", "x"): 0}, abs=1e-9)


def test_golden_shares_of_variance():
    if not (GOLDEN / "expected.json").exists():
        pytest.skip("the golden numbers are not here")
    expected = json.loads(Path(GOLDEN / "expected.json").read_text())
    for table, toy in (("ishigami", toys.ISHIGAMI), ("ped_toy_1000", toys.PED_TOY)):
        wanted = expected[table]["analytic"]["sobol"]["S"]
        found = dict(zip(toy.names, toys.sobol(toy).mains, strict=True))
        assert {name: found[name] for name in wanted} == pytest.approx(wanted, abs=2e-3)


def test_linear_drop_of_ishigami():
    """Only sin x1 has a slope, E[x sin x] = 1 and Var x = pi^2 / 3; x1 x2 and the like are orthogonal to it."""
    expected = (1 + 0.1 * pi**4 / 5) ** 2 / (pi**2 / 3) / V_ISHIGAMI
    assert toys.linear_drop(toys.ISHIGAMI) == pytest.approx([expected, 0, 0, 0], abs=1e-3)


def test_linear_drop_of_xor_is_its_correlation_with_the_product():
    """E[(p - .5) (q - .5) (2 xor - 1)] = -1 / 16, and the product has variance 1 / 144: R^2 = 144 / 256."""
    assert toys.linear_drop(toys.XOR) == pytest.approx([0.5625, 0.5625, 0], abs=1e-3)


def test_linear_drop_without_interaction_is_the_share_of_variance():
    for toy in (toys.CATEGORY_3, toys.CATEGORY_10):
        assert toys.linear_drop(toy) == pytest.approx(toys.sobol(toy).mains, abs=1e-6)


def test_noise_is_variance_that_no_model_explains():
    """b is a straight line: it explains 1 / 12 of the variance of f plus .04."""
    variance = (1 / 12) / toys.sobol(toys.NOISY).mains[1]
    assert toys.linear_drop(toys.NOISY)[1] == pytest.approx(1 / 12 / (variance + 0.04), abs=1e-3)


def test_linear_drop_of_a_conditional_space_by_hand():
    """The loss is x or y, -3.5 or 3.5 on average, of variance 9/12 each, so 3.5^2 + 9/12 = 13 in all.

    Which of the two is active is c's doing; x and y get what they add to that, each in half of the trials.
    """
    assert toys.linear_drop(toys.ACTIVATION) == pytest.approx([12.25 / 13, 0.375 / 13, 0.375 / 13], abs=1e-3)
