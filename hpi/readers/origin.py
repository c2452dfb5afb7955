"""Where the bytes of a table come from: a path, bytes, an open file, an upload."""

from __future__ import annotations

import os
from pathlib import Path

from hpi.errors import TableError

MAX_BYTES = 200_000_000


def is_readable(source: object) -> bool:
    """Whether the source is something that bytes or text can be taken from."""
    return isinstance(source, (str, os.PathLike, bytes, bytearray, memoryview)) or any(
        callable(getattr(source, method, None)) for method in ("read", "getvalue")
    )


def content(source: object) -> tuple[bytes, str]:
    """Return the bytes of a source and the name of its file, without folders.

    Raises
    ------
    TableError
        If there is nothing to be read, or more than 200 MB.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        return _limited(bytes(source)), "table"
    if isinstance(source, (str, os.PathLike)):
        return _from_path(source)
    if not is_readable(source):
        raise TableError(f"A {type(source).__name__} cannot be read; give a path, bytes or an open file.")
    data = source.getvalue() if hasattr(source, "getvalue") else _read(source)
    name = getattr(source, "name", None)
    return _limited(_encoded(data)), Path(name).name if isinstance(name, str) and Path(name).name else "table"


def _from_path(source: str | os.PathLike[str]) -> tuple[bytes, str]:
    try:
        path = Path(source)
        if path.is_dir():
            raise TableError(f"{path.name} is a folder; give the file in it that holds the table.")
        if path.stat().st_size > MAX_BYTES:
            return _limited(b"", path.stat().st_size), path.name
        return _limited(path.read_bytes()), path.name
    except (OSError, ValueError) as error:
        # strerror leaves out the path, which may say more than it should.
        why = getattr(error, "strerror", None) or "the name cannot be that of a file"
        shown = str(source)[-80:]
        raise TableError(f"{shown!r} cannot be read: {why}. Give the path of a CSV or TSV file.") from error


def _read(source: object) -> object:
    try:
        return source.read()  # type: ignore[attr-defined]
    except (OSError, ValueError) as error:
        raise TableError(f"The file cannot be read: {error}. Save it as UTF-8, or open it in binary mode.") from error


def _encoded(data: object) -> bytes:
    if isinstance(data, str):
        return data.encode("utf-8", "replace")
    if isinstance(data, (bytes, bytearray, memoryview)):
        return bytes(data)
    raise TableError(f"The file gave a {type(data).__name__}; it must give text or bytes.")


def _limited(data: bytes, size: int | None = None) -> bytes:
    size = len(data) if size is None else size
    if size > MAX_BYTES:
        raise TableError(
            f"The file has {size / 1e6:,.0f} MB; at most {MAX_BYTES / 1e6:,.0f} MB are read. Leave out columns or rows."
        )
    return data
