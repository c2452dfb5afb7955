"""What must be said of a table: of its cells, of its metric, of its search space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from hpi.roles import Column, Role, by_others, kinds
from hpi.roles.choices import Choices
from hpi.roles.values import Values, shown
from hpi.space import Hyperparameter
from hpi.table import gaps

OBSERVED = "Bounds and levels are those observed: the search space was not declared."


def about_cells(parsed: Mapping[str, Values], columns: Sequence[Column]) -> list[str]:
    """Return what was done to the cells of columns that take part."""
    used = [column for column in columns if column.role is not Role.LEFT_OUT or column.outcome]
    said = [values.about_commas for values in parsed.values() if values.about_commas]
    said += [notice for column in used for notice in parsed[column.name].notices]
    for column in used:
        if column.role is Role.HYPERPARAMETER and column.kind is not None:
            said += kinds.cell_notices(parsed[column.name], column.kind)
    return said


def about_space(
    parsed: Mapping[str, Values],
    kept: pd.DataFrame,
    columns: Sequence[Column],
    hyperparameters: Sequence[Hyperparameter],
    choices: Choices,
) -> list[str]:
    """Return what is not known about the search space."""
    context = [column.name for column in columns if column.role is Role.CONTEXT]
    incomplete = [one.name for one in hyperparameters if _may_be_inactive(parsed[one.name], one)]
    said = gaps.notices(kept, incomplete, [*(one.name for one in hyperparameters), *context])
    return [*said, *_about_observed(hyperparameters, choices)]


def _may_be_inactive(values: Values, hyperparameter: Hyperparameter) -> bool:
    return not np.isfinite(values.numbers).all() if hyperparameter.is_numeric else bool(values.empty.any())


def about_fixed(parsed: Mapping[str, Values], columns: Sequence[Column]) -> list[str]:
    """Return which hyperparameters take no part as they do not vary, a sentence for each reason."""
    fixed = [parsed[column.name] for column in columns if column.fixed]
    empty = [values.name for values in fixed if not values.n_filled]
    partly = [values.name for values in fixed if values.n_distinct == 1 and values.empty.any()]
    always = [values.name for values in fixed if values.name not in {*empty, *partly}]
    said = []
    for names, one, many in (
        (always, "has one value in all trials", "have one value in all trials"),
        (partly, "has one value wherever it is not empty", "have one value wherever they are not empty"),
        (empty, "is empty in all trials", "are empty in all trials"),
    ):
        if names:
            what, take = (one, "takes") if len(names) == 1 else (many, "take")
            said.append(f"{shown(names)} {what} and {take} no part.")
    return said


def about_guess(metric: Column | None) -> list[str]:
    """Return what must be said of a metric that was taken for its place alone."""
    if metric is None or metric.reason != by_others.LAST:
        return []
    return [
        f"No column looks like an outcome; the last one, {metric.name}, was taken for the metric. "
        "Choose another on the Data page or with --metric."
    ]


def _about_observed(hyperparameters: Sequence[Hyperparameter], choices: Choices) -> list[str]:
    """Return which bounds, levels and scales come from the trials, as nobody declared them."""
    declared, said = dict(choices.space), []
    parts = {h.name: kinds.observed(h, declared.get(h.name)) for h in hyperparameters}
    if parts and all(parts.values()) and not set(parts) & set(declared):
        return [OBSERVED]
    for part, of in (("Bounds", "bounds"), ("Levels", "levels"), ("The lower bound", "lower bound"),
                     ("The upper bound", "upper bound")):  # fmt: skip
        names = [name for name, found in parts.items() if found == of]
        if names:
            verb = "is the one" if part.startswith("The") and len(names) == 1 else "are those"
            noun = part if verb == "is the one" or not part.startswith("The") else f"{part}s"
            said.append(f"{noun} of {shown(names)} {verb} observed: not declared.")
    logs = [h.name for h in hyperparameters if h.log and h.name in declared and declared[h.name].log is None]
    if logs:
        said.append(f"The scale of {shown(logs)} was not declared; by the values it is logarithmic.")
    return said
