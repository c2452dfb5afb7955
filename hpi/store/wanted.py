"""What somebody wants to have stored, with the limits that can be judged without looking into the store."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from hpi.errors import StoreError
from hpi.store import tokens
from hpi.store.parts import DAY
from hpi.store.settings import MB, StoreSettings
from hpi.store.share import Kind

LARGEST_RECORD = MB
NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


@dataclass(frozen=True)
class Wanted:
    """A share to be: its record as text, its blobs by name and by content, how long it is to live (microseconds)."""

    kind: Kind
    owner: str | None
    text: str
    names: Mapping[str, str]
    contents: Mapping[str, bytes]
    life: int
    size: int


def wanted(
    settings: StoreSettings,
    kind: Kind,
    record: Mapping[str, Any],
    blobs: Mapping[str, bytes],
    owner: str | None,
    days: float | None,
) -> Wanted:
    """Return what is to be stored.

    Raises
    ------
    StoreError
        If it is larger than a share may be or is to live longer.
    ValueError
        If a name or the owner has no proper form: they never come from outside.
    """
    if kind not in get_args(Kind) or not all(map(NAME.fullmatch, blobs)):
        raise ValueError(f"a kind or a name of a blob is malformed: {kind!r}, {list(blobs)!r}")
    if owner is not None and not tokens.OWNER.fullmatch(owner):
        raise ValueError("an owner is a digest in hex")
    text = as_text(record)
    names = {name: tokens.sha256(content) for name, content in blobs.items()}
    size = len(text) + sum(map(len, blobs.values()))
    _check_size(settings, kind, size)
    contents = {names[name]: content for name, content in blobs.items()}
    return Wanted(kind, owner, text, names, contents, _life(settings, kind, days), size)


def as_text(record: Mapping[str, Any]) -> str:
    """Return a record as JSON in ASCII; raises StoreError if it is too large or no JSON."""
    try:
        text = json.dumps(dict(record), allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise StoreError(f"What belongs to a link cannot be written as JSON ({type(error).__name__}).") from error
    if len(text) > LARGEST_RECORD:
        raise StoreError(f"What belongs to a link takes {megabytes(len(text))}; it may take 1 MB: shorten the note.")
    return text


def megabytes(size: int) -> str:
    """Return a size for a person; never rounded to less than it is."""
    return f"{-(-size * 10 // MB) / 10:,.1f}".removesuffix(".0") + " MB"


def _check_size(settings: StoreSettings, kind: Kind, size: int) -> None:
    if size > settings.share_bytes:
        raise StoreError(
            f"The table takes {megabytes(size)} as it is stored; {megabytes(settings.share_bytes)} are allowed "
            "(HPI_SHARE_MB). Leave out columns or trials."
        )
    if kind == "draft" and size > settings.draft_bytes:
        raise StoreError(f"Drafts may take {megabytes(settings.draft_bytes)} in all; this one {megabytes(size)}.")


def _life(settings: StoreSettings, kind: Kind, days: float | None) -> int:
    most, variable = (
        (settings.share_days, "HPI_SHARE_DAYS") if kind == "share" else (settings.draft_days, "HPI_DRAFT_DAYS")
    )
    if kind == "draft" and most == 0:
        raise StoreError("This server keeps no drafts (HPI_DRAFT_DAYS is 0).")
    if days is not None and not 0 < days <= most:
        raise StoreError(f"It can be kept for up to {most} days ({variable}), and for more than 0; not for {days:g}.")
    return int((most if days is None else days) * DAY)
