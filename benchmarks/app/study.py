"""The parts of the study, one after the other; each ends by itself."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.app import messages, slider, smallest, switching
from benchmarks.app.browser import APP, chromium
from benchmarks.app.found import Study
from benchmarks.app.plan import Plan
from benchmarks.app.tables import as_parquet
from benchmarks.reading.report import machine


def run(plan: Plan, command: str) -> Study:
    """Return what was measured."""
    from tests.browser.servers import running

    where = machine()
    with tempfile.TemporaryDirectory(prefix="hpi-app-") as name, chromium() as browser:
        folder = Path(name)
        version = f"{where}; Chromium {browser.version}"
        paths = {size: as_parquet(size, folder) for size in plan.sizes}
        with running(APP, _new(folder / "app")) as app:
            script = smallest.with_menu(folder / "menu", switching.figures(browser, app.url))
            with running(script, _new(folder / "smallest")) as other:
                switched = switching.measured(browser, app.url, other.url, plan.rounds)
            slid = {}
            for size, path in paths.items():
                slid[size] = slider.measured(browser, app.url, path, plan.presses)
                print(f"slider: {size:,} trials done", file=sys.stderr, flush=True)
            seen = messages.measured(browser, app.url, list(paths.values()))
    return Study(plan, command, version, slid, switched, seen)


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder
