"""What a file leaves open, asked once where it is opened: which study or sheet, which epoch, which of its metrics.

Each has an answer already, so nobody has to give one. Keys of the widgets: part, reduce, objective, rank.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from hpi.readers.loading import SEVERAL
from hpi.roles.searched import ends_of
from hpi.table import TrialTable
from hpi.table.fronts import Ranking
from pages import opened, state

FEWEST, MOST = 2, 3  # outcomes that are ranked together
FRONT = (
    "Rank 1 is the Pareto front: trials than which no other is better in one metric and at least as good in all. Rank "
    "2 is the front of those that remain, and so on."
)
WHICH = (
    "The best epoch is what early stopping on this metric would have kept; a trial of more epochs has more tries. The "
    "last is what there was when training ended. Where they differ, so may the advice."
)
EPOCHS = {"best": "its best epoch", "last": "its last epoch"}


def open_questions(table: TrialTable) -> bool:
    """Whether the file leaves open something that nobody has decided yet."""
    now = state.session()
    decided = table.choices.rank or opened.header(table) in now.remembered
    return not decided and (bool(now.files) or table.curves is not None or len(table.objectives) > 1)


def draw(table: TrialTable) -> None:
    """Draw what can be chosen."""
    if state.session().files:
        _part(table)
    if table.curves is not None:
        _epoch(table)
    if len(table.objectives) > 1:
        _objective(table)


def _epoch(table: TrialTable) -> None:
    """Ask which row counts of a trial that has one for each epoch."""
    state.copy(reduce=table.choices.reduce)
    st.segmented_control(
        f"The table has a row for each {table.curves}. Of each trial counts", list(EPOCHS), format_func=EPOCHS.get,
        key="reduce", required=True, on_change=_epoch_chosen, help=WHICH,
    )  # fmt: skip


def _part(table: TrialTable) -> None:
    reading = table.reading
    state.copy(part=reading.part)
    with st.container(width=480):
        st.selectbox(
            f"The file holds {len(reading.parts):,} {SEVERAL[reading.part_is]}. Look at", reading.parts, key="part",
            on_change=_part_chosen,
        )  # fmt: skip


def _objective(table: TrialTable) -> None:
    """Ask which of the metrics that the search looked at counts, or their non-dominated rank."""
    names = [one.name for one in table.objectives]
    rank = _rank_of(table, names)
    titles = {name: name for name in names} | ({rank.name: "all together, by non-dominated rank"} if rank else {})
    if table.metric not in titles:
        return
    state.copy(objective=table.metric)
    with st.container(width=480):
        st.selectbox(
            f"The search looked at {len(names)} metrics. Explain", list(titles), format_func=titles.get,
            key="objective", on_change=_objective_chosen, help=FRONT,
        )  # fmt: skip


def together(table: TrialTable) -> None:
    """Draw what takes the rank of two or three outcomes for the metric."""
    ends = ends_of(table.columns, table.objectives)
    if len(ends) < FEWEST:
        return
    state.copy(rank=[name for name, _ in table.choices.rank if name in ends])
    st.multiselect(
        "or the non-dominated rank of two or three", list(ends), key="rank", max_selections=MOST, help=FRONT,
        on_change=_rank_chosen,
    )  # fmt: skip


def _rank_of(table: TrialTable, names: Sequence[str]) -> Ranking | None:
    """Return the rank of these outcomes; None where there are not two or three, or an end is not known."""
    ends = ends_of(table.columns, table.objectives)
    if not FEWEST <= len(names) <= MOST or not set(names) <= set(ends):
        return None
    return Ranking(tuple((name, ends[name]) for name in names), True)


def _part_chosen() -> None:
    opened.open_part(st.session_state["part"])


def _epoch_chosen() -> None:
    opened.revise(reduce=st.session_state["reduce"])


def _objective_chosen() -> None:
    table, chosen = state.session().table, st.session_state["objective"]
    assert table is not None
    names = [one.name for one in table.objectives]
    if chosen in names:
        opened.revise(metric=chosen, direction=None)
    else:
        _take_rank(table, names)


def _rank_chosen() -> None:
    table, names = state.session().table, st.session_state["rank"]
    assert table is not None
    if len(names) >= FEWEST:
        _take_rank(table, names)
    elif table.choices.rank and not names:
        opened.revise(metric=None, direction=None, rank=())


def _take_rank(table: TrialTable, names: Sequence[str]) -> None:
    rank = _rank_of(table, names)
    if rank is not None:
        opened.revise(metric=None, direction=None, rank=rank.ends)
