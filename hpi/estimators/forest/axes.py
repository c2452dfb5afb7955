"""The measure of a forest's cells: what part of a hyperparameter's values lies between two thresholds.

Floats have their length (positions already lie on the logarithm where that is the measure), whole numbers and ordered
levels count the values there are, categories count their levels. A whole number on a logarithmic scale weighs
log((i + 1/2) / (i - 1/2)), as search tools draw it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hpi.space import Floats, Hyperparameter, Integers, Kind
from hpi.surrogate import NO_LEVEL, Encoded

GRID_TOLERANCE = 1e-6
MOST_VALUES = 100_000


@dataclass(frozen=True, eq=False)
class Axis:
    """One hyperparameter among the columns of a forest.

    Attributes
    ----------
    columns
        Where it stands in the forest's matrix: one column of positions, or one a level.
    low, high
        First and last position that counts.
    """

    hyperparameter: Hyperparameter
    columns: Integers
    is_levels: bool
    low: float = 0.0
    high: float = 1.0

    def cells(self, low: Floats, high: Floats) -> tuple[Floats, Floats]:
        """Cut the axis where leaves end: which cells each leaf covers, and the measure of each cell.

        Parameters
        ----------
        low, high
            Ends of each leaf in every column, shape (n_leaves, n_columns): a leaf holds what is in (low, high].

        Returns
        -------
        tuple
            0 or 1, shape (n_leaves, n_cells), and shares that sum to 1, shape (n_cells,).
        """
        low, high = low[:, self.columns], high[:, self.columns]
        return _of_levels(low, high) if self.is_levels else self._of_positions(low[:, 0], high[:, 0])

    def _of_positions(self, low: Floats, high: Floats) -> tuple[Floats, Floats]:
        cuts = np.unique(high[np.isfinite(high)])
        first, last = np.searchsorted(cuts, low, side="right"), np.searchsorted(cuts, high, side="left")
        cell = np.arange(len(cuts) + 1)
        first[~np.isfinite(low)] = 0
        covers = (first[:, None] <= cell) & (cell <= last[:, None])
        return covers.astype(float), np.diff(self._below(cuts), prepend=0.0, append=1.0)

    def _below(self, cuts: Floats) -> Floats:
        """Share of the values that lie at or below each position."""
        grid = _grid(self.hyperparameter)
        if grid is None:
            return np.clip((cuts - self.low) / (self.high - self.low), 0, 1)
        at, weight = grid
        counts = (at >= self.low - GRID_TOLERANCE) & (at <= self.high + GRID_TOLERANCE)
        below = np.append(0, np.cumsum(weight * counts))
        # Trees compare positions in single precision, and a cut may lie on a value.
        return np.asarray(below[np.searchsorted(at.astype(np.float32), cuts, side="right")] / below[-1])


def axes(encoded: Encoded, hyperparameters: tuple[Hyperparameter, ...], x: Floats, whole: bool) -> tuple[Axis, ...]:
    """Return the axis of each hyperparameter, in their order.

    Parameters
    ----------
    encoded, hyperparameters, x
        What the forest was grown on, before and after encoding.
    whole
        Whether the trials stand for the whole space; if not, what counts lies between lowest and highest value seen.
    """
    made = []
    for j, hyperparameter in enumerate(hyperparameters):
        columns = np.flatnonzero(encoded.owner == j)
        is_levels = bool(encoded.level[columns[0]] != NO_LEVEL)
        ends = (0.0, 1.0) if whole else (float(x[:, j].min()), float(x[:, j].max()))
        made.append(Axis(hyperparameter, columns, is_levels, *ends))
    return tuple(made)


def _of_levels(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Take levels as cells, from columns of 0 and 1: a leaf holds level k unless a column says otherwise."""
    n_levels = low.shape[1]
    must_be_one = low >= 0
    of_others = must_be_one.sum(axis=1, keepdims=True) - must_be_one
    return ((high >= 1) & (of_others == 0)).astype(float), np.full(n_levels, 1 / n_levels)


def _grid(h: Hyperparameter) -> tuple[Floats, Floats] | None:
    """Return position and weight of each value; None where all positions count alike (also with very many values)."""
    if not h.is_numeric:
        n = len(h.levels)
        return np.arange(n) / (n - 1), np.ones(n)
    assert h.low is not None
    assert h.high is not None
    if h.kind is Kind.FLOAT or h.high - h.low > MOST_VALUES:
        return None
    value = np.arange(h.low, h.high + 1)
    weight = np.log((value + 0.5) / (value - 0.5)) if h.log else np.ones(len(value))
    return h.encode(pd.Series(value)), weight
