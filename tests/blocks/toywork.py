"""Work over blocks that needs no file: module-level functions, so that processes and Dask workers find them."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hpi.blocks.running import Serial
from hpi.blocks.source import Block
from hpi.errors import TableError

MODULUS = 97
FILES = ("some/where/part-0.parquet", "some/where/part-1.parquet", "some/where/part-2.parquet")


def blocks_of(*rows: int, groups: int = 16) -> tuple[Block, ...]:
    """Return blocks of so many rows, `groups` to a file."""
    starts = np.cumsum((0, *rows))[:-1]
    return tuple(
        Block(index // groups, index % groups, int(start), many)
        for index, (start, many) in enumerate(zip(starts, rows, strict=True))
    )


BLOCKS = blocks_of(*([10, 700, 1, 0, 64, 300, 5, 1000] * 5))
N_ROWS = 5 * 2080
EQUAL = blocks_of(*[10] * 40)  # positions 0 to 399


@dataclass(frozen=True, eq=False)
class Counted:
    """How many positions leave each remainder, and how many blocks there were."""

    counts: np.ndarray
    n_blocks: int

    def merged(self, other: Counted) -> Counted:
        """Return what both found."""
        return Counted(self.counts + other.counts, self.n_blocks + other.n_blocks)

    @property
    def digest(self) -> str:
        """What all bits say."""
        return hashlib.sha256(self.counts.tobytes() + bytes([self.n_blocks])).hexdigest()


def count(blocks: Sequence[Block]) -> Counted:
    """Count remainders of the positions."""
    counts, n_blocks = np.zeros(MODULUS, dtype=np.int64), 0
    for block in blocks:
        position = np.arange(block.start, block.start + block.rows)
        counts += np.bincount(position**2 % MODULUS, minlength=MODULUS)
        n_blocks += 1
    return Counted(counts, n_blocks)


def expected(n_rows: int = N_ROWS, n_blocks: int = len(BLOCKS)) -> Counted:
    """What comes of counting, with a whole number of Python's for each position."""
    counts = [0] * MODULUS
    for position in range(n_rows):
        counts[position * position % MODULUS] += 1
    return Counted(np.array(counts, dtype=np.int64), n_blocks)


WHOLE = expected(400, 40).digest  # of EQUAL


class StopError(Exception):
    """Somebody asked for the end."""


def noted(log: Path) -> list[tuple[int, int]]:
    """Process and first row of each block that was begun."""
    if not log.exists():
        return []
    return [(int(one), int(two)) for one, two in (line.split() for line in log.read_text().splitlines())]


def freshly_begun(log: Path, within: float = 0.15) -> int | None:
    """Process of a block that has only just begun, so that it is not done when a signal comes; None where none begins.

    It cannot be waited for without end: whoever looks may be who hands out more work.
    """
    before, end = len(noted(log)), time.monotonic() + within
    while time.monotonic() < end:
        now = noted(log)
        if len(now) > before:
            return now[-1][0]
        time.sleep(0.002)
    return None


def note(log: Path, block: Block) -> None:
    """Append a line: one write is not interrupted by another."""
    with log.open("ab", buffering=0) as file:
        file.write(f"{os.getpid()} {block.start}\n".encode())


def settled(log: Path, seconds: float = 0.5) -> int:
    """How many blocks were begun, once no other was for a while."""
    begun = -1
    while len(noted(log)) != begun:
        begun = len(noted(log))
        time.sleep(seconds)
    return begun


def slow(log: Path, seconds: float, blocks: Sequence[Block]) -> Counted:
    """Count, and say which blocks are begun, with a pause in each."""
    found = count(())
    for block in blocks:
        note(log, block)
        time.sleep(seconds)
        found = found.merged(count([block]))
    return found


def dying(log: Path, start: int, times: int, blocks: Sequence[Block]) -> Counted:
    """Count, but end this process in the block at `start`, the first few times, while those near it are at work."""
    for block in blocks:
        note(log, block)
        time.sleep(0.05 if block.start == start else 0.2 if abs(block.start - start) < 60 else 0)
        if block.start == start and block.rows and sum(begun == start for _, begun in noted(log)) <= times:
            os.kill(os.getpid(), signal.SIGKILL)
    return count(blocks)


def damaged(log: Path, start: int, blocks: Sequence[Block]) -> Counted:
    """Count, but refuse the block at `start`."""
    for block in blocks:
        if block.start == start:
            raise TableError(f"Row group {block.group} of {FILES[block.file]} cannot be read.")
    return slow(log, 0.02, blocks)


def wrong(blocks: Sequence[Block]) -> Counted:
    """Have a bug."""
    raise KeyError("a bug")


class Forgetful(Serial):
    """Does its work, and loses what came of it: that of its n-th time, for each n in `which`."""

    def __init__(self, *which: int, error: Callable[[], Exception]) -> None:
        self.which, self.error, self.times = which, error, 0

    def submit(self, fn, /, *args, **kwargs):
        """Return what came of it, or that it was lost."""
        found = super().submit(fn, *args, **kwargs)
        self.times += 1
        if self.times not in self.which:
            return found
        lost = Future()
        lost.set_exception(self.error())
        return lost
