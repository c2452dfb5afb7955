"""The server around the pages: what it checks before it starts, its guards, and what a bug leaves on the screen."""

from __future__ import annotations

import secrets
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from starlette.middleware import Middleware

from hpi import serving
from hpi.jobs import Log
from hpi.store import Store, StoreSettings
from pages import leaving, library, sign_in

if TYPE_CHECKING:
    from starlette.routing import Route

SHELL = Path(st.__file__).parent / "static" / "index.html"


def around() -> tuple[list[Middleware], list[Route], Callable[[Exception], bool]]:
    """Return the guards of the server, its routes, and what is to be done after a bug.

    Raises
    ------
    SettingsError
        If it must not start; the message begins with the name of the setting.
    """
    st.secrets.load_if_toml_exists()  # a host that has no other place for settings gives them among its secrets
    settings = serving.checked(address=st.get_option("server.address"))
    sign_in.check_sign_in()
    shelf = Store(StoreSettings.from_environment())
    base = st.get_option("server.baseUrlPath").strip("/")
    base = f"/{base}" if base else ""
    health = serving.Health({"store": shelf.is_writable, "jobs": serving.CanWork()})
    log = Log()
    guards = serving.stack(settings, SHELL.read_text("utf-8"), _is_kept, log, base)
    return (
        [*guards, Middleware(leaving.Watch)],
        [*health.routes(base), *library.routes(base)],
        partial(_mishap, log),
    )


def _mishap(log: Log, error: Exception) -> bool:
    """Say that something broke, and write down where; what it was about is nowhere said."""
    error_id = secrets.token_hex(4)
    where = [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    log.write("page broke", error=error_id, kind=type(error).__name__, where=where[-8:])
    st.error("Something broke on this page, and it is our fault. Your table and your settings are still there.")
    st.text(f"Try again, or open another page from the menu. If it happens again, report error {error_id}.")
    st.button("Try again", key=f"after_{error_id}")
    return True


def _is_kept(session: str, file: str) -> bool:
    """Whether the app keeps a file that a session has sent."""
    from streamlit.runtime import exists, get_instance

    return exists() and bool(get_instance().uploaded_file_mgr.get_files(session, [file]))
