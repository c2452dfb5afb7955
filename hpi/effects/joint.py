"""What two hyperparameters do together: the forest's average prediction over both, and what is left of it beyond a sum.

Friedman 2001 (10.1214/aos/1013203451), section 8.2, for two variables. What is left is the surface less the best sum of
a function of each alone, by least squares over the trials: it sums to zero in every row and column, each cell counted
as often as it has trials. Friedman and Popescu 2008 (10.1214/07-AOAS148) divide its variance by that of the surface
(their H^2); they take the partial dependences of the single hyperparameters for the sum, which would leave a rest
where the two were not drawn independently.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi.effects.cuts import INACTIVE, Cut
from hpi.effects.ground import GAP, Ground
from hpi.effects.outcome import Outcome, frozen
from hpi.effects.two import INACTIVE_LABEL, cells_of
from hpi.estimators.base import FEWEST_ACTIVE
from hpi.space import Floats, Integers, Mask
from hpi.subspace import Sample

ROUNDING = 1e-12  # of the metric: less is no rest


@dataclass(frozen=True, eq=False)
class Joint:
    """Two hyperparameters with the others held fixed, on the grid of their `TwoEffects`.

    Attributes
    ----------
    names
        The first across (columns), the second upwards (rows).
    count
        Trials of the region in each cell, shape (n_second, n_first).
    surface
        The average prediction in the metric's unit; nan in a cell without trials. Of the same shape.
    remainder
        What is left of it when the best sum of a function of each is taken out; nan as there.
    share
        Of the variance of the surface over the trials, what is left; None where the surface is flat.
    """

    names: tuple[str, str]
    count: Integers
    surface: Floats
    remainder: Floats
    share: float | None

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        frozen(self.count, self.surface, self.remainder)

    @property
    def turned(self) -> Joint:
        """The same with the second hyperparameter across."""
        return Joint(self.names[::-1], self.count.T, self.surface.T, self.remainder.T, self.share)


@dataclass(frozen=True, eq=False)
class _Side:
    """One of the two: where the trials of the region lie, and where trials are moved to for each cell.

    `is_off` says of each cell whether the hyperparameter is inactive there, `possible` in which states others are.
    """

    column: int
    code: Integers
    position: Floats
    is_off: Mask
    possible: dict[int, Mask]


def joint_of(ground: Ground, sample: Sample, outcome: Outcome, pair: tuple[str, str]) -> Joint:
    """Return the joint surface of a pair of hyperparameters and what is left of it beyond a sum."""
    across, upward = (_side(ground, sample, outcome, name) for name in pair)
    shape = len(upward.position), len(across.position)
    cell = upward.code * shape[1] + across.code
    count = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape).astype(np.int64)
    surface = np.full(shape, np.nan)
    # One is switched by the other: every trial can be moved to every cell that there is.
    free = [_decides(count, upward.is_off[:, None], 0), _decides(count, across.is_off[None, :], 1)]
    for i, k in np.argwhere(count > 0):
        rows = np.ones(len(ground.base), dtype=bool)
        for side, at, is_free in ((upward, i, free[0]), (across, k, free[1])):
            if not is_free:
                rows &= (ground.active(side.column) != side.is_off[at])[ground.base]
        if rows.sum() >= FEWEST_ACTIVE:
            to = {across.column: float(across.position[k]), upward.column: float(upward.position[i])}
            there = [(j, states[:, k]) for j, states in across.possible.items()]
            there += [(j, states[:, i]) for j, states in upward.possible.items()]
            placed = ground.moved(np.flatnonzero(rows), to, np.flatnonzero(cell == i * shape[1] + k), there)
            surface[i, k] = ground.predict(placed)[0].mean()
    rest = beyond_a_sum(surface, count)
    share = _share(surface, rest, count)
    return Joint(pair, count, outcome.loss(ground.loss(surface)), outcome.loss(ground.unit * rest), share)


def beyond_a_sum(surface: Floats, weight: Integers | Floats) -> Floats:
    """Return what is left of a surface, shape (n_rows, n_columns), less the best sum of rows and columns.

    Least squares with the weights of the cells; nan stays nan.
    """
    known = ~np.isnan(surface) & (weight > 0)
    row, column = np.nonzero(known)
    n_rows = len(surface)
    terms = np.zeros((len(row), n_rows + surface.shape[1]))
    terms[np.arange(len(row)), row] = terms[np.arange(len(row)), n_rows + column] = 1
    scale = float(np.abs(surface[known]).max(initial=0)) or 1.0
    value, root = surface[known] / scale, np.sqrt(np.asarray(weight, dtype=float)[known])
    sums, *_ = np.linalg.lstsq(terms * root[:, None], value * root, rcond=None)
    rest = np.full(surface.shape, np.nan)
    left = value - terms @ sums
    rest[known] = np.where(np.abs(left) > ROUNDING, left, 0.0) * scale
    return rest


def _side(ground: Ground, sample: Sample, outcome: Outcome, name: str) -> _Side:
    cut = cells_of(sample, outcome, name)[1]
    column, code = sample.design.column(name), cut.code[: sample.n_region]
    position = np.array([_typical(ground.x[code == k, column], cut, k) for k in range(len(cut))])
    is_off = np.arange(len(cut)) == (len(cut) - 1 if cut.labels[-1] == INACTIVE_LABEL else INACTIVE)
    return _Side(column, code, position, is_off & (position == GAP), ground.occurring(code, len(cut)))


def _typical(x: Floats, cut: Cut, k: int) -> float:
    """Return where trials are moved to for a cell: its middle trial, or the most frequent of several levels."""
    if not len(x):
        return np.nan
    found, count = np.unique(x, return_counts=True)
    several = cut.values is not None and k < len(cut.values) and bool(np.isnan(cut.values[k]))
    return float(found[count.argmax()] if several else np.sort(x)[len(x) // 2])


def _decides(count: Integers, is_off: Mask, axis: int) -> bool:
    """Whether one hyperparameter is active in all or in none of the trials of each cell of the other one."""
    off = (count * is_off).sum(axis=axis)
    return bool(((off == 0) | (off == count.sum(axis=axis))).all())


def _share(surface: Floats, rest: Floats, count: Integers) -> float | None:
    known = ~np.isnan(surface)
    if not known.any():
        return None
    variance = float(np.cov(surface[known], fweights=count[known], ddof=0))
    return float(np.average(rest[known] ** 2, weights=count[known])) / variance if variance > ROUNDING else None
