"""Rows that are one trial's way: a row an epoch, of which its best or its last counts; a row a budget, the largest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from hpi.roles.by_itself import Column
from hpi.roles.choices import Reduce
from hpi.roles.combinations import group_ids
from hpi.roles.values import Values, counted
from hpi.roles.vocabulary import ContextKind, Direction, Role, is_run_key, words_of
from hpi.space import Floats, Integers, Mask
from hpi.table.rows import Ledger, Rows, named

ANOTHER = "another epoch of the same trial"
# A trial resumed after a crash logs an epoch twice; where many do, these are no trials' epochs.
_TWICE = 0.1
_BUDGETS = frozenset({"budget", "budgets", "fidelity", "resource", "resources"})
# From rung to rung, successive halving multiplies the budget by at least this (by 2, 3 or 4 as a rule).
_GROWTH = 1.5
_NEARLY_ALL = 0.9
_HALF = 0.5
# Uneven numbers are epochs where a run has this many steps; those of a search that came back to it are fewer.
_MANY = 3
# Cells of these two columns link each row to the one before it (HiPlot).
_OWN, _BEFORE = "uid", "from_uid"


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
    curve, run = _curve(state, parsed, columns, others)
    if curve is not None:
        return _of_each_run(state, run, parsed, columns, curve, reduce, ledger), curve
    for name in others:
        state = _largest(state, parsed, columns, name, ledger)
    return state, None


def ends(state: Rows, parsed: Mapping[str, Values], columns: Sequence[Column]) -> Integers | None:
    """Return which of the rows is the last of each one's run, shape (n,); None where a trial has one row."""
    names = [name for name in _fidelities(parsed, columns) if not set(words_of(name)) & _BUDGETS]
    curve, run = _curve(state, parsed, columns, names)
    if curve is None:
        return None
    numbers = np.nan_to_num(parsed[curve].numbers[state.rows], nan=-np.inf)
    last = np.flatnonzero(first_of_each(run, -numbers))
    of_run = np.empty(int(run.max()) + 1, dtype=np.int64)
    of_run[run[last]] = last
    return of_run[run]


def _fidelities(parsed: Mapping[str, Values], columns: Sequence[Column]) -> list[str]:
    """Return the columns that say how far a trial was run: the one with more values, which says it finer, first."""
    names = [name for name in named(columns, Role.CONTEXT, ContextKind.FIDELITY) if parsed[name].is_numeric]
    return sorted(names, key=lambda name: (-parsed[name].n_distinct, name))


def _curve(
    state: Rows, parsed: Mapping[str, Values], columns: Sequence[Column], names: Sequence[str]
) -> tuple[str | None, Integers]:
    """Return the first column whose numbers are a trial's epochs, and the run of each row; None if none is."""
    for name in names:
        numbers = parsed[name].numbers[state.rows]
        run = _runs(state, parsed, columns, numbers)
        if _Gaps(numbers, run).are_epochs:
            return name, run
    return None, np.arange(len(state.rows))


class _Gaps:
    """The steps from one number to the next within each run that has several rows.

    Attributes
    ----------
    run, before, after
        Shape (n_steps,): whose step it is, and the numbers that it leads from and to.
    """

    def __init__(self, numbers: Floats, run: Integers) -> None:
        known = np.isfinite(numbers)
        order = np.lexsort((numbers[known], run[known]))
        run, numbers = run[known][order], numbers[known][order]
        same = run[1:] == run[:-1]
        self.run, self.before, self.after = run[1:][same], numbers[:-1][same], numbers[1:][same]

    @property
    def are_epochs(self) -> bool:
        """Whether numbers differ within runs, and come as those of epochs do: evenly from a common start, or many."""
        n_several, n_twice = len(np.unique(self.run)), len(np.unique(self.run[self.before == self.after]))
        if not n_several or n_twice > _TWICE * n_several:
            return False
        if self._are_even:
            return self._start_together or len(self.run) >= _MANY * n_several
        return len(self.run) >= _MANY * n_several and not self._are_rungs

    @property
    def _are_even(self) -> bool:
        """Whether most steps are as long as the one before: 1, 2, 3 or 10, 20, 30, not 1, 3, 9."""
        step = self.after - self.before
        three = self.run[1:] == self.run[:-1]
        if three.any():
            return float(np.mean(np.isclose(step[1:], step[:-1])[three])) >= _HALF
        return float(np.mean((step == 1) | (self.before == 0) | (self.before == step))) >= _HALF

    @property
    def _start_together(self) -> bool:
        first = np.r_[True, self.run[1:] != self.run[:-1]]
        return float(np.unique(self.before[first], return_counts=True)[1].max() / first.sum()) >= _HALF

    @property
    def _are_rungs(self) -> bool:
        """Whether the numbers grow as the budgets of successive halving do: 1, 3, 9."""
        positive = self.before > 0
        grows = self.after[positive] >= _GROWTH * self.before[positive]
        return len(grows) > 0 and float(np.mean(grows)) >= _NEARLY_ALL


def _runs(state: Rows, parsed: Mapping[str, Values], columns: Sequence[Column], numbers: Floats) -> Integers:
    """Return the run of each row, shape (n,): a configuration under one seed, told apart by a key where it must be.

    Where a configuration has an epoch twice it was run twice. Of the columns that may number runs, the one that
    makes about as many as that takes is the key; one that makes more numbers parts of them.
    """
    n = len(state.rows)
    repeats = [parsed[name].codes[state.rows] for name in named(columns, Role.CONTEXT, ContextKind.REPEAT)]
    plain = group_ids([state.cell, *repeats], n)
    at = group_ids([plain, np.unique(numbers, return_inverse=True)[1]], n)
    times = np.where(np.isnan(numbers), 1, np.bincount(at)[at])
    if times.max(initial=0) < 2:
        return plain
    needed = int(pd.Series(times).groupby(plain).max().sum())
    keys = [parsed[c.name].codes[state.rows] for c in columns if c.role is Role.LEFT_OUT and is_run_key(c.name)]
    chains = _chains(parsed)
    keys += [] if chains is None else [chains[state.rows]]
    runs = [plain, *(group_ids([plain, key], n) for key in keys)]
    return min(runs, key=lambda run: abs(int(run.max()) + 1 - needed))


def _chains(parsed: Mapping[str, Values]) -> Integers | None:
    """Return which chain of rows each belongs to, shape (n_rows,), by its first row; None if no column links them."""
    own, before = (next((v for name, v in parsed.items() if name.lower() == which), None) for which in (_OWN, _BEFORE))
    if own is None or before is None or own.n_distinct < len(own):
        return None
    row_of = pd.Series(np.arange(len(own)), index=pd.Index(own.labels))
    parent = row_of.reindex(before.labels).to_numpy(dtype=float)
    first = np.where(np.isnan(parent), np.arange(len(own)), parent).astype(np.int64)
    # Each round doubles how far a row sees; more rounds than bits mean that the links go in a circle.
    for _ in range(len(own).bit_length() + 1):
        farther = first[first]
        if np.array_equal(farther, first):
            return first
        first = farther
    return None


def _of_each_run(
    state: Rows,
    run: Integers,
    parsed: Mapping[str, Values],
    columns: Sequence[Column],
    name: str,
    reduce: Reduce,
    ledger: Ledger,
) -> Rows:
    """Keep the best or the last row of each run, and say so."""
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
