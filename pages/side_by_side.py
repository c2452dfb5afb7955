"""One question put to every estimator: who has answered, who still works, what came of it. Draws nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hpi import checks, comparison, scoring
from hpi.comparison import Agreement
from hpi.errors import HpiError
from hpi.estimators import ESTIMATORS, Estimator
from hpi.jobs import Estimate
from hpi.results import ImportanceResult
from hpi.subspace import Sample
from hpi.table import TrialTable
from pages import counting, state, work
from pages.work import Work

HELD = "side_by_side"


@dataclass
class SideBySide:
    """A question with what each estimator makes of it: work, and then a result or the reason why there is none.

    All by the name of the estimator.
    """

    question: Any
    table: TrialTable
    sample: Sample
    seed: int
    works: dict[str, Work] = field(default_factory=dict)
    results: dict[str, ImportanceResult] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether an answer is still missing."""
        return any(one.is_open for one in self.works.values())

    def collect(self) -> Agreement | None:
        """Take what has come in, and compare; None where fewer than two have an answer."""
        for estimator in ESTIMATORS:
            if estimator.name in self.works and estimator.name not in self.results | self.refused:
                self._take(estimator(), self.works[estimator.name])
        found = [self.results[estimator.name] for estimator in ESTIMATORS if estimator.name in self.results]
        return comparison.compare(self.sample, found) if len(found) > 1 else None

    def let_go(self) -> None:
        """Wait for nothing any more."""
        for one in self.works.values():
            one.let_go()

    def cancel(self) -> None:
        """End what is still open, and keep what has come in."""
        for one in self.works.values():
            if one.is_open:
                one.cancel()

    def _take(self, estimator: Estimator, done: Work) -> None:
        try:
            if done.was_cancelled:
                raise HpiError("cancelled.")
            self.results[estimator.name] = scoring.answer(self.table, self.sample, estimator, self.seed, done.answer())
        except HpiError as error:
            self.refused[estimator.name] = str(error)


def question() -> Any:  # noqa: ANN401
    """Return all that the answers depend on."""
    now = state.session()
    assert now.table is not None
    return (now.table.fingerprint, now.table.choices, now.asked.of_all)


def held() -> SideBySide | None:
    """Return the question that was put to all, if it is the one that is asked now; let go of another one."""
    kept: SideBySide | None = state.session().kept.get(HELD)
    if kept is not None and kept.question != question():
        kept.let_go()
        del state.session().kept[HELD]
        return None
    return kept


def begin() -> None:
    """Put the question to every estimator, a job each: also the quick one takes seconds for a large table."""
    now = state.session()
    assert now.table is not None
    now.refused = None
    try:
        asked = now.asked.of_all
        table, sample = counting.sampled(now.table, asked.subspace, begins=False)
        checks.refuse(sample)
        begun = SideBySide(question(), table, sample, asked.seed)
        for method in (estimator() for estimator in ESTIMATORS):
            task = Estimate(counting.light_for(method, sample), method, asked.seed)
            begun.works[method.name] = work.begin(begun.question, task, now.visitor)
    except HpiError as error:
        now.refused = str(error)
        return
    state.session().kept[HELD] = begun
