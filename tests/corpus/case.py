"""What one bad file is: its bytes, the outcome that is wanted, and what must be true of the table that comes out."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from hpi.roles import Column, Role
from hpi.table import TrialTable


class Wanted(StrEnum):
    """What must come of a file."""

    ACCEPT = "read"
    NOTICE = "read, with a notice"
    REFUSE = "refused"
    EITHER = "refused, or read exactly"


def nothing_more(table: TrialTable) -> None:
    """Ask nothing of the table beyond that it can be analysed."""


@dataclass(frozen=True)
class Case:
    """One file.

    Attributes
    ----------
    id, what
        As in the list of bad files.
    name
        What the file is called.
    content
        Makes its bytes.
    wanted
        What must come of it.
    says
        Regular expressions that one notice must match together, or the refusal; capital letters do not matter.
    holds
        Raises AssertionError where the table that was read is not right.
    seconds
        Of a processor, at most.
    analysed
        Whether importance must come out of the table, too.
    late
        Whether the refusal may wait until importance is asked for.
    large
        Whether the file is too large to be mutated.
    """

    id: str
    what: str
    name: str
    content: Callable[[], bytes]
    wanted: Wanted = Wanted.ACCEPT
    says: tuple[str, ...] = ()
    holds: Callable[[TrialTable], None] = nothing_more
    seconds: float = 10.0
    analysed: bool = True
    late: bool = False
    large: bool = False

    def source(self, folder: Path) -> object:
        """Return what is handed to `hpi.read`: an upload; other kinds of case lay something into the folder."""
        return Upload(self.content(), self.name)

    def files(self) -> list[tuple[str, bytes]] | None:
        """Return names and bytes as the app hands them to the child; None where no upload can be so."""
        return [(self.name, self.content())]


@dataclass(frozen=True)
class Placed(Case):
    """Something at a path of this machine, as given on the command line."""

    lay: Callable[[Path], object] = Path

    def source(self, folder: Path) -> object:
        """Return the path, or what else was laid."""
        return self.lay(folder)

    def files(self) -> list[tuple[str, bytes]] | None:
        """Return None: nobody can upload a path."""
        return None


@dataclass(frozen=True)
class Together(Case):
    """Several files at once."""

    contents: tuple[tuple[str, Callable[[], bytes]], ...] = ()

    def source(self, folder: Path) -> object:
        """Return a list of uploads."""
        return [Upload(content(), name) for name, content in self.contents]

    def files(self) -> list[tuple[str, bytes]] | None:
        """Return names and bytes."""
        return [(name, content()) for name, content in self.contents]


class Upload(io.BytesIO):
    """What an uploader gives: bytes with a name."""

    def __init__(self, content: bytes, name: str) -> None:
        super().__init__(content)
        self.name = name


# ---- what must be true of a table; no bare assert, so that the reason is said outside of pytest, too


def equal(found: object, expected: object, what: str) -> None:
    """Raise AssertionError where the two differ."""
    if found != expected:
        raise AssertionError(f"{what}: {found!r:.200}, not {expected!r:.200}")


def true(fact: object, what: str) -> None:
    """Raise AssertionError where it is not."""
    if not fact:
        raise AssertionError(what)


def column(table: TrialTable, name: str) -> Column:
    """Return what is said of a column; AssertionError where there is none."""
    found = [one for one in table.columns if one.name == name]
    if not found:
        raise AssertionError(f"no column {name!r:.80} among {[one.name for one in table.columns]!r:.200}")
    return found[0]


def role(table: TrialTable, name: str, expected: Role) -> None:
    """Raise AssertionError where the column has another role."""
    found = column(table, name)
    if found.role is not expected:
        raise AssertionError(f"{name!r:.80} is {found.role} ({found.reason}), not {expected}")


def names(table: TrialTable) -> list[str]:
    """Return the names of the columns, in order."""
    return [one.name for one in table.columns]


def labels(table: TrialTable, name: str) -> set[str]:
    """Return the levels of a hyperparameter; AssertionError where it is none."""
    for one in table.hyperparameters:
        if one.name == name:
            return set(one.levels)
    raise AssertionError(f"{name!r:.80} is no hyperparameter but {column(table, name).role}")
