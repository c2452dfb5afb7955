"""Share: one browser makes a link, another one that has never been here opens it and sees the same numbers."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.charts import wait_for_change, wait_for_chart, wait_until_idle
from tests.browser.steps import BARS, choose, go, press, see, see_bars, slide, widget
from tests.pages.tables import search

LINK = re.compile(r"http://127\.0\.0\.1:\d+(/hpi)?/\?s=[A-Za-z0-9_-]{22}")
SECRET = re.compile(r"[A-Za-z0-9_-]{22}")
GONE = "This link does not exist, has expired or was deleted."


def make_link(page: Page, note: str = "") -> tuple[str, str]:
    """Share what is shown; return the link and the secret that deletes it."""
    widget(page, "share_menu").get_by_role("button").click()
    widget(page, "make_link").get_by_role("button").wait_for()
    if note:
        widget(page, "share_note").locator("textarea").fill(note)
        widget(page, "share_note").locator("textarea").press("Control+Enter")
        wait_until_idle(page)
    widget(page, "make_link").get_by_role("button").click()
    link, secret = (widget(page, key).locator("code").first for key in ("made_link", "made_secret"))
    expect(link).to_have_text(LINK)
    expect(secret).to_have_text(SECRET)
    return link.inner_text().strip(), secret.inner_text().strip()


def open_link(page: Page, link: str) -> list[dict]:
    page.goto(link)
    return wait_for_chart(page, selector=BARS)


def numbers(traces: list[dict]) -> str:
    """All numbers of the bars as text, to the last digit."""
    return json.dumps([[trace["name"], trace.get("x"), trace.get("customdata")] for trace in traces], sort_keys=True)


def test_a_second_browser_sees_the_same_numbers_and_can_change_nothing(server, page, new_page):
    see_bars(page, server, search())
    slide(page, to=15)
    see(page, "60 trials in the target")
    wait_until_idle(page)
    before = numbers(wait_for_chart(page, selector=BARS))
    link, _ = make_link(page, "look at **lr** <b>first</b>")
    other = new_page()
    assert numbers(open_link(other, link)) == before
    see(other, "Read-only, shared")
    see(other, "look at **lr** <b>first</b>")
    see(other, "numbers as stored by hpi")
    for key in ("subspace", "region", "target", "estimator", "edit_metric", "filter_menu", "make_link"):
        expect(widget(other, key)).to_have_count(0)
    assert link.split("?")[1] in other.url
    go(other, "Data")
    expect(widget(other, "role_of")).to_have_count(0)


def test_a_copy_to_explore_is_ones_own(server, page, new_page):
    see_bars(page, server, search())
    link, _ = make_link(page)
    other = new_page()
    before = numbers(open_link(other, link))
    widget(other, "explore").get_by_role("button").click()
    expect(widget(other, "subspace")).to_be_visible()
    assert numbers(wait_for_chart(other, selector=BARS)) == before
    other.wait_for_url(re.compile(r"[?&]t="))
    press(other, "ArrowRight", 4)
    other.wait_for_url(re.compile(r"top="))
    third = new_page()
    assert numbers(open_link(third, link)) == before  # the link is as it was


def test_a_link_that_was_deleted_opens_nothing_and_closes_for_who_reads_it(server, page, new_page):
    see_bars(page, server, search())
    link, secret = make_link(page)
    reader, other = new_page(), new_page()
    open_link(reader, link)
    other.goto(f"{server}/links")
    box = widget(other, "secret").locator("input")
    for wrong in (link.split("=")[1], "A" * 22):  # the token that opens it does not delete it
        box.fill(wrong)
        box.press("Enter")
        widget(other, "delete_secret").get_by_role("button").click()
        see(other, GONE)
    box.fill(secret)
    box.press("Enter")
    widget(other, "delete_secret").get_by_role("button").click()
    see(other, "The link is deleted")
    go(reader, "Findings")
    see(reader, GONE)
    late = new_page()
    late.goto(link)
    see(late, GONE)


def test_the_author_sees_and_deletes_own_links_only(server, page, new_page):
    see_bars(page, server, search(), "mine.csv")
    link, _ = make_link(page, "my note")
    stranger = new_page()
    stranger.goto(f"{server}/links")
    see(stranger, "You have no link that opens")
    go(page, "Links")
    see(page, "my note")
    row = page.locator("[class*=st-key-link-]").filter(has_text="my note")
    row.get_by_role("button", name="Delete").click()
    see(page, "The link is deleted")
    stranger.goto(link)
    see(stranger, GONE)


def test_links_that_never_were_have_expired_or_are_no_links_look_the_same(fresh_server, page, new_page, tmp_path):
    see_bars(page, fresh_server, search())
    link, _ = make_link(page)
    expire_all(tmp_path / "store")
    said = []
    # the rest of what is no link is asked without a browser: tests/pages/test_link.py
    for address in (link, f"{fresh_server}/?s={'A' * 22}", f"{fresh_server}/importance?s=..%2f..%2fetc%2fpasswd"):
        other = new_page()
        other.goto(address)
        see(other, GONE)
        said.append(other.get_by_text("link", exact=False).filter(has_text="does not exist").inner_text())
        other.context.close()
    assert set(said) == {GONE}


def test_a_flipped_bit_is_found_and_not_shown(fresh_server, page, new_page, tmp_path):
    see_bars(page, fresh_server, search())
    link, _ = make_link(page)
    for blob in (tmp_path / "store" / "blobs").glob("*/*"):
        content = bytearray(blob.read_bytes())
        content[len(content) // 2] ^= 1
        blob.write_bytes(content)
    other = new_page()
    other.goto(link)
    see(other, "The stored table is damaged or missing")
    expect(other.locator(BARS)).to_have_count(0)


def expire_all(store: Path) -> None:
    """Have every link of a store end a second ago."""
    with sqlite3.connect(store / "index.sqlite") as index:
        index.execute("UPDATE hpi_shares SET expires = ?", (int((time.time() - 1) * 1_000_000),))


@pytest.mark.parametrize("estimator", ["f-ANOVA"])
def test_a_slow_answer_opens_at_once_and_no_job_runs(server, page, new_page, estimator):
    quick = see_bars(page, server, search(n=300))
    choose(page, "estimator", estimator)
    before = numbers(wait_for_change(page, quick, selector=BARS))
    expect(widget(page, "job")).to_have_count(0, timeout=90_000)
    link, _ = make_link(page)
    other = new_page()
    assert numbers(open_link(other, link)) == before
    expect(widget(other, "job")).to_have_count(0)


def test_what_can_be_taken_along(server, page):
    see_bars(page, server, search(), "mine.csv")
    widget(page, "share_menu").get_by_role("button").click()
    for key, name, holds in (
        ("report_html", "mine-report.html", "<html"), ("numbers_csv", "mine-numbers.csv", "importance"),
        ("numbers_json", "mine-numbers.json", '"importance"'),
    ):  # fmt: skip
        with page.expect_download() as download:
            widget(page, key).get_by_role("button").click()
        assert download.value.suggested_filename == name
        assert holds in Path(download.value.path()).read_text("utf-8")
