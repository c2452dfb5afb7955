"""Who is on the page: a visitor known by a cookie alone, or somebody who has signed in.

HPI_SIGN_IN says whom the pages ask: off (nobody), authors (whoever opens or shares a table; a link opens for
everybody) or everybody. HPI_SIGN_IN_HOURS says how long a sign-in counts; Streamlit itself forgets it after 30 days.
"""

from __future__ import annotations

import hashlib
import json
import time
import unicodedata
from typing import Any

import streamlit as st

from hpi import serving
from hpi.serving import ServerSettings

OFF, AUTHORS, EVERYBODY = "off", "authors", "everybody"
AHEAD = 300  # seconds that the provider's clock may run before ours
NAMES = ("name", "preferred_username", "email")
LONGEST_NAME = 60


def mode() -> str:
    """Return whom the pages ask to sign in; raises SettingsError."""
    return ServerSettings.from_environment().sign_in


def is_signed_in() -> bool:
    """Whether somebody is signed in, and pages ask for that at all."""
    return _claims() is not None


def may_author() -> bool:
    """Whether who is here may open tables, share them and see the own links."""
    return mode() == OFF or is_signed_in()


def needs_sign_in() -> bool:
    """Whether nothing may be shown yet."""
    return mode() == EVERYBODY and not is_signed_in()


def owner() -> str | None:
    """Return what the store knows its owners by, 64 hex digits: never a name, an address or the provider's number."""
    claims = _claims()
    return _visitor() if claims is None else owner_of(claims["iss"], claims["sub"])


def owner_of(issuer: str, subject: str) -> str:
    """Return the sha256 of who somebody is to a provider; as JSON, so that no two pairs are the same text."""
    return hashlib.sha256(json.dumps([issuer, subject]).encode()).hexdigest()


def name() -> str | None:
    """Return what the provider calls who is signed in: plain text, to be shown where nothing is markup."""
    claims = _claims()
    if claims is None:
        return None
    given = (claims[key] for key in NAMES if isinstance(claims.get(key), str))
    return next(filter(None, map(_readable, given)), "somebody without a name")


def _readable(text: str) -> str:
    """Return the text on one line without signs that cannot be seen or turn the direction of writing."""
    seen = "".join(sign for sign in " ".join(text.split()) if unicodedata.category(sign)[0] != "C").strip()
    return seen if len(seen) <= LONGEST_NAME else seen[: LONGEST_NAME - 1] + "…"


def _claims() -> dict[str, Any] | None:
    """Return what the provider says of who is signed in; None for nobody, and for a sign-in that is too old."""
    settings = ServerSettings.from_environment()
    if settings.sign_in == OFF:
        return None
    said = _said()
    if said.get("is_logged_in") is not True or not all(_is_text(said.get(key)) for key in ("iss", "sub")):
        return None
    made = said.get("iat")
    if isinstance(made, bool) or not isinstance(made, int | float):
        return None
    return said if -AHEAD <= time.time() - made <= settings.sign_in_hours * 3600 else None


def _said() -> dict[str, Any]:
    return dict(st.user.to_dict())


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _visitor() -> str | None:
    """Return the digest of the visitor's signed cookie; None where there is none or it is not ours."""
    cookie = st.context.cookies.get(serving.COOKIE)
    return serving.visitor_of(cookie, serving.secret()) if isinstance(cookie, str) else None
