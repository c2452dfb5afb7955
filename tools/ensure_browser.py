"""Finds the Chromium that the browser tests drive; installs Debian's where there is none and apt is there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
)
PACKAGES = ("chromium", "fonts-dejavu-core", "fonts-liberation")
ADVICE = (
    "no Chromium found: `sudo apt-get install chromium` (or set HPI_BROWSER to the program of a Chrome "
    "or Chromium), or set HPI_NO_BROWSER=1 to skip the browser tests"
)


def find() -> str | None:
    """Path of a Chromium that starts, or None."""
    named = os.environ.get("HPI_BROWSER")
    places = [named] if named else [*map(shutil.which, NAMES), *ELSEWHERE]
    return next((place for place in places if place and _starts(place)), None)


def skipped() -> bool:
    """Whether HPI_NO_BROWSER asks to do without."""
    return os.environ.get("HPI_NO_BROWSER", "") not in ("", "0")


def _starts(program: str) -> bool:
    # Ubuntu's chromium-browser may be a stub that only speaks of snap; on Windows --version opens a window.
    if not os.path.isfile(program) or sys.platform == "win32":
        return os.path.isfile(program)
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _install() -> None:
    """Ask apt for Chromium; what goes wrong is said and left to the browser tests to fail on."""
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if as_root and not shutil.which("sudo"):
        return
    # where one source cannot be refreshed, the others may still have the package
    for command in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *PACKAGES]):
        line = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *command]
        print("+", *line, flush=True)
        subprocess.run(line, check=False)


def main() -> int:
    """Exit code: 0 where a browser was found, was installed or is not wanted."""
    if skipped():
        print("HPI_NO_BROWSER is set: no browser wanted")
        return 0
    if not find() and not os.environ.get("HPI_BROWSER") and shutil.which("apt-get"):
        _install()
    path = find()
    print(f"browser: {path}" if path else f"hpi: {ADVICE}", file=sys.stdout if path else sys.stderr)
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
