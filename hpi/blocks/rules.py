"""Which rows of a table larger than memory count: as a table in memory has it, said for each cell that decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hpi.blocks.cells import Words
from hpi.blocks.look import Look
from hpi.errors import TableError
from hpi.roles import Role
from hpi.roles.values import Values, shown
from hpi.roles.vocabulary import ContextKind
from hpi.space import Floats, Mask
from hpi.table import TrialTable, sentinels, states
from hpi.table.rows import named
from hpi.table.trials import task_labels


@dataclass(frozen=True, eq=False)
class Rule:
    """A column whose cells say whether a row may count.

    Attributes
    ----------
    name
        Of the column.
    codes
        Whether a row with each word counts, shape (n_words + 1,), the last one an empty cell; None for numbers.
    numbers, empty
        Numbers with which a row counts, and whether it does without one.
    """

    name: str
    codes: Mask | None = None
    numbers: Floats | None = None
    empty: bool = True

    def keeps(self, cells: np.ndarray) -> Mask:
        """Whether each row may count, by its codes or numbers, shape (n_rows,)."""
        if self.codes is not None:
            return np.asarray(self.codes[cells])
        kept = np.isin(cells, np.zeros(0) if self.numbers is None else self.numbers)
        return np.asarray(kept | np.isnan(cells) if self.empty else kept)


def rules(table: TrialTable, words: Mapping[str, Words]) -> tuple[tuple[Rule, ...], Mask]:
    """Return what the cells of task and state must be, from the table of the rows that were looked at.

    And which of these keep to them, shape (n_looked_at,).

    Raises
    ------
    TableError
        If the rows belong to several tasks, and none is chosen.
    """
    wanted, keep = _of_task(table, words)
    more, keep = _of_states(table, words, keep)
    return (*wanted, *more), keep


def _of_task(table: TrialTable, words: Mapping[str, Words]) -> tuple[list[Rule], Mask]:
    parsed, n = table.parsed, len(next(iter(table.parsed.values())))
    task = table.choices.task
    if task is None:
        if table.tasks is not None:
            raise TableError("The table holds several tasks; choose one: the ranks of all cannot be held in memory.")
        return [], np.ones(n, dtype=bool)
    labels = task_labels(parsed, table.columns, n)
    assert labels is not None
    asked = (labels == task).to_numpy(dtype=bool)
    first = int(np.flatnonzero(asked)[0])
    found = []
    for name in named(table.columns, Role.CONTEXT, ContextKind.TASK):
        label = parsed[name].labels[first]
        found.append(_with_label(name, label, parsed[name], words.get(name)))
    return found, asked


def _with_label(name: str, label: str | None, values: Values, words: Words | None) -> Rule:
    """Return the rule that a cell has this label."""
    if words is None:
        return Rule(name, None, np.unique(values.numbers[values.labels == label]), label is None)
    return Rule(name, np.append(words.values.labels == label, label is None))


def _of_states(table: TrialTable, words: Mapping[str, Words], keep: Mask) -> tuple[list[Rule], Mask]:
    """Return the rules of the columns that say how trials ended, as `states.complete` applies them one by one."""
    assert table.metric is not None
    parsed, found = table.parsed, list[Rule]()
    finite = np.isfinite(parsed[table.metric].numbers)
    for name in states.those_that_say(parsed, table.columns):
        done = states.ended_well(parsed[name], parsed)
        rule = _ended_well(name, parsed, done, words.get(name))
        # of a table in which no trial ended well, all count
        if (keep & finite & done).any() and not (rule.codes is not None and rule.codes.all()):
            found.append(rule)
            keep = keep & done
    return found, keep


def _ended_well(name: str, parsed: Mapping[str, Values], done: Mask, words: Words | None) -> Rule:
    if words is None:
        return Rule(name, None, np.unique(parsed[name].numbers[done & ~parsed[name].empty]))
    return Rule(name, np.append(states.ended_well(words.values, parsed), True))


def failures(table: TrialTable, seen: Look, place: int, words: Words | None, keep: Mask) -> Floats:
    """Return the numbers of the metric that stand for a failure.

    Parameters
    ----------
    place
        Of the metric among the columns of the look.
    keep
        Which of the rows that were looked at would count but for their metric.
    """
    assert table.metric is not None
    numbers = table.parsed[table.metric].numbers
    looked = numbers[keep & np.isfinite(numbers)]
    # of rows that nobody looked at it is not known whether they would count
    all_ = len(numbers) == seen.n_rows
    known = looked if all_ else np.concatenate([looked[~sentinels.is_end(looked)], _far(seen, place, words)])
    found, _ = sentinels.stand_ins(known)
    # where most rows have one it is no failure
    return found if 2 * int(np.isin(looked, found).sum()) <= len(looked) else np.zeros(0)


def _far(seen: Look, place: int, words: Words | None) -> Floats:
    """Return the lowest and highest number of the metric, and the ends of types among all, twice if they come again."""
    if words is None:
        marks, known = seen.marks[place], np.array(seen.ends[place] or ())
    else:
        times = seen.times[place]
        assert times is not None
        numbers = words.values.numbers
        known = words.values.finite
        marks = tuple((float(numbers[k]), int(times[k])) for k in np.flatnonzero(sentinels.is_end(numbers)))
    again = [value for value, times in marks for _ in range(min(times, 2))]
    known = known[~sentinels.is_end(known)]
    return np.array([*again, *([known.min(), known.max()] if len(known) else [])], dtype=float)


def blank(table: TrialTable, seen: Look, places: Mapping[str, int], words: Mapping[str, Words]) -> tuple[str, ...]:
    """Return the columns of which one must have a cell where a row is to count, () where there is no such rule.

    As `states.with_values` has it.
    """
    names = [c.name for c in table.columns if c.role is Role.HYPERPARAMETER or c.fixed]
    names += [c.name for c in table.columns if c.role is Role.CONTEXT and c.context is None]
    if len(names) < 2 or not all(_has_empty(seen, places[name], words.get(name)) for name in names):
        return ()
    parsed = table.parsed
    without = np.logical_and.reduce([parsed[name].empty for name in names])
    return () if all((parsed[name].empty & ~without).any() for name in names) else tuple(names)


def _has_empty(seen: Look, place: int, words: Words | None) -> bool:
    return seen.empty[place] > 0 or (words is not None and bool(words.values.empty.any()))


def check(table: TrialTable) -> None:
    """Raise TableError where metric or direction are not known, or the metric is a rank of several outcomes."""
    if table.metric is None or table.direction is None:
        _ = table.loss
    if table.choices.rank:
        names = shown([name for name, _ in table.choices.rank])
        raise TableError(f"The rank of several outcomes ({names}) needs all trials in memory; choose one metric.")


def notices(table: TrialTable) -> tuple[str, ...]:
    """Return what must be said of rows that a table in memory would join."""
    names = [
        column.name
        for column in table.columns
        if column.context in (ContextKind.REPEAT, ContextKind.FIDELITY)
        or (column.name == "_step" and column.role is Role.LEFT_OUT)
    ]
    if not names:
        return ()
    return (
        "Every row that counts is a trial of its own, as the table is larger than memory: rows that differ in "
        f"{shown(names)} are neither averaged nor reduced to one. Of repeats and epochs, write one row a trial.",
    )
