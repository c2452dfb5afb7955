"""The pages behind the bars: one hyperparameter, two, the data."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.charts import click, traces, wait_for_change, wait_for_chart, wait_for_words, wait_until_idle
from tests.browser.steps import BARS, NOT_WIDER, bars, choose, go, see, see_bars, slide, upload, widget
from tests.pages.tables import HOSTILE, hostile, search

AGAINST, DISTRIBUTION, MAP, SURFACE, HISTORY = (
    f".st-key-{key} .js-plotly-plot" for key in ("metric_against", "distribution", "heat_map", "surface", "history")
)


def test_a_click_on_a_bar_opens_its_hyperparameter_and_that_leads_to_two(server, page):
    shown = list(bars(see_bars(page, server, search())))
    click(page, 2, selector=BARS)
    page.wait_for_url(re.compile(r"/one(\?|$)"))
    see(page, f"{shown[2]} alone explains")
    wait_for_words(page, shown[2], selector=AGAINST)
    assert wait_for_chart(page, selector=DISTRIBUTION)
    widget(page, "to_two").get_by_role("button").click()
    page.wait_for_url(re.compile(r"/two(\?|$)"))
    for name in (shown[0], shown[2]):
        wait_for_words(page, name, selector=MAP)


def test_the_slider_moves_the_charts_of_one_hyperparameter(server, page):
    see_bars(page, server, search())
    go(page, "One hyperparameter")
    before = wait_for_chart(page, selector=DISTRIBUTION)
    slide(page, to=20)
    see(page, "80 trials in the target")
    assert wait_for_change(page, before, selector=DISTRIBUTION)


def test_two_hyperparameters_open_on_the_two_strongest(server, page):
    strongest = list(bars(see_bars(page, server, search())))[:2]
    go(page, "Two hyperparameters")
    before = wait_for_chart(page, selector=MAP)
    for name in strongest:
        wait_for_words(page, name, selector=MAP)
    assert wait_for_chart(page, selector=SURFACE)
    widget(page, "show").get_by_text("share in the target").click()
    after = wait_for_change(page, before, selector=MAP)
    wait_for_words(page, "share", selector=MAP)
    shares = [value for trace in after if trace["z"] for row in trace["z"] for value in row if value is not None]
    assert shares
    assert all(0 <= share <= 100 for share in shares)


@pytest.mark.parametrize(("path", "chart"), [("one", AGAINST), ("two", MAP), ("data", HISTORY)])
def test_a_deep_link_on_a_fresh_server_opens_a_table_there(fresh_server, page, path, chart):
    page.goto(f"{fresh_server}/{path}")
    see(page, "No table is open yet.")
    upload(page, search())
    see(page, "search.csv  ·  400 trials")
    assert wait_for_chart(page, selector=chart)
    assert page.url.partition("?")[0] == f"{fresh_server}/{path}"


def test_a_changed_role_is_remembered_for_the_next_upload_with_the_same_header(server, page):
    see_bars(page, server, search())
    go(page, "Data")
    choose(page, "role_of", "dropout")
    choose(page, "role", "left out")
    go(page, "Start")
    upload(page, search(seed=3), "next.csv")
    see(page, "next.csv  ·  400 trials")
    page.wait_for_url(re.compile(r"/importance(\?|$)"))
    shown = bars(wait_for_chart(page, selector=BARS))
    for _ in range(40):  # the bars of the table before stay until those of this one are there
        if "dropout" not in shown:
            break
        page.wait_for_timeout(250)
        shown = bars(traces(page, selector=BARS))
    assert "dropout" not in shown


def test_hostile_names_are_literal_on_every_page(server, page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    see_bars(page, server, hostile())
    for title, chart in (("One hyperparameter", AGAINST), ("Two hyperparameters", MAP), ("Data", HISTORY)):
        go(page, title)
        wait_for_chart(page, selector=chart)
        main = page.locator("[data-testid=stMainBlockContainer]")
        assert main.locator("img, .katex, .MathJax, a[href*='x.example'], a[href*=':9/']").count() == 0
    go(page, "One hyperparameter")
    for name in HOSTILE:
        choose(page, "one", name)
        see(page, f"{name} alone explains")
        page.locator(f"{AGAINST} text", has_text=name).first.wait_for(state="attached")
    assert not [url for url in asked if ":9/" in url or "x.example" in url]


def test_the_question_is_the_same_on_every_page(server, page):
    see_bars(page, server, search())
    slide(page, to=15)
    see(page, "60 trials in the target")
    for title in ("One hyperparameter", "Two hyperparameters", "Data", "Importance"):
        go(page, title)
        see(page, "60 trials in the target")
        expect(widget(page, "subspace").locator("input[type=range]").first).to_have_value("15")


def test_a_filter_in_the_menu_and_its_chip(server, page):
    see_bars(page, server, search())
    widget(page, "filter_menu").get_by_role("button").click()
    choose(page, "filter_on", "optimizer")
    choose(page, "filter_levels", "sgd")
    see(page, " of 400 trials:")
    for _ in ("the list", "the menu"):
        page.keyboard.press("Escape")
    chip = widget(page, "filters").get_by_text("optimizer is sgd")
    chip.wait_for()
    widget(page, "filters").get_by_role("button", name="Remove").first.click()
    see(page, "40 trials in the target, 400 in the region")


def test_a_small_dark_screen_shows_every_page(server, new_page):
    page = new_page(width=400, height=800, color_scheme="dark")
    see_bars(page, server, search())
    for path in ("One hyperparameter", "Two hyperparameters", "Data"):
        menu = page.get_by_test_id("stExpandSidebarButton")
        if menu.is_visible():
            menu.click()
        go(page, path)
        wait_for_chart(page)
        wait_until_idle(page)
        page.wait_for_function(NOT_WIDER)
    assert traces(page)
