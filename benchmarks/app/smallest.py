"""The smallest Streamlit apps that show a chart: what the app is held against. They are written to a folder and run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

# A figure as the browser has it; typed arrays as they were sent, without what Plotly has added, which begins with _.
FIGURE = """selector => {
  const chart = document.querySelector(selector);
  const sent = array => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    const letter = array.constructor.name[0].toLowerCase();
    const text = Array.from(bytes, one => String.fromCharCode(one)).join('');
    return {dtype: letter + array.BYTES_PER_ELEMENT, bdata: btoa(text)};
  };
  const plain = (key, value) => key.startsWith('_') ? undefined
    : ArrayBuffer.isView(value) ? sent(value)
    : Array.isArray(value) ? value.map(one => ArrayBuffer.isView(one) ? Array.from(one) : one) : value;
  return JSON.stringify({data: chart.data, layout: chart.layout}, plain);
}"""
CHARTS = '''"""Figures that are made once, and kept by Python from run to run."""
import json
from pathlib import Path

import plotly.graph_objects as go

FIGURES = {
    name: go.Figure(figure, skip_invalid=True)
    for name, figure in json.loads(Path(__file__).with_name("figures.json").read_text("utf-8")).items()
}
'''
MENU = """import streamlit as st

from charts import FIGURES


def page(name):
    def draw():
        st.plotly_chart(FIGURES[name], theme=None, key=name)

    return st.Page(draw, title=name, url_path=name)


st.navigation([page(name) for name in FIGURES]).run()
"""
BARS = "bars"  # key of the chart that stands alone
ALONE = """import plotly.graph_objects as go
import streamlit as st

names = [f"h{i}" for i in range(10)]
st.plotly_chart(go.Figure(go.Bar(x=[1 / (1 + i) for i in range(10)], y=names, orientation="h")), key="bars")
"""


def figure(page: Page, selector: str) -> dict[str, Any]:
    """Return the figure that a page shows."""
    found: dict[str, Any] = json.loads(page.evaluate(FIGURE, selector))
    return found


def with_menu(folder: Path, figures: Mapping[str, Mapping[str, Any]]) -> Path:
    """Write an app of a page for each figure, by its name, under Streamlit's own menu; return its script."""
    folder.mkdir()
    (folder / "figures.json").write_text(json.dumps(figures), encoding="utf-8")
    (folder / "charts.py").write_text(CHARTS, encoding="utf-8")
    return _script(folder, MENU)


def alone(folder: Path) -> Path:
    """Write an app of one page with ten bars; return its script."""
    folder.mkdir()
    return _script(folder, ALONE)


def _script(folder: Path, text: str) -> Path:
    path = folder / "smallest.py"
    path.write_text(text, encoding="utf-8")
    return path
