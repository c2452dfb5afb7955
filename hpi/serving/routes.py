"""What kind of thing is asked for: a word for a path, so that logs and guards need not look at paths."""

from __future__ import annotations

from starlette.types import Scope

ALIVE, READY = "/healthz", "/readyz"
LIBRARY = "/library/"  # scripts of ours
# how a path begins -> its kind; the first that fits
BEGINNINGS = (
    ("/_stcore/stream", "websocket"),
    ("/_stcore/upload_file/", "upload"),
    ("/_stcore/health", "health"),
    ("/_stcore/host-config", "health"),
    ("/_stcore/bidi-components/", "component"),
    # numbers about the process, ways to drive it without a browser: nothing for visitors
    ("/_stcore/", "inside"),
    ("/component/", "component"),
    ("/media/", "media"),
    ("/static/", "static"),
    ("/app/static/", "static"),
    (LIBRARY, "static"),
    ("/oauth2callback", "sign-in"),
    ("/auth/", "sign-in"),
)


def kind_of(scope: Scope, base: str = "") -> str:
    """Return "page", "static", "upload", "websocket"...; "other" for what lies outside `base`, the path of the app."""
    path = scope["path"]
    if path in (ALIVE, READY) or path in (base + ALIVE, base + READY):
        return "probe"
    if base and path != base and not path.startswith(base + "/"):
        return "other"
    path = path[len(base) :] or "/"
    if "/_stcore/" in path[1:]:  # what a browser asks below a page's path, in search of the app
        return "other"
    found = next((kind for beginning, kind in BEGINNINGS if path.startswith(beginning)), "page")
    return "page" if found == "static" and "." not in path else found


def address_of(scope: Scope) -> str:
    """Return where a request comes from; of IPv6 the network, since one machine has as many addresses as it likes."""
    host = (scope.get("client") or ("unknown",))[0]
    if ":" not in host:
        return str(host)
    return ":".join(_groups(str(host).split("%")[0])[:4])


def _groups(address: str) -> list[str]:
    """Return the eight groups of an IPv6 address."""
    before, _, after = address.partition("::")
    left, right = before.split(":") if before else [], after.split(":") if after else []
    return [*left, *["0"] * (8 - len(left) - len(right)), *right] if "::" in address else left
