"""Sources of tables: one file each, listed in READERS, and the one function that reads any of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast, get_args

from hpi.errors import TableError
from hpi.readers.delimited import DelimitedReader
from hpi.readers.frame import FrameReader
from hpi.readers.protocol import Reader
from hpi.roles import Choices, Direction, Repeats, Role, parse_space
from hpi.table import TrialTable, build

__all__ = ["READERS", "Reader", "read"]

# The first that accepts a source reads it, so the most particular comes first.
READERS: tuple[Reader, ...] = (FrameReader(), DelimitedReader())


def read(
    source: object,
    *,
    metric: str | None = None,
    direction: Direction | str | None = None,
    space: Mapping[str, Any] | None = None,
    roles: Mapping[str, Role | str] | None = None,
    repeats: Repeats = "auto",
    task: str | None = None,
    name: str | None = None,
) -> TrialTable:
    """Return the table of trials in a file, upload or DataFrame, validated.

    Parameters
    ----------
    source
        Path, bytes, open file, upload, or DataFrame.
    metric, direction
        Which column to explain and whether to "minimize" or "maximize" it; inferred where not given.
    space
        Declared hyperparameters, as in SPACE.json.
    roles
        Columns whose inferred role is wrong: {"seed": "hyperparameter"}.
    repeats
        "average" joins the rows that repeat a configuration under another seed; "keep" keeps them; "auto"
        joins them unless they seem to have met by chance in a small discrete space.
    task
        Keep one task only, instead of ranking the loss within each.
    name
        What the table is called; otherwise the file's name.

    Raises
    ------
    TableError
        If the source, the table or a choice cannot be understood.
    SpaceError
        If the declared space contradicts itself or the table.
    """
    choices = Choices(
        metric=metric,
        direction=_one_of(Direction, direction, "direction"),
        roles=tuple((column, _role(column, role)) for column, role in (roles or {}).items()),
        space=parse_space(space),
        repeats=_repeats(repeats),
        task=task,
    )
    for reader in READERS:
        if reader.accepts(source):
            frame, found, notices = reader.load(source)
            return build(frame, found if name is None else name, choices, notices)
    raise TableError(f"A {type(source).__name__} cannot be read; give a path, bytes, an open file or a DataFrame.")


def _one_of(kind: type[Direction], value: Direction | str | None, what: str) -> Direction | None:
    if value is None:
        return None
    try:
        return kind(value)
    except ValueError:
        raise TableError(f"The {what} is {value!r}; allowed are {', '.join(kind)}.") from None


def _role(column: str, role: Role | str) -> Role:
    try:
        return Role(role)
    except ValueError:
        raise TableError(f"The role of {column} is {role!r}; allowed are {', '.join(Role)}.") from None


def _repeats(value: str) -> Repeats:
    for known in get_args(Repeats):
        if value == known:
            return cast(Repeats, known)
    raise TableError(f"repeats is {value!r}; allowed are {', '.join(get_args(Repeats))}.")
