"""A store copied into an empty one: blobs first, then the rows of one moment at which all their blobs were copied.

So a copy that is stopped half-way is no store yet, and one that came to its end has a blob for every row.
"""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection, func, insert, select

from hpi.errors import StoreError
from hpi.store import tokens
from hpi.store.failures import BUSY, in_words
from hpi.store.parts import Parts
from hpi.store.rows import MANY
from hpi.store.share import Copied, code
from hpi.store.tables import blobs, held, shares

ROUNDS = 100  # each copies what came while the one before copied
TRIES = 2  # of a blob that seems damaged


def copy(source: Parts, target: Parts) -> Copied:
    """Return what was copied.

    Raises
    ------
    StoreError
        If there is nothing to copy, or the target is not empty, or one of the two fails.
    """
    if not source.index.exists():
        raise StoreError("There is no store yet, so there is nothing to copy.")
    if target.index.exists() and not _is_empty(target):
        raise StoreError("There is a store already where the copy is to go; name a new folder.")
    damaged = _copy(source, target)
    with target.index.reading() as connection:
        number = connection.scalar(select(func.count()).select_from(shares)) or 0
        sizes = connection.scalars(select(blobs.c.size).where(blobs.c.sha256.not_in(damaged))).all()
    return Copied(number, len(sizes), sum(sizes), tuple(map(code, damaged)))


def _copy(source: Parts, target: Parts) -> list[str]:
    """Copy everything; return the blobs that are damaged or missing."""
    done: set[str] = set()
    failed: Counter[str] = Counter()
    for _ in range(ROUNDS):
        with source.index.reading() as connection:
            missing = set(connection.scalars(select(held.c.sha256))) - done
            # what fails once may have been deleted, or is mended by now
            if all(failed[name] >= TRIES for name in missing):
                _copy_index(connection, target)
                return sorted(missing)
        lost = {name for name in sorted(missing) if not _copy_blob(source, target, name)}
        failed.update(lost)
        done |= missing - lost
    raise StoreError(BUSY)


def _copy_index(old: Connection, target: Parts) -> None:
    """Copy the rows; either all of them count or none."""
    with target.index.writing() as new:
        for statement, table in (
            (select(blobs).where(blobs.c.sha256.in_(select(held.c.sha256))), blobs),
            (select(shares), shares),
            (select(held), held),
        ):
            for rows in old.execution_options(yield_per=MANY).execute(statement).mappings().partitions():
                new.execute(insert(table), [dict(row) for row in rows])


def _copy_blob(source: Parts, target: Parts, sha256: str) -> bool:
    """Copy one blob; return whether its bytes were there as they should be."""
    with in_words():
        try:
            content = source.blobs.read(sha256)
        except FileNotFoundError:
            return False
        if tokens.sha256(content) != sha256:
            return False
        target.blobs.put(sha256, content)
    return True


def _is_empty(parts: Parts) -> bool:
    with parts.index.reading() as connection:
        return connection.scalar(select(shares.c.id).limit(1)) is None
