"""How many pages may be open at once, in all and from one address: every open page holds a websocket."""

from __future__ import annotations

from collections import Counter

from starlette.types import ASGIApp, Receive, Scope, Send

from hpi.serving.replies import BUSY, refuse
from hpi.serving.routes import address_of, kind_of


class Sockets:
    """Refuses websockets beyond the limits, and says so on pages that could not open one."""

    def __init__(self, app: ASGIApp, most: int, most_of_one: int, base: str) -> None:
        self.app, self.most, self.most_of_one, self.base = app, most, most_of_one, base
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        address = address_of(scope)
        if scope["type"] == "websocket":
            await self._websocket(address, scope, receive, send)
        elif self._is_full(address) and kind_of(scope, self.base) == "page":
            await refuse(scope, receive, send, 503, BUSY, "busy", "text/html")
        else:
            await self.app(scope, receive, send)

    async def _websocket(self, address: str, scope: Scope, receive: Receive, send: Send) -> None:
        if self._is_full(address):
            await refuse(scope, receive, send, 503, "busy\n", "busy")
            return
        self._open[address] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._open[address] -= 1
            self._open += Counter()  # forgets those that have gone

    def _is_full(self, address: str) -> bool:
        return self._open[address] >= self.most_of_one or self._open.total() >= self.most
