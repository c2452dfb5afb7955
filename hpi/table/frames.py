"""Tables of cells: all rows as they are shown, and one row for each trial with the hyperparameters that vary in them.

Cells that nothing changes are not copied: such a table and the parsed columns hold the same arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from hpi.roles import Column, Role, kinds
from hpi.roles.choices import Choices
from hpi.roles.combinations import first_of, n_different
from hpi.roles.values import Values
from hpi.space import Floats, Hyperparameter, Integers
from hpi.table.trials import Grouping


def displayed(parsed: Mapping[str, Values]) -> pd.DataFrame:
    """Return every row and column for display, in file order."""
    return pd.DataFrame({name: _shown(values).array for name, values in parsed.items()}, copy=False)


def _shown(values: Values) -> pd.Series:
    # A column without a single cell is one of text.
    return values.column if values.n_filled else pd.Series([None] * len(values), dtype="str")


def trials_of(
    parsed: Mapping[str, Values], columns: Sequence[Column], grouping: Grouping, choices: Choices
) -> pd.DataFrame:
    """Return one row a trial: hyperparameters, context, other outcomes and the metric, in file order."""
    n, first = len(next(iter(parsed.values()))), firsts(grouping)
    whole = len(first) == n
    kept: dict[str, Any] = {}
    declared = dict(choices.space)
    for column in columns:
        values = parsed[column.name]
        if column.role is Role.HYPERPARAMETER and column.kind is not None:
            cells = kinds.cells_of(values, column.kind, declared.get(column.name))
            kept[column.name] = cells if whole else cells[grouping.rows[first]]
        elif column.role is Role.CONTEXT:
            kept[column.name] = _shown(values).array if whole else _agreed(values, grouping, first).array
        elif column.role is Role.METRIC or (column.outcome and len(values.finite)):
            kept[column.name] = values.numbers if whole else _means(values.numbers[grouping.rows], grouping.trial)
    index = pd.RangeIndex(n) if whole else pd.Index(grouping.rows[first])
    # With its type said, a column of labels stays one of objects.
    held = {name: pd.Series(cells, index=index, dtype=cells.dtype, copy=False) for name, cells in kept.items()}
    return pd.DataFrame(held, index=index, copy=False)


def firsts(grouping: Grouping) -> Integers:
    """Return which of the counting rows of each trial is its first, shape (n_trials,)."""
    return first_of(grouping.trial, int(grouping.trial.max(initial=-1)) + 1)


def _means(numbers: Floats, trial: Integers) -> Floats:
    """Return the mean of each trial's numbers, those missing left out; alike to the last digit in any order of rows."""
    n_trials = int(trial.max(initial=-1)) + 1
    if n_trials == len(trial):
        return numbers
    known = np.flatnonzero(~np.isnan(numbers))
    # Sums are taken in the order given: a trial's numbers, ascending, among those of the others.
    order = known[np.argsort(numbers[known])]
    trial, numbers, counts = trial[order], numbers[order], np.bincount(trial[order], minlength=n_trials)
    with np.errstate(invalid="ignore"):
        means = np.asarray(np.bincount(trial, weights=numbers, minlength=n_trials) / counts, dtype=float)
    beyond = np.isinf(means)[trial] & np.isfinite(numbers)
    if beyond.any():
        # The sum of numbers may be beyond a double where their mean is not.
        parts = np.where(beyond, numbers / counts[trial], numbers)
        largest = np.finfo(float).max
        finite = np.bincount(trial, weights=~np.isfinite(numbers), minlength=n_trials) == 0
        again = np.bincount(trial, weights=parts, minlength=n_trials).clip(-largest, largest)
        means = np.where(np.isinf(means) & finite, again, means)
    return means


def _agreed(values: Values, grouping: Grouping, first: Integers) -> pd.Series:
    """Return a context column with the cells in which the rows of a trial agree, missing where they do not."""
    cells = _shown(values).iloc[grouping.rows[first]]
    if len(first) == len(grouping.rows):
        return cells
    return cells.where(n_different(values.codes[grouping.rows], grouping.trial) == 1)


def hyperparameters_of(
    kept: pd.DataFrame, columns: tuple[Column, ...], choices: Choices
) -> tuple[tuple[Hyperparameter, ...], tuple[Column, ...]]:
    """Return the hyperparameters that vary among the trials, and the columns with the others left out."""
    found: list[Hyperparameter] = []
    final: list[Column] = []
    for column in columns:
        if column.role is not Role.HYPERPARAMETER or column.kind is None:
            final.append(column)
            continue
        declared = dict(choices.space).get(column.name)
        built = kinds.build(column.name, kept[column.name].to_numpy(), column.kind, column.log, declared)
        if built is not None:
            found.append(built)
            final.append(column)
        else:
            reason = "constant in every trial that counts"
            final.append(Column(column.name, Role.LEFT_OUT, reason=reason, fixed=True))
    return tuple(found), tuple(final)
