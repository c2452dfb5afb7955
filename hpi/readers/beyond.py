"""Addresses of tables in many Parquet files, or beyond the limits of one: opened in blocks, or appended where small."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from hpi.blocks import source as blocks
from hpi.blocks.source import Source
from hpi.readers.limits import ReadLimits

REMOTE = "s3://"
SUFFIX = ".parquet"
_PATTERN = frozenset("*?[")


def address_of(sources: Sequence[object]) -> str | None:
    """Return the address of a table in blocks: one of a bucket, a pattern, a folder of Parquet files, or a large one.

    None for whatever is read as one file, or by a reader that knows folders.
    """
    if len(sources) != 1 or not isinstance(sources[0], (str, os.PathLike)):
        return None
    address = os.fspath(sources[0])
    if not isinstance(address, str) or "\0" in address:
        return None
    if address.startswith(REMOTE):
        return address
    path = Path(address)
    if path.is_dir():
        return address if _holds_parquet_alone(path) else None
    if path.is_file():
        return address if path.suffix.lower() == SUFFIX and _is_large(path) else None
    return address if _PATTERN & set(address) and address.lower().endswith(SUFFIX) else None


def opened(address: str, limits: ReadLimits) -> Source | tuple[str, ...]:
    """Return the source at an address, or its files where all fit into memory: these are read as usual.

    Raises
    ------
    TableError
        If nothing can be read there.
    """
    found = blocks.find(address)
    cells = found.n_rows * len(found.columns)
    fits = found.n_rows <= limits.rows and cells <= limits.cells and sum(found.sizes) <= limits.file_bytes
    return found.files if fits and not address.startswith(REMOTE) else found


def _holds_parquet_alone(folder: Path) -> bool:
    """Whether a folder has Parquet files, and nothing else but what writers of such leave beside them."""
    names = [one.name for one in folder.rglob("*") if one.is_file()]
    seen = [name for name in names if not name.startswith(("_", "."))]
    return bool(seen) and all(name.lower().endswith(SUFFIX) for name in seen)


def _is_large(path: Path) -> bool:
    """Whether a Parquet file is beyond what is read into memory; a reader says what is wrong with a damaged one."""
    from pyarrow import ArrowException
    from pyarrow.parquet import read_metadata

    limits = ReadLimits.from_environment()
    try:
        metadata = read_metadata(path)
    except (ArrowException, OSError, ValueError):
        return False
    n_cells = metadata.num_rows * metadata.num_columns
    return bool(metadata.num_rows > limits.rows or n_cells > limits.cells or path.stat().st_size > limits.file_bytes)
