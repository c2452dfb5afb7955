"""Asks an ASGI app without a network, and an app that stands for the pages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

SHELL = "<!DOCTYPE html><script>let a = 1</script><script src='./x.js'></script>"


@dataclass
class Reply:
    """What came back: of a websocket that was accepted the status is 101."""

    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def __getitem__(self, name: str) -> str:
        return ", ".join(value for key, value in self.headers if key == name)


@dataclass
class Pages:
    """The app behind the guards: notes what reached it, reads bodies, replies as Streamlit would."""

    status: int = 200
    kind: str = "text/html; charset=utf-8"
    reached: list[str] = field(default_factory=list)
    read: int = 0
    hold: asyncio.Event | None = None  # websockets stay open until it is set

    async def __call__(self, scope, receive, send):
        self.reached.append(scope["path"])
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept", "headers": []})
            if self.hold is not None:
                await self.hold.wait()
            return
        more = True
        while more:
            message = await receive()
            self.read += len(message.get("body", b""))
            more = message.get("more_body", False)
        headers = [(b"content-type", self.kind.encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"page"})


async def asking(
    app, path="/", query="", method="GET", headers=(), body: Iterable[bytes] = (), address="127.0.0.1", kind="http"
) -> Reply:
    """Ask for a path; `kind` "websocket" opens one."""
    given = {"host": "localhost:8501"} | dict(headers)
    scope = {
        "type": kind,
        "method": method,
        "path": path,
        "query_string": query if isinstance(query, bytes) else query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in given.items() if value is not None],
        "client": (address, 50_000),
        "scheme": "http",
        "extensions": {"websocket.http.response": {}},
    }
    if kind == "websocket":
        del scope["method"]
    waiting = [{"type": "http.request", "body": part, "more_body": True} for part in body]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})
    reply = Reply()

    async def receive():
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message):
        if message["type"] == "websocket.accept":
            reply.status = 101
        reply.status = message.get("status", reply.status)
        reply.headers += [(name.decode(), value.decode()) for name, value in message.get("headers", ())]
        reply.body += message.get("body", b"")

    await app(scope, receive, send)
    return reply


def ask(app, *arguments, **options) -> Reply:
    """Ask once, from outside of any event loop."""
    return asyncio.run(asking(app, *arguments, **options))
