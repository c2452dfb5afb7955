"""The trials of each value of a context column as a table of their own: of each dataset, task, seed, budget."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hpi.blocks.large import LargeTable
from hpi.errors import TableError
from hpi.roles import Choices, ContextKind, Declaration, Role
from hpi.roles.values import shown
from hpi.space import Kind
from hpi.table import TrialTable
from hpi.table.rows import named
from hpi.table.table import validated
from hpi.table.trials import task_labels

MOST = 60  # values: more are no datasets that anybody compares
TASK = "task"
HOW_TO = (
    "Give a column the role context (on the Data page, or with --role COLUMN=context) whose values are the datasets "
    "or tasks."
)


@dataclass(frozen=True, eq=False)
class Parts:
    """A table divided by the values of a column.

    Attributes
    ----------
    table
        The whole one; of all its tasks, where it is divided by these.
    by
        The column, or "task" where several columns together tell the tasks apart.
    is_tasks
        Whether the parts are the tasks of the table, of which one can be chosen.
    """

    table: TrialTable
    by: str
    is_tasks: bool

    @cached_property
    def _labels(self) -> NDArray[np.object_]:
        """The value of each row as text, shape (n_rows,), None where there is none."""
        parsed, table = self.table.parsed, self.table
        labels = task_labels(parsed, table.columns, len(table.frame)) if self.is_tasks else None
        if labels is None:
            return parsed[self.by].labels
        # where some rows name no task, these are labelled by nothing, or by what stands between several names
        return labels.where(labels.str.strip(" /") != "", None).to_numpy(dtype=object)

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The values in the order of their numbers and of the alphabet."""
        return tuple(sorted({label for label in self._labels if label is not None}, key=natural))

    @property
    def n_without(self) -> int:
        """Count the rows that have no value."""
        return sum(label is None for label in self._labels)

    def part(self, value: str) -> TrialTable:
        """Return the table of the rows with this value; each hyperparameter is of the kind that it is in all of them.

        Raises
        ------
        TableError
            If none of these rows counts as a trial.
        """
        whole = self.table
        if self.is_tasks:
            return whole.revise(task=value)
        rows = np.flatnonzero(self._labels == value)
        parsed = {name: column.taken(rows) for name, column in whole.parsed.items()}
        frame = whole.frame.iloc[rows].reset_index(drop=True)
        return validated(parsed, frame, whole.name, _settled(whole), whole.reading, whole.fingerprint)


def divided(table: TrialTable, by: str | None = None) -> Parts:
    """Return the table divided by its tasks, or by the values of another context column.

    Raises
    ------
    TableError
        If there is no such column, it is no context, or it has fewer than 2 values or more than 60.
    """
    if isinstance(table, LargeTable):
        raise beyond_memory(table.name, table.n_rows)
    tasks = named(table.columns, Role.CONTEXT, ContextKind.TASK)
    is_tasks = by is None or [by] == tasks or (by == TASK and len(tasks) > 1 and by not in tasks)
    if by is None and not tasks:
        other = columns(table)
        there = f" Or divide by another context column: {shown(list(other))}." if other else ""
        raise TableError(f"No column of the table tells datasets or tasks apart. {HOW_TO}{there}")
    if not is_tasks:
        _check(table, str(by))
    whole = table if not is_tasks or table.choices.task is None else table.revise(task=None)
    parts = Parts(whole, (tasks[0] if len(tasks) == 1 else TASK) if is_tasks else str(by), is_tasks)
    if not 2 <= len(parts.values) <= MOST:
        raise TableError(
            f"{parts.by} has {len(parts.values):,} values; between 2 and {MOST} can be compared. Choose another column."
        )
    return parts


def beyond_memory(name: str, n_rows: int) -> TableError:
    """Return why a table that is larger than memory is not divided."""
    return TableError(
        f"{name} is larger than memory ({n_rows:,} rows), and is not divided into datasets; ask about one at a time, "
        "with a filter or as the task."
    )


def columns(table: TrialTable) -> tuple[str, ...]:
    """Return the context columns that a table can be divided by, those that tell tasks apart first."""
    tasks = named(table.columns, Role.CONTEXT, ContextKind.TASK)
    contexts = named(table.columns, Role.CONTEXT)
    together = [TASK] if len(tasks) > 1 and TASK not in contexts else []
    return (*together, *(n for n in (*tasks, *(c for c in contexts if c not in tasks)) if _is_few(table, n)))


def _is_few(table: TrialTable, name: str) -> bool:
    return 2 <= table.parsed[name].n_distinct <= MOST


def _check(table: TrialTable, by: str) -> None:
    contexts = named(table.columns, Role.CONTEXT)
    if by not in contexts:
        there = f"the context columns are: {shown(contexts)}" if contexts else "it has no context column"
        raise TableError(f"The table has no context column {by!r}; {there}. {HOW_TO}")


def _settled(table: TrialTable) -> Choices:
    """Return the choices that give every column of a part the role, kind and scale that it has in the whole table."""
    declared = {name for name, _ in (*table.reading.space, *table.choices.space)}
    seen = tuple(
        (one.name, Declaration(one.kind, log=one.log if one.kind in (Kind.FLOAT, Kind.INT) else None))
        for one in table.columns
        if one.role is Role.HYPERPARAMETER and one.kind is not None and one.name not in declared
    )
    roles = tuple((c.name, c.role) for c in table.columns if c.name in table.parsed and c.role is not Role.METRIC)
    contexts = tuple((c.name, c.context) for c in table.columns if c.context is not None)
    settled = replace(table.choices, roles=roles, contexts=contexts, space=(*table.choices.space, *seen))
    if table.choices.rank:  # the metric is then no column of the file
        return settled
    return replace(settled, metric=table.metric, direction=table.direction)


def natural(name: str) -> list[tuple[int, float, str]]:
    """Return what sorts numbers by size and before words, and h2 before h10."""
    parts = re.split(r"([0-9]+(?:\.[0-9]+)?)", name)
    return [(0, float(part), part) if i % 2 else (1 if part else 0, 0.0, part) for i, part in enumerate(parts)]
