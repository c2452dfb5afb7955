"""A look through the whole store: is everything there that is promised, byte for byte."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select

from hpi.store import places, tokens
from hpi.store.failures import in_words
from hpi.store.parts import Parts
from hpi.store.rows import is_sound, unheld
from hpi.store.share import Checked, code
from hpi.store.tables import blobs, held, shares


@dataclass(frozen=True)
class _Listed:
    """What the index says, at one moment."""

    shares: int
    drafts: int
    expired: int
    size: int
    promised: frozenset[str]
    complaints: tuple[str, ...]


def check(parts: Parts) -> Checked:
    """Return what is there; every blob that a share holds is read."""
    if not parts.index.exists():
        return _without_index(parts)
    with parts.index.reading() as connection:
        listed = _listed(connection, parts.now())
    states = {name: _state(parts, name) for name in sorted(listed.promised)}
    with parts.index.reading() as connection:
        still = set(connection.scalars(select(held.c.sha256)))  # what was deleted meanwhile is not missing
    bad = {name: state for name, state in states.items() if state and name in still}
    with in_words():
        lying = {found.sha256 for found in parts.blobs.found()}
    return Checked(
        True,
        where(parts),
        listed.shares,
        listed.drafts,
        listed.expired,
        len(listed.promised),
        listed.size,
        tuple(code(name) for name, state in bad.items() if state == "damaged"),
        tuple(code(name) for name, state in bad.items() if state == "missing"),
        listed.complaints,
        len(lying - listed.promised),
        _leftovers(parts),
    )


def _without_index(parts: Parts) -> Checked:
    """Return what lies there without an index: nothing, or what one that is lost has promised."""
    with in_words():
        lying = sum(1 for _ in parts.blobs.found())
    # the index is made before the first blob is written
    lost = (f"there is none, though {lying:,} blobs lie there: it was lost; restore a backup",) if lying else ()
    return Checked(False, where(parts), index=lost, unheld=lying, leftovers=_leftovers(parts))


def where(parts: Parts) -> str:
    """Return where the store lies or would lie, without passwords."""
    index = parts.index.file or parts.index.url.render_as_string(hide_password=True)
    return f"index {index}, blobs {parts.blobs.describe()}"


def is_writable(parts: Parts) -> bool:
    """Whether index and blobs can be written; raises StoreError where they cannot."""
    file = parts.index.file
    with in_words():
        if file is not None and not file.exists():
            return not places.on_network(file) and _could_be_made(file.parent)
        parts.blobs.probe()
    with parts.index.writing():
        return True


def _could_be_made(folder: Path) -> bool:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _listed(connection: Connection, now: int) -> _Listed:
    living = shares.c.expires > now
    kinds = select(shares.c.kind, func.count()).where(living).group_by(shares.c.kind)
    by_kind = {kind: number for kind, number in connection.execute(kinds)}
    sizes = select(func.coalesce(func.sum(blobs.c.size), 0)).where(~unheld())
    return _Listed(
        by_kind.get("share", 0),
        by_kind.get("draft", 0),
        connection.scalar(select(func.count()).select_from(shares).where(~living)) or 0,
        int(connection.scalar(sizes) or 0),
        frozenset(connection.scalars(select(held.c.sha256))),
        (*_complaints(connection), *_damaged_records(connection)),
    )


def _damaged_records(connection: Connection) -> list[str]:
    """Return which shares have a record that is not the one that was stored."""
    rows = connection.execution_options(yield_per=100).execute(select(shares))
    return [f"the record of share {row.id} is damaged" for row in rows if not is_sound(row)]


def _complaints(connection: Connection) -> tuple[str, ...]:
    """Return what SQLite finds wrong in its own file; PostgreSQL looks after itself."""
    if connection.dialect.name != "sqlite":
        return ()
    said = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
    dangling = [f"a row of {row[0]} names nothing" for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
    return tuple(line for line in said if line != "ok") + tuple(dangling)


def _state(parts: Parts, sha256: str) -> str:
    """Return "damaged", "missing", or "" for a blob as it should be."""
    with in_words():
        try:
            content = parts.blobs.read(sha256)
        except FileNotFoundError:
            return "missing"
    return "" if tokens.sha256(content) == sha256 else "damaged"


def _leftovers(parts: Parts) -> int:
    with in_words():
        return len(parts.blobs.leftovers(0))
