"""The store of this server: own tables kept for a reload, and links. Draws nothing, knows no session."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic

import streamlit as st

from hpi import sharing
from hpi.errors import LinkError, StoreError
from hpi.sharing import Snapshot
from hpi.store import Made, Share, Store, StoreSettings
from hpi.store.failures import gone
from pages import who

SHARE, DRAFT = "share", "draft"
AT_ONCE = 8  # tables of links that are held in memory for all who look at them
TRIES, WITHIN = 10, 60.0  # wrong secrets, in seconds
SLOWER = "Too many wrong secrets were tried; wait a minute and try again."


@dataclass(frozen=True)
class Shared:
    """A link that is open: what the store says of it, and what it shows."""

    token: str
    share: Share
    snapshot: Snapshot


@dataclass(frozen=True)
class Wanted:
    """A link that is to be made: of what, with which note, for how many days."""

    of: Hashable
    note: str
    days: int


@dataclass
class Tries:
    """When somebody named a secret that opens nothing."""

    at: deque[float] = field(default_factory=lambda: deque(maxlen=TRIES))

    @property
    def too_many(self) -> bool:
        """Whether the next try has to wait."""
        return len(self.at) == TRIES and monotonic() - self.at[0] < WITHIN


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """Return the store of this server; raises SettingsError where its settings make no sense."""
    return Store(StoreSettings.from_environment())


def keep(snapshot: Snapshot) -> str | None:
    """Keep an own table for a reload; return what it opens by in the same browser, None where it cannot be kept."""
    owner = who.owner()
    if owner is None or not store().settings.draft_days:
        return None
    record, blobs = sharing.save(snapshot)
    try:
        return store().save(DRAFT, record, blobs, owner).token
    except StoreError:  # too large or no room: what is open stays open, and is not there after a reload
        return None


def keep_up(token: str, snapshot: Snapshot) -> str | None:
    """Keep what was decided about a table since; return the token, or None where it is kept no longer."""
    try:
        store().change(token, who.owner(), sharing.record_of(snapshot))
    except StoreError:
        return None
    return token


def own(token: str) -> Snapshot:
    """Return an own table; raises LinkError for everything that this visitor has not kept, HpiError as `restore`."""
    share = store().open(token)
    owner = who.owner()
    if share.kind != DRAFT or owner is None or share.owner != owner:
        raise gone()
    return sharing.restore(share.record, {name: store().load(share, name) for name in share.blobs})


def publish(snapshot: Snapshot, days: float) -> Made:
    """Store what a link is to show; raises StoreError, also where a sign-in has ended since the page was drawn."""
    if not who.may_author():
        raise StoreError("Nothing is shared: whoever shares has to be signed in. Sign in, and try again.")
    record, blobs = sharing.save(snapshot)
    return store().save(SHARE, record, blobs, who.owner(), days)


def shared(token: str) -> Shared:
    """Return what a link shows; raises LinkError, StoreError, or HpiError as `restore`."""
    share = store().open(token)
    if share.kind != SHARE:
        raise gone()
    return Shared(token, share, _restored(share.id, share))


def is_there(link: Shared) -> bool:
    """Whether a link that is open was not deleted meanwhile; one that has expired since may be read to the end."""
    try:
        store().open(link.token)
    except LinkError:
        return link.share.expires <= datetime.now(UTC)
    except StoreError:  # the store is away for a moment; what is open is in memory
        return True
    return True


def delete(secret: str) -> Share:
    """Delete a link by its secret, and return it; raises LinkError, also where this visitor has tried too often."""
    tries = _tries(who.owner() or "")
    if tries.too_many:
        raise LinkError(SLOWER)
    try:
        return store().delete(secret.strip())
    except LinkError:
        tries.at.append(monotonic())
        raise


@st.cache_resource(show_spinner=False, max_entries=1000)
def _tries(visitor: str) -> Tries:  # noqa: ARG001 - the key
    return Tries()


@st.cache_resource(show_spinner=False, max_entries=AT_ONCE)
def _restored(share_id: str, _share: Share) -> Snapshot:  # noqa: ARG001 - the key
    """Read a link's table once for everybody: nothing of it is ever changed."""
    return sharing.restore(_share.record, {name: store().load(_share, name) for name in _share.blobs})
