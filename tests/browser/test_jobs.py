"""Slow work in a real browser: its progress, the pages beside it, its end by a click, and an answer by itself."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from hpi.estimators import ESTIMATORS
from tests.browser.charts import WITHIN, wait_for_change, wait_for_chart, wait_for_words
from tests.browser.steps import BARS, NOT_WIDER, bars, choose, go, see, see_bars, widget
from tests.pages.tables import search

SLOW = {estimator.name: estimator.title for estimator in ESTIMATORS if estimator.is_slow}
FOREST = SLOW["fanova"]
PATIENT = 6 * WITHIN


def large() -> pd.DataFrame:
    """A table with which a forest takes half a minute or more."""
    rng = np.random.default_rng(0)
    x = rng.random((20_000, 40)).round(3)
    return pd.DataFrame(x, columns=[f"h{j}" for j in range(40)]).assign(val_loss=x[:, 0] + x[:, 1] * x[:, 2])


def children(server: str) -> list[int]:
    """Process ids of the jobs of a server, by their command line and that of their parent."""
    port = f"--server.port={urlsplit(server).port}"
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if "hpi.jobs.worker" in _command(folder) and port in _command(_parent(folder)):
                found.append(int(folder.name))
        except OSError:  # it ended meanwhile
            continue
    return found


def _command(folder: Path) -> str:
    return (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()


def _parent(folder: Path) -> Path:
    return folder.parent / (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]


def until(page: Page, condition, what: str) -> None:
    """Wait for something outside of the browser."""
    for _ in range(WITHIN // 100):
        if condition():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"waited for {what} in vain")


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_a_long_job_shows_its_progress_leaves_the_pages_free_and_is_gone_when_cancelled(fresh_server, page):
    page.set_default_timeout(PATIENT)
    page.goto(fresh_server)
    before = see_bars(page, fresh_server, large())
    choose(page, "estimator", FOREST)
    panel = widget(page, "job")
    expect(panel).to_contain_text(re.compile(rf"{re.escape(FOREST)}: .*[1-9]\d*\s%"), timeout=PATIENT)
    widget(page, "stale-chart").wait_for()
    assert bars(wait_for_chart(page, selector=BARS)) == bars(before)
    until(page, lambda: len(children(fresh_server)) == 1, "the process of the job")
    (pid,) = children(fresh_server)
    go(page, "Data")
    see(page, "What is each column?")
    see(page, "The best 2,000 of 20,000 trials")
    panel.wait_for()
    go(page, "Importance")
    # a click while a page is still being drawn meets a race of Streamlit 1.67 ("Cannot set a node at a delta path")
    widget(page, "stale-chart").wait_for()
    wait_for_chart(page, selector=BARS)
    panel.wait_for()
    widget(page, "cancel_job").get_by_role("button").click()
    see(page, f"{FOREST} was cancelled.")
    until(page, lambda: not Path(f"/proc/{pid}").exists(), "the end of the process")
    assert children(fresh_server) == []
    panel.wait_for(state="detached")
    widget(page, "retry_job").wait_for()


def test_the_answer_of_a_slow_method_comes_without_a_click_and_its_question_has_no_target(server, page):
    before = see_bars(page, server, search())
    choose(page, "estimator", FOREST)
    see(page, "what moves the metric?")
    widget(page, "target").wait_for(state="detached")
    wait_for_words(page, "share of the variance", selector=BARS)
    after = wait_for_change(page, before, selector=BARS)
    assert next(iter(bars(after))) == "lr"
    widget(page, "shown-chart").wait_for()
    widget(page, "job").wait_for(state="detached")
    thumb = widget(page, "only_region").locator("input[type=range]")
    expect(thumb).to_have_count(1)
    thumb.focus()
    for _ in range(20):
        thumb.press("ArrowLeft")
    see(page, "360 of 400 trials")
    expect(widget(page, "region").locator("input")).to_have_value("90")
    choose(page, "estimator", "PED-ANOVA")
    expect(widget(page, "target").locator("input")).to_have_value("10")
    expect(widget(page, "subspace").locator("input[type=range]")).to_have_count(2)


def test_the_panel_fits_a_small_dark_screen(server, new_page):
    page = new_page(width=400, height=800, color_scheme="dark")
    see_bars(page, server, large())
    choose(page, "estimator", FOREST)
    expect(widget(page, "job")).to_contain_text(FOREST, timeout=PATIENT)
    page.wait_for_function(NOT_WIDER)
    widget(page, "cancel_job").get_by_role("button").click()
    see(page, f"{FOREST} was cancelled.")
