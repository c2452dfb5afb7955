"""What the app's server holds before, while and after somebody has a large table open. On Linux alone.

A real browser uploads the file, as a person would. What is measured is the server's own process: the one that reads
the file has ended by then.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.reading.plan import Plan
from benchmarks.reading.tables import as_csv, made

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
FRESH, BEFORE, OPEN, CLOSED = "fresh", "before", "open", "closed"
AGAIN, LEFT = "open again", "left"
SETTLES = 15.0  # seconds after which what can be given back at once has been: the app looks every five
WITHIN = 120_000  # milliseconds for a large table to be read and drawn
KIB = 1024
DROP = "[data-testid=stFileUploader] input[type=file]"


@dataclass(frozen=True)
class Memory:
    """What the server held, MB (10^6 bytes).

    Attributes
    ----------
    megabytes
        Of the file.
    held
        At each moment, by its name.
    most
        At any moment until the end.
    """

    megabytes: float
    held: dict[str, float]
    most: float

    def more(self, moment: str) -> float:
        """Return how much more it held at a moment than before the file came."""
        return self.held[moment] - self.held[BEFORE]


@dataclass
class Watched:
    """The app, a browser that looks at it, and what the app's server held."""

    url: str
    pid: int
    browser: Browser
    held: dict[str, float] = field(default_factory=dict)

    def note(self, moment: str, seconds: float) -> None:
        """Wait, and note what the server holds then."""
        time.sleep(seconds)
        self.held[moment] = status(self.pid, "VmRSS")
        print(f"{moment}: {self.held[moment]:.0f} MB", flush=True)

    def opened(self, path: Path) -> Page:
        """Return a new page that shows what decides the table of a file."""
        from tests.browser.charts import IDLE
        from tests.browser.steps import BARS

        page = self.start_page()
        page.locator(DROP).first.set_input_files(path)
        page.locator(f"{BARS} .main-svg").first.wait_for(timeout=WITHIN)
        page.locator(IDLE).wait_for(state="attached", timeout=WITHIN)
        return page

    def start_page(self) -> Page:
        """Return a new page with a place to drop a file."""
        page = self.browser.new_page()
        page.goto(self.url)
        page.locator(DROP).first.wait_for(state="attached", timeout=WITHIN)
        return page


def measured(plan: Plan, folder: Path) -> Memory | str:
    """Return what the server held, or why it was not measured."""
    from tools import ensure_browser

    if plan.app_rows == 0:
        return "this form of the study leaves it out"
    if sys.platform != "linux":
        return "only Linux says in /proc what a process holds"
    program = None if ensure_browser.skipped() else ensure_browser.find()
    if program is None:
        return "there is no browser to upload with"
    large, small = (as_csv(made(n), folder, name) for n, name in ((plan.app_rows, "open"), (plan.small_rows, "first")))
    with _app(program, folder) as app:
        _visits(app, large, small, plan.seconds_after)
        return Memory(large.stat().st_size / 1e6, app.held, status(app.pid, "VmHWM"))


def _visits(app: Watched, large: Path, small: Path, seconds_after: float) -> None:
    """Open and close tables as two visitors do: one closes the table, the other one the page."""
    from tests.browser.steps import go, widget

    app.start_page().close()
    app.note(FRESH, 0)
    app.opened(small).close()
    app.note(BEFORE, seconds_after)
    page = app.opened(large)
    app.note(OPEN, SETTLES)
    go(page, "Start")
    widget(page, "close_table").locator("button").click()
    widget(page, "open_now").wait_for(state="detached", timeout=WITHIN)
    app.note(CLOSED, SETTLES)
    page.close()
    page = app.opened(large)
    app.note(AGAIN, SETTLES)
    page.close()
    app.note(LEFT, seconds_after)


@contextmanager
def _app(program: str, folder: Path) -> Iterator[Watched]:
    """The app on a server of its own; raises RuntimeError where the server wrote down a traceback."""
    from playwright.sync_api import sync_playwright

    from tests.browser.servers import ARGUMENTS, running

    with running(ROOT / "app.py", folder) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield Watched(server.url, started_with(f"--server.port={server.url.rsplit(':', 1)[1]}"), browser)
        browser.close()
        if "Traceback (most recent" in server.said():
            raise RuntimeError(f"the server said:\n{server.said()}")


def started_with(argument: str) -> int:
    """Return the id of the process that this one has started with an argument; raises StopIteration without one."""
    mine = (int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit() and _parent(one) == os.getpid())
    return next(pid for pid in mine if argument in Path(f"/proc/{pid}/cmdline").read_text().split("\0"))


def _parent(process: Path) -> int | None:
    try:
        return int(_said(process, "PPid"))
    except (FileNotFoundError, ProcessLookupError):  # it has ended since it was listed
        return None


def status(pid: int, what: str) -> float:
    """Return an amount that Linux gives of a process, MB: VmRSS is what it holds, VmHWM the most that it has held."""
    return int(_said(Path(f"/proc/{pid}"), what)) * KIB / 1e6


def _said(process: Path, what: str) -> str:
    lines = (process / "status").read_text("utf-8", errors="replace").splitlines()
    return next(line.split()[1] for line in lines if line.startswith(f"{what}:"))
