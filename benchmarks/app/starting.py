"""How long it is from the start of a server to the first bars, beside the smallest page with a chart."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.app import smallest
from benchmarks.app.browser import APP, BARS, EXAMPLE, OPENS_WITHIN, visitor, wait_for
from benchmarks.app.found import Started

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def measured(browser: Browser, folder: Path, starts: int) -> Started:
    """Return the seconds of as many starts of either server, in turn, after one of each that does not count."""
    script = smallest.alone(folder / "alone")
    ours, other = list[float](), list[float]()
    for i in range(starts + 1):
        other.append(_once(browser, script, _new(folder / f"other-{i}"), "", smallest.BARS))
        ours.append(_once(browser, APP, _new(folder / f"ours-{i}"), f"/importance?{EXAMPLE}", BARS))
        print(f"start: {i} of {starts}: {other[-1]:.1f} s, {ours[-1]:.1f} s", file=sys.stderr, flush=True)
    return Started(ours[1:], other[1:])


def _once(browser: Browser, script: Path, home: Path, address: str, chart: str) -> float:
    """Return the seconds from the start of a server to a chart; the browser is there before, its page empty."""
    from tests.browser.servers import running

    with visitor(browser) as page:
        began = time.monotonic()
        with running(script, home) as server:
            page.goto(f"{server.url}{address}")
            wait_for(page, chart, OPENS_WITHIN)
            return time.monotonic() - began


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder
