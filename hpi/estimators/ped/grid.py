"""Equal steps of the declared space: cells for those forms of PED-ANOVA that need some, and the design's share."""

from __future__ import annotations

import numpy as np

from hpi.space import MAX_CELLS, Cells, Floats, Hyperparameter, Kind

# Values on the border of two cells stay together whatever the last bit of their place is.
BORDER = 1e-9
MOST_VALUES = 100_000


def bins(position: Floats, n: int, ordered: bool, exact: bool) -> Cells:
    """Cut [0, 1] into n bins of equal width; `position`, shape (n_trials,), is nan where inactive."""
    return _cells(np.floor(position * n + BORDER), n, ordered, exact)


def points(position: Floats, n: int, ordered: bool) -> Cells:
    """Move each position to the nearest of n points from 0 to 1; half-way between two it goes down."""
    return _cells(np.ceil(position * (n - 1) - 0.5 - BORDER), n, ordered, exact=True)


def _cells(index: Floats, n: int, ordered: bool, exact: bool) -> Cells:
    code = np.where(np.isnan(index), n, index.clip(0, n - 1)).astype(np.uint16)
    code.setflags(write=False)
    return Cells(code, n, ordered, exact)


def n_values(hyperparameter: Hyperparameter, regime: int) -> int | None:
    """Return how many values there are in a regime; None where they are not to be counted."""
    if hyperparameter.kind is Kind.FLOAT:
        return None
    if hyperparameter.kind is Kind.INT:
        low, high = hyperparameter.bounds(regime)
        return int(round(high - low)) + 1
    return len(hyperparameter.levels)


def design_share(hyperparameter: Hyperparameter, regime: int, n: int) -> Floats:
    """Share of the declared space in each of n bins of equal width, shape (n,).

    The whole numbers between two bounds are equally likely, or on a log scale as likely as the piece of it that is
    rounded to them; the levels are equally likely.
    """
    values = n_values(hyperparameter, regime)
    if values is None or values > MOST_VALUES:
        return np.full(n, 1 / n)
    place, weight = np.arange(values) / max(1, values - 1), np.ones(values)
    if hyperparameter.log:
        whole = np.arange(values) + hyperparameter.bounds(regime)[0]
        low, high = np.log(whole[[0, -1]])
        place, weight = (np.log(whole) - low) / (high - low), np.log((whole + 0.5) / (whole - 0.5))
    share: Floats = np.bincount(bins(place, n, True, True).code, weights=weight, minlength=n) / weight.sum()
    return share


def fine(hyperparameter: Hyperparameter, regime: int, position: Floats) -> tuple[Cells, Floats]:
    """Cells for a series over the declared space: its values where they are few, else 256 bins; and its shares."""
    values = n_values(hyperparameter, regime)
    ordered = hyperparameter.is_ordered
    exact = values is not None and values <= MAX_CELLS
    if not exact or values is None:
        return bins(position, MAX_CELLS, ordered, exact=False), design_share(hyperparameter, regime, MAX_CELLS)
    if not hyperparameter.log:
        return points(position, values, ordered), np.full(values, 1 / values)
    low, high = hyperparameter.measured(hyperparameter.bounds(regime))
    number = np.rint(np.exp(low + position * (high - low)))
    whole = np.arange(values) + hyperparameter.bounds(regime)[0]
    weight = np.log((whole + 0.5) / (whole - 0.5))
    return _cells(number - whole[0], values, ordered, exact=True), weight / weight.sum()


def distinct(position: Floats) -> int:
    """Count the values that occur, in any trial."""
    return len(np.unique(np.round(position[~np.isnan(position)], 12)))
