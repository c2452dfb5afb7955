"""One JSON line a request: when, what kind, how it ended; never an address, a query, a name, a cookie or a token."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hpi.serving.replies import WHY
from hpi.serving.routes import kind_of

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")


class AccessLog:
    """Writes down a request when it has ended, a websocket when it is closed.

    Unless `is_all`, nothing of the fixed parts of the app, of which a page needs a hundred, where they are found.
    """

    def __init__(self, app: ASGIApp, write: Callable[..., None], base: str, is_all: bool = True) -> None:
        self.app, self.write, self.base, self.is_all = app, write, base, is_all

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and write down how it ended."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        begun, status, size = time.perf_counter(), 0, 0

        async def heard(message: Message) -> None:
            nonlocal status, size
            status = _status(message) or status
            size += len(message.get("body") or b"") + len(message.get("bytes") or b"")
            await send(message)

        try:
            await self.app(scope, receive, heard)
        finally:
            self._note(scope, status or 500, size, time.perf_counter() - begun)

    def _note(self, scope: Scope, status: int, size: int, seconds: float) -> None:
        route, method = kind_of(scope, self.base), scope.get("method", "GET")
        if not self.is_all and route == "static" and status < 400:
            return
        facts = {
            "method": method if method in METHODS else "other",
            "route": route,
            "status": status,
            "ms": round(1000 * seconds, 1),
            "bytes": size,
        }
        self.write("request", **facts | ({"refused": scope[WHY]} if WHY in scope else {}))


def _status(message: Message) -> int:
    """Return the status that a message sets, 0 where it sets none."""
    if message["type"] == "websocket.accept":
        return 101
    return int(message.get("status", 0))
