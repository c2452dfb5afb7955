"""What a column is, seen beside the others: a duplicate, a property of the task, a repeat's number, the metric."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from hpi.roles import alike, meant, outcomes
from hpi.roles.alike import MANY
from hpi.roles.by_itself import Column, left_out
from hpi.roles.combinations import Combinations, group_ids, ids_of, n_with_empty
from hpi.roles.values import Values
from hpi.roles.vocabulary import ContextKind, Role, is_attribute, words_of

Parsed = Mapping[str, Values]
Columns = dict[str, Column]

_SMALLEST_GRID = 6
# The reason of a metric that was taken for its place.
DUPLICATE = "a duplicate"
LAST = "the last column, a number of many values, and no name tells an outcome"


def names_with(columns: Columns, role: Role) -> list[str]:
    """Return the names of the columns that have the role, in file order."""
    return [name for name, column in columns.items() if column.role is role]


def generic_outcomes(columns: Columns, parsed: Parsed, metric: str | None) -> Columns:
    """Return the columns with those called metric, value or y taken for outcomes where that is what they are.

    Such a name is an outcome where its numbers look it, or where nothing else is; a hyperparameter of that
    name beside a real outcome stays one.
    """
    known = any(
        column.outcome and not is_attribute(name) and meant.preference(name)[0] < meant.COSTLY_GROUP
        for name, column in columns.items()
    )  # fmt: skip
    known = known or metric is not None
    generic = [name for name in names_with(columns, Role.HYPERPARAMETER) if outcomes.is_generic(name)]
    taken = [
        name
        for name in generic
        if parsed[name].is_numeric and ((not known and parsed[name].n_distinct > 2) or looks_measured(parsed[name]))
    ]
    if not (known or taken):
        bare = [name for name in names_with(columns, Role.HYPERPARAMETER) if outcomes.is_bare(name)]
        taken = [name for name in bare if len(bare) == 1 and looks_measured(parsed[name])]
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
        measured = looks_measured(values) and outcomes.doubtful(name, company)
        nearly_all = values.n_distinct > max(MANY, values.n_filled // 2)
        if measured or (nearly_all and outcomes.counts_work(name)):
            reason = "an outcome: the name may be that of a result, and nearly every cell is another number"
            changed[name] = left_out(name, reason, outcome=True)
    return columns | changed


def looks_measured(values: Values) -> bool:
    """Whether the numbers are as different and as little round as results are."""
    return values.is_numeric and not values.is_integer and values.n_distinct > max(MANY, values.n_filled // 4)


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
    configurations = Combinations([parsed[name] for name in names])
    known = sorted(name for name, column in columns.items() if column.outcome)
    asked = {name: alike.by_order(parsed[name]) for name in known}
    shared = alike.shared(asked | {name: alike.by_all(parsed[name], configurations) for name in names})
    first = {signature: name for name in known for signature in shared[name]}
    changed: Columns = {}
    for name in names:
        twin = next((first[signature] for signature in shared[name] if signature in first), None)
        if twin is None or name in kept:
            first.update({signature: name for signature in shared[name] if signature not in first})
        elif columns[twin].outcome:
            changed[name] = left_out(name, f"another outcome: it orders the rows exactly as {twin} does", outcome=True)
        else:
            changed[name] = left_out(name, _duplicate_reason(parsed[twin], parsed[name]))
    return columns | changed


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
    others = [parsed[name] for name in names if name not in measured]
    if not measured or len(others) < 2 or not _is_grid(alike.without_copies(others)):
        return columns
    reason = "an outcome: the other columns form a complete grid, to which it does not belong"
    return columns | {name: left_out(name, reason, outcome=True) for name in measured}


def _is_grid(axes: list[Values]) -> bool:
    """Whether the rows hold all combinations of the columns' values, each as often."""
    n, n_cells = len(axes[0]), math.prod(map(n_with_empty, axes))
    if len(axes) < 2 or not _SMALLEST_GRID <= n_cells <= n:
        return False
    counts = np.bincount(ids_of(axes, n))
    return len(counts) == n_cells and counts.min() == counts.max()


def _differs(values: Values) -> bool:
    # No axis of a grid has more values than half of the rows.
    return values.is_numeric and 2 * values.n_distinct > values.n_filled


def task_properties(columns: Columns, parsed: Parsed, marked: frozenset[str]) -> Columns:
    """Return the columns with those that are the same in all rows of a task taken for context."""
    tasks = [name for name, column in columns.items() if column.context is ContextKind.TASK]
    if not tasks:
        return columns
    n = len(parsed[tasks[0]])
    ids = ids_of([parsed[name] for name in tasks], n)
    n_tasks = int(ids.max(initial=-1)) + 1
    if n_tasks < 2 or n < 3 * n_tasks:
        return columns
    changed = {}
    for name, column in columns.items():
        said = column.role is Role.LEFT_OUT and words_of(name)[:1] in (("dataset",), ("task",))
        if name in marked or not (said or column.role is Role.HYPERPARAMETER) or parsed[name].n_distinct < 2:
            continue
        if n_with_empty(parsed[name]) <= n_tasks == int(group_ids([ids, parsed[name].codes], n).max()) + 1:
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
        others = [parsed[other] for other in hyperparameters if other != name]
        if others and _come_back(Combinations(others), Combinations([*others, parsed[name]])):
            reason = "context: numbers the repeats of a configuration"
            changed[name] = Column(name, Role.CONTEXT, context=ContextKind.REPEAT, reason=reason)
        else:
            changed[name] = left_out(name, "an identifier: it numbers the runs")
    return columns | changed


def _come_back(configurations: Combinations, under_numbers: Combinations) -> bool:
    """Whether several configurations are there under two numbers each, on average."""
    return 1 < configurations.count <= under_numbers.count // 2


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
    outcome = [name for name, column in columns.items() if column.outcome]
    # What somebody noted beside a trial can be asked about; the search did not look at it.
    found = [name for name in outcome if not is_attribute(name)]
    if primary & set(found):
        found = [name for name in found if name in primary]
    known = [name for name in found if len(parsed[name].finite)]
    varying = [name for name in known if parsed[name].n_distinct > 1]
    if outcome:
        return min(varying or known, key=meant.preference, default=None)
    rest = names_with(columns, Role.HYPERPARAMETER)
    if last_may_be and len(rest) > 1 and looks_measured(parsed[rest[-1]]):
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
