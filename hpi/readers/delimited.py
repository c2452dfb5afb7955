"""Text tables: CSV, TSV and their relatives, from a path, bytes, an open file or an upload."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from hpi.errors import TableError
from hpi.readers.layout import BLANKS, MAX_COLUMNS, Layout, layout_of, names_of
from hpi.readers.limits import ReadLimits
from hpi.readers.protocol import Loaded, Opened, Wanted
from hpi.readers.text import decode
from hpi.roles.reading import Reading
from hpi.roles.values import counted

_DECIMAL_COMMA = r"[+-]?[0-9]*,?[0-9]+(?:[eE][+-]?[0-9]+)?"


@dataclass(frozen=True)
class DelimitedReader:
    """Reads CSV, TSV, and text with semicolons, pipes or blanks between the cells."""

    name: str = "delimited text"

    def accepts(self, opened: Opened) -> bool:
        """Whether the source is one file: what is no text is refused when it is read."""
        return opened.files is None

    def load(self, opened: Opened, wanted: Wanted, limits: ReadLimits) -> Loaded:
        """Return the cells as text; raises TableError as every reader does."""
        text, notices = decode(opened.data)
        layout = layout_of(text)
        cells = _cells(layout)
        names, more = names_of(cells.iloc[0].tolist())
        frame = cells.iloc[1:].reset_index(drop=True)
        frame.columns = pd.Index(names, dtype=object)
        short = _about_short_lines(layout, len(names), len(cells))
        frame, commas = _with_points(_without_hollow(frame), layout.delimiter)
        if len(frame) == 0:
            raise TableError("The file has a header and no rows; it needs one line a trial.")
        return Loaded(frame, opened.name, Reading(self.name, (*notices, *layout.notices, *more, *short, *commas)))


def _cells(layout: Layout) -> pd.DataFrame:
    """Return all cells as text, the header's in the first row; empty where a line was short.

    The header is read as a row like the others: otherwise pandas takes a surplus first cell for an index
    and shifts every column without a word.
    """
    try:
        return _parsed(layout, None)
    except pd.errors.EmptyDataError as error:
        raise TableError("The file is empty; it needs a line of names and one line a trial.") from error
    except pd.errors.ParserError as error:
        width, line = _surplus(layout, error)
    try:
        return _parsed(layout, width)
    except pd.errors.ParserError as error:
        raise TableError(_unreadable(str(error), line)) from error


def _parsed(layout: Layout, width: int | None) -> pd.DataFrame:
    return pd.read_csv(
        io.StringIO(layout.body, newline=""),
        sep=layout.delimiter,
        header=None,
        names=None if width is None else range(width),
        index_col=False,
        dtype=str,
        keep_default_na=False,
        na_values=[],
        skipinitialspace=True,
        on_bad_lines="error",
    )


def _lines(layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """Yield the number in the file and the cells of each line that is not blank; the slow way."""
    if layout.delimiter == BLANKS:
        lines = enumerate(re.split(r"\r\n?|\n", layout.body), start=1)
        yield from ((number + layout.skipped, line.split()) for number, line in lines if line.strip())
        return
    reader = csv.reader(io.StringIO(layout.body, newline=""), delimiter=layout.delimiter, skipinitialspace=True)
    start = 0
    for row in reader:
        if row:
            yield layout.skipped + start + 1, row
        start = reader.line_num


def _surplus(layout: Layout, error: Exception) -> tuple[int, int]:
    """Return the width of the widest line if what it has beyond the header is empty, and the last line's number.

    Raises
    ------
    TableError
        If it is not, or if the lines cannot be cut into cells.
    """
    width = widest = line = 0
    try:
        for line, row in _lines(layout):
            width = width or len(row)
            if any(cell.strip() for cell in row[width:]):
                raise TableError(
                    f"Line {line:,} has {len(row)} cells, but the header has {width}; "
                    "put cells that contain the separator in quotes."
                )
            widest = max(widest, len(row))
    except csv.Error:
        widest = 0
    if "EOF inside string" in str(error) or not width < widest <= 2 * MAX_COLUMNS:
        raise TableError(_unreadable(str(error), line)) from error
    return widest, line


def _about_short_lines(layout: Layout, width: int, n_lines: int) -> list[str]:
    """Return what must be said of lines with fewer cells than the header: pandas fills them without a word."""
    sep = layout.delimiter
    if sep != BLANKS and '"' not in layout.body and layout.body.count(sep) == (width - 1) * n_lines:
        return []
    try:
        short = [line for line, row in _lines(layout) if len(row) < width]
    except csv.Error:
        return []
    if not short:
        return []
    return [
        f"{counted(len(short), 'line')} shorter than the header (the first is line {short[0]:,}): "
        "the missing cells are empty."
    ]


def _unreadable(why: str, line: int) -> str:
    quoted = re.search(r"EOF inside string starting at row (\d+)", why)
    if quoted:
        return f"A quote is opened in line {int(quoted.group(1)) + 1:,} and never closed; close it or leave it out."
    return f"The lines cannot be cut into cells (near line {line:,}); save the table as CSV again."


def _without_hollow(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame without nameless columns in which every cell is empty."""
    nameless = [str(name) for name in frame.columns if str(name).startswith("Unnamed: ")]
    hollow = [name for name in nameless if not (frame[name].str.strip() != "").any()]
    return frame.drop(columns=hollow)


def _with_points(frame: pd.DataFrame, delimiter: str) -> tuple[pd.DataFrame, list[str]]:
    """Return the frame with decimal commas turned into points where commas do not separate cells."""
    changed: dict[str, pd.Series] = {}
    notices = []
    for name in map(str, frame.columns):
        cells = frame[name]
        if not cells.str.contains(",", regex=False).any():
            continue
        filled = cells[cells.str.strip() != ""].str.strip()
        if delimiter != "," and filled.str.fullmatch(_DECIMAL_COMMA).all():
            changed[name] = cells.str.replace(",", ".", regex=False)
    if changed:
        notices.append(f"The comma was read as the decimal point in {', '.join(list(changed)[:6])}.")
    return frame.assign(**changed), notices
