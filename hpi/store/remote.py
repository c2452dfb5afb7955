"""Blobs at an address of fsspec: object stores, where an object is there as a whole or not at all."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from hpi.errors import SettingsError
from hpi.store.blobs import Blobs, Folder, Found
from hpi.store.settings import BLOBS, StoreSettings
from hpi.store.tokens import SHA256

PROBE = "probe"


class Remote:
    """Blobs as objects <address>/blobs/ab/<sha256>."""

    def __init__(self, address: str) -> None:
        try:
            fsspec = importlib.import_module("fsspec")
            # a remembered listing would not show what other processes stored
            self._files, self._root = fsspec.core.url_to_fs(address.rstrip("/"), use_listings_cache=False)
        except (ImportError, ValueError) as error:
            raise SettingsError(
                f"{BLOBS} cannot be used ({type(error).__name__}): install what requirements-hosted.txt names, and "
                "what fsspec wants for this kind of address."
            ) from error

    def describe(self) -> str:
        """Return kind and path of the address."""
        kind = self._files.protocol
        return f"{kind if isinstance(kind, str) else kind[0]}://{str(self._root).lstrip('/')}/blobs"

    def read(self, sha256: str) -> bytes:
        """Return the bytes of the object."""
        return bytes(_ask(partial(self._files.cat_file, self._path(sha256))))

    def put(self, sha256: str, content: bytes) -> None:
        """Put the object, unless the very same lies there."""
        with suppress(FileNotFoundError):
            if self.read(sha256) == content:
                return
        _ask(partial(self._files.pipe_file, self._path(sha256), content))

    def remove(self, sha256: str) -> None:
        """Remove the object, if it is there."""
        with suppress(FileNotFoundError):
            _ask(partial(self._files.rm_file, self._path(sha256)))

    def found(self) -> Iterator[Found]:
        """Give every object that is named like a blob."""
        listed: dict[str, Any] = {}
        with suppress(FileNotFoundError):
            listed = _ask(partial(self._files.find, f"{self._root}/blobs", detail=True))
        for path, about in listed.items():
            name = path.rsplit("/", 1)[-1]
            if SHA256.fullmatch(name):
                yield Found(name, int(about["size"]), _age(about))

    def leftovers(self, age: float) -> list[str]:
        """Return nothing: what was not finished is not there."""
        return []

    def drop(self, leftover: str) -> None:
        """Do nothing."""

    def probe(self) -> None:
        """Put an empty object."""
        _ask(partial(self._files.pipe_file, f"{self._root}/{PROBE}", b""))

    def _path(self, sha256: str) -> str:
        return f"{self._root}/blobs/{sha256[:2]}/{sha256}"


def place(settings: StoreSettings) -> Blobs:
    """Return where the blobs of a store lie."""
    if settings.blobs is None:
        return Folder(settings.folder)
    kind, _, rest = settings.blobs.partition("://")
    return Folder(Path(rest)) if kind == "file" else Remote(settings.blobs)


def _age(about: dict[str, Any]) -> float:
    """Return how many seconds ago an object was written; 0 where that is not known, so that it is kept."""
    made = about.get("LastModified") or about.get("mtime") or about.get("created") or about.get("updated")
    if isinstance(made, datetime):
        made = made.replace(tzinfo=made.tzinfo or UTC).timestamp()
    return time.time() - made if isinstance(made, int | float) else 0.0


def _ask(call: Callable[[], Any]) -> Any:  # noqa: ANN401
    """Return what a call gives; each file system of fsspec has errors of its own, so all become an OSError."""
    try:
        return call()
    except OSError:
        raise
    except Exception as error:
        raise OSError(f"{type(error).__name__}") from error
