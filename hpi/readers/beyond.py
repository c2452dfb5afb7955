"""Addresses of tables in many Parquet files, or beyond the limits of one: opened in blocks, or appended where small."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

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
        return address if _holds_parquet(address) else None
    if path.is_file():
        return address if path.suffix.lower() == SUFFIX and _is_large(path) else None
    return address if _PATTERN & set(address) and address.lower().endswith(SUFFIX) else None


def opened(address: str, limits: ReadLimits) -> Source | tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the source at an address; its files and what must be said of them where all fit into memory.

    Raises
    ------
    TableError
        If nothing can be read there.
    """
    from hpi.blocks.footers import joined
    from hpi.blocks.places import files_of

    files, notices = files_of(address)
    found = joined(files, notices)
    cells = found.n_rows * len(found.columns)
    fits = found.n_rows <= limits.rows and cells <= limits.cells and sum(found.sizes) <= limits.file_bytes
    return (files, notices) if fits and not address.startswith(REMOTE) else found


def _holds_parquet(folder: str) -> bool:
    """Whether a folder has Parquet files and no table of another kind; a reader says why it cannot be listed."""
    from hpi.blocks.places import holds_parquet

    try:
        return holds_parquet(os.path.abspath(folder))
    except OSError:
        return False


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
