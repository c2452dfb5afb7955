"""A second threshold, typed in percent; until somebody types one, a tenth of the present target or what is possible.

Keys of the widgets: other_target, other_region.
"""

from __future__ import annotations

import streamlit as st

from hpi import checks
from hpi.errors import HpiError
from hpi.subspace import Subspace
from pages import counting, look, state
from pages.comparing import THRESHOLD as KEPT
from pages.comparing import Threshold
from pages.question import SMALLEST, STEP

PARTS = (0.1, 0.2, 0.5, 2.0, 3.0, 5.0)  # of the present target; of the present region below 1
NONE = "There are too few trials for a second threshold: each needs 8 trials in its target."


def draw(first: state.Answer) -> Threshold | None:
    """Draw the numbers that can be typed and return them; None, and why, where no second threshold is possible."""
    uses_target = state.session().asked.method.uses_target
    default = _default(first, uses_target)
    chosen: Threshold | None = state.session().kept.get(KEPT, default)
    if chosen is not None and uses_target and chosen[1] is None:  # typed where the target played no part
        chosen = default
    if chosen is None:
        look.quiet("no_threshold", NONE)
        return None
    region, target = chosen
    state.copy(other_region=region)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="other_sentence"):
        st.markdown("Compare with the best", width="content")
        if uses_target:
            state.copy(other_target=target)
            _percent("other_target", "The other target, in percent of the trials")
            st.markdown("% among the best", width="content")
        _percent("other_region", "The other region, in percent of the trials")
        st.markdown("% of trials.", width="content")
    return region, target if uses_target else None


def _percent(key: str, label: str) -> None:
    st.number_input(
        label, SMALLEST, 100.0, step=STEP, format="%g", key=key, label_visibility="collapsed", width=105,
        on_change=_typed,
    )  # fmt: skip


def _typed() -> None:
    target = st.session_state.get("other_target")
    state.session().kept[KEPT] = (st.session_state["other_region"], target)


def _default(first: state.Answer, uses_target: bool) -> Threshold | None:
    """Return the first threshold that is not refused and holds other trials than the present one."""
    asked = first.sample.subspace
    region, target = (round(100 * (part or 1.0), 6) for part in (asked.region, asked.target))
    if uses_target:
        tried: list[Threshold] = [(region, round(part * target, 6)) for part in PARTS]
    else:
        tried = [*((round(part * region, 6), None) for part in PARTS[2::-1]), (100.0, None)]
    return next((one for one in tried if _is_possible(first, one)), None)


def _is_possible(first: state.Answer, tried: Threshold) -> bool:
    region, target = tried
    if not all(SMALLEST <= part <= 100 for part in (region, target) if part is not None):
        return False
    try:
        wanted = Subspace(region / 100, None if target is None else target / 100, first.sample.subspace.where)
        sample = counting.cut(first.sample, wanted)
        checks.refuse(sample, target is not None)
    except HpiError:
        return False
    sizes = [(one.n_region, one.n_target if target is not None else 0) for one in (first.sample, sample)]
    return sizes[0] != sizes[1]
