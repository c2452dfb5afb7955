"""A mouse draws a range over a picture, clicks the curve, takes it back: in a real browser."""

from __future__ import annotations

import math
import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from tests.browser.charts import click, traces, wait_for_change, wait_for_chart, wait_for_words, wait_until_idle
from tests.browser.steps import BARS, choose, go, press, see, see_bars, slide, type_number, widget
from tests.browser.test_share import make_link
from tests.pages.tables import search

AGAINST, DISTRIBUTION, MAP, CURVE, ACROSS = (
    f".st-key-{key} .js-plotly-plot" for key in ("metric_against", "distribution", "heat_map", "threshold", "across")
)
LONG = ("a kernel with a long name", "another kernel, long as well", "and a third one, as long")
# Pixels of the window at parts of the axes, from the left and from below; and values there, logarithms where it is so.
SPOT = """([selector, x, y]) => {
  const chart = document.querySelector(selector), box = chart.getBoundingClientRect();
  const {xaxis, yaxis} = chart._fullLayout;
  return [box.left + xaxis._offset + x * xaxis._length, box.top + yaxis._offset + (1 - y) * yaxis._length];
}"""
RANGE = "([selector, axis]) => Array.from(document.querySelector(selector)._fullLayout[axis].range)"

MARKED = """([selector, at]) =>
  document.querySelector(selector).layout.shapes.some(line => line.x0 === at && line.x1 === at)"""


def table():
    """The search with whole numbers and with levels that take room, which stand below each other."""
    frame, rng = search(), np.random.default_rng(3)
    frame["width"] = rng.integers(1, 301, len(frame))
    frame["kernel"] = rng.choice(LONG, len(frame))
    return frame


def drag(page: Page, selector: str, first: tuple[float, float], last: tuple[float, float]) -> None:
    """Drag the mouse over a chart, from one part of its axes to another."""
    page.locator(selector).scroll_into_view_if_needed()
    wait_until_idle(page)
    (x0, y0), (x1, y1) = (page.evaluate(SPOT, [selector, *part]) for part in (first, last))
    page.mouse.move(x0, y0)
    page.mouse.down()
    page.mouse.move((x0 + x1) / 2, (y0 + y1) / 2, steps=4)
    page.mouse.move(x1, y1, steps=4)
    page.mouse.up()


def values(page: Page, selector: str, axis: str, *parts: float) -> list[float]:
    """What lies at parts of an axis, in its own unit; of a logarithmic one the logarithm."""
    low, high = page.evaluate(RANGE, [selector, axis])
    return [low + part * (high - low) for part in parts]


def where(page: Page) -> list[str]:
    """The filters that the address holds."""
    return parse_qs(urlsplit(page.url).query).get("where", [])


def narrowed(page: Page, name: str) -> tuple[float, float]:
    """Both ends of the filter on a column, as soon as the address has it."""
    expect(page).to_have_url(re.compile(rf"[?&]where={name}%3D"))
    (said,) = [one for one in where(page) if one.startswith(f"{name}=")]
    low, high = said.removeprefix(f"{name}=").split(":")
    return float(low), float(high)


def open_one(page: Page, server: str, name: str) -> None:
    """Upload the table and open the page of one of its hyperparameters."""
    see_bars(page, server, table())
    go(page, "One hyperparameter")
    if name != "lr":
        choose(page, "one", name)
    wait_for_words(page, name, selector=AGAINST)
    wait_until_idle(page)


def undo(page: Page) -> None:
    widget(page, "undo").get_by_role("button").click()
    wait_until_idle(page)


def test_a_range_of_numbers_is_asked_about_taken_back_and_made_again(server, page):
    open_one(page, server, "lr")
    see(page, "Drag along the values to ask about these alone.")
    expect(widget(page, "undo")).to_have_count(0)
    before = wait_for_chart(page, selector=AGAINST)
    ends = [10**end for end in values(page, AGAINST, "xaxis", 0.3, 0.6)]
    drag(page, AGAINST, (0.3, 0.4), (0.6, 0.5))
    low, high = narrowed(page, "lr")
    assert ends[0] * 0.9 <= low <= ends[0] * 1.01  # rounded outwards; half a pixel is half a percent
    assert ends[1] * 0.99 <= high <= ends[1] * 1.1
    assert all(len(f"{end}".lstrip("0.")) <= 2 for end in (low, high))
    n = table()["lr"].between(low, high).sum()
    see(page, f"Only {n} of 400 trials:")
    see(page, f"lr from {low:g} to {high:g}")
    after = wait_for_change(page, before, selector=AGAINST)
    shown = [x for trace in after if trace["mode"] == "markers" for x in trace["x"]]
    assert low <= min(shown) <= max(shown) <= high
    assert len(shown) == n
    undo(page)
    expect(page).not_to_have_url(re.compile("where="))
    assert wait_for_change(page, after, selector=AGAINST) == before
    widget(page, "redo").get_by_role("button").click()
    assert narrowed(page, "lr") == (low, high)
    expect(widget(page, "redo").get_by_role("button")).to_be_disabled()


