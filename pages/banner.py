"""What stands above a link that somebody has shared: from which file, when, by which version, and the way to a copy.

Keys of the widgets: explore; the containers banner and note.
"""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from hpi.figures.labels import visible
from hpi.version import VERSION
from hpi.words.answer import question
from pages import job, look, opened, share, sign_in, state, who, words
from pages.shelf import Shared


def frame(of_all: bool = False) -> state.Answer | None:
    """Draw the frame of a link, which can be read and not changed; return its answer, as `shell.frame` does."""
    now = state.session()
    assert now.table is not None
    assert now.shared is not None
    _identity(now.shared)
    if of_all:
        return None
    answer = state.answer()
    if not isinstance(answer, state.Answer):
        look.refusal(answer, "unanswered")
        job.panel(state.waited(), answer)
        return None
    st.text(f"{question(answer.result)}  ·  {now.asked.method.title}")
    look.quiet("counts", *map(words.condition, now.asked.where))
    return answer


def _identity(shared: Shared) -> None:
    now = state.session()
    with st.container(horizontal=True, vertical_alignment="center", key="identity"):
        st.text(words.identity(shared.snapshot.table))
        with st.container(horizontal=True, vertical_alignment="center", width="content", key="tools"):
            if who.may_author():
                st.button("Copy to explore", key="explore", on_click=opened.explore)
            share.menu(read_only=True)
    look.quiet("banner", f"{made(shared)}  ·  {version(shared)}", now.remark)
    if shared.snapshot.note:
        with st.container(key="note", border=True):
            look.small_heading("Note of the author")
            st.text(visible(shared.snapshot.note))
    if not who.may_author():
        with st.expander("Sign in to explore a copy"):
            sign_in.gate()


def made(shared: Shared) -> str:
    """Say what is shown: read-only, when and from which file it was made, what of it counts, and until when."""
    table = shared.snapshot.table
    used, rows = len(table.trials), len(table.frame)
    left = f"{rows - used:,} rows left out or averaged" if rows > used else "no row left out"
    until = f"opens until {shared.share.expires:%d %b %Y}"
    return f"Read-only, shared {day(shared.share.made)} from {table.name}  ·  {used:,} trials used, {left}  ·  {until}"


def version(shared: Shared) -> str:
    """Say which version worked the numbers out, and whether that is another one than this."""
    before = shared.snapshot.version or "an unknown version"
    if shared.snapshot.found is None:
        return f"numbers worked out now, by hpi {VERSION}; the link was made by hpi {before}"
    if before == VERSION:
        return f"numbers as stored by hpi {VERSION}"
    differs = f"This is hpi {VERSION}: a copy to explore works them out anew, and may differ."
    return f"numbers as stored by hpi {before}. {differs}"


def day(moment: datetime) -> str:
    """Write a day, with the time of day in UTC."""
    return f"{moment.astimezone(UTC):%d %b %Y, %H:%M} UTC"
