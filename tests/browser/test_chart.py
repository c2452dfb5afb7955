"""Our chart in a real browser: drawn in place, read by keys and ears, saved as files, narrowed by a range."""

from __future__ import annotations

import csv
import io
import json
import re
import struct
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.charts import click, traces, wait_for_change, wait_for_chart, wait_until_idle, words
from tests.browser.servers import running
from tests.browser.steps import BARS, NOT_WIDER, bars, go, press, see, see_bars, upload, widget
from tests.pages.tables import HOSTILE, hostile, search

APP = """
from json import dumps
from pathlib import Path
import plotly.graph_objects as go
import streamlit as st
from pages import chart, library

POINTS = {"mode": "markers", "x": [1, 2, 3], "y": [1, 2, 3]}
LEVELS = {"tickvals": [0, 1], "ticktext": ["<b>adam</b> &amp; co", "=sgd"]}
FIGURES = {
    "linear": (go.Scatter(**POINTS), {"range": [0, 10]}, {"range": [0, 10]}),
    "reversed": (go.Scatter(**POINTS), {"range": [10, 0]}, {"range": [0, 10]}),
    "log": (go.Scatter(**POINTS), {"range": [-5, 5], "type": "log"}, {"range": [0, 10]}),
    "categories": (go.Scatter(POINTS | {"x": ["a", "b", "c"]}), {"range": [-0.5, 9.5]}, {"range": [0, 10]}),
    "heat map": (
        go.Heatmap(
            x=[0, 1], y=[0, 1, 2], z=[[1, 2], [3, 4], [5, 6]], customdata=[["a", "b"], ["c", None], ["e", "f"]],
            name="median",
        ),
        LEVELS | {"range": [-0.5, 9.5]}, {"range": [-0.5, 9.5]},
    ),
}

def draw():
    n = st.slider("n", 0, 10, key="n")
    kind, ranges = st.query_params.get("kind", "linear"), st.query_params.get("ranges", "")
    trace, x, y = FIGURES[kind]
    figure = go.Figure(trace, {"height": 300, "xaxis": x, "yaxis": y, "title": f"n is {n}"})
    figure.layout.meta = {"alt": f"Alternative {n}."}
    where = st.expander("closed") if "closed" in st.query_params else st.container()
    with where:
        done = chart.draw(figure, "alone", clickable="Opens a cell" if kind == "heat map" else "", ranges=ranges)
    if done:
        st.session_state["done"] = [done.customdata, done.x, done.y]
    st.text(f"done: {dumps(st.session_state.get('done'))}")

if __name__ == "__main__":
    draw()
else:
    app = st.App(Path(__file__), routes=library.routes(""))
"""
ALONE = ".hpi-plot.js-plotly-plot"
SAME = "selector => document.querySelector(selector).isTheOne === true"
TITLED = "([selector, said]) => document.querySelector(selector)?._fullLayout?.title.text.includes(said)"
# how many listeners of clicks the document has
LISTENING = """
window.listening = 0;
for (const [name, step] of [["addEventListener", 1], ["removeEventListener", -1]]) {
  const before = document[name];
  document[name] = function (kind, ...rest) {
    if (kind === "click") window.listening += step;
    return before.call(document, kind, ...rest);
  };
}
"""
# which charts are drawn and not taken down
DRAWING = """() => {
  const {react, purge} = Plotly;
  [window.drawn, window.everDrawn] = [new Set(), 0];
  Plotly.react = (plot, ...rest) => { window.drawn.add(plot); window.everDrawn++; return react(plot, ...rest); };
  Plotly.purge = plot => { window.drawn.delete(plot); return purge(plot); };
}"""


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The address of a page with one chart: `alone(kind="log", ranges="x")`."""
    folder = tmp_path_factory.mktemp("chart")
    script = folder / "chart_app.py"
    script.write_text(APP)
    with running(script, folder) as started:
        yield lambda **query: f"{started.url}/?{'&'.join(f'{key}={value}' for key, value in query.items())}"
        assert "Traceback" not in started.said()


def mark(page: Page, selector: str) -> None:
    page.eval_on_selector(selector, "element => { element.isTheOne = true; }")


def step(page: Page, times: int = 1) -> None:
    for _ in range(times):
        page.locator("input[type=range]").press("ArrowRight")


def saved(page: Page, entry: str, key: str = "importance") -> tuple[str, bytes]:
    """Name and content of what the menu of a chart saves."""
    chart = widget(page, key).locator(".hpi-chart")
    chart.get_by_role("button", name="Save this chart").click()
    with page.expect_download() as download:
        chart.get_by_role("button", name=entry).click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw a box over the plot; both corners in parts of its width and height, from the upper left."""
    area = page.locator(f"{ALONE} .nsewdrag").bounding_box()
    assert area is not None
    across, down = ([area[k] + part * area[size] for part in parts] for k, size, parts in (
        ("x", "width", (start[0], end[0])), ("y", "height", (start[1], end[1])),
    ))  # fmt: skip
    page.mouse.move(across[0], down[0])
    page.mouse.down()
    page.mouse.move(sum(across) / 2, sum(down) / 2)
    page.mouse.move(across[1], down[1])
    page.mouse.up()


