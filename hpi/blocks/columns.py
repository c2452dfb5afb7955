"""Columns of blocks as every file has them alike: numbers as doubles, everything else as codes into words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hpi.roles import arrow
from hpi.space import Floats

NUMBER, TEXT, TRUTH, EMPTY = "number", "text", "truth", "empty"
TRUTHS = ("False", "True")
CODED = pa.dictionary(pa.int32(), pa.large_string())
# what pyarrow raises where a file says what it does not hold
DAMAGED = (pa.ArrowException, OSError, ValueError, OverflowError, TypeError, LookupError, EOFError)


def kind_of(kind: Any) -> str | None:  # noqa: ANN401 - pyarrow has no types
    """Return what the cells of a type are, None where they are nested or binary."""
    kind = arrow.storage(kind)
    if not arrow.is_plain(kind):
        return None
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_null(value):
        return EMPTY
    if pa.types.is_boolean(value):
        return TRUTH
    return NUMBER if arrow.is_number(value) else TEXT


def alike(column: Any, kind: str) -> Any:  # noqa: ANN401
    """Return a column as numbers (double) or codes into words, whatever type its file gives it."""
    column = _stored(column)
    return _numbers(column) if kind == NUMBER else _coded(column)


def numbers_of(column: Any) -> Floats:  # noqa: ANN401
    """Return the numbers of a column of `alike`, shape (n,), nan where empty; not to be written to."""
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    arrays = [chunk.to_numpy(zero_copy_only=False) for chunk in chunks]
    return arrays[0] if len(arrays) == 1 else np.concatenate([np.zeros(0), *arrays])


def codes_of(chunk: Any) -> np.ndarray:  # noqa: ANN401
    """Return the codes of a coded chunk, shape (n,), -1 where empty."""
    indices = chunk.indices
    return np.asarray((indices.fill_null(-1) if indices.null_count else indices).to_numpy(), dtype=np.int32)


def _stored(column: Any) -> Any:  # noqa: ANN401
    if not isinstance(column.type, pa.BaseExtensionType):
        return column
    return pa.chunked_array([chunk.storage for chunk in column.chunks], column.type.storage_type)


def _numbers(column: Any) -> Any:  # noqa: ANN401
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column if pa.types.is_float64(column.type) else pc.cast(column, pa.float64(), safe=False)


def _coded(column: Any) -> Any:  # noqa: ANN401
    kind = column.type
    if pa.types.is_null(kind):
        return pa.chunked_array([pa.nulls(len(column), CODED)])
    if pa.types.is_boolean(kind):
        words = pa.array(TRUTHS, pa.large_string())
        chunks = [pa.DictionaryArray.from_arrays(chunk.cast(pa.int32()), words) for chunk in column.chunks]
        return pa.chunked_array(chunks, CODED)
    if not pa.types.is_dictionary(kind):
        column = pc.dictionary_encode(column)
    return pa.chunked_array([_worded(chunk) for chunk in column.chunks], CODED)


def _worded(chunk: Any) -> Any:  # noqa: ANN401
    """Return a chunk of codes with its words as text."""
    words = chunk.dictionary
    if words.null_count:
        # a code may stand for an empty cell, too
        return _worded(chunk.cast(words.type).dictionary_encode())
    if pa.types.is_duration(words.type):
        # each for itself: pandas writes whole days shorter where all of a column are
        text = pa.array([str(span) for span in words.to_pandas()])
    else:
        text = words if arrow.is_text(words.type) else arrow.cells(pa.chunked_array([words]))
    text = pc.cast(text, pa.large_string())
    text = text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text
    return pa.DictionaryArray.from_arrays(chunk.indices.cast(pa.int32()), text)
