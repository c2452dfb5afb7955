"""What the store gives back: shares, and what was made, checked, swept away and copied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

Kind = Literal["share", "draft"]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Share:
    """What is stored under a link.

    Parameters
    ----------
    id
        A public name that opens nothing.
    kind
        "share", or "draft": the own table of somebody, kept for a while.
    owner
        Digest of who made it, or None.
    made, expires
        In UTC.
    record
        What the caller stored, as JSON has it.
    blobs
        sha256 of each blob, by its name.
    size
        Bytes of record and blobs.
    is_sound
        Whether the record is the one that was stored; else it is empty here.
    """

    id: str
    kind: Kind
    owner: str | None
    made: datetime
    expires: datetime
    record: Mapping[str, Any]
    blobs: Mapping[str, str]
    size: int
    is_sound: bool = True


@dataclass(frozen=True)
class Made:
    """A new share; token (opens it) and secret (deletes it) are told here and never again."""

    token: str
    secret: str
    share: Share


@dataclass(frozen=True)
class Checked:
    """What a look through the whole store found.

    `damaged` and `missing` are the codes of blobs that a share holds and that cannot be read as they were written;
    `unheld` blobs and `leftovers` are what interrupted writers left, no loss, and go at the next sweep.
    """

    exists: bool
    place: str
    shares: int = 0
    drafts: int = 0
    expired: int = 0
    blobs: int = 0
    size: int = 0
    damaged: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    index: tuple[str, ...] = ()  # complaints of the index about itself
    unheld: int = 0
    leftovers: int = 0

    @property
    def sound(self) -> bool:
        """Whether everything that is promised is there."""
        return not (self.damaged or self.missing or self.index)


@dataclass(frozen=True)
class Swept:
    """How much a sweep took away."""

    shares: int = 0
    drafts: int = 0
    claims: int = 0
    blobs: int = 0
    size: int = 0
    leftovers: int = 0


@dataclass(frozen=True)
class Copied:
    """How much a backup holds; `damaged` are the codes of blobs that could not be copied."""

    shares: int
    blobs: int
    size: int
    damaged: tuple[str, ...] = ()


def microseconds(moment: datetime) -> int:
    """Return microseconds since 1970 in UTC, exactly."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment(number: int) -> datetime:
    """Return the moment in UTC so many microseconds after 1970."""
    return EPOCH + timedelta(microseconds=number)


def code(sha256: str) -> str:
    """Return the short name of a blob that messages and `store check` use."""
    return sha256[:8]
