"""One hyperparameter cut into cells: where they end, and in which one each trial lies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hpi.space.hyperparameter import Floats, Hyperparameter
from hpi.space.ladder import Ladder

MAX_CELLS = 256
Codes = NDArray[np.uint16]


@dataclass(frozen=True, eq=False)
class Edges:
    """Where the cells of one hyperparameter end.

    Attributes
    ----------
    ends
        Largest position of each cell, ascending, shape (n,); the last cell holds everything above, too. So where few of
        many trials say where cells end, an ordered value that none of them has is counted with the next larger one (or
        the largest), and a hyperparameter that is active in none of them has no cells: it counts as inactive.
    ordered
        Whether "between" makes sense for the cells.
    exact
        Whether each cell is one value.
    """

    ends: Floats
    ordered: bool
    exact: bool

    def __post_init__(self) -> None:
        """Freeze the array: a frozen dataclass does not do it."""
        self.ends.setflags(write=False)

    @classmethod
    def of(cls, x: Floats, ordered: bool, limit: int = MAX_CELLS) -> Edges:
        """Return the cells of positions x, shape (n_trials,): one a distinct value, or `limit` ranks if there are more.

        `x` is nan where inactive.
        """
        ranked = np.sort(x[~np.isnan(x)])
        ends = ranked[np.diff(ranked, prepend=-np.inf) > 0]
        exact = not ordered or len(ends) <= limit
        if not exact:
            # Equal values stay in one cell: the upper ends are values, and a value that is several ends is one.
            ends = np.unique(ranked[(np.arange(1, limit + 1) * len(ranked)) // limit - 1])
        return cls(ends, ordered, exact)

    @classmethod
    def drawn(cls, x: Floats, hyperparameter: Hyperparameter) -> Edges:
        """Return the cells of a hyperparameter by positions x of drawn trials; a category has one for each level.

        Level k of L stands at k / (L - 1), as `Hyperparameter.encode` has it; levels that were not drawn are there.
        """
        if hyperparameter.is_ordered:
            return cls.of(x, ordered=True)
        n = len(hyperparameter.levels)
        return cls(np.arange(n) / (n - 1), ordered=False, exact=True)

    @property
    def n(self) -> int:
        """Number of cells."""
        return len(self.ends)

    def code(self, x: Floats) -> Codes:
        """Return the cell of each position, shape of x: 0 to n - 1 in the order of the values, n where x is nan."""
        code = np.searchsorted(self.ends, x).clip(0, max(0, self.n - 1)).astype(np.uint16)
        code[np.isnan(x)] = self.n
        return code

    def cells(self, x: Floats) -> Cells:
        """Return the cells with the trials that lie in each."""
        return Cells(self.code(x), self.n, self.ordered, self.exact)


@dataclass(frozen=True, eq=False)
class Cells:
    """One hyperparameter cut into cells: exact levels, or at most 256 ranks of its values.

    `code` has shape (n_trials,) and holds 0 to n - 1 in the order of the values, and n where inactive.
    """

    code: Codes
    n: int
    ordered: bool
    exact: bool

    def __post_init__(self) -> None:
        """Freeze the array."""
        self.code.setflags(write=False)

    @classmethod
    def of(cls, x: Floats, ordered: bool, limit: int = MAX_CELLS) -> Cells:
        """Return the cells of positions x, shape (n_trials,), as `Edges.of` cuts them."""
        return Edges.of(x, ordered, limit).cells(x)

    @cached_property
    def ladder(self) -> Ladder:
        """Counts of the best k trials for every k; the last cell holds the inactive ones."""
        return Ladder.of(self.code, self.n + 1)
