"""One question put to each value of a context column: which have answered, which are being asked. Draws nothing.

An estimator that is quick answers here, for half a second at a time; a slow one has a job for each value, of which two
at most are open, so that others who use the server get their turn.
"""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from typing import Any

from hpi import comparison, scoring
from hpi.comparison import Across, Parts
from hpi.comparison.across import answer, bars_alone, check, gathered
from hpi.comparison.overall import Value
from hpi.errors import HpiError, JobError
from hpi.estimators import Estimator
from hpi.jobs import Estimate
from hpi.subspace import Sample, Subspace, select
from hpi.table import TrialTable
from pages import state, work
from pages.work import Work

HELD, DIVIDED, BY = "each_value", "divided", "across_by"
AT_ONCE = 0.5  # seconds
OPEN = 2  # jobs at a time
CANCELLED = "cancelled."


@dataclass
class EachValue:
    """A question with what became of it on each value.

    `found` has the answers, or the reasons why there are none, by value; `works`, what is being worked out;
    `may_help`: whether asking again may help; `pictures`: what was drawn of `together`, by the theme.
    """

    question: Hashable
    parts: Parts
    method: Estimator
    subspace: Subspace
    seed: int
    found: dict[str, Value] = field(default_factory=dict)
    works: dict[str, tuple[Work, TrialTable, Sample]] = field(default_factory=dict)
    is_asked: bool = False
    may_help: bool = False
    together: Across | None = None
    pictures: dict[str, Any] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether an answer is still missing."""
        return len(self.found) < len(self.parts.values)

    @property
    def done(self) -> float:
        """The share of the work that is done."""
        parts = [1.0] * len(self.found) + [one.status.done for one, _, _ in self.works.values()]
        return sum(parts) / len(self.parts.values)

    def go_on(self, visitor: str) -> None:
        """Answer what can be answered at once; take what jobs have found, and hand over the next."""
        begun, before = time.monotonic(), len(self.found)
        for value in self.parts.values:
            if value in self.found:
                continue
            if self.method.is_slow:
                self._by_job(value, visitor)
            elif len(self.found) == before or time.monotonic() - begun < AT_ONCE:
                self.found[value] = answer(self.parts, value, self.method, self.subspace, self.seed)
        if not self.is_open and self.together is None:
            self.together = gathered(self.parts, [self.found[value] for value in self.parts.values], self.method.name)

    def _by_job(self, value: str, visitor: str) -> None:
        if value in self.works:
            if not self.works[value][0].is_open:
                self._take(value, *self.works.pop(value))
        elif len(self.works) < OPEN:
            self._begin(value, visitor)

    def _begin(self, value: str, visitor: str) -> None:
        part = None
        try:
            part = self.parts.part(value)
            sample = select(part, self.subspace)
            begun = work.begin((self.question, value), Estimate(sample, self.method, self.seed), visitor)
        except JobError as error:  # others wait, too: its turn comes, if not one of ours is there to wait for
            if not self.works:
                self._give_up(str(error))
        except HpiError as error:
            self.found[value] = Value(value, None if part is None else len(part.trials), reason=str(error))
        else:
            self.works[value] = (begun, part, sample)

    def _take(self, value: str, done: Work, part: TrialTable, sample: Sample) -> None:
        n = len(part.trials)
        try:
            if done.was_cancelled:
                raise JobError(CANCELLED)
            result = scoring.answer(part, sample, self.method, self.seed, done.answer())
            self.found[value] = Value(value, n, result)
        except HpiError as error:
            self.may_help = self.may_help or isinstance(error, JobError)
            self.found[value] = Value(value, n, reason=str(error))

    def cancel(self) -> None:
        """End what is open, and keep what has come in."""
        self.let_go()
        self._give_up(CANCELLED)

    def _give_up(self, reason: str) -> None:
        self.may_help = True
        self.works.clear()
        self.found |= {v: Value(v, None, reason=reason) for v in self.parts.values if v not in self.found}

    def ask(self) -> None:
        """Begin, or ask those again that have no answer."""
        self.is_asked, self.may_help, self.together = True, False, None
        self.pictures.clear()
        self.found = {value: one for value, one in self.found.items() if one.result is not None}

    def let_go(self) -> None:
        """Wait for nothing any more."""
        for one, _, _ in self.works.values():
            one.let_go()


def columns() -> tuple[str, ...]:
    """Return the columns whose values can be asked."""
    table = state.session().table
    assert table is not None
    return comparison.columns(table)


def chosen() -> str | None:
    """Return the column that was chosen, if the table still has it, else the first."""
    there = columns()
    kept = state.session().kept.get(BY)
    return kept if kept in there else next(iter(there), None)


def divided(by: str) -> Parts:
    """Return the table by the values of a column; kept, since finding them takes time in large tables.

    Raises
    ------
    TableError
        As `hpi.comparison.divided`.
    """
    now = state.session()
    assert now.table is not None
    key = (now.table.fingerprint, now.table.choices, by)
    kept = now.kept.get(DIVIDED)
    if kept is None or kept[0] != key:
        kept = now.kept[DIVIDED] = (key, comparison.divided(now.table, by))
    return kept[1]  # type: ignore[no-any-return]


def current(by: str) -> EachValue:
    """Return the question that is asked now of each value, with what became of it; let go of another one.

    Raises
    ------
    HpiError
        If it could be answered for no value.
    """
    now, parts = state.session(), divided(by)
    asked = now.asked if now.asked.method.uses_target else replace(now.asked, target=None)
    choices = replace(parts.table.choices, task=None) if parts.is_tasks else parts.table.choices
    question = (parts.table.fingerprint, choices, parts.by, asked)
    kept: EachValue | None = now.kept.get(HELD)
    if kept is None or kept.question != question:
        forget()
        subspace = asked.subspace
        check(parts, subspace)
        kept = EachValue(question, parts, bars_alone(asked.method), subspace, asked.seed)
        kept.is_asked = not kept.method.is_slow
        now.kept[HELD] = kept
    return kept


def held() -> EachValue | None:
    """Return the question that was put last, if there is one."""
    return state.session().kept.get(HELD)


def forget() -> None:
    """Let the question go that was put last."""
    kept = state.session().kept.pop(HELD, None)
    if kept is not None:
        kept.let_go()
