"""Share: a link to what is shown, and what can be taken along.

Keys: share_menu (a popover), share_note, share_days, make_link; made_link, made_secret, another_link; report_html,
numbers_csv, numbers_json, show_python.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from hpi import reporting
from hpi.errors import HpiError
from hpi.sharing import LONGEST_NOTE, Snapshot
from hpi.store import Made
from hpi.words import large
from pages import counting, found, job, link, look, shelf, sign_in, state, threshold, who

DAYS = (1, 7, 30, 90, 365, 3650)
NOTHING = "There is nothing to share until the question has an answer."
OPENS = (
    "Whoever has it can read this table (every cell, and the name of its file), these settings and these numbers, and "
    "can change nothing. They are stored on this server until the link ends."
)
HERE_ALONE = (
    "This server can be reached from this computer alone, and so can its links. To show it to somebody elsewhere, send "
    "the report below, or run hpi for your team (README: Serve it to a team)."
)
KEEP = "To delete it: the page Links in this browser; or there, from any browser, this secret, shown only now:"


def menu(read_only: bool = False) -> None:
    """Draw the menu that shares what is shown, or only takes it along.

    It is drawn whether or not it is open: one that asks the server when it is closed by a click on another page would
    lead back from there.
    """
    answer = state.answer()
    with st.popover("Download" if read_only else "Share", key="share_menu"):
        if not isinstance(answer, state.Answer) or answer.is_stale:
            st.text(NOTHING)
            return
        if not read_only:
            _share(answer)
        _take_along(answer)


def _share(answer: state.Answer) -> None:
    if not who.may_author():
        sign_in.gate()
        return
    look.small_heading("A link for a teammate")
    if counting.is_large(answer.table):
        look.quiet("share", large.NO_LINK)
        return
    look.quiet("share", OPENS, HERE_ALONE if _is_here_alone() else None)
    now = state.session()
    if now.share is not None and now.share.of == link.shown():
        _make(answer, now.share)
    if now.made is not None and now.made[0] == link.shown():
        _made(now.made[1])
    else:
        _form()


def _form() -> None:
    """Draw what a link can be made with."""
    st.text_area("Note, plain text", key="share_note", max_chars=LONGEST_NOTE, height=68)
    longest = shelf.store().settings.share_days
    days = [*(n for n in DAYS if n < longest), longest]
    st.selectbox("Opens for", days, index=len(days) - 1, format_func=_days, key="share_days")
    st.button("Make a link", key="make_link", type="primary", on_click=_want)


def _want() -> None:
    """Have a link made of what is shown."""
    note = st.session_state.get("share_note") or ""
    state.session().share = shelf.Wanted(link.shown(), note, st.session_state["share_days"])


def _again() -> None:
    """Have the form again in the place of the link that was made."""
    state.session().made = None


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number:,} days"


def _make(answer: state.Answer, wanted: shelf.Wanted) -> None:
    """Store what is shown, as soon as its findings are there; where that is refused, say why."""
    if found.findings(answer) is None and not found.is_refused():
        job.beside(state.FINDINGS)
        return
    now = state.session()
    now.share = None
    known = state.found_here(threshold.of(answer))
    snapshot = Snapshot(answer.table, link.here(), Path(now.page or "").stem, known, wanted.note)
    try:
        now.made = (wanted.of, shelf.publish(snapshot, wanted.days))
    except HpiError as error:
        look.refusal(str(error), "refused-share")


def _made(made: Made) -> None:
    """Draw the link that was made, and how to delete it."""
    look.quiet("made", f"It opens until {made.share.expires:%d %b %Y}:")
    _to_copy(address(made), "made_link")
    look.quiet("secret", KEEP)
    _to_copy(made.secret, "made_secret")
    st.button("Make another link", key="another_link", on_click=_again)


def _is_here_alone() -> bool:
    """Whether the visitor's address of this server means nothing on any other machine."""
    return urlsplit(str(st.context.url or "")).hostname in ("127.0.0.1", "localhost", "::1")


def _to_copy(text: str, key: str) -> None:
    with st.container(key=key):
        st.code(text, language=None, wrap_lines=True)


def address(made: Made) -> str:
    """Return the address of a link: that of this server as the visitor's browser has it, and the token."""
    parts = urlsplit(st.context.url or "")
    page = st.session_state.get("url_path", "")
    path = parts.path.rstrip("/").removesuffix(f"/{page}" if page else "").rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, f"{path}/", urlencode({link.SHARED: made.token}), ""))


def _take_along(answer: state.Answer) -> None:
    """Draw what can be downloaded: a report, all numbers, and Python that repeats them; written when asked for."""
    look.small_heading("To download")
    stem = Path(answer.table.name).stem or "table"
    contents = reporting.Contents(
        answer.table, answer.sample, answer.result, found.known(answer), found.chosen().tolerance, _note(),
        datetime.now(UTC), curve=threshold.known(answer),
    )  # fmt: skip
    with st.container(horizontal=True, gap="xsmall"):
        for label, write, name, mime, key in (
            ("Report (HTML)", reporting.as_html, f"{stem}-report.html", "text/html", "report_html"),
            ("Numbers (CSV)", reporting.as_csv, f"{stem}-numbers.csv", "text/csv", "numbers_csv"),
            ("Numbers (JSON)", reporting.as_json, f"{stem}-numbers.json", "application/json", "numbers_json"),
        ):
            st.download_button(label, partial(_written, write, contents), name, mime, key=key, on_click="ignore")
    if st.toggle("Show the Python that repeats these numbers", key="show_python"):
        look.quiet("python", large.where(answer.table))
        st.code(reporting.snippet(contents), language="python", wrap_lines=True)


def _written(write: Callable[[reporting.Contents], str], contents: reporting.Contents) -> str:
    """Return a file; with the findings, also where no page has asked for them yet."""
    return write(contents if contents.findings is not None else reporting.with_findings(contents))


def _note() -> str | None:
    now = state.session()
    return now.shared.snapshot.note if now.shared is not None else st.session_state.get("share_note") or None
