"""The losses of wanted ranks among numbers that come in pieces, exactly, in bounded memory.

Doubles are counted by their leading bits: 16 in the first pass, then as many more as 2^18 counts allow, within those
that hold a wanted rank. Once few numbers are left they are gathered. Each pass sees all pieces, in any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hpi.blocks.steps import PIECE, Scratch, Steps, ordered
from hpi.space import Floats, Integers
from hpi.space.rungs import size

FIRST_BITS = 16
MOST_COUNTS = 1 << 18
LEFT_OVER = 1 << 20  # numbers that are gathered
_ALL_BITS = 64
_OFFSET = 1 << (FIRST_BITS - 1)
_MOST_PARTS = 64  # arrays of gathered numbers that are kept apart
_MAGNITUDE = np.int64(2**63 - 1)


@dataclass(frozen=True, eq=False)
class Partial:
    """What one pass found in some pieces.

    Attributes
    ----------
    counts
        Numbers with each of the leading bits, shape (2^16,) or (n_prefixes * 2^step,); empty in the last pass.
    gathered
        The numbers themselves, in the last pass.
    """

    counts: Integers
    gathered: tuple[Floats, ...] = ()

    def merged(self, other: Partial) -> Partial:
        """Return what was found in the pieces of both."""
        gathered = self.gathered + other.gathered
        if len(gathered) > _MOST_PARTS:
            gathered = (np.concatenate(gathered),)
        return Partial(self.counts + other.counts, gathered)


@dataclass(frozen=True, eq=False)
class Prefixes:
    """Leading bits of the numbers that are still looked at.

    Attributes
    ----------
    bits
        How many leading bits are known.
    value
        They, as the whole number in the order of doubles has them, ascending, shape (n_prefixes,).
    below
        How many numbers lie below each, shape (n_prefixes,).
    n
        How many numbers there are in all.
    """

    bits: int
    value: Integers
    below: Integers
    n: int

    @property
    def step(self) -> int:
        """How many more bits the next pass counts."""
        most = MOST_COUNTS // max(1, len(self.value))
        return max(1, min(_ALL_BITS - self.bits, most.bit_length() - 1))

    def of_ranks(self, ranks: Integers) -> Integers:
        """Return the place of the prefix that holds each rank, from 0."""
        return np.searchsorted(self.below, ranks, side="right") - 1

    def steps(self) -> Steps:
        """Return steps of which an odd number, 2 k + 1, lies below what has prefix k, and an even one below the rest.

        They are the last number before each prefix, and its last one.
        """
        first = self.value << (_ALL_BITS - self.bits)
        ends = np.stack([first - 1, first + ((1 << (_ALL_BITS - self.bits)) - 1)], axis=1).ravel()
        # The number before 0.0 is -0.0, which is the same.
        return Steps.of(_numbers(np.where(ends == -1, -2, ends)))


@dataclass(frozen=True, eq=False)
class Search:
    """What the next pass counts.

    Attributes
    ----------
    fractions
        Best fractions whose largest loss is wanted.
    most
        Numbers that may be gathered.
    prefixes
        Which numbers are still looked at; None in the first pass.
    steps
        As `Prefixes.steps`.
    gathers
        Whether the numbers themselves are gathered now.
    """

    fractions: tuple[float, ...]
    most: int = LEFT_OVER
    prefixes: Prefixes | None = None
    steps: Steps | None = None
    gathers: bool = False

    def count(self, loss: Floats) -> Partial:
        """Return what this pass finds in finite numbers, shape (n,)."""
        loss, scratch = np.asarray(loss, dtype=float), Scratch()
        # -0.0 and 0.0 are one loss.
        pieces = [loss[start : start + PIECE] + 0.0 for start in range(0, len(loss), PIECE)]
        if self.prefixes is not None and self.steps is not None:
            return self._count_within(self.prefixes, self.steps, pieces, scratch)
        places = [_key(piece, scratch) >> (_ALL_BITS - FIRST_BITS) for piece in pieces]
        return Partial(np.bincount(_joined(places) + _OFFSET, minlength=1 << FIRST_BITS))

    def _count_within(self, prefixes: Prefixes, steps: Steps, pieces: list[Floats], scratch: Scratch) -> Partial:
        parts, places, slot = [], [], np.empty(PIECE, dtype=np.intp)
        step = prefixes.step
        for piece in pieces:
            steps.below(piece, slot[: len(piece)], scratch)
            held = np.flatnonzero(slot[: len(piece)] & 1)
            if self.gathers:
                parts.append(piece[held])
                continue
            following = _key(piece[held], scratch) >> (_ALL_BITS - prefixes.bits - step)
            places.append((slot[held] >> 1 << step) + (following & ((1 << step) - 1)))
        if self.gathers:
            return Partial(np.zeros(0, dtype=np.int64), (np.concatenate(parts),) if parts else ())
        return Partial(np.bincount(_joined(places), minlength=len(prefixes.value) << step))

    def after(self, found: Partial) -> Search | Floats:
        """Return the next pass, or the losses of the wanted ranks, shape (n_fractions,); nan where there is nothing.

        Parameters
        ----------
        found
            Of all pieces.
        """
        if self.gathers:
            assert self.prefixes is not None
            return self._read(self.prefixes, np.sort(np.concatenate([np.zeros(0), *found.gathered])))
        longer = _first(found.counts) if self.prefixes is None else _longer(self.prefixes, found.counts)
        if not longer.n:
            return np.full(len(self.fractions), np.nan)
        slot = longer.of_ranks(self._ranks(longer.n))
        if longer.bits == _ALL_BITS:
            return _numbers(longer.value[slot])
        wanted = np.unique(slot)
        kept = replace(longer, value=longer.value[wanted], below=longer.below[wanted])
        left = int(found.counts[found.counts > 0][wanted].sum())
        return replace(self, prefixes=kept, steps=kept.steps(), gathers=left <= self.most)

    def _ranks(self, n: int) -> Integers:
        return np.array([size(part, n) - 1 for part in self.fractions], dtype=np.int64)

    def _read(self, prefixes: Prefixes, gathered: Floats) -> Floats:
        """Return the wanted of all gathered numbers, ascending: those of one prefix follow each other."""
        ranks = self._ranks(prefixes.n)
        slot = prefixes.of_ranks(ranks)
        starts = np.searchsorted(gathered, _numbers(prefixes.value << (_ALL_BITS - prefixes.bits)))
        return np.asarray(gathered[starts[slot] + ranks - prefixes.below[slot]])


def search(fractions: Sequence[float], most: int = LEFT_OVER) -> Search:
    """Return the first pass of a search for the loss of rank `rungs.size(fraction, n)`, of each fraction.

    Run `count` over all pieces, merge what it returns, and hand it to `after`, until that returns the losses.
    """
    return Search(tuple(fractions), most)


def _first(counts: Integers) -> Prefixes:
    occupied = np.flatnonzero(counts)
    below = (np.cumsum(counts) - counts)[occupied]
    return Prefixes(FIRST_BITS, occupied - _OFFSET, below, int(counts.sum()))


def _longer(prefixes: Prefixes, counts: Integers) -> Prefixes:
    """Return all prefixes that are longer by one step and that some numbers have."""
    step = prefixes.step
    within = counts.reshape(len(prefixes.value), 1 << step)
    below = prefixes.below[:, None] + np.cumsum(within, axis=1) - within
    value = (prefixes.value[:, None] << step) + np.arange(1 << step)
    return Prefixes(prefixes.bits + step, value[within > 0], below[within > 0], prefixes.n)


def _key(numbers: Floats, scratch: Scratch) -> Integers:
    return ordered(numbers, np.empty(len(numbers), dtype=np.int64), scratch)


def _numbers(key: Integers) -> Floats:
    """Return the doubles of whole numbers in their order; infinite where they are beyond the last one."""
    number = np.where(key < 0, key ^ _MAGNITUDE, key).view(np.float64)
    return np.where(np.isnan(number), np.where(key < 0, -np.inf, np.inf), number) + 0.0


def _joined(places: list[Integers]) -> Integers:
    return np.concatenate(places) if places else np.zeros(0, dtype=np.int64)