def done(page: Page) -> tuple[Any, list[float] | None, list[float] | None]:
    """What was done to the chart, as Python was told: what the point carries, and both ranges."""
    expect(page.get_by_text("done: [")).to_be_visible()
    carried, x, y = json.loads(page.get_by_text("done: [").inner_text().removeprefix("done: "))
    return carried, x, y


def test_a_step_or_another_theme_is_drawn_into_the_same_element(server, page):
    before = see_bars(page, server, search())
    mark(page, BARS)
    for _ in range(2):
        press(page, "ArrowRight", times=10)
        before = wait_for_change(page, before, selector=BARS)
        assert page.evaluate(SAME, BARS)
    page.emulate_media(color_scheme="dark")
    wait_for_change(page, before, selector=BARS)
    assert page.evaluate(SAME, BARS)


def test_files_of_a_chart_with_hostile_names(server, page):
    see_bars(page, server, hostile())
    shown = bars(traces(page, selector=BARS))
    name, picture = saved(page, "Picture (PNG)")
    box = page.locator(BARS).bounding_box()
    assert box is not None
    assert name == "hpi-importance.png"
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">2I", picture[16:24]) == (2 * max(640, round(box["width"])), 2 * round(box["height"]))
    name, drawing = saved(page, "Picture (SVG)")
    parsed = ElementTree.fromstring(drawing)
    assert (name, parsed.tag) == ("hpi-importance.svg", "{http://www.w3.org/2000/svg}svg")
    texts = {"".join(part.itertext()).replace("\u200b", "") for part in parsed.iter("{http://www.w3.org/2000/svg}text")}
    assert set(HOSTILE) <= texts
    assert not list(parsed.iter("{http://www.w3.org/2000/svg}a"))
    name, table = saved(page, "Data (CSV)")
    formulas = {"=1+1": "'=1+1"}
    expected = {formulas.get(name, name): value for name, value in shown.items()}
    assert {row["hyperparameter"]: float(row["importance"]) for row in rows(table) if row["importance"]} == expected


def test_the_text_of_a_chart_is_that_of_its_figure(alone, page):
    page.goto(alone())
    wait_for_chart(page, selector=ALONE)
    picture = page.get_by_role("img", name="Alternative 0.", exact=True)
    expect(picture).to_have_count(1)
    assert picture.get_attribute("tabindex") is None  # what cannot be clicked is no stop of the Tab key
    step(page)
    expect(page.get_by_role("img", name="Alternative 1.", exact=True)).to_have_count(1)
    page.goto(alone(kind="heat map"))
    named = "Alternative 0. Opens a cell: arrow keys choose, Enter opens."
    expect(page.get_by_role("application", name=named, exact=True)).to_have_attribute("tabindex", "0")


