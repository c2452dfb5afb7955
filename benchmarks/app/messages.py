"""How large the messages are that bring a chart to the browser: those of its websocket, before they are compressed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.app.browser import opened, visitor, wait_for
from benchmarks.app.slider import press
from benchmarks.app.stopwatch import settle
from benchmarks.app.switching import ASKED, FIRST_CHART_WITHIN, PAGES, ask_all, link

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, WebSocket

MARKS = ("theme_watch", "waiting")  # the components that are no charts
COMPONENTS = ("bidi_component", "component_instance")
NO_ELEMENT = "no element"


@dataclass
class Messages:
    """The messages that came, by what they bring.

    Attributes
    ----------
    charts
        Bytes of the largest message of each chart, by its name.
    largest
        Bytes of the largest message of each other kind.
    """

    charts: dict[str, int] = field(default_factory=dict)
    largest: dict[str, int] = field(default_factory=dict)

    def listen(self, page: Page) -> None:
        """Note every message that comes to a page from now on."""
        page.on("websocket", lambda socket: self._follow(socket))

    def _follow(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda content: self.take(content) if isinstance(content, bytes) else None)

    def take(self, content: bytes) -> None:
        """Note a message."""
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        kind, chart = what(ForwardMsg.FromString(content))
        sizes, name = (self.largest, kind) if chart is None else (self.charts, chart)
        sizes[name] = max(len(content), sizes.get(name, 0))


def what(message: Any) -> tuple[str, str | None]:  # noqa: ANN401
    """Return what a message brings, and the name of the chart that is in it; None where there is none.

    A chart is an element of Streamlit's own kind, or a component of the app's; its name is the key that it was given.
    """
    kind = str(message.WhichOneof("type"))
    if kind != "delta" or message.delta.WhichOneof("type") != "new_element":
        return kind, None
    element = message.delta.new_element
    kind = str(element.WhichOneof("type") or NO_ELEMENT)
    if kind not in ("plotly_chart", *COMPONENTS):
        return kind, None
    brought = getattr(element, kind)
    is_mark = getattr(brought, "component_name", "") in MARKS
    return kind, None if is_mark else named(str(getattr(brought, "id", ""))) or kind


def named(element: str) -> str:
    """Return the key that an element was given, of its id "$$ID-<digest>-<key>"."""
    return element.split("-", 2)[-1]


def measured(browser: Browser, url: str, paths: list[Path]) -> Messages:
    """Return the messages of every page: of the example, and of tables that are dropped."""
    messages = Messages()
    for opening in (lambda page: ask_all(page, url), *(_drop(url, path) for path in paths)):
        with visitor(browser) as page:
            messages.listen(page)
            opening(page)
            press(page, 0)
            for title, chart in PAGES.items():
                if title == ASKED:  # where the step of the slider has asked another question
                    continue
                settle(page)
                link(page, title).click()
                wait_for(page, chart, FIRST_CHART_WITHIN)
            settle(page)
        print(f"messages: {len(messages.charts)} charts seen", file=sys.stderr, flush=True)
    return messages


def _drop(url: str, path: Path) -> Callable[[Page], None]:
    return lambda page: opened(page, url, path)
