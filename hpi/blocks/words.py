"""What the cells of one column hold: how far its numbers go, or all its words and how often each comes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpi.blocks import columns
from hpi.roles.by_itself import MOST_WORDS
from hpi.space import Floats, Integers
from hpi.table import sentinels

MOST_TEXT = 16_000_000  # bytes of all words of a column
Marks = tuple[tuple[float, int], ...]
Found = tuple[NDArray[Any], tuple[str, ...] | None, Integers | None, tuple[float, float] | None, int, Marks]


class NumbersSeen:
    """Goes through the numbers of a column, piece by piece."""

    too_many = False

    def __init__(self) -> None:
        self._kept: list[Floats] = [np.zeros(0)]
        self._low, self._high, self._empty = np.inf, -np.inf, 0
        self._marks: dict[float, int] = {}

    def add(self, piece: Any, kept: Integers) -> None:  # noqa: ANN401 - pyarrow has no types
        """Look at one more piece, and keep the cells in some of its rows."""
        numbers = columns.numbers_of(piece)
        self._kept.append(numbers[kept])
        low, high = numbers.min(initial=np.inf), numbers.max(initial=-np.inf)
        if not (np.isfinite(low) and np.isfinite(high)):
            # nan where one is
            self._empty += int(np.count_nonzero(np.isnan(numbers)))
            finite = numbers[np.isfinite(numbers)]
            low, high = finite.min(initial=np.inf), finite.max(initial=-np.inf)
        self._low, self._high = min(self._low, float(low)), max(self._high, float(high))
        if max(-low, high) >= sentinels.SMALLEST_END:
            for value, times in zip(*np.unique(numbers[sentinels.is_end(numbers)], return_counts=True), strict=True):
                self._marks[float(value)] = self._marks.get(float(value), 0) + int(times)

    def found(self) -> Found:
        """Return what was seen."""
        # -0.0 and 0.0 are one number, and which of them came first must not show
        ends = (self._low + 0.0, self._high + 0.0) if self._low <= self._high else None
        return np.concatenate(self._kept), None, None, ends, self._empty, tuple(sorted(self._marks.items()))


class WordsSeen:
    """Goes through the words of a column, piece by piece."""

    def __init__(self) -> None:
        self.too_many = False
        self._kept: list[NDArray[np.int32]] = [np.zeros(0, np.int32)]
        self._code: dict[str, int] = {}
        self._times = np.zeros(0, np.int64)
        self._empty = self._bytes = 0

    def add(self, piece: Any, kept: Integers) -> None:  # noqa: ANN401
        """Look at one more piece, and keep the cells in some of its rows."""
        start = 0
        for chunk in piece.chunks:
            first, end = np.searchsorted(kept, [start, start + len(chunk)])
            self._add(chunk, kept[first:end] - start)
            start += len(chunk)
            if self.too_many:
                return

    def _add(self, chunk: Any, kept: Integers) -> None:  # noqa: ANN401
        codes = columns.codes_of(chunk)
        times = np.bincount(codes + 1, minlength=len(chunk.dictionary) + 1)
        there = np.flatnonzero(times[1:])
        # a dictionary may have words without a cell, and the same one twice
        words = chunk.dictionary.take(there).to_pylist() if len(there) <= MOST_WORDS else []
        for word in words:
            if word not in self._code:
                self._code[word] = len(self._code)
                self._bytes += len(word.encode("utf-8"))
        self.too_many = len(there) > MOST_WORDS or len(self._code) > MOST_WORDS or self._bytes > MOST_TEXT
        if self.too_many:
            return
        own = np.full(len(chunk.dictionary) + 1, -1, np.int32)
        own[there] = [self._code[word] for word in words]
        self._times = np.concatenate([self._times, np.zeros(len(self._code) - len(self._times), np.int64)])
        np.add.at(self._times, own[there], times[1:][there])
        self._empty += int(times[0])
        self._kept.append(own[codes[kept]])

    def found(self) -> Found:
        """Return what was seen, words sorted."""
        if self.too_many:
            return _TOO_MANY
        words = tuple(sorted(self._code))
        order = np.array([self._code[word] for word in words], np.int64)
        codes = recoded(np.concatenate(self._kept), tuple(self._code), words)
        return codes, words, self._times[order], None, self._empty, ()


_TOO_MANY: Found = (np.zeros(0, np.int32), None, None, None, 0, ())


def joined(one: Found, other: Found, kept: Integers) -> Found:
    """Return what two parts of a column of text hold; `kept` are the places of cells that stay, in their order."""
    if one[1] is None or other[1] is None or one[2] is None or other[2] is None:
        return _TOO_MANY
    words = one[1] if one[1] == other[1] else tuple(sorted({*one[1], *other[1]}))
    if len(words) > MOST_WORDS or sum(len(word.encode("utf-8")) for word in words) > MOST_TEXT:
        return _TOO_MANY
    times = np.zeros(len(words), np.int64)
    for own, counts in ((one[1], one[2]), (other[1], other[2])):
        times[_places(own, words)] += counts
    codes = np.concatenate([recoded(one[0], one[1], words), recoded(other[0], other[1], words)])
    return codes[kept], words, times, None, one[4] + other[4], ()


def recoded(codes: NDArray[np.int32], own: tuple[str, ...], words: tuple[str, ...]) -> NDArray[np.int32]:
    """Return codes into `own` words as codes into `words`, which hold them all; -1 stays."""
    return codes if own == words else np.append(_places(own, words), -1).astype(np.int32)[codes]


def _places(own: tuple[str, ...], words: tuple[str, ...]) -> Integers:
    place = {word: k for k, word in enumerate(words)}
    return np.array([place[word] for word in own], np.int64)
