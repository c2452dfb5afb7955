"""Runs the checks one after the other, all of them even where one fails, and says at the end what ran."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
# name, command
STEPS = {
    "ruff check": [PYTHON, "-m", "ruff", "check", "."],
    "ruff format": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "mypy --strict hpi": [PYTHON, "-m", "mypy"],
    "unit, contract and page tests": [PYTHON, "-m", "pytest", "-m", "not browser"],
    # in a process of its own: Playwright leaves an event loop running in the thread that uses it
    "browser tests": [PYTHON, "-m", "pytest", "-m", "browser"],
}
LINT, TESTS, BROWSER = list(STEPS)[:3], list(STEPS)[3:4], list(STEPS)[4:]
CHOICES = {"lint": LINT, "tests": TESTS, "browser": BROWSER, "all": [*LINT, *TESTS, *BROWSER]}


def run(name: str) -> tuple[bool, float]:
    """Whether the step passed, and the seconds it took."""
    command = STEPS[name]
    print(f"\n== {name}\n+ python {' '.join(command[1:])}", flush=True)
    start = time.monotonic()
    passed = subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    return passed, time.monotonic() - start


def main() -> int:
    """Exit code: 0 where every step passed."""
    names = CHOICES[sys.argv[1] if len(sys.argv) > 1 else "all"]
    if "browser tests" in names:
        # a missing browser is said again, in one line, by the browser tests themselves
        subprocess.run([PYTHON, str(ROOT / "tools" / "ensure_browser.py")], check=False)
    results = {name: run(name) for name in names}
    print("\n== what ran")
    for name, (passed, seconds) in results.items():
        print(f"{'passed' if passed else 'FAILED':8}{seconds:7.1f} s  {name}")
    return 0 if all(passed for passed, _ in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
