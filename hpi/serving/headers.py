"""Security headers on every response, and the Content-Security-Policy under which the pages work."""

from __future__ import annotations

import base64
import hashlib
from html.parser import HTMLParser

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STARTS = ("http.response.start", "websocket.http.response.start")
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), midi=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


def policy(shell: str, frame_ancestors: tuple[str, ...]) -> str:
    """Return the Content-Security-Policy for the page `shell`, whose own inline scripts are allowed by their hashes."""
    hashes = " ".join(f"'sha256-{digest}'" for digest in _hashes(shell))
    rules = {
        "default-src": "'none'",
        "script-src": f"'self' {hashes} blob:".replace("  ", " "),  # blob: parts of the page that Python brings along
        "style-src": "'self' 'unsafe-inline'",  # the page writes its styles as it goes
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "media-src": "'self' data: blob:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "manifest-src": "'self'",
        "frame-src": "'self'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "object-src": "'none'",
        "frame-ancestors": " ".join(frame_ancestors),
    }
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())


def _hashes(shell: str) -> list[str]:
    """Return the base64 of the sha256 of each inline script."""
    found = _Inline()
    found.feed(shell)
    return [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in found.scripts]


class _Inline(HTMLParser):
    """Collects the texts of scripts that have no address."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self._is_open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_open = tag == "script" and "src" not in dict(attrs)
        if self._is_open:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._is_open = False

    def handle_data(self, data: str) -> None:
        if self._is_open:
            self.scripts[-1] += data


class SecurityHeaders:
    """Adds the headers to every response, refusals as well."""

    def __init__(self, app: ASGIApp, policy: str, frame_ancestors: tuple[str, ...], leads_back: bool = False) -> None:
        self.app = app
        # no other host learns a link; where people sign in, the way back is found by what this one sent to itself
        referrer = "same-origin" if leads_back else "no-referrer"
        self.headers = FIXED | {"Content-Security-Policy": policy, "Referrer-Policy": referrer}
        framing = {"'self'": "SAMEORIGIN", "'none'": "DENY"}.get(" ".join(frame_ancestors))
        if framing is not None:  # the older header cannot say more than that
            self.headers |= {"X-Frame-Options": framing}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the response with its headers back."""

        async def with_headers(message: Message) -> None:
            if message["type"] in STARTS:
                message["headers"] = list(message.get("headers", ()))
                headers = MutableHeaders(raw=message["headers"])
                for name, value in self.headers.items():
                    headers[name] = value
            await send(message)

        await self.app(scope, receive, with_headers)
