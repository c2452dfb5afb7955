"""A browser without a screen: fetches a page and its files, opens Streamlit's websocket, connects anew if it is lost.

It does what Streamlit's own page does: cookies are kept and sent, the page's session is named when it connects anew, a
page that was being drawn is asked for again, and nothing is asked while nobody clicks.
"""

from __future__ import annotations

import asyncio
import http.client
import re
import time
from collections import Counter
from concurrent.futures import Executor
from contextlib import suppress
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from benchmarks.serving.arrived import Arrived

OWN_FILE = re.compile(r'(?:src|href)="\./(static/[^"?#]+)"')
ASKED_FIRST = ("_stcore/health", "_stcore/host-config")
REPLICA, TOKEN = "hpi_replica", "_streamlit_xsrf"
NO_TOKEN = "PLACEHOLDER_AUTH_TOKEN"  # noqa: S105 - what Streamlit's page says where it has none
WAITS = (0.5, 1.0, 2.0, 4.0)  # seconds between attempts to connect; the last one again and again
ANSWERS_WITHIN = 30.0
GONE = (OSError, EOFError, http.client.HTTPException, InvalidHandshake, TimeoutError)


class Refused(Exception):  # noqa: N818
    """The server answers with something else than what was asked for."""


class Browser:
    """A page of a server at `url`, with cookies of its own; `replica` stands in one where there was an earlier visit.

    Attributes
    ----------
    arrived
        What is drawn on the page.
    happened
        How often something else than the wanted came: "lost" connections; "refused (...)" attempts to connect.
    away
        Seconds without a connection, each time one was lost.
    """

    def __init__(self, url: str, threads: Executor, replica: str | None = None) -> None:
        self.url, self.arrived, self.happened = urlsplit(url), Arrived(), Counter[str]()
        self.away: list[float] = []
        self._threads, self._cookies = threads, SimpleCookie()
        if replica is not None:
            self._cookies[REPLICA] = replica
        self._socket: ClientConnection | None = None
        self._asked: BackMsg | None = None  # while the page is drawn
        self._lost_at: float | None = None

    @property
    def replica(self) -> str:
        """Number of the replica that has the session of the page."""
        return self._cookies[REPLICA].value if REPLICA in self._cookies else ""

    async def load(self, query: str) -> None:
        """Fetch the page and its own files, none of which is there already; raises Refused."""
        await asyncio.get_running_loop().run_in_executor(self._threads, self._load, query)

    async def ask(self, script: str, query: str) -> None:
        """Have a page drawn, and wait until it is; the first one where `script` is empty."""
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_script_hash = query, script
        asked.context_info.timezone, asked.context_info.locale = "UTC", "en-US"
        asked.context_info.url, asked.context_info.color_scheme = f"{self.url.geturl()}/", "light"
        self._asked, self.arrived.wrong = message, []
        if self._socket is None:
            await self._connect()
        else:
            await self._send()
        while self._asked is not None:
            await self._receive()

    async def idle(self, seconds: float) -> None:
        """Look at the page; connect anew where the connection is lost."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    await self._receive()

    async def close(self) -> None:
        """Close the page."""
        if self._socket is not None:
            await self._socket.close()

    async def _receive(self) -> None:
        """Take one message."""
        if self._socket is None:
            await self._connect()
        assert self._socket is not None
        try:
            content = await self._socket.recv()
        except ConnectionClosed:
            self.happened["lost"] += 1
            self._socket, self._lost_at = None, time.monotonic()
            return
        assert isinstance(content, bytes)
        if self.arrived.take(ForwardMsg.FromString(content)):
            self._asked = None

    async def _send(self) -> None:
        """Ask for what is to be drawn; a connection that is lost is noticed by who receives."""
        if self._asked is not None and self._socket is not None:
            with suppress(ConnectionClosed):
                await self._socket.send(self._asked.SerializeToString())

    async def _connect(self) -> None:
        """Open the websocket, as often as it takes, and ask again for what was being drawn."""
        attempt = 0
        while self._socket is None:
            try:
                await asyncio.get_running_loop().run_in_executor(self._threads, self._fetch_all, ASKED_FIRST)
                self._socket = await self._open()
            except (Refused, *GONE) as why:
                self.happened[f"refused ({_word(why)})"] += 1
                await asyncio.sleep(WAITS[min(attempt, len(WAITS) - 1)])
                attempt += 1
        if self._lost_at is not None:
            self.away.append(time.monotonic() - self._lost_at)
            self._lost_at = None
        await self._send()

    async def _open(self) -> ClientConnection:
        """Return a websocket of the page."""
        spoken = ["streamlit", self._cookies[TOKEN].value if TOKEN in self._cookies else NO_TOKEN]
        if self.arrived.session:
            spoken.append(self.arrived.session)
        opened = await connect(
            f"ws://{self.url.netloc}{self.url.path}/_stcore/stream",
            origin=f"http://{self.url.netloc}",  # type: ignore[arg-type]
            subprotocols=spoken,  # type: ignore[arg-type]
            additional_headers={"Cookie": self._sent()},
            open_timeout=ANSWERS_WITHIN, ping_interval=None, close_timeout=1, max_size=None, proxy=None,
        )  # fmt: skip
        assert opened.response is not None
        self._keep(opened.response.headers.get_all("Set-Cookie"))
        return opened

    def _load(self, query: str) -> None:
        page = self._fetch_all([f"?{query}"])
        self._fetch_all(OWN_FILE.findall(page.decode("utf-8")))

    def _fetch_all(self, paths: list[str] | tuple[str, ...]) -> bytes:
        """Fetch one path after the other over one connection; return what the last one has."""
        connection, content = http.client.HTTPConnection(self.url.netloc, timeout=ANSWERS_WITHIN), b""
        try:
            for path in paths:
                encoding = "identity" if path.startswith("?") else "gzip"
                headers = {"Cookie": self._sent(), "Accept-Encoding": encoding, "User-Agent": "Mozilla/5.0"}
                connection.request("GET", f"{self.url.path}/{path}", headers=headers)
                reply = connection.getresponse()
                content = reply.read()
                self._keep(reply.headers.get_all("Set-Cookie") or [])
                if reply.status != 200:
                    raise Refused(str(reply.status))
        finally:
            connection.close()
        return content

    def _sent(self) -> str:
        return "; ".join(f"{name}={morsel.value}" for name, morsel in self._cookies.items())

    def _keep(self, cookies: list[str]) -> None:
        for cookie in cookies:
            self._cookies.load(cookie)


def _word(why: BaseException) -> str:
    """Say why there is no connection, in a word."""
    status = getattr(getattr(why, "response", None), "status_code", None)
    return str(status or (str(why) if isinstance(why, Refused) else type(why).__name__))
