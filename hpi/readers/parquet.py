"""Parquet: the footer is held to the limits before any page is read, and nothing in it is run.

Columns are taken as Arrow has them: what pandas wrote into the file about its own frame is not asked.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from hpi.errors import TableError
from hpi.readers import magic, naming
from hpi.readers.archives import too_much
from hpi.readers.limits import MEGABYTE, ReadLimits
from hpi.readers.own import reading_of
from hpi.readers.protocol import Loaded, Opened, Wanted
from hpi.roles import arrow
from hpi.roles.reading import Reading
from hpi.roles.values import shown

_LONGEST_FOOTER = 50 * MEGABYTE
# few, as each may hold a word of megabytes
_BATCH = 256
# the index of a frame, under the name that pandas gives it
_INDEX = re.compile(r"__index_level_\d+__")
_DAMAGED = (pa.ArrowException, OSError, ValueError, OverflowError, TypeError, LookupError)


@dataclass(frozen=True)
class ParquetReader:
    """Reads the plain columns of a Parquet file: numbers, text, truth values, dates."""

    name: str = "Parquet"

    def accepts(self, opened: Opened) -> bool:
        """Whether the file begins as Parquet does, encrypted or not."""
        data = opened.data
        if opened.files is not None or not data.startswith((magic.PARQUET, magic.ENCRYPTED_PARQUET)):
            return False
        # PAR1 may be the name of a column, too; but no text has these bytes
        return data.endswith((magic.PARQUET, magic.ENCRYPTED_PARQUET)) or any(byte < 9 for byte in data[4:2000])

    def load(self, opened: Opened, wanted: Wanted, limits: ReadLimits) -> Loaded:
        """Return the plain columns; raises TableError as every reader does."""
        _check_ends(opened.data)
        with warnings.catch_warnings():
            # types of other programs, for which Arrow misses code that it would have to run
            warnings.simplefilter("ignore")
            names, left_out = _checked_footer(opened.data, limits)
            frame, more = _frame(_read(opened.data, names, limits))
            own = reading_of(pq.ParquetFile(pa.BufferReader(opened.data)).metadata.metadata, frozenset(frame.columns))
        notices = []
        if left_out:
            listed = shown([f"{name} ({kind})" for name, kind in left_out.items()])
            notices.append(f"Nested and binary columns were left out: {listed}.")
        return Loaded(frame, opened.name, (own or Reading(self.name)).said(*notices, *more))


def _check_ends(data: bytes) -> None:
    """Refuse what is encrypted or cut, by its last eight bytes: the footer's length and the mark."""
    if data.startswith(magic.ENCRYPTED_PARQUET) or data.endswith(magic.ENCRYPTED_PARQUET):
        raise TableError("The Parquet file is encrypted; save it without encryption.")
    if not data.endswith(magic.PARQUET):
        raise _damaged("cut short: its end is missing")
    length = int.from_bytes(data[-8:-4], "little")
    if not 0 < length <= len(data) - 12:
        raise _damaged(f"damaged: its footer should have {length:,} bytes, and the file has {len(data):,}")
    if length > _LONGEST_FOOTER:
        raise TableError(
            f"The footer of the Parquet file has {length / MEGABYTE:,.0f} MB; at most "
            f"{_LONGEST_FOOTER / MEGABYTE:,.0f} MB are read. Write it with fewer columns or larger row groups."
        )


def _checked_footer(data: bytes, limits: ReadLimits) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the names and types of the plain columns, and of those that are left out with what they are.

    Raises
    ------
    TableError
        If the footer is damaged, names a column twice, or announces nothing or more than is allowed.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        metadata, schema = file.metadata, file.schema_arrow
        groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
        n_rows, names = metadata.num_rows, list(schema.names)
        rows_fit = n_rows == sum(group.num_rows for group in groups) and all(group.num_rows >= 0 for group in groups)
    except _DAMAGED as error:
        raise _damaged("damaged: its footer cannot be understood") from error
    if not rows_fit:
        raise _damaged(f"damaged: its parts do not have {n_rows:,} rows together")
    plain = {field.name: field.type for field in schema if arrow.is_plain(arrow.storage(field.type))}
    _check_announced(n_rows, plain, names, limits)
    naming.cleaned(names)
    # what the columns say of themselves is not asked: if it is forged, pyarrow ends the whole process
    if sum(max(0, group.total_byte_size) for group in groups) > limits.unpacked_bytes:
        raise too_much("The Parquet file", limits)
    return plain, {field.name: arrow.named(field.type) for field in schema if field.name not in plain}


