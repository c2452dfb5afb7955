"""What every table goes through once it is loaded, whatever it came from: names, limits, objects in cells."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from hpi.errors import TableError
from hpi.readers import charts, naming, nested
from hpi.readers.limits import ReadLimits
from hpi.readers.protocol import Loaded


def finished(loaded: Loaded, limits: ReadLimits) -> Loaded:
    """Return the table within the limits, with different plain names, and columns for the keys of objects in cells.

    Raises
    ------
    TableError
        If it has more rows, columns or cells than are allowed, names that no table of trials has, or is a chart.
    """
    charts.check([str(name) for name in loaded.frame.columns])
    _check_size(loaded.frame, limits)
    frame, notices = nested.flattened(_named(loaded.frame), limits)
    if notices:
        _check_size(frame, limits)
        frame = _named(frame)
    notices += naming.notices([str(name) for name in frame.columns])
    # a reader may have said it, and so has an earlier pass where tables are appended
    new = [notice for notice in dict.fromkeys(notices) if notice not in loaded.reading.notices]
    return replace(loaded, frame=frame, reading=loaded.reading.said(*new))


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with clean names, without columns that have neither a name nor a filled cell."""
    nameless = [naming.is_blank(name) for name in frame.columns]
    names = naming.cleaned(list(frame.columns))
    if names != list(frame.columns):
        frame = frame.set_axis(pd.Index(names, dtype=object), axis="columns")
    hollow = [
        name for name, is_hollow in zip(names, nameless, strict=True) if is_hollow and not _has_cells(frame[name])
    ]
    return frame.drop(columns=hollow) if hollow else frame


def _has_cells(column: pd.Series) -> bool:
    filled = column[column.notna()]
    return bool((filled.astype(str).str.strip() != "").any())


def _check_size(frame: pd.DataFrame, limits: ReadLimits) -> None:
    rows, columns = frame.shape
    for n, most, what, variable in (
        (columns, limits.columns, "columns", "HPI_READ_COLUMNS"),
        (rows, limits.rows, "rows", "HPI_READ_ROWS"),
        (rows * columns, limits.cells, "cells", "HPI_READ_CELLS"),
    ):
        if n > most:
            raise TableError(f"The table has {n:,} {what}; at most {most:,} are read ({variable}). Leave some out.")
