"""Importance on each dataset, or on each value of another context column.

Keys of the widgets: across_by, ask_each, cancel_each, alone; across_csv, across_md, across_tex; the containers lead,
jobs, refused-across, refused-<n>, quiet-across, quiet-within, quiet-unanswered, quiet-reasons, quiet-further; the
table where.
"""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from hpi import figures
from hpi.comparison import Across
from hpi.errors import HpiError
from hpi.estimators import by_name
from hpi.figures.labels import visible
from hpi.words import across as words
from hpi.words import across_tables as tables
from pages import each_value, job, link, look, menu, opened, shell, state
from pages.each_value import EachValue

EVERY = 0.5  # seconds
MOST_REASONS = 6
QUESTION = "Is it the same on every dataset?"
NOTHING = "This table has no column that tells datasets or tasks apart, so there is nothing to compare."
HOW_TO = (
    "Where a column names the dataset, task, seed or budget of a trial, give it the role context on the page Data. "
    "Tables of several datasets can be put into one: a column that names the dataset, and their rows below each other."
)
FILES = (
    ("CSV", "csv", "text/csv", tables.as_csv),
    ("Markdown", "md", "text/markdown", tables.as_markdown),
    ("LaTeX", "tex", "application/x-tex", tables.as_latex),
)


def question() -> str:
    """Return the question of the view, which says what the values of the column are."""
    by = each_value.chosen()
    if by is None:
        return QUESTION
    try:
        return words.question(each_value.divided(by))
    except HpiError:  # said where it is drawn
        return QUESTION


def draw() -> None:
    """Draw which column is asked, how far that is, or what came of it."""
    by = each_value.chosen()
    if by is None:
        st.text(NOTHING)
        look.quiet("across", HOW_TO)
        link.to(menu.DATA, "Change what a column is →")
        return
    _choose(by)
    try:
        asked = each_value.current(by)
    except HpiError as error:
        look.refusal(str(error), "refused-across")
        return
    look.quiet("within", _within(asked))
    if not asked.is_asked:
        _to_ask(asked)
        return
    asked.go_on(state.session().visitor)
    if asked.together is None:
        _watch()
    else:
        _answered(asked, asked.together)


def _to_ask(asked: EachValue) -> None:
    n, title = len(asked.parts.values), asked.method.title
    each = words.noun(asked.parts, 1)
    st.text(f"{title} takes some seconds for each {each}, more where there are many trials.")
    st.button(f"Ask {title} for all {n}", key="ask_each", type="primary", on_click=_ask)


def _choose(by: str) -> None:
    """Draw the choice of a column, where there are several."""
    there = each_value.columns()
    if len(there) > 1:
        state.copy(across_by=by)
        st.selectbox("For each value of", there, key="across_by", on_change=_chosen, width=320, format_func=visible)


def _chosen() -> None:
    state.session().kept[each_value.BY] = st.session_state["across_by"]


def _within(asked: EachValue) -> str:
    """Say that region and target are those of each value by itself."""
    now, parts = shell.table(), asked.parts
    best = "region and target are the best" if asked.method.uses_target else "the region is the best"
    said = f"Asked within each of the {len(parts.values)} {words.noun(parts)}: {best} of its own trials."
    if parts.is_tasks and now.choices.task is not None:
        return f"{said} That the table is narrowed to {now.choices.task} plays no part here."
    return said


