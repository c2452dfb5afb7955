"""What changes between two thresholds, two estimators, two tables: the question that is asked, and one beside it.

Each `draw_...` draws below a frame that answers the question asked now. Keys of the widgets: other_target,
other_region, other_estimator, measure, second-<n>, close_second; of each view (thresholds, estimators, tables):
ask_<view>, cancel_<view>, differences_csv; the containers lead, job, refused-<view>, quiet-differences.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from hpi import figures
from hpi.comparison.difference import Difference, Measure, compared, in_one_unit
from hpi.errors import HpiError
from hpi.estimators import ESTIMATORS, by_name
from hpi.jobs import Phase
from hpi.results import ImportanceResult
from hpi.words import difference as words
from hpi.words import large
from pages import counting, job, look, other_answer, other_threshold, second_table, state
from pages.comparing import ESTIMATOR
from pages.other_answer import Other

EVERY = 0.5  # seconds
MEASURE = "two_measure"
MEASURES: dict[Measure, str] = {"importance": "what each explains", "share": "each one's share of all"}
NOT_YET = "The question above has no answer, so there is nothing to compare with."
TWO_THRESHOLDS = (
    "A narrower target takes several hyperparameters at once, so what each explains alone tends to fall for all of "
    "them; shares say whose part grows."
)


def draw_thresholds() -> None:
    """Draw what changes when target or region is another one."""
    first = _first()
    if first is None:
        return
    chosen = other_threshold.draw(first)
    if chosen is None:
        return
    region, target = chosen
    _compare_asked("thresholds", first, replace(state.session().asked, region=region, target=target))


def draw_estimators() -> None:
    """Draw what changes when another estimator is asked."""
    first = _first()
    if first is None:
        return
    now = state.session()
    titles = {one.name: one.title for one in ESTIMATORS if one.name != now.asked.estimator}
    chosen = now.kept.get(ESTIMATOR)
    state.copy(other_estimator=chosen if chosen in titles else next(iter(titles)))
    with st.container(width=320):
        st.selectbox(
            f"Compare {by_name(now.asked.estimator).title} with", list(titles), format_func=titles.get,
            key="other_estimator", on_change=_estimator_chosen,
        )  # fmt: skip
    asked = replace(now.asked, estimator=st.session_state["other_estimator"], settings=())
    _compare_asked("estimators", first, asked)


def draw_tables() -> None:
    """Draw what changes when the same is asked of a second table."""
    first = _first()
    if first is None:
        return
    if counting.is_large(first.table):
        look.quiet("no_second", large.NO_SECOND)
        return
    second = second_table.draw(first.table)
    if second is None:
        return
    try:
        sample = second_table.sample(second, first.sample)
    except HpiError as error:
        look.refusal(str(error), "refused-tables")
        return
    now = state.session()
    other = other_answer.ask("tables", second, sample, now.asked.method, now.asked.seed)
    _compare("tables", first, other, (first.table.name, second.name))


def _first() -> state.Answer | None:
    """Return the answer to the question that is asked; where there is none, say so."""
    answer = state.answer()  # found already: the frame asked for it
    if isinstance(answer, state.Answer) and not answer.is_stale:
        return answer
    look.quiet("not_yet", NOT_YET)
    return None


def _estimator_chosen() -> None:
    state.session().kept[ESTIMATOR] = st.session_state["other_estimator"]


def _compare_asked(view: str, first: state.Answer, asked: state.Asked) -> None:
    """Put another question about the same table, and draw the difference of both answers."""
    try:
        _, sample = counting.sampled(first.table, asked.subspace, begins=False)
    except HpiError as error:
        look.refusal(str(error), f"refused-{view}")
        return
    _compare(view, first, other_answer.ask(view, first.table, sample, asked.method, asked.seed))


def _compare(view: str, first: state.Answer, other: Other, tables: tuple[str, str] | None = None) -> None:
    """Draw the difference of two answers, or how far the second one is."""
    found = other.collect()
    if other.waits_for_a_word:
        st.button(f"Ask {other.method.title}", key=f"ask_{view}", type="primary", on_click=_begin, args=(view,))
        look.quiet("slow", f"{other.method.title} takes some seconds, or minutes for many trials.")
    elif other.is_open:
        _watched(view)
    elif found is None:
        look.refusal(other.refused, f"refused-{view}")
        if other.may_help:
            st.button("Try again", key=f"ask_{view}", on_click=_begin, args=(view,))
    else:
        _difference(view, first, other, found, tables)


def _difference(
    view: str, first: state.Answer, other: Other, second: ImportanceResult, tables: tuple[str, str] | None
) -> None:
    measure = _measure(first.result, second)
    try:
        found = other.compared(first, measure, lambda: _compared(first, other, second, measure, tables is not None))
    except HpiError as error:
        look.refusal(str(error), f"refused-{view}")
        return
    with st.container(key="lead"):
        st.text(words.lead(found, tables))
    look.chart(figures.difference(found, look.theme(), tables), f"difference-{view}")
    st.download_button(
        "Download the differences (CSV)", partial(words.as_csv_file, found), "differences.csv", "text/csv",
        key="differences_csv", on_click="ignore",
    )  # fmt: skip
    narrower = view == "thresholds" and found.measure == "importance" and found.pairing != "same"
    look.quiet("differences", TWO_THRESHOLDS if narrower else None, *words.notices(found, tables))
    _in_numbers(found, tables)


def _compared(
    first: state.Answer, other: Other, second: ImportanceResult, measure: Measure, are_two: bool
) -> Difference:
    trials = second_table.shared(first.table, other.table) if are_two else None
    return compared(first.result, second, (first.sample, other.sample), measure, trials)


def _in_numbers(found: Difference, tables: tuple[str, str] | None) -> None:
    with st.expander("In numbers"):
        rows = words.table(found, tables)
        st.dataframe(rows, hide_index=True, key="difference_table", height=look.table_height(len(rows)))


def _measure(first: ImportanceResult, second: ImportanceResult) -> Measure:
    """Draw the choice between importances and shares, where there is one; return what is compared."""
    if not in_one_unit(first, second):
        return "share"
    chosen: Measure = state.session().kept.get(MEASURE, "importance")
    state.copy(measure=chosen)
    st.segmented_control(
        "What is compared", list(MEASURES), format_func=MEASURES.get, key="measure", required=True,
        on_change=_measure_chosen,
    )  # fmt: skip
    return chosen


def _measure_chosen() -> None:
    state.session().kept[MEASURE] = st.session_state["measure"]


@st.fragment(run_every=EVERY)
def _watched(view: str) -> None:
    """Draw how far the second answer is, until it is there."""
    other = other_answer.held(view)
    if other is None or other.work is None or not other.is_open:
        st.rerun()
    status = other.work.status
    with st.container(key="jobs", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.text(job.doing(other.work.title, status), width="content")
            st.button("Cancel", key=f"cancel_{view}", on_click=_cancel, args=(view,))
        if status.phase is Phase.RUNNING:
            st.progress(status.done)


def _begin(view: str) -> None:
    other = other_answer.held(view)
    if other is not None:
        other.begin(state.session().visitor)


def _cancel(view: str) -> None:
    other = other_answer.held(view)
    if other is not None:
        other.cancel()
