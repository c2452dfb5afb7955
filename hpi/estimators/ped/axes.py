"""One hyperparameter as an axis of joint cells: few cells of about equal size, and functions on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hpi.space import Cells, Floats, Integers


@dataclass(frozen=True, eq=False)
class Axis:
    """One hyperparameter in coarse cells.

    Attributes
    ----------
    code
        Cell of each trial of the region, shape (n_region,); n where the hyperparameter is inactive.
    n
        Number of cells, all of them occupied.
    values
        Functions of the cell, shape (n, n_terms), orthonormal in the region and with mean 0 there.
    order
        How fine each function is, shape (n_terms,): 1, 2, ... where the cells have an order; all 1 for categories,
        whose functions belong together.
    """

    code: Integers
    n: int
    values: Floats
    order: Integers

    @cached_property
    def has_inactive(self) -> bool:
        """Whether the hyperparameter is inactive in some trial of the region."""
        return bool((self.code == self.n).any())


def axis(cells: Cells, n_region: int, most_cells: int, most_terms: int) -> Axis:
    """Merge cells until at most `most_cells` are left, and give them at most `most_terms` functions.

    Ordered cells are merged to equal shares of the region. Of a category the levels with fewest trials become one,
    whatever their trials reached, so that no effect can come from it.
    """
    code = cells.code[:n_region].astype(np.int64)
    count = np.bincount(code, minlength=cells.n + 1)[:-1]
    merged = _by_rank(count, most_cells) if cells.ordered else _by_size(count, most_cells)
    n = int(merged.max(initial=-1)) + 1
    share = np.bincount(merged[count > 0], weights=count[count > 0], minlength=n) / max(1, count.sum())
    n_terms = min(most_terms, n - 1) if cells.ordered else n - 1
    order = np.arange(1, n_terms + 1) if cells.ordered else np.ones(max(0, n_terms), dtype=np.int64)
    return Axis(np.append(merged, n)[code], n, _cosines(share, max(0, n_terms)), order)


def _by_rank(count: Integers, most: int) -> Integers:
    """New place of each cell, shape (n_cells,): its middle rank, in `most` steps where more cells are occupied."""
    occupied = count > 0
    place = np.cumsum(occupied) - 1
    if occupied.sum() > most:
        middle = np.cumsum(count) - count / 2
        place = np.floor(most * middle / count.sum()).astype(np.int64).clip(0, most - 1)
    merged = np.zeros(len(count), dtype=np.int64)
    merged[occupied] = np.unique(place[occupied], return_inverse=True)[1]
    return merged


def _by_size(count: Integers, most: int) -> Integers:
    """New place of each level: its own for the most - 1 levels with most trials, one for all others."""
    occupied = np.flatnonzero(count)
    merged = np.zeros(len(count), dtype=np.int64)
    if len(occupied) <= most:
        merged[occupied] = np.arange(len(occupied))
        return merged
    merged[occupied] = most - 1
    large = occupied[np.argsort(-count[occupied], kind="stable")[: most - 1]]
    merged[np.sort(large)] = np.arange(most - 1)
    return merged


def _cosines(share: Floats, n_terms: int) -> Floats:
    """Cosines of the middle rank, made orthonormal under `share`; all n - 1 of them span the centred levels."""
    middle, k = np.cumsum(share) - share / 2, np.arange(n_terms + 1)
    root = np.sqrt(share)[:, None]
    q, r = np.linalg.qr(root * np.cos(np.pi * np.outer(middle, k)))
    values: Floats = (q * np.sign(np.diag(r)) / root)[:, 1:]
    return values
