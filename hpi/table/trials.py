"""From rows to trials: which rows count, which stand for one configuration, and the loss that orders them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from hpi.errors import TableError
from hpi.roles import by_others
from hpi.roles.by_itself import DONE, Column, ending, is_state
from hpi.roles.choices import Choices
from hpi.roles.sources import detect
from hpi.roles.values import Values, counted, shown
from hpi.roles.vocabulary import ContextKind, Role, is_run_key
from hpi.space import Floats, Integers, Mask
from hpi.table import repeats


@dataclass
class Ledger:
    """What happened to the rows: who was left out and why, and what must be said."""

    excluded: dict[str, int] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)

    def leave_out(self, reason: str, n: int) -> None:
        """Count n rows as left out for a reason."""
        if n:
            self.excluded[reason] = self.excluded.get(reason, 0) + n


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
    """

    rows: Integers
    trial: Integers
    configuration: Integers
    repeat: Integers


def named(columns: Sequence[Column], role: Role, context: ContextKind | None = None) -> list[str]:
    """Return the names of the columns with this role (and kind of context), in file order."""
    return [c.name for c in columns if c.role is role and (context is None or c.context is context)]


def counting_rows(parsed: Mapping[str, Values], columns: Sequence[Column], choices: Choices, ledger: Ledger) -> Mask:
    """Whether each row counts, shape (n_rows,): its task is asked for, it is complete, its metric is finite."""
    n = len(next(iter(parsed.values())))
    keep = _asked_for(parsed, columns, choices, ledger, n)
    metric = next(iter(named(columns, Role.METRIC)), None)
    finite = np.ones(n, dtype=bool) if metric is None else np.isfinite(parsed[metric].numbers)
    states = [column.name for column in columns if column.role is Role.LEFT_OUT and is_state(parsed[column.name])]
    for name in states:
        keep = _complete(parsed, name, keep, finite, ledger)
    if metric is None:
        return keep
    ledger.leave_out(f"no finite value of {metric}", int((keep & ~finite).sum()))
    if parsed[metric].words:
        ledger.notices.append(
            f"{metric} holds text in {counted(int(parsed[metric].worded.sum()), 'row')} "
            f"({shown(parsed[metric].words)}), which is no number."
        )
    return keep & finite


def task_labels(parsed: Mapping[str, Values], columns: Sequence[Column], n: int) -> pd.Series | None:
    """Return the task of each row as text, shape (n_rows,); None if no column tells tasks apart."""
    tasks = [name for name in named(columns, Role.CONTEXT, ContextKind.TASK)]
    if not tasks:
        return None
    whole = by_others.group_ids([parsed[name].codes for name in tasks], n)
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


def _complete(parsed: Mapping[str, Values], name: str, keep: Mask, finite: Mask, ledger: Ledger) -> Mask:
    """Leave out the trials that did not end well, unless none did."""
    done, labels = _done(parsed[name], parsed), pd.Series(parsed[name].labels, dtype=object)
    good, all_ = int((keep & finite & done).sum()), int((keep & finite).sum())
    if done.all() or all_ == 0:
        return keep
    if good == 0:
        ledger.notices.append(
            f"{name} says of no trial with a finite metric that it ended well "
            f"({shown(map(str, labels.dropna().unique()))}); all of them were kept."
        )
        return keep
    for label, count in labels[keep & ~done].value_counts().items():
        ledger.leave_out(f"{name} is {label}", int(count))
    if 2 * good < all_:
        ledger.notices.append(
            f"Attention: by {name} only {good:,} of the {all_:,} trials with a finite metric ended well; "
            f"the other {all_ - good:,} were left out. To keep them, make {name} a context column."
        )
    return keep & done


def _done(values: Values, parsed: Mapping[str, Values]) -> Mask:
    """Whether each trial ended well or says nothing, shape (n_rows,)."""
    if values.is_numeric:
        source = detect(parsed)
        code = 2 if source is not None and source.title == "Hyperopt" else 1
        return np.asarray((values.numbers == code) | values.empty)
    good = {label for label in pd.unique(values.labels[~values.empty]) if ending(label) in DONE}
    return pd.Series(values.labels).isin(good).to_numpy() | values.empty


