"""Undo and redo: the questions that were asked of the table that is open, or of one task of it, one after the other.

Keys of the widgets: undo, redo (in the container steps).
"""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass, fields, replace

import streamlit as st

from hpi.estimators import by_name
from hpi.figures.labels import short, visible
from hpi.filters import Filter, filterable
from hpi.table import TrialTable
from pages import opened, words
from pages.asked import Asked
from pages.state import ask, session

KEPT = "undo"  # what single pages keep goes with the table
MOST = 50
PAUSE = 2.0  # seconds: a handle that moves on within them is still in the same movement
SLID = ({"target"}, {"region"})
COLUMNS = 80  # of what a tooltip says


@dataclass(frozen=True)
class Step(Asked):
    """A question, and the task of the table that it is asked of; None for all of them."""

    task: str | None = None


@dataclass(frozen=True)
class History:
    """What was asked, at most 51 questions, and where among them the visitor is.

    `about` is what the questions can be asked of; `moved`: when the last one came, in seconds, unless it was gone back
    to.
    """

    about: Hashable
    steps: tuple[Step, ...]
    at: int = 0
    moved: float | None = None

    @property
    def now(self) -> Step:
        """The question that is asked."""
        return self.steps[self.at]

    @property
    def undone(self) -> str | None:
        """What going back would take back; None where there is nothing."""
        return changed(self.steps[self.at - 1], self.now) if self.at else None

    @property
    def redone(self) -> str | None:
        """What going forward would bring again; None where there is nothing."""
        return changed(self.now, self.steps[self.at + 1]) if self.at + 1 < len(self.steps) else None

    def after(self, asked: Step, moment: float) -> History:
        """Return the history with another question at its end; a handle that moves on makes no further step."""
        if asked == self.now:
            return self
        kept = self.steps[: self.at + self.is_new(asked, moment)]
        steps = kept if kept and kept[-1] == asked else (*kept, asked)[-MOST - 1 :]
        return replace(self, steps=steps, at=len(steps) - 1, moved=moment)

    def is_new(self, asked: Step, moment: float) -> bool:
        """Whether a question is more than the last one with its handle moved on."""
        if not self.at or self.moved is None or moment - self.moved > PAUSE:
            return True
        last, this = _differ(self.steps[self.at - 1], self.now), _differ(self.now, asked)
        return last != this or this not in SLID

    def gone(self, steps: int) -> History:
        """Return the history with the visitor so many steps further, or back."""
        return replace(self, at=self.at + steps, moved=None)


def changed(before: Step, after: Step) -> str:
    """Say in what a question differs from the one before it; names are not escaped."""
    differ, old, new = _differ(before, after), _by_name(before), _by_name(after)
    said = [f"{part} {_percent(getattr(after, part))}" for part in ("target", "region") if part in differ]
    if "task" in differ:
        said.append("all tasks" if after.task is None else words.task(after.task))
    said += [words.condition(one) for name, one in new.items() if old.get(name) != one]
    said += [f"all values of {name}" for name in old if name not in new]
    if "estimator" in differ:
        said.append(by_name(after.estimator).title)
    elif differ & {"settings", "seed"}:
        said.append("settings")
    return " and ".join(said) or "filters"


def draw(table: TrialTable) -> None:
    """Note what is asked, and draw the way back and forward once there is one."""
    kept = session().kept
    # one task alone has other hyperparameters, where one of them is the same in all its trials
    history, about = kept.get(KEPT), (table.fingerprint, table.choices.roles, table.choices.space)
    step = Step(**vars(session().asked), task=table.choices.task)
    if history is None or history.about != about:
        history = History(about, (step,))
    kept[KEPT] = history = history.after(step, time.monotonic())
    if len(history.steps) > 1:
        with st.container(horizontal=True, horizontal_alignment="right", gap="small", key="steps"):
            _button("Undo", history.undone, -1)
            _button("Redo", history.redone, 1)


def _button(label: str, what: str | None, steps: int) -> None:
    st.button(
        label, key=label.lower(), type="tertiary", disabled=what is None, on_click=_go, args=(steps,),
        help=None if what is None else f"{label}: {_as_code(what)}",
    )  # fmt: skip


def _go(steps: int) -> None:
    """Ask again what was asked so many steps further, or back."""
    now = session()
    now.kept[KEPT] = history = now.kept[KEPT].gone(steps)
    asked = dict(vars(history.now))
    task, where = asked.pop("task"), asked.pop("where")
    if now.table is not None and now.table.choices.task != task:
        opened.revise(task=task)
        if now.refused is not None:
            return
    known = () if now.table is None else filterable(now.table)
    ask(**asked, where=tuple(one for one in where if one.name in known))


def _differ(one: Step, other: Step) -> set[str]:
    names = [field.name for field in fields(Step)]
    return {name for name in names if getattr(one, name) != getattr(other, name)}


def _by_name(asked: Asked) -> dict[str, Filter]:
    return {one.name: one for one in asked.where}


def _percent(part: float | None) -> str:
    return "as usual" if part is None else f"{part:g} %"


def _as_code(text: str) -> str:
    """Return Markdown that shows a text as it is: in a code span nothing is read but its own fence."""
    said = short(visible(text), COLUMNS)
    fence = "`"
    while fence in said:
        fence += "`"
    return f"{fence} {said} {fence}"
