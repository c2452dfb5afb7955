"""Gives a visitor the cookie by which it is known again, and says whose a request is."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hpi.errors import SettingsError
from hpi.serving.routes import kind_of
from hpi.serving.visitor import COOKIE, LIFE, new_cookie, visitor_of

VISITOR = "hpi.visitor"
REPLICA_COOKIE = "hpi_replica"


class Visitors:
    """Sets the cookie on a page that is loaded without a good one; notes who asks in the scope, None for nobody known.

    `secret` is asked when it is first needed. Where there is none to be had, nobody gets a cookie.
    """

    def __init__(self, app: ASGIApp, secret: Callable[[], bytes], base: str, replica: str | None = None) -> None:
        self.app, self.base, self.replica = app, base, replica
        self._ask, self._secret = secret, b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the response with a cookie back where one is missing."""
        kind = "" if scope["type"] == "lifespan" else kind_of(scope, self.base)
        if kind not in ("page", "upload", "websocket"):
            await self.app(scope, receive, send)
            return
        text = cookie_parser(Headers(scope=scope).get("cookie", "")).get(COOKIE)
        scope[VISITOR] = self._visitor(text)

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and kind == "page" and _is_page(scope, message):
                self._add(message, None if scope[VISITOR] else self._new(scope))
            elif message["type"] == "websocket.accept" and self.replica is not None:
                # what this page asks from now on must come here, where its session is
                self._add(message, f"{REPLICA_COOKIE}={self.replica}; {self._where(scope)}")
            await send(message)

        await self.app(scope, receive, with_cookie)

    def _visitor(self, text: str | None) -> str | None:
        """Return whose a cookie is; a request without one needs no secret."""
        return visitor_of(text, self._known_secret()) if text and self._known_secret() else None

    def _known_secret(self) -> bytes:
        if not self._secret:
            try:
                self._secret = self._ask()
            except SettingsError:
                return b""
        return self._secret

    def _new(self, scope: Scope) -> str | None:
        """Return a cookie for somebody new, as the header has it."""
        secret = self._known_secret()
        return f"{COOKIE}={new_cookie(secret)}; Max-Age={LIFE}; {self._where(scope)}" if secret else None

    def _where(self, scope: Scope) -> str:
        """Return where a cookie counts, and that no script may read it."""
        secure = "; Secure" if scope.get("scheme") in ("https", "wss") else ""
        return f"Path={self.base or '/'}; HttpOnly; SameSite=Lax{secure}"

    def _add(self, message: Message, cookie: str | None) -> None:
        if cookie is not None:
            message["headers"] = [*message.get("headers", ()), (b"set-cookie", cookie.encode("ascii"))]


def _is_page(scope: Scope, message: Message) -> bool:
    """Whether a response is a page that a browser shows."""
    kind = Headers(raw=list(message.get("headers", ()))).get("content-type", "")
    return scope["method"] == "GET" and message["status"] == 200 and kind.startswith("text/html")