def test_keys_open_what_a_click_opens(server, page):
    shown = list(bars(see_bars(page, server, search())))
    plot = page.locator(BARS)
    plot.focus()
    for key, at in (("ArrowDown", 0), ("ArrowRight", 1), ("ArrowDown", 2), ("ArrowUp", 1)):
        plot.press(key)
        expect(widget(page, "importance").locator("[aria-live]")).to_contain_text(f"{shown[at]} alone explains")
    expect(plot.locator(".hoverlayer .hovertext")).to_have_count(1)
    plot.press("Escape")
    expect(plot.locator(".hoverlayer .hovertext")).to_have_count(0)
    plot.press("ArrowUp")  # the last one
    plot.press("Enter")
    page.wait_for_url(re.compile(r"/one(\?|$)"))
    see(page, f"{shown[-1]} alone explains")
    go(page, "Importance")
    wait_for_chart(page, selector=BARS)
    click(page, len(shown) - 1, selector=BARS)
    page.wait_for_url(re.compile(r"/one(\?|$)"))
    see(page, f"{shown[-1]} alone explains")


def test_a_click_on_what_carries_nothing_does_nothing(alone, page):
    page.goto(alone(kind="heat map"))
    wait_for_chart(page, selector=ALONE)
    click(page, (1, 1), selector=ALONE)
    page.wait_for_timeout(500)  # two clicks in short succession would be one double click
    click(page, (2, 1), selector=ALONE)
    expect(page.get_by_text("done: ")).to_contain_text('"f"')
    plot = page.locator(ALONE)
    plot.focus()
    for _ in range(4):
        plot.press("ArrowRight")
    plot.press("Enter")  # a, b, c, and not the empty cell
    expect(page.get_by_text("done: ")).to_contain_text('"e"')


def test_the_menu_closes_by_escape_by_a_click_beside_it_and_by_going_on(alone, page):
    page.goto(alone())
    wait_for_chart(page, selector=ALONE)
    opens, entries = page.locator(".hpi-open"), page.locator(".hpi-list")
    opens.focus()
    for leave in (lambda: page.keyboard.press("Escape"), lambda: page.mouse.click(5, 5), lambda: _tab_out(page)):
        opens.press("Enter")
        expect(entries).to_be_visible()
        expect(opens).to_have_attribute("aria-expanded", "true")
        page.keyboard.press("Tab")
        expect(entries.get_by_role("button").first).to_be_focused()
        leave()
        expect(entries).to_be_hidden()
        expect(opens).to_have_attribute("aria-expanded", "false")
        opens.focus()


def _tab_out(page: Page) -> None:
    for _ in range(3):
        page.keyboard.press("Tab")


@pytest.mark.parametrize(
    ("kind", "across"),
    [
        ("linear", (2, 6)),
        ("reversed", (4, 8)),  # from the right: 10 - 6 to 10 - 2
        ("log", (1e-3, 10)),  # the middle of ten decades from 1e-5 on
        ("categories", (1.5, 5.5)),  # places of the categories, half a place before the first at the border
        ("heat map", (1.5, 5.5)),
    ],
)
def test_a_range_comes_in_units_of_the_axis(alone, page, kind, across):
    page.goto(alone(kind=kind, ranges="x"))
    wait_for_chart(page, selector=ALONE)
    drag(page, (0.2, 0.3), (0.6, 0.8))
    carried, x, y = done(page)
    assert x == pytest.approx(across, rel=0.05)  # a pixel more or less
    assert carried is y is None
    assert traces(page, selector=ALONE)
    drawn = page.locator(f"{ALONE} .selectionlayer path, {ALONE} .select-outline")
    expect(drawn).to_have_count(0)
    kept = "selector => document.querySelector(selector)._fullData.some(trace => trace.selectedpoints)"
    assert not page.evaluate(kept, ALONE)  # nothing stays dimmed


def test_a_box_has_both_ranges(alone, page):
    page.goto(alone(ranges="xy"))
    wait_for_chart(page, selector=ALONE)
    drag(page, (0.2, 0.3), (0.6, 0.8))
    _, x, y = done(page)
    assert (x, y) == (pytest.approx([2, 6], rel=0.05), pytest.approx([2, 7], rel=0.05))  # upwards: 10 - 8 to 10 - 3


