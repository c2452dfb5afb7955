"""What every table goes through once it is loaded, whatever it came from: names, limits, objects in cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from hpi.errors import TableError
from hpi.readers import charts, naming, nested
from hpi.readers.limits import ReadLimits
from hpi.readers.protocol import Loaded
from hpi.roles.reading import Reading


def finished(loaded: Loaded, limits: ReadLimits) -> Loaded:
    """Return the table within the limits, with different plain names, and columns for the keys of objects in cells.

    Raises
    ------
    TableError
        If it has more rows, columns or cells than are allowed, names that no table of trials has, or is a chart.
    """
    charts.check([str(name) for name in loaded.frame.columns])
    _check_size(loaded.frame, limits)
    loaded = _named(loaded)
    frame, notices = nested.flattened(loaded.frame, limits, _spoken_of(loaded.reading))
    if notices:
        _check_size(frame, limits)
        loaded = _named(replace(loaded, frame=frame))
    notices += naming.notices([str(name) for name in loaded.frame.columns])
    # a reader may have said it, and so has an earlier pass where tables are appended
    new = [notice for notice in dict.fromkeys(notices) if notice not in loaded.reading.notices]
    return replace(loaded, reading=loaded.reading.said(*new)) if new else loaded


def _named(loaded: Loaded) -> Loaded:
    """Return the table with clean names, without columns that have neither a name nor a filled cell."""
    frame, before = loaded.frame, list(loaded.frame.columns)
    names = naming.cleaned(before)
    if names == before:
        return loaded
    frame = frame.set_axis(pd.Index(names, dtype=object), axis="columns")
    blank = [new for old, new in zip(before, names, strict=True) if naming.is_blank(old)]
    frame = frame.drop(columns=[name for name in blank if not _has_cells(frame[name])])
    changed = {str(old): new for old, new in zip(before, names, strict=True) if old != new}
    return replace(loaded, frame=frame, reading=_renamed(loaded.reading, changed))


def _renamed(reading: Reading, changed: Mapping[str, str]) -> Reading:
    """Return the reading with what it says of columns under their new names."""
    return replace(
        reading,
        objectives=tuple(replace(one, name=changed.get(one.name, one.name)) for one in reading.objectives),
        space=tuple((changed.get(name, name), said) for name, said in reading.space),
        roles=tuple((changed.get(name, name), said) for name, said in reading.roles),
        contexts=tuple((changed.get(name, name), said) for name, said in reading.contexts),
    )


def _spoken_of(reading: Reading) -> frozenset[str]:
    """Return the columns that the source says something of, which must stay as they are."""
    pairs = (*reading.space, *reading.roles, *reading.contexts)
    return frozenset(name for name, _ in pairs) | {one.name for one in reading.objectives}


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
