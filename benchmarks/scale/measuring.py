"""What a process takes from its start to its end: processor seconds, wall seconds, and the most memory at any moment.

Memory is what the process and all it has started hold for themselves: resident less shared, looked at every 50 ms. On
Linux alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

EVERY = 0.05  # seconds between two looks
PROC = Path("/proc")
MEGABYTE = 1e6
_PARENT, _RESIDENT, _SHARED = 1, 1, 2  # places in /proc/PID/stat after the name, and in /proc/PID/statm


@dataclass(frozen=True)
class Spent:
    """What a run took: processor seconds (user and system, of all its processes), wall seconds, MB at the most."""

    cpu: float
    wall: float
    megabytes: float


class FailedError(Exception):
    """A process that was measured did not end as it should."""


def middle(runs: Sequence[Spent]) -> Spent:
    """Return the median of each."""
    return Spent(*(median(getattr(run, name) for run in runs) for name in ("cpu", "wall", "megabytes")))


def spent(command: Sequence[str], environment: Mapping[str, str], said: Path) -> Spent:
    """Run a command to its end, and return what it took; raises FailedError with the end of what it said."""
    started, most = time.monotonic(), 0.0
    with said.open("wb") as into:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=into, stderr=into)
        try:
            while True:
                pid, status, usage = os.wait4(process.pid, os.WNOHANG)
                if pid:
                    break
                most = max(most, _held(process.pid))
                time.sleep(EVERY)
        except BaseException:
            process.kill()
            process.wait()
            raise
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise FailedError(f"{' '.join(command[1:4])} ended with {process.returncode}:\n{said.read_text()[-2000:]}")
    return Spent(usage.ru_utime + usage.ru_stime, time.monotonic() - started, most)


def available() -> bool:
    """Whether this system says what a process holds."""
    return sys.platform == "linux"


def descendants(pid: int) -> list[int]:
    """Return a process and all that descend from it, itself first."""
    children: dict[int, list[int]] = {}
    for one, parent in _parents():
        children.setdefault(parent, []).append(one)
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def _held(pid: int) -> float:
    """Return what a process and its descendants hold for themselves, MB."""
    return sum(map(_own, descendants(pid)))


def _parents() -> list[tuple[int, int]]:
    """Return each process and the one that started it."""
    found = []
    for one in os.listdir(PROC):
        if one.isdigit():
            try:
                # the name of a process stands in brackets and may hold anything
                fields = (PROC / one / "stat").read_text(errors="replace").rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):  # it has ended since it was listed
                continue
            found.append((int(one), int(fields[_PARENT])))
    return found


def _own(pid: int) -> float:
    try:
        pages = (PROC / str(pid) / "statm").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(pages[_RESIDENT]) - int(pages[_SHARED])) * os.sysconf("SC_PAGE_SIZE") / MEGABYTE
