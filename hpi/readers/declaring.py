"""From what a study declares of its hyperparameters to declarations that its own trials keep to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hpi.errors import SpaceError
from hpi.readers.studies import cell_of, key_of, number_of, text_of
from hpi.roles.choices import Declaration, Space, parse_space
from hpi.roles.values import Values, counted, shown
from hpi.space import Floats, Kind

# Files round, so that a value may stick out by this part of the range; that is nothing to be said.
_ROUNDING = 1e-6
# What changes from trial to trial up to so many choices is no declaration.
_MOST_CHOICES = 1_000


@dataclass(frozen=True)
class Told:
    """What a source says of one hyperparameter: bounds, or the choices as JSON has them.

    A bound of None is not known; equal bounds, or one choice, are a constant.
    """

    kind: Kind
    low: float | None = None
    high: float | None = None
    log: bool = False
    choices: tuple[Any, ...] = ()


def interval(kind: Kind, low: object, high: object, log: object) -> Told | None:
    """Return bounds as they stand in a file; None where they are no bounds."""
    lowest, highest = number_of(low), number_of(high)
    if lowest is None or highest is None or lowest > highest:
        return None
    return Told(kind, lowest, highest, log is True and lowest > 0)


def category(choices: object, ordered: bool = False) -> Told | None:
    """Return choices as they stand in a file; None where they are no list."""
    if not isinstance(choices, list) or not choices:
        return None
    if len(choices) <= 2 and all(isinstance(choice, bool) for choice in choices):
        return Told(Kind.BOOL, choices=tuple(choices))
    return Told(Kind.ORDINAL if ordered and len(choices) > 1 else Kind.CATEGORY, choices=tuple(choices))


def union(first: Told | None, second: Told | None) -> Told | None:
    """Return what holds both: the widest bounds, all choices; None where one is not known or they are of two kinds."""
    if first is None or second is None or first == second:
        return first if first == second else None
    kind = first.kind if first.kind is second.kind else None
    numeric = [one.kind in (Kind.FLOAT, Kind.INT) for one in (first, second)]
    if all(numeric):
        low, high = _widest(min, first.low, second.low), _widest(max, first.high, second.high)
        return Told(kind or Kind.FLOAT, low, high, first.log and second.log)
    if any(numeric):
        return None
    known = set(map(text_of, first.choices))
    new = [one for one in second.choices if text_of(one) not in known]
    if len(known) + len(new) > _MOST_CHOICES:
        return None
    return Told(Kind.CATEGORY if new or kind is None else kind, choices=(*first.choices, *new))


def _widest(end: Any, first: float | None, second: float | None) -> float | None:  # noqa: ANN401 - min or max
    return None if first is None or second is None else float(end(first, second))


def declared(frame: pd.DataFrame, told: Mapping[str, Told | None]) -> tuple[Space, tuple[str, ...]]:
    """Return the declarations of the columns that the frame has, and what was changed so that its cells keep to them.

    Bounds are widened to the values that lie outside and levels added that nobody declared, each with a notice; what
    makes no sense is left out with one.
    """
    space: list[tuple[str, Declaration]] = []
    said: list[str] = []
    unknown: list[str] = []
    for name, one in told.items():
        if name not in frame.columns:
            continue
        found = None if one is None else _declaration(name, frame[name], one)
        if found is None:
            unknown.append(name)
            continue
        space.append((name, found[0]))
        said += found[1]
    if unknown:
        said.append(f"What the file declares of {shown(unknown)} makes no sense, so it was not used.")
    return tuple(space), tuple(said)


def _declaration(name: str, column: pd.Series, told: Told) -> tuple[Declaration, list[str]] | None:
    plain, said = _interval(name, column, told) if told.kind in (Kind.FLOAT, Kind.INT) else _levels(name, column, told)
    if plain is None:
        return None
    try:
        return parse_space({name: plain})[0][1], said
    except SpaceError:
        return None


def _interval(name: str, column: pd.Series, told: Told) -> tuple[dict[str, Any] | None, list[str]]:
    """Return the declaration of a number, its bounds no narrower than its values."""
    if not pd.api.types.is_numeric_dtype(column):
        return None, []
    values: Floats = column.to_numpy(dtype=float)
    values = values[np.isfinite(values)]
    low, high, said = told.low, told.high, []
    n_outside = 0
    if low is not None and len(values):
        n_outside += int(np.count_nonzero(values < low - _slack(low, told)))
        low = min(low, float(values.min()))
    if high is not None and len(values):
        n_outside += int(np.count_nonzero(values > high + _slack(high, told)))
        high = max(high, float(values.max()))
    if n_outside:
        outside = f"{counted(n_outside, 'value')} outside of the bounds that the file declares"
        said.append(f"{name}: {outside}, so they were widened.")
    kind = Kind.FLOAT if np.any(values != np.rint(values)) else told.kind
    log = told.log and (low is None or low > 0) and not np.any(values <= 0)
    return {"kind": kind, "low": low, "high": high, "log": log}, said


def _slack(bound: float, told: Told) -> float:
    """Return how far a value may stick out of a bound by rounding alone."""
    if told.low is None or told.high is None:
        return 0.0
    room = abs(bound) if told.log or told.low == told.high else told.high - told.low
    return _ROUNDING * room if np.isfinite(room) else 0.0


def _levels(name: str, column: pd.Series, told: Told) -> tuple[dict[str, Any], list[str]]:
    """Return the declaration of a choice, its levels spelled as the cells of the table are."""
    values = Values.of(name, column)
    filled = ~values.empty
    spelled = dict(zip(column.to_numpy(dtype=object)[filled], values.labels[filled], strict=True))
    by_key = {key_of(cell): str(label) for cell, label in spelled.items()}
    levels = [by_key.get(key, key.strip()) for key in map(key_of, map(choice_cell, told.choices))]
    levels = [level for level in dict.fromkeys(levels) if level]
    known = set(levels)
    more = [label for label in dict.fromkeys(by_key.values()) if label not in known]
    said = []
    if more:
        said.append(f"{name}: the trials have {shown(more)}, which the file does not declare; added to its levels.")
    levels += more
    kind = told.kind if told.kind is not Kind.BOOL or len(levels) <= 2 else Kind.CATEGORY
    return {"kind": Kind.CATEGORY if len(levels) < 2 else kind, "levels": levels}, said


def choice_cell(choice: object) -> str | float | int:
    """Return a choice as a cell: null is a choice like the others, and not an empty cell."""
    cell = cell_of(choice)
    return "None" if cell is None else cell
