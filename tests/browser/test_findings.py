"""Findings in a real browser: from the menu, narrowed, more of them, taken along, and onward to what they are about."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
from playwright.sync_api import expect

from tests.browser.charts import WITHIN, wait_for_chart, wait_for_words
from tests.browser.steps import BARS, NOT_WIDER, choose, go, see, see_bars, slide, upload, widget
from tests.pages.tables import HOSTILE, hostile, search

PATIENT = 3 * WITHIN  # a child process works on a slow machine
ROWS = "[class*='st-key-finding-']:not(.st-key-finding_head)"


def many(n: int = 1500) -> pd.DataFrame:
    """Six hyperparameters that all move the metric: more findings than fit at once, and enough trials for a job."""
    rng = np.random.default_rng(3)
    x = rng.random((n, 6)).round(3)
    frame = pd.DataFrame(x, columns=[f"h{j}" for j in range(6)])
    return frame.assign(val_loss=x @ np.arange(1.0, 7.0) + x[:, 0] * x[:, 1] + rng.normal(0, 0.3, n))


def picture(i: int = 0) -> str:
    return f".st-key-picture-{i} .js-plotly-plot"


def see_findings(page, server, frame):
    """Upload a table and open the page by the menu; return once the first picture is drawn."""
    see_bars(page, server, frame)
    go(page, "Findings")
    page.locator(picture()).wait_for(timeout=PATIENT)
    return wait_for_chart(page, selector=picture())


def test_the_page_opens_from_the_menu_with_sentences_and_their_pictures(server, page):
    first = see_findings(page, server, search())
    see(page, "What does the table say?")
    see(page, "sentences looked at hold among 400 trials")
    expect(widget(page, "finding-0")).to_contain_text("lr")
    expect(widget(page, "finding-0")).to_contain_text("adjusted p < .001")
    expect(widget(page, "strong-0")).to_contain_text("● strong")
    wait_for_words(page, "lr", selector=picture())
    marked = [trace for trace in first if (trace["name"] or "").startswith("marked")]
    assert marked
    assert all(trace["error_y"] or trace["error_x"] for trace in marked)


def test_filters_narrow_and_an_empty_choice_leads_back(server, page):
    see_findings(page, server, search())
    page.locator(ROWS).nth(1).wait_for()
    choose(page, "about", "momentum")
    see(page, "None of the")
    expect(page.locator(ROWS)).to_have_count(0)
    widget(page, "all_again").get_by_role("button").click()
    page.locator(ROWS).nth(1).wait_for()
    widget(page, "kinds").get_by_text("trend", exact=True).click()
    expect(page.locator(ROWS)).to_have_count(1)
    expect(widget(page, "finding-0")).to_contain_text("·  trend")


def test_more_findings_come_by_a_button_and_a_job_worked_them_out(server, page):
    see_findings(page, server, many())
    expect(page.locator(ROWS)).to_have_count(8)
    expect(page.locator(picture(8))).to_have_count(0)
    widget(page, "more").get_by_role("button").click()
    assert wait_for_chart(page, selector=picture(8))


def test_a_finding_leads_to_its_hyperparameter(server, page):
    see_findings(page, server, search())
    widget(page, "onward-0").get_by_role("button").click()
    page.wait_for_url(re.compile(r"/one(\?|$)"))
    see(page, "lr alone explains")
    wait_for_words(page, "lr", selector=".st-key-metric_against .js-plotly-plot")


def test_a_finding_of_two_leads_to_the_pair(server, page):
    rng = np.random.default_rng(0)
    x = rng.random((600, 3)).round(3)
    frame = pd.DataFrame(x, columns=["p", "q", "r"])
    frame["val_loss"] = np.abs(x[:, 0] - x[:, 1]) + rng.normal(0, 0.02, 600)
    see_findings(page, server, frame)
    widget(page, "kinds").get_by_text("interaction", exact=True).click()
    expect(widget(page, "finding-0")).to_contain_text("·  interaction")
    widget(page, "onward-0").get_by_role("button").click()
    page.wait_for_url(re.compile(r"/two(\?|$)"))
    for name in ("p", "q"):
        wait_for_words(page, name, selector=".st-key-heat_map .js-plotly-plot")


def test_importance_leads_with_three_findings_and_the_way_to_all(server, page):
    see_bars(page, server, search())
    words = widget(page, "in_words")
    expect(words).to_contain_text("● strong")
    expect(words).to_contain_text("lr")
    widget(page, "to_findings").get_by_role("button").click()
    page.wait_for_url(re.compile(r"/findings(\?|$)"))
    see(page, "What does the table say?")


def test_the_bars_are_there_before_the_findings_and_stay_where_they_are(server, page):
    see_bars(page, server, many())
    top = page.locator(BARS).bounding_box()
    widget(page, "to_findings").wait_for(timeout=PATIENT)
    assert page.locator(BARS).bounding_box() == top
    expect(widget(page, "in_words").locator("[class*='st-key-strong-']")).to_have_count(3)


def test_another_region_is_another_set_of_findings(server, page):
    see_findings(page, server, search())
    see(page, "hold among 400 trials")
    slide(page, to=80, handle=1)
    see(page, "320 in the region")
    see(page, "among 320 trials")


def test_findings_can_be_copied_and_had_as_a_file(server, page):
    see_findings(page, server, search())
    with page.expect_download() as download:
        widget(page, "findings_json").get_by_role("button").click()
    found = json.loads(download.value.path().read_text("utf-8"))
    assert download.value.suggested_filename == "findings.json"
    assert "lr" in found["findings"][0]["hyperparameters"]
    expect(widget(page, "finding-0")).to_contain_text(found["findings"][0]["text"])
    widget(page, "copy_markdown").get_by_role("button").click()
    expect(page.locator("[data-testid=stCode]")).to_contain_text("lr")


def test_hostile_names_are_literal_among_findings(server, page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    see_findings(page, server, hostile())
    expect(widget(page, "finding-0")).to_contain_text(HOSTILE[0])
    wait_for_words(page, HOSTILE[0], selector=picture())
    main = page.locator("[data-testid=stMainBlockContainer]")
    expect(main.locator("img, .katex, .MathJax, a[href*='x.example'], a[href*=':9/']")).to_have_count(0)
    assert not [url for url in asked if ":9/" in url or "x.example" in url]


def test_a_small_dark_screen_shows_findings_and_the_words_beside_the_bars(server, new_page):
    page = new_page(width=400, height=800, color_scheme="dark")
    see_bars(page, server, search())
    widget(page, "to_findings").wait_for()
    page.wait_for_function(NOT_WIDER)
    bars, words = page.locator(BARS).bounding_box(), widget(page, "in_words").bounding_box()
    assert bars["y"] + bars["height"] <= words["y"]  # the bars are not pushed down
    widget(page, "to_findings").get_by_role("button").click()
    page.locator(picture()).wait_for()
    page.wait_for_function(NOT_WIDER)


def test_a_deep_link_on_a_fresh_server_opens_a_table_there(fresh_server, page):
    page.goto(f"{fresh_server}/findings")
    see(page, "No table is open yet.")
    upload(page, search())
    see(page, "search.csv  ·  400 trials")
    assert wait_for_chart(page, selector=picture())
    assert page.url.partition("?")[0] == f"{fresh_server}/findings"


def test_what_is_like_a_finding_unfolds_with_its_picture(server, page):
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"lr": rng.random(400), "kernel": rng.choice(["a", "b", "c", "d"], 400)})
    frame["val_loss"] = frame["kernel"].map({"a": 0.0, "b": 1.0, "c": 2.0, "d": 3.0}) + rng.normal(0, 0.2, 400)
    see_findings(page, server, frame)
    widget(page, "kinds").get_by_text("contrast", exact=True).click()
    expect(page.locator(ROWS)).to_have_count(1)
    fold = page.get_by_text("5 more of this kind about the same hyperparameter")
    fold.click()
    assert wait_for_chart(page, selector=".st-key-picture-0-0 .js-plotly-plot")
    expect(widget(page, "like-0-4")).to_contain_text("kernel")
