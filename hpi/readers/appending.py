"""Several tables of one search as one: their rows one below the other, and a column that says which file each is of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from hpi.errors import TableError
from hpi.readers.finishing import finished
from hpi.readers.limits import ReadLimits
from hpi.readers.protocol import Loaded
from hpi.roles.reading import Reading
from hpi.roles.values import Values, counted, shown
from hpi.roles.vocabulary import Role

FILE = "file"
TOGETHER = "tables were appended"


def appended(loaded: Sequence[Loaded], limits: ReadLimits) -> Loaded:
    """Return the rows of all tables in the columns of the first, and which file each row is of; one stays as it is.

    Raises
    ------
    TableError
        If there is no table, their columns differ, or together they pass a limit.
    """
    if not loaded:
        raise TableError("The list of tables is empty; give at least one file.")
    if len(loaded) == 1:
        return loaded[0]
    first = _names(loaded[0])
    for other in loaded[1:]:
        _check_same(loaded[0].name, first, other.name, _names(other))
        _check_new(loaded[0], other, first)
    named = _different([one.name for one in loaded])
    parts = [_with_file(one.frame, name) for one, name in zip(loaded, named, strict=True)]
    columns = [*first, FILE]
    frame = pd.concat([part[columns] for part in parts], ignore_index=True)
    reading = _together([one.reading for one in loaded], parts, named)
    name = f"{reading.files[0]} and {counted(len(reading.files) - 1, 'more file')}"
    return finished(Loaded(frame, name, reading), limits)


def _names(loaded: Loaded) -> list[str]:
    """Return the names of the columns, without that of the file."""
    return [str(name) for name in loaded.frame.columns if name != FILE or not _is_ours(loaded)]


def _is_ours(loaded: Loaded) -> bool:
    return (FILE, Role.CONTEXT) in loaded.reading.roles


def _check_same(first: str, names: Sequence[str], second: str, others: Sequence[str]) -> None:
    if FILE in names:
        raise TableError(f"The tables have a column {FILE!r}, which would say which file a row is of; rename it.")
    missing, surplus = [name for name in names if name not in others], [name for name in others if name not in names]
    if not (missing or surplus):
        return
    what = [f"{second} has no column {shown(missing)}"] * bool(missing)
    what += [f"{second} has {shown(surplus)}, which {first} has not"] * bool(surplus and not missing)
    what += [f"has {shown(surplus)} instead"] * bool(surplus and missing)
    raise TableError(
        f"Only tables with the same columns can be appended: {' and '.join(what)}. "
        "Give the columns the same names, or open the tables one after the other."
    )


def _check_new(table: Loaded, other: Loaded, names: Sequence[str]) -> None:
    """Raise TableError where the rows of a file are in the table already, under its name."""
    mine = table.frame[table.frame[FILE] == other.name] if FILE in table.frame.columns else table.frame
    if (FILE in table.frame.columns or table.name == other.name) and _rows(mine, names) == _rows(other.frame, names):
        raise TableError(f"{other.name} is in the table already, with the same rows; each row counts once.")


def _rows(frame: pd.DataFrame, names: Sequence[str]) -> list[int]:
    """Return a number for each row, sorted, by which equal tables are known whatever the order of their rows."""
    cells = pd.DataFrame({name: Values.of(name, frame[name]).labels for name in names})
    return sorted(pd.util.hash_pandas_object(cells.fillna("").astype(str), index=False).tolist())


def _different(names: Sequence[str]) -> list[str]:
    """Return the names with numbers behind those that come again."""
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
    count: dict[str, int] = {}
    found = []
    for name in names:
        count[name] = count.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({count[name]})")
    return found


def _with_file(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    return frame if FILE in frame.columns else frame.assign(**{FILE: name})


def _together(readings: Sequence[Reading], parts: Sequence[pd.DataFrame], names: Sequence[str]) -> Reading:
    """Return the first reading, with what was said of any of them."""
    rows = pd.concat([part[FILE] for part in parts]).value_counts(sort=False)
    listed = ", ".join(f"{name} ({counted(int(n), 'row')})" for name, n in rows.items())
    said = dict.fromkeys(notice for one in readings for notice in one.notices if TOGETHER not in notice)
    roles = dict(readings[0].roles) | {FILE: Role.CONTEXT}
    notice = f"{len(rows)} {TOGETHER}: {listed}; the column {FILE} says which one a row is of."
    files = [file for one, name in zip(readings, names, strict=True) for file in one.files or (name,)]
    return replace(readings[0], notices=(*said, notice), roles=tuple(roles.items()), files=tuple(files))