def test_whole_numbers_stay_whole(server, page):
    open_one(page, server, "width")
    ends = values(page, AGAINST, "xaxis", 0.2, 0.7)
    drag(page, AGAINST, (0.2, 0.4), (0.7, 0.5))
    low, high = narrowed(page, "width")
    assert low == pytest.approx(math.ceil(ends[0]), abs=1)
    assert high == pytest.approx(math.floor(ends[1]), abs=1)
    see(page, f"Only {table()['width'].between(low, high).sum()} of 400 trials:")


@pytest.mark.parametrize("picture", [AGAINST, DISTRIBUTION])
def test_levels_below_each_other_are_chosen_downwards(server, page, picture):
    open_one(page, server, "kernel")
    shown = wait_for_chart(page, selector=picture)
    top, *_ = page.evaluate("selector => document.querySelector(selector)._fullLayout.yaxis.ticktext", picture)
    assert shown
    drag(page, picture, (0.4, 0.97), (0.5, 0.55))  # the upper half: one level and part of the next
    see(page, "of 400 trials:")
    (one,) = where(page)
    chosen = one.removeprefix("kernel=").replace("\\", "")
    assert chosen in LONG
    assert re.sub("<br>|[^a-z]", "", top.replace("&#44;", "")) == re.sub("[^a-z]", "", chosen)
    see(page, f"Only {(table()['kernel'] == chosen).sum()} of 400 trials:")


def test_a_box_over_two_is_two_filters(server, page):
    see_bars(page, server, table())
    go(page, "Two hyperparameters")
    choose(page, "first", "lr")
    choose(page, "second", "optimizer")
    wait_for_words(page, "optimizer", selector=MAP)
    n_cells = len(wait_for_chart(page, selector=MAP)[0]["z"][0])
    before = traces(page, selector=MAP)
    drag(page, MAP, (2.2 / n_cells, 0.05), (5.8 / n_cells, 0.4))
    low, high = narrowed(page, "lr")
    (chosen,) = [one.removeprefix("optimizer=") for one in where(page) if one.startswith("optimizer=")]
    frame = table()
    n = (frame["lr"].between(low, high) & (frame["optimizer"] == chosen)).sum()
    see(page, f"Only {n} of 400 trials:")
    after = wait_for_change(page, before, selector=MAP)
    assert len(after[0]["z"]) == 1
    undo(page)
    assert wait_for_change(page, after, selector=MAP) == before
    assert where(page) == []


def test_a_click_on_the_curve_moves_the_target_there(server, page):
    before = see_bars(page, server, table())
    curve = wait_for_chart(page, selector=CURVE)
    (line,) = [k for k, trace in enumerate(curve) if trace["name"] == "lr"]
    target = curve[line]["x"][-4]
    click(page, len(curve[line]["x"]) - 4, trace=line, selector=CURVE)
    expect(page).to_have_url(re.compile(rf"[?&]top={target}(&|$)"))
    expect(widget(page, "target").locator("input")).to_have_value(f"{100 * target:g}")
    assert wait_for_change(page, before, selector=BARS)
    page.wait_for_function(MARKED, arg=[CURVE, target])
    undo(page)
    expect(page).not_to_have_url(re.compile("top="))
    expect(widget(page, "target").locator("input")).to_have_value("10")


def test_twenty_steps_of_the_slider_are_one_change(server, page):
    see_bars(page, server, search())
    slide(page, to=20)
    see(page, "80 trials in the target")
    wait_until_idle(page)
    undo(page)
    see(page, "40 trials in the target")
    expect(widget(page, "undo").get_by_role("button")).to_be_disabled()
    widget(page, "redo").get_by_role("button").click()
    see(page, "80 trials in the target")


