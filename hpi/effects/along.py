"""The metric along one hyperparameter: its quartiles and its mean with a band, in windows or level by level.

A place is a window of trials, or a level. Several trials of one configuration are no independent evidence: their mean
counts as one trial here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from hpi.effects.cuts import Cut, by_level
from hpi.effects.outcome import Outcome, frozen
from hpi.space import Floats, Hyperparameter, Integers, Kind
from hpi.subspace import Sample

WINDOWS = 41
FEWEST_IN_WINDOW = 15
UPPER = 0.975

Place = tuple[float, Floats]
"""Where it is, and the metric of its configurations."""


@dataclass(frozen=True, eq=False)
class Quartiles:
    """Quartiles of the metric among the configurations of the region, at places along the hyperparameter.

    All arrays have shape (n_places,). `at` is a value in the hyperparameter's own unit, or the position of a level;
    a place without trials has count 0 and nan. `count` counts configurations: trials, but for repeated ones.
    """

    at: Floats
    low: Floats
    median: Floats
    high: Floats
    count: Integers

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        frozen(self.at, self.low, self.median, self.high, self.count)

    @classmethod
    def of(cls, places: list[Place]) -> Quartiles:
        """Compute them place by place."""
        found = np.array([_three(metric) for _, metric in places]).reshape(-1, 3).T.copy()
        return cls(_at(places), found[0], found[1], found[2], _count(places))


@dataclass(frozen=True, eq=False)
class Means:
    """The mean metric among the configurations of the region, at the same places as the quartiles.

    All arrays have shape (n_places,). Between `low` and `high` lies the mean of all possible trials of a place with
    95 % confidence (Student's t), each place by itself; nan where there are fewer than two configurations.
    """

    at: Floats
    mean: Floats
    low: Floats
    high: Floats
    count: Integers

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        frozen(self.at, self.mean, self.low, self.high, self.count)

    @classmethod
    def of(cls, places: list[Place]) -> Means:
        """Compute them place by place."""
        found = np.array([_mean_and_band(metric) for _, metric in places]).reshape(-1, 3).T.copy()
        return cls(_at(places), found[0], found[1], found[2], _count(places))


def configurations(sample: Sample, value: Floats, metric: Floats) -> tuple[Floats, Floats]:
    """Return value and mean metric of each configuration of the region, shape (n_configurations,).

    `value` and `metric` are those of all trials, or of those of the region, best first.
    """
    value, metric = value[: sample.n_region], metric[: sample.n_region]
    if sample.design.unit is None:
        return value, metric
    _, first, unit, count = np.unique(
        sample.design.unit[: sample.n_region], return_index=True, return_inverse=True, return_counts=True
    )
    return value[first], np.bincount(unit, weights=metric) / count


def by_levels(levels: Cut, sample: Sample, metric: Floats) -> list[Place]:
    """Return a place a level, at its position."""
    code, metric = configurations(sample, levels.code.astype(float), metric)
    return [(float(k), metric[code == k]) for k in range(len(levels))]


def in_windows(sample: Sample, value: Floats, metric: Floats) -> list[Place]:
    """Return windows of about a sixth of the active configurations, in the order of their values, at their medians.

    A window holds configurations of equal value all or not at all: among them the order would be that of the metric.
    """
    value, metric = configurations(sample, value, metric)
    active = np.flatnonzero(~np.isnan(value))
    order = active[np.argsort(value[active], kind="stable")]
    v, m, size = value[order], metric[order], max(FEWEST_IN_WINDOW, len(active) // 6)
    if len(v) < size:
        return []
    starts = np.unique(np.linspace(0, len(v) - size, WINDOWS).round().astype(int))
    first = np.searchsorted(v, v[starts], side="left")
    last = np.searchsorted(v, v[starts + size - 1], side="right")
    windows = sorted({(int(a), int(b)) for a, b in zip(first, last, strict=True)})
    return [(float(np.median(v[a:b])), m[a:b]) for a, b in windows]


def ordered_levels(
    hyperparameter: Hyperparameter, value: Floats, outcome: Outcome, metric: Floats, sample: Sample
) -> Cut:
    """Return the levels: categories by their median in the region, best first; others in their own order."""
    levels = by_level(hyperparameter, value)
    if hyperparameter.kind is not Kind.CATEGORY:
        return levels
    median = Quartiles.of(by_levels(levels, sample, metric)).median
    return levels.in_order(np.argsort(outcome.loss(median), kind="stable"))


def _at(places: list[Place]) -> Floats:
    return np.array([at for at, _ in places])


def _count(places: list[Place]) -> Integers:
    return np.array([len(metric) for _, metric in places], dtype=np.int64)


def _three(values: Floats) -> tuple[float, float, float]:
    """Quartiles; the median of -values is exactly minus that of values, so that no order depends on the sign."""
    if not len(values):
        return np.nan, np.nan, np.nan
    low, high = np.quantile(values, (0.25, 0.75))
    return float(low), float(np.median(values)), float(high)


def _mean_and_band(values: Floats) -> tuple[float, float, float]:
    if not len(values):
        return np.nan, np.nan, np.nan
    # First by a power of two, which is exact: squares would else overflow or vanish.
    power = int(np.frexp(np.abs(values).max())[1])
    scaled = np.ldexp(values, -power)
    mean, n = float(scaled.mean()), len(values)
    half = float(stdtrit(n - 1, UPPER) * scaled.std(ddof=1) / np.sqrt(n)) if n > 1 else np.nan
    ends = np.ldexp([mean, mean - half, mean + half], power)
    return float(ends[0]), float(ends[1]), float(ends[2])
