"""Whether two tables can be compared: what they measure, which hyperparameters both have, and how these were searched.

An importance belongs to the space that was searched: a hyperparameter that was tried in a narrow range seems to matter
less. So ranges and levels that differ are said.
"""

from __future__ import annotations

from dataclasses import dataclass

from hpi.errors import HpiError, TableError
from hpi.space import Hyperparameter
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
            "are not to be compared. Open a table with that column, or choose another metric on this page first."
        )
    roles = tuple((name, role) for name, role in first.choices.roles if name in names)
    try:
        found = second.revise(metric=first.metric, direction=first.direction, roles=roles)
    except HpiError as error:
        raise TableError(f"{second.name} cannot be asked about {first.metric!r} as this table is: {error}") from None
    shared = alike(first, found)
    if not shared.both:
        raise TableError(
            f"The two tables have no hyperparameter in common: {first.name} has {_listed(shared.only_first)}, "
            f"{second.name} has {_listed(shared.only_second)}. Names must be equal, also in upper and lower case."
        )
    return found


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
