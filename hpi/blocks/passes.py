"""What is done with the rows of some row groups: rank their losses, count.

Pure functions of what travels to a thread, a process or another machine; what two of them return adds up, in any
order, to what one would return for all of their row groups.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hpi.blocks.counting import Counting
from hpi.blocks.ranks import Partial, Search
from hpi.blocks.source import Block, Source, read
from hpi.blocks.translation import Condition, Translation
from hpi.space import Floats, Integers, Mask, drawing
from hpi.space.tallies import Counted


@dataclass(frozen=True, eq=False)
class Over:
    """Which rows are asked about: those of a source that count and pass the filters."""

    source: Source
    translation: Translation
    where: tuple[Condition, ...]

    def losses(self, blocks: Sequence[Block]) -> Iterator[tuple[int, Floats, Mask, int]]:
        """Yield position, loss, whether each row counts and passes, and how many count at all, piece by piece."""
        names = self.translation.loss_names(self.where)
        for block in blocks:
            for start, piece in read(self.source, block, names):
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
    found: Ranked | None = None
    for start, loss, passes, counting in over.losses(blocks):
        position = start + np.flatnonzero(passes) if most else np.zeros(0, dtype=np.int64)
        one = Ranked(search.count(loss[passes]), counting, smallest(position, most))
        found = one if found is None else found.merged(one)
    assert found is not None
    return found


def smallest(position: Integers, most: int) -> Integers:
    """Return the positions with the smallest hashes."""
    return position[drawing.drawn(drawing.hashes(position), most)] if len(position) > most else position


def count(over: Over, asked: Counting, blocks: Sequence[Block]) -> Counted:
    """Count every row that counts and passes."""
    accumulator, translation = asked.accumulator(), over.translation
    names = translation.names(over.where)
    for block in blocks:
        for _, piece in read(over.source, block, names):
            loss, counts = translation.loss(piece)
            counts = counts & translation.passes(piece, over.where) if over.where else counts
            columns = [translation.column(piece, j) for j in range(len(translation.hyperparameters))]
            regime = translation.regime(piece)
            if not counts.all():
                loss, columns = loss[counts], [column[counts] for column in columns]
                regime = None if regime is None else regime[counts]
            accumulator.add(loss, columns, regime)
    return accumulator.counted()
