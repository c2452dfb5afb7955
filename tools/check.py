"""Runs the checks one after the other, all of them even where one fails, and says at the end what ran."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import ensure_browser
import ensure_services

ROOT = Path(__file__).resolve().parent.parent
BROWSER = "browser tests"
UNITS = "unit, contract and page tests"
# a file of tests stays in one process, so that its servers are started once
SIDE_BY_SIDE = ["-n", "auto", "--maxprocesses", "4", "--dist", "loadfile"]
# name -> what Python is asked to do
STEPS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "mypy --strict hpi": ["-m", "mypy"],
    UNITS: ["-m", "pytest", "-m", "not browser", *SIDE_BY_SIDE],
    # in a process of its own: Playwright leaves an event loop running in the thread that uses it; one after the other,
    # since two browsers that draw and two servers that answer are too much for two cores
    BROWSER: ["-m", "pytest", "-m", "browser"],
}
NAMES = list(STEPS)
CHOICES = {"lint": NAMES[:3], "tests": NAMES[3:4], "browser": NAMES[4:], "all": NAMES}


def outcome(name: str) -> str:
    """How a step ended: "passed", "skipped" or "FAILED"."""
    print(f"\n== {name}", flush=True)
    if name == BROWSER and ensure_browser.main() != 0:
        return "FAILED"  # ensure_browser has said in one line how to get a browser
    if name in (UNITS, BROWSER):
        ensure_services.main()  # what lacks is said here once; the tests that need it say so, too
    print("+ python", *STEPS[name], flush=True)
    if subprocess.run([sys.executable, *STEPS[name]], cwd=ROOT, check=False).returncode != 0:
        return "FAILED"
    return "skipped" if name == BROWSER and ensure_browser.skipped() else "passed"


def main() -> int:
    """Exit code: 0 where no step failed."""
    said = []
    for name in CHOICES[sys.argv[1] if len(sys.argv) > 1 else "all"]:
        start = time.monotonic()
        said.append(f"{outcome(name):8}{time.monotonic() - start:7.1f} s  {name}")
    print("\n== what ran", *said, sep="\n")
    return int(any(line.startswith("FAILED") for line in said))


if __name__ == "__main__":
    sys.exit(main())
