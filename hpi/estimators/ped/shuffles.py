"""What chance alone would show: the same scores with the target's labels shuffled over the region.

One random order serves all hyperparameters jointly, so that the largest of their scores has its true distribution.
Each hyperparameter's target is shuffled over the trials where it is active, and keeps its size there: whether a trial
is active at all is the parent's doing and no evidence for the child. (Shuffled over everything, an idle child of a
strong parent would be called detectable in up to half of all tables.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi.counts import Counts, Units
from hpi.estimators.ped.series import Basis, Coefficients, of_means, terms_kept, unit_noise, unit_pull, variances
from hpi.space import Floats, Integers
from hpi.subspace import Sample

MOST_SHUFFLED = 20_000
UNIT_NOISE_SHUFFLES = 10


@dataclass(frozen=True, eq=False)
class Shuffles:
    """Random orders of the region's trials, or of its configurations where trials come in units.

    Attributes
    ----------
    pool
        Positions of the trials that are shuffled, shape (n_pool,).
    orders
        Their order in each shuffle, shape (n_permutations, n_pool), as places in `pool`.
    part
        Share of the region that is in the pool.
    """

    pool: Integers
    orders: Integers
    part: float


def draw(sample: Sample, n_permutations: int, rng: np.random.Generator) -> Shuffles:
    """Return joint random orders of the region's trials or configurations.

    Above 20,000 trials a random part of them is shuffled: under chance the square of every coefficient
    is proportional to 1 / n_target, so the part's scores times its share are those of the whole.
    """
    pool, part = np.arange(sample.n_region), 1.0
    if sample.design.unit is not None:
        pool = np.arange(len(np.unique(sample.design.unit[: sample.n_region])))
    elif sample.n_region > MOST_SHUFFLED:
        pool, part = rng.choice(sample.n_region, MOST_SHUFFLED, replace=False), MOST_SHUFFLED / sample.n_region
    orders = np.stack([rng.permutation(len(pool)) for _ in range(n_permutations)])
    return Shuffles(pool, orders, part)


def null_scores(counts: Counts, found: Coefficients, shuffles: Shuffles) -> tuple[Floats, Floats]:
    """Return the test statistic and D of every shuffle, both of shape (n_permutations,)."""
    if counts.units is None:
        m, e = _shuffled(counts, found.basis, shuffles)
    else:
        m, e = _shuffled_units(counts, counts.units, found.basis, shuffles)
    gain = m**2 - e
    if not found.basis.is_series:
        d = gain.sum(axis=1)
    else:
        last = terms_kept(m, e)[:, None] - 1
        d = np.take_along_axis(np.cumsum(gain, axis=1), last, axis=1)[:, 0]
    return shuffles.part * statistic(m, d, found.basis.is_series), shuffles.part * d


def statistic(m: Floats, d: Floats, is_series: bool) -> Floats:
    """Return what is tested: sum_k m_k^2 / k for a series (no number of terms to choose), D for levels."""
    tested: Floats = (m**2 / np.arange(1, m.shape[-1] + 1)).sum(axis=-1) if is_series else np.asarray(d)
    return tested


def _shuffled(counts: Counts, basis: Basis, shuffles: Shuffles) -> tuple[Floats, Floats]:
    """Coefficients and noise of each shuffle, shape (n_permutations, n_terms)."""
    code = counts.cells.code[shuffles.pool].astype(np.int64)
    region = np.bincount(code, minlength=len(counts.region)).astype(float)
    n_target = max(2.0, round(counts.n_target * shuffles.part))
    n_active = min(round(counts.active_target * shuffles.part), int(region[:-1].sum()))
    chosen = code[_active_first(shuffles.orders, code < counts.cells.n)[:, :n_active]]
    target = _tally(chosen, len(region))
    target[:, -1] = n_target - n_active
    # The part's own mean, which is not quite that of the whole, is no effect.
    b = basis.values - np.append(np.ones(len(region) - 1), 0)[:, None] * (region @ basis.values / region[:-1].sum())
    q, n_rest = n_active / region[:-1].sum(), region.sum() - n_target
    noise = of_means(variances(target, b), variances(region - target, b), q, n_target, n_rest)
    return target @ b / n_target, noise


def _active_first(orders: Integers, active: np.ndarray) -> Integers:
    """Return the active ones in the order of each shuffle, shape (n_permutations, n_active)."""
    return orders if active.all() else orders[active[orders]].reshape(len(orders), -1)


def _tally(codes: Integers, n_cells: int) -> Floats:
    """Count the codes of each row, shape (n_permutations, n_cells)."""
    offset = n_cells * np.arange(len(codes))[:, None]
    return np.bincount((codes + offset).ravel(), minlength=n_cells * len(codes)).reshape(len(codes), -1).astype(float)


def _shuffled_units(counts: Counts, units: Units, basis: Basis, shuffles: Shuffles) -> tuple[Floats, Floats]:
    """Do the same with whole configurations; their noise hardly varies, so it is averaged over a few shuffles."""
    place = np.flatnonzero(units.code < counts.cells.n)
    orders = _active_first(shuffles.orders, units.code < counts.cells.n)
    weight = units.target / counts.n_target - counts.activity_ratio * units.region / counts.n_region
    m = np.stack([weight[place] @ basis.values[units.code[order]] for order in orders])
    noise = []
    for order in orders[:UNIT_NOISE_SHUFFLES]:
        code = units.code.copy()
        code[place] = units.code[order]
        noise.append(unit_noise(unit_pull(counts, Units(code, units.target, units.region), basis.values)))
    return m, np.broadcast_to(np.mean(noise, axis=0), m.shape)
