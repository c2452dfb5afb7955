"""Cuts of a hyperparameter into cells that a person can read: its levels, or bins on its own measure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hpi.effects.outcome import frozen
from hpi.filters import Between, Filter
from hpi.space import Floats, Hyperparameter, Integers, Kind, Mask

FEW_VALUES = 10
MOST_LEVELS = 30
GRID = 12  # so few values for each bin, and each of them twice or more, are a grid, not a continuum
DIGITS = 12
LARGE = 1e6  # whole numbers below are written in full
OTHER = "other"
INACTIVE = -1


@dataclass(frozen=True, eq=False)
class Cut:
    """One hyperparameter cut into cells.

    Attributes
    ----------
    labels
        Of the cells, in the order in which they are shown.
    code
        The cell of each trial, shape (n_trials,); -1 where the hyperparameter is inactive.
    edges
        Of bins, ascending, shape (n_cells + 1,), in the hyperparameter's own unit; None for levels.
    n_grouped
        How many rare levels the last cell holds together; 0 where every level has its own.
    values
        Of levels, shape (n_cells,): numbers, or positions among the hyperparameter's own levels; nan for the last cell
        where it holds several. None for bins.
    """

    labels: tuple[str, ...]
    code: Integers
    edges: Floats | None = None
    n_grouped: int = 0
    values: Floats | None = None

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        frozen(self.code, self.edges, self.values)

    def __len__(self) -> int:
        """Count the cells."""
        return len(self.labels)

    @property
    def is_active(self) -> Mask:
        """Whether the hyperparameter is active in each trial, shape (n_trials,)."""
        return np.asarray(self.code != INACTIVE)

    def count(self, code: Integers | None = None) -> Integers:
        """Count the trials of each cell, shape (n_cells,): all of them, or those of `code`."""
        code = self.code if code is None else code
        return np.bincount(code[code != INACTIVE], minlength=len(self)).astype(np.int64)

    def in_order(self, order: Integers) -> Cut:
        """Return the same cells with cell `order[k]` as the k-th; the cell of the grouped levels stays last."""
        if self.n_grouped:
            order = np.append(order[order != len(self) - 1], len(self) - 1)
        place = np.empty(len(order) + 1, dtype=np.int64)
        place[order], place[-1] = np.arange(len(order)), INACTIVE
        values = None if self.values is None else self.values[order]
        return Cut(tuple(self.labels[k] for k in order), place[self.code], n_grouped=self.n_grouped, values=values)


def values_of(hyperparameter: Hyperparameter, column: pd.Series) -> Floats:
    """Return numbers in the hyperparameter's own unit, or the position of the level; nan where inactive."""
    if hyperparameter.is_numeric:
        return column.to_numpy(dtype=float, na_value=np.nan)
    code = pd.Index(hyperparameter.levels).get_indexer(pd.Index(column.astype(object))).astype(float)
    return np.where(column.notna(), code, np.nan)


def values_at(hyperparameter: Hyperparameter, x: Floats) -> Floats:
    """Return what lies at positions x in [0, 1]: numbers in the own unit, or the position of the level; nan stays nan.

    Numbers are rounded to twelve digits, so that those of the table come back as they were written.
    """
    if not hyperparameter.is_numeric:
        return np.rint(x * (len(hyperparameter.levels) - 1))
    low, high = hyperparameter.measured(hyperparameter.ends)
    value = low + x * (high - low)
    value = np.exp(value) if hyperparameter.log else value
    if hyperparameter.kind is Kind.INT:
        return np.rint(value)
    size = np.abs(value) if hyperparameter.log else np.full(len(x), max(map(abs, hyperparameter.ends)))
    digits = DIGITS - 1 - np.floor(np.log10(size))
    # Powers of ten are exact only where they are whole.
    up, down = 10.0 ** digits.clip(0), 10.0 ** (-digits).clip(0)
    return np.clip(np.rint(value * up / down) * down / up, *hyperparameter.ends)


def is_discrete(hyperparameter: Hyperparameter, values: Floats) -> bool:
    """Whether each value is shown by itself: labels, and numbers of which there are few."""
    return not hyperparameter.is_numeric or len(np.unique(values[~np.isnan(values)])) <= FEW_VALUES


