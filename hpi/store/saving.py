"""The order in which a share is written, so that a stop at any point loses nothing that was acknowledged.

Claim its blobs in the index, write the blobs, enter the share, acknowledge. A writer that is stopped in between leaves
claims and blobs that no share holds; a sweep takes them an hour later. A share that is entered has all its blobs.
"""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from hpi.errors import StoreError
from hpi.store import tokens
from hpi.store.failures import SLOW, in_words
from hpi.store.parts import Parts
from hpi.store.rows import columns_of, drop_shares, filled, filled_for_good, known_blobs, shares_where, taken
from hpi.store.share import Made, Swept
from hpi.store.sweeping import sweep_blobs, tidy
from hpi.store.tables import blobs, claims, held, shares
from hpi.store.wanted import Wanted, megabytes


def save(parts: Parts, new: Wanted) -> Made:
    """Return the share with its token and secret once it is stored for good.

    Raises
    ------
    StoreError
        If it does not fit or cannot be written; nothing of it counts then.
    """
    writer = tokens.name()
    _claim(parts, new, writer)
    try:
        for sha256, content in new.contents.items():
            with in_words():
                parts.blobs.put(sha256, content)
        made, freed = _enter(parts, new, writer)
    except BaseException:
        _release(parts, new, writer)
        raise
    with suppress(StoreError):  # the next sweep does it
        sweep_blobs(parts, freed)
    return made


def _claim(parts: Parts, new: Wanted, writer: str) -> None:
    """Claim the blobs; where the store is too full, what nothing needs goes first, then the oldest drafts."""
    while missing := _try_claim(parts, new, writer):
        if tidy(parts) == Swept():
            with parts.index.writing() as connection:
                freed = drop_drafts(connection, missing)
            if freed is None:
                raise full(parts)
            sweep_blobs(parts, freed)


def _try_claim(parts: Parts, new: Wanted, writer: str) -> int:
    """Return how many bytes are missing; 0 if the blobs are claimed."""
    with parts.index.writing() as connection:
        now = parts.now()
        _check_owner(parts, connection, new, now)
        names = list(new.contents)
        known = known_blobs(connection, names)
        more = len(new.text) + sum(len(new.contents[name]) for name in names if name not in known)
        room = parts.settings.store_bytes
        missing = filled(connection) + more - room
        if missing > 0:
            if filled_for_good(connection, now) + more > room:
                raise full(parts)
            return missing
        rows = [{"sha256": name, "size": len(new.contents[name])} for name in names if name not in known]
        if rows:
            connection.execute(insert(blobs), rows)
        if names:
            connection.execute(insert(claims), [{"writer": writer, "sha256": name, "made": now} for name in names])
    return 0


def _enter(parts: Parts, new: Wanted, writer: str) -> tuple[Made, set[str]]:
    """Turn claims into a share; return it, and the blobs of drafts that went to make room."""
    token, secret, name = tokens.token(), tokens.token(), tokens.name()
    with parts.index.writing() as connection:
        now = parts.now()
        _check_owner(parts, connection, new, now)
        freed = _drafts_in_the_way(parts, connection, new)
        if connection.execute(delete(claims).where(claims.c.writer == writer)).rowcount != len(new.contents):
            raise StoreError(SLOW)
        row = {"id": name, "kind": new.kind, "owner": new.owner, "made": now, "expires": now + new.life}
        row |= {"token": tokens.digest(token), "secret": tokens.digest(secret)}
        row |= {"size": new.size, **columns_of(new.text)}
        connection.execute(insert(shares), row)
        if new.names:
            rows = [{"share": name, "name": part, "sha256": sha256} for part, sha256 in new.names.items()]
            connection.execute(insert(held), rows)
        (share,) = shares_where(connection, shares.c.id == name)
    return Made(token, secret, share), freed


def _check_owner(parts: Parts, connection: Connection, new: Wanted, now: int) -> None:
    """Raise StoreError where a share does not fit beside the others of its owner; all who are nobody are one."""
    if new.kind == "draft":
        return
    most = parts.settings.owner_bytes
    has = taken(connection, shares.c.kind == "share", shares.c.owner == new.owner, shares.c.expires > now)
    if has + new.size > most:
        raise StoreError(
            f"Your links take {megabytes(has)} and this one {megabytes(new.size)}; {megabytes(most)} are allowed "
            "(HPI_OWNER_MB). Delete a link that is no longer needed."
        )


def _drafts_in_the_way(parts: Parts, connection: Connection, new: Wanted) -> set[str]:
    """Drop the oldest drafts where a new one takes more than all, or all of its owner, may take."""
    if new.kind != "draft":
        return set()
    freed: set[str] = set()
    own = shares.c.owner == new.owner
    for most, whose in ((parts.settings.owner_bytes, [own]), (parts.settings.draft_bytes, [])):
        excess = taken(connection, shares.c.kind == "draft", *whose) + new.size - most
        freed |= drop_drafts(connection, excess, *whose) or set()
    return freed


def drop_drafts(connection: Connection, excess: int, *whose: ColumnElement[bool]) -> set[str] | None:
    """Delete drafts of so many bytes, oldest first; return the blobs they held, None where there was none to delete."""
    oldest = select(shares.c.id, shares.c.size).where(shares.c.kind == "draft", *whose)
    ids: list[str] = []
    for name, size in connection.execute(oldest.order_by(shares.c.expires, shares.c.id)):
        if excess <= 0:
            break
        ids.append(name)
        excess -= size
    return drop_shares(connection, ids) if ids else None


def _release(parts: Parts, new: Wanted, writer: str) -> None:
    """Take back the claims of a share that is not to be; where that fails, the next sweep does it."""
    with suppress(StoreError):
        with parts.index.writing() as connection:
            connection.execute(delete(claims).where(claims.c.writer == writer))
        sweep_blobs(parts, set(new.contents))


def full(parts: Parts) -> StoreError:
    """Return what is said where everything together would take more than is allowed."""
    return StoreError(
        f"The store is full: {megabytes(parts.settings.store_bytes)} are allowed (HPI_STORE_MB). Nothing was stored. "
        "Delete links that are no longer needed, or ask whoever runs this server for room."
    )
