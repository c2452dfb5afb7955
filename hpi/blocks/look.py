"""What one pass over all rows finds: a part of the rows, all words, how far the numbers go; it adds up in any order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpi.blocks.source import Block, Files, Reading, Source
from hpi.blocks.words import Found, NumbersSeen, WordsSeen, joined, recoded
from hpi.space import Integers, drawing

Ends = tuple[float, float]
_SURELY = 8.0  # standard deviations: fewer rows than are kept fall below a bound this far up with a chance of 1e-15


def most_kept() -> int:
    """Return how many rows are kept: twice as many as are drawn, as not all of them may count."""
    return 2 * drawing.MOST_DRAWN


@dataclass(frozen=True, eq=False)
class Look:
    """What one pass over some blocks found.

    Attributes
    ----------
    n_rows
        Rows of the blocks.
    position
        The kept rows, those with the smallest hashes, ascending, shape (n_kept,).
    cells
        For each column of the source: numbers (nan: empty), or codes into its words (int32, -1: empty), shape
        (n_kept,); shape (0,) for text with too many words.
    words, times
        For each column of text: all its different cells, sorted, and how many rows have each. None for numbers, and
        for text with more than `words.MOST_WORDS` different cells, which is left out.
    ends
        For each column of numbers: the lowest and highest that is finite; None where there is none, and for text.
    empty
        How many cells of each column are empty; 0 where there are too many words.
    marks
        For each column of numbers: those that may stand for a failure, as the ends of types do, and how often.
    """

    n_rows: int
    position: Integers
    cells: tuple[NDArray[Any], ...]
    words: tuple[tuple[str, ...] | None, ...]
    times: tuple[Integers | None, ...]
    ends: tuple[Ends | None, ...]
    empty: tuple[int, ...]
    marks: tuple[tuple[tuple[float, int], ...], ...]

    def __post_init__(self) -> None:
        """Freeze the arrays: a frozen dataclass does not do it."""
        for array in (self.position, *self.cells, *self.times):
            if array is not None:
                array.setflags(write=False)

    def merged(self, other: Look, most: int | None = None) -> Look:
        """Return what both found: the same in any order."""
        first, last = (self, other) if _begin(self) <= _begin(other) else (other, self)
        position = np.concatenate([first.position, last.position])
        kept = _kept(position, most_kept() if most is None else most)
        columns = [_merged(_column(first, j), _column(last, j), kept) for j in range(len(self.cells))]
        return Look(self.n_rows + other.n_rows, position[kept], *_transposed(columns))

    def taken(self, places: Integers) -> Look:
        """Return the same with some of the kept rows, by their places, ascending; words and ends stay those of all."""
        cells = tuple(column[places] if len(column) else column for column in self.cells)
        return replace(self, position=self.position[places], cells=cells)

    def worded(self, words: tuple[tuple[str, ...] | None, ...]) -> Look:
        """Return the same with codes into words that hold all of its own; without cells where there are none."""
        pairs = zip(self.cells, self.words, words, strict=True)
        cells = tuple(_worded(column, own, known) for column, own, known in pairs)
        return replace(self, cells=cells, words=words)


def look(source: Source, block: Block, most: int | None = None) -> Look:
    """Return what one pass over a block finds.

    Parameters
    ----------
    most
        How many rows of the whole source are kept; None: `most_kept`.

    Raises
    ------
    TableError
        If the block cannot be read.
    """
    return looked(source, (block,), most)


def looked(source: Source, blocks: Sequence[Block], most: int | None = None) -> Look:
    """Return what one pass over some blocks finds; raises TableError as `look` does."""
    kept = most_kept() if most is None else most
    with Files(source) as files:
        found = (_held(source, files, block, _candidates(source, block, kept)) for block in blocks)
        return reduce(lambda one, other: one.merged(other, most), found)


def fetched(source: Source, position: Integers, blocks: Sequence[Block]) -> Look:
    """Return what some blocks hold, and of their rows those at these positions, ascending; errors as of `look`."""
    with Files(source) as files:
        found = (_held(source, files, block, _within(block, position)) for block in blocks)
        return reduce(lambda one, other: one.merged(other, len(position)), found)


def _within(block: Block, position: Integers) -> Integers:
    first, end = np.searchsorted(position, [block.start, block.start + block.rows])
    return position[first:end]


def _held(source: Source, files: Files, block: Block, position: Integers) -> Look:
    opened = files.reading(block)
    columns = [_looked(opened, name, kind, position) for name, kind in source.columns]
    return Look(block.rows, position, *_transposed(columns))


def _candidates(source: Source, block: Block, most: int) -> Integers:
    """Return the rows of a block that may be among the `most` of all with the smallest hashes, ascending."""
    position = np.arange(block.start, block.start + block.rows)
    enough = most + _SURELY * math.sqrt(most) + _SURELY**2
    if enough < source.n_rows:
        bound = np.uint64(min(2**64 - 1, int(2**64 * (enough / source.n_rows))))
        position = position[drawing.hashes(position) < bound]
    return position[drawing.drawn(drawing.hashes(position), most)]


def _looked(opened: Reading, name: str, kind: str, position: Integers) -> Found:
    """Return what one column of a block holds, and its cells at some positions."""
    seen = NumbersSeen() if kind == "number" else WordsSeen()
    for start, piece in opened.column(name):
        first, end = np.searchsorted(position, [start, start + len(piece)])
        seen.add(piece, position[first:end] - start)
        if seen.too_many:
            break
    return seen.found()


def _worded(column: NDArray[Any], own: tuple[str, ...] | None, known: tuple[str, ...] | None) -> NDArray[Any]:
    if own is None:
        return column
    return column[:0] if known is None else recoded(column, own, known)


def _begin(one: Look) -> tuple[int, int]:
    return (int(one.position[0]), int(one.position[-1])) if len(one.position) else (-1, -1)


def _kept(position: Integers, most: int) -> Integers:
    """Return the places of the rows that stay, in order of their positions."""
    places = drawing.drawn(drawing.hashes(position), most) if len(position) > most else np.arange(len(position))
    chosen = position[places]
    ascends = bool((chosen[1:] > chosen[:-1]).all())
    return places if ascends else places[np.argsort(chosen, kind="stable")]


def _column(one: Look, j: int) -> Found:
    return one.cells[j], one.words[j], one.times[j], one.ends[j], one.empty[j], one.marks[j]


def _transposed(columns: Sequence[Found]) -> tuple[Any, ...]:
    return tuple(zip(*columns, strict=True))


def _merged(one: Found, other: Found, kept: Integers) -> Found:
    if one[0].dtype == np.int32:
        return joined(one, other, kept)
    cells = np.concatenate([one[0], other[0]])[kept]
    ends = [pair for pair in (one[3], other[3]) if pair is not None]
    span = (min(low for low, _ in ends), max(high for _, high in ends)) if ends else None
    marks: dict[float, int] = {}
    for value, times in (*one[5], *other[5]):
        marks[value] = marks.get(value, 0) + times
    return cells, None, None, span, one[4] + other[4], tuple(sorted(marks.items()))
