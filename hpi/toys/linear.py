"""What a linear model with pairwise interactions loses without a hyperparameter: by least squares on a full grid."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from hpi.space import Floats, Mask
from hpi.toys.base import Toy
from hpi.toys.grid import Grid

POINTS = 1 << 18
Term = tuple[tuple[str, ...], Floats]


def linear_drop(toy: Toy) -> Floats:
    """Compute the drop in explained variance without each hyperparameter, shape (n_hyperparameters,).

    The population's R^2 of the linear model with all main effects and pairwise interactions, less that of the model
    without every term that holds the hyperparameter. Numbers stand on their measure; levels are indicators. All are
    centred over the trials in which they are active and 0 where they are not. One more column says where a conditional
    hyperparameter is active; it is its parent's, whose doing that is. Noise counts as variance that is not explained.
    """
    grid = Grid.of(toy, POINTS)
    terms = _terms(grid)
    root = np.sqrt(grid.weight()).ravel()
    a = np.stack([np.broadcast_to(column, grid.loss.shape).ravel() * root for _, column in terms], axis=1)
    y = (grid.loss - grid.mean(grid.loss)).ravel() * root
    gram, moment, variance = a.T @ a, a.T @ y, float(y @ y) + toy.noise**2
    full = _explained(gram, moment, np.ones(len(terms), dtype=bool))
    rest = {n: _explained(gram, moment, np.array([n not in names for names, _ in terms])) for n in grid.axes}
    return np.array([(full - rest.get(name, full)) / variance for name in toy.names])


def _explained(gram: Floats, moment: Floats, keep: Mask) -> float:
    """Variance that the kept terms explain."""
    inner = gram[np.ix_(keep, keep)]
    return float(moment[keep] @ np.linalg.lstsq(inner, moment[keep], rcond=1e-10)[0])


def _terms(grid: Grid) -> list[Term]:
    """Constant, main effects and products of two: names of the hyperparameters in it, and the column."""
    values: list[Term] = [((name,), column) for name in grid.axes for column in _columns(grid, name)]
    mains = [*values, *_switches(grid)]
    products: list[Term] = [(a + b, x * y) for (a, x), (b, y) in combinations(mains, 2) if a != b]
    constant: Term = ((), np.ones([1] * len(grid.axes)))
    return [constant, *mains, *products]


def _columns(grid: Grid, name: str) -> list[Floats]:
    """Columns of the values of one hyperparameter, each broadcasting over the grid."""
    h = grid.toy.hyperparameters[grid.toy.names.index(name)]
    value, active = grid.values[name], grid.active(name)
    if h.is_numeric:
        low, high = h.measured(h.ends)
        raw = [((np.log(value) if h.log else value) - low) / (high - low)]
    else:
        raw = [(value == level).astype(float) for level in range(len(h.levels) - 1)]
    share = grid.mean(active)
    return [(x - grid.mean(x * active) / share) * active for x in raw]


def _switches(grid: Grid) -> list[Term]:
    """Where each conditional hyperparameter is active, as a column of the parent along whose axis that changes."""
    found: list[Term] = []
    for name in grid.axes:
        active = grid.active(name)
        parents = tuple(axis for axis, size in zip(grid.axes, active.shape, strict=True) if size > 1)
        if parents:
            found.append((parents, active - grid.mean(active)))
    return found