def by_level(hyperparameter: Hyperparameter, values: Floats, most: int = MOST_LEVELS) -> Cut:
    """Return one cell a value that occurs, in its own order; beyond `most` the rarest share the last cell."""
    active = ~np.isnan(values)
    found, code = np.unique(values[active], return_inverse=True)
    labels = numbers_apart(found) if hyperparameter.is_numeric else [hyperparameter.levels[int(k)] for k in found]
    n_grouped = 0 if len(found) <= most else len(found) - most + 1
    if n_grouped:
        code, kept = _without_rare(code, most - 1)
        labels = [*(labels[k] for k in kept), f"{OTHER} ({n_grouped} levels)"]
        found = np.append(found[kept], np.nan)
    full = np.full(len(values), INACTIVE, dtype=np.int64)
    full[active] = code
    return Cut(tuple(labels), full, n_grouped=n_grouped, values=found)


def by_bin(
    hyperparameter: Hyperparameter, values: Floats, n_bins: int, bounds: tuple[float, float] | None = None
) -> Cut:
    """Return bins of about equal width on the hyperparameter's measure; values on a grid are never split unevenly."""
    active = ~np.isnan(values)
    found, log = np.unique(values[active]), hyperparameter.log
    on_grid = 2 <= len(found) <= min(GRID * n_bins, active.sum() // 2)
    low, high = bounds or bounds_of(hyperparameter)
    first, last = _measure(log, np.array([low, high]))
    edges = _on_measure(log, np.linspace(float(first), float(last), n_bins + 1))
    if on_grid:
        edges = _between_values(_measure(log, found), _measure(log, edges))
        edges = _on_measure(log, edges)
    code = np.full(len(values), INACTIVE, dtype=np.int64)
    code[active] = (np.searchsorted(edges, values[active], side="right") - 1).clip(0, len(edges) - 2)
    return Cut(tuple(_bin_labels(edges, found if on_grid else None)), code, edges)


def measure(hyperparameter: Hyperparameter, values: Floats) -> Floats:
    """Return where values of a numeric hyperparameter lie on its measure: their logarithm where it is logarithmic."""
    return _measure(hyperparameter.log, values)


def _measure(log: bool, values: Floats) -> Floats:
    return np.log10(values) if log else np.asarray(values, dtype=float)


def _on_measure(log: bool, positions: Floats) -> Floats:
    return np.asarray(10.0**positions) if log else positions


def _between_values(found: Floats, edges: Floats) -> Floats:
    """Move edges to the nearest middle between two values, the ends half a step beyond the first and the last."""
    middles = (found[1:] + found[:-1]) / 2
    ends = 2 * found[0] - middles[0], 2 * found[-1] - middles[-1]
    nearest = np.abs(edges[1:-1, None] - middles[None, :]).argmin(axis=1)
    return np.concatenate([[ends[0]], middles[np.unique(nearest)], [ends[1]]])


def _bin_labels(edges: Floats, found: Floats | None) -> list[str]:
    """Name bins by their ends, or by the first and the last value in them."""
    if found is None:
        ends = numbers_apart(edges)
        return [f"{low} to {high}" for low, high in zip(ends[:-1], ends[1:], strict=True)]
    texts, cell = numbers_apart(found), np.searchsorted(edges, found, side="right") - 1
    inside = [np.flatnonzero(cell == k) for k in range(len(edges) - 1)]
    return [texts[k[0]] if len(k) == 1 else f"{texts[k[0]]} to {texts[k[-1]]}" for k in inside]


def bounds_of(hyperparameter: Hyperparameter, where: tuple[Filter, ...] = ()) -> tuple[float, float]:
    """Return the ends of a numeric hyperparameter in its own unit, as far as the filters let it go."""
    low, high = hyperparameter.low, hyperparameter.high
    assert low is not None
    assert high is not None
    whole = low, high
    for condition in where:
        if isinstance(condition, Between) and condition.name == hyperparameter.name:
            low = low if condition.low is None else max(low, condition.low)
            high = high if condition.high is None else min(high, condition.high)
    return (low, high) if low < high else whole


def numbers_apart(values: Floats) -> list[str]:
    """Write numbers in as few digits as keep different ones different, three or more."""
    texts = [f"{value:.3g}" for value in values]
    for digits in range(4, 18):
        if len(set(texts)) == len(set(values.tolist())):
            break
        texts = [f"{value:.{digits}g}" for value in values]
    whole = [float(value).is_integer() and abs(value) < LARGE for value in values]
    return [str(int(value)) if one else text for value, text, one in zip(values, texts, whole, strict=True)]


def _without_rare(code: Integers, n_kept: int) -> tuple[Integers, Integers]:
    """Renumber the most frequent levels in their own order, then all others as one; and say which are kept."""
    frequency = np.bincount(code)
    kept = np.sort(np.argsort(-frequency, kind="stable")[:n_kept])
    place = np.full(len(frequency), n_kept)
    place[kept] = np.arange(n_kept)
    return place[code], kept
