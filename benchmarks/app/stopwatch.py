"""A stopwatch inside the page: from the event of a key or a click to the frame that shows what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCRIPT = Path(__file__).with_name("stopwatch.js")
WITHIN = 60_000  # milliseconds for what is timed
REST = ("rest",)  # the script of the page has run, and has ended
A_PAUSE = 300  # milliseconds between two looks at whether the page rests
RESTS_WITHIN = 200_000
# work of a child process that the page waits for stands on it as a line of small print
RESTING = """() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
  && !document.querySelector('[class*="st-key-quiet-job"], .st-key-job')"""


@dataclass(frozen=True)
class Lap:
    """What came of an act: milliseconds until each thing that was waited for; how often each chart was put anew."""

    took: Mapping[str, float]
    remounts: Mapping[str, int]


def changed(chart: str) -> tuple[str, str]:
    """Wait until the marks of a chart are other ones than before; `chart` is the key of its container."""
    return "changed", selector(chart)


def drawn(chart: str) -> tuple[str, str]:
    """Wait until a chart has marks."""
    return "drawn", selector(chart)


def selector(chart: str) -> str:
    """Return where a chart is, by the key of its container."""
    return f".st-key-{chart} .js-plotly-plot"


def timed(page: Page, event: str, wanted: Mapping[str, tuple[str, ...]], act: Callable[[], object]) -> Lap:
    """Do something that begins with an event of the page, and return how long what it asks for took."""
    page.evaluate(
        "([event, wanted, within]) => { window.study.arm(event, wanted, within); }", [event, dict(wanted), WITHIN]
    )
    act()
    lap = page.evaluate("() => window.study.lap")
    return Lap(lap["took"], lap["remounts"])


def settle(page: Page, within: float = RESTS_WITHIN) -> bool:
    """Wait until the page rests, and no child process works for it; return whether it does in time."""
    quiet, waited = 0, 0
    while quiet < 3 and waited < within:
        page.wait_for_timeout(A_PAUSE)
        waited += A_PAUSE
        quiet = quiet + 1 if page.evaluate(RESTING) else 0
    return quiet >= 3
