"""Rows of nested objects as columns: keys joined by dots, and a type for each column."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from hpi.errors import TableError
from hpi.readers.limits import ReadLimits
from hpi.readers.naming import listed
from hpi.roles.wording import counted, ordinal

MAX_DEPTH = 20
MAX_CELL = 1_000_000
_MOST_SPREAD = 10
# Integers beyond are not all doubles, so they stay text and the parser of cells says what it does with them.
_EXACT = 2**53


class Rows:
    """Columns that grow row by row; what a row does not have is empty in it.

    Parameters
    ----------
    limits
        How many rows, columns and cells there may be.
    what
        What a row comes from, for the refusals.
    beside
        How many columns and cells of the limits others have taken.
    """

    def __init__(self, limits: ReadLimits, what: str = "record", beside: tuple[int, int] = (0, 0)) -> None:
        self._limits, self._what = limits, what
        self._columns_beside, self._cells_beside = beside
        self._columns: dict[str, list[object]] = {}
        self._twice: dict[str, int] = {}
        self._spread: list[str] = []
        self.n = 0

    def add(self, record: Mapping[str, object]) -> None:
        """Append a row.

        Raises
        ------
        TableError
            If it is one too many, or brings one column too many, or is nested too deeply.
        """
        if self.n >= self._limits.rows:
            raise TableError(
                f"There are more than {self._limits.rows:,} {self._what}s; at most that many rows are read "
                "(HPI_READ_ROWS). Leave some out."
            )
        self._add(record, "", 1)
        self.n += 1
        n_cells = self.n * len(self._columns) + self._cells_beside
        if n_cells > self._limits.cells:
            beside = f", with {self._cells_beside:,} in other columns," if self._cells_beside else ""
            raise TableError(
                f"The first {self.n:,} {self._what}s with {len(self._columns):,} different keys{beside} make "
                f"{n_cells:,} cells; no more than {self._limits.cells:,} cells are read (HPI_READ_CELLS). "
                "Leave some keys out."
            )

    def _add(self, record: Mapping[str, object], prefix: str, depth: int) -> None:
        columns, row = self._columns, self.n
        for key, value in record.items():
            name = prefix + key
            if isinstance(value, dict):
                self._check_depth(name, depth)
                self._add(value, name + ".", depth + 1)
                continue
            cells = columns.get(name)
            if cells is None:
                cells = self._new(name)
            missing = row - len(cells)
            if missing > 0:
                cells.extend([None] * missing)
            if missing < 0:
                cells[-1] = value
                self._twice[name] = self._twice.get(name, 0) + 1
            else:
                cells.append(value)

    def _check_depth(self, name: str, depth: int) -> None:
        if depth >= MAX_DEPTH:
            raise TableError(
                f"{self._what.capitalize()} {self.n + 1:,} is nested too deeply: at most {MAX_DEPTH} objects may stand "
                f"in each other ({listed([name])}). Write its values side by side."
            )

    def _new(self, name: str) -> list[object]:
        n, most = len(self._columns) + 1, self._limits.columns
        if n + self._columns_beside > most:
            beside = f" beside {counted(self._columns_beside, 'other column')}" if self._columns_beside else ""
            raise TableError(
                f"{self._what.capitalize()} {self.n + 1:,} brings the {ordinal(n)} key{beside}; at most {most:,} "
                "different keys are read, as each becomes a column (HPI_READ_COLUMNS). Use the same keys in all of "
                "them."
            )
        self._columns[name] = []
        return self._columns[name]

    @property
    def names(self) -> list[str]:
        """The names of the columns, in order of appearance."""
        return list(self._columns)

    @property
    def notices(self) -> list[str]:
        """What was done to rows in which two keys lead to one column."""
        return [
            f"The key {listed([name])} comes twice in {counted(n, self._what)}; the last was kept."
            for name, n in self._twice.items()
        ] + self._spread

    def spread(self, name: str, alone: str) -> None:
        """Make columns name_0, name_1 of a column that holds lists of one to ten numbers; of lists of one, `alone`."""
        lists = [cell for cell in self._columns.get(name, ()) if cell is not None]
        lengths = {len(cell) if isinstance(cell, list) else 0 for cell in lists}
        if len(lengths) != 1 or not 1 <= max(lengths) <= _MOST_SPREAD or not all(map(_are_numbers, lists)):
            return
        n = lengths.pop()
        new = [alone] if n == 1 else [f"{name}_{i}" for i in range(n)]
        if set(new) & set(self._columns):
            return
        before, self._columns = self._columns, {}
        for key, cells in before.items():
            if key != name:
                self._columns[key] = cells
                continue
            for i, one in enumerate(new):
                self._columns[one] = [cell[i] if isinstance(cell, list) else None for cell in cells]
        became = f"the columns {listed(new)}" if n > 1 else f"the column {alone}"
        where = f"every {self._what}" if len(lists) == self.n else f"{len(lists):,} of {self.n:,} {self._what}s"
        self._spread.append(f"{name} held a list of {counted(n, 'number')} in {where}; it became {became}.")

    def taken(self) -> dict[str, pd.Series]:
        """Return the columns in numbers or text, and let go of the cells; raises TableError for a cell too long."""
        taken: dict[str, pd.Series] = {}
        for name in self.names:
            storable = plain(name)
            if storable in taken:
                raise TableError(f"Two keys come to the column '{listed([storable])}'; rename one of them.")
            taken[storable] = _column(storable, self._filled(name))
        return taken

    def _filled(self, name: str) -> list[object]:
        cells = self._columns.pop(name)
        cells.extend([None] * (self.n - len(cells)))
        return cells


def _column(name: str, cells: list[object]) -> pd.Series:
    """Return numbers where all cells that are not empty are numbers and a double holds them, otherwise text."""
    kinds = set(map(type, cells))
    if kinds == {int} and _are_exact(cells):
        return pd.Series(np.array(cells, dtype=np.int64))
    if kinds - {type(None)} and kinds <= {int, float, type(None)} and (int not in kinds or _are_exact(cells)):
        return pd.Series(np.array(cells, dtype=np.float64))
    text = [cell if isinstance(cell, str) else text_of(cell) for cell in cells]
    longest = max((len(cell) for cell in text if cell is not None), default=0)
    if longest > MAX_CELL:
        raise TableError(
            f"A cell of {listed([name])} has {longest:,} characters; at most {MAX_CELL:,} are read. "
            "Leave that column out."
        )
    try:
        return pd.Series(text, dtype="str")
    except UnicodeEncodeError:
        return pd.Series([cell if cell is None else plain(cell) for cell in text], dtype="str")


def _are_numbers(cell: object) -> bool:
    return isinstance(cell, list) and all(isinstance(one, int | float) and not isinstance(one, bool) for one in cell)


def _are_exact(cells: Sequence[object]) -> bool:
    return all(-_EXACT <= cell <= _EXACT for cell in cells if isinstance(cell, int))


def text_of(value: object) -> str | None:
    """Return a cell as text: lists and objects as compact JSON, None where it is nothing or no number (nan)."""
    if value is None or (isinstance(value, float) and value != value):
        return None
    try:
        if isinstance(value, list | tuple | dict):
            return _as_json(value)
        return str(value)
    except (ValueError, RecursionError):
        # a number of thousands of digits in other than decimal notation, or lists in lists in lists
        raise TableError("A cell cannot be written as text: too many digits, or nested too deeply.") from None


def _as_json(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    except (TypeError, ValueError):
        return str(value)  # keys that are no text, a list that holds itself


def plain(text: str) -> str:
    """Return text that can be stored: a lone surrogate becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")
