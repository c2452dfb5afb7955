"""The question that every engine is asked: one threshold, and counts in cells whose ends are given as plain numbers."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.scale.trials import HYPERPARAMETERS, METRIC
from hpi.space import Floats, Hyperparameter, Kind, rungs, tallies

TARGET = 0.1


@dataclass(frozen=True)
class Axis:
    """The cells of one hyperparameter.

    Attributes
    ----------
    ends
        Largest number of each cell, ascending: a number lies in the first cell whose end it does not exceed, and in the
        last one above all ends. () of a category.
    levels
        Of a category: a cell each. () of numbers.
    joint
        Which joint cell each cell is part of, 0 to `n_joint` - 1 in the order of the cells; the same number of cells.
    """

    name: str
    ends: tuple[float, ...]
    levels: tuple[str, ...]
    joint: tuple[int, ...]

    @property
    def n(self) -> int:
        """Number of cells; trials without a value are counted in one more."""
        return len(self.joint)

    @property
    def n_joint(self) -> int:
        """Number of joint cells; trials without a value are in none of them."""
        return max(self.joint) + 1

    @property
    def joint_ends(self) -> tuple[float, ...]:
        """Largest number of each joint cell, ascending; () of a category."""
        last = {joint: end for joint, end in zip(self.joint, self.ends, strict=bool(self.ends))} if self.ends else {}
        return tuple(last[k] for k in range(len(last)))


@dataclass(frozen=True)
class Question:
    """What is asked of a folder of trials.

    Attributes
    ----------
    rows, rank
        How many trials there are; the threshold is the loss of that rank, 1 for the smallest: of the `TARGET` best.
    axes
        All hyperparameters.
    pairs
        Columns of the pairs.
    """

    rows: int
    rank: int
    metric: str
    axes: tuple[Axis, ...]
    pairs: tuple[tuple[int, int], ...]

    def write(self, path: Path) -> None:
        """Write it as JSON, where every number comes back to the last digit."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Question:
        """Return what was written."""
        given = json.loads(path.read_text(encoding="utf-8"))
        axes = tuple(
            Axis(one["name"], *(tuple(one[key]) for key in ("ends", "levels", "joint"))) for one in given["axes"]
        )
        pairs = tuple((first, second) for first, second in given["pairs"])
        return cls(given["rows"], given["rank"], given["metric"], axes, pairs)


def question(rows: int, drawn: pa.Table) -> Question:
    """Return what is asked of so many trials; pairs are those of neighbouring columns.

    Cells and joint cells are those that hpi itself takes by the drawn trials, only that they end at the numbers
    themselves and not at their positions within bounds.
    """
    hyperparameters = tuple(_hyperparameter(drawn[name], name) for name in HYPERPARAMETERS)
    x = np.stack([_numbers(drawn[one.name], one) for one in hyperparameters], axis=1)
    planned = tallies.plan(hyperparameters, x, None, drawn[METRIC].to_numpy(), np.zeros(1))
    axes = tuple(
        Axis(one.name, () if one.levels else tuple(edges.ends.tolist()), one.levels, tuple(joint[:-1].tolist()))
        for one, edges, joint in zip(hyperparameters, planned.edges, planned.joint, strict=True)
    )
    pairs = tuple((j, j + 1) for j in range(len(axes) - 1))
    return Question(rows, rungs.size(TARGET, rows), METRIC, axes, pairs)


def _hyperparameter(column: pa.ChunkedArray, name: str) -> Hyperparameter:
    if column.type == pa.string():
        return Hyperparameter(name, Kind.CATEGORY, levels=tuple(sorted(pc.unique(column).to_pylist())))
    ends = pc.min_max(column)
    return Hyperparameter(name, Kind.FLOAT, ends["min"].as_py(), ends["max"].as_py())


def _numbers(column: pa.ChunkedArray, hyperparameter: Hyperparameter) -> Floats:
    """Return each number as it is, nan where there is none; of levels their positions."""
    if hyperparameter.levels:
        return hyperparameter.encode(column.to_pandas())
    return column.cast(pa.float64()).to_numpy()
