"""From rows to trials: which rows count, which stand for one configuration, and the loss that orders them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from hpi.errors import TableError
from hpi.roles.by_itself import Column
from hpi.roles.choices import Choices
from hpi.roles.combinations import group_ids, ids_of, n_different
from hpi.roles.values import Values, counted, shown
from hpi.roles.vocabulary import ContextKind, Role
from hpi.space import Floats, Integers, Mask
from hpi.table import epochs, repeats, sentinels, states
from hpi.table.rows import Ledger, Rows, named


@dataclass(frozen=True, eq=False)
class Grouping:
    """Which rows count, and which of them stand for one trial.

    Attributes
    ----------
    rows
        The rows that count, ascending.
    trial
        Shape (n_counting_rows,): the trial each stands for, numbered by first appearance.
    configuration
        Shape (n_counting_rows,): which combination of hyperparameter values each has.
    repeat
        Shape (n_counting_rows,): rows with one number repeat one trial; finer than `configuration`, which
        may have been drawn several times, or for several tasks.
    curves
        The column of the epochs, where each trial had a row for each; else None.
    """

    rows: Integers
    trial: Integers
    configuration: Integers
    repeat: Integers
    curves: str | None = None


def counting_rows(
    parsed: Mapping[str, Values],
    columns: Sequence[Column],
    choices: Choices,
    ledger: Ledger,
    needed: Sequence[str] = (),
) -> Mask:
    """Whether each row counts, shape (n_rows,): its task is asked for, it is complete, its metric is measured.

    `needed` are the other outcomes that must be measured, too.
    """
    n = len(next(iter(parsed.values())))
    keep = _asked_for(parsed, columns, choices, ledger, n)
    metrics = list(dict.fromkeys([*named(columns, Role.METRIC), *needed]))
    finite = np.logical_and.reduce([np.ones(n, dtype=bool), *(np.isfinite(parsed[name].numbers) for name in metrics)])
    ends = None
    if states.go_on(parsed, columns):
        ends = epochs.ends(_rows(parsed, columns, np.arange(n)), parsed, columns)
    keep = states.complete(parsed, columns, keep, finite, ends, ledger)
    for name in metrics:
        keep = sentinels.measured(parsed[name], keep, ledger)
    return states.with_values(parsed, columns, keep, ledger)


def task_labels(parsed: Mapping[str, Values], columns: Sequence[Column], n: int) -> pd.Series | None:
    """Return the task of each row as text, shape (n_rows,); None if no column tells tasks apart."""
    tasks = [name for name in named(columns, Role.CONTEXT, ContextKind.TASK)]
    if not tasks:
        return None
    whole = ids_of([parsed[name] for name in tasks], n)
    for name in sorted(tasks):
        # One column is enough where it tells all tasks apart.
        if parsed[name].n_distinct == whole.max(initial=-1) + 1:
            return pd.Series(parsed[name].labels, dtype=object)
    parts = [pd.Series(parsed[name].labels, dtype=object).fillna("") for name in tasks]
    label = parts[0]
    for part in parts[1:]:
        label = label + " / " + part
    return label


def _asked_for(
    parsed: Mapping[str, Values], columns: Sequence[Column], choices: Choices, ledger: Ledger, n: int
) -> Mask:
    if choices.task is None:
        return np.ones(n, dtype=bool)
    labels = task_labels(parsed, columns, n)
    known = [] if labels is None else sorted(labels.dropna().unique())
    if labels is None or choices.task not in known:
        there = shown(known) if known else "no column that tells tasks apart"
        raise TableError(f"There is no task {choices.task!r}; the table has {there}.")
    asked = (labels == choices.task).to_numpy(dtype=bool)
    ledger.leave_out("another task", int((~asked).sum()))
    return asked


def group(
    parsed: Mapping[str, Values], columns: Sequence[Column], choices: Choices, keep: Mask, ledger: Ledger
) -> Grouping:
    """Return the rows that count and the trials they stand for."""
    state = _rows(parsed, columns, np.flatnonzero(keep))
    if choices.repeats == "each":
        return alone(state)
    state, curves = epochs.reduced(state, parsed, columns, choices.reduce, ledger)
    if curves is not None:
        # Epochs bring a configuration back more often than chance does; whether its runs do is seen without them.
        names = named(columns, Role.HYPERPARAMETER)
        state = replace(state, repeated=repeats.beyond_chance(parsed, names, state.rows, state.configuration))
    return replace(_averaged(state, parsed, columns, choices, ledger), curves=curves)


def _rows(parsed: Mapping[str, Values], columns: Sequence[Column], rows: Integers) -> Rows:
    """Return rows of the table with their configurations."""
    hyperparameters, tasks = named(columns, Role.HYPERPARAMETER), named(columns, Role.CONTEXT, ContextKind.TASK)
    configuration = ids_of([parsed[name] for name in hyperparameters], len(rows), rows)
    task = ids_of([parsed[name] for name in tasks], len(rows), rows)
    cell = group_ids([configuration, task], len(rows)) if tasks else configuration
    return Rows(rows, configuration, cell, repeats.beyond_chance(parsed, hyperparameters, rows, configuration))


def alone(state: Rows) -> Grouping:
    """Return a grouping in which every row that counts is a trial of its own."""
    each = np.arange(len(state.rows))
    return Grouping(state.rows, each, state.configuration, each)


def _averaged(
    state: Rows, parsed: Mapping[str, Values], columns: Sequence[Column], choices: Choices, ledger: Ledger
) -> Grouping:
    """Join the rows that repeat a configuration under another seed, fold, instance..."""
    names = named(columns, Role.CONTEXT, ContextKind.REPEAT)
    n = len(state.rows)
    if np.bincount(state.cell).max(initial=0) <= 1:
        return alone(state)
    repeat = ids_of([parsed[name] for name in names], n, state.rows)
    # Where no seed tells the rows of a configuration apart it was drawn again, unless chance cannot explain that.
    hyperparameters = named(columns, Role.HYPERPARAMETER)
    same = repeats.continuous(parsed, hyperparameters, state.rows, state.cell)
    joined = state.repeated | same | _varies(repeat, state.cell)
    trial = group_ids([state.cell, np.where(joined, 0, np.arange(n))], n)
    n_trials = int(trial.max(initial=-1)) + 1
    kept = Grouping(state.rows, np.arange(n), state.configuration, trial)
    if n_trials == n:
        return kept
    varying = [name for name in names if np.ptp(parsed[name].codes[state.rows]) > 0]
    over = " and ".join(varying) or "rows that no column tells apart"
    joins = choices.repeats != "keep"
    is_planned = state.repeated or repeats.planned(parsed, hyperparameters, state.rows, state.cell, repeat)
    if choices.repeats == "auto" and not is_planned:
        joins = False
        ledger.notices.append(_about_chance(n, n_trials, over))
    elif not joins:
        ledger.notices.append(
            f"{n:,} rows are {counted(n_trials, 'configuration')}, repeated over {over}; all rows were kept, "
            "and rows of one configuration count as one piece of evidence."
        )
    if not joins:
        return kept
    ledger.notices.append(f"{n:,} rows are {counted(n_trials, 'configuration')}, averaged over {over}{_uneven(trial)}.")
    ledger.leave_out("averaged with another row of its configuration", n - n_trials)
    return Grouping(state.rows, trial, state.configuration, trial)


def _uneven(trial: Integers) -> str:
    """Return how many rows the trials stand for where these differ: means of few rows are the more variable."""
    counts = np.bincount(trial)
    return "" if counts.min() == counts.max() else f", {counts.min():,} to {counts.max():,} rows each"


def _about_chance(n: int, n_configurations: int, over: str) -> str:
    return (
        f"{n:,} rows are {counted(n_configurations, 'different configuration')}, but {over} looks drawn anew "
        f"for every trial: they count as {n:,} independent trials. If they were planned as repeats, "
        "choose to average them (on the Data page, or with --repeats average)."
    )


def _varies(values: Integers, groups: Integers) -> Mask:
    """Whether the values differ within the group of each row, shape (n_rows,)."""
    return np.asarray((n_different(values, groups) > 1)[groups])


def loss_of(metric: Floats, maximize: bool, tasks: pd.Series | None) -> Floats:
    """Return the loss, shape (n_trials,): lower is better; with tasks the rank within the task, from 0 to 1."""
    loss = -metric if maximize else metric
    if tasks is None or tasks.nunique(dropna=False) < 2:
        return loss + 0.0
    grouped = pd.Series(loss).groupby(tasks.to_numpy(), dropna=False)
    ranks = grouped.rank(method="average") / grouped.transform("size")
    return ranks.to_numpy(dtype=float)
