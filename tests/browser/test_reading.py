"""Files that a visitor drops, in a real browser: misnamed, several at once, refused; and roles undone by one click."""

from __future__ import annotations

import gzip
import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.charts import wait_for_chart
from tests.browser.steps import BARS, bars, go, see, see_bars
from tests.pages.tables import HOSTILE, hostile, search

ROW, HEAD = 35, 37  # pixels of a table, as pages/look.py has them


def give(page: Page, *files: tuple[str, bytes]) -> None:
    """Drop files where the page takes them."""
    place = page.locator("[data-testid=stFileUploader] input[type=file]").first
    place.set_input_files([{"name": name, "mimeType": "text/plain", "buffer": content} for name, content in files])


def as_csv(frame) -> bytes:
    return frame.to_csv(index=False).encode()


def test_a_misnamed_packed_table_is_read_and_what_is_refused_afterwards_takes_nothing_away(server, page):
    page.goto(server)
    give(page, ("results.xlsx", gzip.compress(as_csv(search()))))
    before = bars(wait_for_chart(page, selector=BARS))
    assert next(iter(before)) == "lr"
    go(page, "Start")
    for name, content, words in (
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(200), "picture"),
        ("short.csv", b"lr,loss\n1,2\n3,4,5\n6,7\n", "Line 3"),
        ("bomb.gz", gzip.compress(bytes(300_000_000), 1), "HPI_READ_UNPACKED_MB"),
    ):
        give(page, (name, content))
        see(page, words)
        see(page, "Open now: results.xlsx")
        assert page.request.get(f"{server}/_stcore/health").ok
    go(page, "Importance")
    assert bars(wait_for_chart(page, selector=BARS)) == before


def test_files_dropped_together_are_one_table(server, page):
    page.goto(server)
    give(page, ("monday.csv", as_csv(search(200))), ("tuesday.csv", as_csv(search(100, seed=1))))
    wait_for_chart(page, selector=BARS)
    go(page, "Data")
    see(page, "monday.csv (200 rows), tuesday.csv (100 rows)")


def roles(page: Page) -> Locator:
    """The table of roles: drawn on a canvas, with its cells as text inside for those who cannot see it."""
    drawn = page.locator("[data-testid=stDataFrame]").first.locator("canvas").first
    expect(drawn).to_be_visible()
    drawn.scroll_into_view_if_needed()
    return drawn


def test_one_click_undoes_a_role(server, page):
    see_bars(page, server, search())
    go(page, "Data")
    drawn = roles(page)
    expect(drawn.get_by_test_id("glide-cell-0-3")).to_have_text("dropout")
    expect(drawn.get_by_test_id("glide-cell-2-3")).to_have_text("leave out")
    undo = page.get_by_role("button", name="Take all columns as they were understood")
    for x in range(300, 480, 30):  # how wide the first two columns are depends on the fonts
        drawn.click(position={"x": x, "y": HEAD + ROW * 3 + ROW / 2}, force=True)
        page.wait_for_timeout(1000)
        if undo.count():
            break
    expect(undo).to_be_visible()
    expect(roles(page).get_by_test_id("glide-cell-2-3")).to_have_text("undo")
    undo.click()
    expect(undo).to_have_count(0)
    expect(roles(page).get_by_test_id("glide-cell-2-3")).to_have_text("leave out")


def test_hostile_names_ask_nobody_where_a_table_is_described(server, page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    see_bars(page, server, hostile(), "<img src=x onerror=alert(1)> =1+1.csv")
    go(page, "Data")
    cells = roles(page).locator("td")
    expect(cells.first).not_to_be_empty()
    assert set(HOSTILE) <= set(cells.all_text_contents())
    outside = [url for url in asked if not re.match(rf"{re.escape(server)}|data:|blob:", url)]
    assert outside == []
