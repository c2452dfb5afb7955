"""A digest of a table's names and cells: two tables with one fingerprint are the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from hpi.roles.values import Values


def fingerprint_of(parsed: Mapping[str, Values]) -> str:
    """Return the sha256 of names and cells, as hex; not of the file's name."""
    digest = hashlib.sha256()
    for name, values in parsed.items():
        digest.update(repr((name, len(values), values.text is None)).encode("utf-8", "surrogatepass"))
        for part in [(values.numbers + 0.0).data] if values.text is None else _text(values.text):
            digest.update(part)
    return digest.hexdigest()


def _text(cells: NDArray[np.object_]) -> Iterator[memoryview]:
    """Yield how many characters each cell has, 0 where it is empty, and all of them in UTF-8."""
    import pyarrow as pa
    import pyarrow.compute as pc

    arrow = pa.array(cells, type=pa.large_string())
    yield pc.fill_null(pc.utf8_length(arrow), 0).to_numpy(zero_copy_only=False).astype(np.int64).data
    yield memoryview(arrow.buffers()[2] or b"")
