"""First answer and every further threshold of one table: what opening it costs, and what moving the slider costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import hpi
from benchmarks.speed import ours, tables
from benchmarks.speed.measure import Timed, alternating, timed
from hpi.estimators import Estimator
from hpi.space import Design
from hpi.subspace import Subspace

TARGETS = (0.02, 0.05, 0.15, 0.2, 0.25)
WANTED_PART, WANTED_GROWTH = 50, 1.5
RUNS = 25


@dataclass(frozen=True)
class Thresholds:
    """Seconds of reading a frame, of the first answer, and of a further one: with intervals, and with the floor, too.

    The first answer holds encoding, sorting and cells; reading (roles and checks) comes before it.
    """

    n_trials: int
    n_hyperparameters: int
    reading: Timed
    first: Timed
    further: Timed
    with_floor: Timed

    def as_json(self) -> dict[str, Any]:
        """Return the times as JSON keeps them."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Thresholds:
        """Read times that were kept."""
        times = {name: Timed(**kept[name]) for name in ("reading", "first", "further", "with_floor")}
        return cls(**{**kept, **times})


def thresholds(sizes: Sequence[tuple[int, int]]) -> list[Thresholds]:
    """Time tables of several sizes; a further threshold is timed in turn on each."""
    full = ours.estimator("ped-anova", pairs="no")
    bare = ours.estimator("ped-anova", permutations=0, pairs="no")
    before, works = [], []
    for size in sizes:
        trials = tables.frame(*size)
        reading, _ = timed(lambda trials=trials: hpi.read(trials, metric=tables.METRIC, direction="minimize"))
        first, _ = timed(lambda trials=trials: ours.answer(tables.design(trials), full))
        before.append((reading, first))
        design = tables.design(trials)
        ours.answer(design, full)
        works += [lambda asked=asked, design=design: _all(design, asked) for asked in (bare, full)]
    each = [Timed(time.seconds / len(TARGETS), time.runs) for time in alternating(works, RUNS)]
    return [Thresholds(*size, *before[i], *each[2 * i : 2 * i + 2]) for i, size in enumerate(sizes)]


def _all(design: Design, asked: Estimator) -> None:
    for target in TARGETS:
        ours.answer(design, asked, Subspace(1.0, target))
