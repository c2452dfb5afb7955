"""From lines to cells: by Arrow where every line has as many cells as the header, else line by line with care."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from hpi.errors import TableError
from hpi.readers.layout import BLANKS, Layout
from hpi.readers.limits import ReadLimits
from hpi.roles.values import counted

if TYPE_CHECKING:
    import pyarrow as pa

# No line is longer than text.MAX_LINE characters of at most four bytes, so that each fits into a block.
_BLOCK = 4 << 20
_LINES_AT_ONCE = 20_000
# One of these stands between the cells of lines that are written anew.
_SEPARATORS = "\x1f\x1e\x1d\x1c\x01\x02\x03\x04\x05\x06\x07\x08"
_END = re.compile(r"\r\n?|\n")


def cut(layout: Layout, limits: ReadLimits) -> tuple[list[str], list[pa.ChunkedArray], list[str]]:
    """Return the header's cells, the columns below it as strings (null where empty), and notices.

    Every line is checked: where one has more cells than the header, no column is shifted and nothing dropped that
    is not empty.

    Raises
    ------
    TableError
        If a line cannot be cut or has cells beyond the header's, or a limit is passed.
    """
    lines = _Rows(layout)
    first = next(iter(lines), None)
    if first is None:
        raise TableError("The file is empty; it needs a line of names and one line a trial.")
    header = first[1]
    _check_width(len(header), limits)
    _check_lines(layout, len(header), limits)
    columns = None if layout.delimiter == BLANKS else _by_arrow(layout, len(header))
    if columns is not None:
        return header, columns, []
    return header, *_by_line(layout, len(header), limits)


def _check_width(width: int, limits: ReadLimits) -> None:
    if width > limits.columns:
        raise TableError(
            f"The table has {width:,} columns; at most {limits.columns:,} are read (HPI_READ_COLUMNS). Leave some out."
        )


def _check_lines(layout: Layout, width: int, limits: ReadLimits) -> None:
    """Refuse what has too many lines before it is parsed; where quotes may hold line ends, only afterwards."""
    data, most = layout.data, min(limits.rows, limits.cells // width)
    first = data[layout.start : layout.start + _BLOCK]
    if 2 * max(_n_ends(first), 1) * (len(data) / len(first)) < most or data.find(b'"', layout.start) >= 0:
        return
    ends = _n_ends(data)
    # At most twice the pairs are blank lines.
    lines = ends - 2 * max(data.count(b"\n\n") + data.count(b"\n\r\n"), data.count(b"\r\r"))
    check_rows(lines - layout.skipped - 1, width, limits)


def _n_ends(data: bytes) -> int:
    return max(data.count(b"\n"), data.count(b"\r") if b"\r" in data else 0)


def check_rows(n: int, width: int, limits: ReadLimits) -> None:
    """Raise TableError where there are more rows or cells than are read."""
    for found, most, what, setting in (
        (n, limits.rows, "rows", "HPI_READ_ROWS"),
        (n * width, limits.cells, "cells", "HPI_READ_CELLS"),
    ):
        if found > most:
            raise TableError(f"The table has {found:,} {what}; at most {most:,} are read ({setting}). Leave some out.")


def _by_arrow(layout: Layout, width: int) -> list[pa.ChunkedArray] | None:
    """Return the columns, None where a line is odd: then the careful way says what is wrong or mends it."""
    import pyarrow as pa

    quoted = layout.data.find(b'"', layout.start) >= 0
    buffer = pa.py_buffer(layout.data).slice(layout.start)
    try:
        columns = _columns(buffer, width, delimiter=layout.delimiter, newlines_in_values=quoted)
    except pa.ArrowInvalid:
        return None
    if quoted:
        if _is_open(layout.data, columns[-1]) or any(map(_begins_late, columns)):
            return None
        columns = [_in_one_line(column) for column in columns]
    return [column.slice(1) for column in columns]


def _columns(buffer: pa.Buffer, width: int, **options: object) -> list[pa.ChunkedArray]:
    """Return all cells as strings, null where there is no character; raises ArrowInvalid where a line is odd."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    names = [str(position) for position in range(width)]
    table = arrow_csv.read_csv(
        pa.BufferReader(buffer),
        read_options=arrow_csv.ReadOptions(column_names=names, block_size=_BLOCK),
        parse_options=arrow_csv.ParseOptions(**options),
        convert_options=arrow_csv.ConvertOptions(
            check_utf8=False,
            column_types=dict.fromkeys(names, pa.large_string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )
    return list(table.columns)


def _is_open(data: bytes, last: pa.ChunkedArray) -> bool:
    """Whether the last cell's quote was never closed: it stands before the cell, and nothing after it."""
    cell = (last[len(last) - 1].as_py() or "") if len(last) else ""
    return data.endswith(b'"' + cell.replace('"', '""').encode("utf-8"))


def _begins_late(column: pa.ChunkedArray) -> bool:
    """Whether a cell is blanks and then a quote, which Arrow does not take for a quoted cell."""
    import pyarrow.compute as pc

    if not pc.any(pc.starts_with(column, " ")).as_py():
        return False
    return bool(pc.any(pc.match_substring_regex(column, '^ +"')).as_py())


def _in_one_line(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the column with a blank for every line end within a cell."""
    import pyarrow.compute as pc

    for end in ("\n", "\r"):
        if pc.any(pc.match_substring(column, end)).as_py():
            return pc.replace_substring_regex(column, "\r\n|\r|\n", " ")
    return column


class _Rows:
    """The rows of a text, the slow way: quotes, blanks after separators, line ends in cells."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self.ended = False

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the number in the file and the cells of each line that is not blank."""
        blanks = self._layout.delimiter == BLANKS
        lines = (line.replace("\t", " ").strip(" ") for line in self._lines()) if blanks else self._lines()
        reader = csv.reader(lines, delimiter=" " if blanks else self._layout.delimiter, skipinitialspace=True)
        number = self._layout.skipped + 1
        try:
            for row in reader:
                if self.ended:
                    raise TableError(_unclosed(number))
                if len(row) > 1 or (row and row[0].strip()):
                    yield number, row
                number = self._layout.skipped + reader.line_num + 1
        except csv.Error as error:
            raise TableError(_uncut(number, str(error))) from error

    def _lines(self) -> Iterator[str]:
        yield from self._layout.lines()
        self.ended = True


def _unclosed(line: int) -> str:
    return f"A quote is opened in line {line:,} and never closed; close it or leave it out."


def _uncut(line: int, why: str) -> str:
    if "field larger" in why:
        return (
            f"Line {line:,} has a cell of over {csv.field_size_limit():,} characters, or opens a quote that is not "
            "closed for as long; close the quote, or leave out the column with the long cells."
        )
    return f"The lines cannot be cut into cells (near line {line:,}); save the table as CSV again."


def _by_line(layout: Layout, width: int, limits: ReadLimits) -> tuple[list[pa.ChunkedArray], list[str]]:
    """Return the columns and what must be said of lines shorter than the header.

    The lines are written anew, each with all its cells and a separator that no cell holds, and cut by Arrow.
    """
    import pyarrow as pa

    separator = next((mark for mark in _SEPARATORS if mark.encode() not in layout.data), None)
    if separator is None:
        raise TableError("The text is full of control characters, as no table is; save the table as CSV again.")
    short = _Short()
    lines = _anew(layout, width, separator, short)
    parts: list[bytes] = []
    n = 0
    # Texts are kept and no lists of cells, which would keep the garbage collector busy.
    while batch := list(islice(lines, _LINES_AT_ONCE)):
        n += len(batch)
        check_rows(n, width, limits)
        parts += ("\n".join(batch).encode("utf-8"), b"\n")
    if not parts:
        return [pa.chunked_array([], pa.large_string())] * width, []
    columns = _columns(pa.py_buffer(b"".join(parts)), width, delimiter=separator, quote_char=False)
    return columns, short.said()


def _anew(layout: Layout, width: int, separator: str, short: _Short) -> Iterator[str]:
    """Yield the lines below the header with as many cells as it has, and with blanks for line ends in cells."""
    rows = iter(_Rows(layout))
    next(rows)
    for number, row in rows:
        line = separator.join(row if len(row) == width else _fitted(number, row, width, short))
        yield _END.sub(" ", line) if "\n" in line or "\r" in line else line


class _Short:
    """Lines with fewer cells than the header."""

    def __init__(self) -> None:
        self.n = self.first = 0

    def add(self, line: int) -> None:
        """Count a line."""
        self.first = self.first or line
        self.n += 1

    def said(self) -> list[str]:
        """Return what must be said of them."""
        if not self.n:
            return []
        where = f"(the first is line {self.first:,})" if self.n > 1 else f"(line {self.first:,})"
        return [f"{counted(self.n, 'line')} shorter than the header {where}: the missing cells are empty."]


def _fitted(line: int, row: list[str], width: int, short: _Short) -> list[str]:
    """Return as many cells as the header has, those that a short line lacks empty.

    Raises
    ------
    TableError
        If a cell beyond the header's is not empty.
    """
    if any(cell.strip() for cell in row[width:]):
        raise TableError(
            f"Line {line:,} has {len(row)} cells, but the header has {width}; "
            "put cells that contain the separator in quotes."
        )
    if len(row) < width:
        short.add(line)
    return row[:width] + [""] * (width - len(row))
