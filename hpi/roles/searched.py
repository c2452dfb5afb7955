"""Which metrics a search looked at, as far as the source or its export's conventions say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from hpi.roles import meant
from hpi.roles.by_itself import Column
from hpi.roles.reading import Objective, Reading
from hpi.roles.sources import detect
from hpi.roles.values import Values
from hpi.roles.vocabulary import Direction, Role

MOST = 3  # an export that marks more of them marks everything that was measured
# Those whose marks are of what the search looked at; others (MLflow) mark whatever was logged.
SEARCHES = ("DeepCAVE", "Hyperopt", "Optuna", "Optuna Dashboard", "scikit-learn")


def objectives(parsed: Mapping[str, Values], columns: Sequence[Column], reading: Reading) -> tuple[Objective, ...]:
    """Return the metrics that the search looked at; where nothing tells, the one that is explained, () without one."""
    if reading.objectives:
        return reading.objectives
    metric = [column for column in columns if column.role is Role.METRIC]
    source = detect(parsed)
    marked = [
        column
        for column in columns
        if source is not None and source.title in SEARCHES and re.fullmatch(source.primary, column.name, re.DOTALL)
        if column.outcome and len(parsed[column.name].finite)
    ]
    found = marked if 1 < len(marked) <= MOST else metric
    return tuple(Objective(one.name, one.direction or meant.direction_of(one.name)) for one in found)


def ends_of(columns: Sequence[Column], looked_at: Sequence[Objective]) -> dict[str, Direction]:
    """Return the outcomes of which it is known which end is good, in file order: what can be ranked together."""
    said = {one.name: one.direction for one in looked_at}
    ends = {
        column.name: said.get(column.name) or column.direction or meant.direction_of(column.name)
        for column in columns
        if column.outcome
    }
    return {name: end for name, end in ends.items() if end is not None}
