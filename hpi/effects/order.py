"""The metric over the order of trials, with the best so far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi.effects.outcome import Outcome, frozen, outcome_of
from hpi.space import Floats, Mask
from hpi.table import TrialTable


@dataclass(frozen=True, eq=False)
class History:
    """All trials in the order of the file.

    Attributes
    ----------
    outcome
        What the values are.
    metric, best
        Of each trial, and the best up to and including it, shape (n_trials,).
    improves
        Whether the trial is better than all before it, shape (n_trials,).
    """

    outcome: Outcome
    metric: Floats
    best: Floats
    improves: Mask

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        frozen(self.metric, self.best, self.improves)


def history(table: TrialTable) -> History:
    """Return the metric over the order of trials.

    Raises
    ------
    TableError
        If the metric or its direction is not known.
    """
    outcome, metric = outcome_of(table)
    loss = np.minimum.accumulate(outcome.loss(metric))
    improves = np.diff(loss, prepend=np.inf) < 0
    return History(outcome, metric.copy(), outcome.loss(loss), improves)
