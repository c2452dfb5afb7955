"""What has arrived of a page: its figures, texts and links, and whatever should not be on it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.serving.links import IMPORTANCE, Link, Numbers

CHART = "chart"  # our component
HOME = ""  # the address of the first page
NEVER = ("page_not_found", "auth_redirect")  # messages
BARS, FLOORS = "importance", "noise floor"  # names of traces


@dataclass
class Arrived:
    """The elements of the page that is drawn, by their places on it, and what its run said of itself."""

    elements: dict[tuple[int, ...], Any] = field(default_factory=dict)
    session: str = ""
    wrong: list[str] = field(default_factory=list)

    def take(self, message: ForwardMsg) -> bool:
        """Take a message; whether it was the last one of a page that is drawn to its end."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session = message.new_session.initialize.session_id
            self.elements.clear()
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self.elements[tuple(message.metadata.delta_path)] = message.delta.new_element
        elif kind in NEVER or (
            kind == "session_event" and message.session_event.HasField("script_compilation_exception")
        ):
            self.wrong.append(kind)
        return kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY

    def of_kind(self, kind: str) -> list[Any]:
        """Return the elements of a kind from top to bottom."""
        there = (self.elements[place] for place in sorted(self.elements))
        return [getattr(one, kind) for one in there if one.WhichOneof("type") == kind]

    def errors(self) -> list[str]:
        """Return what broke on the page, in a word each."""
        alerts = [one.body for one in self.of_kind("alert") if one.format == Alert.ERROR]
        return [*self.wrong, *(one.type for one in self.of_kind("exception")), *alerts]

    def texts(self) -> list[str]:
        """Return what stands on the page as plain text."""
        return [one.body for one in self.of_kind("text")]

    def onward(self, page: str) -> tuple[str, str]:
        """Return script and query of the menu's link to a page; raises LookupError where there is none."""
        found = next(one for one in self.of_kind("page_link") if one.page.strip("/") == page)
        return found.page_script_hash, found.query_string

    def figures(self) -> list[list[dict[str, Any]]]:
        """Return the traces of the figures."""
        charts = [one for one in self.of_kind("bidi_component") if one.component_name == CHART]
        return [json.loads(json.loads(one.json))["figure"]["data"] for one in charts]


def judged(arrived: Arrived, link: Link, page: str) -> str | None:
    """Say what is wrong with a page of a link; None where it shows all that it must, to the last digit."""
    errors, drawn, wanted = arrived.errors(), arrived.figures(), link.pages[page]
    if errors:
        return f"error on the page: {'; '.join(errors)}"
    if len(drawn) != len(wanted.figures):
        return f"{len(drawn)} figures instead of {len(wanted.figures)}: {' / '.join(arrived.texts())[:300]}"
    if page == IMPORTANCE and bars(drawn[0]) != link.bars:
        return "wrong numbers: the bars are not those that were stored"
    if tuple(json.dumps(one, sort_keys=True) for one in drawn) != wanted.figures:
        return "wrong numbers: a figure is not the one of the stored table"
    if not wanted.texts <= set(arrived.texts()):
        return "wrong sentences: not all that were stored"
    return None


def bars(traces: list[dict[str, Any]]) -> Numbers:
    """Return name, importance and noise floor of each bar that is drawn."""
    named = {trace["name"]: trace for trace in traces}
    found, floors = named[BARS], named[FLOORS]
    return tuple(zip(found["customdata"], found["x"], floors["x"], strict=True))


def query_of(link: Link) -> str:
    """Return the query of a link's address."""
    return urlencode({"s": link.token})
