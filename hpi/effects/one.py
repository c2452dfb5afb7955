"""One hyperparameter: quartiles of the metric along it, and the target's spread over it against the region's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from hpi.effects.cuts import Cut, bounds_of, by_bin, by_level, is_discrete, values_of
from hpi.effects.outcome import Outcome, frozen, outcome_of
from hpi.space import Floats, Hyperparameter, Integers, Kind
from hpi.subspace import Sample
from hpi.table import TrialTable

WINDOWS = 41
FEWEST_IN_WINDOW = 15
FEWEST_BINS, MOST_BINS = 4, 20
TAIL = 0.025


@dataclass(frozen=True, eq=False)
class Quartiles:
    """Quartiles of the metric among the trials of the region, at places along the hyperparameter.

    All arrays have shape (n_places,). `at` is a value in the hyperparameter's own unit, or the position of a level;
    a place without trials has count 0 and nan.
    """

    at: Floats
    low: Floats
    median: Floats
    high: Floats
    count: Integers

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        frozen(self.at, self.low, self.median, self.high, self.count)


@dataclass(frozen=True, eq=False)
class Compared:
    """What PED-ANOVA compares: how target and region are spread over the cells of one hyperparameter.

    Attributes
    ----------
    cut
        The cells.
    target, region
        Trials of each cell, shape (n_cells,); every target trial is one of the region too.
    chance_low, chance_high
        Between these counts lies the target in 95 % of draws from the region by chance, cell by cell, shape (n_cells,);
        nan where several trials of one configuration are kept and do not vary independently.
    inactive_target, inactive_region
        Trials in which the hyperparameter is inactive; they are in no cell.
    """

    cut: Cut
    target: Integers
    region: Integers
    chance_low: Floats
    chance_high: Floats
    inactive_target: int
    inactive_region: int

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        frozen(self.target, self.region, self.chance_low, self.chance_high)

    @property
    def target_share(self) -> Floats:
        """Share of the target's active trials in each cell; sums to 1, nan where there is none."""
        return _share(self.target)

    @property
    def region_share(self) -> Floats:
        """Share of the region's active trials in each cell; sums to 1, nan where there is none."""
        return _share(self.region)


@dataclass(frozen=True, eq=False)
class OneEffect:
    """One hyperparameter and the metric, trial by trial, best first.

    Attributes
    ----------
    hyperparameter, outcome
        What is on the two axes.
    value, metric
        Shape (n_trials,); the first n_target trials are the target, the first n_region the region. `value` is in the
        hyperparameter's own unit, nan where inactive; where there are `levels`, it is the position of the level.
    row
        Where each trial stands in table.trials, shape (n_trials,).
    levels
        The values one by one, where they are labels or few numbers; else None.
    bounds
        Ends of the axis in the hyperparameter's own unit; positions for levels.
    quartiles
        In windows of equally many trials of the region, or level by level.
    compared
        Target against region.
    """

    hyperparameter: Hyperparameter
    outcome: Outcome
    value: Floats
    metric: Floats
    row: Integers
    n_region: int
    n_target: int
    levels: Cut | None
    bounds: tuple[float, float]
    quartiles: Quartiles
    compared: Compared

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        frozen(self.value, self.metric, self.row)


def one_effect(table: TrialTable, sample: Sample, name: str) -> OneEffect:
    """Return what the trials of `sample` show of the hyperparameter called `name`.

    Categories are ordered by their median, best first; everything else keeps its own order.
    """
    design = sample.design
    hyperparameter = design.hyperparameters[design.column(name)]
    outcome, metric = outcome_of(table)
    metric = metric[design.row]
    value = values_of(hyperparameter, table.trials[name].iloc[design.row])
    levels = None
    if is_discrete(hyperparameter, value):
        levels = ordered_levels(hyperparameter, value, outcome, metric, sample.n_region)
        value = np.where(levels.is_active, levels.code, np.nan)
        bounds = (0.0, float(max(1, len(levels) - 1)))
    else:
        bounds = bounds_of(hyperparameter, sample.subspace.where)
    cut = levels or _bins(hyperparameter, value, sample, bounds)
    if cut.edges is not None:
        bounds = min(bounds[0], float(cut.edges[0])), max(bounds[1], float(cut.edges[-1]))
    inside = slice(0, sample.n_region)
    return OneEffect(
        hyperparameter=hyperparameter,
        outcome=outcome,
        value=value,
        metric=metric,
        row=design.row,
        n_region=sample.n_region,
        n_target=sample.n_target,
        levels=levels,
        bounds=bounds,
        quartiles=_running(value[inside], metric[inside]) if levels is None else _boxes(levels, metric[inside]),
        compared=_compare(sample, cut),
    )


