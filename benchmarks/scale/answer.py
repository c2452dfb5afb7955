"""What an engine answers, as whole numbers, and whether two answers are the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.scale.question import Question

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Answer:
    """A threshold and counts.

    Attributes
    ----------
    threshold
        Loss of the last trial of the target.
    cells
        For each hyperparameter, shape (2, n_cells + 1): trials outside and inside the target in each cell, those
        without a value last.
    pairs
        For each pair, shape (2, n_first, n_second): of the trials that have both values.
    """

    threshold: float
    cells: tuple[Counts, ...]
    pairs: tuple[Counts, ...]

    @classmethod
    def empty(cls, question: Question, threshold: float) -> Answer:
        """Return an answer in which nothing is counted yet."""
        cells = tuple(np.zeros((2, axis.n + 1), np.int64) for axis in question.axes)
        joint = [axis.n_joint for axis in question.axes]
        return cls(threshold, cells, tuple(np.zeros((2, joint[a], joint[b]), np.int64) for a, b in question.pairs))

    @property
    def n_counts(self) -> tuple[int, int]:
        """How many counts of cells there are, and how many of pairs."""
        cells, pairs = (sum(counts.size for counts in several) for several in (self.cells, self.pairs))
        return cells, pairs

    def write(self, path: Path) -> None:
        """Write it as an archive of arrays."""
        np.savez(path, **self._arrays())

    @classmethod
    def read(cls, path: Path) -> Answer:
        """Return what was written."""
        with np.load(path, allow_pickle=False) as arrays:
            cells, pairs = (_numbered(arrays, name) for name in ("cells", "pairs"))
            return cls(float(arrays["threshold"]), cells, pairs)

    def differences(self, other: Answer) -> list[str]:
        """Return what is not the same in another answer, bit by bit: names of arrays; [] where all is."""
        mine, others = self._arrays(), other._arrays()
        return [
            name
            for name in dict.fromkeys([*mine, *others])
            if name not in mine or name not in others or not np.array_equal(mine[name], others[name])
        ]

    def _arrays(self) -> dict[str, NDArray[np.generic]]:
        cells = {f"cells_{i}": counts for i, counts in enumerate(self.cells)}
        return {"threshold": np.array(self.threshold), **cells, **{f"pairs_{i}": c for i, c in enumerate(self.pairs)}}


def _numbered(arrays: Mapping[str, Counts], name: str) -> tuple[Counts, ...]:
    return tuple(arrays[f"{name}_{i}"] for i in range(sum(key.startswith(f"{name}_") for key in arrays)))
