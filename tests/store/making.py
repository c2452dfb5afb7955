"""Owners, and what a hostile or unlucky disk does to a store."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from sqlalchemy import select, text

from hpi.errors import LinkError
from hpi.store import Store
from hpi.store.blobs import Folder
from hpi.store.remote import Remote
from hpi.store.tables import TABLES

ANNA, BEN = "a" * 64, "b" * 64
GONE = "This link does not exist, has expired or was deleted."


def parts(store: Store):
    """Index and blobs of a store, as its own steps see them."""
    return store._parts


def overwrite(store: Store, sha256: str, content: bytes) -> None:
    """Put other bytes in the place of a blob."""
    blobs = parts(store).blobs
    if isinstance(blobs, Folder):
        blobs._path(sha256).parent.mkdir(parents=True, exist_ok=True)
        blobs._path(sha256).write_bytes(content)
    else:
        assert isinstance(blobs, Remote)
        blobs._files.pipe_file(blobs._path(sha256), content)


def lying(store: Store) -> set[str]:
    """The blobs that lie in their place, whoever needs them."""
    return {found.sha256 for found in parts(store).blobs.found()}


def rows(store: Store) -> dict[str, int]:
    """How many rows each table of the index has; none for all where there is no index."""
    if not parts(store).index.exists():
        return dict.fromkeys(TABLES.tables, 0)
    with parts(store).index.reading() as connection:
        return {
            name: connection.scalar(text(f"SELECT count(*) FROM {name}"))  # names of our own tables
            for name in TABLES.tables
        }


def everything(store: Store) -> str:
    """All that the index holds, as text."""
    with parts(store).index.reading() as connection:
        return repr([connection.execute(select(table)).all() for table in TABLES.tables.values()])


def hours_pass_for_files(patch: pytest.MonkeyPatch, hours: float) -> None:
    """Have what lies in the blobs' places look older."""
    import time

    later = SimpleNamespace(time=lambda: time.time() + hours * 3600)
    patch.setattr("hpi.store.blobs.time", later)
    patch.setattr("hpi.store.remote.time", later)


def assert_gone(ask) -> None:
    """It is refused by the one error for links."""
    with pytest.raises(LinkError) as caught:
        ask()
    assert str(caught.value) == GONE
