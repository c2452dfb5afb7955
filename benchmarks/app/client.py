"""A visitor without a screen: speaks Streamlit's protocol over a websocket, as the page in a browser does.

It sends what widgets hold and when they change, goes where the server sends it, and asks again on its own where a part
of the page wants that, as long as it wants it.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from http.cookies import SimpleCookie
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from benchmarks.app.browser import BARS
from benchmarks.app.messages import named, what

TOKEN = "_streamlit_xsrf"  # noqa: S105 - the name of a cookie
OPENS_WITHIN = 30.0
WAITING = "waiting"  # the component that has a part of a page drawn again after a moment


class Client:
    """A page of a server at `url` that begins at a query; used in an `async with`.

    Attributes
    ----------
    widgets
        Ids of the widgets that have come, by their keys.
    polls
        Parts of the page that want to be drawn again, and after how many seconds.
    wrong
        What should not have been on the page.
    """

    def __init__(self, url: str, query: str) -> None:
        self.url, self.query = urlsplit(url), query
        self.widgets: dict[str, str] = {}
        self.polls: dict[str, asyncio.Task[None]] = {}
        self.wrong: list[str] = []
        self.is_running = True
        self._page = ""
        self._bars: bytes | None = None
        self._bars_at: asyncio.Future[float] | None = None
        self._socket: ClientConnection | None = None
        self._listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Client:
        """Open the page, and ask for it."""
        cookies = await asyncio.to_thread(self._cookies)
        spoken = ["streamlit", cookies[TOKEN].value if TOKEN in cookies else "none"]
        self._socket = await connect(
            f"ws://{self.url.netloc}/_stcore/stream",
            origin=f"http://{self.url.netloc}",  # type: ignore[arg-type]
            subprotocols=spoken,  # type: ignore[arg-type]
            additional_headers={"Cookie": "; ".join(f"{name}={one.value}" for name, one in cookies.items())},
            open_timeout=OPENS_WITHIN, ping_interval=None, close_timeout=1, max_size=None, proxy=None,
        )  # fmt: skip
        self._listening = asyncio.create_task(self._listen())
        await self.send()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the page."""
        self._stop_polls()
        if self._listening is not None:
            self._listening.cancel()
        if self._socket is not None:
            await self._socket.close()

    async def send(self, widgets: Sequence[WidgetState] = (), fragment: str = "") -> None:
        """Ask for the page, or for a part of it, with widgets that have changed."""
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_script_hash, asked.fragment_id = self.query, self._page, fragment
        asked.is_auto_rerun = bool(fragment)
        asked.widget_states.widgets.extend(widgets)
        asked.context_info.timezone, asked.context_info.locale = "UTC", "en-US"
        asked.context_info.url, asked.context_info.color_scheme = f"{self.url.geturl()}/", "light"
        assert self._socket is not None
        self.is_running = True
        with suppress(ConnectionClosed):
            await self._socket.send(message.SerializeToString())

    async def bars(self, *widgets: WidgetState, within: float = 60.0) -> float:
        """Change widgets, and return the seconds until there are other bars; raises TimeoutError."""
        self._bars_at, began = asyncio.get_running_loop().create_future(), time.monotonic()
        await self.send(widgets)
        return await asyncio.wait_for(self._bars_at, within) - began

    async def first_bars(self, within: float = 60.0) -> None:
        """Wait until there are bars; raises TimeoutError."""
        end = time.monotonic() + within
        while self._bars is None or self.is_running:
            if time.monotonic() > end:
                raise TimeoutError("; ".join(self.wrong))
            await asyncio.sleep(0.02)

    async def rests(self, within: float) -> None:
        """Wait until the page is drawn to its end and nothing of it wants to be drawn again, or give up."""
        end = time.monotonic() + within
        while (self.polls or self.is_running) and time.monotonic() < end:
            await asyncio.sleep(0.02)

    async def _listen(self) -> None:
        assert self._socket is not None
        try:
            async for content in self._socket:
                assert isinstance(content, bytes)
                self._take(ForwardMsg.FromString(content))
        except ConnectionClosed:
            self.wrong.append("the connection was lost")

    def _take(self, message: ForwardMsg) -> None:
        kind, chart = what(message)
        if kind == "new_session":
            self._page, self.is_running = message.new_session.page_script_hash, True
            if not message.metadata.run.fragment_ids:
                self._stop_polls()
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            self._poll(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            self._stop_polls(message.stop_auto_rerun.fragment_ids)
        elif kind == "script_finished":
            self.is_running = False
        elif chart == BARS:
            self._drawn(message.delta.new_element.SerializeToString())
        elif message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._element(message.delta.new_element, message.delta.fragment_id)

    def _drawn(self, bars: bytes) -> None:
        if self._bars_at is not None and not self._bars_at.done() and bars != self._bars:
            self._bars_at.set_result(time.monotonic())
        self._bars = bars

    def _element(self, element: Any, fragment: str) -> None:  # noqa: ANN401
        kind = element.WhichOneof("type")
        id_ = getattr(getattr(element, kind), "id", "") if kind else ""
        if id_:
            self.widgets[named(id_)] = id_
        if kind == "exception":
            self.wrong.append(element.exception.type)
        elif kind == "bidi_component" and element.bidi_component.component_name == WAITING:
            self._poll(fragment, json.loads(element.bidi_component.json)["milliseconds"] / 1000, is_once=True)
        elif kind == "alert" and element.alert.format == Alert.ERROR:
            self.wrong.append(element.alert.body)

    def _poll(self, fragment: str, interval: float, is_once: bool = False) -> None:
        if fragment not in self.polls:
            self.polls[fragment] = asyncio.create_task(self._again(fragment, interval, is_once))

    async def _again(self, fragment: str, interval: float, is_once: bool) -> None:
        await asyncio.sleep(interval)
        while not is_once:
            await self.send(fragment=fragment)
            await asyncio.sleep(interval)
        del self.polls[fragment]
        await self.send(fragment=fragment)

    def _stop_polls(self, fragments: Iterable[str] | None = None) -> None:
        """Ask no longer for parts of the page, for any where none are named."""
        for fragment in list(self.polls if fragments is None else fragments):
            if fragment in self.polls:
                self.polls.pop(fragment).cancel()

    def _cookies(self) -> SimpleCookie:
        cookies: SimpleCookie = SimpleCookie()
        connection = http.client.HTTPConnection(self.url.netloc, timeout=OPENS_WITHIN)
        try:
            for path in (f"/?{self.query}", "/_stcore/health", "/_stcore/host-config"):
                sent = "; ".join(f"{name}={one.value}" for name, one in cookies.items())
                connection.request("GET", path, headers={"Cookie": sent, "User-Agent": "Mozilla/5.0"})
                reply = connection.getresponse()
                reply.read()
                for cookie in reply.headers.get_all("Set-Cookie") or []:
                    cookies.load(cookie)
        finally:
            connection.close()
        return cookies
