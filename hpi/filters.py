"""Filters of trials by one of their columns: read as they are written, and written so that they are read back."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hpi.errors import SubspaceError
from hpi.roles import Role
from hpi.space import Mask
from hpi.table import TrialTable

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,400}\.?[0-9]{0,400}|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,3})?")
_SPECIAL = re.compile(r"([\\,=])")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PART = re.compile(r"((?:[^\\,]|\\.)*),", re.DOTALL)


@dataclass(frozen=True)
class Between:
    """Keep the trials whose number lies in [low, high]; None leaves that side open."""

    name: str
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        """Write the filter as on the command line: lr=0.0001:0.01."""
        return f"{self.name}={number(self.low)}:{number(self.high)}"

    def mask(self, column: pd.Series) -> Mask:
        """Whether each value passes, shape (n_trials,); an inactive one does not."""
        value = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)
        low = -math.inf if self.low is None else self.low
        return np.asarray((value >= low) & (value <= (math.inf if self.high is None else self.high)))


@dataclass(frozen=True)
class OneOf:
    """Keep the trials whose label is one of `levels`."""

    name: str
    levels: tuple[str, ...]

    def __str__(self) -> str:
        r"""Write the filter as on the command line: optimizer=adam,sgd; commas, = and \ in a level after a \."""
        levels = (_SPECIAL.sub(r"\\\1", level) for level in self.levels)
        return f"{self.name}={','.join(levels)}"

    def mask(self, column: pd.Series) -> Mask:
        """Whether each value passes, shape (n_trials,); an inactive one does not."""
        if pd.api.types.is_numeric_dtype(column):
            return column.isin([_asnumber(self.name, level) for level in self.levels]).to_numpy()
        return column.astype("str").isin(self.levels).to_numpy() & column.notna().to_numpy()


Filter = Between | OneOf


def filterable(table: TrialTable) -> tuple[str, ...]:
    """Return the columns that a filter may name: hyperparameters and context, never an outcome."""
    roles = (Role.HYPERPARAMETER, Role.CONTEXT)
    return tuple(c.name for c in table.columns if c.role in roles and c.name in table.trials.columns)


def number(value: float | None) -> str:
    """Write a bound with all the digits that it takes to read it back."""
    return "" if value is None else repr(float(value)).removesuffix(".0")


def _asnumber(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise _no_number(name, text) from None


def _typed(name: str, text: str) -> float:
    """Read a number that somebody typed; Python alone would also take nan, other digits than ours, and _ in them."""
    if not _NUMBER.fullmatch(text.strip()):
        raise _no_number(name, text)
    return float(text)


def _no_number(name: str, text: str) -> SubspaceError:
    return SubspaceError(f"The filter on {name} has {text!r}; the column holds numbers, so name numbers.")


def parse_filter(table: TrialTable, text: str) -> Filter:
    """Read a filter as it is written on the command line: lr=1e-4:1e-2, or optimizer=adam,sgd.

    Raises
    ------
    SubspaceError
        If the text names no column of the table, or a range has no numbers.
    """
    # A column's name may itself hold "=": the longest name that fits is meant.
    names = sorted(filterable(table), key=len, reverse=True)
    name = next((name for name in names if text.startswith(f"{name}=")), None)
    if name is None:
        known = ", ".join(filterable(table))
        raise SubspaceError(f"The filter {text!r} is not of the form column=...; the columns are: {known}.")
    value, column = text[len(name) + 1 :], table.trials[name]
    if pd.api.types.is_numeric_dtype(column) and ":" in value:
        return _range(name, value)
    if pd.api.types.is_numeric_dtype(column):
        return OneOf(name, tuple(number(_typed(name, level)) for level in value.split(",")))
    return OneOf(name, _levels(name, value, sorted(set(column.dropna().astype("str")))))


def _levels(name: str, value: str, known: list[str]) -> tuple[str, ...]:
    """Read levels as they are written; as a person types them, one may hold commas itself, and True be true."""
    written = _written(value)
    if written and set(written) <= set(known):
        return written
    spelled = {level.casefold(): level for level in known} | {level: level for level in known}
    parts, levels = value.split(","), list[str]()
    while parts:
        starts = ((size, ",".join(parts[:size])) for size in range(len(parts), 0, -1))
        words = ((size, word) for size, start in starts for word in (start, start.strip(), start.strip().casefold()))
        size, word = next(((size, word) for size, word in words if word in spelled), (0, ""))
        if size == 0:
            raise SubspaceError(f"{name} has no value {parts[0]!r}; it has {', '.join(known[:12])}.")
        levels.append(spelled[word])
        parts = parts[size:]
    return tuple(levels)


def _written(value: str) -> tuple[str, ...]:
    """Return the levels that `OneOf` wrote; none where the text is not of its form."""
    parts = _PART.findall(f"{value},")
    whole = sum(len(part) + 1 for part in parts) == len(value) + 1
    return tuple(_ESCAPED.sub(r"\1", part) for part in parts) if whole else ()


def _range(name: str, value: str) -> Between:
    low, _, high = value.partition(":")
    return Between(name, *(None if end == "" else _typed(name, end) for end in (low, high)))
