"""Where blocks come from: which files an address names, and how each is opened, on this machine or behind S3."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Any

from pyarrow.fs import FileSelector, FileType, LocalFileSystem, S3FileSystem

from hpi.errors import TableError
from hpi.roles.wording import shown

SUFFIX = ".parquet"
# names of files that may hold tables of another kind
TABLES = frozenset((
    ".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".db", ".sqlite", ".sqlite3", ".xlsx", ".xlsm", ".xls", ".ods",
    ".log", ".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst",
))  # fmt: skip
_S3 = "s3://"
_MOST_SHOWN = 5
_MAGIC = "*?["
_ALLOWED = (
    f"An address is a folder, a {SUFFIX} file or a pattern such as folder/*{SUFFIX}, on this machine or at "
    f"{_S3}bucket/..."
)


def files_of(address: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the files that a folder, a pattern or a file stands for, in order of their names, and what must be said.

    Each file comes once, however many links lead to it.

    Raises
    ------
    TableError
        If there is none, or the place cannot be reached.
    """
    if "://" in address and not address.startswith(_S3):
        raise TableError(f"{address} cannot be read. {_ALLOWED}")
    system, path = _located(address)
    try:
        found, others = _found(system, path)
    except OSError as error:
        raise TableError(
            f"{address} cannot be listed: {said(error)}. Check the address, and whether this machine may read there."
        ) from error
    if not found:
        raise TableError(f"{address} names no {SUFFIX} file. {_ALLOWED}")
    if address.startswith(_S3):
        return tuple(f"{_S3}{path}" for path in sorted(found)), _notices(path, others, ())
    once = _once(found)
    return tuple(sorted(once)), _notices(path, others, sorted(set(found) - set(once)))


def holds_parquet(folder: str) -> bool:
    """Whether a folder of this machine holds Parquet files, and no table of another kind; raises OSError."""
    found = _in_folder(_walked(folder), folder)
    kinds = {os.path.splitext(file)[1].lower() for file in found}
    return any(map(is_parquet, found)) and not kinds & TABLES


def is_parquet(file: str) -> bool:
    """Whether a file is called as Parquet files are."""
    return file.lower().endswith(SUFFIX)


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


def _found(system: Any, path: str) -> tuple[list[str], list[str]]:  # noqa: ANN401 - pyarrow has no types
    """Return the files that are read, and those that are passed over."""
    info = system.get_file_info(path)
    if info.type == FileType.File:
        return [path], []
    if info.type == FileType.Directory:
        files = _in_folder(_below(system, path), path)
        return [file for file in files if is_parquet(file)], [file for file in files if not is_parquet(file)]
    parts = path.split("/")
    fixed = next((k for k, part in enumerate(parts) if set(part) & set(_MAGIC)), len(parts))
    if fixed == len(parts):
        return [], []
    pattern = _lower(path).split("/")
    depth = None if "**" in parts else len(parts) - fixed
    files = _below(system, "/".join(parts[:fixed]), depth)
    return [file for file in files if _fits(_lower(file).split("/"), pattern)], []


def _lower(path: str) -> str:
    """Return a path with the ending of Parquet files in small letters."""
    return path[: -len(SUFFIX)] + SUFFIX if is_parquet(path) else path


def _in_folder(files: Iterable[str], folder: str) -> list[str]:
    """Return the files of a folder that hold data by their names."""
    return [file for file in files if not _is_hidden(file[len(folder) :])]


def _below(system: Any, folder: str, depth: int | None = None) -> list[str]:  # noqa: ANN401
    if isinstance(system, LocalFileSystem):
        return list(_walked(folder or "/", depth))
    chosen = FileSelector(folder or "/", recursive=True, allow_not_found=True)
    return [info.path for info in system.get_file_info(chosen) if info.type == FileType.File]


def _walked(folder: str, depth: int | None = None, within: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the files below a folder; a link to a folder that it lies in is not followed, it would have no end."""
    real = os.path.realpath(folder)
    if real in within or depth == 0 or not os.path.isdir(folder):
        return
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if entry.is_file() or (entry.is_symlink() and not entry.is_dir()):
            # a link that leads nowhere too: whoever opens it says that rows are missing
            yield os.path.join(folder, entry.name)
        elif entry.is_dir():
            yield from _walked(os.path.join(folder, entry.name), None if depth is None else depth - 1, (*within, real))


def _once(files: Iterable[str]) -> list[str]:
    """Return one path for each file: the one through the fewest folders, of several the first."""
    paths: dict[str, str] = {}
    for file in sorted(files, key=lambda file: (file.count("/"), file)):
        paths.setdefault(os.path.realpath(file), file)
    return list(paths.values())


def _notices(folder: str, others: Sequence[str], again: Sequence[str]) -> tuple[str, ...]:
    """Say which files were passed over, and which were found more than once."""
    said = []
    if others:
        names = shown([file[len(folder) :].lstrip("/") for file in sorted(others)], _MOST_SHOWN)
        said.append(f"Only {SUFFIX} files of a folder are read; passed over: {names}.")
    if again:
        names = shown([os.path.relpath(file, folder) if os.path.isdir(folder) else file for file in again], _MOST_SHOWN)
        said.append(f"Links to files that are read already were left out: {names}.")
    return tuple(said)


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
