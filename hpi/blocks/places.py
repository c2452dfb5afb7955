"""Where blocks come from: which files an address names, and how each is opened, on this machine or behind S3."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Any

from pyarrow.fs import FileSelector, FileType, LocalFileSystem, S3FileSystem

from hpi.errors import TableError

SUFFIX = ".parquet"
_S3 = "s3://"
_MAGIC = "*?["
_ALLOWED = (
    f"An address is a folder, a {SUFFIX} file or a pattern such as folder/*{SUFFIX}, on this machine or at "
    f"{_S3}bucket/..."
)


def files_of(address: str) -> tuple[str, ...]:
    """Return the files that a folder, a pattern or a file stands for, in order of their names.

    Raises
    ------
    TableError
        If there is none, or the place cannot be reached.
    """
    if "://" in address and not address.startswith(_S3):
        raise TableError(f"{address} cannot be read. {_ALLOWED}")
    system, path = _located(address)
    try:
        found = _found(system, path)
    except OSError as error:
        raise TableError(
            f"{address} cannot be listed: {said(error)}. Check the address, and whether this machine may read there."
        ) from error
    if not found:
        raise TableError(f"{address} names no {SUFFIX} file. {_ALLOWED}")
    start = _S3 if address.startswith(_S3) else ""
    return tuple(f"{start}{path}" for path in sorted(found))


def name_of(file: str) -> str:
    """Return what a file is called in messages: without its folders."""
    return file.rpartition("/")[2]


def size_of(file: str) -> int:
    """Return how many bytes a file has; raises OSError where there is none."""
    system, path = _located(file)
    info = system.get_file_info(path)
    if info.type != FileType.File:
        raise FileNotFoundError("there is no such file")
    return int(info.size)


@contextmanager
def opened(file: str) -> Iterator[Any]:
    """Open a file for reading anywhere in it; raises OSError where that cannot be done."""
    system, path = _located(file)
    with system.open_input_file(path) as handle:
        yield handle


def said(error: BaseException) -> str:
    """Return what an error says, in one line."""
    return " ".join(str(error).split()).rstrip(".")[:300] or type(error).__name__


def _located(address: str) -> tuple[Any, str]:
    """Return the file system of an address, and the path there."""
    if not address.startswith(_S3):
        return LocalFileSystem(), os.path.abspath(os.path.expanduser(address))
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    if not endpoint:
        return S3FileSystem(), address.removeprefix(_S3).rstrip("/")
    scheme, _, host = endpoint.rpartition("://")
    system = S3FileSystem(endpoint_override=host.rstrip("/"), scheme=scheme or "https")
    return system, address.removeprefix(_S3).rstrip("/")


def _found(system: Any, path: str) -> list[str]:  # noqa: ANN401 - pyarrow has no types
    info = system.get_file_info(path)
    if info.type == FileType.File:
        return [path]
    if info.type == FileType.Directory:
        return [file for file in _below(system, path) if file.endswith(SUFFIX) and not _is_hidden(file[len(path) :])]
    parts = path.split("/")
    fixed = next((k for k, part in enumerate(parts) if set(part) & set(_MAGIC)), len(parts))
    if fixed == len(parts):
        return []
    return [file for file in _below(system, "/".join(parts[:fixed])) if _fits(file.split("/"), parts)]


def _below(system: Any, folder: str) -> list[str]:  # noqa: ANN401
    chosen = FileSelector(folder or "/", recursive=True, allow_not_found=True)
    return [info.path for info in system.get_file_info(chosen) if info.type == FileType.File]


def _is_hidden(path: str) -> bool:
    """Whether a file or one of its folders has a name as programs give it to what is no data."""
    return any(part.startswith((".", "_")) for part in path.split("/"))


def _fits(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a path fits a pattern, folder by folder; ** stands for any number of folders."""
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_fits(parts[k:], pattern[1:]) for k in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _fits(parts[1:], pattern[1:])
