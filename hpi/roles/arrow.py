"""Columns as Arrow has them: which of them hold plain cells, and these as numbers or text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_EXACT = 2**53


def storage(kind: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Return the type in which a column is stored, whatever a program takes it for."""
    return storage(kind.storage_type) if isinstance(kind, pa.BaseExtensionType) else kind


def is_plain(kind: Any) -> bool:  # noqa: ANN401
    """Whether the cells of a stored type are numbers, text, truth values, moments or nothing."""
    if pa.types.is_dictionary(kind):
        return is_plain(kind.value_type) and not pa.types.is_dictionary(kind.value_type)
    if is_text(kind) or pa.types.is_null(kind) or pa.types.is_boolean(kind):
        return True
    return is_number(kind) or (pa.types.is_temporal(kind) and not pa.types.is_interval(kind))


def is_number(kind: Any) -> bool:  # noqa: ANN401
    """Whether the cells of a stored type are numbers."""
    if pa.types.is_dictionary(kind):
        return is_number(kind.value_type)
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def is_text(kind: Any) -> bool:  # noqa: ANN401
    """Whether the cells of a stored type are text."""
    if pa.types.is_dictionary(kind):
        return is_text(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def named(kind: Any) -> str:  # noqa: ANN401
    """Return what a type is called, without what it is made of."""
    return str(storage(kind)).partition("<")[0].partition("[")[0]


def cells(column: Any) -> Any:  # noqa: ANN401
    """Return a column of plain cells as an Arrow array of numbers or of text."""
    if isinstance(column.type, pa.BaseExtensionType):
        column = pa.chunked_array([chunk.storage for chunk in column.chunks], column.type.storage_type)
    if pa.types.is_dictionary(column.type):
        column = column.cast(pa.large_string() if is_text(column.type) else column.type.value_type)
    kind = column.type
    if pa.types.is_integer(kind) and not _is_exact(column):
        column = column.cast(pa.string())
    elif pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
    elif pa.types.is_boolean(kind):
        column = pc.if_else(column, "True", "False")
    elif pa.types.is_duration(kind):
        column = pa.array(column.to_pandas().astype("str"), from_pandas=True)
    elif pa.types.is_timestamp(kind):
        # without its zone, for which this machine may have no rules, the moment is that of UTC
        column = column.cast(pa.timestamp(kind.unit)).cast(pa.string())
    elif pa.types.is_temporal(kind) or pa.types.is_null(kind):
        column = column.cast(pa.string())
    return column


def series(column: Any) -> pd.Series:  # noqa: ANN401
    """Return a column of plain cells as numbers or text."""
    column = cells(column)
    if is_text(column.type):
        kept: Any = pd.StringDtype("pyarrow", na_value=np.nan)
        return pd.Series(kept.__from_arrow__(column))
    numbers: pd.Series = column.to_pandas()
    return numbers.astype(np.float64) if pa.types.is_float16(column.type) else numbers


def _is_exact(column: Any) -> bool:  # noqa: ANN401
    """Whether a double holds every integer of a column."""
    ends = pc.min_max(column).as_py()
    return all(end is None or abs(end) <= _EXACT for end in ends.values())
