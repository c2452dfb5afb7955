"""How a text table is laid out: what separates the cells, where the header is, what the columns are called."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from hpi.errors import TableError
from hpi.roles.values import counted

MAX_COLUMNS = 1_000
MAX_NAME = 200
BLANKS = r"\s+"

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_LINES = 50
_NUMBER = r"[+-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?"


@dataclass(frozen=True)
class Layout:
    """A table's text from the header on.

    Attributes
    ----------
    body
        The text, beginning with the header line.
    delimiter
        What separates two cells; a regular expression for blanks.
    skipped
        How many lines stood before the header.
    notices
        What had to be assumed.
    """

    body: str
    delimiter: str
    skipped: int
    notices: tuple[str, ...]


def layout_of(text: str) -> Layout:
    """Return how the text is laid out.

    Raises
    ------
    TableError
        If it has no header, or only one column.
    """
    body, skipped, said, notices = _without_preamble(text)
    delimiter = said or _delimiter(body)
    if delimiter is None:
        raise TableError(
            "The table has one column only; it needs a metric and at least one hyperparameter, "
            "with commas, semicolons, tabs or pipes between them."
        )
    return Layout(body, delimiter, skipped, tuple(notices))


def _without_preamble(text: str) -> tuple[str, int, str | None, list[str]]:
    """Return the text from the header on, how many lines were skipped, a delimiter that the file names, notices."""
    delimiter, skipped, comments, start = None, 0, 0, 0
    for line in re.finditer(r"([^\r\n]*)(?:\r\n?|\n)", text):
        content = line.group(1)
        named = re.fullmatch(r'\s*"?sep=(.)"?\s*', content)
        comment = content.lstrip().startswith("#") and not _is_header(content, _line_at(text, line.end()))
        if content.strip() and not (named or comment):
            break
        delimiter = named.group(1) if named else delimiter
        comments += comment
        start, skipped = line.end(), skipped + 1
    notices = [f"Skipped before the header: {counted(comments, 'comment line')}."] if comments else []
    return text[start:], skipped, delimiter, notices


def _line_at(text: str, start: int) -> str:
    match = re.compile(r"[^\r\n]*").match(text, start)
    return match.group() if match else ""


def _is_header(line: str, following: str) -> bool:
    """Whether a line that begins with # is the header: as many cells as the next line, which is no comment."""
    if following.lstrip().startswith("#"):
        return False
    counts = [(line.count(delimiter), following.count(delimiter)) for delimiter in _DELIMITERS]
    return any(here == there > 0 for here, there in counts)


def _delimiter(body: str) -> str | None:
    lines = [line for line in re.split(r"\r\n?|\n", body[:200_000])[: _SAMPLE_LINES * 2] if line.strip()]
    lines = lines[:_SAMPLE_LINES]
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
    """Return the number of cells of each row of the sample, [] if it cannot be cut so."""
    try:
        return [len(row) for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter) if row]
    except csv.Error:
        return []


def names_of(cells: Sequence[object]) -> tuple[list[str], list[str]]:
    """Return the names of the columns from the cells of the header, and notices.

    A column without a name is called Unnamed and its position, as pandas does it.

    Raises
    ------
    TableError
        If a name comes twice or is too long.
    """
    names = [" ".join(str(cell).split()) if isinstance(cell, str) else "" for cell in cells]
    notices = []
    if len(names) > MAX_COLUMNS:
        raise TableError(f"The table has {len(names):,} columns; at most {MAX_COLUMNS:,} are read. Leave some out.")
    if sum(bool(re.fullmatch(_NUMBER, name)) for name in names) > len(names) / 2:
        notices.append("The first line holds numbers: if the file has no header, add a line with names.")
    for position, name in enumerate(names):
        if len(name) > MAX_NAME:
            length = f"{len(name):,} characters"
            raise TableError(f"Column {position + 1} has a name of {length}; at most {MAX_NAME} are allowed.")
        if not name:
            names[position] = f"Unnamed: {position}"
    _check_different(names)
    folded = [name.casefold() for name in names]
    alike = [name for name in names if folded.count(name.casefold()) > 1]
    if alike:
        notices.append(f"These column names differ in capital letters only: {', '.join(alike[:6])}.")
    return names, notices


def _check_different(names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise TableError(f"The column name {name!r} appears twice; rename one of them.")
        seen.add(name)
