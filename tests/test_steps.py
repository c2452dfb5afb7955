"""Steps where a density jumps: edges against all ways to cut, and what it does to windows, ramps and noise."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from hpi.counts import Counts, count
from hpi.estimators import PedAnova
from hpi.estimators.ped import steps
from hpi.estimators.ped.series import coefficients
from hpi.space import Cells
from hpi.subspace import Subspace, cut
from hpi.toys import ISHIGAMI, WINDOW
from tests.makers import design, toy_sample


def counts_of(target: np.ndarray, region: np.ndarray) -> Counts:
    t, r = np.append(target, 0).astype(float), np.append(region, 0).astype(float)
    cells = Cells(np.repeat(np.arange(len(region)), region).astype(np.uint16), len(region), ordered=True, exact=False)
    return Counts(cells=cells, target=t, region=r, near_target=t, near_region=None, n_trials=int(r.sum()))


def gain(target: np.ndarray, region: np.ndarray, edges: tuple[int, ...], price: float) -> float:
    """sum p^2 / r over the steps less the price of their edges; nothing where a step is too small."""
    pieces = list(zip((0, *edges), (*edges, len(region)), strict=True))
    if any(region[a:b].sum() * target.sum() / region.sum() < 2 for a, b in pieces):
        return -np.inf
    p, r = target / target.sum(), region / region.sum()
    return sum(p[a:b].sum() ** 2 / r[a:b].sum() for a, b in pieces) - price * len(edges)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("price", [0.01, 0.2])
def test_edges_are_the_best_of_all_ways_to_cut(seed, price):
    rng = np.random.default_rng(seed)
    region = rng.integers(3, 12, 11)
    target = rng.binomial(region, rng.choice([0.1, 0.5], 11))
    ways = [edges for n in range(6) for edges in combinations(range(1, 11), n)]
    best = max(gain(target, region, edges, price) for edges in ways)
    found = tuple(steps.best_edges(counts_of(target, region), price))
    assert gain(target, region, found, price) == pytest.approx(best, abs=1e-12)


@pytest.mark.parametrize("n_trials", [300, 1000])
def test_a_window_is_hit_on_average(n_trials):
    """Truth .815 in closed form; the cosines alone are low by .12 and .08. 40 tables, three standard errors."""
    found = [
        PedAnova(0, pairs="no").estimate(toy_sample(WINDOW, n_trials, seed), np.random.default_rng(0))
        for seed in range(40)
    ]
    importance = np.array([f.importance[0] for f in found])
    assert importance.mean() == pytest.approx(0.815, abs=3 * importance.std() / np.sqrt(40))
    assert sum(f.low[0] <= 0.815 <= f.high[0] for f in found) >= 34


def test_one_edge_in_the_place_where_it_is():
    x = (np.arange(2000) + 0.5) / 2000
    loss = np.where(x < 0.3, np.sin(1e4 * x), 10 + x)
    counts = count(cut(design({"x": x}, loss), Subspace(1.0, 0.1)))[0][0]
    found = steps.with_edges(counts, coefficients(counts))
    assert found is not None
    merged, better = found
    assert merged.cells.n == 2
    assert merged.region[0] == pytest.approx(600, abs=8)  # cells hold 7 or 8 trials
    assert better.divergence == pytest.approx(1 / 0.3 - 1, abs=0.1)


def test_smooth_densities_and_noise_keep_their_cosines():
    kept = []
    for seed in range(20):
        counts = [regimes[0] for regimes in count(toy_sample(ISHIGAMI, 1000, seed))]
        kept += [steps.with_edges(c, coefficients(c)) is None for c in counts]
    assert sum(kept) >= 78


def test_levels_units_and_few_target_trials_have_no_edges():
    rng = np.random.default_rng(0)
    x = rng.random(100)
    few = count(cut(design({"x": x}, x), Subspace(1.0, 0.05)))[0][0]
    assert few.n_target < 8
    assert steps.with_edges(few, coefficients(few)) is None
    unit = np.repeat(np.arange(50), 8)
    repeated = count(cut(design({"x": rng.random(50)[unit]}, rng.random(400), unit), Subspace(1.0, 0.2)))[0][0]
    assert steps.with_edges(repeated, coefficients(repeated)) is None
    levels = count(cut(design({"c": rng.choice(list("abc"), 300)}, rng.random(300)), Subspace(1.0, 0.2)))[0][0]
    assert steps.with_edges(levels, coefficients(levels)) is None
