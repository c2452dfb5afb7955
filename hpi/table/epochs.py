"""Rows that are one trial's way: a row an epoch, of which its best or its last counts; a row a budget, the largest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from hpi.roles.by_itself import Column
from hpi.roles.choices import Reduce
from hpi.roles.combinations import group_ids
from hpi.roles.values import Values, counted, shown
from hpi.roles.vocabulary import ContextKind, Direction, Role, is_run_key, words_of
from hpi.space import Floats, Integers, Mask
from hpi.table import runs
from hpi.table.rows import Ledger, Rows, named
from hpi.table.runs import Curve

ANOTHER = "another epoch of the same trial"
_BUDGETS = frozenset({"budget", "budgets", "fidelity", "resource", "resources"})


def reduced(
    state: Rows, parsed: Mapping[str, Values], columns: Sequence[Column], reduce: Reduce, ledger: Ledger
) -> tuple[Rows, str | None]:
    """Return the rows left when a trial has one for its epochs and budgets, and the column of epochs, if there is one.

    Budgets go first, as a trial may have a curve within each.
    """
    fidelities = _fidelities(parsed, columns)
    budgets = [name for name in fidelities if set(words_of(name)) & _BUDGETS]
    for name in budgets:
        state = _largest(state, parsed, columns, name, ledger)
    others = [name for name in fidelities if name not in budgets]
    curve = runs.curve(state, parsed, columns, others)
    if curve is not None:
        return _of_each_run(state, curve, parsed, columns, reduce, ledger), curve.name
    for name in (name for name in others if name in named(columns, Role.CONTEXT)):
        state = _largest(state, parsed, columns, name, ledger)
    return state, None


def ends(state: Rows, parsed: Mapping[str, Values], columns: Sequence[Column]) -> Integers | None:
    """Return which of the rows is the last of each one's run, shape (n,); None where a trial has one row."""
    names = [name for name in _fidelities(parsed, columns) if not set(words_of(name)) & _BUDGETS]
    curve = runs.curve(state, parsed, columns, names)
    if curve is None:
        return None
    run, numbers = curve.run, np.nan_to_num(parsed[curve.name].numbers[state.rows], nan=-np.inf)
    last = np.flatnonzero(first_of_each(run, -numbers))
    of_run = np.empty(int(run.max()) + 1, dtype=np.int64)
    of_run[run[last]] = last
    return of_run[run]


def _fidelities(parsed: Mapping[str, Values], columns: Sequence[Column]) -> list[str]:
    """Return the columns that say how far a trial was run: the one with more values, which says it finer, first."""
    names = [c.name for c in columns if c.context is ContextKind.FIDELITY or _is_step(c)]
    names = [name for name in names if parsed[name].is_numeric]
    return sorted(names, key=lambda name: (-parsed[name].n_distinct, name))


def _is_step(column: Column) -> bool:
    """Whether the column is the count of steps that Weights & Biases adds to what is logged."""
    return column.name == "_step" and column.role is Role.LEFT_OUT and column.reason.startswith("bookkeeping")


def _of_each_run(
    state: Rows,
    curve: Curve,
    parsed: Mapping[str, Values],
    columns: Sequence[Column],
    reduce: Reduce,
    ledger: Ledger,
) -> Rows:
    """Keep the best or the last row of each run, and say so."""
    name, run = curve.name, curve.run
    numbers = np.nan_to_num(parsed[name].numbers[state.rows], nan=-np.inf)
    metric = next((column for column in columns if column.role is Role.METRIC), None)
    loss = np.zeros(len(run)) if metric is None else parsed[metric.name].numbers[state.rows]
    loss = -loss if metric is not None and metric.direction is Direction.MAXIMIZE else loss
    is_best = reduce == "best" and metric is not None and metric.direction is not None
    kept = first_of_each(run, loss, numbers) if is_best else first_of_each(run, -numbers, loss)
    longest = int(np.bincount(run).max(initial=0))
    ledger.leave_out(ANOTHER, len(run) - int(kept.sum()))
    ledger.notices.append(
        f"{len(run):,} rows are {counted(int(kept.sum()), 'trial')} with up to {_epochs(name, longest)}; "
        + _which(name, metric, reduce, is_best)
    )
    if curve.scheduled:
        verb = "changes" if len(curve.scheduled) == 1 else "change"
        ledger.notices.append(
            f"{shown(curve.scheduled)} {verb} within trials, as by a schedule; each trial has the value of the row "
            "that counts. What is no hyperparameter of the search should be left out."
        )
    return state.keep(kept)


def first_of_each(run: Integers, *keys: Floats) -> Mask:
    """Whether each row is the one of its run with the lowest first key, shape (n,); ties go by the next one."""
    order = np.lexsort((*reversed(keys), run))
    first = np.ones(len(run), dtype=bool)
    first[1:] = run[order][1:] != run[order][:-1]
    kept = np.zeros(len(run), dtype=bool)
    kept[order[first]] = True
    return kept


def _epochs(name: str, n: int) -> str:
    return counted(n, "epoch") if words_of(name)[:1] == ("epoch",) else f"{counted(n, 'row')} (by {name})"


def _which(name: str, metric: Column | None, reduce: Reduce, is_best: bool) -> str:
    what = "epoch" if words_of(name)[:1] == ("epoch",) else "row"
    if is_best and metric is not None:
        other = "The last one: choose it on the Data page, or with --reduce last."
        return f"of each the best {what} by {metric.name} counts. {other}"
    if reduce == "best" and metric is not None:
        return f"of each the last {what} counts, as it is not known whether a high or a low {metric.name} is good."
    if reduce == "best":
        return f"of each the last {what} counts, as the metric is not known."
    return f"of each the last {what} counts. The best one: choose it on the Data page, or with --reduce best."


def _largest(state: Rows, parsed: Mapping[str, Values], columns: Sequence[Column], name: str, ledger: Ledger) -> Rows:
    """Keep the rows in which a configuration went farthest."""
    run = group_ids([state.cell, *_run_keys(state, parsed, columns)], len(state.rows))
    fidelity = np.nan_to_num(parsed[name].numbers[state.rows], nan=-np.inf)
    reached = pd.Series(fidelity).groupby(run).transform("max").to_numpy()
    farthest = np.asarray(fidelity == reached)
    if farthest.all():
        return state
    state = state.keep(farthest)
    top = float(fidelity.max())
    n_top = int((fidelity[farthest] == top).sum())
    ledger.leave_out(f"a smaller {name} of the same configuration", int((~farthest).sum()))
    ledger.notices.append(
        f"Each configuration counts with the largest {name} it reached: {n_top:,} of the "
        f"{counted(len(state.rows), 'row')} that remain reached {top:g}."
    )
    return state


def _run_keys(state: Rows, parsed: Mapping[str, Values], columns: Sequence[Column]) -> list[Integers]:
    """Return the codes of the columns that number runs, where equal configurations may be different runs."""
    if state.repeated:
        return []
    names = [c.name for c in columns if c.role is Role.LEFT_OUT and is_run_key(c.name)]
    keys = [parsed[name].codes[state.rows] for name in names]
    n_cells = int(state.cell.max(initial=-1)) + 1
    return [key for key in keys if n_cells <= len(np.unique(key)) < len(state.rows)]
