"""What is refused before the app sees it: foreign names of the host, long queries, what is nothing for visitors."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from hpi.serving.replies import refuse
from hpi.serving.routes import kind_of
from hpi.serving.settings import ANY, LOCAL

FORWARDED = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via")
# changes of state and open lines must come from a page of ours
FROM_OUR_PAGES = ("websocket", "upload")


class Hosts:
    """Refuses requests under a foreign name of the host, and open lines and uploads from a foreign page.

    A page on another host whose name was made to point to this machine could read along otherwise.
    """

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...], base: str) -> None:
        self.app, self.hosts, self.base = app, hosts, base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        kind = kind_of(scope, self.base) if scope["type"] != "lifespan" else "probe"
        headers = Headers(scope=scope) if kind != "probe" else Headers()
        host, origin = headers.get("host"), headers.get("origin")
        if kind == "probe":  # asked by address, by what watches the server; they say nothing worth to steal
            await self.app(scope, receive, send)
        elif not is_allowed(name_of(host), self.hosts):
            text = "This server does not answer under that name; who runs it can allow it: HPI_ALLOWED_HOSTS.\n"
            await refuse(scope, receive, send, 400, text, "host")
        elif kind in FROM_OUR_PAGES and origin is not None and not self._is_ours(origin, host):
            await refuse(scope, receive, send, 403, "Pages of other hosts may not do that.\n", "origin")
        else:
            await self.app(scope, receive, send)

    def _is_ours(self, origin: str, host: str | None) -> bool:
        """Whether a page of that origin is one of ours: from the same host, or one that is named as allowed."""
        try:
            address = urlsplit(origin).netloc
        except ValueError:
            return False
        named = tuple(allowed for allowed in self.hosts if allowed != ANY and allowed not in LOCAL)
        return address != "" and (address == host or is_allowed(name_of(address), named))


def name_of(host: str | None) -> str | None:
    """Return the name in a Host header, lower case, without port; None where it is none."""
    try:
        parts = urlsplit(f"//{host}") if host else None
        if parts is None or parts.netloc != host or "@" in host or parts.port == 0:
            return None
        return (parts.hostname or "").rstrip(".") or None
    except ValueError:
        return None


def is_allowed(name: str | None, hosts: tuple[str, ...]) -> bool:
    """Whether a name is one of the hosts, or below one that begins with "*."."""
    if name is None:
        return False
    return any(host in (ANY, name) or (host.startswith("*.") and name.endswith(host[1:])) for host in hosts)


class Queries:
    """Refuses what is longer behind "?" than any link of ours."""

    def __init__(self, app: ASGIApp, longest: int) -> None:
        self.app, self.longest = app, longest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "lifespan" and len(scope.get("query_string", b"")) > self.longest:
            text = f"What stands behind the question mark is longer than {self.longest:,} bytes.\n"
            await refuse(scope, receive, send, 414, text, "query")
        else:
            await self.app(scope, receive, send)


class Inside:
    """Hides what is nothing for visitors; this machine itself may read the metrics, past any proxy."""

    def __init__(self, app: ASGIApp, base: str) -> None:
        self.app, self.base = app, base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or say that there is nothing."""
        hidden = scope["type"] != "lifespan" and kind_of(scope, self.base) == "inside"
        if hidden and not (scope["path"] == f"{self.base}/_stcore/metrics" and _is_from_here(scope)):
            await refuse(scope, receive, send, 404, "There is nothing here.\n", "inside")
        else:
            await self.app(scope, receive, send)


def _is_from_here(scope: Scope) -> bool:
    client = (scope.get("client") or ("",))[0]
    return client in ("127.0.0.1", "::1") and not any(name in Headers(scope=scope) for name in FORWARDED)