@st.fragment(run_every=EVERY)
def _watch() -> None:
    """Draw how far each value is, until all have ended; then go on, since what waits to be drawn is pale."""
    asked = each_value.held()
    if asked is None:
        st.rerun()
    with st.container(key="jobs", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.text(f"{len(asked.found)} of {len(asked.parts.values)} are done.", width="content")
            st.button("Cancel", key="cancel_each", on_click=_cancel)
        st.progress(min(1.0, asked.done))
        for value, (one, _, _) in asked.works.items():
            if one.is_open:
                st.text(job.doing(f"{one.title} on {visible(value)}", one.status))
    asked.go_on(state.session().visitor)
    if asked.together is not None:
        st.rerun()


def _ask() -> None:
    asked = each_value.held()
    if asked is not None:
        asked.ask()


def _cancel() -> None:
    asked = each_value.held()
    if asked is not None:
        asked.cancel()


def _answered(asked: EachValue, found: Across) -> None:
    with st.container(key="lead"):
        st.text(words.lead(found))
    is_worth_a_box = asked.may_help or not found.answered
    if is_worth_a_box:
        _refused(found)
    if asked.may_help:
        st.button("Ask again", key="ask_each", on_click=_ask)
    if not found.answered:
        return
    _picture(asked, found)
    if not is_worth_a_box:
        _without_answer(found)
    _files(found)
    _careful(found)
    with st.expander("Where each of them matters"):
        _where(found)
    if found.is_tasks:
        _alone(found)


def _refused(found: Across) -> None:
    """Say which values have no answer, and why."""
    refused = words.reasons(found.values)
    for i, reason in enumerate(refused[:MOST_REASONS]):
        look.refusal(reason, f"refused-{i}")
    if len(refused) > MOST_REASONS:
        look.quiet("more_reasons", f"{len(refused) - MOST_REASONS} more have no answer for other reasons.")


def _without_answer(found: Across) -> None:
    """Say below the picture which values have no answer: with the reason, or where there are several, with the way."""
    reasons = words.reasons(found.values)
    if len(reasons) <= 1:
        look.quiet("unanswered", *reasons)
        return
    look.quiet("unanswered", words.unanswered(found))
    with st.expander("Why these have no answer"):
        look.quiet("reasons", *reasons)


def _careful(found: Across) -> None:
    """Say what to be careful about; what concerns single values only, where one asks for it."""
    first, further = words.careful(found)
    look.small_heading("Worth knowing")
    look.quiet("across", *first)
    if further:
        with st.expander(f"{len(further)} more that concern single ones"):
            look.quiet("further", *further)


def _picture(asked: EachValue, found: Across) -> None:
    """Draw the heat map, and go where one of its cells leads."""
    theme = look.theme()
    if theme.name not in asked.pictures:  # of many datasets it takes half a second
        asked.pictures[theme.name] = figures.across_matrix(found, theme)
    does = f"Opens a hyperparameter on its {words.noun(found, 1)}"
    clicked = look.chart(asked.pictures[theme.name], "across", clickable=does)
    if clicked is not None and clicked.customdata is not None:
        _open(found, *clicked.customdata)


def _open(found: Across, name: str, value: str) -> None:
    """Go to a hyperparameter: on one task where it was clicked there."""
    state.session().chosen = name
    if found.is_tasks:
        opened.revise(task=value)
    if state.session().refused is None:
        link.go(menu.ONE)


def _files(found: Across) -> None:
    """Draw the table as a file, for a spreadsheet or a paper."""
    with st.container(horizontal=True, vertical_alignment="center", key="files"):
        st.text("As a table for a paper:", width="content")
        for label, ending, kind, write in FILES:
            st.download_button(
                label, partial(write, found), f"importance-across.{ending}", kind, key=f"across_{ending}",
                on_click="ignore", help=f"Importance and rank on each value, mean, spread and mean rank as {label}",
            )  # fmt: skip


def _where(found: Across) -> None:
    in_percent = by_name(found.estimator).in_percent
    rows = found.hyperparameters
    frame = pd.DataFrame(
        {
            "hyperparameter": [row.name for row in rows],
            "mean rank": [row.mean_rank for row in rows],
            "mean": [words.mean(row, found) for row in rows],
            "where": [words.verdict(row, found) for row in rows],
        }
    )
    st.dataframe(
        frame, hide_index=True, key="where", height=look.table_height(len(rows)),
        column_config={
            "mean rank": st.column_config.NumberColumn(format="%.2f", width=86),
            "mean": st.column_config.TextColumn("mean" if in_percent else "mean weight"),
            "where": st.column_config.TextColumn(width="large"),
        },
    )  # fmt: skip


def _alone(found: Across) -> None:
    """Draw the way to one of the tasks by itself."""
    answered = [value.name for value in found.answered]
    chosen = st.selectbox(
        f"See importance on one {words.noun(found, 1)} alone", answered, index=None, key="alone", format_func=visible,
        placeholder="choose one", width=320,
    )  # fmt: skip
    if chosen is not None:
        opened.revise(task=chosen)
        if state.session().refused is None:
            link.go(menu.IMPORTANCE)
