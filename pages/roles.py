"""The roles of the columns, with their reasons, and what changes them.

Keys of the widgets: role_click (a column of buttons), undo_roles; role_of (which column), role, kind, log; repeats,
task.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from hpi.filters import number
from hpi.roles import Choices, Column, ContextKind, Declaration, Role
from hpi.roles.by_itself import is_state
from hpi.space import Kind
from hpi.table import TrialTable
from hpi.words import tables as words
from pages import asking, counting, look, opened, state

MAX_LEVELS = 1000
# what a click on a column does
USE, LEAVE_OUT, UNDO, COUNT = "use as hyperparameter", "leave out", "undo", "count all rows"
GIVES = {USE: Role.HYPERPARAMETER, LEAVE_OUT: Role.LEFT_OUT, COUNT: Role.CONTEXT}
CLICK = "Wrong?"
REPEATS = {
    "auto": "averaged if they were planned", "average": "always averaged", "keep": "never averaged",
    "each": "trials of their own",
}  # fmt: skip
ALL_TASKS = "all, ranked within each"


def read(table: TrialTable, may_change: bool) -> None:
    """Draw the roles as a table to read; where they may be changed, with one click that undoes what was inferred."""
    frame = words.roles(table)
    frame["Role"] = frame["Role"].where(frame["Better"] == "", frame["Role"] + ": " + frame["Better"])
    frame = frame.drop(columns="Better")
    config: dict[str, Any] = {
        "Role": st.column_config.TextColumn(width=185),
        "Kind": st.column_config.TextColumn(width=90),
        "Why": st.column_config.TextColumn(width="large"),
    }  # fmt: skip
    if may_change:
        frame.insert(2, CLICK, [_action(table, column) for column in table.columns])
        config[CLICK] = st.column_config.ButtonColumn(
            key="role_click",
            on_click=_clicked,
            type="tertiary",
            alignment="left",
            width=185,
            help="leave out: it takes no part. count all rows: also those of trials that did not end well. undo: as it "
            "was understood.",
        )
    height = look.table_height(len(table.columns), most=20)
    st.dataframe(frame, hide_index=True, key="roles", height=height, column_config=config)
    if may_change and _decided(table.choices) != _decided(_as_read()):
        st.button("Take all columns as they were understood", key="undo_roles", on_click=_undo_all)


def _action(table: TrialTable, column: Column) -> str:
    """Return what a click does to a column; "" where nothing sensible can be done."""
    if _decided(table.choices, column.name) != _decided(_as_read(), column.name):
        return UNDO
    if column.role is Role.METRIC or column.fixed or table.parsed[column.name].n_distinct < 2:
        return ""
    if is_state(table.parsed[column.name]):
        return COUNT
    return LEAVE_OUT if column.role is Role.HYPERPARAMETER else USE


def _as_read() -> Choices:
    """Return what the file chose by itself, or the search space that lies beside it."""
    kept: Choices = state.session().kept.get(opened.AS_READ, Choices())
    return kept


def _decided(choices: Choices, name: str | None = None) -> tuple[tuple[Any, ...], ...]:
    """Return what was decided of the columns, or of one."""
    decided = (choices.roles, choices.space, choices.contexts)
    return tuple(tuple(pair for pair in pairs if name in (None, pair[0])) for pairs in decided)


def _clicked() -> None:
    table = state.session().table
    click = st.session_state["role_click"]
    if table is None or click is None or not 0 <= click["row"] < len(table.columns):
        return
    change_role(table.columns[click["row"]], str(click["label"]))


def change_role(column: Column, action: str) -> None:
    """Do what a click on a column asks for."""
    if action == UNDO:
        _undo(column.name)
    elif action in GIVES:
        _give(column.name, GIVES[action])


def _undo(name: str) -> None:
    """Take a column as it was understood."""
    table = state.session().table
    assert table is not None
    others = [
        tuple(pair for pair in pairs if pair[0] != name)
        for pairs in (table.choices.roles, table.choices.space, table.choices.contexts)
    ]
    roles, space, contexts = ((*kept, *before) for kept, before in zip(others, _decided(_as_read(), name), strict=True))
    opened.revise(roles=roles, space=space, contexts=contexts)


def _undo_all() -> None:
    roles, space, contexts = _decided(_as_read())
    opened.revise(roles=roles, space=space, contexts=contexts)


def change(table: TrialTable) -> None:
    """Draw what changes one column's role and, for a hyperparameter, its kind and scale."""
    name, role, kind, log = st.columns([3, 2, 2, 1], vertical_alignment="bottom")
    with name:
        names = [column.name for column in table.columns]
        chosen = st.selectbox("Change the column", names, key="role_of", index=None, placeholder="choose a column")
    column = next((column for column in table.columns if column.name == chosen), None)
    if column is None:
        return
    state.copy(role=column.role, kind=column.kind, log=column.log)
    with role:
        st.selectbox("is a", list(Role), key="role", on_change=_changed_role, args=(column.name,))
    if column.role is Role.HYPERPARAMETER:
        with kind:
            st.selectbox("of the kind", list(Kind), key="kind", on_change=_changed_kind, args=(column.name,))
        with log:
            numeric = column.kind in (Kind.FLOAT, Kind.INT)
            st.checkbox("log", key="log", disabled=not numeric, on_change=_changed_kind, args=(column.name,))


