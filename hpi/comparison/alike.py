"""Whether two tables can be compared: what they measure, which hyperparameters both have, and how these were searched.

An importance belongs to the space that was searched: a hyperparameter that was tried in a narrow range seems to matter
less. So ranges and levels that differ are said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hpi.errors import HpiError, TableError
from hpi.space import Hyperparameter, Integers, Mask
from hpi.table import TrialTable

LEAST_OVERLAP = 0.8
FEW = 3


@dataclass(frozen=True)
class Alike:
    """Names of the hyperparameters of two tables, in file order, and a sentence for each that was searched otherwise.

    Attributes
    ----------
    both, only_first, only_second
        Which table has them.
    searched_otherwise
        Name and what differs.
    """

    both: tuple[str, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    searched_otherwise: tuple[tuple[str, str], ...]


def alike(first: TrialTable, second: TrialTable) -> Alike:
    """Return what two tables have in common."""
    here, there = ({h.name: h for h in table.hyperparameters} for table in (first, second))
    both = tuple(name for name in here if name in there)
    otherwise = ((name, _otherwise(here[name], there[name])) for name in both)
    return Alike(
        both,
        tuple(name for name in here if name not in there),
        tuple(name for name in there if name not in here),
        tuple((name, said) for name, said in otherwise if said is not None),
    )


def as_asked(first: TrialTable, second: TrialTable) -> TrialTable:
    """Return the second table with the metric, direction and roles of the first.

    Raises
    ------
    TableError
        If it cannot be asked about the same metric, or shares no hyperparameter with the first.
    """
    assert first.metric is not None
    names = set(map(str, second.frame.columns))
    if first.metric not in names:
        raise TableError(
            f"{second.name} has no column {first.metric!r}, which is explained here: importances of different metrics "
            "are not to be compared. Open a table with that column, or ask the first one about another metric."
        )
    roles = tuple((name, role) for name, role in first.choices.roles if name in names)
    asked = {"metric": first.metric, "direction": first.direction, "roles": roles}
    try:
        found = second.revise(**asked)
    except HpiError as error:
        raise TableError(f"{second.name} cannot be asked about {first.metric!r} as this table is: {error}") from None
    found = _in_space(first, found)
    shared = alike(first, found)
    if not shared.both:
        raise TableError(
            f"The two tables have no hyperparameter in common: {first.name} has {_listed(shared.only_first)}, "
            f"{second.name} has {_listed(shared.only_second)}. Names must be equal, also in upper and lower case."
        )
    return found


def _in_space(first: TrialTable, second: TrialTable) -> TrialTable:
    """Return the second table in the declared space of the first, where it declares none and keeps to that one."""
    declared = first.reading.under(first.choices).space
    names = {hyperparameter.name for hyperparameter in second.hyperparameters}
    space = tuple((name, one) for name, one in declared if name in names)
    if not space or second.reading.under(second.choices).space:
        return second
    try:
        return second.revise(space=space)
    except HpiError:
        return second  # its trials lie elsewhere, which is said where ranges are compared


def same_trials(first: TrialTable, second: TrialTable) -> tuple[Integers, Integers]:
    """Return the rows of the trials that are in both tables, in either's `trials`, shape (n_both,) each.

    The same: equal in the metric and in every hyperparameter that both have. A trial that is there twice is left out.
    """
    assert first.metric is not None
    columns = sorted({first.metric, *alike(first, second).both})
    one, other = _digests(first, columns), _digests(second, columns)
    _, rows, others = np.intersect1d(one, other, return_indices=True)
    kept = _is_once(one)[rows] & _is_once(other)[others]
    return rows[kept], others[kept]


def _digests(table: TrialTable, columns: list[str]) -> NDArray[np.uint64]:
    """Hash each trial's values of some columns, shape (n_trials,)."""
    missing = [name for name in columns if name not in table.trials]
    if missing:
        return np.zeros(0, dtype=np.uint64)
    parts = [_comparable(table.trials[name]) for name in columns]
    return np.asarray(pd.util.hash_pandas_object(pd.concat(parts, axis=1), index=False).to_numpy(), dtype=np.uint64)


def _comparable(column: pd.Series) -> pd.Series:
    """Return numbers as floats and all else as text, so that equal values are equal in both tables."""
    if pd.api.types.is_bool_dtype(column) or not pd.api.types.is_numeric_dtype(column):
        return column.astype(object).where(column.notna(), "").map(str)
    return column.astype(float) + 0.0


def _is_once(digest: NDArray[np.uint64]) -> Mask:
    """Whether each digest is there just once, shape (n_trials,)."""
    _, inverse, counts = np.unique(digest, return_inverse=True, return_counts=True)
    return np.asarray(counts[inverse] == 1)


def _otherwise(first: Hyperparameter, second: Hyperparameter) -> str | None:
    """Say how differently a hyperparameter was searched; None where much the same."""
    if first.is_numeric != second.is_numeric:
        return f"{first.kind} in the first, {second.kind} in the second"
    if not first.is_numeric:
        only = [tuple(sorted(set(a.levels) - set(b.levels))) for a, b in ((first, second), (second, first))]
        words = zip(("first", "second"), only, strict=True)
        return "; ".join(f"only the {word} has {_listed(levels)}" for word, levels in words if levels) or None
    if first.log == second.log and _overlap(first, second) >= LEAST_OVERLAP:
        return None
    return f"{_range(first)} in the first, {_range(second)} in the second"


def _range(one: Hyperparameter) -> str:
    return f"{one.ends[0]:g} to {one.ends[1]:g}{' on a log scale' if one.log else ''}"


def _overlap(first: Hyperparameter, second: Hyperparameter) -> float:
    """Part that both ranges share of all that they cover together, on the measure of both."""
    (low, high), (other_low, other_high) = (one.measured(one.ends) for one in (first, second))
    return max(0.0, min(high, other_high) - max(low, other_low)) / (max(high, other_high) - min(low, other_low))


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    return ", ".join(names[:FEW]) + more
