"""One question put to every estimator: who has answered, who still works, what came of it, in words. Draws nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import streamlit as st

from hpi import comparison, scoring, subspace
from hpi.comparison import Agreement, Comparison
from hpi.errors import HpiError
from hpi.estimators import ESTIMATORS, Estimator, by_name
from hpi.results import ImportanceResult
from hpi.subspace import Sample
from hpi.table import TrialTable
from pages import state, words, work
from pages.work import Work

HELD = "side_by_side"


@dataclass
class SideBySide:
    """A question with what each estimator made of it: a result, or the reason why there is none, or work that goes on.

    All by the name of the estimator.
    """

    question: Any
    table: TrialTable
    sample: Sample
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
                raise HpiError(f"{estimator.title} was cancelled.")
            self.results[estimator.name] = scoring.answer(self.table, self.sample, estimator, 0, done.estimate())
        except HpiError as error:
            self.refused[estimator.name] = str(error)


def question() -> Any:  # noqa: ANN401
    """Return all that the answers depend on."""
    now = state.session()
    assert now.table is not None
    return (now.table.fingerprint, now.table.choices, now.asked.of_all)


def held() -> SideBySide | None:
    """Return the question that was put to all, if it is the one that is asked now; let go of another one."""
    kept: SideBySide | None = st.session_state.get(HELD)
    if kept is not None and kept.question != question():
        kept.let_go()
        del st.session_state[HELD]
        return None
    return kept


def begin() -> None:
    """Put the question to every estimator: the quick ones answer at once, the slow ones get a process each."""
    now = state.session()
    assert now.table is not None
    now.refused = None
    try:
        asked = now.asked.of_all
        sample = subspace.cut(state.design(now.table, asked.where), asked.subspace)
        begun = SideBySide(question(), now.table, sample)
        for estimator in ESTIMATORS:
            _ask(begun, estimator())
    except HpiError as error:
        now.refused = str(error)
        return
    st.session_state[HELD] = begun


def _ask(begun: SideBySide, estimator: Estimator) -> None:
    if estimator.is_slow:
        begun.works[estimator.name] = work.begin(begun.question, begun.sample, estimator, state.session().visitor)
    else:
        begun.results[estimator.name] = scoring.score(begun.table, begun.sample, estimator, 0)


def lead(compared: Agreement) -> str:
    """Say which hyperparameter the estimators put first."""
    first: dict[str, list[str]] = {}
    for result in compared.results:
        order = comparison.ranks(result)
        if result.detectable:
            first.setdefault(min(order, key=lambda name: (order[name], name)), []).append(
                by_name(result.estimator).title
            )
    if not first:
        return "No estimator tells any hyperparameter apart from chance."
    if len(first) == 1:
        (name, titles), *_ = first.items()
        return f"All {len(titles)} that see anything put {name} first." if len(titles) > 1 else f"{titles[0]}: {name}."
    said = [
        f"{words.listed(titles)} {'put' if len(titles) > 1 else 'puts'} {name} first" for name, titles in first.items()
    ]
    return "; ".join(said) + "."


def sentence(two: Comparison) -> str:
    """Say how far two estimators agree, and why."""
    titles = " and ".join(by_name(name).title for name in two.estimators)
    correlation = "unknown" if two.rank_correlation is None else f"{two.rank_correlation:.2f}"
    return f"{titles} (rank correlation {correlation}). {two.why or ''}".rstrip()


def ranks_as_csv(compared: Agreement) -> str:
    """Return ranks and importances of every estimator as CSV, one row a hyperparameter."""
    names = [score.name for score in compared.results[0].hyperparameters]
    columns: dict[str, list[Any]] = {"name": names}
    for result in compared.results:
        rank, found = comparison.ranks(result), {score.name: score.importance for score in result.hyperparameters}
        columns[f"rank by {result.estimator}"] = [rank.get(name) for name in names]
        columns[f"importance by {result.estimator}"] = [found[name] for name in names]
    return words.as_csv(pd.DataFrame(columns, dtype=object))
