"""A table as Parquet and back: the cells as they were understood, so that nothing is parsed a second time."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from hpi.errors import TableError
from hpi.roles import Choices, Reading, parse
from hpi.roles.values import Values
from hpi.table.fingerprint import fingerprint_of
from hpi.table.frames import displayed
from hpi.table.table import TrialTable, validated

KEY = b"hpi"


def to_parquet(table: TrialTable) -> bytes:
    """Return every row and column of a table as Parquet, with what was said while it was read.

    Roles and other choices are not in it, so that one search is stored once, whatever is asked about it.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    said = {values.name: values.notices for values in table.parsed.values() if values.notices}
    words = {"reading": table.reading.plain(), "notices": said, "fingerprint": table.fingerprint}
    arrow = pa.table(
        [_cells(table.parsed[str(name)]) for name in table.frame.columns],
        schema=pa.schema([_field(table.parsed[str(name)]) for name in table.frame.columns]),
    ).replace_schema_metadata({KEY: json.dumps(words).encode()})
    file = io.BytesIO()
    pq.write_table(arrow, file, compression="zstd")
    return file.getvalue()


def from_parquet(content: bytes, name: str, choices: Choices) -> TrialTable:
    """Return the table that `to_parquet` was given, under a name and with choices.

    Raises
    ------
    TableError
        If the bytes hold no such table, or its cells are understood in another way than when they were written.
    """
    frame, words = _read(content)
    parsed = parse(frame)
    notices = words["notices"]
    parsed = {key: replace(values, notices=tuple(notices.get(key, ()))) for key, values in parsed.items()}
    frame = displayed(parsed)
    if fingerprint_of(parsed, frame) != words["fingerprint"]:
        raise TableError(
            "This version understands the cells of the stored table in another way; upload the file again."
        )
    return validated(parsed, frame, name, choices, _reading(words["reading"]), words["fingerprint"])


def _reading(plain: Any) -> Reading:  # noqa: ANN401
    """Return what the source said of itself; tables that were stored earlier have only its notices."""
    try:
        return Reading("table", tuple(map(str, plain))) if isinstance(plain, list) else Reading.parse(plain)
    except (LookupError, TypeError, ValueError, TableError) as error:
        raise TableError("The stored table was written by another version; upload the file again.") from error


def _read(content: bytes) -> tuple[pd.DataFrame, Mapping[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        arrow = pq.read_table(pa.BufferReader(content))
        words = json.loads((arrow.schema.metadata or {})[KEY])
        return pd.DataFrame({name: arrow[name].to_pandas() for name in arrow.column_names}), words
    except (pa.ArrowException, LookupError, ValueError) as error:
        raise TableError("The stored table cannot be read; upload the file again.") from error


def _field(values: Values) -> Any:  # noqa: ANN401
    import pyarrow as pa

    return pa.field(values.name, pa.float64() if values.text is None else pa.string())


def _cells(values: Values) -> Any:  # noqa: ANN401
    """Return a column as Arrow has it: an empty cell is null in a column of text, nan in one of numbers."""
    import pyarrow as pa

    return pa.array(values.numbers if values.text is None else values.text, type=_field(values).type)
