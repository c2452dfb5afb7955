"""Which rows are one run's epochs: by their configuration and seed, by a column that numbers runs, by links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hpi.roles.by_itself import Column
from hpi.roles.combinations import group_ids
from hpi.roles.values import Values
from hpi.roles.vocabulary import ContextKind, Role, is_run_key, words_of
from hpi.space import Floats, Integers
from hpi.table.rows import Rows, named

# A trial resumed after a crash logs an epoch twice; where many do, these are no trials' epochs.
_TWICE = 0.1
# From rung to rung, successive halving multiplies the budget by at least this (by 2, 3 or 4 as a rule).
_GROWTH = 1.5
_NEARLY_ALL = 0.9
_HALF = 0.5
# Uneven numbers are epochs where a run has this many steps; those of a search that came back to it are fewer.
_MANY = 3
# Cells of these two columns link each row to the one before it (HiPlot).
_OWN, _BEFORE = "uid", "from_uid"
# Names of what only training counts; a search counts steps and iterations of its own.
_TRAINS = frozenset({"epoch", "epochs", "training", "global", "timestep", "timesteps"})


@dataclass(frozen=True, eq=False)
class Curve:
    """The column of epochs, the run of each row, shape (n,), and the hyperparameters that change within runs."""

    name: str
    run: Integers
    scheduled: tuple[str, ...] = ()


def curve(state: Rows, parsed: Mapping[str, Values], columns: Sequence[Column], names: Sequence[str]) -> Curve | None:
    """Return the first column whose numbers are epochs of runs, None if none is."""
    for name in names:
        numbers = parsed[name].numbers[state.rows]
        run = _by_configuration(state, parsed, columns, numbers)
        if _Gaps(numbers, run).are_epochs:
            return Curve(name, run)
    found = (_by_key(state, parsed, columns, name) for name in names if set(words_of(name)) & _TRAINS)
    return next((one for one in found if one is not None), None)


def _by_key(state: Rows, parsed: Mapping[str, Values], columns: Sequence[Column], name: str) -> Curve | None:
    """Return the curve of runs that a column numbers, though a hyperparameter changes within them (a schedule does).

    Others must stay: where all of them change, the rows are trials of their own, numbered within a search.
    """
    names = named(columns, Role.HYPERPARAMETER)
    numbers = parsed[name].numbers[state.rows]
    for key in _keys(state, parsed, columns):
        run = group_ids([key], len(state.rows))
        if not _Gaps(numbers, run).are_epochs:
            continue
        n_runs = int(run.max()) + 1
        changing = [
            one for one in names if int(group_ids([run, parsed[one].codes[state.rows]], len(run)).max()) >= n_runs
        ]
        if len(changing) < len(names):
            return Curve(name, run, tuple(changing))
    return None


def _by_configuration(
    state: Rows, parsed: Mapping[str, Values], columns: Sequence[Column], numbers: Floats
) -> Integers:
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
    runs = [plain, *(group_ids([plain, key], n) for key in _keys(state, parsed, columns))]
    return min(runs, key=lambda run: abs(int(run.max()) + 1 - needed))


def _keys(state: Rows, parsed: Mapping[str, Values], columns: Sequence[Column]) -> list[Integers]:
    """Return the codes of the columns that may number runs, each of shape (n,)."""
    names = sorted(c.name for c in columns if c.role is Role.LEFT_OUT and is_run_key(c.name))
    chains = _chains(parsed)
    return [*(parsed[name].codes[state.rows] for name in names), *([] if chains is None else [chains[state.rows]])]


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
