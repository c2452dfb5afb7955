"""Pairs of PED-ANOVA: which are asked about, what each explains beyond its two parts, what chance alone would show.

Up to 8 hyperparameters, all pairs. Among more, all pairs of the 24 strongest are tested by their coarse terms alone, so
that a pair without main effects (exclusive or) is found, too; the 28 that stand out most are then estimated, while
the test stays one of all: choosing the largest beforehand would call chance detectable.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from scipy.special import chdtrc

from hpi.estimators.base import Pairs, Scores
from hpi.estimators.ped import wild
from hpi.estimators.ped.axes import Axis, axis
from hpi.estimators.ped.interaction import Interaction, Members, Tally, divergence, interaction, looked_up, tally
from hpi.estimators.ped.pair_interval import lower_end
from hpi.space import Cells, Floats
from hpi.subspace import Sample

ALL_OF = 8
MOST_SCREENED = 24
MOST_ESTIMATED = 28
FEWEST_TARGET = 8
MANY_TRIALS = 1_000
TRIALS_PER_CELL = 25
MOST_LEVELS = 12
SURE = 1e-3
WORTH_SAYING = 0.1
TESTED_TERMS = 4
ROUNDING = 1e-12


@dataclass(frozen=True)
class Resolution:
    """Cells and functions of each hyperparameter."""

    cells: int
    terms: int

    @classmethod
    def coarse(cls, n_region: int) -> Resolution:
        """Enough to see that there is something."""
        return cls(cls.fine(min(n_region, MANY_TRIALS - 1)).cells, 3)

    @classmethod
    def fine(cls, n_region: int) -> Resolution:
        """As much as the trials bear: the functions of one take a part of them, and products many."""
        if n_region >= MANY_TRIALS:
            return cls(24, 8) if n_region >= 5 * MANY_TRIALS else cls(20, 6)
        return cls(int(np.clip(n_region // TRIALS_PER_CELL, 3, 12)), 5)


def pairs(sample: Sample, mains: Scores, n_permutations: int, rng: np.random.Generator) -> Pairs | None:
    """Return the pairs of the hyperparameters that have scores; None where there are fewer than two.

    Of more than 8 hyperparameters, pairs that are tested but not estimated have a statistic and no importance. Where
    there are more than 131,072 trials, the pairs of 12 hyperparameters were counted before; where trials repeat
    configurations, every k-th in the order of loss is looked at.
    """
    sample = thinned(sample)
    columns = strongest(mains, sample)
    if len(columns) < 2:
        return None
    members = Members.of(sample)
    drawn = wild.draw(sample, members, n_permutations, rng)
    asked = list(combinations(columns, 2))
    if len(columns) <= ALL_OF:
        return _together(sample, asked, _scored(sample, asked, Resolution.fine(sample.whole.region), members, drawn))
    tested = _scored(sample, asked, Resolution.coarse(sample.whole.region), members, drawn)
    chosen = sorted(range(len(asked)), key=lambda i: (-tested[i].standing, _names(sample, asked[i])))[:MOST_ESTIMATED]
    fine = _scored(sample, [asked[i] for i in chosen], Resolution.fine(sample.whole.region), members, drawn)
    known = [
        replace(scored, importance_low=(np.nan,) * 2, null_importance=np.full(n_permutations, np.nan))
        for scored in tested
    ]
    for i, scored in zip(chosen, fine, strict=True):
        known[i] = replace(scored, statistic=tested[i].statistic, null_statistic=tested[i].null_statistic)
    return _together(sample, asked, known)


def thinned(sample: Sample) -> Sample:
    """Return the same question of at most 131,072 trials, or the counts of all."""
    if sample.tallies is not None:
        return sample
    step = sample.design.step
    n_region, n_target = (-(-size // step) for size in (sample.n_region, sample.n_target))
    return Sample(sample.design.thinned, sample.subspace, n_region, n_target)


def strongest(mains: Scores, sample: Sample) -> list[int]:
    """Return the columns with a score, in order; the 24 that stand out most from chance where there are more.

    Where all trials were counted, those of the pairs that were.
    """
    known = np.flatnonzero(~np.isnan(mains.statistic))
    if sample.tallies is not None:
        counted = {j for pair in sample.tallies.asked.pairs for j in pair}
        return [int(j) for j in known if j in counted]
    if len(known) <= MOST_SCREENED:
        return [int(j) for j in known]
    null = mains.null_statistic[:, known]
    spread = null.std(axis=0) if len(null) else np.ones(len(known))
    middle = null.mean(axis=0) if len(null) else np.zeros(len(known))
    standing = (mains.statistic[known] - middle) / np.where(spread > 0, spread, 1)
    return sorted(int(j) for j in known[np.argsort(-standing, kind="stable")[:MOST_SCREENED]])


@dataclass(frozen=True, eq=False)
class _Scored:
    """One pair; nan where there is no telling. `standing`: how far the statistic lies above its mean by chance."""

    importance_low: tuple[float, float]
    statistic: float
    null_statistic: Floats
    null_importance: Floats
    standing: float
    depends: bool


NOTHING_TOGETHER = _Scored((0.0, 0.0), 0.0, np.zeros(0), np.zeros(0), -np.inf, False)


def _scored(
    sample: Sample,
    asked: list[tuple[int, int]],
    resolution: Resolution,
    members: Members | None,
    drawn: wild.Multipliers,
) -> list[_Scored]:
    axes = {j: _axis(sample, j, resolution) for j in sorted({j for pair in asked for j in pair})}
    scored = []
    for pair in asked:
        # The one whose name comes first leads, so that the order of columns changes no digit.
        first, second = sorted(pair, key=lambda j: sample.design.hyperparameters[j].name)
        both = axes[first], axes[second]
        counts = tally(*both, sample, members) if sample.tallies is None else looked_up(*both, sample, (first, second))
        scored.append(_score(sample, both, counts, drawn, SURE / len(asked)))
    return scored


def _axis(sample: Sample, j: int, resolution: Resolution) -> Axis:
    cells = sample.design.cells[j]
    most = resolution.cells if cells.ordered else min(resolution.cells, MOST_LEVELS)
    if sample.tallies is None:
        return axis(cells, sample.n_region, most, resolution.terms)
    plan, region = sample.tallies.asked, sample.tallies.rung(sample.subspace.region)
    n = plan.n_joint(j)
    joint = Cells(plan.joint[j][cells.code].astype(np.uint16), n, cells.ordered, exact=False)
    count = np.bincount(plan.joint[j], sample.tallies.counted.cells[j][region], minlength=n + 1)[:n]
    return axis(joint, sample.n_region, most, resolution.terms, count.astype(np.int64))


def _score(sample: Sample, axes: tuple[Axis, Axis], counts: Tally, drawn: wild.Multipliers, level: float) -> _Scored:
    enough = counts.independent_target >= FEWEST_TARGET
    found = interaction(*axes, counts) if enough else None
    if found is None:
        unknown = np.full(len(drawn.factor), np.nan)
        return _Scored((np.nan,) * 2, np.nan, unknown, unknown, -np.inf, False)
    active_target, active_region = counts.target.sum() / sample.whole.target, counts.region.sum() / sample.whole.region
    scale = active_target**2 / active_region * sample.q / (1 - sample.q)
    null = wild.null_coefficients(found, counts, axes, drawn)
    if float(found.m**2 @ found.weight) < ROUNDING:  # the two explain all between them: what is left is no number
        return replace(NOTHING_TOGETHER, null_statistic=np.zeros(len(null)), null_importance=np.zeros(len(null)))
    d, low = (float(np.clip(scale * end, 0, 1)) for end in (divergence(found, found.m), lower_end(found, counts)))
    return _Scored(
        importance_low=(d, low),
        statistic=float(found.m**2 @ found.weight),
        null_statistic=null**2 @ found.weight,
        null_importance=np.clip(scale * divergence(found, null), 0, 1),
        standing=_standing(found),
        depends=depends(axes, counts, level),
    )


def _standing(found: Interaction) -> float:
    """How many standard deviations the statistic lies above its mean by chance, from the noise of its terms."""
    w = found.weight
    spread = np.sqrt(2 * w @ found.covariance**2 @ w)
    return float((found.m**2 - found.e) @ w / spread) if spread > 0 else 0.0


def depends(axes: tuple[Axis, Axis], counts: Tally, level: float) -> bool:
    """Whether the two are visibly not independent in the region: surely so, and by a correlation of .1 or more.

    A smooth test of independence: squared correlations of the first four functions of each.
    """
    first, second = (a.values[:, a.order <= TESTED_TERMS] for a in axes)
    region = counts.region / counts.region.sum()
    first, second = first - region.sum(axis=1) @ first, second - region.sum(axis=0) @ second
    associated = float(((first.T @ region @ second) ** 2).sum())
    n = counts.region.sum() ** 2 / counts.region_squared.sum()
    return associated >= WORTH_SAYING**2 and bool(chdtrc(first.shape[1] * second.shape[1], n * associated) < level)


def _together(sample: Sample, asked: list[tuple[int, int]], scored: list[_Scored]) -> Pairs:
    importance, low = np.array([s.importance_low for s in scored]).reshape(-1, 2).T
    part_only = sample.whole.region < sample.whole.trials
    return Pairs(
        columns=np.array(asked),
        reading=tuple("joint" if s.depends or part_only else "interaction" for s in scored),
        importance=importance,
        low=low,
        high=np.full(len(asked), np.nan),
        statistic=np.array([s.statistic for s in scored]),
        null_statistic=np.stack([s.null_statistic for s in scored], axis=1),
        null_importance=np.stack([s.null_importance for s in scored], axis=1),
    )


def _names(sample: Sample, pair: tuple[int, int]) -> tuple[str, ...]:
    return tuple(sorted(sample.design.hyperparameters[j].name for j in pair))
