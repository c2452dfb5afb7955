"""How much one visitor may send: the app keeps every file in memory for as long as the page is open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hpi.serving.replies import refuse
from hpi.serving.routes import address_of, kind_of
from hpi.serving.visitors import VISITOR

MEGABYTE = 1 << 20


@dataclass
class Sent:
    """A file: whose page sent it, and how many bytes of it have come."""

    session: str
    size: int = 0
    is_under_way: bool = True


class Uploads:
    """Refuses what a visitor sends beyond so many files or bytes, counted while they come.

    A file counts as long as the app keeps it; `is_kept` says of a session and a file whether it does.
    """

    def __init__(
        self, app: ASGIApp, files: int, megabytes: int, base: str, is_kept: Callable[[str, str], bool]
    ) -> None:
        self.app, self.files, self.bytes, self.base = app, files, megabytes * MEGABYTE, base
        self._is_kept = is_kept
        self._sent: defaultdict[str, dict[str, Sent]] = defaultdict(dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http" or kind_of(scope, self.base) != "upload":
            await self.app(scope, receive, send)
            return
        session, _, file = scope["path"].rpartition("/_stcore/upload_file/")[2].partition("/")
        who = scope.get(VISITOR) or address_of(scope)
        if scope["method"] == "DELETE":
            await self._delete(who, file, scope, receive, send)
        elif scope["method"] == "PUT":
            await self._put(who, session, file, scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _put(self, who: str, session: str, file: str, scope: Scope, receive: Receive, send: Send) -> None:
        self._forget()
        mine = self._sent[who]
        before = mine.pop(file, None)  # the same file again takes its place
        if len(mine) >= self.files or self._size(mine) + _announced(scope) > self.bytes:
            if before is not None:
                mine[file] = before
            await self._refuse(scope, receive, send)
            return
        sent = mine[file] = Sent(session)
        status = 0

        async def counted() -> Message:
            message = await receive()
            sent.size += len(message.get("body", b""))
            if self._size(mine) > self.bytes:
                raise _TooMuch
            return message

        async def heard(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self.app(scope, counted, heard)
        except _TooMuch:
            await self._refuse(scope, receive, send)
        finally:
            sent.is_under_way = False
            if not 200 <= status < 300 and mine.get(file) is sent:  # the app has not kept it
                del mine[file]

    async def _delete(self, who: str, file: str, scope: Scope, receive: Receive, send: Send) -> None:
        async def heard(message: Message) -> None:
            if 200 <= message.get("status", 0) < 300:
                self._sent.get(who, {}).pop(file, None)
            await send(message)

        await self.app(scope, receive, heard)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        text = f"At most {self.files:,} files and {self.bytes // MEGABYTE:,} MB may be sent; close pages or reload.\n"
        await refuse(scope, receive, send, 429, text, "uploads")

    def _size(self, mine: dict[str, Sent]) -> int:
        return sum(sent.size for sent in mine.values())

    def _forget(self) -> None:
        """Take out the files that the app has let go of."""
        for who, mine in list(self._sent.items()):
            for file, sent in list(mine.items()):
                if not sent.is_under_way and not self._is_kept(sent.session, file):
                    del mine[file]
            if not mine:
                del self._sent[who]


class _TooMuch(Exception):  # noqa: N818
    """More bytes came than may."""


def _announced(scope: Scope) -> int:
    """Return how many bytes a request says it brings; 0 where it does not say."""
    text = dict(scope["headers"]).get(b"content-length", b"")
    return int(text) if text.isdigit() and len(text) < 16 else 0
