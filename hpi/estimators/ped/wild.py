"""Chance for pairs: the residuals of the main effects, each multiplied by random noise.

Shuffled labels would forget the main effects, and beside a strong one the coefficients of idle pairs vary more than
under shuffled labels: trials of the target then sit at like places. So a shuffle keeps each trial where it is and
multiplies its residual (in the target or not, less the best sum of one function of each) by a normal number, the
same one for all pairs (the wild bootstrap of Wu 1986 and Liu 1988, with normal multipliers). Main effects of any
strength keep their spread, mean values are 0, and configurations with several trials move as one.

Where a part of many trials is drawn, two hyperparameters that are active together in few of all may be so in next to
none of it. Such a pair gets normal coefficients of the same covariance by itself: what all of its trials would give.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpi.estimators.ped.axes import Axis
from hpi.estimators.ped.interaction import Interaction, Members, Tally, residual_squares
from hpi.space import Floats, Integers
from hpi.subspace import Sample

MOST_OF_EACH = 500
FEWEST_ACTIVE = 100


@dataclass(frozen=True, eq=False)
class Multipliers:
    """Random multipliers of units (trials, or configurations where several trials of one are kept).

    Attributes
    ----------
    place
        A trial of each unit, shape (n_units,).
    target, size
        Trials of each unit in target and region.
    factor
        Shape (n_permutations, n_units); where only some units of many are drawn, it stands for the others, too. Single
        precision: chance needs no more, and it takes half the time.
    is_part
        Whether only some units are drawn.
    """

    place: Integers
    target: Floats
    size: Floats
    factor: NDArray[np.float32]
    is_part: bool


def draw(sample: Sample, members: Members | None, n: int, rng: np.random.Generator) -> Multipliers:
    """Return n joint draws; of target and rest at most 500 units each, drawn at random.

    Those that are drawn stand for all of theirs: also for those that the sample's own trials stand for.
    """
    if members is None:
        place = np.arange(sample.n_region)
        target, unit = (place < sample.n_target).astype(float), np.ones(sample.n_region)
    else:
        place, target, unit = members.place, members.target, members.size
    chosen, scale = [], []
    strata = np.flatnonzero(target > 0), np.flatnonzero(target == 0)
    sizes = [len(stratum) for stratum in strata]
    if sample.tallies is not None:
        sizes = [sample.whole.target, sample.whole.region - sample.whole.target]
    for stratum, size in zip(strata, sizes, strict=True):
        n_drawn = min(len(stratum), MOST_OF_EACH)
        chosen.append(stratum if n_drawn == len(stratum) else np.sort(rng.choice(stratum, n_drawn, replace=False)))
        scale.append(np.full(n_drawn, np.sqrt(size / max(1, n_drawn))))
    at, scales = np.concatenate(chosen), np.concatenate(scale)
    factor = (rng.standard_normal((n, len(at))) * scales).astype(np.float32)
    return Multipliers(place[at], target[at], unit[at], factor, len(at) < sum(sizes))


def null_coefficients(found: Interaction, counts: Tally, axes: tuple[Axis, Axis], drawn: Multipliers) -> Floats:
    """Coefficients of the pair in every draw, shape (n_permutations, n_terms)."""
    first, second = (axis.code[drawn.place] for axis in axes)
    active = (first < axes[0].n) & (second < axes[1].n)
    if drawn.is_part and np.count_nonzero(active[drawn.target > 0]) < FEWEST_ACTIVE:
        return _of_all(found, counts, drawn)
    cell = np.where(active, first * axes[1].n + second, 0)
    residual = np.where(active, drawn.target / counts.q - drawn.size * found.additive[cell], 0)
    pull = found.psi[cell] * (residual * np.sqrt(found.inflation) / counts.region.sum())[:, None]
    coefficients: Floats = (drawn.factor @ pull.astype(np.float32)).astype(np.float64)
    return coefficients


def _of_all(found: Interaction, counts: Tally, drawn: Multipliers) -> Floats:
    """Do the same for every unit: sums of normal numbers are normal.

    What is drawn follows from the joint draws and the counts: two names for one hyperparameter get the same.
    """
    size = residual_squares(counts, found.additive) * found.inflation / counts.region.sum() ** 2
    variance, directions = np.linalg.eigh(found.psi.T @ (size[:, None] * found.psi))
    seed = [*drawn.factor[:, 0].view(np.uint32), *counts.region.astype(np.int64).ravel()]
    normal = np.random.default_rng(seed).standard_normal((len(drawn.factor), len(variance)))
    coefficients: Floats = (normal * np.sqrt(variance.clip(0))) @ directions.T
    return coefficients