def _check_announced(n_rows: int, plain: Mapping[str, Any], names: Sequence[str], limits: ReadLimits) -> None:
    if not names:
        raise TableError("The Parquet file has no columns; it needs a metric and at least one hyperparameter.")
    if not plain:
        raise TableError(
            f"The Parquet file has only nested or binary columns ({shown(names)}); "
            "write numbers and text, one column a hyperparameter."
        )
    if not n_rows:
        raise TableError("The Parquet file has 0 rows; it needs one row a trial.")
    for n, most, what, variable in (
        (len(names), limits.columns, "columns", "HPI_READ_COLUMNS"),
        (n_rows, limits.rows, "rows", "HPI_READ_ROWS"),
        (n_rows * len(plain), limits.cells, "cells", "HPI_READ_CELLS"),
    ):
        if n > most:
            raise TableError(f"The table has {n:,} {what}; at most {most:,} are read ({variable}). Leave some out.")


def _read(data: bytes, plain: Mapping[str, Any], limits: ReadLimits) -> Any:  # noqa: ANN401
    """Return the plain columns as an Arrow table, with text as codes where that can be: long words may come often.

    Raises
    ------
    TableError
        If a page is damaged, or the text takes more than is allowed once it is written out.
    """
    words = [name for name, kind in plain.items() if arrow.is_text(arrow.storage(kind))]
    try:
        try:
            table = _opened(data, words).read(columns=list(plain)).select(list(plain))
            size = sum(_text_size(table[name]) for name in words)
        except (MemoryError, *_DAMAGED):
            # some ways to write text cannot be read as codes
            table, size = _in_batches(data, list(plain), limits), 0
        table.validate(full=True)
        if table.num_rows != _opened(data, ()).metadata.num_rows:
            raise ValueError("rows are missing")
    except MemoryError as error:
        raise too_much("The Parquet file", limits) from error
    except _DAMAGED as error:
        raise _damaged("damaged: a page of it cannot be read") from error
    if size > limits.unpacked_bytes:
        raise too_much("The text in the Parquet file", limits)
    return table


def _opened(data: bytes, words: Sequence[str]) -> Any:  # noqa: ANN401
    return pq.ParquetFile(pa.BufferReader(data), read_dictionary=words, page_checksum_verification=True)


def _in_batches(data: bytes, names: list[str], limits: ReadLimits) -> Any:  # noqa: ANN401
    """Return the columns as an Arrow table, read bit by bit; raises TableError where they take too much."""
    file, batches, size = _opened(data, ()), [], 0
    for batch in file.iter_batches(batch_size=_BATCH, columns=names):
        batches.append(batch.select(names))
        size += sum(column.nbytes for column in batch.columns if arrow.is_text(column.type))
        if size > limits.unpacked_bytes:
            raise too_much("The text in the Parquet file", limits)
    return pa.Table.from_batches(batches)


def _text_size(column: Any) -> int:  # noqa: ANN401
    """Return how many bytes the words of a column take, written out."""
    size = 0
    for chunk in column.chunks:
        lengths = pc.binary_length(chunk.dictionary).cast(pa.int64())
        size += pc.sum(lengths.take(chunk.indices)).as_py() or 0
    return size


def _frame(table: Any) -> tuple[pd.DataFrame, list[str]]:  # noqa: ANN401
    """Return the cells as pandas has them, and notices."""
    indices = [name for name in table.column_names if _INDEX.fullmatch(name) and pa.types.is_integer(table[name].type)]
    kept = [name for name in table.column_names if name not in indices]
    try:
        columns = {name: arrow.series(table[name]) for name in kept or indices}
    except _DAMAGED as error:
        raise _damaged("damaged: a column holds values that its type does not have") from error
    frame = pd.DataFrame(columns, copy=False)
    frame.columns = pd.Index(list(columns), dtype=object)
    return frame, [f"The numbers of the rows ({shown(indices)}) were left out."] if indices and kept else []


def _damaged(what: str) -> TableError:
    return TableError(f"The Parquet file is {what}; write or download it again.")
