"""Which column is the metric, and which of its values are better: asked where the table does not say, and changed.

Keys of the widgets: metric, direction, rank; ask_metric, ask_direction (where they are not known).
"""

from __future__ import annotations

import streamlit as st

from hpi import sharing
from hpi.table import TrialTable
from pages import asking, opened, state
from pages.words import DIRECTIONS


def ask(table: TrialTable) -> None:
    """Ask the one thing that the table does not say: the metric, or its direction."""
    if table.metric is None:
        st.selectbox(
            "Which column is the metric: the number that says how good a trial is?", sharing.candidates(table),
            index=None, key="ask_metric", on_change=_metric_chosen, args=("ask_metric",), placeholder="choose a column",
        )  # fmt: skip
    else:
        st.text(f"One thing the table does not say: which values of “{table.metric}” are better?")
        st.segmented_control(
            "Which values are better?", list(DIRECTIONS), format_func=DIRECTIONS.get, key="ask_direction",
            on_change=_direction_chosen, args=("ask_direction",), label_visibility="collapsed",
        )  # fmt: skip


def change(table: TrialTable) -> None:
    """Draw what changes the metric or its direction."""
    state.copy(metric=table.metric, direction=table.direction)
    st.selectbox("Metric", sharing.candidates(table), key="metric", on_change=_metric_chosen, args=("metric",))
    if not table.choices.rank:  # rank 1 is the best
        st.segmented_control(
            "Which values are better?", list(DIRECTIONS), format_func=DIRECTIONS.get, key="direction",
            on_change=_direction_chosen, args=("direction",),
        )  # fmt: skip
    asking.together(table)


def _metric_chosen(key: str) -> None:
    opened.revise(metric=st.session_state[key], direction=None)
    state.session().arrived = True


def _direction_chosen(key: str) -> None:
    if st.session_state[key] is not None:  # a second click on the chosen one takes the choice away
        opened.revise(direction=st.session_state[key])
        state.session().arrived = True
