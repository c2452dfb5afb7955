"""From the rows of a sheet to a table: where the header stands, what merged cells mean, cells as numbers or text."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hpi.errors import TableError
from hpi.readers.archives import too_much
from hpi.readers.limits import ReadLimits
from hpi.readers.naming import listed
from hpi.readers.workbook import Block, Facts, damaged, letters_of
from hpi.roles.values import counted, shown

_ERRORS = frozenset({
    *("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"),
    *("#GETTING_DATA", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!"),
})  # fmt: skip
_EXACT = 2.0**53
_GLANCE = 50

Cells = NDArray[np.object_]


@dataclass(frozen=True)
class Row:
    """A row of a sheet: its number in Excel, and its cells from column A to the last one that is filled."""

    number: int
    cells: Sequence[Any]

    @classmethod
    def of(cls, number: int, cells: Sequence[Any]) -> Row:
        """Return the row without the empty cells at its end."""
        end = len(cells)
        while end and cells[end - 1] is None:
            end -= 1
        return cls(number, cells[:end])

    @property
    def n_filled(self) -> int:
        """Count the cells that hold anything."""
        return sum(cell is not None for cell in self.cells)

    @property
    def first(self) -> str:
        """Where the first cell is that holds anything: XFD12."""
        return f"{letters_of(next(i for i, cell in enumerate(self.cells, 1) if cell is not None))}{self.number}"

    def shown(self, where: str) -> str:
        """Return what stands in a cell (XFD12) of this row, for a sentence."""
        at = next(i for i, _ in enumerate(self.cells) if f"{letters_of(i + 1)}{self.number}" == where)
        return repr(listed([str(self.cells[at])]))

    def after_gap(self, right: int, most: int) -> str | None:
        """Return where a cell is that follows more than `most` empty ones, beyond column `right`; None if none is."""
        last = right
        for i, cell in enumerate(self.cells[right:], right + 1):
            if cell is not None:
                if last and i - last > most:
                    return f"{letters_of(i)}{self.number}"
                last = i
        return None


def table_of(sheet: str, rows: Sequence[Row], facts: Facts, limits: ReadLimits) -> tuple[pd.DataFrame, list[str]]:
    """Return the table in the rows of a sheet, and notices.

    Raises
    ------
    TableError
        If there is no header with two names, no row below it, cells of the sheet were not among the rows, or the text
        takes more than is allowed.
    """
    if sum(row.n_filled for row in rows) < facts.n_values:
        raise damaged(f"cells of sheet {sheet!r} stand twice or out of order")
    numbers = [row.number for row in rows]
    cells, n_errors = _matrix(rows)
    start = _header_of(cells, numbers, facts.merged)
    if start is None:
        raise TableError(
            f"Sheet {sheet!r} has one column only; it needs a metric and at least one hyperparameter, "
            "with their names in one row."
        )
    names, n_header, notices = _names(cells, numbers, start, facts.merged)
    if start:
        notices.insert(0, f"Skipped before the header in row {numbers[start]:,}: {counted(start, 'row')}.")
    cells, numbers = cells[start + n_header :], numbers[start + n_header :]
    notices += _fill(cells, numbers, facts.merged) + _about(facts, n_errors)
    if _n_characters(cells) > limits.unpacked_bytes:
        raise too_much(f"The text in sheet {sheet!r}", limits)
    kept = [i for i in range(len(names)) if names[i] is not None or any(cell is not None for cell in cells[:, i])]
    filled = np.array([any(cell is not None for cell in row) for row in cells], dtype=bool)
    if not filled.any():
        raise TableError(f"Sheet {sheet!r} has a header and no rows; it needs one row a trial.")
    frame = pd.DataFrame({i: _column(cells[filled, i]) for i in kept})
    frame.columns = pd.Index([names[i] or "" for i in kept], dtype=object)
    return frame, notices


def _matrix(rows: Sequence[Row]) -> tuple[Cells, int]:
    """Return the cells, shape (n_rows, n_columns), None where empty, and how many hold an error of Excel."""
    cells = np.full((len(rows), max((len(row.cells) for row in rows), default=0)), None, dtype=object)
    n_errors = 0
    for i, row in enumerate(rows):
        for j, cell in enumerate(row.cells):
            if isinstance(cell, str):
                if cell in _ERRORS:
                    n_errors += 1
                elif cell.strip():
                    cells[i, j] = cell
            else:
                cells[i, j] = cell
    return cells, n_errors


def _header_of(cells: Cells, numbers: Sequence[int], merged: Sequence[Block]) -> int | None:
    """Return which row is the header: the first that is at least half as wide as the table; None if none is."""
    widths = [
        sum(cell is not None for cell in row) + sum(b.right - b.left for b in merged if b.top == number)
        for row, number in zip(cells[:_GLANCE], numbers, strict=False)
    ]
    enough = max(2, max(widths, default=0) / 2)
    return next((i for i, width in enumerate(widths) if width >= enough), None)


def _names(
    cells: Cells, numbers: Sequence[int], start: int, merged: Sequence[Block]
) -> tuple[list[str | None], int, list[str]]:
    """Return the names of the columns, how many rows they stand in, and notices."""
    blocks = [block for block in merged if block.top == numbers[start] and block.left <= cells.shape[1]]
    names = [None if cell is None else text_of(cell) for cell in cells[start]]
    if not blocks:
        return names, 1, []
    places = shown([block.shown for block in blocks])
    if not _is_tall(cells, numbers, start):
        about = "columns without a name of their own are called Unnamed; if names stand in two rows, put them into one"
        return names, 1, [f"The header has merged cells ({places}): {about}."]
    for block in blocks:
        for i in range(block.left, min(block.right, len(names))):
            names[i] = names[block.left - 1]
    below = [None if cell is None else text_of(cell) for cell in cells[start + 1]]
    joined = [".".join(part for part in pair if part) or None for pair in zip(names, below, strict=True)]
    return joined, 2, [f"The header stands in two rows (merged cells {places}): its names were joined by dots."]


def _is_tall(cells: Cells, numbers: Sequence[int], start: int) -> bool:
    """Whether the row below the header has names, too: text alone, and numbers begin below it."""
    if len(cells) < start + 3 or numbers[start + 1] != numbers[start] + 1:
        return False
    below = [cell for cell in cells[start + 1] if cell is not None]
    return all(isinstance(cell, str) for cell in below) and any(_is_number(cell) for cell in cells[start + 2])


def _fill(cells: Cells, numbers: Sequence[int], merged: Sequence[Block]) -> list[str]:
    """Write the value of merged cells into each of them, below the header; return notices."""
    filled = []
    left = 10 * cells.size
    for block in merged:
        top, bottom = np.searchsorted(numbers, [block.top, block.bottom + 1])
        area = cells[top:bottom, block.left - 1 : block.right]
        # the first one's row is above the table where the block begins in the header
        if not area.size or numbers[top] != block.top or area[0, 0] is None:
            continue
        left -= area.size
        if left < 0:
            break
        area[:] = area[0, 0]
        filled.append(block.shown)
    return [f"Merged cells were filled with their value: {shown(filled)}."] if filled else []


def _about(facts: Facts, n_errors: int) -> list[str]:
    said = []
    if n_errors:
        said.append(f"{counted(n_errors, 'cell')} with an error of Excel (such as #N/A or #DIV/0!) counted as empty.")
    if facts.n_hollow:
        where = f" (the first in {facts.first_hollow})" if facts.first_hollow else ""
        said.append(
            f"{counted(facts.n_hollow, 'formula')} without a saved result counted as empty{where}: "
            "open the workbook in Excel, save it, and read it again."
        )
    return said


def _n_characters(cells: Cells) -> int:
    """Count the characters of text once it is written out: one long word of the workbook may stand in every cell."""
    all_cells: list[Any] = cells.ravel().tolist()
    return sum(len(cell) for cell in all_cells if isinstance(cell, str))


def _column(cells: Cells) -> pd.Series:
    """Return a column as numbers if it holds nothing else, as text otherwise."""
    filled = [cell for cell in cells if cell is not None]
    if filled and all(_is_number(cell) and abs(cell) <= _EXACT for cell in filled):
        return pd.Series(np.array([np.nan if cell is None else float(cell) for cell in cells]))
    return pd.Series([None if cell is None else text_of(cell) for cell in cells], dtype="str")


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def text_of(cell: object) -> str:
    """Return a cell as text: True, 2026-03-01, 2026-03-01 10:00:00, 0 days 01:30:00."""
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(cell, datetime.timedelta):
        return str(pd.Timedelta(cell))
    return str(cell)
