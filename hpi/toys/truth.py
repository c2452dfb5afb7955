"""What the importances of a toy are: on full grids and lattices, without sampling noise.

All shares are taken over the distribution that the toy draws from: uniform on each hyperparameter's measure.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from scipy.special import ndtr

from hpi.space import Floats
from hpi.toys.base import Toy
from hpi.toys.grid import Grid
from hpi.toys.slices import Slices, threshold


@dataclass(frozen=True, eq=False)
class Shares:
    """Shares of the variance of the loss.

    Attributes
    ----------
    mains
        First order, shape (n_hyperparameters,); nan where not asked for.
    pairs
        Pure second order, for each pair asked for, in the order of the hyperparameters.
    totals
        Everything that ends without the hyperparameter, shape (n_hyperparameters,); nan where not asked for.
    """

    mains: Floats
    pairs: dict[tuple[str, str], float]
    totals: Floats


def reached(toy: Toy, target: float, region: float = 1.0) -> Floats:
    """Compute S of PED-ANOVA for every hyperparameter, shape (n_hyperparameters,).

    S = q / (1 - q) times the sum over domains i of alpha_i^2 / beta_i D_i, where alpha_i and beta_i are the shares of
    target and region in which the hyperparameter has domain i, and D_i the divergence there (Baba, Ozaki, Watanabe
    2026). q is the realised share: ties are kept together, and with noise target and region are those of the
    observed losses.
    """
    (end, n_target), (outer, n_region) = threshold(toy, target), threshold(toy, region)
    q = n_target / n_region
    return np.array([0.0 if name in toy.idle else _within(toy, name, end, outer) * q / (1 - q) for name in toy.names])


def _within(toy: Toy, name: str, target: float, region: float) -> float:
    """Sum of alpha^2 / beta D over the domains, for the thresholds of target and region."""
    slices = Slices.of(toy, name)
    in_target, in_region, weight = slices.below(target), slices.below(region), slices.weight
    n_target, n_region = float(weight @ in_target.mean(axis=1)), float(weight @ in_region.mean(axis=1))
    total = 0.0
    for here in slices.domains(name):
        t = weight * (in_target * here).mean(axis=1) / n_target
        r = weight * (in_region * here).mean(axis=1) / n_region
        if r.sum() > 0:
            total += float((_ratio(t, r) * t).sum() - t.sum() ** 2 / r.sum())
    return total


def reached_pairs(toy: Toy, target: float) -> dict[tuple[str, str], float]:
    """Compute the pure pair share of the variance of "is in the target" at region 1, for every pair.

    What both together explain of the indicator beyond the sum of what each explains alone, among the trials in which
    both are active, times the share of these trials. Within these the two must be independent.
    """
    end, _ = threshold(toy, target)
    return {pair: 0.0 if set(pair) & set(toy.idle) else _pure(toy, pair, end) for pair in combinations(toy.names, 2)}


def _pure(toy: Toy, pair: tuple[str, str], end: float) -> float:
    """Share of the interaction of two, among the trials in which both are active, of the whole variance."""
    slices = Slices.of(toy, *pair)
    best, total = slices.below(end), 0.0
    q = float((slices.weight * best.mean(axis=2)).sum())
    for first, second in product(*map(slices.domains, pair)):
        mass = slices.weight * (first & second).mean(axis=2)
        if mass.sum() > 0:
            inside = slices.weight * (best * first * second).mean(axis=2)
            total += float((mass * _interaction(inside, mass) ** 2).sum())
    return total / (q * (1 - q))


def _interaction(total: Floats, mass: Floats) -> Floats:
    """Cell means less what row and column explain, from the cells' sums and masses, shape (n_rows, n_columns)."""
    mean = _ratio(total, mass)
    rows = _ratio(total.sum(axis=1, keepdims=True), mass.sum(axis=1, keepdims=True))
    columns = _ratio(total.sum(axis=0, keepdims=True), mass.sum(axis=0, keepdims=True))
    return np.asarray(mean - rows - columns + total.sum() / mass.sum())


def _ratio(total: Floats, mass: Floats) -> Floats:
    return np.divide(total, mass, out=np.zeros(np.broadcast(total, mass).shape), where=mass > 0)


def sobol(toy: Toy, region: float = 1.0, among: tuple[str, ...] | None = None) -> Shares:
    """Compute the shares of the variance of the loss that main effects and pairs explain, and total effects.

    With a region below 1 the loss is min(loss, t), t the region's threshold among all trials: no trial is left out.
    Noise is no part of it: the shares are those of the expected (winsorised) loss over its own variance.

    Parameters
    ----------
    toy
        The toy.
    region
        The best fraction.
    among
        Names of the hyperparameters asked for; the variance is that over the trials in which all of them are active.
        None: those that are always active.
    """
    chosen = among or tuple(name for name in toy.names if name not in toy.regimes)
    grid = Grid.of(toy)
    here = np.broadcast_to(grid.active(*chosen), grid.loss.shape)
    weight = grid.weight() * here
    weight = weight / weight.sum()
    loss = _expected(grid, threshold(toy, region)[0])
    loss = loss - (weight * loss).sum()
    variance = float((weight * loss**2).sum())
    used = [name for name in chosen if name not in toy.idle]
    mains = {name: _explained(grid, loss, weight, name) / variance for name in used}
    totals = {
        name: 1 - _explained(grid, loss, weight, *(n for n in grid.axes if n != name)) / variance for name in used
    }
    pairs = {
        pair: _explained(grid, loss, weight, *pair) / variance - mains[pair[0]] - mains[pair[1]]
        for pair in combinations(used, 2)
    }
    idle = {name: 0.0 for name in chosen if name in toy.idle}
    return Shares(
        np.array([(mains | idle).get(name, np.nan) for name in toy.names]),
        {pair: pairs.get(pair, 0.0) for pair in combinations([n for n in toy.names if n in chosen], 2)},
        np.array([(totals | idle).get(name, np.nan) for name in toy.names]),
    )


def _expected(grid: Grid, end: float) -> Floats:
    """Compute the mean of min(observed loss, end) at every point."""
    sd = grid.toy.noise
    if not np.isfinite(end):
        return grid.loss
    if not sd:
        return np.minimum(grid.loss, end)
    z = (end - grid.loss) / sd
    return np.asarray(end - sd * (z * ndtr(z) + np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)))


def _explained(grid: Grid, loss: Floats, weight: Floats, *keep: str) -> float:
    """Variance of the mean of a centred loss given the named axes, under cell probabilities `weight`."""
    others = tuple(axis for axis, name in enumerate(grid.axes) if name not in keep)
    mass = weight.sum(axis=others)
    return float((mass * _ratio((weight * loss).sum(axis=others), mass) ** 2).sum())
