"""Runs the checks one after the other, all of them even where one fails, and says at the end what ran.

Real browsers and killed processes share two cores with all else, so now and then a wait of some seconds is too short:
one to three tests that fail are run once more, alone. What fails twice fails; what does not is named at the end.
"""

from __future__ import annotations

import json
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
PYTEST = ["-m", "pytest", "--cache-clear"]  # what failed another time is forgotten
# name -> what Python is asked to do
STEPS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "mypy --strict hpi": ["-m", "mypy"],
    UNITS: [*PYTEST, "-m", "not browser", *SIDE_BY_SIDE],
    # in a process of its own: Playwright leaves an event loop running in the thread that uses it; one after the other,
    # since two browsers that draw and two servers that answer are too much for two cores
    BROWSER: [*PYTEST, "-m", "browser"],
}
TESTS = (UNITS, BROWSER)
NAMES = list(STEPS)
FEW = 3  # failures that may be those of a busy machine
LAST_FAILED = ".pytest_cache/v/cache/lastfailed"
FAILED = 1  # exit code of pytest where tests failed, and nothing else did
CHOICES = {"lint": NAMES[:3], "tests": NAMES[3:4], "browser": NAMES[4:], "all": NAMES}


def outcome(name: str) -> tuple[str, list[str]]:
    """How a step ended ("passed", "skipped" or "FAILED"), and which tests passed at the second try only."""
    print(f"\n== {name}", flush=True)
    if name == BROWSER and ensure_browser.main() != 0:
        return "FAILED", []  # ensure_browser has said in one line how to get a browser
    if name in TESTS:
        ensure_services.main()  # what lacks is said here once; the tests that need it say so, too
    code = _python(*STEPS[name])
    late = _passing_alone() if name in TESTS and code == FAILED else []
    if code != 0 and not late:
        return "FAILED", []
    return ("skipped" if name == BROWSER and ensure_browser.skipped() else "passed"), late


def _python(*asked: str) -> int:
    print("+ python", *asked, flush=True)
    return subprocess.run([sys.executable, *asked], cwd=ROOT, check=False).returncode


def _passing_alone() -> list[str]:
    """Names of the tests that have just failed, if they are few and all of them pass when they are run alone."""
    failed = list(json.loads((ROOT / LAST_FAILED).read_text("utf-8")))
    if len(failed) > FEW:
        return []
    print(f"\n== {len(failed)} of them once more, alone", flush=True)
    return failed if failed and _python("-m", "pytest", *failed) == 0 else []


def main() -> int:
    """Exit code: 0 where no step failed."""
    said, ended = [], set()
    for name in CHOICES[sys.argv[1] if len(sys.argv) > 1 else "all"]:
        start = time.monotonic()
        how, late = outcome(name)
        ended.add(how)
        said.append(f"{how:8}{time.monotonic() - start:7.1f} s  {name}")
        said += [f"        at the second try: {one}" for one in late]
    print("\n== what ran", *said, sep="\n")
    return int("FAILED" in ended)


if __name__ == "__main__":
    sys.exit(main())
