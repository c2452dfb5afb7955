"""In which cell a raw value lies: what Edges.code says of its position, in a tenth of the time and without logarithms.

Where cells end is found once in the hyperparameter's own unit: the last double whose position is not beyond the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hpi.blocks.steps import PIECE, Scratch, Steps
from hpi.errors import SpaceError
from hpi.space import Edges, Floats, Hyperparameter, Integers
from hpi.space.cells import Codes

# A logarithm is right to a few of its last digits; this many of them to both sides of an end are looked at one by one.
_DIGITS = 8
_FEWEST_BESIDE = 64

Places = NDArray[np.intp]
Column = NDArray[np.float64] | NDArray[np.integer]


@dataclass(frozen=True, eq=False)
class Table:
    """Cells of values that are few: by their place in a table.

    `cells` holds the cell of each place and of whatever is missing last, shape (n_places + 1,).
    """

    cells: Places

    @classmethod
    def of(cls, edges: Edges, positions: Floats) -> Table:
        """Return the cells of a table of positions in [0, 1], shape (n_places,), nan where it says inactive."""
        return cls(np.append(edges.code(positions), edges.n).astype(np.intp))

    @property
    def n(self) -> int:
        """Number of cells."""
        return int(self.cells[-1])

    def into(self, values: Column, out: Places, scratch: Scratch) -> None:
        """Put into `out` the cell of each of at most PIECE places, -1 where inactive; both of shape (n,)."""
        np.copyto(out, values)
        np.take(self.cells, out, out=scratch.places[: len(values)], mode="wrap")
        np.copyto(out, scratch.places[: len(values)])

    def code(self, values: Column) -> Codes:
        """Return the cell of each place, shape of values: n where it is -1."""
        return _in_pieces(self.into, values)


@dataclass(frozen=True, eq=False)
class Lookup:
    """Cells of numbers in the hyperparameter's own unit.

    Attributes
    ----------
    hyperparameter
        What the numbers are.
    edges
        Where its cells end, in positions.
    steps
        Where all but the last end, in its own unit, shape (n_cells - 1,).
    lowest, highest
        Numbers that its bounds still allow.
    doubtful
        From where to where around an end the logarithm is not monotone to its last digit, shape (n_doubtful, 2).
    """

    hyperparameter: Hyperparameter
    edges: Edges
    steps: Steps
    lowest: float
    highest: float
    doubtful: Floats

    @classmethod
    def of(cls, hyperparameter: Hyperparameter, edges: Edges) -> Lookup | Table:
        """Return the lookup of numbers in the own unit of a float or int, and of a level by its place in `levels`."""
        if not hyperparameter.is_numeric:
            return Table.of(edges, np.arange(len(hyperparameter.levels)) / (len(hyperparameter.levels) - 1))
        low, high = (_outermost(hyperparameter, side) for side in (-1, 1))
        inner = edges.ends[: max(0, edges.n - 1)]
        found = _last_not_beyond(hyperparameter, inner, low, high)
        steps, doubtful = _beside(hyperparameter, inner, found, low, high) if hyperparameter.log else (found, [])
        return cls(hyperparameter, edges, Steps.of(steps), low, high, np.array(doubtful, dtype=float).reshape(-1, 2))

    @property
    def n(self) -> int:
        """Number of cells."""
        return self.edges.n

    def into(self, values: Column, out: Places, scratch: Scratch) -> None:
        """Put into `out` the cell of each of at most PIECE numbers, n where nan; both of shape (n,).

        Raises
        ------
        SpaceError
            If a value lies outside the bounds.
        """
        numbers: Floats = np.ascontiguousarray(values, dtype=float)
        if not len(numbers):
            return
        self._check(numbers)
        self.steps.below(numbers, out, scratch)
        if not self.n:
            out.fill(0)
        for start, stop in self.doubtful:
            where = np.flatnonzero((numbers >= start) & (numbers <= stop))
            out[where] = self._slowly(numbers[where])

    def code(self, values: Column) -> Codes:
        """Return the cell of each number, shape of values: 0 to n - 1 in their order, n where nan.

        Raises
        ------
        SpaceError
            If a value lies outside the bounds.
        """
        return _in_pieces(self.into, values)

    def _check(self, values: Floats) -> None:
        """Let the hyperparameter itself say what is wrong with numbers outside its bounds; nan is not."""
        if np.fmin.reduce(values) < self.lowest or np.fmax.reduce(values) > self.highest:
            self.hyperparameter.encode(pd.Series(values))

    def _slowly(self, values: Floats) -> Codes:
        return self.edges.code(self.hyperparameter.encode(pd.Series(values)))


def _in_pieces(into: Callable[[Column, Places, Scratch], None], values: Column) -> Codes:
    code, scratch = np.empty(len(values), dtype=np.uint16), Scratch()
    out = np.empty(PIECE, dtype=np.intp)
    for start in range(0, len(values), PIECE):
        piece = values[start : start + PIECE]
        into(piece, out[: len(piece)], scratch)
        code[start : start + len(piece)] = out[: len(piece)]
    return code


def _key(values: Floats) -> Integers:
    """Return whole numbers in the order of doubles."""
    bits = np.asarray(values, dtype=float).view(np.int64)
    return np.where(bits < 0, bits ^ np.int64(2**63 - 1), bits)


def _number(key: Integers) -> Floats:
    return np.where(key < 0, key ^ np.int64(2**63 - 1), key).view(np.float64)


def _allows(hyperparameter: Hyperparameter, value: float) -> bool:
    try:
        with np.errstate(over="ignore"):
            hyperparameter.encode(pd.Series([value]))
    except SpaceError:
        return False
    return True


def _outermost(hyperparameter: Hyperparameter, side: int) -> float:
    """Return the last number beyond a bound that is still allowed, for the rounding of tables."""
    inside, outside = (int(_key(np.array([one]))[0]) for one in (hyperparameter.ends[side > 0], side * np.inf))
    while abs(outside - inside) > 1:
        middle = (inside + outside) // 2
        if _allows(hyperparameter, float(_number(np.array([middle]))[0])):
            inside = middle
        else:
            outside = middle
    return float(_number(np.array([inside]))[0])


def _last_not_beyond(hyperparameter: Hyperparameter, ends: Floats, low: float, high: float) -> Floats:
    """Return the largest number from `low` to `high` whose position is not beyond each end, shape (n_ends,)."""
    inside, outside = (np.full(len(ends), _key(np.array([one]))[0]) for one in (low, high))
    while (inside + 1 < outside).any():
        middle = (inside >> 1) + (outside >> 1) + (inside & outside & 1)  # their sum may exceed a whole number
        beyond = hyperparameter.encode(pd.Series(_number(middle))) > ends
        inside, outside = np.where(beyond, inside, middle), np.where(beyond, middle, outside)
    # `high` itself is looked at last: where it is not beyond an end, nothing is.
    return np.where(hyperparameter.encode(pd.Series(_number(outside))) > ends, _number(inside), _number(outside))


def _beside(
    hyperparameter: Hyperparameter, ends: Floats, found: Floats, low: float, high: float
) -> tuple[Floats, list[tuple[float, float]]]:
    """Return the ends, and from where to where doubles beside one are not in the order of their logarithms."""
    doubtful = []
    for end, number in zip(ends, found, strict=True):
        digit = float(np.spacing(abs(np.log(number))))
        beside = max(_FEWEST_BESIDE, int(2 * _DIGITS * digit / np.finfo(float).eps))
        key = _key(np.array([number]))[0] + np.arange(-beside, beside + 1)
        around = _number(key)
        around = around[(around >= low) & (around <= high)]
        beyond = hyperparameter.encode(pd.Series(around)) > end
        if (beyond != (around > number)).any():
            doubtful.append((float(around[0]), float(around[-1])))
    return found, doubtful
