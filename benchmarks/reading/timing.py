"""How long the same file takes hpi and pandas, in turn; what was read is first held against what was written."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

import hpi
from benchmarks.reading.plan import Plan
from benchmarks.reading.tables import as_csv, as_parquet, made, zipped
from hpi.readers import load, read_apart

PANDAS, READ, LOADED, APART = "pandas", "hpi.read", "loading alone", "in a child process"
LARGE, PARQUET, GZIP, SMALL = "CSV", "Parquet", "CSV, gzip", "small CSV"


@dataclass(frozen=True)
class Spent:
    """Seconds of each time, in the order in which they came."""

    seconds: tuple[float, ...]

    @property
    def best(self) -> float:
        """The shortest."""
        return min(self.seconds)

    @property
    def slowest(self) -> float:
        """The longest."""
        return max(self.seconds)


@dataclass(frozen=True)
class Timed:
    """A file, and what each way to read it took."""

    rows: int
    megabytes: float
    ways: Mapping[str, Spent]


def measured(plan: Plan, folder: Path) -> dict[str, Timed]:
    """Return what was timed, by kind of file; the files are made in the folder, and removed.

    Raises
    ------
    AssertionError
        If anything was read that was not written.
    """
    small = made(plan.small_rows)
    times = {SMALL: _timed(small, as_csv(small, folder, "small"), plan.small_rounds)}  # imports what all need, too
    frame = made(plan.rows)
    plain = as_csv(frame, folder, "large")
    files = {LARGE: plain, PARQUET: as_parquet(frame, folder, "large"), GZIP: zipped(plain)}
    for kind, path in files.items():
        times[kind] = _timed(frame, path, plan.rounds)
        print(f"{kind}: " + ", ".join(f"{way} {one.best:.2f} s" for way, one in times[kind].ways.items()), flush=True)
    for path in files.values():
        path.unlink()
    return times


def _timed(frame: pd.DataFrame, path: Path, rounds: int) -> Timed:
    content = path.read_bytes()
    assert same(hpi.read(path), frame)
    assert same(read_apart([(path.name, content)]), frame)
    ways: dict[str, Callable[[], object]] = {
        PANDAS: partial(pd.read_parquet if path.suffix == ".parquet" else pd.read_csv, path),
        READ: partial(hpi.read, path),
        LOADED: partial(load, path),
        APART: partial(read_apart, [(path.name, content)]),
    }
    return Timed(len(frame), len(content) / 1e6, in_turn(ways, rounds))


def in_turn(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Spent]:
    """Run each way once a round, so that what else the machine does slows all of them alike."""
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            gc.collect()
            began = time.perf_counter()
            outcome = way()
            spent[name].append(time.perf_counter() - began)
            del outcome  # outside the time, and before the next one begins
    return {name: Spent(tuple(seconds)) for name, seconds in spent.items()}


def same(table: hpi.TrialTable, frame: pd.DataFrame) -> bool:
    """Whether a table holds exactly the cells of a frame."""
    return table.metric == "loss" and all(
        name in table.trials and table.trials[name].tolist() == cells.tolist() for name, cells in frame.items()
    )
