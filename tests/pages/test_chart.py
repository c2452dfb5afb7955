"""What a chart sends to the browser, and what comes back of it; the browser itself is tests/browser/test_chart.py."""

from __future__ import annotations

import json
from types import SimpleNamespace

import plotly.graph_objects as go
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages import chart, library
from pages.chart import Picked
from tests.pages.drawn import charts
from tests.pages.tables import HOSTILE

NOTHING = SimpleNamespace(picked=None, ranged=None)


@pytest.fixture
def draw(monkeypatch):
    """A function that draws a chart to which something is done: `draw(picked={...})`; what was sent is `draw.sent`."""

    def component(name, **about):
        def mount(**given):
            drawing.sent = {"name": name} | about | given
            return drawing.done

        return mount

    def drawing(figure=None, clickable="", ranges="", **done):
        drawing.done = SimpleNamespace(**vars(NOTHING) | done)
        return chart.draw(go.Figure() if figure is None else figure, "bars", clickable, ranges)

    monkeypatch.setattr(st.components.v2, "component", component)
    return drawing


def test_nothing_done_is_none(draw):
    assert draw() is None
    assert draw(ranged={}) is None  # over a part of the figure that takes no range


def test_a_click_brings_what_the_point_carries_and_where_it_stands(draw):
    assert draw(picked={"customdata": "lr", "x": 0.4, "y": 2}) == Picked("lr", (0.4, 2))
    assert draw(picked={"customdata": ["a", "b"]}) == Picked(["a", "b"], (None, None))


@pytest.mark.parametrize(
    ("ranged", "x", "y"),
    [
        ({"x": [1.5, 0.5]}, (0.5, 1.5), None),
        ({"y": [-1e-3, 1e6]}, None, (-1e-3, 1e6)),
        ({"x": [0, 0], "y": [3, 1]}, (0, 0), (1, 3)),
    ],
)
def test_the_lower_end_of_a_range_comes_first(draw, ranged, x, y):
    assert draw(ranges="xy", ranged=ranged) == Picked(x=x, y=y)


def test_what_is_sent_is_the_figure_and_what_can_be_done_to_it(draw):
    figure = go.Figure(go.Bar(x=[1, 2], y=list(HOSTILE[:2]), customdata=list(HOSTILE[:2])), {"title": HOSTILE[3]})
    draw(figure, clickable="Opens it", ranges="x")
    sent = json.loads(draw.sent["data"])
    assert sent == {
        "name": "hpi-bars", "clickable": "Opens it", "ranges": "x", "library": library.plotly(),
        "figure": json.loads(figure.to_json()),
    }  # fmt: skip
    # in the page itself, not in a frame or a shadow: the theme reaches it, and so does who looks for a chart
    assert draw.sent["isolate_styles"] is False
    assert draw.sent["key"] == "bars"


def test_our_script_is_fetched_not_sent_along(draw):
    draw()
    sent = draw.sent["js"]
    assert library.chart() in sent
    assert "class Chart" not in sent
    assert "\n" in sent  # a single line would be the name of a file
    assert len(sent) < 1000


def test_a_chart_of_an_app_comes_through_as_it_was_drawn():
    def script():
        import plotly.graph_objects as go

        from pages import chart

        chart.draw(go.Figure(go.Bar(y=[1])), "bars", clickable="Opens it")

    app = AppTest.from_function(script).run()
    assert not app.exception
    (shown,) = charts(app)
    assert [trace["y"] for trace in shown["figure"]["data"]] == [[1]]
    assert shown["clickable"] == "Opens it"
