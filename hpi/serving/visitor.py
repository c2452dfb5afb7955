"""The cookie by which a visitor is known again: a random mark, signed, so that nobody can claim another's.

The store never sees it: `visitor_of` gives a digest, from which the cookie cannot be made.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

COOKIE = "hpi_visitor"
MARK = re.compile(r"([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})")
LIFE = 400 * 86_400  # seconds; browsers keep no cookie longer


def new_cookie(secret: bytes) -> str:
    """Return the text of a cookie for somebody new: 22 random characters, a dot and their signature."""
    mark = secrets.token_urlsafe(16)
    return f"{mark}.{_signature(mark, secret)}"


def visitor_of(cookie: str | None, secret: bytes) -> str | None:
    """Return who a cookie belongs to, 64 hex digits; None where it was not made with this secret."""
    parts = MARK.fullmatch(cookie or "")
    if parts is None or not hmac.compare_digest(parts[2], _signature(parts[1], secret)):
        return None
    return hashlib.sha256(f"hpi visitor {parts[1]}".encode()).hexdigest()


def _signature(mark: str, secret: bytes) -> str:
    """Return HMAC-SHA256 as 43 characters; the words before the mark keep it apart from other uses of the secret."""
    digest = hmac.digest(secret, f"hpi visitor {mark}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
