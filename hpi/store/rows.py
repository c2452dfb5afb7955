"""Questions to the index: shares from rows, and sums of what is stored."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, exists, func, not_, or_, select

from hpi.store import tokens
from hpi.store.share import Share, moment
from hpi.store.tables import blobs, claims, held, shares

MANY = 500  # values in one statement


def shares_where(connection: Connection, *conditions: ColumnElement[bool]) -> list[Share]:
    """Return the shares for which all conditions hold, newest first."""
    chosen = select(shares).where(*conditions).order_by(shares.c.made.desc(), shares.c.id)
    rows = connection.execute(chosen).all()
    names: dict[str, dict[str, str]] = {row.id: {} for row in rows}
    for part in in_parts(list(names)):
        for share, name, sha256 in connection.execute(select(held).where(held.c.share.in_(part)).order_by(held.c.name)):
            names[share][name] = sha256
    return [_share(row, names[row.id]) for row in rows]


def columns_of(record: str) -> dict[str, str | int]:
    """Return the columns that hold a record, with the digest that tells when it was damaged."""
    return {"record": record, "record_size": len(record), "record_sha256": tokens.sha256(record.encode())}


def is_sound(row: Row[Any]) -> bool:
    """Whether the record of a row is the one that was stored."""
    return tokens.sha256(row.record.encode()) == str(row.record_sha256)


def _share(row: Row[Any], names: dict[str, str]) -> Share:
    made, expires, sound = moment(row.made), moment(row.expires), is_sound(row)
    record = json.loads(row.record) if sound else {}
    return Share(row.id, row.kind, row.owner, made, expires, record, names, row.size, sound)


def in_parts(names: list[str]) -> Iterable[list[str]]:
    """Give a list in pieces that fit into one statement."""
    return (names[start : start + MANY] for start in range(0, len(names), MANY))


def known_blobs(connection: Connection, names: list[str]) -> set[str]:
    """Return those of the blobs that have a row."""
    asked = (select(blobs.c.sha256).where(blobs.c.sha256.in_(part)) for part in in_parts(names))
    return {name for statement in asked for name in connection.scalars(statement)}


def taken(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    """Return the bytes of the shares for which all conditions hold, shared blobs counted for each."""
    return int(connection.scalar(select(func.coalesce(func.sum(shares.c.size), 0)).where(*conditions)) or 0)


def filled(connection: Connection) -> int:
    """Return the bytes that everything takes, shared blobs counted once."""
    of_blobs = connection.scalar(select(func.coalesce(func.sum(blobs.c.size), 0)))
    of_records = connection.scalar(select(func.coalesce(func.sum(shares.c.record_size), 0)))
    return int(of_blobs or 0) + int(of_records or 0)


def filled_for_good(connection: Connection, now: int) -> int:
    """Return the bytes that would still be taken without expired shares and without drafts."""
    lasting = and_(shares.c.kind == "share", shares.c.expires > now)
    by_share = exists().where(held.c.sha256 == blobs.c.sha256, held.c.share == shares.c.id, lasting)
    by_writer = exists().where(claims.c.sha256 == blobs.c.sha256)
    of_blobs = connection.scalar(select(func.coalesce(func.sum(blobs.c.size), 0)).where(or_(by_share, by_writer)))
    of_records = connection.scalar(select(func.coalesce(func.sum(shares.c.record_size), 0)).where(lasting))
    return int(of_blobs or 0) + int(of_records or 0)


def unheld() -> ColumnElement[bool]:
    """Return the condition that neither a share nor a writer needs a blob."""
    by_share = exists().where(held.c.sha256 == blobs.c.sha256)
    by_writer = exists().where(claims.c.sha256 == blobs.c.sha256)
    return and_(not_(by_share), not_(by_writer))


def drop_shares(connection: Connection, ids: list[str]) -> set[str]:
    """Delete shares; return the blobs that they held."""
    names: set[str] = set()
    for part in in_parts(ids):
        names.update(connection.scalars(select(held.c.sha256).where(held.c.share.in_(part))))
        connection.execute(delete(held).where(held.c.share.in_(part)))
        connection.execute(delete(shares).where(shares.c.id.in_(part)))
    return names