def test_the_way_back_of_the_browser_is_a_change_like_any_other(server, page):
    open_one(page, server, "lr")
    drag(page, AGAINST, (0.3, 0.4), (0.6, 0.5))
    ends = narrowed(page, "lr")
    wait_until_idle(page)
    page.go_back()
    expect(page).not_to_have_url(re.compile("where="))
    expect(widget(page, "filters")).to_have_count(0)
    undo(page)
    assert narrowed(page, "lr") == ends


def tasks():
    """The search on two tasks of 200 and 300 trials."""
    frames = [search(n, seed=n).assign(task=name) for name, n in (("noisy", 200), ("plain", 300))]
    return pd.concat(frames, ignore_index=True)


def test_a_cell_of_compare_narrows_to_its_task_which_is_undone_made_again_and_removed(server, page):
    see_bars(page, server, tasks())
    go(page, "Compare")
    wait_for_words(page, "noisy", selector=ACROSS)
    wait_until_idle(page)
    x, y = page.evaluate(SPOT, [ACROSS, 0.25, 0.9])
    page.mouse.move(x, y)
    page.mouse.click(x, y)
    page.wait_for_url(re.compile(r"/one\?.*[?&]task=noisy"))
    see(page, "200 trials of task noisy")
    expect(widget(page, "filters").locator("[data-tag]")).to_have_text("task noisy")
    wait_for_chart(page, selector=AGAINST)
    see(page, "200 trials of task noisy")
    wait_until_idle(page)
    undo(page)
    see(page, "search.csv  ·  500 trials  ·")
    expect(page).not_to_have_url(re.compile("task="))
    widget(page, "redo").get_by_role("button").click()
    see(page, "200 trials of task noisy")
    page.reload()
    see(page, "200 trials of task noisy")
    wait_until_idle(page)
    widget(page, "filters").get_by_role("button", name="Remove").click()
    see(page, "search.csv  ·  500 trials  ·")


def test_a_handle_says_the_number_that_was_typed(server, page):
    see_bars(page, server, search(2000))
    type_number(page, "target", 13.6)
    type_number(page, "region", 60.3)
    handles, said = widget(page, "subspace").locator("input[type=range]"), widget(page, "subspace")
    for handle, text in enumerate(("13.6 %", "60.3 %")):
        expect(said.get_by_test_id("stSliderThumbValue").nth(handle)).to_have_text(text)
        expect(handles.nth(handle)).to_have_attribute("aria-valuetext", text)
    press(page, "ArrowRight")
    expect(widget(page, "target").locator("input")).to_have_value("14")
    expect(widget(page, "region").locator("input")).to_have_value("60.3")
    expect(said.get_by_test_id("stSliderThumbValue").nth(1)).to_have_text("60.3 %")


def test_what_was_drawn_stands_in_the_address_and_in_a_link_where_nothing_can_be_drawn(server, page, new_page):
    open_one(page, server, "lr")
    before = traces(page, selector=AGAINST)
    drag(page, AGAINST, (0.3, 0.4), (0.6, 0.5))
    low, high = narrowed(page, "lr")
    wait_for_change(page, before, selector=AGAINST)
    wait_until_idle(page)
    again = page.context.new_page()
    again.goto(page.url)
    see(again, f"lr from {low:g} to {high:g}")
    assert wait_for_chart(again, selector=AGAINST) == traces(page, selector=AGAINST)
    link, _ = make_link(page)
    other = new_page()
    other.goto(link)
    see(other, "Read-only, shared")
    see(other, f"lr from {low:g} to {high:g}")
    go(other, "One hyperparameter")
    shown = wait_for_chart(other, selector=AGAINST)
    drag(other, AGAINST, (0.4, 0.4), (0.6, 0.5))
    wait_until_idle(other)
    assert traces(other, selector=AGAINST) == shown
    expect(widget(other, "undo")).to_have_count(0)
    expect(widget(other, "quiet-drag")).to_have_count(0)


def test_a_finger_is_not_told_to_drag(server, new_page):
    page = new_page(width=400, height=800, has_touch=True, is_mobile=True)
    open_one(page, server, "lr")
    expect(widget(page, "quiet-drag")).to_be_hidden()
    expect(widget(page, "filter_menu")).to_be_visible()
