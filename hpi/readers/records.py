"""JSON: lists of records, JSON lines, the tables that pandas and HiPlot write, and the one table in a document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

import pandas as pd

from hpi.errors import TableError
from hpi.readers import documents
from hpi.readers.documents import Part, Record
from hpi.readers.jsontext import JsonText
from hpi.readers.limits import ReadLimits
from hpi.readers.protocol import Loaded, Opened, Wanted
from hpi.readers.rows import Rows
from hpi.readers.text import decode_whole
from hpi.roles.reading import Reading

_HEAD = 65_536
# Where Optuna's trials have what was measured.
_VALUES = "values"
_FEW_BRACKETS = 1_000_000
_START = re.compile(r'\{\s*(?:["\'}]|\w+\s*:|\Z)|\[\s*(?:[\[{"\]\-0-9]|true|false|null|NaN|Infinity|\Z)')
_SCALAR = re.compile(r'(?:"(?:[^"\\]|\\.)*+"|-?[0-9][0-9.eE+-]*|true|false|null|-?Infinity|NaN)\s*', re.DOTALL)
_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
# After the first value of a line: what separates cells, and what follows is no further value.
_CELLS = re.compile(r"[ \t]*[,;|\t][ \t]*(?![\[{\r\n \t]|\Z)")


@dataclass(frozen=True)
class RecordsReader:
    """Reads JSON, or JSON lines, flattened: the keys of objects in objects are joined by dots."""

    name: str = "JSON"
    lines: bool = False

    def accepts(self, opened: Opened) -> bool:
        """Whether the source begins as JSON does, and with several values below each other if lines are asked for."""
        if opened.files is not None:
            return False
        head = _head(opened.data)
        if not _START.match(head):
            # A value alone is no table in any format; called JSON, it is refused as that.
            return not self.lines and opened.name.lower().endswith(".json") and _SCALAR.fullmatch(head) is not None
        end = _end_of_first(head)
        rest = "" if end is None else head[end:]
        if _CELLS.match(rest):
            return False
        return self.lines == rest.lstrip(", \t\r\n").startswith(("{", "["))

    def load(self, opened: Opened, wanted: Wanted, limits: ReadLimits) -> Loaded:
        """Return the records as a table; raises TableError as every reader does."""
        text, notices = _text(opened.data)
        _check_brackets(text, limits)
        source, rows = JsonText(text), Rows(limits)
        part, parts, said = _table(source, wanted)
        _fill(rows, part.records(), limits)
        if not rows.names:
            raise TableError(f"The JSON holds no record with values; {documents.NEED}.")
        said = [*notices, *said, *source.notices, *rows.notices]
        reading = Reading(self.name, tuple(said))
        if len(parts) > 1 or (parts and wanted.table is not None):
            reading = replace(reading, part_is="table", part=part.name, parts=parts)
        return Loaded(pd.DataFrame(rows.taken()), opened.name, reading)


def _fill(rows: Rows, records: Iterator[Record], limits: ReadLimits) -> None:
    for record in records:
        if rows.n >= limits.rows:
            n = rows.n + 1 + sum(1 for _ in records)
            raise TableError(
                f"There are {n:,} records; at most {limits.rows:,} are read, each as a row (HPI_READ_ROWS). "
                "Leave some out."
            )
        rows.add(record)
    rows.spread(_VALUES, "value")


def _check_brackets(text: str, limits: ReadLimits) -> None:
    """Refuse what is nothing but brackets, of which each takes as much memory as a cell or more."""
    n, most = text.count("{") + text.count("["), max(limits.cells // 5, _FEW_BRACKETS)
    if n > most:
        raise TableError(
            f"The JSON has {n:,} brackets; at most {most:,} are read, one for five cells (HPI_READ_CELLS). "
            "Write the values of a trial side by side, or save the table as CSV."
        )


def _text(data: bytes) -> tuple[str, list[str]]:
    """Return the text of a document; JSON gives UTF-16 and UTF-32 away without a mark."""
    encoding = json.detect_encoding(data)
    if encoding.startswith(("utf-16", "utf-32")):
        try:
            return data.decode(encoding), []
        except UnicodeDecodeError as error:
            raise TableError(f"Byte {error.start + 1:,} is no {encoding}; save the file as UTF-8.") from error
    return decode_whole(data)


def _head(data: bytes) -> str:
    head = data[:_HEAD]
    return head.decode(json.detect_encoding(head), "ignore").lstrip("\ufeff \t\r\n")


def _end_of_first(head: str) -> int | None:
    """Return where the first value ends, None if that is not in sight."""
    depth = 0
    for sign in _STRUCTURE.finditer(head):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(sign.group(), 0)
        if depth <= 0:
            return sign.end()
    return None


def _table(source: JsonText, wanted: Wanted) -> tuple[Part, tuple[str, ...], list[str]]:
    """Return the table, whose records are taken from the text one by one where it is a list of them or lines."""
    if source.begins_with("[") and source.begins_with("[{", nth=1):
        return Part("", 0, lambda: _records(source, source.elements())), (), []
    values = source.values()
    first = next(values)
    second = next(values, None)
    if second is None and isinstance(first[1], dict):
        return documents.table_of(first[1], wanted)
    if second is None and not isinstance(first[1], list):
        raise TableError(
            f"The JSON is {documents.described(first[1])} alone, and needs a list of records, one a trial: "
            '[{"lr": 0.1, "loss": 0.5}, ...].'
        )
    if second is None:
        raise TableError(f"The JSON is a list that holds no object; {documents.NEED}.")
    return Part("", 0, lambda: _records(source, chain([first, second], values))), (), []


def _records(source: JsonText, values: Iterator[tuple[int, object]]) -> Iterator[Record]:
    """Yield the objects; or lists of cells as objects, by the names in the first list."""
    start, first = next(values)
    if isinstance(first, list):
        if not first or not all(isinstance(name, str) for name in first):
            raise TableError(f"The JSON holds lists whose cells have no names; {documents.NEED}.")
        yield from documents.with_header((row for _, row in values), first)
        return
    for at, value in chain([(start, first)], values):
        if not isinstance(value, dict):
            found = documents.described(value)
            raise TableError(f"In {source.where(at)}, {found} stands where a record should be; {documents.NEED}.")
        yield value


LINES, JSON = RecordsReader("JSON lines", lines=True), RecordsReader()
