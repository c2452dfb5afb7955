"""What a server allows: read once from HPI_* variables, refused where it makes no sense."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hpi.environment import numbers, one_of
from hpi.errors import SettingsError

ANY = "*"
LOCAL = ("localhost", "127.0.0.1", "::1")
SIGN_IN = ("off", "authors", "everybody")
ACCESS_LOG = ("off", "on", "all")
SHORTEST_SECRET = 32  # characters
MOST_NAMED = 100
HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|[0-9a-f:]*:[0-9a-f:.]+")
ORIGIN = re.compile(r"https?://(\*\.)?[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?")
REPLICA = re.compile(r"[0-9]{1,4}")
NUMBERS = (
    # field, variable, lowest, highest
    ("max_query", "HPI_MAX_QUERY", 1024, 32_768),
    ("uploads", "HPI_UPLOADS", 1, 10_000),
    ("upload_mb", "HPI_UPLOAD_MB", 1, 1_000_000),
    ("websockets", "HPI_WEBSOCKETS", 1, 100_000),
    ("websockets_of_one", "HPI_WEBSOCKETS_OF_ONE", 1, 100_000),
    ("sign_in_hours", "HPI_SIGN_IN_HOURS", 1, 720),
)


@dataclass(frozen=True)
class ServerSettings:
    """Settings of one server.

    Parameters
    ----------
    hosts
        Names under which it may be asked for, lower case; "*.example.org" stands for all below, "*" for any.
    sign_in, sign_in_hours
        Who is asked to sign in, and for how long that counts.
    secret
        What the cookies of visitors are signed with; None: a file in the folder of the store holds it.
    max_query
        Bytes of what stands behind "?".
    uploads, upload_mb
        Files that one visitor may have sent, kept or under way, and megabytes of all of them.
    websockets, websockets_of_one
        Open pages in all, and from one address.
    frame_ancestors
        Where the pages may be shown in a frame: "'self'", "'none'" or origins.
    access_log
        Which requests are written down: none, all but the fixed parts of the app that were found, or all.
    replica
        Number of this server among several behind one proxy.
    """

    hosts: tuple[str, ...] = LOCAL
    sign_in: str = "off"
    sign_in_hours: int = 720
    secret: str | None = field(default=None, repr=False)
    max_query: int = 4096
    uploads: int = 100
    upload_mb: int = 1000
    websockets: int = 400
    websockets_of_one: int = 100
    frame_ancestors: tuple[str, ...] = ("'self'",)
    access_log: str = "off"
    replica: str | None = None

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] = os.environ, address: str | None = "127.0.0.1"
    ) -> ServerSettings:
        """Return what the variables say, and the defaults where they say nothing.

        `address` is where the server listens: on loopback alone only the names of this machine are answered, unless
        HPI_ALLOWED_HOSTS says more; elsewhere any name, since nobody but the operator can know it.

        Raises
        ------
        SettingsError
            If a variable makes no sense; the message begins with its name.
        """
        words: dict[str, Any] = {
            "hosts": _hosts(environment, address),
            "sign_in": one_of("HPI_SIGN_IN", environment.get("HPI_SIGN_IN", cls.sign_in), SIGN_IN),
            "secret": _secret(environment),
            "frame_ancestors": _frame_ancestors(environment),
            "access_log": one_of("HPI_ACCESS_LOG", environment.get("HPI_ACCESS_LOG", cls.access_log), ACCESS_LOG),
            "replica": _replica(environment),
        }
        return cls(**words, **numbers(NUMBERS, environment))


# as `number` and `one_of` say it, for what is neither
def _hosts(environment: Mapping[str, str], address: str | None) -> tuple[str, ...]:
    """Return the names of HPI_ALLOWED_HOSTS, else those that fit where the server listens."""
    text = environment.get("HPI_ALLOWED_HOSTS")
    if text is None:
        return LOCAL if address in LOCAL else (ANY,)
    hosts = _listed("HPI_ALLOWED_HOSTS", text.lower())
    wrong = next((host for host in hosts if host != ANY and not HOST.fullmatch(host)), None)
    if wrong is not None:
        raise SettingsError(
            f"HPI_ALLOWED_HOSTS names {wrong!r}; it must be names of hosts with commas between them, without scheme, "
            f"port or path: hpi.example.org,localhost. *.example.org stands for all below, * for any."
        )
    return hosts


def _frame_ancestors(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the sources of HPI_FRAME_ANCESTORS as Content-Security-Policy writes them."""
    listed = _listed("HPI_FRAME_ANCESTORS", environment.get("HPI_FRAME_ANCESTORS", "self").lower())
    sources = tuple(f"'{source}'" if source in ("self", "none") else source for source in listed)
    quoted = ("'self'", "'none'")
    if "'none'" in sources and len(sources) > 1:
        raise SettingsError("HPI_FRAME_ANCESTORS names none and others; it must be either.")
    wrong = next((source for source in sources if source not in quoted and not ORIGIN.fullmatch(source)), None)
    if wrong is not None:
        raise SettingsError(
            f"HPI_FRAME_ANCESTORS names {wrong!r}; it must be none, or self and origins with commas between them: "
            "self,https://wiki.example.org."
        )
    return sources


def _listed(variable: str, text: str) -> tuple[str, ...]:
    """Return the parts between commas."""
    parts = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not 1 <= len(parts) <= MOST_NAMED:
        raise SettingsError(f"{variable} names {len(parts)} of what it lists; it must be 1 to {MOST_NAMED}.")
    return parts


def _secret(environment: Mapping[str, str]) -> str | None:
    """Return HPI_SECRET; what is refused is never repeated."""
    secret = environment.get("HPI_SECRET")
    if secret is not None and len(secret) < SHORTEST_SECRET:
        raise SettingsError(
            f"HPI_SECRET has {len(secret)} characters; it must have at least {SHORTEST_SECRET} that nobody can guess, "
            'for example from: python -c "import secrets; print(secrets.token_urlsafe(32))"'
        )
    return secret


def _replica(environment: Mapping[str, str]) -> str | None:
    """Return HPI_REPLICA."""
    replica = environment.get("HPI_REPLICA")
    if replica is not None and not REPLICA.fullmatch(replica):
        raise SettingsError(f"HPI_REPLICA is {replica!r}; it must be a number of up to 4 digits.")
    return replica
