"""What trials are compared by, in the unit in which a person reads it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi.roles import Direction
from hpi.space import Floats
from hpi.table import TrialTable


@dataclass(frozen=True)
class Outcome:
    """The metric of a table, or its rank where several tasks are compared.

    Attributes
    ----------
    name
        Of the metric, as in the table.
    maximize
        Whether a high value is good.
    ranked
        Whether the values are ranks within a task, from 0 (best) to 1; metrics of different tasks have no common scale.
    """

    name: str
    maximize: bool
    ranked: bool = False

    def loss(self, values: Floats) -> Floats:
        """Turn values so that lower is better."""
        return -values if self.maximize else values


def outcome_of(table: TrialTable) -> tuple[Outcome, Floats]:
    """Return what the trials are compared by and its value for each trial, shape (n_trials,).

    Raises
    ------
    TableError
        If the metric or its direction is not known.
    """
    loss = table.loss
    assert table.metric is not None
    if table.tasks is not None:
        return Outcome(table.metric, maximize=False, ranked=True), loss
    metric = table.trials[table.metric].to_numpy(dtype=float)
    return Outcome(table.metric, table.direction is Direction.MAXIMIZE), metric


def frozen(*arrays: np.ndarray | None) -> None:
    """Make arrays read-only: a frozen dataclass does not do it."""
    for array in arrays:
        if array is not None:
            array.setflags(write=False)
