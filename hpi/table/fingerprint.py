"""A digest of a table's names and cells: two tables with one fingerprint are the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from hpi.roles.values import Values


def fingerprint_of(parsed: Mapping[str, Values], frame: pd.DataFrame) -> str:
    """Return the sha256 of names and cells, as hex; not of the file's name.

    Parameters
    ----------
    frame
        The columns for display: where they hold text, it is that of the cells.
    """
    digest = hashlib.sha256()
    for name, values in parsed.items():
        digest.update(repr((name, len(values), values.text is None)).encode("utf-8", "surrogatepass"))
        for part in [(values.numbers + 0.0).data] if values.text is None else _text(frame[name]):
            digest.update(part)
    return digest.hexdigest()


def _text(column: pd.Series) -> Iterator[memoryview]:
    """Yield how many characters each cell has, 0 where it is empty, and all of them in UTF-8."""
    import pyarrow as pa
    import pyarrow.compute as pc

    cells = pa.array(column.array)
    cells = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    cells = pc.fill_null(cells.cast(pa.large_string()), "")
    yield pc.utf8_length(cells).to_numpy().data
    _, offsets, data = cells.buffers()
    ends = np.frombuffer(offsets, dtype=np.int64)[[cells.offset, cells.offset + len(cells)]]
    yield memoryview(data or b"")[ends[0] : ends[1]]
