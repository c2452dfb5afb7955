"""Columns whose cells are objects become a column for each key: config with {"lr": 0.1} becomes config.lr."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence

import pandas as pd

from hpi.errors import TableError
from hpi.readers.limits import ReadLimits
from hpi.readers.literals import Objects
from hpi.readers.naming import listed
from hpi.readers.rows import Rows

# What exports write beside columns that say the same (Optuna, Hyperopt), or of every step of a trial (NNI).
_LEFT_ALONE = re.compile(r"(?:system_attrs|user_attrs|misc\.)(?:.*)|intermediate", re.DOTALL)
_LOOKED_AT = 1_000
_PREFIXES = r"(?:hp|hparams?|hyper_?param(?:eter)?s?|param(?:eter)?s?|config|cfg|args?|misc\.vals)[_./: ]"


def flattened(frame: pd.DataFrame, limits: ReadLimits, kept: Container[str] = ()) -> tuple[pd.DataFrame, list[str]]:
    """Return the frame with columns for the keys where a column holds objects and nothing else, and notices.

    A column stays as it is if it is among those `kept`, if its keys are columns already, or would be too many.
    Every row stays, in its place.
    """
    columns: dict[str, pd.Series] = {}
    notices: list[str] = []
    n_columns = frame.shape[1]
    for position, name in enumerate(map(str, frame.columns)):
        if name not in kept and _may_hold_objects(name, frame):
            others = len(columns) + n_columns - position - 1
            found, said = _opened(name, frame, limits, others)
            notices += said
            if found is not None:
                columns |= found
                continue
        columns[name] = frame[name]
    if len(columns) == frame.shape[1] and not notices:
        return frame, []
    return pd.DataFrame(columns, index=frame.index), notices


def _may_hold_objects(name: str, frame: pd.DataFrame) -> bool:
    """Whether the first cell that is not empty looks like an object with keys that are no columns yet."""
    column = frame[name]
    if not (pd.api.types.is_object_dtype(column) or isinstance(column.dtype, pd.StringDtype)):
        return False
    if _LEFT_ALONE.fullmatch(name):
        return False
    first = _first_filled(column)
    found = Objects().of(first)
    return found is not None and not _are_there(name, leaves(found), list(map(str, frame.columns)))


def _first_filled(column: pd.Series) -> object:
    """Return the first cell that is not empty; of text that is blank for long, the first that an object may be in."""
    first = next((cell for cell in column.iloc[:_LOOKED_AT] if not _is_empty(cell)), None)
    if first is not None or len(column) <= _LOOKED_AT:
        return first
    filled = column[column.notna()]
    if not isinstance(column.dtype, pd.StringDtype):
        return next((cell for cell in filled if not _is_empty(cell)), None)
    first = next((cell for cell in filled.iloc[:_LOOKED_AT] if not _is_empty(cell)), None)
    return first or next(iter(filled[filled.str.startswith("{").astype(bool)]), None)


def _is_empty(cell: object) -> bool:
    if isinstance(cell, str):
        return not cell.strip()
    return cell is None or cell is pd.NA or (isinstance(cell, float) and cell != cell)


def _are_there(name: str, keys: Iterable[str], names: Sequence[str]) -> bool:
    """Whether each key is a column already: as it is, or after a mark such as param_ or the column's own name."""
    marks = re.compile(rf"(?:{re.escape(name)}[_./: ]|{_PREFIXES})", re.IGNORECASE)
    there = {other for other in names if other != name}
    there |= {marks.sub("", other, count=1) for other in there if marks.match(other)}
    keys = set(keys)
    return bool(keys) and keys <= there


def leaves(record: dict[str, object], prefix: str = "") -> Iterator[str]:
    """Yield the names of all values in an object, joined by dots."""
    for key, value in record.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield prefix + key


def _opened(
    name: str, frame: pd.DataFrame, limits: ReadLimits, others: int
) -> tuple[dict[str, pd.Series] | None, list[str]]:
    """Return a column for each key, None if the column must stay as it is, and what to say."""
    rows, objects, n_filled = Rows(limits, "row", (others, others * len(frame))), Objects(), 0
    try:
        for cell in frame[name]:
            found = {} if _is_empty(cell) else objects.of(cell)
            if found is None:
                return None, []
            n_filled += not _is_empty(cell)
            rows.add({name: found})
        names = rows.names
        if not names or set(names) & set(map(str, frame.columns)):
            return None, []
        taken = {key: column.set_axis(frame.index) for key, column in rows.taken().items()}
    except TableError as error:
        return None, [f"{listed([name])} holds objects that were left as they are. {error}"]
    where = "every row" if n_filled == len(frame) else f"{n_filled:,} of {len(frame):,} rows"
    what = f"{len(names):,} columns: {listed(names)}" if len(names) > 1 else f"the column {listed(names)}"
    return taken, [f"{listed([name])} held an object in {where}; it became {what}.", *rows.notices]
