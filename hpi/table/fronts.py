"""The non-dominated rank of two or three outcomes: 1 for trials than which none is better in one and as good in all.

The fronts are those of Deb, Pratap, Agarwal & Meyarivan (2002), A fast and elitist multiobjective genetic algorithm:
NSGA-II, doi:10.1109/4235.996017, section III A. They are found by sorting and binary search in O(n log n) for two
outcomes, where the paper compares all pairs; trials that are equal in all outcomes share a front.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from hpi.errors import TableError
from hpi.roles.by_itself import Column, left_out
from hpi.roles.choices import Choices
from hpi.roles.inference import unknown_column
from hpi.roles.values import Values, counted, shown
from hpi.roles.vocabulary import Direction, Role
from hpi.space import Floats, Integers
from hpi.table.rows import Ledger

_FEWEST, _MOST = 2, 3


@dataclass(frozen=True)
class Ranking:
    """Two or three outcomes, the good end of each, and whether their rank is the metric or one more outcome."""

    ends: tuple[tuple[str, Direction], ...]
    is_metric: bool

    @property
    def outcomes(self) -> str:
        """The outcomes in words: A, B and C."""
        names = [name for name, _ in self.ends]
        return f"{', '.join(names[:-1])} and {names[-1]}"

    @property
    def name(self) -> str:
        """What the column is called."""
        return f"rank of {self.outcomes}"

    @property
    def needed(self) -> tuple[str, ...]:
        """The outcomes that a trial must have to count."""
        return tuple(name for name, _ in self.ends) if self.is_metric else ()


def asked(parsed: Mapping[str, Values], choices: Choices) -> tuple[Ranking | None, Choices]:
    """Return what is ranked, None if nothing is, and the choices without the column that the rank is.

    Raises
    ------
    TableError
        If the outcomes are not two or three different columns of numbers.
    """
    if not choices.rank:
        return None, choices
    _check(parsed, choices)
    ranking = Ranking(choices.rank, True)
    roles = {column: role for column, role in choices.roles if column != ranking.name}
    others = replace(choices, roles=tuple(roles.items()))
    if not _is_chosen(ranking.name, choices):
        return replace(ranking, is_metric=False), others
    first, end = ranking.ends[0]
    # The first of them stands in until the rank is known, where nothing else could: it may be left out by hand.
    return ranking, replace(others, metric=first if roles.get(first) is Role.LEFT_OUT else None, direction=end)


def _is_chosen(name: str, choices: Choices) -> bool:
    """Whether the rank of this name is the metric: it is unless another column was chosen, or its role changed."""
    if choices.metric is not None:
        return choices.metric == name
    metrics = [column for column, role in choices.roles if role is Role.METRIC]
    return metrics == [name] if metrics else name not in dict(choices.roles)


def _check(parsed: Mapping[str, Values], choices: Choices) -> None:
    names = [name for name, _ in choices.rank]
    if not _FEWEST <= len(names) <= _MOST or len(set(names)) < len(names):
        raise TableError(
            f"A rank needs two or three different outcomes, each with its good end; {len(names)} given: {shown(names)}."
        )
    declared = {name for name, _ in choices.space}
    for name in names:
        if name not in parsed:
            raise TableError(f"The rank: {unknown_column(name, parsed)}")
        if name in declared or dict(choices.roles).get(name) is Role.HYPERPARAMETER:
            raise TableError(_is_hyperparameter(name))
        if not len(parsed[name].finite):
            raise TableError(f"{name} holds no finite number, so trials cannot be ranked by it; choose other outcomes.")
    name = Ranking(choices.rank, True).name
    if name in parsed:
        raise TableError(f"The table has a column {name!r} already; rename it, or choose it as the metric.")


def _is_hyperparameter(name: str) -> str:
    return f"{name} is a hyperparameter, and a rank is made of outcomes; if it is one, make its role left out."


def taken_for_outcomes(columns: Iterable[Column], ranking: Ranking) -> tuple[Column, ...]:
    """Return the columns with those that are ranked as outcomes, and the first of them as the metric if the rank is.

    Raises
    ------
    TableError
        If one is a hyperparameter.
    """
    ends, (first, end) = dict(ranking.ends), ranking.ends[0]
    changed = []
    for column in columns:
        if column.name in ends and column.role is Role.HYPERPARAMETER:
            raise TableError(_is_hyperparameter(column.name))
        reason = "an outcome: the trials are ranked by it" if column.name in ends else column.reason
        if column.name == first and ranking.is_metric:
            changed.append(Column(first, Role.METRIC, direction=end, reason=reason, outcome=True))
        elif column.role is Role.METRIC and not ranking.is_metric:
            changed.append(column)
        elif column.role is Role.METRIC or column.name in ends:
            changed.append(left_out(column.name, reason, outcome=True))
        else:
            changed.append(column)
    return tuple(changed)


def with_rank(
    kept: pd.DataFrame, columns: Sequence[Column], ranking: Ranking, tasks: pd.Series | None, ledger: Ledger
) -> tuple[pd.DataFrame, tuple[Column, ...]]:
    """Return the trials and the columns with the rank as the last one, within each task where there are several."""
    losses = np.column_stack(
        [kept[name].to_numpy(dtype=float) * (1 if end is Direction.MINIMIZE else -1) for name, end in ranking.ends]
    )
    known = np.flatnonzero(np.isfinite(losses).all(axis=1))
    task = np.zeros(len(kept), dtype=np.int64) if tasks is None else pd.factorize(tasks, use_na_sentinel=False)[0]
    ranks = np.full(len(kept), np.nan)
    for one in np.unique(task[known]):
        rows = known[task[known] == one]
        ranks[rows] = fronts(losses[rows])
    ledger.notices.append(_about(ranks[known], ranking, tasks is not None))
    reason = f"the front of a trial by {ranking.outcomes}: 1 where no other is better in one and as good in all"
    role = Role.METRIC if ranking.is_metric else Role.LEFT_OUT
    column = Column(ranking.name, role, direction=Direction.MINIMIZE, reason=reason, outcome=True)
    others = [replace(c, role=Role.LEFT_OUT, direction=None) if c.name in ranking.needed else c for c in columns]
    return kept.assign(**{ranking.name: ranks}), (*others, column)


def _about(ranks: Floats, ranking: Ranking, by_task: bool) -> str:
    n_fronts, n_first = len(np.unique(ranks)), int((ranks == 1).sum())
    trials, each = counted(len(ranks), "trial"), " of each task" if by_task else ""
    if n_fronts < _FEWEST:
        return f"The {trials}{each} form one front by {ranking.outcomes}: none is better than another in all of them."
    least = f"at most {n_fronts:,} fronts a task" if by_task else f"{n_fronts:,} fronts"
    return (
        f"{trials} form {least} by {ranking.outcomes}; trials of one front are ties "
        f"({n_first:,} in the first{'s together' if by_task else ''})."
    )


def fronts(losses: Floats) -> Integers:
    """Return the front of each trial, shape (n_trials,): 1 for those that no other dominates.

    One trial dominates another if it is nowhere worse and somewhere better.

    Parameters
    ----------
    losses
        Shape (n_trials, 2 or 3), finite: lower is better.
    """
    order = np.lexsort(losses.T[::-1])
    different = np.ones(len(order), dtype=bool)
    different[1:] = (losses[order[1:]] != losses[order[:-1]]).any(axis=1)
    # In this order no trial dominates an earlier one, and the first outcome needs no more looking at.
    points = losses[order][different][:, 1:]
    found = _by_one(points[:, 0]) if points.shape[1] == 1 else _by_two(points)
    result = np.empty(len(order), dtype=np.int64)
    result[order] = np.array(found, dtype=np.int64)[np.cumsum(different) - 1]
    return result + 1


def _by_one(points: Floats) -> list[int]:
    """Return the front of each of the trials sorted by the other outcome: the first whose best here is worse."""
    best: list[float] = []
    found = []
    for y in points.tolist():
        front = bisect_right(best, y)
        best[front : front + 1] = [y]
        found.append(front)
    return found


def _by_two(points: Floats) -> list[int]:
    """Return the front of each of the trials sorted by the other outcome; a front is dominated before all after it."""
    stairs: list[tuple[list[float], list[float]]] = []
    found = []
    for y, z in points.tolist():
        front = _first_free(stairs, y, z)
        if front == len(stairs):
            stairs.append(([], []))
        _insert(stairs[front], y, z)
        found.append(front)
    return found


def _first_free(stairs: list[tuple[list[float], list[float]]], y: float, z: float) -> int:
    """Return the first front of which nothing dominates the point, by bisection."""
    low, high = 0, len(stairs)
    while low < high:
        middle = (low + high) // 2
        if _is_below(stairs[middle], y, z):
            low = middle + 1
        else:
            high = middle
    return low


def _is_below(stair: tuple[list[float], list[float]], y: float, z: float) -> bool:
    """Whether a step of the stairs (y ascending, z descending) is nowhere above the point."""
    step = bisect_right(stair[0], y) - 1
    return step >= 0 and stair[1][step] <= z


def _insert(stair: tuple[list[float], list[float]], y: float, z: float) -> None:
    """Add a point to the stairs, in place of the steps that are nowhere below it."""
    ys, zs = stair
    start = end = bisect_left(ys, y)
    while end < len(zs) and zs[end] >= z:
        end += 1
    ys[start:end], zs[start:end] = [y], [z]
