"""How long a page takes after a click on the menu, beside the smallest Streamlit page that shows the same figure."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.app import smallest
from benchmarks.app.browser import example, visitor, wait_for
from benchmarks.app.stopwatch import REST, Lap, drawn, selector, settle, timed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# title in the menu -> key of the chart that answers the page's question
PAGES: Mapping[str, str] = {
    "Importance": "importance",
    "One hyperparameter": "metric_against",
    "Two hyperparameters": "heat_map",
    "Findings": "picture-0",
    "Compare": "ranks",
    "Data": "history",
}
ASKED = "Compare"  # the page that shows a chart once all estimators were asked
FIRST_CHART_WITHIN = 60_000  # milliseconds
ALL_ASKED_WITHIN = 300_000


@dataclass
class Switched:
    """What came of the clicks: those on the app's menu and those on the smallest app's, by title."""

    ours: dict[str, list[Lap]] = field(default_factory=lambda: {title: [] for title in PAGES})
    smallest: dict[str, list[Lap]] = field(default_factory=lambda: {title: [] for title in PAGES})


def figures(browser: Browser, url: str) -> dict[str, Any]:
    """Return the figure of each page of the example, by the key of its chart."""
    found = {}
    with visitor(browser) as page:
        ask_all(page, url)
        for title, chart in PAGES.items():
            link(page, title).click()
            wait_for(page, chart, FIRST_CHART_WITHIN)
            settle(page)
            found[chart] = smallest.figure(page, selector(chart))
    return found


def measured(browser: Browser, url: str, smallest_url: str, rounds: int) -> Switched:
    """Return what came of as many rounds through either menu, in turn, after one that does not count."""
    switched = Switched()
    with visitor(browser) as ours, visitor(browser) as other:
        ask_all(ours, url)
        other.goto(smallest_url)
        wait_for(other, next(iter(PAGES.values())), FIRST_CHART_WITHIN)
        for i in range(rounds + 1):
            for title, chart in turn():
                laps = switch(ours, title, chart, *REST), switch(other, chart, chart)
                if i:
                    switched.ours[title].append(laps[0])
                    switched.smallest[title].append(laps[1])
            print(f"menu: {i} of {rounds} rounds", file=sys.stderr, flush=True)
    return switched


def ask_all(page: Page, url: str) -> None:
    """Open the example, have all estimators asked about it, and come back to the bars."""
    example(page, url)
    link(page, ASKED).click()
    page.locator(".st-key-ask_all button").click()
    wait_for(page, PAGES[ASKED], ALL_ASKED_WITHIN)
    settle(page)
    link(page, "Importance").click()
    wait_for(page, PAGES["Importance"], FIRST_CHART_WITHIN)


def turn() -> list[tuple[str, str]]:
    """Return the pages in the order in which they are opened, from one that shows the first of them."""
    first, *others = PAGES.items()
    return [*others, first]


def switch(page: Page, title: str, chart: str, *rest: str) -> Lap:
    """Click a link of the menu, and wait until the chart is there; also until the page rests, where that is asked."""
    settle(page)
    # the smallest run is over before the browser has noted that it began
    return timed(page, "click", {"chart": drawn(chart)} | ({"rest": rest} if rest else {}), link(page, title).click)


def link(page: Page, title: str) -> Any:  # noqa: ANN401
    """Return where the menu leads to a page."""
    return page.get_by_role("link", name=title, exact=True)
