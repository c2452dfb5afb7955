"""What visitors leave behind: a page that was closed gives its memory back, and so does a table that was.

Streamlit keeps the session of a closed page until another one begins, which may be never. Draws nothing.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import sys
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from streamlit.runtime import exists, get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.session import Session, session

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

OFTEN = 5.0  # seconds between two looks
PATIENCE = 60.0  # seconds for which a closed page can come back as it was; Streamlit itself would wait for longer


@dataclass
class Visit:
    """A session that was here, and when its page was first seen closed."""

    session: weakref.ref[Session]
    closed: float | None = None


@dataclass
class Visits:
    """All of them by name; `untidy`: whether something large was let go of since memory was last given back."""

    known: dict[str, Visit] = field(default_factory=dict)
    untidy: bool = False

    def note(self, name: str, visited: Session) -> None:
        """Remember a session."""
        known = self.known.get(name)
        if known is None or known.session() is not visited:
            self.known[name] = Visit(weakref.ref(visited))

    def left(self, is_open: Callable[[str], bool], now: float) -> list[str]:
        """Return the sessions whose pages have been closed for so long that they do not come back; they are emptied."""
        visits = list(self.known.items())
        for name, visit in visits:
            visit.closed = None if is_open(name) else now if visit.closed is None else visit.closed
        left = [name for name, visit in visits if visit.closed is not None and now - visit.closed > PATIENCE]
        for name in left:
            # Streamlit's own loop may hold the last session until another visitor comes, so it is emptied as well
            visited = self.known.pop(name).session()
            if visited is not None:
                empty(visited)
        return left


VISITS = Visits()  # of this process, as the sessions themselves are


def attend() -> None:
    """Note the session of this run."""
    context = get_script_run_ctx()
    if context is not None:
        VISITS.note(context.session_id, session())


def close_table() -> None:
    """Close the table of this session."""
    empty(session())
    VISITS.untidy = True


def empty(visited: Session) -> None:
    """Take away the table and everything that was worked out of it; what was said of roles stays."""
    began = Session(followed=True, remembered=visited.remembered, n_uploads=visited.n_uploads + 1)
    looking = None if visited.looking is None else visited.looking.work
    for work in filter(None, (visited.work, visited.counting, looking)):
        work.cancel()
    for one in fields(began):
        setattr(visited, one.name, getattr(began, one.name))


class Watch:
    """Ends the sessions of pages that were closed, from the first request on, and gives memory back."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._looking: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if self._looking is None and exists():
            self._looking = asyncio.create_task(_look())
        await self._app(scope, receive, send)


async def _look() -> None:
    while exists():
        runtime = get_instance()
        left = VISITS.left(runtime.is_active_session, time.monotonic())
        for name in left:
            runtime.close_session(name)
        if left or VISITS.untidy:
            VISITS.untidy = False
            await asyncio.to_thread(give_back)
        await asyncio.sleep(OFTEN)


def give_back() -> None:
    """Return memory that nothing uses to the system: Python, Arrow and the C library keep it for later."""
    import pyarrow as pa

    gc.collect()
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # the GNU C library has it
        if trim is not None:
            trim(0)
