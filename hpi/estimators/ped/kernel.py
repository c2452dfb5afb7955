"""The kernel form of PED-ANOVA: a divergence between two smoothed densities on a grid of at most 50 points.

As in Watanabe, Bansal, Hutter 2023 (arXiv:2304.10255): Gaussian kernels cut off at the borders of the grid, with
Scott's bandwidth and one wide kernel as a prior; categories are frequencies with one trial spread over all levels.
The bandwidth erases narrow and many-peaked effects, more so in small tables: D is biased, and no estimate of noise
knows by how much, so this form gives no interval.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import ndtr

from hpi.counts import Counts, tally
from hpi.estimators.ped import grid
from hpi.space import Floats, Hyperparameter, Kind
from hpi.subspace import Sample

MOST_POINTS = 50
NARROWEST = 0.5 / 1.64
TINY = 1e-12

Density = Callable[[Floats], Floats]
"""From counts, shape (n_tables, n_points), to shares of the same shape."""


def counts(sample: Sample, j: int, regime: int) -> Counts:
    """Return the counts of a hyperparameter's grid points in one of its regimes."""
    hyperparameter = sample.design.hyperparameters[j]
    n = n_points(hyperparameter, regime)
    return tally(sample, grid.points(sample.design.place(j, regime), n, hyperparameter.is_ordered))


def n_points(hyperparameter: Hyperparameter, regime: int) -> int:
    """Return the points of the grid: 50 for floats, values or levels where they are fewer, octaves on a log scale."""
    values = grid.n_values(hyperparameter, regime)
    if not hyperparameter.is_ordered:
        return len(hyperparameter.levels)
    if values is None:
        return MOST_POINTS
    if hyperparameter.kind is Kind.INT and hyperparameter.log:
        values = int(np.ceil(np.log2(values))) + 1
    return min(values, MOST_POINTS)


def divergence(counts: Counts, target: Floats, region: Floats, category: Density, against_design: bool) -> Floats:
    """Return D of each of several tables, shape (n_tables,), weighted by alpha^2 / beta.

    `target` and `region` count the trials of each point, shape (n_tables, n_points + 1), the last one inactive.
    """
    density = smoothed if counts.cells.ordered else category
    p, r = density(target[:, :-1]) + TINY, density(region[:, :-1]) + TINY
    if against_design:
        r = np.full_like(p, 1 / p.shape[1])
    d: Floats = (r * (p / r - 1) ** 2).sum(axis=1)
    return counts.activity_ratio * counts.active_target / counts.n_target * d


def frequencies(counts: Floats) -> Floats:
    """Shares of levels with one more trial spread over all of them, shape (n_tables, n_levels)."""
    shares: Floats = (counts + 1 / counts.shape[1]) / (counts.sum(axis=1, keepdims=True) + 1)
    return shares


def smoothed(counts: Floats) -> Floats:
    """Shares of grid points under one Gaussian kernel a trial and one wide one, shape (n_tables, n_points)."""
    n, size = counts.sum(axis=1, keepdims=True), counts.shape[1]
    # Mass at a point depends on its distance to the kernel's alone: 2 size numbers a table, not size^2.
    below = ndtr((np.arange(2 * size) - size + 0.5) / bandwidth(counts)[:, None])
    inside = below[:, : size - 1 : -1] - below[:, size - 1 :: -1]
    steps, point = np.diff(below, axis=1), np.arange(size)
    masses = steps[:, point - point[:, None] + size - 1]
    mixed = ((counts / inside)[:, None, :] @ masses)[:, 0]
    shares: Floats = (mixed + _prior(size)) / (n + 1)
    return shares


def _prior(size: int) -> Floats:
    """Mass of the one wide kernel at each grid point, shape (size,): as wide as the grid and in its middle."""
    below = ndtr((np.arange(size + 1) - size / 2) / size)
    prior: Floats = np.diff(below) / (below[-1] - below[0])
    return prior


def bandwidth(counts: Floats) -> Floats:
    """Scott's bandwidth in steps of the grid for each row of counts, shape (n_tables,).

    1.059 min(IQR / 1.34, sd) n^(-1/5), at least .305: then 90 % of a kernel stay on its point.
    """
    n, point = counts.sum(axis=1), np.arange(counts.shape[1])
    mean = counts @ point / n
    spread = np.sqrt((counts * (point - mean[:, None]) ** 2).sum(axis=1) / np.maximum(1, n - 1))
    below = np.cumsum(counts, axis=1)
    first = ((below >= np.floor(n / 4)[:, None]) & (counts > 0)).argmax(axis=1)
    third = (below > np.floor(3 * n / 4)[:, None]).argmax(axis=1)
    width: Floats = 1.059 * np.minimum((third - first) / 1.34, spread) * n**-0.2
    return np.maximum(width, NARROWEST)
