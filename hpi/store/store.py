"""The store: tables and settings under links that nobody can guess, for as long as they are promised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement

from hpi.errors import StoreError
from hpi.store import changing, checking, copying, saving, sweeping, tokens
from hpi.store.failures import gone, in_words
from hpi.store.index import Index
from hpi.store.parts import DAY, Parts
from hpi.store.remote import place
from hpi.store.rows import shares_where
from hpi.store.settings import StoreSettings
from hpi.store.share import Checked, Copied, Kind, Made, Share, Swept, code, microseconds
from hpi.store.tables import shares
from hpi.store.wanted import wanted


def _now() -> datetime:
    return datetime.now(UTC)


class Store:
    """A store of shares and drafts; threads and processes may use it at once.

    Parameters
    ----------
    settings
        Where it lies and how much it may hold. Nothing is made before the first write.
    now
        The clock, in UTC.
    """

    def __init__(self, settings: StoreSettings, now: Callable[[], datetime] = _now) -> None:
        self.settings = settings
        self._index = Index(settings.index, settings.folder)
        self._parts = Parts(self._index, place(settings), settings, lambda: microseconds(now()))
        self._expires_next = 0

    def save(
        self,
        kind: Kind,
        record: Mapping[str, Any],
        blobs: Mapping[str, bytes],
        owner: str | None = None,
        days: float | None = None,
    ) -> Made:
        """Return the new share with its token and its secret, once all of it is stored for good.

        Raises
        ------
        StoreError
            If it is too large, the store is full or cannot be written: then nothing of it is stored.
        """
        new = wanted(self.settings, kind, record, blobs, owner, days)
        self._expire_daily()
        return saving.save(self._parts, new)

    def open(self, token: str) -> Share:
        """Return what lies under a token; any text may be given.

        Raises
        ------
        LinkError
            If the text is no token, or one of nothing; the same for all reasons.
        StoreError
            If the record is not the one that was stored.
        """
        share = self._one(shares.c.token == tokens.digest(token))
        if not share.is_sound:
            raise _damaged(tokens.sha256(share.id.encode()))
        return share

    def load(self, share: Share, name: str) -> bytes:
        """Return a blob of a share, byte for byte as it was stored.

        Raises
        ------
        LinkError
            If the share has expired or was deleted.
        StoreError
            If the bytes are not those that were stored.
        """
        sha256 = share.blobs[name]
        self._one(shares.c.id == share.id)
        try:
            with in_words():
                content = self._parts.blobs.read(sha256)
        except StoreError as error:
            if not isinstance(error.__cause__, FileNotFoundError):
                raise
            self._one(shares.c.id == share.id)  # deleted at this moment
            raise _damaged(sha256) from error
        if tokens.sha256(content) != sha256:
            raise _damaged(sha256)
        return content

    def change(self, token: str, owner: str | None, record: Mapping[str, Any]) -> Share:
        """Return a draft with another record; it lives on from now. Raises LinkError if it is no draft of the owner."""
        return changing.change(self._parts, shares.c.token == tokens.digest(token), owner, record)

    def delete(self, secret: str) -> Share:
        """Return the share that was deleted; any text may be given. Raises LinkError as `open` does."""
        return changing.delete(self._parts, shares.c.secret == tokens.digest(secret))

    def delete_own(self, owner: str | None, id: str) -> Share:
        """Return the share of this owner that was deleted; raises LinkError as `open` does."""
        if owner is None or not tokens.OWNER.fullmatch(owner) or not tokens.ID.fullmatch(id):
            raise gone()
        return changing.delete(self._parts, shares.c.id == id, shares.c.owner == owner)

    def own(self, owner: str | None) -> list[Share]:
        """Return the shares of an owner, without drafts, newest first."""
        if owner is None or not tokens.OWNER.fullmatch(owner):
            return []
        return self._living(shares.c.owner == owner, shares.c.kind == "share")

    def check(self) -> Checked:
        """Return what is there and whether it is sound: every blob is read."""
        return checking.check(self._parts)

    def gc(self) -> Swept:
        """Return how much was taken away that nobody needs; may run beside everything else."""
        return sweeping.sweep(self._parts)

    def backup(self, folder: Path | str) -> Copied:
        """Return how much was copied into a folder, which then is a store of its own (HPI_STORE).

        Raises
        ------
        StoreError
            If something lies there already, or it cannot be written.
        """
        target = Store(StoreSettings(Path(folder)))
        try:
            return copying.copy(self._parts, target._parts)
        finally:
            target.close()

    def restore(self, folder: Path | str) -> Copied:
        """Return how much was copied from a backup into this store; raises StoreError where this one is not empty."""
        source = Store(StoreSettings(Path(folder)))
        try:
            return copying.copy(source._parts, self._parts)
        finally:
            source.close()

    def is_writable(self) -> bool:
        """Whether a share could be stored now, apart from its size."""
        try:
            return checking.is_writable(self._parts)
        except StoreError:
            return False

    def close(self) -> None:
        """Close what is open; it is opened again when it is needed."""
        self._index.close()

    def _expire_daily(self) -> None:
        """Take away what has expired also where nobody runs `gc`."""
        now = self._parts.now()
        if now >= self._expires_next and self._index.exists():
            self._expires_next = now + DAY
            with suppress(StoreError):  # if it matters, saving says so
                sweeping.expire(self._parts)

    def _one(self, condition: ColumnElement[bool]) -> Share:
        found = self._living(condition)
        if not found:
            raise gone()
        return found[0]

    def _living(self, *conditions: ColumnElement[bool]) -> list[Share]:
        if not self._index.exists():
            return []
        with self._index.reading() as connection:
            return shares_where(connection, *conditions, shares.c.expires > self._parts.now())


def _damaged(sha256: str) -> StoreError:
    return StoreError(
        f"The stored table is damaged or missing (code {code(sha256)}), so it is not shown. Share it anew from the "
        "file, or tell the code to whoever runs this server."
    )
