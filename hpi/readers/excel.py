"""Excel workbooks (.xlsx): the first sheet with a table in it, values as they were saved, no formula computed."""

from __future__ import annotations

import io
import itertools
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hpi.errors import TableError
from hpi.readers import workbook
from hpi.readers.limits import ReadLimits
from hpi.readers.protocol import Files, Loaded, Opened, Wanted
from hpi.readers.sheets import Row, table_of
from hpi.roles.reading import Reading
from hpi.roles.values import shown

# what a table may have between its cells; what is farther away got there by mistake
FAR_ROWS, FAR_COLUMNS = 1_000, 100
# what Excel itself can hold
_LAST_ROW = 1_048_576
# Headings, empty columns and rows are read, too, until it is known which cells are the table's.
_PADDED, _WIDEST = 2, 16_384
_GLANCE = 20


@dataclass(frozen=True)
class ExcelReader:
    """Reads one sheet of an Excel workbook."""

    name: str = "Excel"

    def accepts(self, opened: Opened) -> bool:
        """Whether the archive is a workbook of Excel."""
        names = opened.files.sizes if opened.files is not None and opened.data else {}
        return workbook.CONTENT_TYPES in names and any(
            name.startswith("xl/") and name.endswith(".xml") for name in names
        )

    def load(self, opened: Opened, wanted: Wanted, limits: ReadLimits) -> Loaded:
        """Return the table in one sheet; raises TableError as every reader does."""
        files = opened.files
        if files is None:
            raise workbook.damaged("it is no archive")
        workbook.check_parts(files, limits)
        with warnings.catch_warnings():
            # openpyxl warns of formats and rules in a sheet that are nothing to its cells
            warnings.simplefilter("ignore")
            sheets = _sheets_of(opened.data)
            sheet, notices = _chosen(sheets, wanted.sheet, limits)
            facts = _facts(files, sheet)
            rows = list(_rows(sheet, limits))
        frame, more = table_of(sheet.title, rows, facts, limits)
        names = tuple(one.title for one in sheets)
        reading = Reading(self.name, (*notices, *more), part_is="sheet", part=sheet.title, parts=names)
        return Loaded(frame, opened.name, reading)


def _sheets_of(data: bytes) -> list[Any]:
    """Return the sheets that have cells, the hidden ones last.

    Raises
    ------
    TableError
        If the workbook is damaged, or has none.
    """
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheets = list(book.worksheets)
    except Exception as error:  # whatever openpyxl stumbles over: half of Python's exceptions
        raise workbook.damaged("its list of sheets, words or formats cannot be understood") from error
    if not sheets:
        raise TableError("The workbook has no sheet with cells; save the table as CSV.")
    for sheet in sheets:
        # what a sheet says of its own size may be a million rows too much
        sheet.reset_dimensions()
    return sorted(sheets, key=lambda sheet: str(sheet.sheet_state) != "visible")


def _chosen(sheets: Sequence[Any], wanted: str | None, limits: ReadLimits) -> tuple[Any, list[str]]:
    """Return the sheet that is wanted, else the first that looks like a table, and what to say of it."""
    titles = [str(sheet.title) for sheet in sheets]
    if wanted is not None:
        if wanted not in titles:
            raise TableError(f"The workbook has no sheet {wanted!r}; it has {shown(titles)}.")
        return sheets[titles.index(wanted)], []
    taken = None
    for sheet in sheets:
        head = list(itertools.islice(_rows(sheet, limits), _GLANCE))
        taken = taken or (sheet if head else None)
        if len(head) > 1 and sum(row.n_filled > 1 for row in head) > 1:
            taken = sheet
            break
    if taken is None:
        raise TableError(f"Every sheet is empty ({shown(titles)}); the table needs a row of names and one row a trial.")
    if len(sheets) == 1:
        return taken, []
    others = shown([title for title in titles if title != taken.title])
    return taken, [
        f"The workbook has {len(sheets)} sheets; {taken.title} was taken, as it is the first with a table; "
        f"the others: {others}."
    ]  # fmt: skip


def _rows(sheet: Any, limits: ReadLimits) -> Iterator[Row]:  # noqa: ANN401 - openpyxl has no types
    """Yield the rows of a sheet that hold anything.

    Raises
    ------
    TableError
        If a cell is far from the others, there are more rows than allowed, or the sheet is damaged.
    """
    before, right, n_rows, n_padded = 0, 0, 0, 0
    for number, cells in enumerate(_parsed(sheet), start=1):
        if not cells and number <= _LAST_ROW:
            continue
        n_padded += len(cells)
        _check_padding(sheet.title, number, n_padded, limits)
        row = Row.of(number, cells)
        if not row.cells:
            continue
        if n_rows and number - before > FAR_ROWS:
            how = f"{number - before - 1:,} empty rows below the table"
            raise _stray(sheet.title, row.shown(row.first), row.first, how)
        far = row.after_gap(right, FAR_COLUMNS)
        if far:
            raise _stray(sheet.title, row.shown(far), far, "far to the right of the table")
        before, right, n_rows = number, max(right, len(row.cells)), n_rows + 1
        if n_rows > limits.rows + 1:
            raise TableError(
                f"Sheet {sheet.title!r} has more than {limits.rows:,} rows (HPI_READ_ROWS). Leave some out."
            )
        yield row


def _check_padding(sheet: str, number: int, n: int, limits: ReadLimits) -> None:
    """Refuse a row below those that Excel has, and too many cells, most of them empty, down to a row."""
    if number > _LAST_ROW:
        raise _stray(sheet, "cells", f"row {number:,}", f"below the last that Excel has ({_LAST_ROW:,})")
    most = _PADDED * limits.cells + _WIDEST
    if n > most:
        raise TableError(
            f"Sheet {sheet!r} has {n:,} cells down to row {number:,}, empty ones among them; at most {most:,} are gone "
            "through, two for each that may be read (HPI_READ_CELLS). Delete what is far from the table, or save the "
            "table alone as CSV."
        )


def _parsed(sheet: Any) -> Iterator[Sequence[Any]]:  # noqa: ANN401
    rows, number = sheet.iter_rows(values_only=True), 0
    while True:
        try:
            cells = next(rows, None)
        except Exception as error:  # whatever openpyxl stumbles over: half of Python's exceptions
            raise workbook.damaged(f"sheet {sheet.title!r} cannot be read below row {number:,}") from error
        if cells is None:
            return
        number += 1
        yield cells


def _facts(files: Files, sheet: Any) -> workbook.Facts:  # noqa: ANN401
    # openpyxl says nowhere else which part of the archive a sheet is
    part = str(getattr(sheet, "_worksheet_path", ""))
    if part not in files.sizes:
        raise workbook.damaged(f"sheet {sheet.title!r} is missing")
    return workbook.facts_of(files.head(part, files.sizes[part]), sheet.title)


def _stray(sheet: str, what: str, where: str, how: str) -> TableError:
    return TableError(f"Sheet {sheet!r} has {what} in {where}, {how}; delete it, or save the table alone as CSV.")
