"""Every estimator asked the same question, in a real browser: progress, ranks, reasons, and another question."""

from __future__ import annotations

import csv
import io

from playwright.sync_api import expect

from hpi.estimators import ESTIMATORS
from tests.browser.charts import wait_for_chart, wait_for_words
from tests.browser.steps import choose, go, see, see_bars, slide, widget
from tests.pages.tables import search

RANKS = ".st-key-ranks .js-plotly-plot"
LONG = 180_000  # milliseconds: five estimators on a slow machine


def test_all_estimators_are_asked_and_compared(server, page):
    see_bars(page, server, search())
    go(page, "Compare")
    widget(page, "ask_all").get_by_role("button").click()
    page.locator(RANKS).wait_for(timeout=LONG)
    cells, numbers = wait_for_chart(page, selector=RANKS)
    assert len(cells["z"][0]) == len(ESTIMATORS)
    assert numbers["text"][0] == "1"  # lr stands first, and PED-ANOVA ranks it first
    wait_for_words(page, "lr", selector=RANKS)
    see(page, "put lr first")
    with page.expect_download() as download:
        widget(page, "ranks_csv").get_by_role("button").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8"))))
    assert next(row for row in rows if row["name"] == "lr")["rank by ped-anova"] == "1.0"
    slide(page, to=15)  # another question: nothing is shown that does not answer it
    see(page, "60 trials in the target")
    expect(widget(page, "ask_all")).to_be_visible()
    expect(page.locator(RANKS)).to_have_count(0)


def test_a_comparison_can_be_cancelled(server, page):
    see_bars(page, server, search(seed=5))
    go(page, "Compare")
    widget(page, "ask_all").get_by_role("button").click()
    widget(page, "cancel_all").get_by_role("button").click()
    see(page, ": cancelled.")
    expect(widget(page, "ask_all")).to_be_visible()


def test_a_slow_estimator_that_was_chosen_elsewhere_plays_no_part(server, page):
    """Its job and those of this page have panels of their own; here only the latter stands."""
    see_bars(page, server, search(seed=6))
    choose(page, "estimator", "Permutation importance")
    go(page, "Compare")
    see(page, "40 trials in the target, 400 in the region")
    expect(widget(page, "estimator")).to_have_count(0)
    widget(page, "ask_all").get_by_role("button").click()
    widget(page, "cancel_all").wait_for()
    expect(widget(page, "job")).to_have_count(0)
    widget(page, "cancel_all").get_by_role("button").click()
    expect(widget(page, "ask_all")).to_be_visible()
