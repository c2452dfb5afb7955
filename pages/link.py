"""The address of a page and the session, in step: what a visitor sees stands in the address, and the other way round.

The address is read when a session begins (a bookmark, a reload, a link) and when the visitor goes back or forward;
otherwise it is written. A link that was shared fixes table and question; what is looked at of them may change.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from hpi import sharing
from hpi.figures import Show
from hpi.sharing import Found, Query, View
from hpi.table import TrialTable
from pages import comparing, found, held, named, opened, state, threshold, who
from pages.asked import Asked
from pages.session import session
from pages.shelf import Shared

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

SHARED, OWN, NAMED, EXAMPLE = SOURCES = "s", "t", "table", "example"
# which keys a visitor of a link may add: they change what is looked at and no number
LOOKED_AT = ("hp", "pair", "show", "held", "about", "kind", "strong")
KNOWN_EXAMPLES = {name.split(".")[0]: name for name in ("digits_mlp.csv", "digits_cnn.csv", "known_function.csv")}
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
LONGEST = 3500  # bytes of a query; our own server takes 4,096, other proxies of a host the whole line in 4 kB
MOST_KEYS = 64  # different ones that are looked at, of the query


def follow() -> None:
    """Take over what the address says, where it was the visitor who changed it."""
    now = session()
    if now.followed and not _went_back():
        return
    now.followed = True
    query = address()
    _open(query)
    if now.table is None:
        now.pending = query
    elif now.example or now.draft or now.named or now.shared:
        take(query)


def collect() -> None:
    """Open the table that was looked at, if that is done, as the address says it."""
    if named.collect():
        take_pending()


def take_pending() -> None:
    """Take over what stood in the address before there was a table, as far as it fits."""
    now = session()
    waiting, now.pending = now.pending, {}
    if now.table is not None and waiting:
        take(waiting)


def take(query: Query) -> None:
    """Have the table that is open shown as an address says."""
    now = session()
    assert now.table is not None
    ignored: tuple[str, ...] = ()
    if now.shared is not None:
        query, ignored = _of_link(now.shared, query)
    # the question of a link is our own record, and may be longer than what anybody may type
    table, view, bad = sharing.read(query, _as_it_is(now.table, query), is_limited=now.shared is None)
    now.said_of_address = (*(now.shared.snapshot.notices if now.shared else ()), *ignored, *bad)
    now.table = table
    now.asked = Asked(
        _percent(view.region), None if view.target is None else _percent(view.target), view.where, view.estimator,
        view.settings, view.seed,
    )  # fmt: skip
    now.chosen, now.pair, now.show = view.hyperparameter, view.pair, str(view.show)
    held.want(view.held)
    comparing.take(view)
    found.chosen().choose(about=view.about, kinds=view.kinds, strong_only=view.strong, tolerance=view.tolerance)
    if now.shared is not None and now.shared.snapshot.found is not None:
        _show(now.shared.snapshot.found)


def write() -> None:
    """Have the address say what is shown; without a table it is left as it is, since it may say what to open."""
    now = session()
    if now.table is None:
        return
    query = carried()
    if query != now.written:
        if now.written:
            now.said_of_address = ()  # the visitor has moved on
        now.written = query
    if query != address():
        st.query_params.from_dict(query)


def carried() -> Query:
    """Return the keys and values that links from page to page carry along: as many as any server takes."""
    query = _all()
    for key in _longest_first(query):
        if len(urlencode(query, doseq=True)) <= LONGEST:
            break
        del query[key]
    return query


def left_out() -> str | None:
    """Say what of the question is too long for an address, if anything."""
    kept = carried()
    lost = [f"“{key}”" for key in _all() if key not in kept]
    if not lost:
        return None
    return f"{' and '.join(lost)} would make the address too long: a reload forgets that. A link by Share keeps it."


def _longest_first(query: Query) -> list[str]:
    """Return the keys that can be left out, the longest first."""
    free = [key for key in query if key not in SOURCES]
    return sorted(free, key=lambda key: -len(urlencode({key: query[key]}, doseq=True)))


def _all() -> Query:
    """Return the keys and values of all that is shown."""
    now = session()
    if now.table is None:
        return {}
    said = sharing.write(here())
    if now.shared is not None:
        fixed = sharing.write(now.shared.snapshot.view)
        looked_at = {key: said[key] for key in LOOKED_AT if key in said and said[key] != fixed.get(key)}
        return {SHARED: [now.shared.token]} | looked_at
    if now.draft is not None:
        return {OWN: [now.draft]} | said
    if now.named is not None:
        return {NAMED: [now.named]} | said
    return ({EXAMPLE: [now.example.split(".")[0]]} if now.example else {}) | said


def here() -> View:
    """Return what is shown now."""
    now, shown = session(), found.chosen()
    assert now.table is not None
    target = None if now.asked.target is None else round(now.asked.target / 100, 8)
    return View(
        now.table.metric, now.table.direction, now.table.choices.task, round(now.asked.region / 100, 8), target,
        now.asked.where, now.asked.estimator, now.asked.settings, now.asked.seed, now.chosen, now.pair,
        Show(now.show), held.is_wanted(), shown.about, tuple(shown.kinds), shown.strong_only, shown.tolerance,
        **comparing.said(),
    )  # fmt: skip


def go(page: str) -> NoReturn:
    """Go to a page, with everything that is shown."""
    st.switch_page(page, query_params=carried())


def to(page: str | StreamlitPage, label: str | None = None, query: Query | None = None) -> None:
    """Draw a link to a page, with everything that is shown; `query`: that, where it is at hand."""
    st.page_link(page, label=label, query_params=carried() if query is None else query)


def shown() -> Hashable:
    """Return all that a link made now would depend on: the table with its roles, and what is shown of it."""
    table = session().table
    assert table is not None
    return (table.fingerprint, table.name, table.choices, here())


def address() -> Query:
    """Return what stands in the address now: keys of a page, and those of Streamlit itself left out."""
    given = st.query_params
    return {key: given.get_all(key) for key in list(dict.fromkeys(given))[:MOST_KEYS]}


def _open(query: Query) -> None:
    """Open the table that an address names, if it is not the one that is open."""
    now = session()
    tokens = [text for text in query.get(SHARED, []) if TOKEN.fullmatch(text)]
    if any(query.get(SHARED, [])):  # the first that can be one; else the refusal that any unknown link gets
        if now.shared is None or now.shared.token not in tokens[:1]:
            opened.open_link(tokens[0] if tokens else "")
    elif not who.may_author():  # the page asks to sign in, and comes back to this address
        return
    elif query.get(OWN):
        if now.draft != query[OWN][0]:
            opened.open_own(query[OWN][0])
    elif query.get(NAMED):
        if now.named != query[NAMED][0]:
            named.open_named(query[NAMED][0])
    elif query.get(EXAMPLE):
        _open_example(query[EXAMPLE][0])


def _open_example(given: str) -> None:
    now, name = session(), KNOWN_EXAMPLES.get(given)
    if name is None:
        now.refused = f"“{EXAMPLE}” in the address is none of {', '.join(KNOWN_EXAMPLES)}."
    elif now.example != name:
        opened.open_example(name)
        now.arrived = False


def _show(stored: Found) -> None:
    """Show the numbers that a link holds."""
    state.put(stored)
    answer = state.answer()
    if stored.curve is not None and isinstance(answer, state.Answer):
        threshold.put(answer, stored.curve)


def _of_link(shared: Shared, query: Query) -> tuple[Query, tuple[str, ...]]:
    """Return what a link shows, with what may be added to it; and what was said of keys that it fixes."""
    fixed = sharing.write(shared.snapshot.view)
    looked_at = {key: query[key] for key in LOOKED_AT if key in query}
    tried = [key for key in sharing.QUESTION if key in query]
    said = tuple(f"“{key}” in the address is left out: the link fixes it. Make a copy to change it." for key in tried)
    return fixed | looked_at, said


def _as_it_is(table: TrialTable, query: Query) -> TrialTable:
    """Return the table without the task that was chosen, where the address chooses none."""
    if table.choices.task is None or "task" in query:
        return table
    return table.revise(task=None)


def _went_back() -> bool:
    """Whether this run is the visitor's going back or forward."""
    context = get_script_run_ctx()
    went = getattr(context, "is_history_navigation", None)
    if went is None:  # before Streamlit 1.64 nothing says so but an address that the pages did not write
        now = session()
        return bool(now.written) and address() != now.written and carried() == now.written
    return bool(went)


def _percent(fraction: float) -> float:
    return round(100 * fraction, 6)
