"""What the study has measured, and what is wanted of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.app.messages import Messages
from benchmarks.app.plan import Plan
from benchmarks.app.slider import Slid
from benchmarks.app.switching import Switched

SLIDER = {100_000: 1.6, 1_000_000: 2.5}  # at most that many times the rerun, by trials
SWITCH, START, BUSY = 2.0, 1.5, 5.0  # at most that many times the reference
LARGEST = 200_000  # bytes of a message with a chart
REMOUNTS = 1  # of a chart, a change
A_SESSION = 10.0  # MB


@dataclass(frozen=True)
class Started:
    """Seconds from the start of a server to the first bars in a browser: the app's and the smallest page's."""

    ours: Sequence[float]
    smallest: Sequence[float]


@dataclass(frozen=True)
class Load:
    """What came of many sessions at once; milliseconds of each session, in the same order.

    Attributes
    ----------
    alone, busy
        From each step of the slider to the bars, while the other sessions rest, and while all step and a forest is
        grown.
    fresh, first, idle
        Memory of the server before the first session, with one and with all of them open and at rest, MB.
    a_step
        Milliseconds of a core that the server takes for a step of the slider, until its page rests.
    forests, growing
        Forests that came to their end meanwhile; the share of the time in which one was grown.
    """

    alone: Sequence[Sequence[float]]
    busy: Sequence[Sequence[float]]
    fresh: float
    first: float
    idle: float
    a_step: float
    forests: int
    growing: float

    @property
    def ratios(self) -> list[float]:
        """95th percentile of each session, in multiples of its own median alone."""
        return [spread(busy)[1] / spread(alone)[0] for alone, busy in zip(self.alone, self.busy, strict=True)]

    @property
    def a_session(self) -> float:
        """MB that each session after the first one has taken."""
        return (self.idle - self.first) / (len(self.alone) - 1)


@dataclass(frozen=True)
class Study:
    """All that was measured, by which command, where; what is None was left out."""

    plan: Plan
    command: str
    machine: str
    slid: Mapping[int, Slid]
    switched: Switched
    messages: Messages
    started: Started | None = None
    load: Load | None = None


def spread(values: Sequence[float]) -> tuple[float, float]:
    """Return median and 95th percentile, which lies between two values where it must."""
    half, most = np.quantile(np.asarray(values, dtype=float), (0.5, 0.95))
    return float(half), float(most)


def remounts(study: Study) -> int:
    """Return how often a chart was put anew at most by one change."""
    laps = [lap for slid in study.slid.values() for lap in slid.pressed]
    return max((times for lap in laps for times in lap.remounts.values()), default=0)
