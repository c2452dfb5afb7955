"""What a run of the benchmark found, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.scale.in_app import InApp, NotMeasured
from benchmarks.scale.measuring import Spent, middle
from benchmarks.scale.plan import Plan, Size

OURS, EVERYTHING = "ours", "everything"
PEERS = ("duckdb", "polars")
CPU, GROWTH, MOST_MEGABYTES = 1.0, 0.2, 1000.0  # what is wanted
RERUNS, CHANGES = 2.5, 2  # of the app: at most that many times the rerun; words of a job change at least so often
REFERENCE = 1e8  # rows


@dataclass(frozen=True)
class Phases:
    """How our kernels spent their processor time on the common question.

    Attributes
    ----------
    passes, ranking
        How often the losses were read until the threshold was exact, and the seconds of all of them.
    counting
        Seconds of the pass over all columns.
    """

    passes: int
    ranking: float
    counting: float


@dataclass(frozen=True)
class Folder:
    """One size: what lay there, how long making it took, and what each engine took in each of its runs.

    `app` is what came of it in the app, or why that was not measured; None where it was not to be.
    """

    size: Size
    files: int
    groups: int
    megabytes: float
    making: float
    runs: Mapping[str, Sequence[Spent]]
    phases: Phases | None = None
    app: InApp | NotMeasured | None = None

    def took(self, engine: str) -> Spent:
        """Return the medians of an engine's runs."""
        return middle(self.runs[engine])

    def per_reference(self, engine: str) -> float:
        """Return processor seconds for every 10^8 rows."""
        return self.took(engine).cpu * REFERENCE / self.size.rows


@dataclass(frozen=True)
class Study:
    """All sizes, ascending, and where they were measured.

    `n_counts` is how many counts of cells and of pairs an answer has; `absent` are engines that are not installed.
    """

    plan: Plan
    command: str
    machine: str
    folders: tuple[Folder, ...]
    n_counts: tuple[int, int]
    absent: tuple[str, ...] = ()

    @property
    def engines(self) -> list[str]:
        """Return those that were asked, in the order of their turns."""
        return list(self.folders[-1].runs)

    def best_peer(self, folder: Folder) -> str | None:
        """Return which of the others took the least processor time; None where none was asked."""
        peers = [name for name in PEERS if name in folder.runs]
        return min(peers, key=lambda name: folder.took(name).cpu, default=None)

    def growth(self, engine: str) -> float:
        """Return by which part the peak grew from the smallest to the largest size."""
        first, last = (folder.took(engine).megabytes for folder in (self.folders[0], self.folders[-1]))
        return last / first - 1

    def line(self, engine: str) -> tuple[float, float]:
        """Return processor seconds at no rows and those of each further row, by the smallest and largest size."""
        first, last = self.folders[0], self.folders[-1]
        cpu = [folder.took(engine).cpu for folder in (first, last)]
        a_row = (cpu[1] - cpu[0]) / (last.size.rows - first.size.rows)
        return cpu[0] - a_row * first.size.rows, a_row
