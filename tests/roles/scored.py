"""How many columns get the right role, and whether any result, identifier or moment is taken for a hyperparameter."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import hpi
from hpi.roles import Column, infer
from hpi.roles.vocabulary import ContextKind, Direction, Role
from tests.roles.cells import Header

# What must never be proposed as a hyperparameter.
_HARMFUL = {"min", "max", "metric", "outcome", "id", "when"}


@dataclass(frozen=True)
class Miss:
    """A column whose role is wrong."""

    table: str
    name: str
    right: tuple[str, ...]
    found: Column

    @property
    def harmful(self) -> bool:
        """Whether a result, an identifier or a moment was taken for a hyperparameter."""
        return self.found.role is Role.HYPERPARAMETER and set(self.right) <= _HARMFUL

    def __str__(self) -> str:
        """A line that says what is right and what was found."""
        found = f"{self.found.role}{' ' + self.found.context if self.found.context else ''}"
        mark = "  HARM" if self.harmful else ""
        return f"{self.table}: {self.name}: {' or '.join(self.right)}, found {found} ({self.found.reason}){mark}"


@dataclass(frozen=True)
class Score:
    """One table's answers held against the right ones."""

    title: str
    n: int
    misses: tuple[Miss, ...]

    @property
    def n_right(self) -> int:
        """How many columns have the right role."""
        return self.n - len(self.misses)

    @property
    def n_harmful(self) -> int:
        """How many results, identifiers and moments were taken for hyperparameters."""
        return sum(miss.harmful for miss in self.misses)


def score(header: Header, source: Path | bytes | None = None) -> Score:
    """Return how the columns of the header's own table, or of this source, are understood.

    A column whose cells are objects is not there any more when a file was read: it was opened into several.
    """
    columns = infer(header.frame) if source is None else hpi.read(source).columns
    found = {column.name: column for column in columns}
    lines = [line for line in header.lines if source is None or line.name in found]
    misses = [
        Miss(header.title, line.name, line.answers, found[line.name])
        for line in lines
        if not any(fits(found[line.name], answer) for answer in line.answers)
    ]
    return Score(header.title, len(lines), tuple(misses))


def as_file(header: Header) -> bytes:
    """Return the header's own table as a CSV file with quotes around every text."""
    return header.frame.to_csv(index=False, quoting=csv.QUOTE_NONNUMERIC).encode()


def fits(column: Column, answer: str) -> bool:
    """Whether the column is what the answer says; an outcome that holds no numbers need not be one to choose."""
    if answer in ("min", "max", "metric"):
        directions = {"min": Direction.MINIMIZE, "max": Direction.MAXIMIZE, "metric": None}
        return column.role is Role.METRIC and column.direction is directions[answer]
    if answer == "hp":
        return column.role is Role.HYPERPARAMETER
    if answer == "fixed":
        return column.fixed
    if answer in ("task", "repeat", "fidelity", "context"):
        kind = None if answer == "context" else ContextKind(answer)
        return column.role is Role.CONTEXT and (kind is None or column.context is kind)
    if column.role is not Role.LEFT_OUT:
        return False
    no_number = "no number" in column.reason or "every cell is empty" in column.reason
    return column.outcome or no_number if answer == "outcome" else not column.outcome


def share(scores: Iterable[Score]) -> float:
    """Return the share of all columns that have the right role."""
    scores = list(scores)
    return sum(one.n_right for one in scores) / sum(one.n for one in scores)


def table(scores: Iterable[Score]) -> str:
    """Return a line a table, and one for all of them."""
    scores = list(scores)
    lines = [f"{one.title:28} {one.n:4} columns  {one.n_right:4} right  {one.n_harmful:2} harmful" for one in scores]
    n, right, harmful = (sum(getattr(one, what) for one in scores) for what in ("n", "n_right", "n_harmful"))
    lines.append(
        f"{f'{len(scores)} tables':28} {n:4} columns  {right:4} right  {harmful:2} harmful  {share(scores):.1%}"
    )
    return "\n".join(lines)