def group(
    parsed: Mapping[str, Values], columns: Sequence[Column], choices: Choices, keep: Mask, ledger: Ledger
) -> Grouping:
    """Return the rows that count and the trials they stand for."""
    rows = np.flatnonzero(keep)

    def ids(names: Sequence[str]) -> Integers:
        return by_others.group_ids([parsed[name].codes[rows] for name in names], len(rows))

    hyperparameters = named(columns, Role.HYPERPARAMETER)
    configuration = ids(hyperparameters)
    tasks = named(columns, Role.CONTEXT, ContextKind.TASK)
    repeated = repeats.beyond_chance(parsed, hyperparameters, rows, configuration)
    state = _Rows(rows, configuration, ids([*hyperparameters, *tasks]), repeated)
    state = _largest_fidelity(state, parsed, columns, ledger)
    return _averaged(state, parsed, columns, choices, ledger)


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows on the way to trials: positions in the table, configuration, configuration and task."""

    rows: Integers
    configuration: Integers
    cell: Integers
    repeated: bool

    def keep(self, mask: Mask) -> _Rows:
        return _Rows(self.rows[mask], self.configuration[mask], self.cell[mask], self.repeated)


def _largest_fidelity(state: _Rows, parsed: Mapping[str, Values], columns: Sequence[Column], ledger: Ledger) -> _Rows:
    """Keep the rows in which a configuration went farthest."""
    names = [name for name in named(columns, Role.CONTEXT, ContextKind.FIDELITY) if parsed[name].is_numeric]
    # Where several say how far a trial went (round and resources), the one with more values says it finer.
    for name in sorted(names, key=lambda name: (-parsed[name].n_distinct, name)):
        keys = _run_keys(state, parsed, columns)
        run = by_others.group_ids([state.cell, *keys], len(state.rows))
        fidelity = np.nan_to_num(parsed[name].numbers[state.rows], nan=-np.inf)
        reached = pd.Series(fidelity).groupby(run).transform("max").to_numpy()
        farthest = np.asarray(fidelity == reached)
        if not farthest.all():
            state = state.keep(farthest)
            top = float(fidelity.max())
            n_top = int((fidelity[farthest] == top).sum())
            ledger.leave_out(f"a smaller {name} of the same configuration", int((~farthest).sum()))
            ledger.notices.append(
                f"Each configuration counts with the largest {name} it reached: {n_top:,} of the "
                f"{counted(len(state.rows), 'row')} that remain reached {top:g}."
            )
    return state


def _run_keys(state: _Rows, parsed: Mapping[str, Values], columns: Sequence[Column]) -> list[Integers]:
    """Return the codes of the columns that number runs, where equal configurations may be different runs."""
    if state.repeated:
        return []
    names = [c.name for c in columns if c.role is Role.LEFT_OUT and is_run_key(c.name)]
    keys = [parsed[name].codes[state.rows] for name in names]
    n_cells = int(state.cell.max(initial=-1)) + 1
    return [key for key in keys if n_cells <= len(np.unique(key)) < len(state.rows)]


def _averaged(
    state: _Rows, parsed: Mapping[str, Values], columns: Sequence[Column], choices: Choices, ledger: Ledger
) -> Grouping:
    """Join the rows that repeat a configuration under another seed, fold, instance..."""
    names = named(columns, Role.CONTEXT, ContextKind.REPEAT)
    n = len(state.rows)
    repeat = by_others.group_ids([parsed[name].codes[state.rows] for name in names], n)
    # Where no seed tells the rows of a configuration apart it was drawn again, unless chance cannot explain that.
    joined = state.repeated | _varies(repeat, state.cell)
    trial = by_others.group_ids([state.cell, np.where(joined, 0, np.arange(n))], n)
    n_trials = int(trial.max(initial=-1)) + 1
    alone = Grouping(state.rows, np.arange(n), state.configuration, trial)
    if n_trials == n:
        return alone
    varying = [name for name in names if len(np.unique(parsed[name].codes[state.rows])) > 1]
    over = " and ".join(varying) or "rows that no column tells apart"
    joins = choices.repeats != "keep"
    if choices.repeats == "auto" and not state.repeated and not _planned(state, parsed, columns, repeat):
        joins = False
        ledger.notices.append(_about_chance(n, n_trials, over))
    elif not joins:
        ledger.notices.append(
            f"{n:,} rows are {counted(n_trials, 'configuration')}, repeated over {over}; all rows were kept, "
            "and rows of one configuration count as one piece of evidence."
        )
    if not joins:
        return alone
    ledger.notices.append(f"{n:,} rows are {counted(n_trials, 'configuration')}, averaged over {over}.")
    ledger.leave_out("averaged with another row of its configuration", n - n_trials)
    return Grouping(state.rows, trial, state.configuration, trial)


def _about_chance(n: int, n_configurations: int, over: str) -> str:
    return (
        f"{n:,} rows are {counted(n_configurations, 'different configuration')}, but {over} looks drawn anew "
        f"for every trial: they count as {n:,} independent trials. If they were planned as repeats, "
        "choose to average them (on the Data page, or with --repeats average)."
    )


def _planned(state: _Rows, parsed: Mapping[str, Values], columns: Sequence[Column], repeat: Integers) -> bool:
    return repeats.planned(parsed, named(columns, Role.HYPERPARAMETER), state.rows, state.cell, repeat)


def _varies(values: Integers, groups: Integers) -> Mask:
    """Whether the values differ within the group of each row, shape (n_rows,)."""
    grouped = pd.Series(values).groupby(groups)
    return np.asarray(grouped.transform("min") != grouped.transform("max"))


def loss_of(metric: Floats, maximize: bool, tasks: pd.Series | None) -> Floats:
    """Return the loss, shape (n_trials,): lower is better; with tasks the rank within the task, from 0 to 1."""
    loss = -metric if maximize else metric
    if tasks is None or tasks.nunique(dropna=False) < 2:
        return loss + 0.0
    grouped = pd.Series(loss).groupby(tasks.to_numpy(), dropna=False)
    ranks = grouped.rank(method="average") / grouped.transform("size")
    return ranks.to_numpy(dtype=float)
