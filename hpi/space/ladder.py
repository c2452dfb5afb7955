"""How many of the best k trials lie in each cell, for every k, without counting them again.

Counts are kept at checkpoints along the trials, best first; between two of them at most one block of codes is counted.
The numbers are those of counting everything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_CHECKPOINTS = 1024
SMALLEST_BLOCK = 256


@dataclass(frozen=True, eq=False)
class Ladder:
    """Cumulated counts of one hyperparameter's cells.

    Attributes
    ----------
    code
        Cell of each trial, best first, shape (n_trials,).
    n_cells
        Cells that there are.
    block
        Trials between two checkpoints.
    checkpoints
        Counts of the first `block`, 2 `block`, ... trials, shape (at most 1,024, n_cells).
    """

    code: NDArray[np.uint16]
    n_cells: int
    block: int
    checkpoints: NDArray[np.int32]

    @classmethod
    def of(cls, code: NDArray[np.uint16], n_cells: int) -> Ladder:
        """Count the cells of all trials block by block; never more counts than there are trials."""
        block = max(SMALLEST_BLOCK, n_cells, -(-len(code) // MOST_CHECKPOINTS))
        rungs = len(code) // block
        place = code[: rungs * block].reshape(rungs, block) + n_cells * np.arange(rungs)[:, None]
        counted = np.bincount(place.ravel(), minlength=rungs * n_cells).reshape(rungs, n_cells)
        checkpoints = counted.cumsum(axis=0, dtype=np.int32)
        checkpoints.setflags(write=False)
        return cls(code, n_cells, block, checkpoints)

    def first(self, size: int) -> NDArray[np.int64]:
        """Return how many of the first `size` trials lie in each cell, shape (n_cells,)."""
        rung = size // self.block
        since = np.bincount(self.code[rung * self.block : size], minlength=self.n_cells)
        return since + self.checkpoints[rung - 1] if rung else since

    def between(self, start: int, stop: int) -> NDArray[np.int64]:
        """Return how many of the trials from place `start` to before `stop` lie in each cell, shape (n_cells,)."""
        return self.first(stop) - self.first(start)
