"""A store copied into an empty one: index first, then the blobs that it names, so that every row has its blob."""

from __future__ import annotations

from sqlalchemy import func, insert, select

from hpi.errors import StoreError
from hpi.store import tokens
from hpi.store.failures import in_words
from hpi.store.parts import Parts
from hpi.store.rows import MANY, drop_shares
from hpi.store.share import Copied, code
from hpi.store.sweeping import sweep_blobs
from hpi.store.tables import blobs, held, shares


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
    _copy_index(source, target)
    with target.index.reading() as connection:
        names = sorted(connection.scalars(select(held.c.sha256).distinct()))
    absent = [name for name in names if not _copy_blob(source, target, name)]
    damaged = _forget_deleted(source, target, absent)
    with target.index.reading() as connection:
        number = connection.scalar(select(func.count()).select_from(shares)) or 0
        sizes = connection.scalars(select(blobs.c.size).where(blobs.c.sha256.not_in(damaged))).all()
    return Copied(number, len(sizes), sum(sizes), tuple(map(code, damaged)))


def _copy_index(source: Parts, target: Parts) -> None:
    """Copy rows as they are at one moment."""
    with source.index.reading() as old, target.index.writing() as new:
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


def _forget_deleted(source: Parts, target: Parts, absent: list[str]) -> list[str]:
    """Drop from the copy what was deleted from the source while it was copied; return the blobs that really lack."""
    if not absent:
        return []
    with source.index.reading() as connection:
        living = set(connection.scalars(select(shares.c.id)))
    with target.index.writing() as connection:
        holders = connection.execute(select(held.c.share, held.c.sha256).where(held.c.sha256.in_(absent))).all()
        freed = drop_shares(connection, list({row.share for row in holders if row.share not in living}))
    sweep_blobs(target, freed)
    return sorted({row.sha256 for row in holders if row.share in living})


def _is_empty(parts: Parts) -> bool:
    with parts.index.reading() as connection:
        return connection.scalar(select(shares.c.id).limit(1)) is None
