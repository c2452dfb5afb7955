"""Sentences about a table and its trials, as plain text: names are data."""

from __future__ import annotations

import pandas as pd

from hpi.blocks.large import LargeTable
from hpi.filters import Between, Filter, number
from hpi.roles import Direction, Role
from hpi.space import Kind
from hpi.subspace import Sample
from hpi.table import TrialTable
from hpi.words import large
from hpi.words.writing import listed

MANY_OUTCOMES = 6  # columns
LONGEST_NAME = 40  # characters of a file's name
DIRECTIONS = {Direction.MINIMIZE: "lower is better", Direction.MAXIMIZE: "higher is better"}


def identity(table: TrialTable) -> str:
    """Say which table this is: name, trials, the task that it is narrowed to, metric and direction."""
    alone = "" if table.choices.task is None else f" of {task(table.choices.task)}"
    parts = [_shortened(table.name), f"{large.size(table)}{alone}"]
    if table.metric is not None:
        parts.append(metric(table))
    return "  ·  ".join(parts)


def task(name: str) -> str:
    """Say that one task alone is meant."""
    return f"task {_shortened(name)}"


def _shortened(name: str) -> str:
    """Leave out the middle of a long name of a file or task: both ends tell it apart."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME // 2]}…{name[1 - LONGEST_NAME // 2 :]}"


def metric(table: TrialTable) -> str:
    """Say what is measured and which end of it is good: loss, lower is better."""
    return ", ".join(filter(None, (table.metric, table.direction and DIRECTIONS[table.direction])))


def sizes(sample: Sample, uses_target: bool = True) -> str:
    """Say how many trials are in the target, where it plays a part, and in the region."""
    if not uses_target:
        return f"{sample.whole.region:,} of {sample.whole.trials:,} trials"
    target = "1 trial" if sample.whole.target == 1 else f"{sample.whole.target:,} trials"
    return f"{target} in the target, {sample.whole.region:,} in the region"


def condition(one_filter: Filter) -> str:
    """Say a filter in words: lr from 0.0001 to 0.01."""
    if not isinstance(one_filter, Between):
        return f"{one_filter.name} is {' or '.join(one_filter.levels)}"
    low = "" if one_filter.low is None else f" from {_bound(one_filter.low)}"
    high = "" if one_filter.high is None else f" to {_bound(one_filter.high)}"
    return f"{one_filter.name}{low}{high}"


def _bound(value: float) -> str:
    """Write a bound in six digits, or in all that it takes to read it back."""
    text = f"{value:g}"
    return text if float(text) == value else number(value)


def source(table: TrialTable) -> list[str]:
    """Say what was read, a line each: the kind of file, the study or sheet, its metrics, how its trials ended."""
    if isinstance(table, LargeTable):
        return large.source(table)
    reading = table.reading
    part = f", {reading.part_is} {reading.part}" if reading.part is not None else ""
    among = f" of {len(reading.parts):,}" if len(reading.parts) > 1 else ""
    said = [f"{table.name}: {len(table.frame):,} rows, read as {reading.reader}{part}{among}"]
    if reading.objectives or len(table.objectives) > 1:
        looked = [one.name + (f" ({DIRECTIONS[one.direction]})" if one.direction else "") for one in table.objectives]
        said.append(f"The search looked at {' and '.join(looked)}")
    if table.states:
        said.append(states(table))
    return said


def states(table: TrialTable) -> str:
    """Say how trials ended, and how many rows each way."""
    return f"Rows by how their trial ended: {', '.join(f'{label}: {n:,}' for label, n in table.states)}"


def left_out(table: TrialTable) -> list[str]:
    """Say what of the file takes no part, a line each: rows with their reason, then columns with theirs."""
    columns = [f"Column {column.name}: {column.reason}" for column in table.columns if column.role is Role.LEFT_OUT]
    return [*rows_left_out(table), *columns] or ["Nothing: every row is a trial, and every column has its part."]


def taken_for_outcomes(table: TrialTable) -> str | None:
    """Say how many columns play no part since their names are those of outcomes; None where these are few."""
    names = [
        column.name
        for column in table.columns
        if column.role is Role.LEFT_OUT
        and column.reason.startswith("an outcome")
        and column.name not in dict(table.choices.roles)
    ]
    if len(names) < MANY_OUTCOMES:
        return None
    return (
        f"{len(names)} columns are left out since they look like outcomes: {listed([*names[:3], 'others'])}. See Data."
    )


def rows_left_out(table: TrialTable) -> list[str]:
    """Say how many rows are no trial of their own, a line for each reason."""
    # what is not counted yet is known of the rows at hand
    is_open = isinstance(table, LargeTable) and table.n_counting is None
    rows = len(table.frame) if is_open else large.n_rows(table)
    return [f"{count:,} of {rows:,} rows: {reason}" for reason, count in table.excluded if count]


def roles(table: TrialTable) -> pd.DataFrame:
    """Return name, role, kind, direction and reason, a row a column."""
    return pd.DataFrame(
        {
            "Column": [column.name for column in table.columns],
            "Role": [str(column.role) for column in table.columns],
            "Kind": [_kind(column.kind, column.log) for column in table.columns],
            "Better": ["" if column.direction is None else DIRECTIONS[column.direction] for column in table.columns],
            "Why": [column.reason for column in table.columns],
        }
    )


def _kind(kind: Kind | None, log: bool) -> str:
    return "" if kind is None else f"{kind}, log" if log else str(kind)
