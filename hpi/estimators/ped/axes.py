"""One hyperparameter as an axis of joint cells: few cells of about equal size, and functions on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hpi.space import Cells, Floats, Integers
from hpi.space.coarse import by_rank, by_size


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
    merged
        Which cell each of the cells that were merged has become, shape (n_cells,).
    """

    code: Integers
    n: int
    values: Floats
    order: Integers
    merged: Integers

    @cached_property
    def has_inactive(self) -> bool:
        """Whether the hyperparameter is inactive in some trial of the region."""
        return bool((self.code == self.n).any())


def axis(cells: Cells, n_region: int, most_cells: int, most_terms: int, count: Integers | None = None) -> Axis:
    """Merge cells until at most `most_cells` are left, and give them at most `most_terms` functions.

    Ordered cells are merged to equal shares of the region. Of a category the levels with fewest trials become one,
    whatever their trials reached, so that no effect can come from it. `count`: the region's trials in each cell, shape
    (n_cells,), where those of `cells` stand for more.
    """
    code = cells.code[:n_region].astype(np.int64)
    count = np.bincount(code, minlength=cells.n + 1)[:-1] if count is None else count
    merged = by_rank(count, most_cells) if cells.ordered else by_size(count, most_cells)
    n = int(merged.max(initial=-1)) + 1
    share = np.bincount(merged[count > 0], weights=count[count > 0], minlength=n) / max(1, count.sum())
    n_terms = min(most_terms, n - 1) if cells.ordered else n - 1
    order = np.arange(1, n_terms + 1) if cells.ordered else np.ones(max(0, n_terms), dtype=np.int64)
    return Axis(np.append(merged, n)[code], n, _cosines(share, max(0, n_terms)), order, merged)


def _cosines(share: Floats, n_terms: int) -> Floats:
    """Cosines of the middle rank, made orthonormal under `share`; all n - 1 of them span the centred levels."""
    middle, k = np.cumsum(share) - share / 2, np.arange(n_terms + 1)
    root = np.sqrt(share)[:, None]
    q, r = np.linalg.qr(root * np.cos(np.pi * np.outer(middle, k)))
    values: Floats = (q * np.sign(np.diag(r)) / root)[:, 1:]
    return values
