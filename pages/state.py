"""The question that a visitor asks of the table that is open, and its answer. No widget is drawn here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from hpi import scoring
from hpi.curve import Curve
from hpi.effects import AdjustedEffects
from hpi.effects.outcome import outcome_of
from hpi.errors import HpiError
from hpi.jobs import Adjust, Estimate, State, Task
from hpi.results import ImportanceResult
from hpi.sharing import Found
from hpi.statements import Findings, with_notices
from hpi.subspace import Sample
from hpi.table import TrialTable
from pages import counting, work
from pages.asked import Answer, Asked
from pages.beside import Beside
from pages.counting import Awaited
from pages.session import session
from pages.work import Work

FINDINGS, ADJUSTED = State.name, Adjust.name
QUICK = 600_000  # trials times pairs, up to which findings take about a quarter of a second
A_PAIR = 750  # what a pair takes whatever the number of trials, in trials


def arrive(page: str) -> None:
    """Note which page is drawn; what was refused on another one is no longer said."""
    now = session()
    if now.page != page:
        now.page, now.refused, now.share = page, None, None
        now.copied.clear()


def ask(**changes: Any) -> None:  # noqa: ANN401
    """Change the question."""
    now = session()
    now.asked, now.refused = replace(now.asked, **changes), None


def copy(**values: Any) -> None:  # noqa: ANN401
    """Set widgets to what holds now, before they are drawn.

    One that holds it already is left alone: setting it again would undo what the visitor did to it meanwhile. On
    another page it is another widget, though its key still has the value of the one before.
    """
    copied = session().copied
    for key, value in values.items():
        if key not in copied or key not in st.session_state or st.session_state[key] != value:
            st.session_state[key] = value
            copied.add(key)


def answer() -> Answer | str | None:
    """Return the answer to the question, or the last one there was, marked; without one the reason.

    The reason is None where the answer is being worked out.
    """
    now = session()
    assert now.table is not None
    _let_go_of_other(_key(now.table, now.asked))
    try:
        now.last = _answer(now.table, now.asked)
    except HpiError as error:
        return replace(now.last, refused=str(error)) if now.last else str(error)
    except Awaited:
        now.last = _meanwhile(now.table, now.asked)
        return replace(now.last, is_awaited=True) if now.last else None
    _let_go_of_others_beside(now.last)
    return now.last


def put(found: Found) -> None:
    """Show what a link holds as the answer to its question, instead of working it out."""
    now = session()
    assert now.table is not None
    answer = Answer(*counting.sampled(now.table, now.asked.subspace), found.result)
    now.answers = {_key(now.table, now.asked): answer}
    outcome = outcome_of(now.table)[0]
    if found.findings is not None:
        tolerance = found.tolerance
        task: Task = State(answer.sample, outcome, tolerance)
        now.beside[FINDINGS] = Beside((*_trials(answer), tolerance), task, True, now.visitor, found.findings)
    if found.adjusted is not None:
        pair = found.pair
        task = Adjust(answer.sample, outcome, 0, pair)
        now.beside[ADJUSTED] = Beside((*_trials(answer), pair), task, False, now.visitor, found.adjusted)


def found_here(curve: Curve | None) -> Found | None:
    """Return what has been worked out of the question that is asked, for a link; None where it has no answer."""
    now = session()
    if not isinstance(now.last, Answer) or now.last.is_stale:
        return None
    said, held = (finished(name, now.last) for name in (FINDINGS, ADJUSTED))
    return Found(
        now.last.result,
        findings=None if said is None else said.found,
        tolerance=None if said is None else said.question[-1],
        curve=curve,
        adjusted=None if held is None else held.found,
        pair=None if held is None else held.question[-1],
    )


def finished(name: str, answer: Answer) -> Beside | None:
    """Return work beside an answer that has come to its end."""
    kept = session().beside.get(name)
    return kept if kept is not None and kept.found is not None and kept.question[:-1] == _trials(answer) else None


def waited() -> Work | None:
    """Return the work that the question waits for, which counts its trials or answers it; None where there is none."""
    return session().counting or session().work


def retry() -> None:
    """Hand the slow question over anew."""
    session().work = session().counting = None


def findings(answer: Answer, tolerance: float | None = None, is_patient: bool = False) -> Findings | None:
    """Return what the trials of an answer say in sentences; None while that is worked out, or where it is refused.

    Where it is None, `job.beside(FINDINGS)` draws how far it is, or why there is none. It is found once: as long as
    table, roles, filters, region, target and tolerance are the same, no page works it out again, whatever the estimator
    is. `answer` may be stale: then these are the findings of what is shown. `is_patient`: as `Beside.collect` has it.
    """
    size = (answer.sample.n_region + A_PAIR) * len(answer.sample.design.hyperparameters) ** 2

    def task() -> Task:
        return State(counting.light(answer.sample), outcome_of(answer.table)[0], tolerance)

    found = _beside(FINDINGS, answer, tolerance, task, size <= QUICK, is_patient)
    return None if found is None else with_notices(found, answer.table)


def adjusted(answer: Answer, pair: tuple[str, str] | None = None) -> AdjustedEffects | None:
    """Return the effects of all hyperparameters with the others held, and of a pair; None while they are worked out.

    Where it is None, `job.beside(ADJUSTED)` draws how far it is, or why there is none. Kept as the findings are, for
    the last pair that was asked for. `reason` in what is found says why there are no curves.
    """

    def task() -> Task:
        return Adjust(counting.light(answer.sample), outcome_of(answer.table)[0], 0, pair)

    return _beside(ADJUSTED, answer, pair, task, quick=False, patient=False)


def _beside(name: str, answer: Answer, more: Any, task: Callable[[], Task], quick: bool, patient: bool) -> Any:  # noqa: ANN401
    """Return what a task finds out of the trials of an answer, and of `more`; let go of what was asked before."""
    now = session()
    if answer.is_preliminary:
        return None
    question = (*_trials(answer), more)
    kept = now.beside.get(name)
    if kept is None or kept.question != question:
        if kept is not None:
            kept.let_go()
        kept = now.beside[name] = Beside(question, task(), quick, now.visitor)
    return kept.collect(patient)


def _trials(answer: Answer) -> tuple[Any, ...]:
    """Return all that says which trials an answer is about, and which are the target."""
    return (answer.table.fingerprint, answer.table.choices, answer.sample.subspace)


def sampled(asked: Asked | None = None) -> tuple[TrialTable, Sample] | None:
    """Return the table that holds the trials of a question, else of the one that is asked now, its region and target.

    None where it makes no sense, the direction is not known, or its trials are being counted.
    """
    now = session()
    assert now.table is not None
    try:
        return counting.sampled(now.table, (asked or now.asked).subspace)
    except (HpiError, Awaited):
        return None


def _key(table: TrialTable, asked: Asked) -> Any:  # noqa: ANN401
    """Return all that an answer depends on."""
    return (table.fingerprint, table.choices, asked if asked.method.uses_target else replace(asked, target=None))


def _answer(table: TrialTable, asked: Asked) -> Answer:
    kept = session().answers
    key = _key(table, asked)
    if key in kept:
        counting.let_go()
    else:
        held, sample = counting.sampled(table, asked.subspace)
        result = (
            _slow(key, held, sample) if asked.method.is_slow else scoring.score(held, sample, asked.method, asked.seed)
        )
        kept.clear()
        kept[key] = Answer(held, sample, result)
    return kept[key]


def _meanwhile(table: TrialTable, asked: Asked) -> Answer | None:
    """Return what to show until there is an answer: the last one; of a table that is just being counted a first one."""
    now, kept, method = session(), session().answers, asked.method
    if not counting.is_large(table) or method.is_slow or (now.last is not None and not now.last.is_preliminary):
        return now.last
    key = ("at hand", _key(table, asked))
    if key not in kept:
        try:
            sample = counting.at_hand(table, asked.subspace)
            result = scoring.score(table, sample, method, asked.seed)
        except HpiError:  # too few at hand: all of them may say more
            return now.last
        kept.clear()
        kept[key] = Answer(table, sample, result)
    return kept[key]


def _slow(key: Any, table: TrialTable, sample: Sample) -> ImportanceResult:  # noqa: ANN401
    """Return what the job of a question found; raises Awaited before that."""
    now, method, seed = session(), session().asked.method, session().asked.seed
    if now.work is None or now.work.was_lost:
        now.work = work.begin(key, Estimate(counting.light_for(method, sample), method, seed), now.visitor)
    if now.work.is_open:
        raise Awaited
    if now.work.was_cancelled:
        raise HpiError(f"{method.title} was cancelled.")
    return scoring.answer(table, sample, method, seed, now.work.answer())


def _let_go_of_other(key: Any) -> None:  # noqa: ANN401
    """Wait no longer for the answer to another question."""
    now = session()
    if now.work is not None and now.work.question != key:
        now.work.let_go()
        now.work = None


def _let_go_of_others_beside(answer: Answer) -> None:
    """Wait no longer for what belongs to other trials, also where the page that is drawn does not ask for any."""
    now = session()
    for name in [name for name, kept in now.beside.items() if kept.question[:-1] != _trials(answer)]:
        now.beside.pop(name).let_go()
