"""One hyperparameter: the metric along it, and the target's spread over it against the region's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from hpi.effects.along import Means, Quartiles, by_levels, in_windows, ordered_levels
from hpi.effects.cuts import Cut, bounds_of, by_bin, is_discrete, values_of
from hpi.effects.outcome import Outcome, frozen, outcome_of
from hpi.space import Floats, Hyperparameter, Integers
from hpi.subspace import Sample
from hpi.table import TrialTable

FEWEST_BINS, MOST_BINS = 4, 20
TAIL = 0.025


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
    quartiles, means
        In windows of equally many trials of the region, or level by level; at the same places.
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
    means: Means
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
        levels = ordered_levels(hyperparameter, value, outcome, metric, sample)
        value = np.where(levels.is_active, levels.code, np.nan)
        bounds = (0.0, float(max(1, len(levels) - 1)))
    else:
        bounds = bounds_of(hyperparameter, sample.subspace.where)
    cut = levels or _bins(hyperparameter, value, sample, bounds)
    if cut.edges is not None:
        bounds = min(bounds[0], float(cut.edges[0])), max(bounds[1], float(cut.edges[-1]))
    places = in_windows(sample, value, metric) if levels is None else by_levels(levels, sample, metric)
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
        quartiles=Quartiles.of(places),
        means=Means.of(places),
        compared=_compare(sample, cut),
    )


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
