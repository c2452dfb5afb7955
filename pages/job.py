"""Slow work on a page: how far it is, how long is left, and a way to end it.

Keys: job (the container), cancel_job, retry_job; looking (the container), cancel_looking; of work beside the answer, by
its name: quiet-job-<name> (the container), refused-<name>, cancel_<name>, retry_<name>. What is open asks how the work
stands, and only then; when it is done the page is drawn anew.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from hpi.jobs import Phase, Status
from hpi.words import large
from pages import look, named, state, waiting
from pages.beside import Beside
from pages.words import BLANK
from pages.work import Work

EVERY = 0.5  # seconds
SOON, LATER = 2, 1.0  # after so many looks, seconds between two: each costs a run of the script
SHOWING = ("importance", "one", "two", "findings")
MINUTE = 90  # seconds from which on the time that is left is said in minutes


def panel(work: Work | None, answer: state.Answer | str | None) -> None:
    """Draw what there is to say of the slow work of this question, if any."""
    if work is None:
        return
    if work.is_open:
        last = answer if isinstance(answer, state.Answer) else None
        _watched(below(last, "Below is the last answer there was, until this one is ready."))
    elif work.was_cancelled or work.job.error is not None:
        again = "Count again" if work is state.session().counting else f"Run {work.title}"
        word = again if work.was_cancelled else "Try again"
        st.button(word, key="retry_job", on_click=state.retry)


def first(work: Work | None) -> None:
    """Say what will stand on a page that has nothing to show yet."""
    if work is not None and work.is_open:
        look.small_heading("The answer will appear here")
        st.text("No question about this table has been answered before, so there is nothing to show meanwhile.")


def looking() -> None:
    """Draw how far the opening of a table is that every row is looked at for, if one is being opened."""
    if state.session().looking is not None:
        _watched_looking()


def beside(name: str, is_fragment: bool = False) -> None:
    """Draw what there is to say of slow work beside the answer: how far it is, or why there will be no more of it.

    `name` says which: `state.FINDINGS`, for example. Draws nothing where it was never asked for, and where it is done.
    `is_fragment`: it stands in a fragment that shows what is found, so that no more than that is drawn in the end.
    """
    asked = state.session().beside.get(name)
    if asked is None:
        return
    if asked.is_open and is_fragment:
        _how_far(name, asked)
        asked.n_looks += 1
        waiting.again(EVERY if asked.n_looks <= SOON else LATER, asked.n_looks, f"wait_{name}")
    elif asked.is_open:
        _watched_beside(name)
    elif asked.refused is not None:
        look.refusal(asked.refused, f"refused-{name}")
        if asked.may_help:
            st.button("Try again", key=f"retry_{name}", on_click=_retry_beside, args=(name,))


@st.fragment(run_every=EVERY)
def _watched_beside(name: str) -> None:
    asked = state.session().beside.get(name)
    if asked is None or asked.work is None or not asked.is_open:
        st.rerun()
    _how_far(name, asked)


def _how_far(name: str, asked: Beside) -> None:
    status = Status(Phase.RUNNING) if asked.work is None else asked.work.status
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key=f"quiet-job-{name}"
    ):
        st.text(doing(asked.task.title, status), width="content")
        st.button("Cancel", key=f"cancel_{name}", on_click=_cancel_beside, args=(name,), disabled=asked.work is None)


@st.fragment(run_every=EVERY)
def _watched(below: str | None) -> None:
    work = state.waited()
    if work is None or not work.is_open:
        st.rerun()
    status = work.status
    with st.container(key="job", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.text(doing(work.title, status), width="content")
            st.button("Cancel", key="cancel_job", on_click=_cancel)
        if status.phase is Phase.RUNNING:
            st.progress(status.done)
        look.quiet("job", below)


@st.fragment(run_every=EVERY)
def _watched_looking() -> None:
    now = state.session()
    if now.looking is None or not now.looking.work.is_open:
        st.rerun()
    status = now.looking.work.status
    with st.container(key="looking", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.text(doing(f"Opening {now.looking.name}", status), width="content")
            st.button("Cancel", key="cancel_looking", on_click=named.cancel)
        if status.phase is Phase.RUNNING:
            st.progress(status.done)
        look.quiet("looking", None if now.table is None else "What is open stays until it is done.")


# Streamlit holds what a button calls and what a fragment was given as long as the session: names do, tables do not
def _cancel() -> None:
    work = state.waited()
    if work is not None:
        work.cancel()


def _cancel_beside(name: str) -> None:
    asked = state.session().beside.get(name)
    if asked is not None:
        asked.cancel()


def _retry_beside(name: str) -> None:
    asked = state.session().beside.get(name)
    if asked is not None:
        asked.retry()


def doing(title: str, status: Status) -> str:
    """Say what is done, how much of it, and how long is left, or the place in the queue."""
    if status.ahead:
        others = "1 other calculation is" if status.ahead == 1 else f"{status.ahead} other calculations are"
        return f"{title} waits for its turn: {others} before it."
    if status.doing == "":
        return f"{title} waits for its turn: it is next." if status.phase is Phase.WAITING else f"{title} begins."
    parts = [f"{title}: {status.doing}", f"{100 * status.done:.0f}{BLANK}%"]
    if status.left is not None:
        parts.append(f"about {_time(status.left)} left")
    return "  ·  ".join(parts)


def _time(seconds: float) -> str:
    if seconds >= MINUTE:
        return f"{seconds / 60:.0f}{BLANK}min"
    return f"{max(1.0, seconds):.0f}{BLANK}s"


def below(last: state.Answer | None, words: str) -> str | None:
    """Say what stands below, on the pages that show an answer: in these words where it is the last one there was."""
    page = Path(state.session().page or "").stem
    if last is None or page not in SHOWING:
        return None
    if last.is_preliminary:  # sentences wait for all trials
        return None if page == "findings" else large.meanwhile(last.table, last.sample)
    return words