def _changed_role(name: str) -> None:
    _give(name, st.session_state["role"])


def _give(name: str, role: Role) -> None:
    """Give a column a role."""
    table = state.session().table
    assert table is not None
    others = tuple(pair for pair in table.choices.roles if pair[0] != name)
    if role is Role.METRIC:
        opened.revise(metric=name, direction=None, roles=others)
        return
    metric = {"metric": None, "direction": None} if name == table.metric else {}
    opened.revise(roles=(*others, (name, role)), **metric)


def _changed_kind(name: str) -> None:
    table = state.session().table
    assert table is not None
    kind = Kind(st.session_state["kind"])
    numeric = kind in (Kind.FLOAT, Kind.INT)
    before = dict(table.choices.space).get(name)
    if before is not None and before.is_numeric and numeric:
        declared = replace(before, kind=kind, log=bool(st.session_state["log"]))
    else:
        levels = _in_order(table.trials[name]) if kind is Kind.ORDINAL else ()
        declared = Declaration(kind, log=numeric and bool(st.session_state["log"]), levels=levels)
    opened.revise(space=(*(pair for pair in table.choices.space if pair[0] != name), (name, declared)))


def _in_order(column: pd.Series) -> tuple[str, ...]:
    """Return the levels of a column: numbers by size, words by the alphabet."""
    levels = [number(value) if isinstance(value, float) else str(value) for value in column.dropna().unique()]
    numbers = pd.to_numeric(pd.Series(levels, dtype=object), errors="coerce")
    order = numbers.argsort() if numbers.notna().all() else pd.Series(levels).argsort()
    return tuple(levels[i] for i in order[:MAX_LEVELS])


def rows(table: TrialTable) -> None:
    """Draw what is done with repeats and with several tasks, where the table has such."""
    asking.draw(table)
    contexts = {column.context for column in table.columns if column.role is Role.CONTEXT}
    if ContextKind.REPEAT in contexts:
        state.copy(repeats=table.choices.repeats)
        st.segmented_control(
            "Rows that repeat a configuration are", list(REPEATS), format_func=REPEATS.get, key="repeats",
            required=True, on_change=_changed, args=("repeats",),
        )  # fmt: skip
    if ContextKind.TASK in contexts:
        labels = [*([] if counting.is_large(table) else [ALL_TASKS]), *opened.tasks(table)]
        state.copy(task=table.choices.task or ALL_TASKS)
        st.selectbox("Tasks", labels, key="task", on_change=_changed, args=("task",), width=480)


def _changed(key: str) -> None:
    value = st.session_state[key]
    opened.revise(**{key: None if value == ALL_TASKS else value})
