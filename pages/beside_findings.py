"""Beside the findings: what the table cannot say, how it was found out and what does not matter, and files.

Keys: quiet-cannot_say; copy_markdown (a popover), findings_csv, findings_json; tolerance, default_tolerance.
"""

from __future__ import annotations

from functools import partial

import streamlit as st

from hpi.statements import Findings, paper
from hpi.statements.words import some
from hpi.words import findings as finding_words
from pages import found, look, state

MOST = 8
CUT = "What the table cannot say"


def cannot_say(said: Findings) -> None:
    """Draw why something is missing or to be read with care; nothing where there is nothing of the kind."""
    if not said.cannot_say:
        return
    look.small_heading(CUT)
    look.quiet("cannot_say", *said.cannot_say[:MOST])
    more = said.cannot_say[MOST:]
    if more:
        with st.expander(f"{len(more)} more that it cannot say"):
            look.quiet("cannot_say_more", *more)


def take_away(said: Findings, is_right: bool = False) -> None:
    """Draw what can be taken along: text for a paper or a ticket, and files; written when they are asked for."""
    with st.container(
        horizontal=True, horizontal_alignment="right" if is_right else "left", gap="xsmall", key="take_away"
    ):
        copy = st.popover("Copy as Markdown", key="copy_markdown", on_change="rerun")
        if copy.open:
            with copy:
                st.code(paper.as_markdown(said), language=None, wrap_lines=True, height=360, width=560)
        for kind, write, mime in (("CSV", found.as_csv, "text/csv"), ("JSON", found.as_json, "application/json")):
            key = kind.lower()
            st.download_button(
                kind, partial(write, said), f"findings.{key}", mime, key=f"findings_{key}", on_click="ignore",
                help=f"Download the findings as {kind}",
            )  # fmt: skip


def method(said: Findings | None) -> None:
    """Draw how findings are found out, and the one number of it that is a matter of opinion."""
    with st.expander("How this is found out"):
        st.markdown(finding_words.METHOD)
        now = found.chosen()
        default = said.tolerance if said is not None and now.tolerance is None else None
        state.copy(tolerance=now.tolerance)
        st.text(finding_words.matters(said, now.tolerance))
        st.number_input(
            "A difference that does not matter, in units of the metric", 0.0, value=None, format="%g",
            key="tolerance", placeholder="" if default is None else f"{some(default)} (default)", on_change=_tolerance,
            disabled=state.session().shared is not None,
        )  # fmt: skip


def _tolerance() -> None:
    """Take over a typed number; an empty field and 0 stand for the default."""
    found.chosen().choose(tolerance=st.session_state["tolerance"] or None)
