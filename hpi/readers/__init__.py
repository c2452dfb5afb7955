"""Sources of tables: one file each, listed in READERS, and the one function that reads any of them.

`origin` takes the bytes, `archives` unpacks them, a reader loads what it knows by its content, `finishing` holds every
table to the limits; `apart` does all of that in a child process, for what strangers send.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

from hpi.blocks.source import Source
from hpi.errors import TableError
from hpi.readers import beyond
from hpi.readers.apart import read_apart
from hpi.readers.appending import appended
from hpi.readers.limits import ReadLimits
from hpi.readers.loading import READERS, check_taken, load, load_all
from hpi.readers.protocol import Files, Loaded, Opened, Reader, Wanted
from hpi.roles import Choices, Direction, Reading, Reduce, Repeats, Role, parse_space
from hpi.table import TrialTable, build

if TYPE_CHECKING:
    from hpi.blocks.asking import Somewhere

__all__ = [
    "READERS",
    "Files",
    "Loaded",
    "Opened",
    "ReadLimits",
    "Reader",
    "Wanted",
    "append",
    "load",
    "load_all",
    "read",
    "read_apart",
]


def read(
    source: object,
    *,
    metric: str | None = None,
    direction: Direction | str | None = None,
    space: Mapping[str, Any] | None = None,
    roles: Mapping[str, Role | str] | None = None,
    repeats: Repeats = "auto",
    reduce: Reduce = "best",
    rank: Mapping[str, Direction | str] | None = None,
    task: str | None = None,
    study: str | None = None,
    sheet: str | None = None,
    table: str | None = None,
    name: str | None = None,
    executor: Somewhere = None,
) -> TrialTable:
    """Return the table of trials in a file, upload or DataFrame, validated.

    A folder of Parquet files, a pattern such as runs/*.parquet or an address s3://bucket/... is opened in blocks where
    it is larger than memory allows (HPI_READ_ROWS...): one pass looks at all rows, and whatever is asked of the table
    counts them. Then every row that counts is a trial of its own.

    Parameters
    ----------
    source
        Path of a file or folder, bytes, open file, upload, or DataFrame; or a list of them, all of one search, whose
        rows are appended to each other.
    metric, direction
        Which column to explain and whether to "minimize" or "maximize" it; inferred where not given.
    space
        Declared hyperparameters, as in SPACE.json.
    roles
        Columns whose inferred role is wrong: {"seed": "hyperparameter"}.
    repeats
        "average" joins the rows that repeat a configuration under another seed; "keep" keeps them; "auto"
        joins them unless they seem to have met by chance in a small discrete space; "each" takes every row for a
        trial of its own, epochs too.
    reduce
        Which row counts where a trial has one for each epoch: its "best" or its "last".
    rank
        Two or three outcomes and which end of each is good; the metric is then their non-dominated rank.
    task
        Keep one task only, instead of ranking the loss within each.
    study, sheet, table
        Which one to take where the source holds several.
    name
        What the table is called; otherwise the file's name.
    executor
        Where a table in blocks is read: any of concurrent.futures, that of a Dask client, or a function that makes one;
        the threads of this machine, or HPI_DASK_SCHEDULER, where none is given.

    Raises
    ------
    TableError
        If the source, the table or a choice cannot be understood, or a limit is passed.
    SpaceError
        If the declared space contradicts itself or the table.
    SettingsError
        If a limit (HPI_READ_ROWS...) makes no sense.
    """
    choices = Choices(
        metric=metric,
        direction=None if direction is None else _direction("direction", direction),
        roles=tuple((column, _role(column, role)) for column, role in (roles or {}).items()),
        space=parse_space(space),
        repeats=cast(Repeats, _word("repeats", repeats, get_args(Repeats))),
        task=task,
        reduce=cast(Reduce, _word("reduce", reduce, get_args(Reduce))),
        rank=tuple((column, _direction(f"direction of {column}", end)) for column, end in (rank or {}).items()),
    )
    sources = source if isinstance(source, list | tuple) else [source]
    address, said = beyond.address_of(sources), tuple[str, ...]()
    if address is not None:
        found = beyond.opened(address, ReadLimits.from_environment())
        if isinstance(found, Source):
            check_taken(Reading(), address, Wanted(study, sheet, table))
            return _in_blocks(found, choices, Path(address).name if name is None else name, executor)
        sources, said = found
    whole = load_all(sources, Wanted(study, sheet, table))
    return build(whole.frame, whole.name if name is None else name, choices, whole.reading.said(*said))


def _in_blocks(source: Source, choices: Choices, name: str, executor: Somewhere) -> TrialTable:
    from hpi.blocks import asking, large, refusing

    if choices.repeats not in ("auto", "each"):
        raise TableError(
            f"repeats is {choices.repeats!r}, but the table is larger than memory: in it every row that counts is a "
            'trial of its own ("each"). Leave it out, or write one row a configuration.'
        )
    refusing.check(source, choices)
    seen = asking.looked_at(source, executor)
    return large.made(source, seen, choices, name, executor)


def append(table: TrialTable, more: TrialTable) -> TrialTable:
    """Return a table with the rows of another one below its own, with the same choices.

    Raises
    ------
    TableError
        If their columns differ, together they pass a limit, or a choice does not fit any longer.
    """
    parts = [Loaded(one.frame, one.name, one.reading) for one in (table, more)]
    whole = appended(parts, ReadLimits.from_environment())
    return build(whole.frame, whole.name, table.choices, whole.reading)


def _direction(what: str, value: Direction | str) -> Direction:
    return Direction(_word(what, value, tuple(Direction)))


def _role(column: str, role: Role | str) -> Role:
    return Role(_word(f"role of {column}", role, tuple(Role)))


def _word(what: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise TableError(f"The {what} is {value!r}; allowed are {', '.join(allowed)}.")
    return value
