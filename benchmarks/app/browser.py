"""A Chromium with the stopwatch in every page, and what pages of the app are asked to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.app.stopwatch import SCRIPT, settle, timed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app.py"
EXAMPLE = "example=digits_mlp"
BARS = "importance"  # key of the chart
OPENS_WITHIN = 180_000  # milliseconds for a large table to be read and drawn
DROP = "[data-testid=stFileUploader] input[type=file]"


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window; raises RuntimeError where there is none."""
    from playwright.sync_api import sync_playwright

    from tests.browser.servers import ARGUMENTS
    from tools import ensure_browser

    program = ensure_browser.find()
    if program is None:
        raise RuntimeError(ensure_browser.ADVICE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def visitor(browser: Browser) -> Iterator[Page]:
    """An empty page of a visitor who was never here, with the stopwatch in it."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, service_workers="block")
    context.add_init_script(path=SCRIPT)
    yield context.new_page()
    context.close()


def opened(page: Page, url: str, path: Path) -> None:
    """Drop a table on the start page, and wait for its bars and for all that is worked out beside them."""
    page.goto(url)
    page.locator(DROP).first.set_input_files(path)
    wait_for(page, BARS, OPENS_WITHIN)
    settle(page)


def example(page: Page, url: str) -> None:
    """Open the example by its address, and wait for all of its bars."""
    page.goto(f"{url}/importance?{EXAMPLE}")
    wait_for(page, BARS, OPENS_WITHIN)
    settle(page)


def wait_for(page: Page, chart: str, within: float) -> None:
    """Wait until a chart is drawn."""
    selector = f".st-key-{chart} .js-plotly-plot"
    page.wait_for_function("selector => window.study.drawn(selector) !== null", arg=selector, timeout=within)


__all__ = ["APP", "BARS", "EXAMPLE", "ROOT", "chromium", "example", "opened", "timed", "visitor", "wait_for"]
