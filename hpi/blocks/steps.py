"""How many of some thresholds lie below each of millions of numbers: np.searchsorted's result in a tenth of its time.

A grid over the thresholds says how many lie below a number's bucket; comparing with the next threshold corrects it. The
grid is monotone whatever it rounds, and the thresholds were put into it by the very same operations: the result is
exact. Where many thresholds share a bucket, the numbers in it are searched for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hpi.space import Floats, Integers, Mask

PIECE = 1 << 16  # numbers that are worked on at once: their buffers stay in the cache of one core
MOST_ROUNDS = 2
_BUCKETS = tuple(1 << bits for bits in (10, 12, 14, 16))
# Adding it rounds to a whole number and leaves that in the lowest bits.
_MAGIC = 2.0**52
_MAGIC_BITS = int(np.float64(_MAGIC).view(np.int64))
_MAGNITUDE = np.int64(2**63 - 1)


class Scratch:
    """Buffers for at most PIECE numbers, used again and again by one thread."""

    def __init__(self, most: int = PIECE) -> None:
        """Make room for `most` numbers."""
        self.floats = np.empty(most)
        self.bucket = np.empty(most, dtype=np.int64)
        self.places = np.empty(most, dtype=np.intp)
        self.mask = np.empty(most, dtype=bool)


@dataclass(frozen=True)
class Grid:
    """Buckets between two numbers, evenly wide or as wide as numbers of their size are exact.

    Attributes
    ----------
    low, high
        Numbers below and above lie where these do.
    n
        Number of buckets.
    scale
        Buckets a unit, of even ones.
    shift
        Lowest bits that are left out, of uneven ones; None of even ones.
    """

    low: float
    high: float
    n: int
    scale: float
    shift: int | None = None

    def bucket(self, values: Floats, scratch: Scratch) -> Integers:
        """Return the bucket of each number, shape of values, in a buffer: 0 to n - 1, at least n where nan."""
        number, out = scratch.floats[: len(values)], scratch.bucket[: len(values)]
        values.clip(self.low, self.high, out=number)
        if self.shift is None:
            np.subtract(number, self.low, out=number)
            np.multiply(number, self.scale, out=number)
            np.add(number, _MAGIC, out=number)
        if self.shift is None or self.low >= 0:
            # Without its sign, nan is beyond all numbers in the order of bits.
            np.abs(number, out=number)
        if self.shift is None:
            return np.subtract(number.view(np.int64), _MAGIC_BITS, out=out)
        missing = np.isnan(number, out=scratch.mask[: len(values)]) if self.low < 0 else None
        np.right_shift(number.view(np.int64) if self.low >= 0 else ordered(number, out, scratch), self.shift, out=out)
        np.subtract(out, self._base, out=out)
        if missing is not None and missing.any():
            out[missing] = self.n
        return out

    @property
    def _base(self) -> int:
        return _key(self.low) >> (self.shift or 0)

    @classmethod
    def several(cls, low: float, high: float, n: int) -> list[Grid]:
        """Return an even grid, where one can be, and an uneven one with at most n buckets."""
        # At least one bit, so that no difference of two shifted numbers exceeds a whole number.
        shift = max(1, (_key(high) - _key(low)).bit_length() - (n.bit_length() - 1))
        n_uneven = (_key(high) >> shift) - (_key(low) >> shift) + 1
        scale = (n - 1) / (high - low) if high > low else 0.0
        even = [cls(low, high, n, scale)] if 0 < scale < np.inf or low == high else []
        return [*even, cls(low, high, n_uneven, 0.0, shift)]


def _key(value: float) -> int:
    return int(ordered(np.array([value]), np.empty(1, dtype=np.int64), Scratch(1))[0])


def ordered(values: Floats, out: Integers, scratch: Scratch) -> Integers:
    """Return whole numbers in the order of doubles, shape of values, in `out`; -0.0 comes before 0.0."""
    bits, negative = values.view(np.int64), scratch.places[: len(values)]
    np.right_shift(bits, 63, out=negative)
    np.bitwise_and(negative, _MAGNITUDE, out=negative)
    return np.bitwise_xor(bits, negative, out=out)


@dataclass(frozen=True, eq=False)
class Steps:
    """Thresholds that numbers are compared with.

    Attributes
    ----------
    thresholds
        Different ones, ascending, and two after them that no number exceeds, shape (n_different + 2,).
    grid
        Which bucket a number lies in.
    first
        How many thresholds lie below a bucket, and more than there are for nan, shape (n_buckets + 1,).
    rounds
        How many thresholds there are in a bucket that is not crowded, at most.
    crowded
        Which buckets hold more, shape (n_buckets + 1,); None where none does.
    repeated
        How many thresholds lie below each, where some are equal, shape (n_different + 2,); None where all differ.
    """

    thresholds: Floats
    grid: Grid
    first: NDArray[np.intp]
    rounds: int
    crowded: Mask | None
    repeated: NDArray[np.intp] | None = None

    @classmethod
    def of(cls, thresholds: Floats) -> Steps:
        """Return ascending thresholds, shape (n,), with the grid that parts them best."""
        different, times = np.unique(np.asarray(thresholds, dtype=float) + 0.0, return_counts=True)
        low, high = (float(different[0]), float(different[-1])) if len(different) else (0.0, 0.0)
        grids = [grid for n in _BUCKETS for grid in Grid.several(low, high, n)]
        best = min((cls._with(different, grid) for grid in grids), key=lambda one: one.cost)
        if len(different) == len(thresholds):
            return best
        below = np.concatenate([[0], np.cumsum(times), [len(thresholds) + 1]])
        return replace(best, repeated=below.astype(np.intp))

    @classmethod
    def _with(cls, different: Floats, grid: Grid) -> Steps:
        held = np.bincount(grid.bucket(different, Scratch(len(different))), minlength=grid.n + 1)
        rounds = min(MOST_ROUNDS, int(held.max()))
        first = (np.cumsum(held) - held).astype(np.intp)
        first[-1] += 1
        crowded = held > rounds
        return cls(np.append(different, [np.inf, np.inf]), grid, first, rounds, crowded if crowded.any() else None)

    def __reduce__(self) -> tuple[Callable[[Floats], Steps], tuple[Floats]]:
        """Travel as thresholds: what is made of them in a millisecond is up to a hundred times as large."""
        different = self.thresholds[:-2]
        times = 1 if self.repeated is None else np.diff(self.repeated)[: len(different)]
        return Steps.of, (np.repeat(different, times),)

    @property
    def cost(self) -> tuple[float, int, int]:
        """What a number costs: the share of thresholds in crowded buckets, then rounds, then memory."""
        if self.crowded is None:
            return 0.0, self.rounds, self.grid.n
        held = np.diff(self.first, append=0)
        return float(held[self.crowded].sum()) / (len(self.thresholds) - 2), self.rounds, self.grid.n

    def below(self, values: Floats, out: NDArray[np.intp], scratch: Scratch) -> None:
        """Put into `out` how many of n thresholds lie below each of at most PIECE numbers, n + 1 where nan.

        `values` and `out` have one shape and are contiguous; `out` is none of the buffers.
        """
        bucket = self.grid.bucket(values, scratch)
        np.take(self.first, bucket, out=out, mode="clip")
        threshold, exceeds = scratch.floats[: len(values)], scratch.mask[: len(values)]
        for _ in range(self.rounds):
            np.take(self.thresholds, out, out=threshold, mode="clip")
            np.greater(values, threshold, out=exceeds)
            np.add(out, exceeds, out=out)
        if self.crowded is not None:
            np.take(self.crowded, bucket, out=exceeds, mode="clip")
            rest = np.flatnonzero(exceeds)
            out[rest] = np.searchsorted(self.thresholds[:-2], values[rest])
        if self.repeated is not None:
            np.take(self.repeated, out, out=scratch.places[: len(values)], mode="clip")
            np.copyto(out, scratch.places[: len(values)])
