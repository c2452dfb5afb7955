"""Bytes named by their sha256, in a folder; a blob is there as a whole or not at all."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hpi.store.tokens import SHA256


@dataclass(frozen=True)
class Found:
    """A blob that lies there, whether or not a share holds it; `age` in seconds."""

    sha256: str
    size: int
    age: float


class Blobs(Protocol):
    """A place of blobs. What goes wrong is an OSError; a blob that is not there is a FileNotFoundError."""

    def describe(self) -> str:
        """Return what the place is, without passwords."""

    def read(self, sha256: str) -> bytes:
        """Return the bytes that lie under a name; whether they are the right ones is for the caller to see."""

    def put(self, sha256: str, content: bytes) -> None:
        """Have the bytes under their name for good when this returns; what lay there damaged is replaced."""

    def remove(self, sha256: str) -> None:
        """Remove a blob, if it is there."""

    def found(self) -> Iterator[Found]:
        """Give every blob that lies there."""

    def leftovers(self, age: float) -> list[str]:
        """Return what interrupted writers left behind more than `age` seconds ago."""

    def drop(self, leftover: str) -> None:
        """Remove one of the leftovers."""

    def probe(self) -> None:
        """Write next to nothing, to see whether the place can be written."""


class Folder:
    """Blobs as files blobs/ab/<sha256>; what is not finished lies in tmp/, on the same file system."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._tmp = folder / "blobs", folder / "tmp"

    def describe(self) -> str:
        """Return the folder."""
        return str(self._folder)

    def read(self, sha256: str) -> bytes:
        """Return the bytes of the file."""
        return self._path(sha256).read_bytes()

    def put(self, sha256: str, content: bytes) -> None:
        """Write, sync, move into place, sync the folder."""
        path = self._path(sha256)
        if _holds(path, content):
            _sync(path)  # whoever wrote it may have been stopped before this
        else:
            _have(path.parent)
            self._write(path, content)
        _sync(path.parent)

    def _write(self, path: Path, content: bytes) -> None:
        _have(self._tmp)
        descriptor, name = tempfile.mkstemp(dir=self._tmp)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(descriptor)
            os.replace(name, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise

    def remove(self, sha256: str) -> None:
        """Remove the file, if it is there."""
        self._path(sha256).unlink(missing_ok=True)

    def found(self) -> Iterator[Found]:
        """Give every file that is named like a blob."""
        now = time.time()
        for path in self._folder.glob("[0-9a-f][0-9a-f]/*"):
            if SHA256.fullmatch(path.name):
                with suppress(FileNotFoundError):  # removed at this moment
                    status = path.stat()
                    yield Found(path.name, status.st_size, now - status.st_mtime)

    def leftovers(self, age: float) -> list[str]:
        """Return the names of unfinished files."""
        before, old = time.time() - age, []
        for path in self._tmp.glob("*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    old.append(path.name)
        return sorted(old)

    def drop(self, leftover: str) -> None:
        """Remove one unfinished file."""
        (self._tmp / leftover).unlink(missing_ok=True)

    def probe(self) -> None:
        """Make a file in tmp/ and remove it."""
        _have(self._tmp)
        with tempfile.TemporaryFile(dir=self._tmp) as file:
            file.write(b"\0")

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except FileNotFoundError:
        return False


def _have(folder: Path) -> None:
    """Make a folder and those above it, each entered for good into the one above."""
    if not folder.is_dir():
        _have(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync(folder.parent)


def _sync(path: Path) -> None:
    """Have a file or the entries of a folder on the disk; Windows cannot do so for what is open for reading only."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
