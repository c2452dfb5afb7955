"""A figure on a page: drawn into the same element again and again, clicked, narrowed by a range, saved as a file.

Streamlit's own chart is taken down and put up anew whenever its figure changes (measured: 208 ms against 134 for ten
bars), has no text for who does not see it, and saves no data. This one is `Plotly.react` in a component; chart.js.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from json import dumps
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from pages import library

Ranges = Literal["", "x", "y", "xy"]
HERE = Path(__file__).parent
LOADER = """export default async part => {
  const script = await import(location.origin + ADDRESS).catch(() => null);
  if (script) return script.default(part);
  const said = document.createElement("p");
  said.className = "hpi-failed";
  said.textContent = "This chart cannot be drawn: the script for it did not come. Reload the page to try again.";
  part.parentElement.querySelector(".hpi-failed") ?? part.parentElement.append(said);
}
"""


@dataclass(frozen=True)
class Picked:
    """What a visitor did to a chart, once: the point that was clicked, or the range that was drawn.

    `customdata` is what the point carries, `place` where it stands. `x` and `y` are the ends of the range, the lower
    one first: values, also of a logarithmic axis; places (0, 1, 2...) of an axis of categories; None along an axis that
    takes no range, and over another part of the figure.
    """

    customdata: Any = None
    place: tuple[Any, Any] | None = None
    x: tuple[float, float] | None = None
    y: tuple[float, float] | None = None


def draw(figure: Any, key: str, clickable: str = "", ranges: Ranges = "") -> Picked | None:  # noqa: ANN401
    """Draw a figure; return what was done to it just now, if anything.

    `clickable` says what a click does ("Opens a hyperparameter"), "" where it does nothing; `ranges`: along which axes
    a range can be drawn.
    """
    about = dumps({"name": f"hpi-{key}", "clickable": clickable, "ranges": ranges, "library": library.plotly()})
    # the figure is JSON already: put in as it is, since reading and writing it again would take as long as drawing
    data = f'{about[:-1]}, "figure": {figure.to_json()}}}'
    component = st.components.v2.component("chart", css=_style(), js=_script(), isolate_styles=False)
    done = component(data=data, key=key, on_picked_change=_nothing, on_ranged_change=_nothing)
    if done.picked:
        return Picked(done.picked["customdata"], (done.picked.get("x"), done.picked.get("y")))
    return Picked(x=_ends(done.ranged, "x"), y=_ends(done.ranged, "y")) if done.ranged else None


def _ends(range_: dict[str, list[float]], axis: str) -> tuple[float, float] | None:
    ends = range_.get(axis)
    return (min(ends), max(ends)) if ends else None


def _nothing() -> None:
    """What was done is read where the chart is drawn."""


@cache
def _style() -> str:
    return (HERE / "chart.css").read_text("utf-8")


@cache
def _script() -> str:
    """Return what fetches the script: it would be sent along with every chart otherwise."""
    address = dumps(library.chart())
    # of more lines than one: Streamlit takes a single line for the name of a file
    return LOADER.replace("ADDRESS", address)
