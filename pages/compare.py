"""Compare: the same question put to several estimators, datasets, thresholds or tables, and what changes.

Keys of the widgets: compare_view; those of each view stand in its module.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from hpi.words import large
from pages import compare_across, compare_estimators, compare_two, counting, look, shell, state
from pages.comparing import VIEW as CHOSEN


@dataclass(frozen=True)
class View:
    """One way to compare: what the page asks then, and what draws it.

    `of_all`: the estimator plays no part; `answers`: it begins with the answer for the whole table; `asks`: the
    question where it depends on the table.
    """

    label: str
    question: str
    draw: Callable[[], None]
    of_all: bool = False
    answers: bool = True
    asks: Callable[[], str] | None = None


VIEWS = {
    "datasets": View(
        "Datasets", compare_across.QUESTION, compare_across.draw, answers=False, asks=compare_across.question
    ),
    "estimators": View("Estimators", "Do the estimators agree?", compare_estimators.draw, of_all=True),
    "two": View("Two estimators", "What changes with another estimator?", compare_two.draw_estimators),
    "thresholds": View("Thresholds", "What changes with another threshold?", compare_two.draw_thresholds),
    "tables": View("Tables", "What changes in another table?", compare_two.draw_tables),
}


def chosen() -> str:
    """Return the view that was chosen last, else that of the datasets where there are some."""
    kept = state.session().kept.get(CHOSEN)
    table = state.session().table
    is_whole = table is not None and not counting.is_large(table)
    has_tasks = is_whole and (table.tasks is not None or table.choices.task is not None)
    return kept if kept in VIEWS else "datasets" if has_tasks else "estimators"


def _choose() -> None:
    state.session().kept[CHOSEN] = st.session_state[CHOSEN]


shell.guard(__file__)

view = VIEWS[chosen()]
shell.frame(view.question, view.of_all, view.answers)
if shell.table().metric is None or shell.table().direction is None:
    look.question(view.question)
    st.stop()
if state.session().shared is not None:
    look.question(view.question)
    st.text("A link shows the answer of one estimator. Copy it to explore, and compare there.")
    st.stop()
state.copy(compare_view=chosen())
st.segmented_control(
    "Compare", list(VIEWS), format_func=lambda name: VIEWS[name].label, key=CHOSEN, required=True,
    on_change=_choose, label_visibility="collapsed",
)  # fmt: skip
look.question(view.asks() if view.asks else view.question)
about = state.sampled(state.session().asked.of_all if view.of_all else None)
look.quiet("part", None if about is None else large.compared_on(about[1]))
view.draw()
