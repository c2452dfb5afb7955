"""What steps add to cosines in the series form: error with and without them, on sharp and on smooth functions.

Writes benchmarks/edges.md; `make study-edges`. Seeded, about a minute.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.calibration.cells import tables, toy_called
from benchmarks.calibration.setup import TARGET
from hpi.counts import count
from hpi.estimators.ped import steps
from hpi.estimators.ped.series import coefficients
from hpi.space import Floats
from hpi.subspace import Subspace, cut
from hpi.toys import reached

OUT = Path(__file__).with_suffix(".md")
TOYS = ("window", "ped-toy", "cliff", "ishigami", "additive")
SIZES = (300, 1000, 5000)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the study and write its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=200, help="tables for each function and size")
    n_tables = parser.parse_args(arguments).tables
    rows = [row for toy in TOYS for row in study(toy, n_tables)]
    OUT.write_text(REPORT.format(tables=n_tables, rows="\n".join(rows)), encoding="utf-8")
    print(f"wrote {OUT.name}")


def study(toy: str, n_tables: int) -> list[str]:
    """Return a line for each hyperparameter that acts: bias and error at each size, without and with steps."""
    wanted = reached(toy_called(toy), TARGET)
    found = {n: np.array([importances(toy, n, k) for k in range(n_tables)]) for n in SIZES}
    lines = []
    for j, name in enumerate(toy_called(toy).names):
        if wanted[j] > 0:
            parts = [_errors(found[n][:, :, j] - wanted[j]) for n in SIZES]
            lines.append(f"| {toy} | {name} | {wanted[j]:.3f} | {' | '.join(parts)} |")
    return lines


def importances(toy: str, n_trials: int, k: int) -> Floats:
    """S of every hyperparameter of table k, shape (2, n_hyperparameters): cosines alone, then with steps."""
    *_, design = tables(toy, n_trials, 1, first=k)
    sample = cut(design, Subspace(1.0, TARGET))
    both = []
    for (counts,) in count(sample):
        alone = coefficients(counts)
        sharp = steps.with_edges(counts, alone)
        both.append((alone.divergence, (alone if sharp is None else sharp[1]).divergence))
    return np.clip(sample.q / (1 - sample.q) * np.array(both).T, 0, 1)


def _errors(error: Floats) -> str:
    """Write bias and root mean square error, cosines alone -> with steps; `error` has shape (n_tables, 2)."""
    bias, rmse = error.mean(axis=0), np.sqrt((error**2).mean(axis=0))
    return f"{bias[0]:+.3f} -> {bias[1]:+.3f} | {rmse[0]:.3f} -> {rmse[1]:.3f}"


REPORT = """# Sharp edges: cosines alone, and with steps

Made by `make study-edges` ({tables} tables for each function and size, seeded; target 0.1, region 1). Bias and root
mean square error of the importance S in the series form of PED-ANOVA, by cosines alone -> where steps may take their
place (docs/methods.md). `window` and `ped-toy` have sharp edges; the others are there to show that smooth effects lose
nothing.

| function | hyperparameter | truth | bias, 300 | error, 300 | bias, 1,000 | error, 1,000 | bias, 5,000 | error, 5,000 |
|---|---|---|---|---|---|---|---|---|
{rows}
"""


if __name__ == "__main__":
    main()
