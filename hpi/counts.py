"""All that PED-ANOVA sees of a table: how many trials of target and region lie in each cell.

Counts are integers: they add over blocks of trials, and every threshold, permutation and interval is
arithmetic on a few hundred of them. The trials are counted once a design (`hpi/space/ladder.py`): then any region,
target and neighbourhood of a threshold is the difference of two checkpoints and of the few trials beside them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi.space import Cells, Floats, Integers, Tallies
from hpi.subspace import Sample

NEAR = 0.15
FEWEST_NEAR = 5


@dataclass(frozen=True, eq=False)
class Units:
    """Configurations of which several trials are kept: their cell and their trials in target and region.

    All arrays have shape (n_units,).
    """

    code: Integers
    target: Floats
    region: Floats


@dataclass(frozen=True, eq=False)
class Counts:
    """Trials of one hyperparameter's cells, shape (n_cells + 1,); the last cell holds the inactive ones.

    `near_target` and `near_region` count the trials whose ranks surround the two thresholds: how they
    are spread says how much the answer moves with the threshold. `near_region` is None where the region
    is everything. `reference` has the share of each active cell, shape (n_cells,), in what the target is compared
    with, where that is not the region but the declared space.
    """

    cells: Cells
    target: Floats
    region: Floats
    near_target: Floats
    near_region: Floats | None
    n_trials: int
    units: Units | None = None
    reference: Floats | None = None

    @property
    def n_target(self) -> float:
        """Count the trials in the target."""
        return float(self.target.sum())

    @property
    def n_region(self) -> float:
        """Count the trials in the region."""
        return float(self.region.sum())

    @property
    def rest(self) -> Floats:
        """Count the trials of each cell that are in the region but not in the target."""
        return self.region - self.target

    @property
    def active_target(self) -> float:
        """Count the target's trials in which the hyperparameter is active."""
        return float(self.target[:-1].sum())

    @property
    def active_region(self) -> float:
        """Count the region's trials in which the hyperparameter is active."""
        return float(self.region[:-1].sum())

    @property
    def q_active(self) -> float:
        """Share of the target among the trials in which the hyperparameter is active."""
        return self.active_target / self.active_region

    @property
    def share(self) -> Floats:
        """Share of each active cell in what the target is compared with, shape (n_cells,)."""
        return self.region[:-1] / self.active_region if self.reference is None else self.reference

    @property
    def q_compared(self) -> float:
        """Share of the target in the trials that it is compared with: none where that is the declared space."""
        return self.q_active if self.reference is None else 0.0

    @property
    def activity_ratio(self) -> float:
        """Share of the target that is active over that of the region: alpha / beta."""
        return self.q_active * self.n_region / self.n_target


def count(sample: Sample) -> tuple[tuple[Counts, ...], ...]:
    """Return the counts of every regime of every hyperparameter, in column order.

    One regime a domain, one for a hyperparameter without domains; trials of the other regimes count as inactive. Where
    the sample's trials stand for more that were counted, those are the counts.
    """
    if sample.tallies is not None:
        return tuple(_looked_up(sample, sample.tallies, j) for j in range(len(sample.design.hyperparameters)))
    return tuple(tuple(tally(sample, cells) for cells in regimes) for regimes in sample.design.regime_cells)


def tally(sample: Sample, cells: Cells, reference: Floats | None = None) -> Counts:
    """Return the counts of cells of the sample's trials, compared with the region or with `reference`."""
    n_trials = len(sample.design)

    def between(start: int, stop: int) -> Floats:
        return cells.ladder.between(start, stop).astype(float)

    return Counts(
        cells=cells,
        target=between(0, sample.n_target),
        region=between(0, sample.n_region),
        near_target=between(*_around(sample.n_target, n_trials)),
        near_region=between(*_around(sample.n_region, n_trials)) if sample.n_region < n_trials else None,
        n_trials=n_trials,
        units=_units(sample, cells),
        reference=reference,
    )


def _looked_up(sample: Sample, tallies: Tallies, j: int) -> tuple[Counts, ...]:
    """Return the counts of column j in the table of all trials, with the cells of those that stand for them."""
    regimes = sample.design.regime_cells[j]
    several = tallies.counted.regimes[j] or (tallies.counted.cells[j],)
    region, target = (tallies.rung(part) for part in (sample.subspace.region, sample.subspace.target or 0))
    return tuple(
        Counts(
            cells=cells,
            target=counts[target].astype(float),
            region=counts[region].astype(float),
            near_target=_near(tallies, counts, target),
            near_region=None if tallies.holds_all(region) else _near(tallies, counts, region),
            n_trials=tallies.n_trials,
        )
        for cells, counts in zip(regimes, several, strict=True)
    )


def _near(tallies: Tallies, counts: Integers, rung: int) -> Floats:
    """Return the trials between the two rungs around a threshold, which keep trials of one loss together."""
    low, high = tallies.around(rung)
    between: Floats = (counts[high] - counts[low]).astype(float)
    return between


def _around(size: int, n_trials: int) -> tuple[int, int]:
    """Ranks around the threshold below the first `size` trials."""
    width = max(FEWEST_NEAR, round(NEAR * size))
    return max(0, size - width), min(n_trials, size + width)


def _units(sample: Sample, cells: Cells) -> Units | None:
    if sample.design.unit is None:
        return None
    _, first, member = np.unique(sample.design.unit[: sample.n_region], return_index=True, return_inverse=True)
    in_target = np.arange(sample.n_region) < sample.n_target
    return Units(
        code=cells.code[first].astype(np.int64),
        target=np.bincount(member, weights=in_target).astype(float),
        region=np.bincount(member).astype(float),
    )
