"""What a visitor does on the pages, by the keys of the widgets."""

from __future__ import annotations

from typing import Any

import pandas as pd
from playwright.sync_api import Locator, Page

from tests.browser.charts import WITHIN, wait_for_chart, wait_until_idle
from tests.pages.tables import as_upload


def upload(page: Page, frame: pd.DataFrame, name: str = "search.csv") -> None:
    """Drop a table where the page has a place for it, once it is there to stay: a page being drawn may take it back."""
    file_name, content, kind = as_upload(frame, name)
    box = page.locator("[data-testid=stFileUploader] input[type=file]")
    box.wait_for(state="attached", timeout=WITHIN)
    wait_until_idle(page)
    page.wait_for_timeout(SETTLED)
    box.set_input_files([{"name": file_name, "mimeType": kind, "buffer": content}])


def see_bars(page: Page, server: str, frame: pd.DataFrame, name: str = "search.csv") -> list[dict[str, Any]]:
    """Upload a table on the start page and return the traces of the bars."""
    page.goto(server)
    upload(page, frame, name)
    return wait_for_chart(page, selector=BARS)


def bars(traces: list[dict[str, Any]]) -> dict[str, float | None]:
    """Importance by name, in the order of the chart."""
    (found,) = [trace for trace in traces if trace["name"] == "importance"]
    return dict(zip(found["customdata"], found["x"], strict=True))


def widget(page: Page, key: str) -> Locator:
    """The element of the widget (or container) with this key."""
    return page.locator(f".st-key-{key}")


def press(page: Page, key: str, times: int = 1, handle: int = 0) -> None:
    """Move a handle of the slider with the keyboard: 0 is the target, 1 the region."""
    thumb = widget(page, "subspace").locator("input[type=range]").nth(handle)
    thumb.focus()
    for _ in range(times):
        thumb.press(key)


def slide(page: Page, to: float, handle: int = 0) -> None:
    """Move a handle of the slider to a percentage, step by step; what a page being drawn took back is made again."""
    thumb = widget(page, "subspace").locator("input[type=range]").nth(handle)
    wait_until_idle(page)
    for _ in range(TRIES):
        steps = round((to - float(thumb.input_value())) / STEP)
        press(page, "ArrowRight" if steps > 0 else "ArrowLeft", abs(steps), handle)
        page.wait_for_timeout(SETTLED)
        wait_until_idle(page)
        if float(thumb.input_value()) == to:
            return


def type_number(page: Page, key: str, value: float) -> None:
    """Type a number and leave the field."""
    box = widget(page, key).locator("input")
    for _ in range(TRIES):  # a page that is being drawn takes back what is typed into it meanwhile
        wait_until_idle(page)
        box.fill(str(value))
        box.press("Enter")
        page.wait_for_timeout(SETTLED)
        wait_until_idle(page)
        if float(box.input_value()) == value:
            return


def choose(page: Page, key: str, option: str) -> None:
    """Choose an option of a selectbox by what it shows."""
    box = widget(page, key).locator("input")
    box.scroll_into_view_if_needed()
    box.click()
    box.fill(option)  # a long list holds only the options that can be seen
    page.get_by_role("option", name=option).first.click()
    wait_until_idle(page)


def go(page: Page, title: str) -> None:
    """Open a page by the menu."""
    page.get_by_role("link", name=title, exact=True).click()
    page.get_by_role("link", name=title, exact=True).wait_for()
    wait_until_idle(page)


def see(page: Page, text: str) -> Locator:
    """Wait until a text can be read, and return where."""
    found = page.get_by_text(text).first
    found.wait_for(timeout=WITHIN)
    return found


TRIES, SETTLED = 4, 300  # milliseconds
STEP = 0.5  # percent
BARS = ".st-key-importance .js-plotly-plot"
# a function: the pages forbid to evaluate text, which waiting for an expression does again and again
NOT_WIDER = """() => {
  const main = document.querySelector('[data-testid=stMainBlockContainer]');
  return main && main.scrollWidth <= main.clientWidth;
}"""
