"""What every table goes through once it is loaded, whatever it came from: names, limits, JSON in cells."""

from __future__ import annotations

from hpi.errors import TableError
from hpi.readers.limits import ReadLimits
from hpi.readers.protocol import Loaded


def finished(loaded: Loaded, limits: ReadLimits) -> Loaded:
    """Return the table within the limits.

    Raises
    ------
    TableError
        If it has more rows, columns or cells than are allowed, or a header that no table of trials has.
    """
    rows, columns = loaded.frame.shape
    for n, most, what, variable in (
        (columns, limits.columns, "columns", "HPI_READ_COLUMNS"),
        (rows, limits.rows, "rows", "HPI_READ_ROWS"),
        (rows * columns, limits.cells, "cells", "HPI_READ_CELLS"),
    ):
        if n > most:
            raise TableError(f"The table has {n:,} {what}; at most {most:,} are read ({variable}). Leave some out.")
    return loaded
