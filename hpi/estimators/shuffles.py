"""What chance alone would show: the same scores with the target's labels shuffled over the region.

One shuffle serves all hyperparameters jointly, so that the largest of their scores has its true distribution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi.counts import Counts, Units
from hpi.estimators.series import Coefficients, terms_kept, unit_influence
from hpi.space import Floats, Integers
from hpi.subspace import Sample

MOST_SHUFFLED = 20_000
UNIT_NOISE_SHUFFLES = 10


@dataclass(frozen=True, eq=False)
class Shuffles:
    """Who is in the target, shuffle by shuffle.

    Without units: `pool` holds the positions of trials that are shuffled, and `chosen`, shape (n_permutations,
    n_chosen), which of them are the target. With units: `chosen`, shape (n_permutations, n_units), says whose
    labels each unit gets.
    """

    pool: Integers
    chosen: Integers
    scale: float


def draw(sample: Sample, n_permutations: int, rng: np.random.Generator) -> Shuffles:
    """Return joint shuffles of the region's trials, or of its whole configurations where trials come in units.

    Above 20,000 trials a random part of them is shuffled: under chance the square of every coefficient
    is proportional to 1 / n_target, so the part's scores times `scale` are those of the whole.
    """
    if sample.design.unit is not None:
        n_units = len(np.unique(sample.design.unit[: sample.n_region]))
        every = np.stack([rng.permutation(n_units) for _ in range(n_permutations)])
        return Shuffles(np.arange(n_units), every, 1.0)
    pool, n_chosen = np.arange(sample.n_region), sample.n_target
    if sample.n_region > MOST_SHUFFLED:
        pool = rng.choice(sample.n_region, MOST_SHUFFLED, replace=False)
        n_chosen = max(2, round(sample.q * MOST_SHUFFLED))
    chosen = np.stack([rng.choice(len(pool), n_chosen, replace=False, shuffle=False) for _ in range(n_permutations)])
    return Shuffles(pool, chosen, n_chosen / sample.n_target)


def null_scores(counts: Counts, found: Coefficients, shuffles: Shuffles) -> tuple[Floats, Floats]:
    """Return the test statistic and D of every shuffle, both of shape (n_permutations,)."""
    if counts.units is None:
        m, e = _shuffled(counts, found, shuffles)
    else:
        m, e = _shuffled_units(counts.units, found, shuffles)
    gain = m**2 - e
    if not found.basis.is_series:
        d = gain.sum(axis=1)
    else:
        last = terms_kept(m, e)[:, None] - 1
        d = np.take_along_axis(np.cumsum(gain, axis=1), last, axis=1)[:, 0]
    return shuffles.scale * statistic(m, d, found.basis.is_series), shuffles.scale * d


def statistic(m: Floats, d: Floats, is_series: bool) -> Floats:
    """Return what is tested: sum_k m_k^2 / k for a series (no number of terms to choose), D for levels."""
    tested: Floats = (m**2 / np.arange(1, m.shape[-1] + 1)).sum(axis=-1) if is_series else np.asarray(d)
    return tested


def _shuffled(counts: Counts, found: Coefficients, shuffles: Shuffles) -> tuple[Floats, Floats]:
    """Coefficients and noise of each shuffle, shape (n_permutations, n_terms)."""
    b, n_cells = found.basis.values, len(counts.region)
    code = counts.cells.code[shuffles.pool].astype(np.int64)
    region = np.bincount(code, minlength=n_cells).astype(float)
    n_permutations, n_target = shuffles.chosen.shape
    offset = n_cells * np.arange(n_permutations)[:, None]
    tally = np.bincount((code[shuffles.chosen] + offset).ravel(), minlength=n_cells * n_permutations)
    target = tally.reshape(n_permutations, n_cells).astype(float)
    m = target @ b / n_target - region @ b / region.sum()
    noise = _variances_of_mean(target, b) + _variances_of_mean(region - target, b)
    return m, (1 - n_target / region.sum()) ** 2 * noise


def _variances_of_mean(counts: Floats, b: Floats) -> Floats:
    n = counts.sum(axis=1, keepdims=True)
    variance: Floats = (counts @ b**2 / n - (counts @ b / n) ** 2).clip(0) / (n - 1)
    return variance


def _shuffled_units(units: Units, found: Coefficients, shuffles: Shuffles) -> tuple[Floats, Floats]:
    """Do the same with whole configurations; their noise hardly varies, so it is averaged over a few shuffles."""
    b = found.basis.values
    n_target, n_region = units.target.sum(), units.region.sum()
    weight = units.target / n_target - units.region / n_region
    m = np.stack([weight @ b[units.code[order]] for order in shuffles.chosen])
    noise = []
    for order in shuffles.chosen[:UNIT_NOISE_SHUFFLES]:
        u = unit_influence(Units(units.code[order], units.target, units.region), b, b)
        noise.append(len(u) / (len(u) - 1) * (u**2).sum(axis=0))
    return m, np.broadcast_to(np.mean(noise, axis=0), m.shape)
