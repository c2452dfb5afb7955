"""Two hyperparameters: the metric and the share of target trials in each cell of a grid over both."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hpi.effects.along import configurations, ordered_levels
from hpi.effects.cuts import INACTIVE, Cut, bounds_of, by_bin, is_discrete, values_at
from hpi.effects.outcome import Outcome, frozen, outcome_of
from hpi.space import Floats, Hyperparameter, Integers
from hpi.subspace import Sample
from hpi.table import TrialTable

FEWEST_BINS, MOST_BINS = 3, 12
WANTED_IN_CELL = 5
INACTIVE_LABEL = "inactive"


@dataclass(frozen=True, eq=False)
class TwoEffects:
    """The trials of the region on a grid over two hyperparameters.

    Attributes
    ----------
    hyperparameters
        The first across (columns), the second upwards (rows).
    cuts
        Their cells. Where a hyperparameter is inactive in a trial of the region, its last cell holds those trials.
    outcome
        What `median` and `best` are in.
    count, target
        Trials of the region and of the target in each cell, shape (n_second, n_first).
    median, best
        Of the metric, shape (n_second, n_first); nan in an empty cell. The median is that of configurations, where
        several trials of one are kept.
    n_region, n_target
        Trials in all.
    """

    hyperparameters: tuple[Hyperparameter, Hyperparameter]
    cuts: tuple[Cut, Cut]
    outcome: Outcome
    count: Integers
    target: Integers
    median: Floats
    best: Floats
    n_region: int
    n_target: int

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        frozen(self.count, self.target, self.median, self.best)

    @property
    def target_share(self) -> Floats:
        """Share of each cell's trials that are in the target, shape (n_second, n_first); nan in an empty cell."""
        nothing = np.full(self.count.shape, np.nan)
        return np.asarray(np.divide(self.target, self.count, out=nothing, where=self.count > 0))


def two_effects(table: TrialTable, sample: Sample, first: str, second: str) -> TwoEffects:
    """Return the grid of the region's trials over two hyperparameters, of any kinds."""
    outcome, _ = outcome_of(table)
    metric = outcome.loss(sample.design.loss)
    across, upward = (cells_of(sample, outcome, name) for name in (first, second))
    inside = slice(0, sample.n_region)
    shape = len(upward[1]), len(across[1])
    cell = upward[1].code[inside] * shape[1] + across[1].code[inside]
    _, best = _by_cell(cell, metric[inside], shape, outcome)
    own, mean = configurations(sample, cell.astype(float), metric[inside])
    median, _ = _by_cell(own.astype(np.int64), mean, shape, outcome)
    return TwoEffects(
        hyperparameters=(across[0], upward[0]),
        cuts=(across[1], upward[1]),
        outcome=outcome,
        count=_count(cell, shape),
        target=_count(cell[: sample.n_target], shape),
        median=median,
        best=best,
        n_region=sample.n_region,
        n_target=sample.n_target,
    )


def cells_of(sample: Sample, outcome: Outcome, name: str) -> tuple[Hyperparameter, Cut]:
    """Return the hyperparameter called `name` and its cells in a grid; it takes the trials alone, not their table."""
    design, n_region = sample.design, sample.n_region
    hyperparameter = design.hyperparameters[design.column(name)]
    value = values_at(hyperparameter, design.x[:, design.column(name)])
    if is_discrete(hyperparameter, value):
        cut = ordered_levels(hyperparameter, value, outcome, outcome.loss(design.loss), sample)
    else:
        n_bins = int(np.clip(round((n_region / WANTED_IN_CELL) ** 0.5), FEWEST_BINS, MOST_BINS))
        cut = by_bin(hyperparameter, value, n_bins, bounds_of(hyperparameter, sample.subspace.where))
    return hyperparameter, _with_inactive(cut, n_region)


def _with_inactive(cut: Cut, n_region: int) -> Cut:
    """Return the cut with a cell of its own for inactive trials, if the region has any."""
    if cut.is_active[:n_region].all():
        return cut
    code = np.where(cut.code == INACTIVE, len(cut), cut.code)
    return replace(cut, labels=(*cut.labels, INACTIVE_LABEL), code=code)


def _count(cell: Integers, shape: tuple[int, int]) -> Integers:
    return np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape).astype(np.int64)


def _by_cell(cell: Integers, metric: Floats, shape: tuple[int, int], outcome: Outcome) -> tuple[Floats, Floats]:
    """Median and best metric of each cell, nan where empty."""
    order = np.lexsort((metric, cell))
    ordered = metric[order]
    cells, first, count = np.unique(cell[order], return_index=True, return_counts=True)
    middle = (ordered[first + (count - 1) // 2] + ordered[first + count // 2]) / 2
    median, best = np.full(shape, np.nan), np.full(shape, np.nan)
    median.flat[cells] = middle
    best.flat[cells] = ordered[first + count - 1] if outcome.maximize else ordered[first]
    return median, best
