"""Taking away what nobody needs, beside writers at work.

A blob goes only if neither a share nor a claim names it, and its row and its bytes go under the lock of writers: who
comes before has claimed it, who comes after finds it gone and writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import delete, exists, insert, select

from hpi.store.failures import in_words
from hpi.store.parts import HOUR, SECOND, Parts
from hpi.store.rows import drop_shares, unheld
from hpi.store.share import Swept
from hpi.store.tables import blobs, claims, shares


def sweep(parts: Parts) -> Swept:
    """Take away expired shares, blobs that nothing needs, and what interrupted writers left more than an hour ago."""
    swept = Swept()
    if parts.index.exists():
        _enter_strays(parts)
        swept = tidy(parts)
    with in_words():
        leftovers = parts.blobs.leftovers(HOUR / SECOND)
        for leftover in leftovers:
            parts.blobs.drop(leftover)
    return replace(swept, leftovers=len(leftovers))


def tidy(parts: Parts) -> Swept:
    """Take away expired shares, old claims, and all blobs of the index that nothing needs."""
    swept = expire(parts)
    with parts.index.reading() as connection:
        names = connection.scalars(select(blobs.c.sha256).where(unheld())).all()
    more = sweep_blobs(parts, names)
    return replace(swept, blobs=swept.blobs + more.blobs, size=swept.size + more.size)


def expire(parts: Parts) -> Swept:
    """Take away expired shares and old claims with their blobs; this looks at the index alone, so it is quick."""
    now = parts.now()
    expired, forgotten = shares.c.expires <= now, claims.c.made <= now - HOUR
    with parts.index.reading() as connection:
        if not connection.scalar(select(exists().where(expired) | exists().where(forgotten))):
            return Swept()
    with parts.index.writing() as connection:
        old = connection.execute(select(shares.c.id, shares.c.kind).where(expired)).all()
        freed = drop_shares(connection, [row.id for row in old])
        freed.update(connection.scalars(select(claims.c.sha256).where(forgotten)))
        number = connection.execute(delete(claims).where(forgotten)).rowcount
    drafts = sum(row.kind == "draft" for row in old)
    return replace(sweep_blobs(parts, freed), shares=len(old) - drafts, drafts=drafts, claims=number)


def sweep_blobs(parts: Parts, names: Iterable[str]) -> Swept:
    """Remove those of the blobs that nothing needs, each under a lock of its own, so that writers come in between."""
    number = size = 0
    for name in sorted(names):
        with parts.index.writing() as connection:
            taken = connection.scalar(select(blobs.c.size).where(blobs.c.sha256 == name, unheld()))
            if taken is not None:
                # Bytes before row: a stop in between leaves a row that promises nothing.
                parts.blobs.remove(name)
                connection.execute(delete(blobs).where(blobs.c.sha256 == name))
                number, size = number + 1, size + taken
    return Swept(blobs=number, size=size)


def _enter_strays(parts: Parts) -> None:
    """Enter blobs that lie there without a row (an older index was restored), so that they go like all others."""
    with in_words():
        lying = {found.sha256: found.size for found in parts.blobs.found() if found.age > HOUR / SECOND}
    with parts.index.reading() as connection:
        if not lying.keys() - set(connection.scalars(select(blobs.c.sha256))):
            return
    with parts.index.writing() as connection:
        known = set(connection.scalars(select(blobs.c.sha256)))
        rows = [{"sha256": name, "size": size} for name, size in lying.items() if name not in known]
        if rows:
            connection.execute(insert(blobs), rows)
