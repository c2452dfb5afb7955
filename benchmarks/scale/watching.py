"""What the app's server and the child processes of its jobs hold while somebody uses it, looked at by a thread.

Memory is the proportional set size: what a process has for itself, and its part of what it shares. On Linux alone.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.scale.measuring import PROC, descendants

EVERY = 0.2  # seconds between two looks
KIB = 1024


@dataclass
class Held:
    """The most that was held at any moment: by the server's own process, and by all that it had started; MB."""

    server: float = 0.0
    children: float = 0.0


@contextmanager
def watched(pid: int) -> Iterator[Held]:
    """Look at a server and its children again and again."""
    held, ended = Held(), threading.Event()
    thread = threading.Thread(target=_watch, args=(pid, held, ended))
    thread.start()
    try:
        yield held
    finally:
        ended.set()
        thread.join()


def _watch(pid: int, held: Held, ended: threading.Event) -> None:
    while not ended.wait(EVERY):
        server, *children = descendants(pid)
        held.server = max(held.server, _share(server))
        held.children = max(held.children, sum(map(_share, children)))


def _share(pid: int) -> float:
    try:
        told = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):  # it has ended
        return 0.0
    return sum(int(line.split()[1]) for line in told if line.startswith("Pss:")) * KIB / 1e6
