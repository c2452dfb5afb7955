"""Below the bars: what is decided at which threshold, for methods that compare target and region."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import fields
from functools import partial

import numpy as np
import streamlit as st

from hpi import figures
from hpi.checks import FEW_TARGET
from hpi.curve import Curve, curve_of
from hpi.estimators import Estimator, by_name
from hpi.results import ImportanceResult
from hpi.words.parts import found_part
from pages import look, state, words

KEPT = "curve"
FLAT = 0.0005  # shown as 0.0 %


def section(answer: state.Answer) -> None:
    """Draw the curve of importance against the threshold and its file; nothing where the method has no target."""
    result = answer.result
    if not by_name(result.estimator).uses_target:
        return
    found = kept(answer)
    if not found.known.any():
        return
    look.heading("What is decided at which threshold?")
    look.quiet("threshold", said(found, result.used))
    if not _flat(found):
        look.chart(figures.against_target(found, result, look.theme()), "threshold")
    region = 100 * found.region
    st.download_button(
        "Download the curve (CSV)", partial(words.bars_as_csv, found), f"importance-against-target-of-{region:g}.csv",
        "text/csv", key="curve_csv", on_click="ignore",
    )  # fmt: skip


def kept(answer: state.Answer) -> Curve:
    """The curve of these trials and this region; kept, since moving the target does not change it."""
    last = st.session_state.get(KEPT)
    if last is None or last[0] != _key(answer):
        put(answer, curve_of(answer.sample.design, answer.sample.subspace.region, _estimator(answer.result)))
    return st.session_state[KEPT][1]  # type: ignore[no-any-return]


def put(answer: state.Answer, drawn: Curve) -> None:
    """Keep the curve of an answer."""
    # the design is kept, too: its id stands for it as long as it lives
    st.session_state[KEPT] = (_key(answer), drawn, answer.sample.design)


def of(answer: state.Answer) -> Curve | None:
    """Return the curve of an answer; None where its method has no target."""
    return kept(answer) if by_name(answer.result.estimator).uses_target else None


def _key(answer: state.Answer) -> Hashable:
    asked = answer.sample.subspace
    return (id(answer.sample.design), asked.region, answer.result.estimator, answer.result.settings)


def _estimator(result: ImportanceResult) -> Estimator:
    """The estimator of a result, with its settings."""
    kind = by_name(result.estimator)
    known = {declared.name for declared in fields(kind)}
    return kind(**{name: value for name, value in result.settings if name in known})


def said(found: Curve, used: int) -> str:
    """Say what explains most for narrow targets and for wide ones of all trials `used`, where that is sure."""
    if _flat(found):
        return "No hyperparameter explains anything alone at any threshold: every bar would be 0."
    filled = np.flatnonzero(found.known & ~found.thin)
    if not len(filled):
        return f"Every target here holds fewer than {FEW_TARGET} trials: too few to tell thresholds apart."
    leaders = {i: leader for i in filled if (leader := _leader(found, i)) is not None}
    alone = len(found.names) == 1
    if not leaders and alone:
        return f"At no threshold is it sure that {found.names[0]} explains anything."
    if not leaders:
        return "At no threshold does one hyperparameter surely explain more than every other."
    first, last = min(leaders), max(leaders)
    narrow, wide = (found.names[leaders[i]] for i in (first, last))
    parts = [found_part(float(found.targets[i]), int(found.n_target[i]), used) for i in (first, last)]
    ends = [f"the best {100 * part:.2g}{words.BLANK}%" for part in parts]
    if narrow != wide:
        return f"For {ends[0]} {narrow} explains most, for {ends[1]} {wide}: excellent is not decided as good is."
    often = sum(leader == leaders[first] for leader in leaders.values())
    how_many = "every one" if often == len(filled) else str(often)
    where = f"for {ends[0]}" if first == last else f"from {ends[0]} to {ends[1]}"
    return (
        f"{narrow} surely explains {'a part' if alone else 'most'} at {how_many} of {len(filled)} thresholds, {where}."
    )


def _flat(found: Curve) -> bool:
    """Whether all lines lie on 0: there is nothing to draw."""
    return bool(np.nanmax(found.importance) < FLAT)


def _leader(found: Curve, i: int) -> int | None:
    """Return the column that surely explains more than every other at a target.

    Sure: the lower limit of the difference is above 0 (Zou and Donner 2008, doi:10.1002/sim.3095).
    """
    value, low, high = (np.nan_to_num(part[i]) for part in (found.importance, found.low, found.high))
    first = int(value.argmax())
    ahead = value[first] - value > np.hypot(value[first] - low[first], high - value)
    return first if np.delete(ahead, first).all() and low[first] > 0 else None
