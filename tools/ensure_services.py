"""Finds PostgreSQL and nginx, which some tests start by themselves; installs Debian's where they lack and apt is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

# what apt calls it, and what it is for
PACKAGES = {"postgresql": "the store's index of a team", "nginx-light": "serving by several processes"}
ADVICE = (
    "no {}: `sudo apt-get install postgresql nginx-light` (nothing needs to run; the tests start their own), "
    "or set HPI_NO_SERVICES=1 to skip these tests"
)


def postgres() -> Path | None:
    """Folder of the newest PostgreSQL programs (initdb, postgres), or None."""
    # Debian keeps them out of the path, a folder for each version
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    named = shutil.which("initdb")
    places = [*folders, *([Path(named).parent] if named else [])]
    return next((place for place in places if (place / "initdb").exists() and (place / "postgres").exists()), None)


def nginx() -> str | None:
    """Path of nginx, or None; Debian keeps it where only root looks."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")


def skipped() -> bool:
    """Whether HPI_NO_SERVICES asks to do without."""
    return os.environ.get("HPI_NO_SERVICES", "") not in ("", "0")


def missing() -> list[str]:
    """The packages that lack."""
    found = {"postgresql": postgres(), "nginx-light": nginx()}
    return [package for package in PACKAGES if not found[package]]


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", folder.parent.name))


def _install(packages: list[str]) -> None:
    """Ask apt for packages; what goes wrong is said and left to the tests to fail on."""
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if as_root and not shutil.which("sudo"):
        return
    for command in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *packages]):
        line = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *command]
        print("+", *line, flush=True)
        subprocess.run(line, check=False)


def main() -> int:
    """Exit code: 0 where all were found, were installed or are not wanted."""
    if skipped():
        print("HPI_NO_SERVICES is set: no PostgreSQL and no nginx wanted")
        return 0
    if missing() and shutil.which("apt-get"):
        _install(missing())
    for package in missing():
        print(f"hpi: {ADVICE.format(package)} ({PACKAGES[package]})", file=sys.stderr)
    return int(bool(missing()))


if __name__ == "__main__":
    sys.exit(main())
