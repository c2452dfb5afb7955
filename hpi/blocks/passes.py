"""What is done with the rows of some row groups: rank their losses, count.

Pure functions of what travels to a thread, a process or another machine; what two of them return adds up, in any
order, to what one would return for all of their row groups.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from hpi.blocks.counting import Counting
from hpi.blocks.ranks import Partial, Search
from hpi.blocks.source import Block, Files, Source
from hpi.blocks.translation import Condition, Translation
from hpi.space import Floats, Integers, Mask, drawing
from hpi.space.tallies import Counted


@dataclass(frozen=True, eq=False)
class Over:
    """Which rows are asked about: those of a source that count and pass the filters."""

    source: Source
    translation: Translation
    where: tuple[Condition, ...]

    def losses(self, files: Files, block: Block) -> Iterator[tuple[int, Floats, Mask, int]]:
        """Yield position, loss, whether each row counts and passes, and how many count at all, piece by piece."""
        for start, piece in files.read(block, self.translation.loss_names(self.where)):
            loss, counts = self.translation.loss(piece)
            passes = counts & self.translation.passes(piece, self.where) if self.where else counts
            yield start, loss, passes, int(counts.sum())


@dataclass(frozen=True, eq=False)
class Ranked:
    """What one pass over the losses found.

    Attributes
    ----------
    partial
        Of the search for order statistics.
    counting
        How many rows count, whether or not they pass the filters.
    position
        Of those that count and pass, the rows with the smallest hashes, at most as many as are drawn; empty in all
        passes but the first.
    """

    partial: Partial
    counting: int
    position: Integers

    def merged(self, other: Ranked) -> Ranked:
        """Return what both found."""
        position = smallest(np.concatenate([self.position, other.position]), drawing.MOST_DRAWN)
        return Ranked(self.partial.merged(other.partial), self.counting + other.counting, position)


def rank(over: Over, search: Search, most: int, blocks: Sequence[Block]) -> Ranked:
    """Look at each loss once; `most`: how many rows are drawn, 0 for none."""
    found, counting, drawn = list[Partial](), 0, _Drawn(most)
    with Files(over.source) as files:
        for block in blocks:
            losses = []
            for start, loss, passes, n in over.losses(files, block):
                losses.append(loss if passes.all() else loss[passes])
                counting += n
                if most:
                    drawn.add(start + np.flatnonzero(passes))
            # once a row group: what is found has the size of many rows
            found = [reduce(Partial.merged, [*found, search.count(np.concatenate(losses))])]
    return Ranked(found[0], counting, drawn.position())


class _Drawn:
    """Keeps the positions with the smallest hashes of those that it is shown."""

    def __init__(self, most: int) -> None:
        self._most, self._bound = most, np.uint64(2**64 - 1)
        self._kept = np.zeros(0, dtype=np.int64)

    def add(self, position: Integers) -> None:
        """Look at more positions; most of them are passed over by one comparison."""
        near = position[drawing.hashes(position) <= self._bound]
        self._kept = np.concatenate([self._kept, near])
        if len(self._kept) > 2 * self._most:
            self._kept = smallest(self._kept, self._most)
            self._bound = drawing.hashes(self._kept).max()

    def position(self) -> Integers:
        """Return the positions that are kept, in any order."""
        return smallest(self._kept, self._most)


def smallest(position: Integers, most: int) -> Integers:
    """Return the positions with the smallest hashes."""
    return position[drawing.drawn(drawing.hashes(position), most)] if len(position) > most else position


def count(over: Over, asked: Counting, blocks: Sequence[Block]) -> Counted:
    """Count every row that counts and passes."""
    accumulator, translation = asked.accumulator(sum(block.rows for block in blocks[:])), over.translation
    names = translation.names(over.where)
    with Files(over.source) as files:
        for block in blocks:
            for _, piece in files.read(block, names):
                loss, counts = translation.loss(piece, over.where)
                columns = [translation.column(piece, j) for j in range(len(translation.axes))]
                accumulator.add(loss, columns, translation.regime(piece, counts), counts)
    return accumulator.counted()
