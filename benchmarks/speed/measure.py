"""Times and rankings: how long something takes, and whether two lists of importances say the same."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from hpi.space import Floats

ENOUGH_RUNS, ENOUGH_SECONDS = 5, 20.0
CLEARLY = 2.0
WORTH_RANKING = 0.1
T = TypeVar("T")


@dataclass(frozen=True)
class Timed:
    """Median seconds of some runs."""

    seconds: float
    runs: int


def timed(work: Callable[[], T]) -> tuple[Timed, T]:
    """Run something five times, or as often as 20 seconds allow, at least once; the median and the last outcome."""
    spent: list[float] = []
    while True:
        start = time.perf_counter()
        outcome = work()
        spent.append(time.perf_counter() - start)
        if len(spent) >= ENOUGH_RUNS or sum(spent) + spent[-1] > ENOUGH_SECONDS:
            return Timed(statistics.median(spent), len(spent)), outcome


def alternating(works: Sequence[Callable[[], object]], runs: int) -> list[Timed]:
    """Run several things in turn, so that what else the machine does slows all of them alike; the median of each."""
    spent: list[list[float]] = [[] for _ in works]
    for _ in range(runs):
        for seconds, work in zip(spent, works, strict=True):
            start = time.perf_counter()
            work()
            seconds.append(time.perf_counter() - start)
    return [Timed(statistics.median(seconds), runs) for seconds in spent]


def same_ranking(ours: Floats, theirs: Floats) -> bool:
    """Whether theirs puts every two hyperparameters in our order that we find clearly different.

    Clearly: one is at least twice the other, and at least a tenth of the largest.
    """
    most = ours.max()
    return all(
        theirs[a] > theirs[b]
        for a in range(len(ours))
        for b in range(len(ours))
        if ours[a] >= WORTH_RANKING * most and ours[a] > CLEARLY * ours[b]
    )
