"""Tokens and secrets: 128 random bits in 22 characters; only their digests are stored."""

from __future__ import annotations

import hashlib
import re
import secrets

BYTES = 16
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
ID = re.compile(r"[0-9a-f]{16}")
OWNER = re.compile(r"[0-9a-f]{16,128}")
SHA256 = re.compile(r"[0-9a-f]{64}")


def token() -> str:
    """Return a new token or secret."""
    return secrets.token_urlsafe(BYTES)


def name() -> str:
    """Return a new public name of a share; it opens nothing."""
    return secrets.token_hex(BYTES // 2)


def digest(text: str) -> str:
    """Return the sha256 of a token in hex; of a new one that nobody knows where the text is none.

    So what is malformed takes the way of what is unknown, and text from outside goes no further than this.
    """
    return sha256((text if TOKEN.fullmatch(text) else token()).encode("ascii"))


def sha256(content: bytes) -> str:
    """Return the sha256 of bytes in hex."""
    return hashlib.sha256(content).hexdigest()
