"""How many of some thresholds lie below each of millions of numbers: np.searchsorted's result in a tenth of its time.

A grid over the thresholds says how many lie below a number's bucket; comparing with the next threshold corrects it. The
grid is monotone whatever it rounds, and the thresholds were put into it by the very same operations: the result is
exact. Where many thresholds share a bucket, the numbers in it are searched for.
"""

from __future__ import annotations

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
    """Buckets of numbers: evenly wide, or as wide as numbers of their size are exact.

    Attributes
    ----------
    start, scale
        Lowest number and buckets a unit, of even buckets.
    shift, base
        Of uneven ones: lowest bits that are left out, and the others of the lowest number; None of even buckets.
    """

    start: float
    scale: float
    shift: int | None = None
    base: int = 0

    def bucket(self, values: Floats, scratch: Scratch) -> Integers:
        """Return the bucket of each number, shape of values, before it is clipped; of nan any."""
        out = scratch.bucket[: len(values)]
        if self.shift is not None:
            ordered(values, out, scratch)
            np.right_shift(out, self.shift, out=out)
            return np.subtract(out, self.base, out=out)
        number = scratch.floats[: len(values)]
        np.subtract(values, self.start, out=number)
        np.multiply(number, self.scale, out=number)
        np.add(number, _MAGIC, out=number)
        # What is negative would not be in the order of its bits.
        np.maximum(number, _MAGIC, out=number)
        return np.subtract(number.view(np.int64), _MAGIC_BITS, out=out)


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
        Different ones, ascending, finite, shape (n,), and one after them that no number exceeds.
    grid
        Which bucket a number lies in.
    first
        How many thresholds lie below a bucket, shape (n_buckets,).
    rounds
        How many thresholds there are in a bucket that is not crowded, at most.
    crowded
        Which buckets hold more, shape (n_buckets,); None where none does.
    repeated
        How many thresholds lie below each, where some are equal, shape (n + 1,); None where all differ.
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
        candidates = [(grid, n) for n in _BUCKETS for grid in _grids(different, n)] or [(Grid(0.0, 0.0), 1)]
        best = min((cls._with(different, grid, n) for grid, n in candidates), key=lambda one: one.cost)
        if len(different) == len(thresholds):
            return best
        return replace(best, repeated=np.append(0, np.cumsum(times)).astype(np.intp))

    @classmethod
    def _with(cls, thresholds: Floats, grid: Grid, n_buckets: int) -> Steps:
        with np.errstate(over="ignore", invalid="ignore"):
            bucket = grid.bucket(thresholds, Scratch(len(thresholds))).clip(0, n_buckets - 1)
        held = np.bincount(bucket, minlength=n_buckets)
        rounds = min(MOST_ROUNDS, int(held.max()))
        crowded = held > rounds
        first = (np.cumsum(held) - held).astype(np.intp)
        return cls(np.append(thresholds, np.inf), grid, first, rounds, crowded if crowded.any() else None)

    @property
    def cost(self) -> tuple[float, int, int]:
        """What a number costs: the share of thresholds in crowded buckets, then rounds, then memory."""
        if self.crowded is None:
            return 0.0, self.rounds, len(self.first)
        held = np.diff(self.first, append=len(self.thresholds) - 1)
        return float(held[self.crowded].sum()) / len(self.thresholds), self.rounds, len(self.first)

    def below(self, values: Floats, out: NDArray[np.intp], scratch: Scratch) -> None:
        """Put into `out` how many thresholds lie below each of at most PIECE numbers; for nan anything up to n.

        `values` and `out` have one shape (n,) and are contiguous; `out` is none of the buffers.
        """
        with np.errstate(over="ignore", invalid="ignore"):
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
            out[rest] = np.searchsorted(self.thresholds[:-1], values[rest])
        if self.repeated is not None:
            np.take(self.repeated, out, out=scratch.places[: len(values)], mode="clip")
            np.copyto(out, scratch.places[: len(values)])


def _grids(thresholds: Floats, n_buckets: int) -> list[Grid]:
    if len(thresholds) < 2:
        return []
    low, high = float(thresholds[0]), float(thresholds[-1])
    ends = ordered(thresholds[[0, -1]], np.empty(2, dtype=np.int64), Scratch(2))
    span = int(ends[1]) - int(ends[0])
    # At least one bit, so that no difference of two shifted numbers exceeds a whole number.
    shift = max(1, span.bit_length() - (n_buckets.bit_length() - 1))
    grids = [Grid(low, 0.0, shift, int(ends[0]) >> shift)]
    scale = (n_buckets - 1) / (high - low)
    return [Grid(low, scale), *grids] if 0 < scale < np.inf else grids