def test_a_library_that_does_not_come_is_said_and_tried_again(alone, new_page):
    page = new_page(loses_server=True)  # the browser says of itself that something did not come
    page.route("**/library/plotly-*", lambda route: route.abort())
    page.goto(alone())
    see(page, "This chart cannot be drawn")
    step(page)
    expect(page.get_by_text("done: ")).to_be_visible()
    page.unroute("**/library/plotly-*")
    page.get_by_role("button", name="Try again").click()
    wait_for_chart(page, selector=ALONE)
    assert "n is 1" in words(page, selector=ALONE)
    expect(page.get_by_role("img", name="Alternative 1.")).to_have_count(1)


def test_our_own_script_that_does_not_come_is_said(alone, new_page):
    page = new_page(loses_server=True)
    page.route("**/library/chart-*", lambda route: route.abort())
    page.goto(alone())
    see(page, "This chart cannot be drawn: the script for it did not come. Reload the page to try again.")
    step(page)
    wait_until_idle(page)
    expect(page.locator(".hpi-failed")).to_have_count(1)


def test_figures_that_come_while_the_script_is_on_its_way(alone, page):
    held, is_free = [], []
    page.route("**/library/chart-*", lambda route: route.continue_() if is_free else held.append(route))
    page.goto(alone())
    step(page, times=3)
    page.wait_for_timeout(1500)  # each step has come to the browser, which has asked for the script once or more
    is_free.append(True)
    for route in held:
        route.continue_()
    page.wait_for_function(TITLED, arg=[ALONE, "n is 3"])
    mark(page, ALONE)
    step(page, times=4)
    page.wait_for_function(TITLED, arg=[ALONE, "n is 7"])
    assert page.evaluate(SAME, ALONE)
    expect(page.locator(ALONE)).to_have_count(1)


def test_a_page_that_is_left_leaves_nothing_behind(server, page):
    page.add_init_script(LISTENING)
    see_bars(page, server, search())
    go(page, "Links")
    expect(page.locator(".hpi-chart")).to_have_count(0)
    usual = page.evaluate("window.listening")
    page.evaluate(DRAWING)
    for title in ("Importance", "One hyperparameter", "Importance"):
        go(page, title)
        wait_for_chart(page)
    go(page, "Links")
    expect(page.locator(".hpi-chart")).to_have_count(0)
    page.wait_for_function("() => window.drawn.size === 0")
    assert page.evaluate("window.everDrawn") >= 3
    assert page.evaluate("window.listening") == usual


def test_a_chart_takes_the_width_there_is(alone, page):
    page.goto(alone(closed=1))
    expect(page.get_by_test_id("stExpander")).to_be_visible()
    wait_until_idle(page)
    page.get_by_text("closed").click()
    wait_for_chart(page, selector=ALONE)
    plot = page.locator(ALONE)
    wide = _fits(page, plot)
    page.set_viewport_size({"width": 400, "height": 800})
    page.wait_for_function(NOT_WIDER)
    narrow = _fits(page, plot)
    assert narrow < 400 < wide
    page.set_viewport_size({"width": 1280, "height": 900})
    assert _fits(page, plot) == wide


def _fits(page: Page, plot: Locator) -> float:
    """The width of a chart, once its picture is as wide as its place."""
    page.wait_for_function(
        "element => element.querySelector('.main-svg').clientWidth === element.clientWidth", arg=plot.element_handle()
    )
    return float(plot.evaluate("element => element.clientWidth"))


def test_a_chart_in_the_app_fits_after_the_window_has_shrunk(server, page):
    page.goto(server)
    upload(page, search())
    wait_for_chart(page, selector=BARS)
    page.set_viewport_size({"width": 400, "height": 800})
    page.wait_for_function(NOT_WIDER)
    assert _fits(page, page.locator(BARS)) < 400
