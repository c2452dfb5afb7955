"""The frame that every page shares: which table, which question, how many trials, what was refused.

Keys of the widgets: edit_metric (a popover), estimator; those of metric and question stand in their modules; of the
containers: frame, identity, tools, counts.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from hpi.errors import HpiError
from hpi.estimators import ESTIMATORS, by_name
from hpi.table import TrialTable
from pages import (
    banner,
    counting,
    job,
    leaving,
    link,
    look,
    menu,
    metric,
    opened,
    opening,
    question,
    share,
    sign_in,
    state,
    undo,
    words,
)

ROOT = Path(__file__).resolve().parents[1]


def guard(page: str) -> None:
    """Begin a page: through app.py, where a deep link to a freshly started server runs the page alone."""
    if not st.session_state.get("through_app"):
        st.navigation(menu.pages(), position="hidden")
        st.rerun()
    sign_in.bar()
    state.arrive(page)
    leaving.attend()
    link.collect()
    link.follow()
    opened.close_deleted()
    link.write()
    menu.draw()


def answered(question: str) -> state.Answer:
    """Draw the frame and the page's question, and return the answer to show; without one, say why and end the page."""
    answer = frame(question)
    look.question(question)
    if answer is None:
        look.quiet("notices", *table().notices)
        job.first(state.waited())
        link.to(menu.DATA, "See what is in the table →")
        st.stop()
    return answer


def table() -> TrialTable:
    """Return the table that is open; only after `frame`."""
    opened = state.session().table
    assert opened is not None
    return opened


def frame(question: str, of_all: bool = False, answers: bool = True) -> state.Answer | None:
    """Draw what every page shares; the answer is None where there is no direction, or a refusal.

    Where there is no table, the page ends with its `question` and a place to drop one. `of_all`: the question is put
    to every estimator, so the chosen one plays no part and nothing is answered here; `answers`: whether the page shows
    the answer for the whole table.
    """
    table = state.session().table
    if table is None:
        look.question(question)
        if state.session().looking is None:
            st.text("No table is open yet.")
            look.quiet("empty", "Drop one here, and this page answers its question for it.")
        opening.draw()
        st.stop()
    job.looking()
    state.session().arrived = False
    with st.container(key="frame"):
        look.quiet("of_address", *state.session().said_of_address, link.left_out())
        if state.session().shared is not None:
            return banner.frame(of_all)
        if counting.is_large(table):  # what was counted meanwhile is known to all that is drawn below
            state.sampled(state.session().asked.of_all if of_all else None)
        _identity(table, menu=not of_all)
        if table.metric is None or table.direction is None:
            look.refusal(state.session().refused)
            state.session().copied.clear()  # the widgets of the question are gone: set them anew when it comes back
            metric.ask(table)
            return None
        look.quiet("remark", state.session().remark)
        if of_all or not answers:
            _question(table, state.session().asked.of_all if of_all else state.session().asked)
            job.panel(state.session().counting, None)
            return None
        return _asked(table)


def _asked(table: TrialTable) -> state.Answer | None:
    """Draw the question, answer it, and say what was refused."""
    _question(table, state.session().asked)
    answer = state.answer()
    look.refusal(_why_not(answer), "unanswered")
    job.panel(state.waited(), answer)
    return answer if isinstance(answer, state.Answer) else None


def _question(table: TrialTable, asked: state.Asked) -> None:
    """Draw the question, how many trials it is about, and what was refused."""
    passing, with_target = _passing(table), asked.method.uses_target
    total = table.n_rows if counting.is_large(table) else len(table.trials)
    n_trials = passing or total  # a filter that leaves nothing does not move the handles
    with question.sentence(n_trials, with_target):
        undo.draw(table)
    slider, beside = st.columns([3, 2], vertical_alignment="center", gap="medium")
    with slider:
        question.slider(n_trials, with_target)
    about = state.sampled(asked)
    with beside, st.container(horizontal=True, vertical_alignment="center", gap="small", key="counts"):
        if about is not None:
            st.text(words.sizes(about[1], with_target))
        question.add_filter(table)
    question.active_filters(passing, total)
    look.refusal(state.session().refused)


def _why_not(answer: state.Answer | str | None) -> str | None:
    """Say why the question has no answer, and what is shown instead."""
    if not isinstance(answer, state.Answer):
        return answer
    if answer.refused is None:
        return None
    return " ".join(filter(None, (answer.refused, job.below(answer, "Below is the last answer there was."))))


def _passing(table: TrialTable) -> int | None:
    """Count the trials that pass the filters; None where that is under way."""
    try:
        return counting.passing(table, state.session().asked.where)
    except HpiError:
        return 0


def _identity(table: TrialTable, menu: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="identity"):
        st.text(words.identity(counting.known(table)))
        # drawn when it is opened: what stands in a closed popover forgets the values that were set for it
        change = st.popover(
            "✎ change", key="edit_metric", help="Another metric or direction", type="tertiary", on_change="rerun"
        )
        if change.open:
            with change:
                metric.change(table)
        if not menu:
            return
        with st.container(horizontal=True, vertical_alignment="center", width="content", key="tools"):
            _estimator()
            share.menu()


def _estimator() -> None:
    now = state.session()
    titles = {estimator.name: estimator.title for estimator in ESTIMATORS}
    if len(titles) == 1:
        st.text(f"method: {titles[now.asked.estimator]}", help=by_name(now.asked.estimator).summary)
        return
    state.copy(estimator=now.asked.estimator)
    with st.container(key="quiet-method", width="content"):
        st.text("Estimator", help=words.methods(), width="content")
    st.selectbox(
        "Estimator", titles, format_func=titles.get, key="estimator", on_change=_estimator_chosen, width=180,
        label_visibility="collapsed",
    )  # fmt: skip


def _estimator_chosen() -> None:
    state.ask(estimator=st.session_state["estimator"], settings=())
