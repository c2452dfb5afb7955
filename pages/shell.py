"""The frame that every page shares: which table, which question, how many trials, what was refused.

Keys of the widgets: upload, example-<name>, metric, direction (in the popover edit_metric), ask_metric,
ask_direction (where they are not known), estimator; those of the question stand in question.py.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from hpi.errors import HpiError
from hpi.estimators import ESTIMATORS, by_name
from hpi.table import TrialTable
from pages import job, look, question, state, words
from pages.words import DIRECTIONS

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = {
    "digits_mlp.csv": "**A real search.** 1,200 small neural networks that read handwritten digits, drawn at random.",
    "known_function.csv": "**A known answer.** 1,000 points of a function: b decides most, then a; e and f do nothing.",
}
IMPORTANCE, ONE, TWO, FINDINGS, COMPARE, DATA = (
    f"pages/{name}.py" for name in ("importance", "one", "two", "findings", "compare", "data")
)


def pages() -> list[StreamlitPage]:
    """Return the pages in the order of the menu."""
    return [
        st.Page("pages/home.py", title="Start", default=True),
        st.Page(IMPORTANCE, title="Importance"),
        st.Page(ONE, title="One hyperparameter", url_path="one"),
        st.Page(TWO, title="Two hyperparameters", url_path="two"),
        st.Page(FINDINGS, title="Findings"),
        st.Page(COMPARE, title="Compare"),
        st.Page(DATA, title="Data"),
    ]


def guard(page: str) -> None:
    """Begin a page: through app.py, where a deep link to a freshly started server runs the page alone."""
    if not st.session_state.get("through_app"):
        st.navigation(pages(), position="hidden")
        st.rerun()
    state.arrive(page)


def answered() -> state.Answer:
    """Draw the frame and return the answer to show; where there is none, say why and end the page."""
    answer = frame()
    if answer is None:
        look.quiet("notices", *table().notices)
        job.first(state.session().work)
        st.page_link(DATA, label="See what is in the table →")
        st.stop()
    return answer


def table() -> TrialTable:
    """Return the table that is open; only after `frame`."""
    opened = state.session().table
    assert opened is not None
    return opened


def frame(of_all: bool = False) -> state.Answer | None:
    """Draw what every page shares; the answer is None where there is no table, no direction or a refusal.

    `of_all`: the question is put to every estimator, so the chosen one plays no part and nothing is answered here.
    """
    table = state.session().table
    if table is None:
        st.text("No table is open yet.")
        opening()
        st.stop()
    state.session().arrived = False
    with st.container(key="frame"):
        _identity(table, menu=not of_all)
        if table.metric is None or table.direction is None:
            look.refusal(state.session().refused)
            state.session().copied.clear()  # the widgets of the question are gone: set them anew when it comes back
            ask(table)
            return None
        look.quiet("remark", state.session().remark)
        if of_all:
            _question(table, state.session().asked.of_all)
            return None
        if len(ESTIMATORS) > 1:
            with st.container(key="quiet-method"):
                st.text(state.session().asked.method.summary, help=words.methods())
        return _asked(table)


def _asked(table: TrialTable) -> state.Answer | None:
    """Draw the question, answer it, and say what was refused."""
    _question(table, state.session().asked)
    answer = state.answer()
    look.refusal(_why_not(answer), "unanswered")
    job.panel(state.session().work, answer)
    return answer if isinstance(answer, state.Answer) else None


def _question(table: TrialTable, asked: state.Asked) -> None:
    """Draw the question, how many trials it is about, and what was refused."""
    passing, with_target = _passing(table), asked.method.uses_target
    n_trials = passing or len(table.trials)  # a filter that leaves nothing does not move the handles
    question.sentence(n_trials, with_target)
    slider, beside = st.columns([3, 2], vertical_alignment="center", gap="medium")
    with slider:
        question.slider(n_trials, with_target)
    sample = state.sample(asked)
    with beside, st.container(horizontal=True, vertical_alignment="center", gap="small", key="counts"):
        if sample is not None:
            st.text(words.sizes(sample, with_target))
        question.add_filter(table)
    question.active_filters(passing, len(table.trials))
    look.refusal(state.session().refused)


def _why_not(answer: state.Answer | str | None) -> str | None:
    """Say why the question has no answer, and what is shown instead."""
    if not isinstance(answer, state.Answer):
        return answer
    if answer.refused is None or Path(state.session().page or "").stem not in job.SHOWING:
        return answer.refused
    return f"{answer.refused} Below is the last answer there was."


def _passing(table: TrialTable) -> int:
    """Count the trials that pass the filters."""
    try:
        return len(state.design(table, state.session().asked.where))
    except HpiError:
        return 0


def _identity(table: TrialTable, menu: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="identity"):
        st.text(words.identity(table))
        # drawn when it is opened: what stands in a closed popover forgets the values that were set for it
        change = st.popover(
            "✎ change", key="edit_metric", help="Another metric or direction", type="tertiary", on_change="rerun"
        )
        if change.open:
            with change:
                _metric(table)
        if not menu:
            return
        with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
            _estimator()


def _metric(table: TrialTable) -> None:
    state.copy(metric=table.metric, direction=table.direction)
    st.selectbox("Metric", candidates(table), key="metric", on_change=_metric_chosen, args=("metric",))
    st.segmented_control(
        "Which values are better?", list(DIRECTIONS), format_func=DIRECTIONS.get, key="direction",
        on_change=_direction_chosen, args=("direction",),
    )  # fmt: skip


def _metric_chosen(key: str) -> None:
    state.revise(metric=st.session_state[key], direction=None)
    state.session().arrived = True


def _direction_chosen(key: str) -> None:
    if st.session_state[key] is not None:  # a second click on the chosen one takes the choice away
        state.revise(direction=st.session_state[key])
        state.session().arrived = True


def candidates(table: TrialTable) -> list[str]:
    """Return the columns that can be the metric: outcomes first, then every other column of numbers."""
    numeric = table.frame.select_dtypes("number").columns
    outcomes = [column.name for column in table.columns if column.outcome]
    return list(dict.fromkeys([*outcomes, *(str(name) for name in numeric)]))


def _estimator() -> None:
    now = state.session()
    titles = {estimator.name: estimator.title for estimator in ESTIMATORS}
    if len(titles) == 1:
        st.text(f"method: {titles[now.asked.estimator]}", help=by_name(now.asked.estimator).summary)
        return
    state.copy(estimator=now.asked.estimator)
    st.selectbox(
        "Estimator", titles, format_func=titles.get, key="estimator", on_change=_estimator_chosen, width=220,
        label_visibility="collapsed",
    )  # fmt: skip


def _estimator_chosen() -> None:
    state.ask(estimator=st.session_state["estimator"])


def ask(table: TrialTable) -> None:
    """Ask the one thing that the table does not say: the metric, or its direction."""
    if table.metric is None:
        st.selectbox(
            "Which column is the metric: the number that says how good a trial is?", candidates(table), index=None,
            key="ask_metric", on_change=_metric_chosen, args=("ask_metric",), placeholder="choose a column",
        )  # fmt: skip
    else:
        st.text(f"One thing the table does not say: which values of “{table.metric}” are better?")
        st.segmented_control(
            "Which values are better?", list(DIRECTIONS), format_func=DIRECTIONS.get, key="ask_direction",
            on_change=_direction_chosen, args=("ask_direction",), label_visibility="collapsed",
        )  # fmt: skip


def opening() -> None:
    """Draw what opens a table: a place to drop a file, and the examples."""
    now = state.session()
    st.file_uploader(
        "Results of a search: one row a trial, CSV or TSV", ["csv", "tsv", "txt"], key="upload", on_change=_uploaded
    )
    look.refusal(now.refused)
    already_open()
    st.markdown("No table at hand? Open an example:")
    paths = [path for name in EXAMPLES if (path := ROOT / "examples" / name).is_file()]
    for column, path in zip(st.columns(max(2, len(paths))), paths, strict=False):
        with column.container(border=True):
            st.markdown(EXAMPLES[path.name])
            st.button(f"Open {path.name}", key=f"example-{path.name}", on_click=_open_example, args=(path,))
    if now.arrived and now.table is not None and now.table.direction is not None:
        now.arrived = False
        st.switch_page(IMPORTANCE)


def _open_example(path: Path) -> None:
    """Open an example with its search space, where that lies beside it."""
    space = path.with_suffix(".space.json")
    state.open_table(path, json.loads(space.read_text("utf-8")) if space.is_file() else None)


def _uploaded() -> None:
    upload = st.session_state["upload"]
    if upload is not None:  # None: the file was taken away again, which closes no table
        state.open_table(upload)


def already_open() -> None:
    """Say which table is open, and lead on; ask what it does not say."""
    table = state.session().table
    if table is None:
        return
    with st.container(border=True, key="open_now"):
        st.text(f"Open now: {words.identity(table)}")
        if table.metric is None or table.direction is None:
            ask(table)
        else:
            st.page_link(IMPORTANCE, label="See what decides it →")
