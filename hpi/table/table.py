"""A table of trials: validated once, frozen, and turned into arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from hpi.errors import SpaceError, TableError
from hpi.roles import Column, Direction, Reading, Role, assign, parse
from hpi.roles.choices import Choices
from hpi.roles.reading import Objective
from hpi.roles.searched import objectives
from hpi.roles.values import Values, counted, shown
from hpi.space import Design, Floats, Hyperparameter, Integers
from hpi.table import frames, fronts, notices, states, trials
from hpi.table.fingerprint import fingerprint_of
from hpi.table.order import in_time
from hpi.table.rows import Ledger
from hpi.table.trials import Grouping


@dataclass(frozen=True, eq=False)
class TrialTable:
    """A validated table.

    Attributes
    ----------
    name
        Of the file.
    frame
        As read: every row and every column.
    columns
        Each column's role, in file order.
    hyperparameters
        Those that vary, in file order.
    metric, direction
        None where they are not known; `loss` and `design` ask for them then.
    trials
        One row a trial that counts, in file order: hyperparameters (numbers with nan, labels with None
        where inactive), context, other outcomes, the metric in its own unit. The index is the position of
        the trial's first row in `frame`.
    n_repeats
        How many rows each trial stands for, shape (n_trials,).
    unit
        Configuration of each trial, shape (n_trials,), where trials of one configuration are kept.
    excluded
        Reason and number of rows; len(frame) == len(trials) + all of them.
    notices
        What was done and must be said.
    choices
        What was decided by a person.
    fingerprint
        sha256 of the names and cells, as hex; not of the file's name or the choices.
    tasks
        The task of each trial, where several are compared; else None.
    reading
        What the source says of itself: who wrote it, its objectives, its declared space.
    parsed
        The cells of each column, so that a revision does not parse them again.
    states
        How trials ended, as it stands in the file, and the number of rows of each; () where no column says.
    curves
        The column of the epochs, where a trial has a row for each and one of them counts (`choices.reduce`).
    """

    name: str
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    hyperparameters: tuple[Hyperparameter, ...]
    metric: str | None
    direction: Direction | None
    trials: pd.DataFrame
    n_repeats: Integers
    unit: Integers | None
    excluded: tuple[tuple[str, int], ...]
    notices: tuple[str, ...]
    choices: Choices
    fingerprint: str
    tasks: pd.Series | None
    reading: Reading
    parsed: Mapping[str, Values]
    states: tuple[tuple[str, int], ...] = ()
    curves: str | None = None

    def __post_init__(self) -> None:
        """Freeze the arrays: a frozen dataclass does not do it."""
        for array in (self.n_repeats, self.unit):
            if array is not None:
                array.setflags(write=False)

    @property
    def n_rows(self) -> int:
        """Count the rows of the source."""
        return len(self.frame)

    @property
    def n_trials(self) -> int:
        """Count the trials that count, as far as it is known."""
        return len(self.trials)

    @cached_property
    def loss(self) -> Floats:
        """The loss of each trial, shape (n_trials,): lower is better; between several tasks, the rank within its own.

        Raises
        ------
        TableError
            If the metric or its direction is not known.
        """
        if self.metric is None:
            candidates = [column.name for column in self.columns if column.outcome]
            there = f"it could be {shown(candidates)}" if candidates else "no column looks like an outcome"
            commas = "".join(f" {values.about_commas}" for values in self.parsed.values() if values.about_commas)
            raise TableError(f"The metric is not known: {there}.{commas} Choose a column as the metric.")
        if self.direction is None:
            raise TableError(f"Whether a high or a low {self.metric} is good is not known; say minimize or maximize.")
        metric = self.trials[self.metric].to_numpy(dtype=float)
        loss = trials.loss_of(metric, self.direction is Direction.MAXIMIZE, self.tasks)
        loss.setflags(write=False)
        return loss

    @cached_property
    def design(self) -> Design:
        """All trials as arrays, best first; raises as `loss` does."""
        if not self.hyperparameters:
            raise TableError("No column is a hyperparameter that varies; choose at least one.")
        return Design.build(self.hyperparameters, self.trials, self.loss, self.unit)

    @cached_property
    def objectives(self) -> tuple[Objective, ...]:
        """The metrics that the search looked at."""
        return objectives(self.parsed, self.columns, self.reading)

    def revise(self, **changes: Any) -> TrialTable:  # noqa: ANN401 - the fields of Choices
        """Return the same table with other choices: metric, direction, roles, space, repeats, reduce, rank, task."""
        choices = replace(self.choices, **changes)
        return validated(self.parsed, self.frame, self.name, choices, self.reading, self.fingerprint)


def build(frame: pd.DataFrame, name: str, choices: Choices | None = None, reading: Reading | None = None) -> TrialTable:
    """Return the validated table of a frame with different column names.

    Raises
    ------
    TableError
        If the table or a choice cannot be understood.
    SpaceError
        If the declared space contradicts the table.
    """
    check_shape(frame)
    return assembled(parse(frame), name, choices or Choices(), reading or Reading())


def assembled(parsed: Mapping[str, Values], name: str, choices: Choices, reading: Reading) -> TrialTable:
    """Return the table of cells that were parsed, its rows in the order in which they were run; raises as `build`."""
    ordered = in_time(parsed)
    if ordered is not None:
        name_of, rows = ordered
        parsed = {key: values.taken(rows) for key, values in parsed.items()}
        reading = reading.said(f"The rows were put in the order of {name_of}: in it the trials were run.")
    shown_frame = frames.displayed(parsed)
    fingerprint = fingerprint_of(parsed, shown_frame)
    try:
        return validated(parsed, shown_frame, name, choices, reading, fingerprint)
    except SpaceError as error:
        if not reading.space:
            raise
        # somebody's file may declare what its own trials do not keep to; what a person declares must be right
        doubt = f"The search space that the file declares was not used, as its trials contradict it: {error}"
        return validated(parsed, shown_frame, name, choices, replace(reading, space=()).said(doubt), fingerprint)


def validated(
    parsed: Mapping[str, Values],
    frame: pd.DataFrame,
    name: str,
    choices: Choices,
    reading: Reading,
    fingerprint: str,
) -> TrialTable:
    """Return the table of cells that were parsed; raises as `build` does."""
    chosen, (ranking, choices), ledger = choices, fronts.asked(parsed, choices), Ledger()
    columns = assign(parsed, choices, reading)
    if ranking is not None:
        columns = fronts.taken_for_outcomes(columns, ranking)
    choices = reading.under(choices)
    grouping = _grouped(parsed, columns, choices, ledger, ranking.needed if ranking else ())
    kept = frames.trials_of(parsed, columns, grouping, choices)
    hyperparameters, columns = frames.hyperparameters_of(kept, columns, choices)
    tasks = _tasks(parsed, columns, kept, ledger)
    said = [*notices.about_cells(parsed, columns), *notices.about_guess(_metric(columns)), *ledger.notices]
    said += notices.about_fixed(parsed, columns)
    said += notices.about_space(parsed, kept, columns, hyperparameters, choices)
    ends = states.counts(parsed, columns)
    if ranking is not None:
        rank = Ledger()
        kept, columns = fronts.with_rank(kept, columns, ranking, tasks, rank)
        said += rank.notices
    metric = _metric(columns)
    return TrialTable(
        name=name,
        frame=frame,
        columns=columns,
        hyperparameters=hyperparameters,
        metric=None if metric is None else metric.name,
        direction=None if metric is None else metric.direction,
        trials=kept,
        n_repeats=np.bincount(grouping.trial).astype(np.int64),
        unit=_unit(grouping, tasks, choices),
        excluded=tuple(ledger.excluded.items()),
        notices=tuple(dict.fromkeys([*reading.notices, *said])),
        choices=chosen,
        fingerprint=fingerprint,
        tasks=tasks,
        reading=reading,
        parsed=parsed,
        states=ends,
        curves=grouping.curves,
    )


def _grouped(
    parsed: Mapping[str, Values], columns: Sequence[Column], choices: Choices, ledger: Ledger, needed: Sequence[str]
) -> Grouping:
    """Return which rows count and stand for which trial; raises TableError where none does."""
    keep = trials.counting_rows(parsed, columns, choices, ledger, needed)
    if not keep.any():
        raise TableError(f"No row counts as a trial: {_reasons(ledger)}. Choose another metric or task.")
    return trials.group(parsed, columns, choices, keep, ledger)


def _metric(columns: Sequence[Column]) -> Column | None:
    return next((column for column in columns if column.role is Role.METRIC), None)


def check_shape(frame: pd.DataFrame) -> None:
    """Raise TableError where a frame has less than two rows or two columns."""
    if len(frame) < 2 or len(frame.columns) < 2:
        raise TableError(
            f"The table has {counted(len(frame), 'row')} and {counted(len(frame.columns), 'column')}; "
            "at least two rows, a metric and one hyperparameter are needed."
        )


def _reasons(ledger: Ledger) -> str:
    return "; ".join(f"{reason} ({counted(n, 'row')})" for reason, n in ledger.excluded.items())


def _tasks(
    parsed: Mapping[str, Values], columns: Sequence[Column], kept: pd.DataFrame, ledger: Ledger
) -> pd.Series | None:
    labels = trials.task_labels(parsed, columns, len(next(iter(parsed.values()))))
    if labels is None:
        return None
    labels = labels.iloc[kept.index]
    n_tasks = labels.nunique(dropna=False)
    if n_tasks < 2:
        return None
    ledger.notices.append(f"{n_tasks} tasks: the trials are compared by their rank within the task.")
    return labels


def _unit(grouping: Grouping, tasks: pd.Series | None, choices: Choices) -> Integers | None:
    """Return the configuration of each trial, shape (n_trials,), if several of one are no independent evidence."""
    if tasks is None and choices.repeats != "keep":
        return None
    unit = (grouping.repeat if tasks is None else grouping.configuration)[frames.firsts(grouping)]
    return unit if np.bincount(unit).max(initial=0) > 1 else None
