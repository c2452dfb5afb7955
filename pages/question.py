"""The question as a sentence with one number or two, the slider under it, and the filters beside it.

Keys of the widgets: region, target (typed, in percent), subspace (the slider: target, region), only_region (the
slider where the target plays no part), filter_on, filter_low, filter_high, filter_levels (in the popover
filter_menu), filters (the active ones).
"""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from hpi.filters import Between, Filter, OneOf, filterable, number
from hpi.table import TrialTable
from pages import opened, words
from pages.state import ask, copy, session

SMALLEST, STEP = 0.5, 0.5
FEW_NUMBERS = 12


def sentence(n_passing: int, with_target: bool) -> DeltaGenerator:
    """Draw the question as a sentence with the numbers that can be typed; return its line, where more fits in."""
    asked = session().asked
    copy(region=asked.region)
    line = st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="sentence")
    with line:
        _words("Among the best")
        _percent("region", "Region: the best trials among which is asked, in percent")
        if not with_target:
            _words("% of trials,", "what moves the metric?")
            return line
        copy(target=asked.resolved(n_passing))
        _words("% of trials (region),", "what decides whether", "a trial is in the best")
        _percent("target", "Target: the better part to be explained, in percent")
        _words("% (target)?")
    return line


def _words(*parts: str) -> None:
    """Write the words between the numbers, in parts that may stand on lines of their own on a narrow screen."""
    for part in parts:
        st.markdown(part, width="content")


def slider(n_passing: int, with_target: bool) -> None:
    """Draw the slider in step with the typed numbers: two handles, or one where the target plays no part."""
    asked = session().asked
    target = asked.resolved(n_passing)
    # a typed number may lie between the steps: the handle says that one, and stands at the nearest step
    handles = min(target, asked.region), asked.region
    if with_target:
        copy(subspace=handles)
        label, key, changed = "Target and region, in percent of the trials", "subspace", _slid
    else:
        copy(only_region=handles[1])
        label, key, changed = "Region, in percent of the trials", "only_region", _slid_region
    st.slider(
        label, SMALLEST, 100.0, step=STEP, format="%g %%", key=key, label_visibility="collapsed", on_change=changed
    )


def _step(part: float) -> float:
    """Return the step of the slider nearest to a number."""
    return STEP * math.floor(part / STEP + 0.5)


def _has_moved(place: float, before: float) -> bool:
    """Whether a handle was moved: the browser sends the other one, too, at the step nearest to it, half a step up."""
    return not -STEP / 2 < round(place - before, 6) <= STEP / 2


def _percent(key: str, label: str) -> None:
    st.number_input(
        label, SMALLEST, 100.0, step=STEP, format="%g", key=key, label_visibility="collapsed", width=76,
        on_change=_typed, args=(key,),
    )  # fmt: skip


def _typed(key: str) -> None:
    ask(**{key: st.session_state[key]})


def _slid() -> None:
    """Take over the handle that was moved; the other number stays as it was typed, a default target the default."""
    asked = session().asked
    parts = min(st.session_state["target"], asked.region), asked.region
    moved = zip(("target", "region"), st.session_state["subspace"], parts, strict=True)
    ask(**{key: _step(place) for key, place, before in moved if _has_moved(place, before)})


def _slid_region() -> None:
    ask(region=st.session_state["only_region"])


def add_filter(table: TrialTable) -> None:
    """Draw the menu that adds a filter."""
    menu = st.popover("Filter", key="filter_menu", on_change="rerun")
    if not menu.open:
        return
    with menu:
        name = st.selectbox(
            "Only trials where", filterable(table), key="filter_on", index=None, placeholder="choose a column"
        )
        if name is not None:
            _condition(table.trials[name])


def active_filters(n_passing: int | None, n_trials: int) -> None:
    """Draw the task and the active filters as chips that can be removed, and how many trials pass, if that is known."""
    active, alone = session().asked.where, _alone()
    conditions = [*alone, *(words.condition(f) for f in active)]
    if not conditions:
        return
    copy(filters=conditions)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="active_filters"):
        known = f"{n_passing:,} of {n_trials:,} " if active and n_passing is not None else f"{n_trials:,} "
        st.text("Only trials where:" if n_passing is None else f"Only {known}trials:")
        st.multiselect(
            "Active filters", conditions, key="filters", label_visibility="collapsed", on_change=_removed,
            args=(active,), width=600,
        )  # fmt: skip


def _condition(column: pd.Series) -> None:
    """Draw what one column can be filtered by: choices where it has labels or few numbers, else a range."""
    values, name = column.dropna(), str(column.name)
    active = next((f for f in session().asked.where if f.name == name), None)
    if pd.api.types.is_numeric_dtype(values) and values.nunique() > FEW_NUMBERS:
        low, high = (active.low, active.high) if isinstance(active, Between) else (None, None)
        copy(filter_low=low, filter_high=high)
        for key, word, bound in (("filter_low", "from", values.min()), ("filter_high", "to", values.max())):
            st.number_input(
                word, value=None, format="%g", key=key, placeholder=f"{bound:.3g}", on_change=_between, args=(name,)
            )
    else:
        copy(filter_levels=list(active.levels) if isinstance(active, OneOf) else [])
        levels = [_label(value) for value in sorted(values.unique())]
        st.multiselect(
            "is one of", levels, key="filter_levels", placeholder="choose values", on_change=_one_of, args=(name,)
        )


def _between(name: str) -> None:
    low, high = st.session_state["filter_low"], st.session_state["filter_high"]
    _filter(name, None if low is None and high is None else Between(name, low, high))


def _one_of(name: str) -> None:
    levels = tuple(st.session_state["filter_levels"])
    _filter(name, OneOf(name, levels) if levels else None)


def _filter(name: str, new: Filter | None) -> None:
    """Put a filter in the place of the one on the same column."""
    ask(where=session().asked.filtered(name, new).where)


def _label(value: object) -> str:
    return number(value) if isinstance(value, float) else str(value)


def _alone() -> list[str]:
    """Return what is said of the task that the table is narrowed to, if it is."""
    table = session().table
    return [] if table is None or table.choices.task is None else [words.task(table.choices.task)]


def _removed(active: tuple[Filter, ...]) -> None:
    kept = st.session_state["filters"]
    if not set(_alone()) <= set(kept):
        opened.revise(task=None)
    ask(where=tuple(f for f in active if words.condition(f) in kept))
