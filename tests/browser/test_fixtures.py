"""The watchmen of the browser tests see what they are there to see."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.browser.charts import click, traces, wait_for_change, wait_for_chart, words
from tests.browser.conftest import DEEP_LINK_404, OUTSIDE
from tests.browser.servers import ROOT, running

APP = """
import plotly.graph_objects as go
import streamlit as st

q = st.slider("q", 1, 10, 3, key="q")
bars = go.Figure(go.Bar(x=["a", "b"], y=[q, 2]), {"title": "tiny"})
chosen = st.plotly_chart(bars, key="bars", on_select="rerun")
st.text(f"chosen: {[point['x'] for point in chosen['selection']['points']]}")
st.plotly_chart(go.Figure(go.Heatmap(x=[1, 2], y=[1, 2], z=[[1, 2], [3, 4]])))
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    script = folder / "tiny.py"
    script.write_text(APP)
    with running(script, folder) as started:
        yield started.url


def test_numbers_of_a_chart_are_read_before_and_after_a_change(tiny, page):
    page.goto(tiny)
    before = wait_for_chart(page)
    assert [(t["type"], t["x"], t["y"]) for t in before] == [("bar", ["a", "b"], [3, 2])]
    slider = page.locator(".st-key-q input[type=range]")
    slider.focus()
    slider.press("ArrowRight")
    assert wait_for_change(page, before)[0]["y"] == [4, 2]
    assert wait_for_chart(page, 1)[0]["z"] == [[1, 2], [3, 4]]
    assert any("tiny" in word for word in words(page))
    assert traces(page, 2) == []


def test_a_bar_can_be_clicked(tiny, page):
    page.goto(tiny)
    wait_for_chart(page)
    click(page, 1)
    page.get_by_text("chosen: ['b']").wait_for()


MISBEHAVIOUR = """
import pytest

@pytest.mark.parametrize("script", [
    "new Image().src = 'https://example.org/a.png'",
    "new WebSocket('wss://example.org/b')",
    "console.error('oh dear')",
    "setTimeout(() => { throw new Error('bad luck') })",
    "console.log('all is well')",
])
def test_inner(page, script):
    page.goto("about:blank")
    page.evaluate(script)
    page.wait_for_timeout(300)
"""


@pytest.mark.usefixtures("browser")  # where there is none, this test says so as the others do
def test_a_misbehaving_page_fails_its_test(tmp_path):
    """A run of tests inside this one, with the same fixtures, has to fail and to say why."""
    inner = tmp_path / "test_inner.py"
    inner.write_text(MISBEHAVIOUR)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.browser.conftest",
        "-c",
        "pyproject.toml",
        str(inner),
    ]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "5 passed, 4 errors" in ran.stdout
    assert "asked an outside host: https://example.org/a.png" in ran.stdout
    assert "asked an outside host: wss://example.org/b" in ran.stdout
    assert "console: oh dear" in ran.stdout
    assert "error in the page: bad luck" in ran.stdout


@pytest.mark.parametrize(
    ("url", "outside"),
    [
        ("http://127.0.0.1:8501/a", False),
        ("http://localhost/a", False),
        ("ws://[::1]:80/", False),
        ("data:image/png;base64,xx", False),
        ("http://127.0.0.1.example.org/", True),
        ("http://localhost.example.org/", True),
        ("HTTPS://example.org/127.0.0.1", True),
    ],
)
def test_outside_is_any_host_but_this_machine(url, outside):
    assert bool(OUTSIDE.match(url)) == outside


def test_only_the_two_404s_of_a_deep_link_are_harmless():
    assert DEEP_LINK_404.match("http://127.0.0.1:1/effect/_stcore/health")
    assert not DEEP_LINK_404.match("http://127.0.0.1:1/_stcore/health")
    assert not DEEP_LINK_404.match("http://127.0.0.1:1/effect/missing.js")
