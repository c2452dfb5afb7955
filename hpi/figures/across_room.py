"""Sizes and names of the heat map of datasets: what fits on a narrow screen, as its width is not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import unescape
from math import ceil

from hpi.figures.labels import folded, plain, width
from hpi.figures.theme import SMALL

GAP = 6  # pixels
LETTER, LINE = 0.62, 1.3  # of the size of the font: width of a character, height of a line
NAME, HEAD = 16, 12  # columns of a line in the name of a row, of a column; each has two lines
SHORT, NEVER_TURNED = 8, 2  # columns: a name that is not folded where it may turn; one that fits above any cell
HEAD_LINES = 3  # of the means


@dataclass(frozen=True)
class Room:
    """What fits.

    `row`, `size`: pixels of a row and of the numbers in it; `angles`: of the names above, the next where they would
    meet; `has_places`: whether a cell holds more than one number.
    """

    row: int
    size: int
    angles: tuple[int, ...]
    has_places: bool

    @property
    def letters(self) -> int:
        """Pixels of the letters of names."""
        return min(self.size + 1, SMALL)

    def folded(self, heads: Sequence[str]) -> list[str]:
        """Return names as they stand above the cells, escaped: in two lines, but where so many stand upright."""
        if 0 not in self.angles:
            return list(map(plain, heads))
        may_turn = len(self.angles) > 1  # then short lines leave less of an empty band
        columns = max(SHORT, ceil(max(map(width, heads)) / 2) + 1) if may_turn else HEAD
        return [folded(head, columns) for head in heads]

    def above(self, names: Sequence[str]) -> int:
        """Return the pixels of names above the cells, also where they stand upright."""
        lines = ceil(HEAD_LINES * LINE * self.letters)
        if self.angles == (0,):
            return lines + 2 * GAP
        longest = max(width(unescape(line)) for name in names for line in name.split("<br>"))
        return max(lines, ceil(LETTER * self.letters * longest)) + 2 * GAP


TWO, SIX = Room(34, SMALL, (0,), True), Room(34, 11, (0, -90), True)
EIGHT, MANY = Room(34, 11, (-90,), True), Room(30, 10, (-90,), False)


def room_for(n_beside: int, heads: Sequence[str]) -> Room:
    """Return what fits where so many values stand side by side; names of two digits are never turned."""
    rooms = {2: TWO, 6: SIX, 8: EIGHT}
    room = next((room for most, room in rooms.items() if n_beside <= most), MANY)
    return replace(room, angles=(0,)) if max(map(width, heads)) <= NEVER_TURNED else room
