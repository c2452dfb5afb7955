"""What a column is, seen beside the others: a duplicate, a property of the task, a repeat's number, the metric."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hpi.roles import meant, outcomes
from hpi.roles.by_itself import Column, left_out
from hpi.roles.values import Values
from hpi.roles.vocabulary import ContextKind, Role, words_of
from hpi.space import Integers

Parsed = Mapping[str, Values]
Columns = dict[str, Column]

_MANY = 10
# Two columns that agree by chance would have to do it in this many rows or configurations.
_ENOUGH = 20
_SMALLEST_GRID = 6
# The reason of a metric that was taken for its place.
DUPLICATE = "a duplicate"
LAST = "the last column, a number of many values, and no name tells an outcome"


def names_with(columns: Columns, role: Role) -> list[str]:
    """Return the names of the columns that have the role, in file order."""
    return [name for name, column in columns.items() if column.role is role]


def group_ids(codes: list[Integers], n: int) -> Integers:
    """Return which combination of codes each row holds, shape (n,): 0 to the number of combinations - 1."""
    ids = np.zeros(n, dtype=np.int64)
    for code in codes:
        ids = np.asarray(pd.factorize(ids * (int(code.max(initial=0)) + 2) + code + 1)[0], dtype=np.int64)
    return ids


def generic_outcomes(columns: Columns, parsed: Parsed, metric: str | None) -> Columns:
    """Return the columns with those called metric, value or y taken for outcomes where that is what they are.

    Such a name is an outcome where its numbers look it, or where nothing else is; a hyperparameter of that
    name beside a real outcome stays one.
    """
    known = any(
        column.outcome and meant.preference(name)[0] < meant.COSTLY_GROUP
        for name, column in columns.items()
    )  # fmt: skip
    known = known or metric is not None
    generic = [name for name in names_with(columns, Role.HYPERPARAMETER) if outcomes.is_generic(name)]
    taken = [
        name
        for name in generic
        if parsed[name].is_numeric and ((not known and parsed[name].n_distinct > 2) or _looks_measured(parsed[name]))
    ]
    if not (known or taken):
        bare = [name for name in names_with(columns, Role.HYPERPARAMETER) if outcomes.is_bare(name)]
        taken = [name for name in bare if len(bare) == 1 and _looks_measured(parsed[name])]
    return columns | {
        name: left_out(name, "an outcome: the name is that of a result", outcome=True) for name in taken
    }  # fmt: skip


def doubtful_outcomes(columns: Columns, parsed: Parsed, marked: frozenset[str]) -> Columns:
    """Return the columns with those taken for outcomes whose names may be outcomes' and whose numbers look it."""
    company = frozenset(word for name in parsed for word in words_of(name))
    changed = {}
    for name in names_with(columns, Role.HYPERPARAMETER):
        values = parsed[name]
        if name in marked or not values.is_numeric:
            continue
        measured = _looks_measured(values) and outcomes.doubtful(name, company)
        nearly_all = values.n_distinct > max(_MANY, values.n_filled // 2)
        if measured or (nearly_all and outcomes.counts_work(name)):
            reason = "an outcome: the name may be that of a result, and nearly every cell is another number"
            changed[name] = left_out(name, reason, outcome=True)
    return columns | changed


def _looks_measured(values: Values) -> bool:
    """Whether the numbers are as different and as little round as results are."""
    return values.is_numeric and not values.is_integer and values.n_distinct > max(_MANY, values.n_filled // 4)


def sweep_definitions(columns: Columns, parsed: Parsed) -> Columns:
    """Return the columns without those that only repeat what a sweep was told: parameters.lr beside lr."""
    changed = {}
    for name in names_with(columns, Role.HYPERPARAMETER):
        if name.startswith("parameters.") and (
            name.removeprefix("parameters.") in columns or 2 * parsed[name].n_filled < len(parsed[name])
        ):
            changed[name] = left_out(name, "the definition of a sweep, not what a trial used")
    return columns | changed


def without_duplicates(columns: Columns, parsed: Parsed, kept: frozenset[str]) -> Columns:
    """Return the columns with all but one of those that say the same taken out, and copies of outcomes too.

    The one that stays is one of `kept`, else the one with the shortest name, so that the order of columns
    does not matter.
    """
    names = sorted(names_with(columns, Role.HYPERPARAMETER), key=lambda name: (name not in kept, len(name), name))
    if not names:
        return columns
    n_configurations = int(group_ids([parsed[name].codes for name in names], len(parsed[names[0]])).max(initial=-1)) + 1
    first: dict[str, str] = {}
    for name in sorted(name for name, column in columns.items() if column.outcome):
        first.update(dict.fromkeys(_signatures(parsed[name], 0), name))
    changed: Columns = {}
    for name in names:
        signatures = _signatures(parsed[name], n_configurations)
        twin = next((first[signature] for signature in signatures if signature in first), None)
        if twin is None or name in kept:
            first.update({signature: name for signature in signatures if signature not in first})
        elif columns[twin].outcome:
            changed[name] = left_out(name, f"another outcome: it orders the rows exactly as {twin} does", outcome=True)
        else:
            changed[name] = left_out(name, _duplicate_reason(parsed[twin], parsed[name]))
    return columns | changed


def _signatures(values: Values, n_configurations: int) -> list[str]:
    """Return what two columns have in common only if they say the same, and not by chance.

    Numbers of many values: their order, up or down. Values that come back in other configurations: which
    cells are equal (where none comes back, every two columns are one-to-one). Enough cells: the cells.
    """
    found = []
    if values.is_numeric and values.n_distinct > _MANY:
        down = np.where(values.codes < 0, -1, values.n_distinct - 1 - values.codes)
        found.append("order " + min(_digest(values.codes), _digest(down)))
    if n_configurations >= max(_ENOUGH, 3 * values.n_distinct):
        found.append("equality " + _equality(values))
    if n_configurations >= _ENOUGH:
        found.append("cells " + _digest(values.numbers + 0.0) if values.text is None else "text " + _digest(
            pd.util.hash_array(np.where(values.empty, "", values.text).astype(object))
        ))  # fmt: skip
    return found


def _equality(values: Values) -> str:
    """Return what two columns share if each value of one goes with exactly one value of the other."""
    by_appearance = np.asarray(pd.factorize(np.where(values.empty, -1, values.codes))[0], dtype=np.int64)
    return _digest(np.where(values.empty, -1, by_appearance))


def _digest(array: NDArray[Any]) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def _is_equal(one: Values, other: Values) -> bool:
    if one.is_numeric and other.is_numeric:
        return bool(np.array_equal(one.numbers, other.numbers, equal_nan=True))
    return bool(np.array_equal(one.labels[~one.empty], other.labels[~other.empty]))


def _duplicate_reason(twin: Values, values: Values) -> str:
    if _is_equal(twin, values):
        return f"{DUPLICATE}: every cell equals that of {twin.name}"
    return f"{DUPLICATE}: each value goes with exactly one of {twin.name}"


def measured_beside_grid(columns: Columns, parsed: Parsed, marked: frozenset[str]) -> Columns:
    """Return the columns with those taken for outcomes that stand beside a complete grid.

    Where a few columns of few values form all their combinations, each as often, somebody searched a grid;
    a number that differs in most rows was then not chosen but measured.
    """
    names = [name for name in names_with(columns, Role.HYPERPARAMETER) if name not in marked]
    measured = [name for name in names if _differs(parsed[name])]
    axes = {_equality(parsed[name]): parsed[name] for name in names if name not in measured}
    if not measured or len(axes) < 2:
        return columns
    counts = np.bincount(group_ids([values.codes for values in axes.values()], len(parsed[names[0]])))
    n_cells = math.prod(values.n_distinct + bool(values.empty.any()) for values in axes.values())
    if len(counts) < _SMALLEST_GRID or len(counts) != n_cells or counts.min() < counts.max():
        return columns
    reason = "an outcome: the other columns form a complete grid, to which it does not belong"
    return columns | {name: left_out(name, reason, outcome=True) for name in measured}


def _differs(values: Values) -> bool:
    return values.is_numeric and not values.is_integer and 2 * values.n_distinct > values.n_filled


def task_properties(columns: Columns, parsed: Parsed, marked: frozenset[str]) -> Columns:
    """Return the columns with those that are the same in all rows of a task taken for context."""
    tasks = [name for name, column in columns.items() if column.context is ContextKind.TASK]
    if not tasks:
        return columns
    n = len(parsed[tasks[0]])
    ids = group_ids([parsed[name].codes for name in tasks], n)
    n_tasks = int(ids.max(initial=-1)) + 1
    if n_tasks < 2 or n < 3 * n_tasks:
        return columns
    changed = {}
    for name, column in columns.items():
        said = column.role is Role.LEFT_OUT and words_of(name)[:1] in (("dataset",), ("task",))
        if name in marked or not (said or column.role is Role.HYPERPARAMETER) or parsed[name].n_distinct < 2:
            continue
        if int(group_ids([ids, parsed[name].codes], n).max()) + 1 == n_tasks:
            changed[name] = Column(name, Role.CONTEXT, reason=f"context: the same in all rows of one {min(tasks)}")
    return columns | changed


def numbered_repeats(columns: Columns, parsed: Parsed) -> Columns:
    """Return the columns with run or trial taken for a repeat's number if configurations come back under others."""
    hyperparameters = names_with(columns, Role.HYPERPARAMETER)
    if not hyperparameters:
        return columns
    changed = {}
    for name, column in columns.items():
        if column.role is not Role.HYPERPARAMETER or not _may_number_runs(parsed[name]):
            continue
        others = [parsed[other].codes for other in hyperparameters if other != name]
        n = len(parsed[name])
        configurations = int(group_ids(others, n).max(initial=-1)) + 1
        pairs = int(group_ids([*others, parsed[name].codes], n).max(initial=-1)) + 1
        if others and 2 * configurations <= pairs and configurations > 1:
            reason = "context: numbers the repeats of a configuration"
            changed[name] = Column(name, Role.CONTEXT, context=ContextKind.REPEAT, reason=reason)
        else:
            changed[name] = left_out(name, "an identifier: it numbers the runs")
    return columns | changed


def _may_number_runs(values: Values) -> bool:
    return words_of(values.name) in (("run",), ("trial",), ("attempt",), ("experiment",)) and values.is_integer


def choose_metric(columns: Columns, parsed: Parsed, primary: frozenset[str], last_may_be: bool) -> str | None:
    """Return the name of the metric, None if nothing looks like one.

    Parameters
    ----------
    primary
        The columns of which the export says that the search looked at them.
    last_may_be
        Whether the last column may be taken where no name tells: the only rule that looks at the order.
    """
    found = [name for name, column in columns.items() if column.outcome]
    if primary & set(found):
        found = [name for name in found if name in primary]
    known = [name for name in found if len(parsed[name].finite)]
    varying = [name for name in known if parsed[name].n_distinct > 1]
    if found:
        return min(varying or known, key=meant.preference, default=None)
    rest = names_with(columns, Role.HYPERPARAMETER)
    if last_may_be and len(rest) > 1 and _looks_measured(parsed[rest[-1]]):
        return None if outcomes.is_setting(words_of(rest[-1])) else rest[-1]
    return None


def with_metric(columns: Columns, name: str | None, reason: str) -> Columns:
    """Return the columns with `name` as the metric and any other metric as another outcome."""
    changed = {
        other: replace(column, role=Role.LEFT_OUT, outcome=True)
        for other, column in columns.items()
        if column.role is Role.METRIC
    }
    if name is not None:
        changed[name] = Column(name, Role.METRIC, reason=reason, outcome=True)
    return columns | changed
