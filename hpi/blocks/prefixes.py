"""Leading bits of doubles in the order of the doubles, and how many of some numbers have them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hpi.blocks.steps import Scratch, Steps, ordered
from hpi.space import Floats, Integers, Mask

ALL_BITS = 64
FIRST_BITS = 16
MOST_COUNTS = 1 << 17
_OFFSET = 1 << (FIRST_BITS - 1)
_MOST_GUESSED = 512
_RAREST_GUESSED = 1 << 15  # a prefix is guessed that one in so many has
_MAGNITUDE = np.int64(2**63 - 1)


@dataclass(frozen=True, eq=False)
class Prefixes:
    """Leading bits of the numbers that are still looked at.

    Attributes
    ----------
    n
        How many numbers there are in all.
    start
        The first whole number with them, in the order of doubles, ascending, shape (n_prefixes,).
    bits
        How many they are, shape (n_prefixes,).
    below, times
        How many numbers lie below each, and have it, both of shape (n_prefixes,).
    """

    n: int
    start: Integers
    bits: Integers
    below: Integers
    times: Integers

    def arrays(self) -> tuple[Integers, ...]:
        """Return all arrays, always in the same order."""
        return self.start, self.bits, self.below, self.times

    @property
    def is_whole(self) -> bool:
        """Whether each is one number."""
        return bool((self.bits == ALL_BITS).all())

    @property
    def step(self) -> int:
        """How many more bits the next pass counts, at most."""
        return (MOST_COUNTS // max(1, len(self.start))).bit_length() - 1

    def following(self, step: int) -> tuple[Integers, Integers]:
        """Return how many bits follow the next ones of each prefix, and what parts those: both (n_prefixes,)."""
        own = np.minimum(step, ALL_BITS - self.bits)
        return ALL_BITS - self.bits - own, (np.int64(1) << own) - 1

    def of_ranks(self, ranks: Integers) -> Integers:
        """Return the place of the prefix that holds each rank, from 0."""
        return np.searchsorted(self.below, ranks, side="right") - 1

    def steps(self) -> Steps:
        """Return steps of which an odd number, 2 k + 1, lies below what has prefix k, and an even one below the rest.

        They are the last number before each prefix, and its last one.
        """
        ends = np.stack([self.start - 1, self.start + ((np.int64(1) << (ALL_BITS - self.bits)) - 1)], axis=1).ravel()
        # The number before 0.0 is -0.0, which is the same.
        return Steps.of(numbers_of(np.where(ends == -1, -2, ends)))

    def longer(self, counts: Integers, step: int) -> Prefixes:
        """Return all prefixes that are longer by one step and that some numbers have.

        Parameters
        ----------
        counts
            Numbers with each of the longer ones, shape (n_prefixes * 2^step,).
        """
        times = counts.reshape(len(self.start), 1 << step)
        shift, _ = self.following(step)
        start = self.start[:, None] + (np.arange(1 << step) << shift[:, None])
        bits = np.broadcast_to((ALL_BITS - shift)[:, None], times.shape)
        below = self.below[:, None] + np.cumsum(times, axis=1) - times
        return Prefixes(self.n, start, bits, below, times).keep(times > 0)

    def keep(self, which: Integers | Mask) -> Prefixes:
        """Return some of the prefixes, by their places or a mask."""
        return Prefixes(self.n, *(array[which] for array in self.arrays()))


@dataclass(frozen=True, eq=False)
class Guess:
    """Leading bits of which the first pass counts more at once.

    Attributes
    ----------
    value
        The first 16, ascending, shape (n_guessed,).
    step
        How many more are counted.
    """

    value: Integers
    step: int

    @classmethod
    def of(cls, drawn: Floats) -> Guess:
        """Return the prefixes that many of some numbers have."""
        key = key_of(np.asarray(drawn, dtype=float) + 0.0, Scratch(len(drawn))) >> (ALL_BITS - FIRST_BITS)
        value, times = np.unique(key, return_counts=True)
        most_first = np.argsort(-times, kind="stable")[:_MOST_GUESSED]
        value = np.sort(value[most_first[times[most_first] * _RAREST_GUESSED >= len(drawn)]])
        step = Prefixes(0, value, value, value, value).step if len(value) else 0
        return cls(value, step)

    @cached_property
    def _start(self) -> Integers:
        """Where the counts of each prefix begin, shape (2^16,)."""
        start = np.arange(1 << FIRST_BITS)
        start[self.value + _OFFSET] = (1 << FIRST_BITS) + (np.arange(len(self.value)) << self.step)
        return start

    @cached_property
    def _mask(self) -> Integers:
        """Which of the bits that follow each prefix tell its counts apart, shape (2^16,)."""
        mask = np.zeros(1 << FIRST_BITS, dtype=np.int64)
        mask[self.value + _OFFSET] = (1 << self.step) - 1
        return mask

    @property
    def n_counts(self) -> int:
        """Number of counts."""
        return (1 << FIRST_BITS) + (len(self.value) << self.step)

    def places(self, numbers: Floats, scratch: Scratch) -> Integers:
        """Return which count each number adds to, shape of numbers."""
        key = key_of(numbers, scratch)
        lead, place = scratch.bucket[: len(key)], np.empty(len(key), dtype=np.int64)
        np.right_shift(key, ALL_BITS - FIRST_BITS, out=lead)
        np.add(lead, _OFFSET, out=lead)
        np.take(self._start, lead, out=place, mode="clip")
        mask = scratch.places[: len(key)]
        np.take(self._mask, lead, out=mask, mode="clip")
        np.right_shift(key, ALL_BITS - FIRST_BITS - self.step, out=key)
        np.bitwise_and(key, mask, out=key)
        return np.add(place, key, out=place)

    def read(self, counts: Integers) -> Prefixes:
        """Return the prefixes that some numbers have: the first 16 bits, and more where they were guessed."""
        times, more = counts[: 1 << FIRST_BITS].copy(), counts[1 << FIRST_BITS :]
        place = self.value + _OFFSET
        times[place] = more.reshape(len(place), 1 << self.step).sum(axis=1)
        start = (np.arange(len(times)) - _OFFSET) << (ALL_BITS - FIRST_BITS)
        bits = np.full(len(times), FIRST_BITS)
        short = Prefixes(int(times.sum()), start, bits, np.cumsum(times) - times, times)
        longer = short.keep(place).longer(more, self.step)
        times[place] = 0
        short = short.keep(times > 0)
        joined = (np.concatenate(both) for both in zip(short.arrays(), longer.arrays(), strict=True))
        return Prefixes(short.n, *joined).keep(np.argsort(np.append(short.start, longer.start)))


def key_of(numbers: Floats, scratch: Scratch) -> Integers:
    """Return whole numbers in the order of at most PIECE doubles, shape of numbers."""
    return ordered(numbers, np.empty(len(numbers), dtype=np.int64), scratch)


def numbers_of(key: Integers) -> Floats:
    """Return the doubles of whole numbers in their order; infinite where they are beyond the last one."""
    number = np.where(key < 0, key ^ _MAGNITUDE, key).view(np.float64)
    return np.where(np.isnan(number), np.where(key < 0, -np.inf, np.inf), number) + 0.0