def ordered_levels(
    hyperparameter: Hyperparameter, value: Floats, outcome: Outcome, metric: Floats, n_region: int
) -> Cut:
    """Return the levels: categories by their median in the region, best first; others in their own order."""
    levels = by_level(hyperparameter, value)
    if hyperparameter.kind is not Kind.CATEGORY:
        return levels
    median = _boxes(levels, metric[:n_region]).median
    return levels.in_order(np.argsort(outcome.loss(median), kind="stable"))


def _boxes(levels: Cut, metric: Floats) -> Quartiles:
    """Quartiles of each level among the first len(metric) trials."""
    code = levels.code[: len(metric)]
    count = levels.count(code)
    found = np.full((3, len(levels)), np.nan)
    for k in np.flatnonzero(count):
        found[:, k] = _three(metric[code == k])
    return Quartiles(np.arange(len(levels), dtype=float), found[0], found[1], found[2], count)


def _running(value: Floats, metric: Floats) -> Quartiles:
    """Quartiles in windows of about a sixth of the active trials, in the order of their values.

    A window holds trials of equal value all or not at all: among them the order would be that of the metric.
    """
    active = np.flatnonzero(~np.isnan(value))
    order = active[np.argsort(value[active], kind="stable")]
    v, m, size = value[order], metric[order], max(FEWEST_IN_WINDOW, len(active) // 6)
    if len(v) < size:
        nothing = np.empty(0)
        return Quartiles(nothing, nothing, nothing, nothing, np.empty(0, dtype=np.int64))
    starts = np.unique(np.linspace(0, len(v) - size, WINDOWS).round().astype(int))
    first = np.searchsorted(v, v[starts], side="left")
    last = np.searchsorted(v, v[starts + size - 1], side="right")
    windows = sorted({(int(a), int(b)) for a, b in zip(first, last, strict=True)})
    found = np.array([[np.median(v[a:b]), *_three(m[a:b])] for a, b in windows])
    at, low, median, high = found.T.copy()
    return Quartiles(at, low, median, high, np.array([b - a for a, b in windows]))


def _three(values: Floats) -> tuple[float, float, float]:
    """Quartiles; the median of -values is exactly minus that of values, so that no order depends on the sign."""
    low, high = np.quantile(values, (0.25, 0.75))
    return float(low), float(np.median(values)), float(high)


def _bins(hyperparameter: Hyperparameter, value: Floats, sample: Sample, bounds: tuple[float, float]) -> Cut:
    """Bins whose number grows with the cube root of the target's size, so that each rests on several trials."""
    n = int((~np.isnan(value[: sample.n_target])).sum())
    return by_bin(hyperparameter, value, int(np.clip(round(2 * n ** (1 / 3)), FEWEST_BINS, MOST_BINS)), bounds)


def _compare(sample: Sample, cut: Cut) -> Compared:
    target, region = (cut.count(cut.code[:n]) for n in (sample.n_target, sample.n_region))
    chance = (_chance(target, region) if sample.design.unit is None else np.full((2, len(cut)), np.nan)).copy()
    return Compared(
        cut=cut,
        target=target,
        region=region,
        chance_low=chance[0],
        chance_high=chance[1],
        inactive_target=sample.n_target - int(target.sum()),
        inactive_region=sample.n_region - int(region.sum()),
    )


def _chance(target: Integers, region: Integers) -> Floats:
    """2.5 % and 97.5 % points of the hypergeometric distribution of each cell's count, shape (2, n_cells)."""
    n_drawn, n_all = int(target.sum()), int(region.sum())
    k = np.arange(n_drawn + 1)
    ends = np.zeros((2, len(region)))
    for j, n_cell in enumerate(region):
        possible = k[(k <= n_cell) & (n_drawn - k <= n_all - n_cell)]
        weight = _log_choose(n_cell, possible) + _log_choose(n_all - n_cell, n_drawn - possible)
        below = np.cumsum(np.exp(weight - weight.max()))
        ends[:, j] = possible[np.searchsorted(below / below[-1], (TAIL, 1 - TAIL))]
    return ends


def _log_choose(n: int, k: Integers) -> Floats:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def _share(count: Integers) -> Floats:
    total = count.sum()
    return count / total if total else np.full(len(count), np.nan)
