"""Changing a draft, deleting a share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from hpi.errors import StoreError
from hpi.store import tokens
from hpi.store.failures import gone
from hpi.store.parts import DAY, Parts
from hpi.store.rows import columns_of, drop_shares, filled, shares_where
from hpi.store.saving import full
from hpi.store.share import Share, moment
from hpi.store.sweeping import sweep_blobs
from hpi.store.tables import shares
from hpi.store.wanted import as_text


def change(parts: Parts, which: ColumnElement[bool], owner: str | None, record: Mapping[str, Any]) -> Share:
    """Return a draft of this owner with another record, living on from now; raises LinkError if there is none."""
    text = as_text(record)
    if not parts.index.exists() or not (owner is None or tokens.OWNER.fullmatch(owner)):
        raise gone()
    with parts.index.writing() as connection:
        now = parts.now()
        draft = _living(connection, now, which, shares.c.kind == "draft", shares.c.owner == owner)
        before = connection.scalar(select(shares.c.record_size).where(shares.c.id == draft.id)) or 0
        more = len(text) - before
        if more > 0 and filled(connection) + more > parts.settings.store_bytes:
            raise full(parts)
        expires = now + max(1, parts.settings.draft_days) * DAY
        row = columns_of(text) | {"size": draft.size + more, "expires": expires}
        connection.execute(update(shares).where(shares.c.id == draft.id).values(row))
    return replace(draft, record=json.loads(text), size=draft.size + more, expires=moment(expires))


def delete(parts: Parts, *which: ColumnElement[bool]) -> Share:
    """Return the share that was deleted, with the blobs that nothing else needs; raises LinkError if there is none."""
    if not parts.index.exists():
        raise gone()
    with parts.index.writing() as connection:
        share = _living(connection, parts.now(), *which)
        freed = drop_shares(connection, [share.id])
    with suppress(StoreError):  # the next sweep does it
        sweep_blobs(parts, freed)
    return share


def _living(connection: Connection, now: int, *which: ColumnElement[bool]) -> Share:
    found = shares_where(connection, *which, shares.c.expires > now)
    if not found:
        raise gone()
    return found[0]
