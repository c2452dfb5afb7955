"""A table larger than memory in a real browser: opened by its name, counted once, every step of the slider at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.charts import WITHIN, wait_for_change, wait_for_chart
from tests.browser.servers import ROOT, Server, running
from tests.browser.steps import BARS, NOT_WIDER, bars, go, see, slide, widget
from tests.parquet import damage, trials, write

N = 300_000
PATIENT = 3 * WITHIN


@pytest.fixture(scope="module")
def named(tmp_path_factory) -> Iterator[Server]:
    """A server whose operator has named a folder of four files, and one of which a block is damaged."""
    home = tmp_path_factory.mktemp("named")
    whole = write(home / "whole", trials(N), files=4, groups=2)
    broken = write(home / "broken", trials(4000), files=2, groups=2)
    damage(broken / "part-1.parquet", 0)
    with running(ROOT / "app.py", home, {"HPI_TABLES": f"sweeps={whole}; broken={broken}"}) as started:
        yield started


def submitted(server: Server) -> list[str]:
    """Which jobs the server was handed, in their order."""
    lines = [json.loads(line) for line in server.said().splitlines() if line.startswith("{")]
    return [line["task"] for line in lines if line["event"] == "submitted"]


def opened(page: Page, server: Server) -> list[dict]:
    """Open the folder by its name; return the traces of the bars."""
    page.set_default_timeout(PATIENT)
    page.goto(server.url)
    see(page, "Tables on this server:")
    widget(page, "named-sweeps").locator("button").click()
    return bars_of_all(page)


def bars_of_all(page: Page) -> list[dict]:
    """The traces of the bars as soon as all trials were counted; those at hand may have answered before, dimmed."""
    page.locator(f".st-key-shown-chart {BARS}").wait_for(timeout=PATIENT)
    return wait_for_chart(page, selector=BARS)


def test_it_opens_by_its_name_and_every_step_of_the_slider_is_answered_from_counts(named, page):
    before = opened(page, named)
    assert next(iter(bars(before))) == "lr"
    see(page, f"sweeps  ·  {N:,} trials")
    see(page, f"{N // 10:,} trials in the target, {N:,} in the region")
    see(page, f"The bars count all {N:,} trials.")
    slide(page, to=12)
    see(page, f"{N * 12 // 100:,} trials in the target")
    assert bars(wait_for_change(page, before, selector=BARS)) != bars(before)
    assert [task for task in submitted(named) if task != "findings"] == ["look", "count"]

    for title, what in [
        ("One hyperparameter", "Which values are good?"),
        ("Two hyperparameters", "Which values are good together?"),
        ("Findings", "What does the table say?"),
        ("Compare", "Do the estimators agree?"),
        ("Data", "What is in this table?"),
    ]:
        go(page, title)
        see(page, what)
        expect(page.get_by_text(f"of {N:,}").or_(page.get_by_text(f"all {N:,}")).first).to_be_visible(timeout=PATIENT)
        page.wait_for_function(NOT_WIDER)
    assert [task for task in submitted(named) if task in ("look", "count")] == ["look", "count"]

    go(page, "Importance")
    after = wait_for_chart(page, selector=BARS)
    assert "table=sweeps" in page.url
    assert str(Path(named.log).parent) not in page.content()
    page.reload()
    assert bars(bars_of_all(page)) == bars(after)
    assert [task for task in submitted(named) if task in ("look", "count")] == ["look", "count"]


def test_a_damaged_block_is_named_and_the_start_page_stays(named, page):
    page.set_default_timeout(PATIENT)
    page.goto(named.url)
    widget(page, "named-broken").locator("button").click()
    see(page, "Row group 0 of part-1.parquet cannot be read")
    expect(widget(page, "named-sweeps").locator("button")).to_be_visible()
    assert "broken/part" not in page.content()
