"""Time and peak memory of every estimator as trials and hyperparameters grow; each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.speed import ours, tables
from benchmarks.speed.measure import timed

TRIALS, HYPERPARAMETERS = (300, 1_000, 3_000, 10_000, 30_000, 100_000), (4, 8, 16, 32, 64)
FEW_HYPERPARAMETERS, FEW_TRIALS = 8, 1_000
LONGEST = 12.0
SMALL = (100, 2)
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Grown:
    """Seconds and MiB that one estimate of one table took beyond what was there before."""

    estimator: str
    n_trials: int
    n_hyperparameters: int
    seconds: float
    mebibytes: float


def grow(name: str, trials: Sequence[int] = TRIALS, hyperparameters: Sequence[int] = HYPERPARAMETERS) -> list[Grown]:
    """Measure one estimator on ever larger tables, in both directions, until one takes too long."""
    by_trials = [(n, FEW_HYPERPARAMETERS) for n in trials]
    by_hyperparameters = [(FEW_TRIALS, d) for d in hyperparameters if d != FEW_HYPERPARAMETERS]
    return [*_until_too_long(name, by_trials), *_until_too_long(name, by_hyperparameters)]


def _until_too_long(name: str, sizes: list[tuple[int, int]]) -> list[Grown]:
    found: list[Grown] = []
    for size in sizes:
        found.append(in_child(name, *size))
        if found[-1].seconds > LONGEST:
            break
    return found


def in_child(name: str, n_trials: int, n_hyperparameters: int) -> Grown:
    """Measure one estimate in a fresh process: what another one left in memory would hide its peak."""
    command = [sys.executable, "-m", "benchmarks.speed.growth", name, str(n_trials), str(n_hyperparameters)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return Grown(**json.loads(ran.stdout))


def measured(name: str, n_trials: int, n_hyperparameters: int) -> Grown:
    """Time an estimate as a page asks for it, and how far the memory of this process rises meanwhile."""
    asked = ours.estimator(name)
    ours.answer(tables.design(tables.frame(*SMALL)), asked)  # loads code
    design = tables.design(tables.frame(n_trials, n_hyperparameters))
    before = _forget_peak()
    ours.answer(design, asked)
    peak = _memory("VmHWM") - before
    took, _ = timed(lambda: ours.answer(design, asked))
    return Grown(name, n_trials, n_hyperparameters, took.seconds, peak / 1024)


def _forget_peak() -> int:
    """Set the peak of this process back to what it holds now, in KiB (proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5")
    return _memory("VmRSS")


def _memory(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))


if __name__ == "__main__":
    print(json.dumps(vars(measured(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))))
