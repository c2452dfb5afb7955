"""The folder in the app: opened by its button in a Chromium, its progress read, its slider moved.

The slider is timed as benchmarks/app times it: from the key to the frame in which the bars are other ones, beside a
rerun of the same page that changes nothing.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.app import slider
from benchmarks.app.browser import APP, BARS, chromium, visitor
from benchmarks.app.stopwatch import selector, settle
from benchmarks.scale.watching import Held, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from benchmarks.app.slider import Slid

NAME = "trials"  # of the table, for visitors
OPENS_WITHIN = 600_000  # milliseconds
LOOKING, COUNTING = "looking", "job"  # the containers that say how far a job is
OF_ALL = f".st-key-shown-chart {selector(BARS)}"  # not those of the trials at hand, which stand dimmed until then
# What they say, and since when; begins with a click, and stays while the menu leads from page to page.
NOTES = """([keys, chart, ofAll]) => window.addEventListener('click', from => {
  const said = window.said = [], last = {};
  const look = () => {
    const after = window.sinceClick();
    for (const key of keys) {
      const words = document.querySelector(`.st-key-${key} [data-testid=stText]`)?.textContent;
      if (words && words !== last[key]) said.push([after, key, last[key] = words]);
    }
    if (document.querySelector('.st-key-identity')) window.openAfter ??= after;
    if (document.querySelector(chart)) window.atHandAfter ??= after;
    if (!document.querySelector(ofAll)) requestAnimationFrame(look);
  };
  window.sinceClick = () => (performance.now() - from.timeStamp) / 1000;
  look();
}, {capture: true, once: true})"""


@dataclass(frozen=True)
class Opened:
    """How the table opened; seconds from the click on its button.

    Attributes
    ----------
    said
        What the page said of how far it was, each with its second and whether the rows were looked at or counted.
    after, at_hand, bars
        When the page of the table was there, when the bars of the trials at hand were, and when those of all were.
    """

    said: Sequence[tuple[float, str, str]]
    after: float
    at_hand: float
    bars: float

    def changes(self, what: str) -> int:
        """Return how often the words of a job changed."""
        return max(0, len({words for _, of, words in self.said if of == what}) - 1)

    @property
    def first(self) -> float | None:
        """Seconds to the first words with a percentage; None where there were none."""
        return min((after for after, _, words in self.said if "%" in words), default=None)


@dataclass(frozen=True)
class InApp:
    """What came of it: how it opened, how its slider moved, what was held; how many jobs of each kind there were."""

    browser: str
    opened: Opened
    slid: Slid
    held: Held
    jobs: Mapping[str, int]


@dataclass(frozen=True)
class NotMeasured:
    """Why nothing came of it, and whether that is since something went wrong."""

    why: str
    failed: bool = False


def measured(folder: Path, presses: int, more: Mapping[str, str]) -> InApp | NotMeasured:
    """Return what came of as many moves of the slider on a folder of trials, or why none was measured.

    `more` is added to the environment of the server. What goes wrong is returned, too: what the engines took is not
    lost by it.
    """
    if presses == 0:
        return NotMeasured("this form of the benchmark leaves it out")
    if lacking := _lacking():
        return NotMeasured(lacking)
    from playwright.sync_api import Error

    try:
        return _measured(folder, presses, more)
    except (Error, OSError, RuntimeError) as error:
        print(f"  the app: {error}", flush=True)
        return NotMeasured(f"it failed ({str(error).splitlines()[0]})", failed=True)


def _measured(folder: Path, presses: int, more: Mapping[str, str]) -> InApp:
    from benchmarks.reading.memory import started_with
    from tests.browser.servers import running

    settings = {**more, "HPI_TABLES": f"{NAME}={folder.resolve()}"}
    with (
        tempfile.TemporaryDirectory(prefix="hpi-app-") as home,
        chromium() as browser,
        running(APP, Path(home), settings) as server,
    ):
        pid = started_with(f"--server.port={server.url.rsplit(':', 1)[1]}")
        with watched(pid) as held, _page(browser, server.url) as page:
            opened = _opened(page)
            came = f"open in {opened.after:.1f} s, bars in {opened.at_hand:.1f} s, of all in {opened.bars:.1f} s"
            print(f"  the app: {came}", flush=True)
            slid = slider.moved(page, presses, back=presses + 1)
        return InApp(f"Chromium {browser.version}", opened, slid, held, _jobs(server.said()))


def _lacking() -> str | None:
    """Return what is not there to drive a browser with."""
    from importlib.util import find_spec

    from tools import ensure_browser

    if find_spec("playwright") is None:
        return "Playwright is not installed"
    if ensure_browser.skipped():
        return "HPI_NO_BROWSER is set"
    return None if ensure_browser.find() else "there is no browser"


@contextmanager
def _page(browser: Browser, url: str) -> Iterator[Page]:
    with visitor(browser) as page:
        page.goto(url)
        yield page


def _opened(page: Page) -> Opened:
    """Click the button of the table, and wait for its bars and for all that is worked out beside them."""
    button = page.locator(f".st-key-named-{NAME} button")
    button.wait_for()
    settle(page)
    page.evaluate(NOTES, [[LOOKING, COUNTING], selector(BARS), OF_ALL])
    button.click()
    page.wait_for_function("chart => window.study.drawn(chart) !== null", arg=OF_ALL, timeout=OPENS_WITHIN)
    bars, *others, said = page.evaluate(
        "() => [window.sinceClick(), window.openAfter, window.atHandAfter, window.said]"
    )
    after, at_hand = (bars if other is None else other for other in others)
    settle(page)
    return Opened([(second, key, words) for second, key, words in said], after, at_hand, bars)


def _jobs(said: str) -> dict[str, int]:
    """Return how many jobs of each kind a server was handed; raises RuntimeError where it wrote down a traceback."""
    if "Traceback (most recent" in said:
        raise RuntimeError(f"the server said:\n{said}")
    lines: list[dict[str, Any]] = [json.loads(line) for line in said.splitlines() if line.startswith('{"time"')]
    return dict(Counter(line["task"] for line in lines if line["event"] == "submitted"))
