"""Sign-in leads back to the page and the question that were asked for, and says calmly where it failed.

Streamlit's own routes always lead to the start page. This stands before them and changes where they lead, nothing
else: /auth/login notes in a cookie for ten minutes which page the visitor came from (the Referer, so the pages have
to be served with `Referrer-Policy: same-origin`), /oauth2callback leads there. The cookie needs no signature: it can
only name a page of this app, so whoever could forge it could as well send a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE, SECONDS = "hpi_return", 600
LOGIN, CALLBACK = "/auth/login", "/oauth2callback"
KEY, FAILED, UNREACHABLE = "sign_in", "failed", "unreachable"
SIGNED_IN = "_streamlit_user="  # the cookie that Streamlit sets once it knows who somebody is
ADDRESS = re.compile(r"https?://[^/?#]*(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?")
LONGEST = 3800  # a browser keeps cookies of up to 4,096 bytes
# a page of this app and its query, as a browser writes them; nothing that ends a cookie or a header, no //host
PLACE = re.compile(r"/(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]*(?:\?[!$-+\--:<-\[\]-~]*)?")


class Returning:
    """ASGI middleware around Streamlit that leads back from a sign-in."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; the answers of two routes on the way back with another place to lead to."""
        path = scope["path"] if scope["type"] == "http" else ""
        if path.endswith(LOGIN):
            came_from = _came_from(scope, path.removesuffix(LOGIN))
            send = _Answer(send, came_from).leave
        elif path.endswith(CALLBACK):
            base = path.removesuffix(CALLBACK)
            send = _Answer(send, _noted(scope, base), asked=b"state=" in scope["query_string"]).come_back
        await self.app(scope, receive, send)


@dataclass
class _Place:
    base: str
    place: str | None

    @property
    def root(self) -> str:
        return f"{self.base}/"

    def saying(self, what: str) -> str:
        """Return where to go to read that the sign-in failed."""
        place = self.place or self.root
        return f"{place}{'&' if '?' in place else '?'}{KEY}={what}"


@dataclass
class _Answer:
    """An answer of Streamlit on its way out; whatever leads elsewhere has no body."""

    send: Send
    where: _Place
    asked: bool = True
    replaced: bool = False

    async def leave(self, message: Message) -> None:
        """Note where the visitor came from; lead back there where the provider cannot be asked."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if message["status"] >= 400:
                self._lead_to(message, headers, self.where.saying(UNREACHABLE))
            elif headers.get("location") == self.where.root:  # what the button carried has grown old
                headers["location"] = self.where.saying(FAILED)
            else:
                _note(headers, self.where)
        await self._pass_on(message)

    async def come_back(self, message: Message) -> None:
        """Lead to where the visitor came from; the provider also leads here after a sign-out, with nothing asked."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if message["status"] >= 400:
                self._lead_to(message, headers, self.where.saying(FAILED))
            elif any(_knows_somebody(cookie) for cookie in headers.getlist("set-cookie")):
                headers["location"] = self.where.place or self.where.root
            elif self.asked:
                headers["location"] = self.where.saying(FAILED)
            _note(headers, _Place(self.where.base, None))
        await self._pass_on(message)

    def _lead_to(self, message: Message, headers: MutableHeaders, place: str) -> None:
        self.replaced, message["status"] = True, 303
        headers["location"], headers["content-length"] = place, "0"
        del headers["content-type"]

    async def _pass_on(self, message: Message) -> None:
        if message["type"] == "http.response.body" and self.replaced:
            message = {**message, "body": b""}
        await self.send(message)


def _came_from(scope: Scope, base: str) -> _Place:
    """Return the page that the browser says it comes from; no host is read, so it is one of this app."""
    said = ADDRESS.match(Headers(scope=scope).get("referer", ""))
    if said is None:
        return _Place(base, None)
    query = "&".join(_without_ours((said["query"] or "").split("&")))
    return _Place(base, _checked(said["path"] + (f"?{query}" if query else ""), base))


def _without_ours(parts: Iterable[str]) -> list[str]:
    """Return a query without what an earlier attempt left in it; `;` and `,` would end a cookie."""
    return [part.replace(";", "%3B").replace(",", "%2C") for part in parts if part.partition("=")[0] != KEY]


def _noted(scope: Scope, base: str) -> _Place:
    """Return what the cookie says."""
    return _Place(base, _checked(HTTPConnection(scope).cookies.get(COOKIE, ""), base))


def _checked(place: str, base: str) -> str | None:
    """Return a page of this app, or None for whatever else it may be."""
    path = place.partition("?")[0]
    inside = path.startswith(f"{base}/") and not path.endswith((LOGIN, CALLBACK))
    return place if inside and len(place) <= LONGEST and PLACE.fullmatch(place) else None


def _note(headers: MutableHeaders, where: _Place) -> None:
    """Set the cookie to a place, or take it away."""
    value, seconds = (where.place, SECONDS) if where.place else ("", 0)
    cookie = f"{COOKIE}={value}; Max-Age={seconds}; Path={where.base}{CALLBACK}; HttpOnly; SameSite=Lax"
    headers.append("set-cookie", cookie)


def _knows_somebody(cookie: str) -> bool:
    return cookie.startswith(SIGNED_IN) and "max-age=0" not in cookie.lower()
