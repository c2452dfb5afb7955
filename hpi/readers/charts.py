"""Exports that are no table of trials although they look like one: the points of a chart."""

from __future__ import annotations

from collections.abc import Sequence

from hpi.errors import TableError
from hpi.roles.values import counted

# An axis or two, and what an index makes: Step, Relative Time (Process), Unnamed: 0.
_MOST_OTHERS = 3
_TENSORBOARD = frozenset({"wall time", "step", "value"})

_RUNS = (
    "Export the runs instead: the Runs table of the project, its download button, CSV Export; or in Python: "
    "import pandas, wandb; pandas.DataFrame([{**run.config, **run.summary} for run in "
    "wandb.Api().runs('entity/project')]).to_csv('runs.csv')."
)


def check(names: Sequence[str]) -> None:
    """Do nothing unless the columns are those of a chart.

    Raises
    ------
    TableError
        If they are: whose, and how to get the runs themselves.
    """
    lines = _wandb_lines(names)
    if lines:
        raise TableError(
            f"This is a chart exported from Weights & Biases ({counted(len(lines), 'line')}, such as "
            f"{lines[0][:80]!r}; one row a step), which does not hold the hyperparameters. {_RUNS}"
        )
    if {name.lower() for name in names} == _TENSORBOARD:
        raise TableError(
            "This is one curve exported from TensorBoard (Wall time, Step, Value), which does not hold the "
            "hyperparameters. Export the runs instead: the HParams tab, Table View, Download data as CSV."
        )


def _wandb_lines(names: Sequence[str]) -> list[str]:
    """Return the columns "run - metric" that have __MIN and __MAX beside them, [] if there is more than those."""
    there = set(names)
    lines = [name for name in names if " - " in name and {f"{name}__MIN", f"{name}__MAX"} <= there]
    return lines if lines and len(names) - 3 * len(lines) <= _MOST_OTHERS else []
