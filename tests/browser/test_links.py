"""What a page shows stands in its address, in a real browser: reload, back, forward, bookmarks, links of the menu."""

from __future__ import annotations

import json
import re
import time
from urllib.parse import parse_qs, urljoin, urlsplit

from playwright.sync_api import Page, expect

from tests.browser.charts import WITHIN, traces, wait_for_change, wait_for_chart, wait_until_idle
from tests.browser.steps import BARS, go, see, see_bars, widget
from tests.pages.tables import search

EXAMPLE = "/importance?example=known_function"
ELSEWHERE = "The table of this address is not here"


def numbers(page: Page) -> str:
    """All numbers of the bars as text, to the last digit."""
    traces = wait_for_chart(page, selector=BARS)
    return json.dumps([[trace["name"], trace.get("x"), trace.get("customdata")] for trace in traces], sort_keys=True)


def becomes(page: Page, expected: str) -> None:
    """Wait until the bars show these numbers, to the last digit."""
    end = time.monotonic() + WITHIN / 1000
    while numbers(page) != expected and time.monotonic() < end:
        page.wait_for_timeout(100)
    assert numbers(page) == expected


def query(page: Page) -> dict[str, list[str]]:
    """What stands in the address behind the question mark."""
    return parse_qs(urlsplit(page.url).query)


def says(page: Page, key: str, value: str) -> None:
    """Wait until a key of the address has a value."""
    expect(page).to_have_url(re.compile(rf"[?&]{key}={re.escape(value)}(&|$)"))


def target(page: Page, percent: int) -> None:
    """Move the target to so many percent, and wait until the page and its address say so."""
    box = widget(page, "target").locator("input")
    box.fill(str(percent))
    box.press("Enter")
    shows(page, percent)


def shows(page: Page, percent: int) -> None:
    """Wait until page and address say which part of the trials is the target."""
    says(page, "top", f"{percent / 100:g}")
    expect(widget(page, "target").locator("input")).to_have_value(str(percent))
    wait_until_idle(page)


def test_u40_back_and_forward_lead_through_what_was_asked(server, page):
    page.goto(server + EXAMPLE)
    usual = numbers(page)
    seen = {}
    for percent in (20, 30):
        before = traces(page, selector=BARS)
        target(page, percent)
        wait_for_change(page, before, selector=BARS)
        seen[percent] = numbers(page)
    assert len({usual, *seen.values()}) == 3
    page.go_back()
    shows(page, 20)
    becomes(page, seen[20])
    page.go_back()
    expect(page).not_to_have_url(re.compile("top="))
    becomes(page, usual)
    for percent in (20, 30):
        page.go_forward()
        shows(page, percent)
    becomes(page, seen[30])


def test_back_leads_from_page_to_page(server, page):
    page.goto(server + EXAMPLE)
    wait_for_chart(page, selector=BARS)
    target(page, 25)
    go(page, "One hyperparameter")
    page.wait_for_url("**/one?*")
    see(page, "alone explains")
    says(page, "top", "0.25")
    page.go_back()
    page.wait_for_url("**/importance?*")
    shows(page, 25)
    page.go_forward()
    page.wait_for_url("**/one?*")
    see(page, "alone explains")


def test_a_reload_and_a_bookmark_show_an_own_table_and_another_browser_says_why_not(server, page, new_page):
    first = see_bars(page, server, search())
    target(page, 20)
    wait_for_change(page, first, selector=BARS)
    before, address = numbers(page), page.url
    page.reload()
    shows(page, 20)
    becomes(page, before)
    see(page, "search.csv  ·  400 trials")
    assert page.url == address
    bookmarked = page.context.new_page()
    bookmarked.goto(address)
    shows(bookmarked, 20)
    becomes(bookmarked, before)
    other = new_page()
    other.goto(address)
    see(other, ELSEWHERE)
    expect(other.locator(BARS)).to_have_count(0)
    expect(other.get_by_text("search.csv")).to_have_count(0)


def test_what_compare_shows_is_there_after_a_reload_and_back_leads_through_its_views(server, page):
    page.goto(server + "/compare?example=known_function")
    see(page, "Do the estimators agree?")
    widget(page, "compare_view").get_by_text("Thresholds", exact=True).click()
    says(page, "view", "thresholds")
    box = widget(page, "other_target").locator("input")
    box.fill("30")
    box.press("Enter")
    says(page, "other_top", "0.3")
    see(page, "For the best 30")
    wait_until_idle(page)
    page.reload()
    see(page, "For the best 30")
    expect(widget(page, "other_target").locator("input")).to_have_value("30")
    go(page, "Importance")
    wait_for_chart(page, selector=BARS)
    go(page, "Compare")
    expect(widget(page, "other_target").locator("input")).to_have_value("30")
    page.go_back()
    page.wait_for_url("**/importance?*")
    wait_for_chart(page, selector=BARS)
    page.go_back()
    page.wait_for_url("**/compare?*")
    see(page, "For the best 30")
    wait_until_idle(page)
    page.go_back()
    expect(page).not_to_have_url(re.compile("other_top"))
    expect(widget(page, "other_target").locator("input")).to_have_value("1")
    page.go_back()
    see(page, "Do the estimators agree?")


def test_an_address_and_a_link_of_the_menu_are_the_same_to_everybody(server, page, new_page):
    page.goto(server + EXAMPLE)
    first = wait_for_chart(page, selector=BARS)
    target(page, 30)
    wait_for_change(page, first, selector=BARS)
    before, address = numbers(page), query(page)
    link = page.get_by_role("link", name="Data", exact=True).get_attribute("href")
    assert link is not None
    other = new_page()
    other.goto(urljoin(page.url, link))
    see(other, "known_function.csv")
    shows(other, 30)
    other.goto(page.url)
    shows(other, 30)
    becomes(other, before)
    assert query(other) == address


def test_nothing_of_an_address_is_markup_and_bad_values_are_named(server, page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    bad = "metric=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&hp=%5Ba%5D(http%3A%2F%2Fx.example)&top=nan&seed=-1"
    page.goto(f"{server}{EXAMPLE}&{bad}&where=!%5Bi%5D(http%3A%2F%2F127.0.0.1%3A9%2Fx.png)&debug=1&top=0.5&a=%00")
    wait_for_chart(page, selector=BARS)
    for key in ("metric", "hp", "top", "seed", "where"):
        see(page, f"“{key}” in the address")
    main = page.locator("[data-testid=stMainBlockContainer]")
    expect(main.locator("img, a[href*='x.example'], a[href*=':9/']")).to_have_count(0)
    expect(main.get_by_text("onerror")).to_have_count(0)
    assert not [url for url in asked if urlsplit(url).netloc not in urlsplit(server).netloc]
    wait_until_idle(page)
    assert query(page) == {"example": ["known_function"], "metric": ["loss"], "dir": ["minimize"]}  # what holds now
