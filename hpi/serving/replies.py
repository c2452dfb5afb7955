"""Replies of the server itself, to requests that do not reach the app."""

from __future__ import annotations

from starlette.types import Receive, Scope, Send

DRAINED = 64_000_000  # bytes that are read and thrown away, so that the sender sees the reply
TRY_LATER = 1013  # closes a websocket
WHY = "hpi.refused"
BUSY = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="10">
<meta name="viewport" content="width=device-width"><title>Busy</title>
<style>body {font: 1.1rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 20vh auto; padding: 0 1.5rem;
color-scheme: light dark}</style></head>
<body><h1>Busy</h1><p>As many pages are open here as this server allows. This page tries again every ten seconds.</p>
</body></html>
"""


async def refuse(
    scope: Scope, receive: Receive, send: Send, status: int, text: str, why: str, kind: str = "text/plain"
) -> None:
    """Reply with a status and a text; `why` is a word for the log."""
    scope[WHY] = why
    headers = [(b"content-type", f"{kind}; charset=utf-8".encode()), (b"cache-control", b"no-store")]
    if status in (429, 503):
        headers.append((b"retry-after", b"10"))
    body = text.encode()
    headers.append((b"content-length", str(len(body)).encode()))
    if scope["type"] == "http":
        await _drain(receive)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
    elif "websocket.http.response" in scope.get("extensions", {}):
        await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": body})
    else:
        await send({"type": "websocket.close", "code": TRY_LATER, "reason": why})


async def _drain(receive: Receive) -> None:
    """Read what is still sent, up to a point: a browser does not look at a reply before it has sent everything."""
    size = 0
    while size < DRAINED:
        message = await receive()
        size += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body", False):
            return
