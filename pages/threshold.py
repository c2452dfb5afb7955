"""Below the bars: what is decided at which threshold, for methods that compare target and region."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial

import streamlit as st

from hpi import figures
from hpi.curve import Curve, curve_of
from hpi.estimators import by_name
from hpi.words.thresholds import TITLE, is_flat, said
from pages import look, narrowing, state, words
from pages.chart import Picked

KEPT = "curve"


def section(answer: state.Answer) -> None:
    """Draw the curve of importance against the threshold and its file; nothing where the method has no target."""
    result = answer.result
    if not by_name(result.estimator).uses_target:
        return
    found = kept(answer)
    if not found.known.any():
        return
    look.heading(TITLE)
    look.quiet("threshold", said(found, result.used))
    if not is_flat(found):
        _draw(answer, found)
    region = 100 * found.region
    st.download_button(
        "Download the curve (CSV)", partial(words.bars_as_csv, found), f"importance-against-target-of-{region:g}.csv",
        "text/csv", key="curve_csv", on_click="ignore",
    )  # fmt: skip


def _draw(answer: state.Answer, found: Curve) -> None:
    """Draw the curve; where the question can be changed, a click at a target asks about that one."""
    figure, can_ask = figures.against_target(found, answer.result, look.theme()), narrowing.is_free()
    clicked = look.chart(figure, "threshold", clickable="Asks about a target" if can_ask else "")
    if not can_ask:
        return
    look.quiet("ask_target", "Click a line at a target to ask about that one.")
    target = None if clicked is None else at(clicked)
    if target not in (None, state.session().asked.target):
        state.ask(target=target)
        st.rerun()


def at(clicked: Picked) -> float | None:
    """Return the target at which a line was clicked, in percent."""
    return None if clicked.place is None else round(100 * float(clicked.place[0]), 6)


def kept(answer: state.Answer) -> Curve:
    """The curve of these trials and this region; kept, since moving the target does not change it."""
    last = state.session().kept.get(KEPT)
    if last is None or last[0] != _key(answer):
        sample = answer.sample
        put(answer, curve_of(sample.design, sample.subspace.region, answer.result.method, sample.tallies))
    return state.session().kept[KEPT][1]  # type: ignore[no-any-return]


def put(answer: state.Answer, drawn: Curve) -> None:
    """Keep the curve of an answer."""
    # the design is kept, too: its id stands for it as long as it lives
    state.session().kept[KEPT] = (_key(answer), drawn, answer.sample.design)


def known(answer: state.Answer) -> Curve | None:
    """Return the curve of an answer, if a page has drawn it; works nothing out."""
    last = state.session().kept.get(KEPT)
    return last[1] if last is not None and last[0] == _key(answer) else None


def of(answer: state.Answer) -> Curve | None:
    """Return the curve of an answer; None where its method has no target."""
    return kept(answer) if by_name(answer.result.estimator).uses_target else None


def _key(answer: state.Answer) -> Hashable:
    asked = answer.sample.subspace
    return (id(answer.sample.design), asked.region, answer.result.estimator, answer.result.settings)
