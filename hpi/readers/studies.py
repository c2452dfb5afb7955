"""What the readers of studies share: JSON taken apart with care, its values as cells, and which of several is taken."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from hpi.errors import TableError
from hpi.readers.limits import ReadLimits
from hpi.readers.protocol import Files
from hpi.roles.values import shown
from hpi.space import label_of

Cell = str | float | int | None

# Larger integers are not exact as doubles.
_EXACT = 2**53
_LONGEST_ATTRIBUTE = 200
_COPY = re.compile(r" ?(?:\(\d+\)| - copy| copy)(\.[a-z]+)$")


def parsed(data: bytes | str, what: str) -> Any:  # noqa: ANN401 - JSON may be anything
    """Return the JSON of a file, of which `what` is shown; raises TableError where it is none."""
    try:
        return json.loads(data if isinstance(data, str) else data.decode("utf-8-sig"))
    except RecursionError:
        raise TableError(f"{what} holds JSON that is nested too deeply to be a study; save it again.") from None
    except json.JSONDecodeError as error:
        raise TableError(
            f"{what} is no whole JSON: {error.msg} at line {error.lineno}, column {error.colno}. "
            "Copy it again when nothing writes to it."
        ) from None
    except ValueError as error:
        # no UTF-8, or a number of thousands of digits
        said = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else "holds a number with too many digits"
        raise TableError(f"{what} {said}, as the JSON of a study must not; save it again.") from None


def maybe_parsed(text: object) -> Any:  # noqa: ANN401 - JSON may be anything
    """Return the JSON in a text; None where there is none."""
    if not isinstance(text, str):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def number_of(value: object) -> float | None:
    """Return a finite number of JSON as a float; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def real_of(value: object) -> float | None:
    """Return a number of JSON as a float, infinite ones too; None for anything else, and for NaN."""
    if isinstance(value, float) and math.isinf(value):
        return value
    return number_of(value)


def text_of(value: object) -> str:
    """Return a value as one line of plain text: a true is True, a null is None, a list is compact JSON."""
    if not isinstance(value, list | dict):
        return str(value)
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        # what could just be read may be too deep to be written
        return "..."


def cell_of(value: object) -> Cell:
    """Return a value of JSON as a cell: numbers stay numbers, null is empty, all else is text."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    return text_of(value)


def scalar_of(value: object) -> Cell:
    """Return a value of JSON as a cell if it is one short value; None for lists, objects and long texts."""
    if isinstance(value, list | dict) or (isinstance(value, str) and len(value) > _LONGEST_ATTRIBUTE):
        return None
    return cell_of(value)


def column_of(cells: Sequence[Cell]) -> pd.Series:
    """Return cells as a column: of doubles if all are numbers that a double holds, else of text."""
    if all(
        cell is None or isinstance(cell, float) or (isinstance(cell, int) and abs(cell) <= _EXACT) for cell in cells
    ):
        return pd.Series([math.nan if cell is None else float(cell) for cell in cells], dtype=float)
    return pd.Series([None if cell is None else key_of(cell) for cell in cells], dtype=object)


def key_of(cell: str | float | int) -> str:
    """Return a cell as text: 5.0 and 5 are the same."""
    # a lone surrogate, which JSON can write, cannot be stored
    return cell.encode("utf-8", "replace").decode("utf-8") if isinstance(cell, str) else label_of(cell)


def plain_names(names: Iterable[str]) -> dict[str, str]:
    """Return what to call columns: on one line, storable, and different from each other."""
    called: dict[str, str] = {}
    taken: set[str] = set()
    for position, name in enumerate(names):
        plain = " ".join(name.split()).encode("utf-8", "replace").decode("utf-8") or f"Unnamed: {position}"
        unique, k = plain, 1
        while unique in taken:
            k += 1
            unique = f"{plain} ({k})"
        taken.add(unique)
        called[name] = unique
    return called


def check_size(n_rows: int, n_columns: int, limits: ReadLimits) -> None:
    """Raise TableError before rows are made that the limits do not allow."""
    for n, most, what, variable in (
        (n_rows, limits.rows, "rows", "HPI_READ_ROWS"),
        (n_columns, limits.columns, "columns", "HPI_READ_COLUMNS"),
        (n_rows * n_columns, limits.cells, "cells", "HPI_READ_CELLS"),
    ):
        if n > most:
            raise TableError(f"The study has {n:,} {what}; at most {most:,} are read ({variable}). Leave some out.")


def chosen(
    counts: Mapping[str, tuple[int, int]], wanted: str | None, holder: str, good: str
) -> tuple[str, tuple[str, ...]]:
    """Return which of several studies is taken, and what must be said of it.

    Parameters
    ----------
    counts
        Of each of them, in order: how many trials ended well, and how many there are.
    wanted
        The one that was asked for.
    holder
        What holds them, for a sentence: "The file holds".
    good
        What was counted first: "complete trials".

    Raises
    ------
    TableError
        If the one that was asked for is not there.
    """
    if wanted is not None:
        if wanted not in counts:
            raise TableError(f"There is no study {wanted!r}; there is {in_line(shown(counts))}. Choose one of them.")
        return wanted, ()
    taken = max(counts, key=lambda name: counts[name])
    others = [name for name in counts if name != taken]
    if not others:
        return taken, ()
    most = good if counts[taken][0] else good.rpartition(" ")[2]
    why = f"{in_line(taken)} was taken, as it has the most {most}"
    return taken, (f"{holder} {len(counts):,} studies; {why}; the others: {in_line(shown(others))}.",)


def in_line(text: str) -> str:
    """Return a name for a sentence: on one line, and not too long for it."""
    line = " ".join(text.split())
    return line if len(line) <= 240 else line[:237] + "..."


def is_called(path: str, name: str) -> bool:
    """Whether a file has this name; "a (1).json", as a browser calls a second download, is a.json."""
    return _COPY.sub(r"\1", path.rpartition("/")[2].lower()) == name


def find(files: Files, name: str) -> dict[str, str]:
    """Return the files of a name by the folders that they are in, "" where it is none; the first of each folder."""
    found: dict[str, str] = {}
    for path in files.sizes:
        if is_called(path, name):
            found.setdefault(folder_of(path), path)
    return found


def folder_of(path: str) -> str:
    """Return the folder of a file in an archive, "" where it is in none."""
    return path.rpartition("/")[0]
