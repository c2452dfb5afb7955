"""What a forest adds to the pages of one and two hyperparameters: asked for by the visitor, since it takes seconds.

Keys of the widgets: held.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from hpi.effects import AdjustedEffects, Joint
from hpi.figures import Show
from hpi.space import Hyperparameter
from pages import held_words, job, look, state
from pages.state import ADJUSTED, Answer

WANTED = "held_wanted"  # a plain value: the widget is gone on other pages
HELP = (
    "A forest predicts every trial with this one hyperparameter changed and all others as they are; the curve is the "
    "average. Where trials were drawn at random it runs along their mean."
)


def is_wanted() -> bool:
    """Whether a visitor wants one hyperparameter with the others held."""
    return bool(st.session_state.get(WANTED, False))


def want(wanted: bool) -> None:
    """Say whether it is wanted."""
    st.session_state[WANTED] = wanted


def one(answer: Answer) -> AdjustedEffects | None:
    """Draw the switch; return what a forest says, once it is wanted and known."""
    state.copy(held=is_wanted())
    st.toggle("With the others held fixed", key="held", on_change=_took, help=HELP)
    if not is_wanted():
        return None
    return _found(answer, _last_pair())


def said(adjusted: AdjustedEffects | None, hyperparameter: Hyperparameter) -> None:
    """Say below the chart whether the mean parts from the curve, or why there is no curve."""
    if adjusted is None:
        return
    if adjusted.reason is not None:
        look.refusal(adjusted.reason, "refused-held")
        return
    curve = next(one for one in adjusted.curves if one.name == hyperparameter.name)
    note = None if len(curve.at) else f"{curve.name} has no curve with the others held fixed: {curve.note}."
    look.quiet("held", held_words.parting(adjusted, hyperparameter), note)


@dataclass(frozen=True, eq=False)
class Shown:
    """What the map of two hyperparameters shows: the choice, or the median while there is none."""

    show: Show
    joint: Joint | None = None


def two(answer: Answer, first: str, second: str, show: Show) -> Shown:
    """Return what the map can show of a choice; where that is a forest's, ask for it and draw how far it is."""
    if not show.needs_forest:
        return Shown(show)
    pair = (min(first, second), max(first, second))
    found = _found(answer, pair)
    if found is None:
        look.quiet("until", "Until it is there the map shows the median of the trials.")
        return Shown(Show.MEDIAN)
    if found.joint is None:
        look.refusal(found.reason, "refused-held")
        look.quiet("until", "So the map shows the median of the trials.")
        return Shown(Show.MEDIAN)
    joint = found.joint if pair == (first, second) else found.joint.turned
    look.quiet("held", held_words.beyond(joint, found.r2))
    return Shown(show, joint)


def _found(answer: Answer, pair: tuple[str, str] | None) -> AdjustedEffects | None:
    found = state.adjusted(answer, pair)
    if found is None:
        job.beside(ADJUSTED)
    return found


def _last_pair() -> tuple[str, str] | None:
    """The pair that was asked for last: with it, nothing is worked out twice for one hyperparameter."""
    kept = state.session().beside.get(ADJUSTED)
    return None if kept is None else kept.question[-1]


def _took() -> None:
    st.session_state[WANTED] = st.session_state["held"]
