"""Where the store lies and how much it may hold: read once from the environment, refused where it makes no sense."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hpi.environment import numbers
from hpi.errors import SettingsError
from hpi.store.places import data_folder

MB = 1_000_000
DRAFTS_AT_MOST = 4  # drafts may fill one part in so many of the store
BOUNDS = (
    # field, variable, lowest, highest
    ("share_days", "HPI_SHARE_DAYS", 1, 3_650),
    ("draft_days", "HPI_DRAFT_DAYS", 0, 365),
    ("share_mb", "HPI_SHARE_MB", 1, 100_000),
    ("owner_mb", "HPI_OWNER_MB", 1, 1_000_000),
    ("store_mb", "HPI_STORE_MB", 1, 100_000_000),
)
FOLDER, INDEX, BLOBS = "HPI_STORE", "HPI_STORE_INDEX", "HPI_STORE_BLOBS"
VARIABLES = (FOLDER, INDEX, BLOBS, *(variable for _, variable, _, _ in BOUNDS))
PREFIXES = ("HPI_STORE", "HPI_SHARE", "HPI_OWNER", "HPI_DRAFT")
INDEXES = re.compile(r"(postgresql(\+psycopg)?://|sqlite:///)[^\0\n]+")
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\0\n]+")


@dataclass(frozen=True)
class StoreSettings:
    """Place and limits of one store.

    Parameters
    ----------
    folder
        Where index and blobs lie, unless they have addresses of their own. It is made at the first write.
    index
        SQLAlchemy's address of the index; None: SQLite in the folder.
    blobs
        fsspec's address of the blobs; None: files in the folder.
    share_days
        How long a share lives at most, and where nothing else is said.
    draft_days
        How long a draft lives after its last change; 0: none are kept.
    share_mb, owner_mb, store_mb
        Megabytes (10^6 bytes) that one share, the shares of one owner, and everything may take.
    """

    folder: Path
    index: str | None = field(default=None, repr=False)  # both may hold a password
    blobs: str | None = field(default=None, repr=False)
    share_days: int = 90
    draft_days: int = 7
    share_mb: int = 200
    owner_mb: int = 1_000
    store_mb: int = 10_000

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> StoreSettings:
        """Return what HPI_STORE, HPI_SHARE_DAYS... say; the user's data folder where they say nothing.

        Raises
        ------
        SettingsError
            If a variable makes no sense, or is none of these though it looks like one.
        """
        for variable in environment:
            if variable.startswith(PREFIXES) and variable not in VARIABLES:
                raise SettingsError(f"{variable} is no setting; there are: {', '.join(sorted(VARIABLES))}.")
        given = numbers(BOUNDS, environment)
        folder = _folder(environment[FOLDER]) if FOLDER in environment else data_folder(environment)
        return cls(folder, _index(environment.get(INDEX)), _blobs(environment.get(BLOBS)), **given)

    @property
    def share_bytes(self) -> int:
        """What one share may take."""
        return self.share_mb * MB

    @property
    def owner_bytes(self) -> int:
        """What the shares of one owner may take, and the drafts of one owner beside them."""
        return self.owner_mb * MB

    @property
    def store_bytes(self) -> int:
        """What everything may take."""
        return self.store_mb * MB

    @property
    def draft_bytes(self) -> int:
        """What all drafts may take."""
        return self.store_bytes // DRAFTS_AT_MOST


def _folder(text: str) -> Path:
    if not text.strip() or "\0" in text:
        raise SettingsError(f"{FOLDER} is {text!r}; it must name a folder.")
    if ADDRESS.fullmatch(text):
        raise SettingsError(f"{FOLDER} must name a folder; an address belongs into {BLOBS} or {INDEX}.")
    return Path(text).expanduser().absolute()


def _index(text: str | None) -> str | None:
    # the text is never repeated: it may hold a password
    if text is not None and (not INDEXES.fullmatch(text) or ":memory:" in text):
        raise SettingsError(f"{INDEX} must begin with postgresql+psycopg:// or sqlite:/// and name a database.")
    return text


def _blobs(text: str | None) -> str | None:
    if text is not None and not ADDRESS.fullmatch(text):
        raise SettingsError(f"{BLOBS} must be an address such as s3://bucket/folder; a folder belongs into {FOLDER}.")
    return text
