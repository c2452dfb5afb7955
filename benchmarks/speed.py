"""How the time of an answer grows with the table: first answer, and every further threshold.

    python -m benchmarks.speed

writes benchmarks/speed.md. Times are given as ratios within one run, since machines differ.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from hpi import chance
from hpi.estimators import PedAnova
from hpi.space import Design, Hyperparameter, Kind
from hpi.subspace import Subspace, cut

SIZES = (1_000, 10_000, 100_000, 1_000_000)
N_HYPERPARAMETERS = 8
OUT = Path(__file__).with_suffix(".md")


def random_design(n_trials: int) -> Design:
    """Return floats of which two matter."""
    rng = np.random.default_rng(n_trials)
    names = [f"h{j}" for j in range(N_HYPERPARAMETERS)]
    trials = pd.DataFrame(rng.random((n_trials, N_HYPERPARAMETERS)), columns=names)
    loss = (trials["h0"] - 0.3) ** 2 + 0.5 * trials["h1"] + 0.1 * rng.normal(size=n_trials)
    return Design.build(tuple(Hyperparameter(name, Kind.FLOAT, 0, 1) for name in names), trials, loss.to_numpy())


def answer(design: Design, target: float) -> None:
    """Score, interval and noise floor of every hyperparameter."""
    chance.compare(PedAnova().estimate(cut(design, Subspace(1.0, target)), np.random.default_rng(0)))


def seconds(work: Callable[[], None]) -> float:
    """Return how long `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def timed(size: int) -> tuple[float, float]:
    """Return the median seconds of a first answer and of a further threshold."""
    first = statistics.median(seconds(lambda: answer(random_design(size), 0.1)) for _ in range(3))
    design = random_design(size)
    answer(design, 0.1)
    return first, statistics.median(seconds(lambda t=t: answer(design, t)) for t in (0.05, 0.1, 0.15, 0.2, 0.25))


def main() -> None:
    """Time every size and write the table."""
    answer(random_design(1_000), 0.1)  # the first call also loads code
    first, further = {}, {}
    for size in SIZES:
        print(f"{size:,} trials", flush=True)
        first[size], further[size] = timed(size)
    base = further[SIZES[0]]
    rows = "\n".join(
        f"| {n:,} | {first[n] / base:.1f} | {further[n] / base:.1f} | {first[n] / further[n]:.0f} |" for n in SIZES
    )
    OUT.write_text(REPORT.format(hyperparameters=N_HYPERPARAMETERS, base=SIZES[0], rows=rows))
    print(OUT.read_text())


REPORT = """# How the time of an answer grows

Made by `python -m benchmarks.speed`. PED-ANOVA with intervals and noise floor, {hyperparameters} float
hyperparameters; medians in units of one further threshold at {base:,} trials in the same run. The first answer
holds drawing the table, sorting it and cutting it into cells; a further threshold is what moving the slider costs.

| trials | first answer | further threshold | first / further |
|---|---|---|---|
{rows}
"""


if __name__ == "__main__":
    main()
