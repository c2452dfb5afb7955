"""Below the bars: what is decided at which threshold, for methods that compare target and region."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial

import streamlit as st

from hpi import figures
from hpi.curve import Curve, curve_of
from hpi.estimators import by_name
from hpi.words.thresholds import TITLE, is_flat, said
from pages import look, state, words

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
        look.chart(figures.against_target(found, result, look.theme()), "threshold")
    region = 100 * found.region
    st.download_button(
        "Download the curve (CSV)", partial(words.bars_as_csv, found), f"importance-against-target-of-{region:g}.csv",
        "text/csv", key="curve_csv", on_click="ignore",
    )  # fmt: skip


def kept(answer: state.Answer) -> Curve:
    """The curve of these trials and this region; kept, since moving the target does not change it."""
    last = state.session().kept.get(KEPT)
    if last is None or last[0] != _key(answer):
        put(answer, curve_of(answer.sample.design, answer.sample.subspace.region, answer.result.method))
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
