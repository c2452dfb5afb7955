"""What must be said of a hyperparameter, and of the whole, before a weight is believed."""

from __future__ import annotations

import numpy as np

from hpi.estimators.base import ONE_VALUE, too_few_active
from hpi.space import Floats, Kind
from hpi.subspace import Sample

FEWEST_DIFFERING = 0.02
MOST_DIFFERING = 0.5
FEW_A_LEVEL = 100
FEWEST_LEVELS = 6


def cannot_say(sample: Sample, column: int) -> str | None:
    """Why a hyperparameter gets no weight in this region, or None."""
    x = sample.design.x[: sample.n_region, column]
    active = x[~np.isnan(x)]
    return too_few_active(len(active)) or (ONE_VALUE if active.min() == active.max() else None)


def remark(sample: Sample, column: int) -> str | None:
    """Say where being inactive was one more value."""
    x = sample.design.x[: sample.n_region, column]
    active = int((~np.isnan(x)).sum())
    if active == len(x):
        return None
    return (
        f"being inactive counts as one more value beside those of the {active:,} of {len(x):,} trials "
        "where it is active"
    )


def warnings(sample: Sample, scored: list[int], dc: float, da: Floats) -> tuple[str, ...]:
    """Return the blind spots that this region shows.

    `dc` and `da` are the mean differences of neighbours in the metric and in each of the scored hyperparameters.
    """
    found = (_alike(sample, scored, da), _many_levels(sample, scored), _stretched(dc))
    return tuple(sentence for sentence in found if sentence is not None)


def _alike(sample: Sample, scored: list[int], da: Floats) -> str | None:
    names = _names(sample, [j for j, mean in zip(scored, da, strict=True) if mean < FEWEST_DIFFERING])
    return names and (
        f"Neighbouring trials hardly ever differ in {names}, so N-RReliefF cannot see what it does: "
        "its weight means little and its interval is too narrow. Raise k, or trust another estimator there."
    )


def _many_levels(sample: Sample, scored: list[int]) -> str | None:
    names = _names(sample, [j for j in scored if _has_many_levels(sample, j)])
    return names and (
        f"{names} has many levels for so few trials: N-RReliefF finds hardly two neighbours that differ in it alone, "
        "and its weight comes out too low. Trust another estimator there."
    )


def _has_many_levels(sample: Sample, column: int) -> bool:
    if sample.design.hyperparameters[column].kind is not Kind.CATEGORY:
        return False
    x = sample.design.x[: sample.n_region, column]
    levels = len(np.unique(x[~np.isnan(x)]))
    return levels >= FEWEST_LEVELS and sample.n_region < FEW_A_LEVEL * levels


def _stretched(dc: float) -> str | None:
    if dc >= FEWEST_DIFFERING:
        return None
    return (
        f"Neighbouring trials differ by only {dc:.1%} of the metric's range on average: a few extreme values stretch "
        "it, and N-RReliefF sees little but them. Lower the region."
    )


def _names(sample: Sample, columns: list[int]) -> str | None:
    return ", ".join(sorted(sample.design.hyperparameters[j].name for j in columns)) or None
