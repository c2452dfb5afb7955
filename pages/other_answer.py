"""A second question beside the one that is asked: at once where it is quick, else by a job. Draws nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hpi import scoring
from hpi.comparison.difference import Difference, Measure
from hpi.errors import HpiError, JobError
from hpi.estimators import Estimator
from hpi.jobs import Estimate
from hpi.results import ImportanceResult
from hpi.subspace import Sample
from hpi.table import TrialTable
from pages import counting, state, work
from pages.work import Work

HELD = "other-{}"


@dataclass
class Other:
    """The second question of a view, and what became of it.

    `refused` says why there is no answer; `may_help`: whether trying again may help, as where it was cancelled. `kept`:
    the difference to the first answer, and of what it is.
    """

    question: Any
    table: TrialTable
    sample: Sample
    method: Estimator
    seed: int
    result: ImportanceResult | None = None
    refused: str | None = None
    may_help: bool = False
    work: Work | None = None
    kept: tuple[Any, Difference] | None = None

    def compared(self, first: state.Answer, measure: Measure, compare: Callable[[], Difference]) -> Difference:
        """Return the difference to the first answer; found once, as long as both answers and the measure are these."""
        if self.kept is None or self.kept[0] != (id(first.result), measure):
            self.kept = (id(first.result), measure), compare()
        return self.kept[1]

    @property
    def is_open(self) -> bool:
        """Whether an answer is being worked out."""
        return self.result is None and self.refused is None and self.work is not None and self.work.is_open

    @property
    def waits_for_a_word(self) -> bool:
        """Whether it is slow, and nobody has asked for it yet."""
        return self.method.is_slow and self.work is None and self.result is None and self.refused is None

    def begin(self, visitor: str) -> None:
        """Hand it over to a job."""
        self.refused, self.may_help = None, False
        try:
            task = Estimate(counting.light_for(self.method, self.sample), self.method, self.seed)
            self.work = work.begin(self.question, task, visitor)
        except HpiError as error:
            self.refused, self.may_help = str(error), isinstance(error, JobError)

    def collect(self) -> ImportanceResult | None:
        """Return the answer; None while there is none, or where there will be none."""
        if self.result is not None or self.refused is not None or self.waits_for_a_word or self.is_open:
            return self.result
        try:
            self.result = self._found()
        except HpiError as error:
            self.refused, self.may_help = str(error), isinstance(error, JobError)
        return self.result

    def _found(self) -> ImportanceResult:
        if self.work is None:
            return scoring.score(self.table, self.sample, self.method, self.seed)
        if self.work.was_cancelled:
            raise JobError(f"{self.method.title} was cancelled.")
        return scoring.answer(self.table, self.sample, self.method, self.seed, self.work.answer())

    def cancel(self) -> None:
        """End it, and keep the question."""
        if self.work is not None:
            self.work.cancel()

    def let_go(self) -> None:
        """Wait for it no longer."""
        if self.work is not None:
            self.work.let_go()


def ask(view: str, table: TrialTable, sample: Sample, method: Estimator, seed: int) -> Other:
    """Return the second question of a view; the one that is held, if it is the same, else let that go."""
    question = (view, table.fingerprint, table.choices, sample.subspace, method, seed)
    kept = held(view)
    if kept is None or kept.question != question:
        forget(view)
        kept = state.session().kept[HELD.format(view)] = Other(question, table, sample, method, seed)
    return kept


def held(view: str) -> Other | None:
    """Return the second question of a view, if there is one."""
    return state.session().kept.get(HELD.format(view))


def forget(view: str) -> None:
    """Let the second question of a view go."""
    kept = state.session().kept.pop(HELD.format(view), None)
    if kept is not None:
        kept.let_go()
