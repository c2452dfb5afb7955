"""The colours of .streamlit/config.toml are what a reader sees, in light and in dark."""

from __future__ import annotations

import tomllib

import pytest

from tests.browser.charts import traces, wait_for_chart
from tests.browser.servers import ROOT, running

APP = """
import plotly.graph_objects as go
import streamlit as st

st.plotly_chart(go.Figure([go.Bar(x=["a"], y=[1]), go.Bar(x=["a"], y=[2])]))
"""
THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]


@pytest.fixture(scope="module")
def chart_alone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("theme")
    script = folder / "chart_alone.py"
    script.write_text(APP)
    with running(script, folder) as started:
        yield started.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_reach_the_page_and_its_charts(chart_alone, new_page, scheme):
    page = new_page(color_scheme=scheme)
    page.goto(chart_alone)
    wait_for_chart(page)
    assert [trace["color"] for trace in traces(page)] == THEME[scheme]["chartCategoricalColors"][:2]
    background = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    red, green, blue = bytes.fromhex(THEME[scheme]["backgroundColor"][1:])
    assert background == f"rgb({red}, {green}, {blue})"
