"""Below the bars: what is decided at which threshold, for methods that compare target and region."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import fields
from functools import partial

import numpy as np
import streamlit as st

from hpi import figures
from hpi.curve import Curve, curve
from hpi.estimators import Estimator, by_name
from hpi.figures.curve import outstanding
from hpi.results import ImportanceResult
from pages import look, state, words

KEPT = "curve"


def section(answer: state.Answer) -> None:
    """Draw the curve of importance against the threshold and its file; nothing where the method has no target."""
    result = answer.result
    if not by_name(result.estimator).uses_target:
        return
    found = _kept(answer)
    if not found.known.any():
        return
    look.heading("What is decided at which threshold?")
    look.quiet("threshold", said(found))
    with look.shown(answer, "threshold"):
        look.chart(figures.against_target(found, result, look.theme()), "threshold")
    region = 100 * found.region
    st.download_button(
        "Download the curve (CSV)", partial(words.bars_as_csv, found), f"importance-against-target-of-{region:g}.csv",
        "text/csv", key="curve_csv", on_click="ignore",
    )  # fmt: skip


def _kept(answer: state.Answer) -> Curve:
    """The curve of these trials and this region; kept, since moving the target does not change it."""
    asked = answer.sample.subspace
    key: Hashable = (id(answer.sample.design), asked.region, answer.result.estimator, answer.result.settings)
    kept = st.session_state.get(KEPT)
    if kept is None or kept[0] != key:
        drawn = curve(answer.sample.design, asked.region, _estimator(answer.result))
        # the design is kept, too: its id stands for it as long as it lives
        kept = st.session_state[KEPT] = (key, drawn, answer.sample.design)
    return kept[1]


def _estimator(result: ImportanceResult) -> Estimator:
    """The estimator of a result, with its settings."""
    kind = by_name(result.estimator)
    known = {declared.name for declared in fields(kind)}
    return kind(**{name: value for name, value in result.settings if name in known})


def said(found: Curve) -> str:
    """Say what decides most for narrow targets and for wide ones, where anything stands out."""
    rows = np.flatnonzero(found.known & ~found.thin)
    clear = outstanding(found)
    if not len(rows) or not clear:
        return "No hyperparameter stands out at any threshold."
    narrow, wide = (clear[int(np.nanargmax(found.importance[i, clear]))] for i in (rows[0], rows[-1]))
    ends = [words.share(float(found.targets[i])) for i in (rows[0], rows[-1])]
    if narrow == wide:
        return f"{found.names[narrow]} explains most both for the best {ends[0]} and for the best {ends[1]}."
    return (
        f"For the best {ends[0]} {found.names[narrow]} explains most, for the best {ends[1]} {found.names[wide]}: "
        "what makes a trial excellent is not what makes it good."
    )
