"""What stands on a page instead of its content until somebody has signed in, and the way out again.

Keys of the widgets: sign_in-<provider>, sign_out.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import streamlit as st
from streamlit import config
from streamlit.runtime.secrets import secrets_singleton

from hpi.errors import SettingsError
from hpi.serving.returning import CALLBACK, FAILED, KEY, UNREACHABLE
from pages import look, who

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

DEFAULT = "default"  # what Streamlit calls a provider that stands in [auth] itself
OF_PROVIDER = ("client_id", "client_secret", "server_metadata_url")
SHORTEST_SECRET = 32
MODULES = {"authlib": "Authlib", "httpx": "httpx"}
LOOPBACK = ("127.0.0.1", "localhost", "::1")
NOTICES = {
    FAILED: "Signing in did not come to its end, so nobody is signed in. Try it again.",
    UNREACHABLE: "The service that signs people in does not answer. Try it again in a while.",
}
WHY = {
    who.AUTHORS: "To open a table, to share it and to see what you have shared, sign in. "
    "A link that somebody gave you opens without.",
    who.EVERYBODY: "This is only shown to people who have signed in.",
}
# Constants only. In the bar at the top where there is room, above the page on a small screen.
STYLE = """<style>
.st-key-who [data-testid=stText] {font-size: .9rem; opacity: .8; max-width: 14rem; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap}
@media (min-width: 641px) {.st-key-who {position: fixed; top: .6rem; right: 9.5rem; width: auto; z-index: 999991}}
</style>"""


def before(pages: Sequence[StreamlitPage]) -> None:
    """Draw what stands above every page; where nothing may be shown yet, ask to sign in and end the run."""
    if who.mode() == who.OFF:
        return
    _hear()
    look.refusal(NOTICES.get(st.session_state.get(KEY, "")), "refused-sign_in")
    if who.needs_sign_in():
        st.navigation(list(pages), position="hidden")
    bar()
    _corner()


def bar() -> None:
    """Show nothing but the gate, and end the run, where nothing may be shown yet."""
    if who.needs_sign_in():
        look.question("Which hyperparameters decide?")
        gate()
        st.stop()


def gate() -> None:
    """Draw what a page shows instead of its content: why, and a button for each provider."""
    with st.container(key="gate"):
        st.text(WHY[who.mode()])
        _buttons("primary")


def check_sign_in() -> None:
    """Raise SettingsError, naming what is missing, where people are to sign in and cannot; for the start."""
    if who.mode() == who.OFF:
        return
    missing = [title for module, title in MODULES.items() if importlib.util.find_spec(module) is None]
    if missing:
        _refuse(f"needs {' and '.join(missing)}: install requirements-hosted.txt")
    if not config.get_option("server.enableXsrfProtection"):
        _refuse("needs server.enableXsrfProtection, without which Streamlit recognises nobody")
    auth = _auth()
    wanted = ["redirect_uri", "cookie_secret"]
    absent = [key for key in wanted if not auth.get(key)]
    if not _providers(auth):
        absent += [key for key in OF_PROVIDER if not auth.get(key)]
    if absent:
        _refuse(f"needs [auth] in the file secrets.toml of Streamlit; missing there: {', '.join(absent)}")
    _check_values(auth)


def _check_values(auth: Mapping[str, Any]) -> None:
    """Refuse values that would fail only when somebody signs in, or that somebody could guess."""
    for name, provider in _providers(auth).items():
        absent = [key for key in OF_PROVIDER if not provider.get(key)]
        if absent:
            _refuse(f"needs more in [auth.{name}] of secrets.toml; missing there: {', '.join(absent)}")
        if not _is_safe(str(provider["server_metadata_url"])):
            _refuse("needs a server_metadata_url in secrets.toml that begins with https://")
    if len(str(auth["cookie_secret"])) < SHORTEST_SECRET:
        _refuse(f"needs a cookie_secret of {SHORTEST_SECRET} characters or more in secrets.toml: drawn at random")
    address = str(auth["redirect_uri"]).replace("{port}", str(config.get_option("server.port")))
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    path = f"/{base}{CALLBACK}" if base else CALLBACK
    if not _is_safe(address) or urlsplit(address).path != path:
        _refuse(f"needs a redirect_uri in secrets.toml like https://the.host.of.this.server{path}")


def _is_safe(address: str) -> bool:
    """Whether nobody on the way can read along: https, or this machine."""
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and (
            parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        )
    except ValueError:
        return False


def _refuse(needs: str) -> None:
    raise SettingsError(f"HPI_SIGN_IN is {who.mode()!r}, which {needs}; see docs/sign-in.md, or set it to 'off'.")


def _auth() -> dict[str, Any]:
    """Return the part [auth] of the secrets; empty where there is none."""
    if not secrets_singleton.load_if_toml_exists():
        return {}
    auth = secrets_singleton.get("auth")
    return auth.to_dict() if hasattr(auth, "to_dict") else {}


def _providers(auth: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the providers by the name that st.login takes; one without a name stands in [auth] itself."""
    named = {
        name: given
        for name, given in auth.items()
        if isinstance(given, Mapping) and name != "client_kwargs" and re.fullmatch(r"[A-Za-z0-9-]+", name)
    }
    return {DEFAULT: auth} if any(auth.get(key) for key in OF_PROVIDER) else named


def _hear() -> None:
    """Take out of the address what the way back says of a sign-in that failed; keep it until one succeeds."""
    said = st.query_params.pop(KEY, None)
    if who.is_signed_in():
        st.session_state.pop(KEY, None)
    elif said in NOTICES:
        st.session_state[KEY] = said


def _corner() -> None:
    """Draw who is signed in and the way out; or the way in."""
    st.html(STYLE)
    with st.container(
        key="who", horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small"
    ):
        name = who.name()
        if name is None:
            _buttons("tertiary")
        else:
            st.text(f"signed in as {name}", width="content")
            st.button("Sign out", key="sign_out", on_click=st.logout, type="tertiary")


def _buttons(kind: str) -> None:
    for name in _providers(_auth()):
        label = "Sign in" if name == DEFAULT else f"Sign in with {name}"
        st.button(label, key=f"sign_in-{kind}-{name}", on_click=st.login, args=(name,), type=kind)  # type: ignore[arg-type]
