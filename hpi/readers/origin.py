"""Where the bytes of a table come from: a path, bytes, an open file, an upload; a folder, or several of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from hpi.errors import TableError
from hpi.readers.limits import MEGABYTE, ReadLimits
from hpi.readers.protocol import Opened

MOST_FILES = 100_000


def opened(source: object, limits: ReadLimits) -> Opened:
    """Return the bytes of a source and the name of its file, without folders.

    Raises
    ------
    TableError
        If there is nothing to be read, or more than is allowed.
    """
    if isinstance(source, Opened):
        return source
    if isinstance(source, (bytes, bytearray, memoryview)):
        return Opened("table", _limited(bytes(source), limits))
    if isinstance(source, (str, os.PathLike)):
        return _from_path(source, limits)
    if not is_readable(source):
        raise TableError(f"A {type(source).__name__} cannot be read; give a path, bytes, an open file or a DataFrame.")
    data = source.getvalue() if hasattr(source, "getvalue") else _read(source)
    name = getattr(source, "name", None)
    name = Path(name).name if isinstance(name, str) else ""
    return Opened(name or "table", _limited(_encoded(data), limits))


def is_readable(source: object) -> bool:
    """Whether the source is something that bytes or text can be taken from."""
    return isinstance(source, (str, os.PathLike, bytes, bytearray, memoryview)) or any(
        callable(getattr(source, method, None)) for method in ("read", "getvalue")
    )


class Folder:
    """The files in a folder that somebody named on this machine; links in it are not followed."""

    def __init__(self, path: Path, limits: ReadLimits) -> None:
        self._path, self._left = path, limits.unpacked_bytes
        self._limits = limits
        files = sorted(one for one in path.rglob("*") if one.is_file() and not one.is_symlink())[:MOST_FILES]
        self.sizes: Mapping[str, int] = {one.relative_to(path).as_posix(): one.stat().st_size for one in files}

    def read(self, name: str) -> bytes:
        """Return one file's content; raises TableError where all that was read passes the limit."""
        self._left -= self.sizes[name]
        if self._left < 0:
            raise TableError(
                f"The files of the folder have more than {self._limits.unpacked_mb:,} MB (HPI_READ_UNPACKED_MB); "
                "give the one that holds the table."
            )
        return (self._path / name).read_bytes()

    def head(self, name: str, size: int) -> bytes:
        """Return the first bytes of one file, at most `size`."""
        with (self._path / name).open("rb") as file:
            return file.read(size)


class Several:
    """Several files at once, by their names, in memory: uploads that belong together."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._contents = dict(contents)
        self.sizes: Mapping[str, int] = {name: len(content) for name, content in contents.items()}

    def read(self, name: str) -> bytes:
        """Return one file's content."""
        return self._contents[name]

    def head(self, name: str, size: int) -> bytes:
        """Return the first bytes of one file, at most `size`."""
        return self._contents[name][:size]


def _from_path(source: str | os.PathLike[str], limits: ReadLimits) -> Opened:
    try:
        if not os.fspath(source):
            raise ValueError
        path = Path(source)
        if path.is_dir():
            return Opened(path.resolve().name, b"", Folder(path, limits))
        if path.exists() and not path.is_file():
            raise TableError(f"{path.name} is no regular file; give the path of one.")
        if path.stat().st_size > limits.file_bytes:
            raise too_large(path.stat().st_size, limits)
        return Opened(path.name, path.read_bytes())
    except (OSError, ValueError) as error:
        # strerror leaves out the path, which may say more than it should.
        why = getattr(error, "strerror", None) or "the name cannot be that of a file"
        shown = str(source)[-80:]
        raise TableError(f"{shown!r} cannot be read: {why}. Give the path of a table of results.") from error


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


def _limited(data: bytes, limits: ReadLimits) -> bytes:
    if len(data) > limits.file_bytes:
        raise too_large(len(data), limits)
    return data


def too_large(size: int, limits: ReadLimits, what: str = "The file has") -> TableError:
    """Return what to say of more bytes than are read."""
    return TableError(
        f"{what} {size / MEGABYTE:,.0f} MB; at most {limits.file_mb:,} MB are read (HPI_READ_FILE_MB). "
        "Leave out columns or rows."
    )
