"""The parts of the study, one after the other; each ends by itself."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.app import load, messages, slider, smallest, starting, switching
from benchmarks.app.browser import APP, chromium
from benchmarks.app.found import Study
from benchmarks.app.plan import Plan
from benchmarks.app.tables import as_parquet
from benchmarks.reading.report import machine

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from benchmarks.app.messages import Messages
    from benchmarks.app.slider import Slid
    from benchmarks.app.switching import Switched


def run(plan: Plan, command: str) -> Study:
    """Return what was measured."""
    where = machine()
    with tempfile.TemporaryDirectory(prefix="hpi-app-") as name:
        folder = Path(name)
        crowd = load.measured(plan, _new(folder / "load")) if plan.sessions else None
        with chromium() as browser:
            version = f"{where}; Chromium {browser.version}"
            started = starting.measured(browser, _new(folder / "starts"), plan.starts)
            switched, slid, seen = _pages(plan, browser, folder)
    return Study(plan, command, version, slid, switched, seen, started, crowd)


def _pages(plan: Plan, browser: Browser, folder: Path) -> tuple[Switched, dict[int, Slid], Messages]:
    """Return what one server showed: its pages, its slider on each table, its messages."""
    from tests.browser.servers import running

    paths = {size: as_parquet(size, folder) for size in plan.sizes}
    with running(APP, _new(folder / "app")) as app:
        script = smallest.with_menu(folder / "menu", switching.figures(browser, app.url))
        with running(script, _new(folder / "smallest")) as other:
            switched = switching.measured(browser, app.url, other.url, plan.rounds)
        slid = {}
        for size, path in paths.items():
            slid[size] = slider.measured(browser, app.url, path, plan.presses)
            print(f"slider: {size:,} trials done", file=sys.stderr, flush=True)
        return switched, slid, messages.measured(browser, app.url, list(paths.values()))


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder
