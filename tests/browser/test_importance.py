"""From a file to the bars, and what moves them."""

from __future__ import annotations

import csv
import io

from playwright.sync_api import expect

from hpi.figures import DARK, LIGHT
from tests.browser.charts import wait_for_change, wait_for_chart
from tests.browser.steps import BARS, NOT_WIDER, bars, press, see, see_bars, slide, type_number, upload, widget
from tests.pages.tables import HOSTILE, hostile, search


def test_an_upload_shows_bars_at_once_and_the_strongest_first(server, page):
    shown = bars(see_bars(page, server, search()))
    assert next(iter(shown)) == "lr"
    assert set(shown) == {"lr", "optimizer", "momentum", "dropout", "batch_size"}
    see(page, "lr decides most")
    see(page, "40 trials in the target, 400 in the region")
    see(page, "search.csv  ·  400 trials  ·  val_accuracy, higher is better")


def test_the_slider_moves_the_bars_and_the_numbers_follow(server, page):
    before = see_bars(page, server, search())
    slide(page, to=20)  # 20 steps of half a percent
    see(page, "80 trials in the target")
    after = wait_for_change(page, before, selector=BARS)
    assert bars(after)["lr"] != bars(before)["lr"]
    expect(widget(page, "target").locator("input")).to_have_value("20")
    slide(page, to=50, handle=1)
    see(page, "80 trials in the target, 200 in the region")
    expect(widget(page, "region").locator("input")).to_have_value("50")


def test_a_typed_number_moves_the_slider(server, page):
    before = see_bars(page, server, search())
    type_number(page, "region", 50)
    see(page, "40 trials in the target, 200 in the region")
    assert wait_for_change(page, before, selector=BARS)
    type_number(page, "target", 12.25)
    see(page, "49 trials in the target, 200 in the region")
    handles = widget(page, "subspace").locator("input[type=range]")
    for handle, shown in ((0, "12.25 %"), (1, "50 %")):  # between its steps, which are halves: as it was typed
        expect(handles.nth(handle)).to_have_attribute("aria-valuetext", shown)
    press(page, "ArrowRight", handle=1)
    # what was not moved stays as typed; the other one goes to a whole step, which the browser counts from 12.25
    see(page, "49 trials in the target, 204 in the region")


def test_a_question_without_an_answer_keeps_the_last_one_dimmed(server, page):
    before = see_bars(page, server, search())
    type_number(page, "target", 100)
    see(page, "must be a smaller part than the region")
    widget(page, "stale-chart").wait_for()
    assert bars(wait_for_chart(page, selector=BARS)) == bars(before)
    type_number(page, "target", 10)
    widget(page, "shown-chart").wait_for()
    widget(page, "stale-chart").wait_for(state="detached")


def test_an_unknown_direction_is_one_question(server, page):
    page.goto(server)
    upload(page, search(metric="outcome_x"))
    see(page, "which values of “outcome_x” are better?")
    widget(page, "ask_direction").get_by_text("higher is better").click()
    assert next(iter(bars(wait_for_chart(page, selector=BARS)))) == "lr"
    see(page, "outcome_x, higher is better")


def test_a_refused_file_leaves_what_was_open(server, page):
    before = see_bars(page, server, search())
    page.get_by_role("link", name="Start", exact=True).click()
    upload(page, search().iloc[:0], "empty.csv")
    see(page, "a header and no rows")
    see(page, "Open now: search.csv")
    page.get_by_role("link", name="Importance", exact=True).click()
    assert bars(wait_for_chart(page, selector=BARS)) == bars(before)


def test_the_bars_can_be_had_as_csv(server, page):
    before = see_bars(page, server, search())
    type_number(page, "target", 20)
    shown = bars(wait_for_change(page, before, selector=BARS))
    with page.expect_download() as download:
        widget(page, "bars_csv").get_by_role("button").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8"))))
    assert {row["name"]: float(row["importance"]) for row in rows} == shown
    assert download.value.suggested_filename == "importance-best-20-of-100.csv"


def test_hostile_names_are_shown_as_they_are_and_ask_nobody(server, page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    shown = bars(see_bars(page, server, hostile()))
    assert set(shown) == set(HOSTILE)
    see(page, f"{HOSTILE[0]} decides most")
    main = page.locator("[data-testid=stMainBlockContainer]")
    assert main.locator("img, .katex, a[href*='x.example']").count() == 0
    labels = page.locator(f"{BARS} .ytick text")
    expect(labels).to_have_count(len(HOSTILE))
    assert {label.replace("\u200b", "") for label in labels.all_text_contents()} == set(HOSTILE)
    assert not [url for url in asked if ":9/" in url or "x.example" in url]


def test_figures_are_dark_on_a_dark_page_and_follow_a_switch(server, new_page):
    page = new_page(color_scheme="dark")
    see_bars(page, server, search())
    colour = "document.querySelector('.js-plotly-plot')._fullData[0].marker.color[0]"
    page.wait_for_function(f"() => {colour} === '{DARK.target}'")
    page.emulate_media(color_scheme="light")
    page.wait_for_function(f"() => {colour} === '{LIGHT.target}'")


def test_nothing_is_wider_than_a_small_screen(server, new_page):
    page = new_page(width=400, height=800)
    see_bars(page, server, search())
    page.wait_for_function(NOT_WIDER)


def test_a_deep_link_on_a_fresh_server_has_its_frame_and_opens_a_table(fresh_server, page):
    page.goto(f"{fresh_server}/importance")
    see(page, "No table is open yet.")
    page.get_by_role("link", name="Two hyperparameters", exact=True).wait_for()
    upload(page, search())
    assert next(iter(bars(wait_for_chart(page, selector=BARS)))) == "lr"
