"""Tables that the operator has named, opened by a job that looks at every row; what it found is held once for all.

Where a table lies stands in HPI_TABLES alone: a visitor names one, and neither its address nor a message says where it
is. Draws nothing.
"""

from __future__ import annotations

import streamlit as st

from hpi import serving
from hpi.blocks.large import LargeTable, made
from hpi.blocks.look import Look
from hpi.blocks.source import Source, find
from hpi.errors import HpiError
from hpi.jobs import LookAt
from hpi.roles import Choices
from pages import opened, work
from pages.recent import Recent
from pages.session import Looking, session

AT_ONCE = 2  # tables that are held, some tens of megabytes each
NONE = "“table” in the address is none of {known}."
NO_TABLES = "“table” in the address names a table, and this server has none that are opened by a name."


def names() -> tuple[str, ...]:
    """Return the names of the tables of this server; raises SettingsError where the setting makes no sense."""
    return tuple(serving.tables_from())


def open_named(name: str) -> bool:
    """Open a table of this server; return whether it is open now: else a job looks at it, or it was refused."""
    now, known = session(), serving.tables_from()
    if name not in known:
        now.refused = NONE.format(known=", ".join(known)) if known else NO_TABLES
        return False
    if now.looking is not None and now.looking.name == name and now.looking.work.is_open:
        return False
    let_go()
    try:
        seen = _seen(known[name])
    except HpiError as error:
        now.refused = without(str(error), known[name], name)
        return False
    if seen is not None:
        return opened.open_named(name, lambda: _made(name, *seen))
    _begin(name, known[name])
    return False


def collect() -> bool:
    """Open the table that was looked at, if that is done; return whether it is open now."""
    now = session()
    if now.looking is None or now.looking.work.is_open:
        return False
    looking, now.looking = now.looking, None
    if looking.work.was_lost:
        _begin(looking.name, looking.address)
        return False
    if looking.work.was_cancelled:
        return False
    try:
        source, seen = looking.work.answer()
    except HpiError as error:
        now.refused = without(str(error), looking.address, looking.name)
        return False
    _looks().put(looking.address, (source, seen))
    return opened.open_named(looking.name, lambda: _made(looking.name, source, seen))


def cancel() -> None:
    """Look no longer at the table that is being opened."""
    let_go()
    session().looking = None


def let_go() -> None:
    """Wait no longer for the table that is being opened, since another one is."""
    now = session()
    if now.looking is not None:
        now.looking.work.cancel()
        now.looking = None


def without(message: str, address: str, name: str) -> str:
    """Return a message with the name of the table in the place of where it lies."""
    return message.replace(address, name).replace(address.rstrip("/"), name)


def _begin(name: str, address: str) -> None:
    now = session()
    try:
        begun = work.begin(("look", address), LookAt(address), now.visitor)
    except HpiError as error:
        now.refused = without(str(error), address, name)
        return
    now.refused, now.looking = None, Looking(name, address, begun)


def _seen(address: str) -> tuple[Source, Look] | None:
    """Return what a look at an address has found before, if the same files lie there still; raises TableError."""
    held = _looks().get(address)
    if held is None or find(address).fingerprint == held[0].fingerprint:
        return held
    _looks().drop(address)
    return None


def _made(name: str, source: Source, seen: Look) -> LargeTable:
    """Return the table of a look, as it is without anybody's choices: one for all visitors."""
    key = (name, source.fingerprint)
    table = _tables().get(key)
    if table is None:
        table = made(source, seen, Choices(), name)
        _tables().put(key, table)
    return table


@st.cache_resource(show_spinner=False)
def _looks() -> Recent[tuple[Source, Look]]:
    return Recent(AT_ONCE)


@st.cache_resource(show_spinner=False)
def _tables() -> Recent[LargeTable]:
    return Recent(AT_ONCE)
