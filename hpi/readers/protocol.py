"""What a reader is: something that knows its sources by their content, and turns one into a frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import pandas as pd

from hpi.readers.limits import ReadLimits
from hpi.roles.reading import Reading


class Files(Protocol):
    """The files of an archive, a folder, or several uploads at once, by their names in it ("p/trial_0/trial.json")."""

    @property
    def sizes(self) -> Mapping[str, int]:
        """Return the size in bytes that each file is said to have, by name, in order; folders are not among them."""

    def read(self, name: str) -> bytes:
        """Return one file's content.

        Raises
        ------
        TableError
            If it is damaged, or all that was read passes the limit.
        """

    def head(self, name: str, size: int) -> bytes:
        """Return the first bytes of one file, at most `size`: to see what it is; raises as `read` does."""


@dataclass(frozen=True, eq=False)
class Opened:
    """A source whose bytes were taken: nothing of it was understood yet.

    Attributes
    ----------
    name
        Of the file, without folders; only ever shown.
    data
        Its bytes, unpacked if it was compressed by itself; empty for a folder or several files.
    files
        What is in it, if it is an archive (an .xlsx is one too), a folder or several files.
    notices
        What was done to get at the bytes.
    part, parts
        Where it was taken from an archive or folder that holds several tables: its name there, and all of theirs.
    """

    name: str
    data: bytes
    files: Files | None = None
    notices: tuple[str, ...] = ()
    part: str | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """Which of several tables in one source is asked for; None: the one with most to say."""

    study: str | None = None
    sheet: str | None = None
    table: str | None = None


@dataclass(frozen=True, eq=False)
class Loaded:
    """A table as it stands in its source.

    Attributes
    ----------
    frame
        One row a trial (or an epoch, a repeat...), different column names, cells as text or parsed.
    name
        What to call it.
    reading
        What the source says of itself.
    """

    frame: pd.DataFrame
    name: str
    reading: Reading


@runtime_checkable
class Reader(Protocol):
    """One kind of source."""

    @property
    def name(self) -> str:
        """Return what people call this kind of source."""

    def accepts(self, opened: Opened) -> bool:
        """Whether the source is of this kind, judged by its content and not by its name; looks, but does not parse."""

    def load(self, opened: Opened, wanted: Wanted, limits: ReadLimits) -> Loaded:
        """Return the table.

        Raises
        ------
        TableError
            If it cannot be understood, or passes a limit: what was found and where, what is allowed, what to do.
        """
