"""What the importances of a toy are: on a full grid, without sampling noise.

All shares are taken over the distribution that the toy draws from: uniform on each hyperparameter's measure.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import ndtr

from hpi.space import Floats
from hpi.toys.base import INACTIVE, Toy
from hpi.toys.grid import Grid

LINEAR_POINTS = 1 << 18


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
    grid = Grid.of(toy)
    ends = grid.threshold(target), grid.threshold(region)
    q = float(grid.mean(grid.below(ends[0])) / grid.mean(grid.below(ends[1])))
    return np.array([0.0 if name in toy.idle else _within(toy, name, *ends) * q / (1 - q) for name in toy.names])


def _within(toy: Toy, name: str, target: float, region: float) -> float:
    grid = Grid.of(toy, fine=name)
    in_target, in_region = grid.below(target, name), grid.below(region, name)
    regime, weight, total = grid.regime(name), grid.weight(name), 0.0
    for domain in np.unique(regime[regime != INACTIVE]):
        here = regime == domain
        t = grid.mean(in_target * here, name) / float(grid.mean(in_target))
        r = grid.mean(in_region * here, name) / float(grid.mean(in_region))
        seen = r > 0
        ratio = (weight * t**2)[seen] / r[seen]
        total += float(ratio.sum() - float(weight @ t) ** 2 / float(weight @ r)) if seen.any() else 0.0
    return total


def reached_pairs(toy: Toy, target: float) -> dict[tuple[str, str], float]:
    """Compute the pure pair share of the variance of "is in the target" at region 1, for every pair.

    What both together explain of the indicator beyond the sum of what each explains alone, among the trials in which
    both are active, times the share of these trials. Within these the two must be independent.
    """
    grid = Grid.of(toy)
    end = grid.threshold(target)
    q = float(grid.mean(grid.below(end)))
    return {
        pair: 0.0 if set(pair) & set(toy.idle) else _pure(grid, grid.below(end, *pair), pair) / (q * (1 - q))
        for pair in combinations(toy.names, 2)
    }


def _pure(grid: Grid, best: Floats, pair: tuple[str, str]) -> float:
    """Variance of the interaction of two, times the probability that both are active."""
    first, second = grid.regime(pair[0]), grid.regime(pair[1])
    total = 0.0
    for i in np.unique(first[first != INACTIVE]):
        for k in np.unique(second[second != INACTIVE]):
            here = np.asarray((first == i) & (second == k), dtype=float)
            mass = _on(grid, here, *pair)
            if mass.sum() > 0:
                total += float(
                    (mass * _interaction(grid.mean(best * here, *pair) * grid.weight(*pair), mass) ** 2).sum()
                )
    return total


def _on(grid: Grid, here: Floats, *keep: str) -> Floats:
    """Probability of each cell of the named axes and of being `here`."""
    return np.asarray(grid.mean(np.broadcast_to(here, grid.loss.shape), *keep) * grid.weight(*keep))


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
    weight = grid.weight(*grid.axes) * here
    weight = weight / weight.sum()
    loss = _expected(grid, grid.threshold(region))
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


def _expected(grid: Grid, threshold: float) -> Floats:
    """Compute the mean of min(observed loss, threshold) at every point."""
    sd = grid.toy.noise
    if not np.isfinite(threshold):
        return grid.loss
    if not sd:
        return np.minimum(grid.loss, threshold)
    z = (threshold - grid.loss) / sd
    return np.asarray(threshold - sd * (z * ndtr(z) + np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)))


def _explained(grid: Grid, loss: Floats, weight: Floats, *keep: str) -> float:
    """Variance of the mean of a centred loss given the named axes, under cell probabilities `weight`."""
    others = tuple(axis for axis, name in enumerate(grid.axes) if name not in keep)
    mass = weight.sum(axis=others)
    return float((mass * _ratio((weight * loss).sum(axis=others), mass) ** 2).sum())


def linear_drop(toy: Toy) -> Floats:
    """Compute the drop in explained variance without each hyperparameter, shape (n_hyperparameters,).

    The population's R^2 of the linear model with all main effects and pairwise interactions, less that of the model
    without every term that holds the hyperparameter. Numbers stand on their measure in [0, 1]; categories are
    indicators; all are centred over the trials in which they are active, and 0 where they are not. Noise counts as
    variance that is not explained.
    """
    grid = Grid.of(toy, LINEAR_POINTS)
    columns = _terms(grid)
    weight = np.sqrt(grid.weight(*grid.axes)).ravel()
    a = np.stack([np.broadcast_to(c, grid.loss.shape).ravel() * weight for _, c in columns], axis=1)
    y = (grid.loss - grid.mean(grid.loss)).ravel() * weight
    gram, moment = a.T @ a, a.T @ y
    variance = float(y @ y) + toy.noise**2
    full = _r2(gram, moment, np.ones(len(columns), dtype=bool)) / variance
    keeps = {n: np.array([n not in names for names, _ in columns]) for n in grid.axes}
    return np.array([full - _r2(gram, moment, keeps[n]) / variance if n in keeps else 0.0 for n in toy.names])


def _r2(gram: Floats, moment: Floats, keep: np.ndarray) -> float:
    """Variance that the kept terms explain."""
    inner = gram[np.ix_(keep, keep)]
    return float(moment[keep] @ np.linalg.lstsq(inner, moment[keep], rcond=1e-10)[0])


def _terms(grid: Grid) -> list[tuple[tuple[str, ...], Floats]]:
    """Constant, main effects and products of two: names of the hyperparameters in it, and the column."""
    mains = [((name,), column) for name in grid.axes for column in _columns(grid, name)]
    products = [(a + b, x * y) for (a, x), (b, y) in combinations(mains, 2) if a != b]
    return [((), np.ones([1] * len(grid.axes))), *mains, *products]


def _columns(grid: Grid, name: str) -> list[Floats]:
    """Centred columns of one hyperparameter, each broadcasting over the grid."""
    h = grid.hyperparameter(name)
    value, active = grid.values[name], grid.active(name)
    if not h.is_ordered:
        raw = [(value == level).astype(float) for level in range(len(h.levels) - 1)]
    else:
        raw = [np.log(value) if h.log else value]
    share = grid.mean(np.broadcast_to(active, grid.loss.shape))
    return [(x - grid.mean(np.broadcast_to(x * active, grid.loss.shape)) / share) * active for x in raw]
