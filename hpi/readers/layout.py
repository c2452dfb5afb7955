"""How a text table is laid out: what separates the cells, where the header is, what the columns are called."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hpi.errors import TableError
from hpi.readers import naming
from hpi.readers.text import Text
from hpi.roles.values import counted

BLANKS = r"\s+"

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_LINES = 50
_SAMPLE_BYTES = 200_000
_LONGEST_PREAMBLE = 10_000
_LINE = re.compile(rb"([^\r\n]*)(?:\r\n?|\n)")
_NUMBER = r"[+-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?"


@dataclass(frozen=True, eq=False)
class Layout:
    """A table's text from the header on.

    Attributes
    ----------
    text
        Where the table is.
    start
        Of the byte where the header begins.
    delimiter
        What separates two cells; BLANKS for any number of blanks.
    skipped
        How many lines stood before the header.
    notices
        What had to be assumed.
    """

    text: Text
    start: int
    delimiter: str
    skipped: int
    notices: tuple[str, ...]

    @property
    def data(self) -> bytes:
        """The bytes in which the table begins at `start`."""
        return self.text.data

    def lines(self) -> Iterator[str]:
        """Yield the lines from the header on, with their ends, as they are decoded."""
        file = io.BytesIO(self.data)
        file.seek(self.start)
        yield from io.TextIOWrapper(file, encoding="utf-8", newline="")


def layout_of(text: Text) -> Layout:
    """Return how the text is laid out.

    Raises
    ------
    TableError
        If it has no header, or only one column.
    """
    start, skipped, said, notices = _without_preamble(text)
    delimiter = said or _delimiter(text, start)
    if delimiter is None:
        raise TableError(
            "The table has one column only; it needs a metric and at least one hyperparameter, "
            "with commas, semicolons, tabs or pipes between them."
        )
    return Layout(text, start, delimiter, skipped, tuple(notices))


def _without_preamble(text: Text) -> tuple[int, int, str | None, list[str]]:
    """Return where the header begins, how many lines were skipped, a delimiter that the file names, notices."""
    delimiter, skipped, comments, start = None, 0, 0, text.start
    while line := _LINE.match(text.data, start):
        content = line.group(1).decode("utf-8")
        named = re.fullmatch(r'\s*"?sep=([,;|:~^!&\t ])"?\s*', content)
        comment = content.lstrip().startswith("#") and not _is_header(content, _line_at(text, line.end()))
        if content.strip() and not (named or comment):
            break
        delimiter = {" ": BLANKS}.get(named.group(1), named.group(1)) if named else delimiter
        comments += comment
        start, skipped = line.end(), skipped + 1
        if skipped > _LONGEST_PREAMBLE:
            raise TableError(
                f"The first {_LONGEST_PREAMBLE:,} lines are empty or comments; begin the file with the line of names."
            )
    notices = [f"Skipped before the header: {counted(comments, 'comment line')}."] if comments else []
    return start, skipped, delimiter, notices


def _line_at(text: Text, start: int) -> str:
    line = re.compile(rb"[^\r\n]*").match(text.data, start)
    return line.group().decode("utf-8") if line else ""


def _is_header(line: str, following: str) -> bool:
    """Whether a line that begins with # is the header: as many cells as the next line, which is no comment."""
    if following.lstrip().startswith("#"):
        return False
    counts = [(line.count(delimiter), following.count(delimiter)) for delimiter in _DELIMITERS]
    return any(here == there > 0 for here, there in counts)


def _delimiter(text: Text, start: int) -> str | None:
    lines = re.split(r"\r\n?|\n", text.head(_SAMPLE_BYTES, start))
    if len(lines) > 1 and len(text.data) - start > _SAMPLE_BYTES:
        lines.pop()  # it was cut
    lines = [line for line in lines[: _SAMPLE_LINES * 2] if line.strip()][:_SAMPLE_LINES]
    best: tuple[float, int, int] | None = None
    found = None
    for order, delimiter in enumerate(_DELIMITERS):
        counts = _counts(lines, delimiter)
        if not counts or counts[0] < 2:
            continue
        agree = sum(count == counts[0] for count in counts) / len(counts)
        key = (agree, counts[0], -order)
        if best is None or key > best:
            best, found = key, delimiter
    if found is None and lines and len(lines[0].split()) > 1:
        widths = [len(line.split()) for line in lines]
        return BLANKS if min(widths) == max(widths) else None
    return found


def _counts(lines: Sequence[str], delimiter: str) -> list[int]:
    """Return the number of cells of each row of the sample; of cells too long for the csv module, by separators."""
    try:
        return [len(row) for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter) if row]
    except csv.Error:
        return [line.count(delimiter) + 1 for line in lines]


def in_two_rows(first: Sequence[str], second: Sequence[str], third: Sequence[str]) -> list[str] | None:
    """Return the header that stands in two rows, its names joined (params over lr is params_lr); None if it does not.

    So it does where names of the first row come twice, or are missing, the second makes them different without a
    number, and numbers begin in the third. Numbers that count the columns of one name (values over 0 and 1) are no
    other numbers.
    """
    above, below, under = ([cell.strip() for cell in row] for row in (first, second, third))
    named = [name for name in above if name]
    is_twice = len(set(named)) < len(named)
    if not is_twice and all(above[1:]):
        return None
    if _has_numbers(_without_counts(above, below)) or not any(below) or not _has_numbers(under):
        return None
    for i in range(1, len(above)):
        # merged cells are written once, before those that they cover
        if not above[i] and below[i] and below[i - 1]:
            above[i] = above[i - 1]
    joined = ["_".join(part for part in pair if part) for pair in zip(above, below, strict=True)]
    filled = [name for name in joined if name]
    return joined if len(set(filled)) == len(filled) > len(set(named)) else None


def _has_numbers(cells: Sequence[str]) -> bool:
    return any(re.fullmatch(_NUMBER, cell) for cell in cells)


def _without_counts(above: Sequence[str], below: Sequence[str]) -> list[str]:
    """Return the cells below, without those that count the columns of one name from 0."""
    groups: dict[str, list[str]] = {}
    for name, cell in zip(above, below, strict=True):
        groups.setdefault(name, []).append(cell)
    counts = [str(i) for i in range(len(below))]
    return [
        cell
        for name, cells in groups.items()
        if not (name and len(cells) > 1 and cells == counts[: len(cells)])
        for cell in cells
    ]


def names_of(cells: Sequence[object]) -> tuple[list[str], list[str]]:
    """Return the names of the columns from the cells of the header, and notices.

    A column without a name is called Unnamed and its position, as pandas does it.

    Raises
    ------
    TableError
        If a name comes twice or is too long.
    """
    names = naming.cleaned(cells)
    if sum(bool(re.fullmatch(_NUMBER, name)) for name in names) > len(names) / 2:
        return names, ["The first line holds numbers: if the file has no header, add a line with names."]
    return names, []
