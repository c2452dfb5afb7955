"""What chance alone would show: the same scores with the target's labels shuffled over the region.

One random order serves all hyperparameters jointly, so that the largest of their scores has its true distribution.
Each hyperparameter's target is shuffled over the trials where it is active, and keeps its size there: whether a trial
is active at all is the parent's doing and no evidence for the child. (Shuffled over everything, an idle child of a
strong parent would be called detectable in up to half of all tables.)

Where a part of many trials is shuffled, a hyperparameter that is active in few of all may have next to none there. Its
targets are drawn from the counts of all its active trials instead, by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hpi.counts import Counts, Units
from hpi.estimators.ped.series import (
    Basis,
    Coefficients,
    of_means,
    terms_kept,
    unit_noise,
    unit_pull,
    variance_of_sums,
)
from hpi.space import Floats, Integers
from hpi.subspace import Sample

MOST_SHUFFLED = 20_000
MOST_DRAWN = 500
SPARE = 10.0
FEWEST_DRAWN = 100
MOST_COUNTED = 10**9  # NumPy's hypergeometric draws take fewer
UNIT_NOISE_SHUFFLES = 10


@dataclass(frozen=True, eq=False)
class Shuffles:
    """Random orders of the region's trials, or of its configurations where trials come in units.

    Attributes
    ----------
    pool
        Positions of the trials that are shuffled, shape (n_pool,).
    orders
        How each shuffle begins, as places in `pool`, shape (n_permutations, n_drawn): as far as a target needs it.
    part
        Share of the region that is in the pool.
    thinned
        Share of the pool's target that is drawn.
    """

    pool: Integers
    orders: Integers
    part: float
    thinned: float = 1.0

    def scale(self, q: float) -> float:
        """Return what a squared coefficient of the whole is to one of a shuffle, with q the target's share."""
        return self.part * self.thinned * (1 - q) / (1 - q * self.thinned)


def draw(sample: Sample, n_permutations: int, rng: np.random.Generator) -> Shuffles:
    """Return joint random orders of the region's trials or configurations.

    Above 20,000 trials a random part of them is shuffled, and at most 500 of it are drawn as its target: under chance
    the square of every coefficient is proportional to 1 / n_target - 1 / n_region, so the part's scores times a known
    factor are those of the whole.
    """
    if sample.design.unit is not None:
        size = _n_units(sample)
        return Shuffles(np.arange(size), np.stack([rng.permutation(size) for _ in range(n_permutations)]), 1.0)
    pool, thinned = np.arange(sample.n_region), 1.0
    if sample.n_region > MOST_SHUFFLED:
        pool = rng.choice(sample.n_region, MOST_SHUFFLED, replace=False)
    part = len(pool) / sample.whole.region
    if part < 1:
        thinned = min(1.0, MOST_DRAWN / (sample.whole.target * part))
    length = min(len(pool), _length(sample, thinned * sample.whole.target * part))
    orders = np.stack([rng.choice(len(pool), length, replace=False) for _ in range(n_permutations)])
    return Shuffles(pool, orders, part, thinned)


def _n_units(sample: Sample) -> int:
    assert sample.design.unit is not None
    return len(np.unique(sample.design.unit[: sample.n_region]))


def _length(sample: Sample, n_target: float) -> int:
    """Places of an order among which surely are as many active trials of each hyperparameter as a target has."""
    longest = n_target
    for cells in (cells for regimes in sample.design.regime_cells for cells in regimes):
        # none where no trial that stands for others lies there: then all may be active
        target, region = (1 - cells.ladder.first(n)[-1] / max(1, n) for n in (sample.n_target, sample.n_region))
        if 0 < region < 1:
            wanted = target * n_target + 1
            longest = max(longest, (wanted + SPARE * np.sqrt(wanted) + SPARE) / region)
    return int(np.ceil(longest))


def null_scores(counts: Counts, found: Coefficients, shuffles: Shuffles) -> tuple[Floats, Floats]:
    """Return the test statistic and D of every shuffle, both of shape (n_permutations,)."""
    if _is_rare(counts, shuffles):
        shuffles, targets = _from_counts(counts, shuffles)
        m, e = _of_targets(counts, found.basis, shuffles, counts.region, targets)
    elif counts.units is None:
        m, e = _shuffled(counts, found.basis, shuffles)
    else:
        m, e = _shuffled_units(counts, counts.units, found.basis, shuffles)
    gain = m**2 - e
    if not found.basis.is_series:
        d = gain.sum(axis=1)
    else:
        last = terms_kept(m, e)[:, None] - 1
        d = np.take_along_axis(np.cumsum(gain, axis=1), last, axis=1)[:, 0]
    scale = shuffles.scale(counts.q_active)
    return scale * statistic(m, d, found.basis.is_series), scale * d


def statistic(m: Floats, d: Floats, is_series: bool) -> Floats:
    """Return what is tested: sum_k m_k^2 / k for a series (no number of terms to choose), D for levels."""
    tested: Floats = (m**2 / np.arange(1, m.shape[-1] + 1)).sum(axis=-1) if is_series else np.asarray(d)
    return tested


def _is_rare(counts: Counts, shuffles: Shuffles) -> bool:
    """Whether a part was drawn in which a target has too few of the hyperparameter's active trials."""
    drawn = shuffles.part * shuffles.thinned
    is_partly = drawn < 1 and counts.region[-1] > 0 and counts.units is None
    return bool(is_partly and counts.active_target * drawn < FEWEST_DRAWN)


def _from_counts(counts: Counts, shuffles: Shuffles) -> tuple[Shuffles, Floats]:
    """Draw targets from all active trials, shape (n_permutations, n_cells + 1), and say which part they are of.

    What is drawn follows from the joint orders and the counts: two names for one hyperparameter get the same.
    """
    rng = np.random.default_rng([*shuffles.orders[:, 0], *counts.region.astype(np.int64)])
    region = counts.region[:-1].astype(np.int64)
    thinned = min(1.0, MOST_DRAWN / max(1.0, counts.active_target))
    n, n_active = len(shuffles.orders), min(int(region.sum()), max(1, round(counts.active_target * thinned)))
    if region.sum() < MOST_COUNTED:
        active = rng.multivariate_hypergeometric(region, n_active, size=n)
    else:
        active = rng.multinomial(n_active, region / region.sum(), size=n)
    return replace(shuffles, part=1.0, thinned=thinned), np.pad(active, ((0, 0), (0, 1))).astype(float)


def _shuffled(counts: Counts, basis: Basis, shuffles: Shuffles) -> tuple[Floats, Floats]:
    """Coefficients and noise of each shuffle, shape (n_permutations, n_terms)."""
    code = counts.cells.code[shuffles.pool].astype(np.int64)
    region = np.bincount(code, minlength=len(counts.region)).astype(float)
    drawn, active = shuffles.part * shuffles.thinned, region[:-1].sum()
    chosen = _active_first(shuffles.orders, code, counts.cells.n, min(round(counts.active_target * drawn), int(active)))
    return _of_targets(counts, basis, shuffles, region, _tally(chosen, len(region)))


def _of_targets(
    counts: Counts, basis: Basis, shuffles: Shuffles, region: Floats, target: Floats
) -> tuple[Floats, Floats]:
    """Coefficients and noise of targets that were drawn from active trials, both of shape (n_permutations, n_terms)."""
    n_active, active = target[0].sum(), region[:-1].sum()
    n_target = max(2.0, round(counts.n_target * shuffles.part * shuffles.thinned))
    target[:, -1] = n_target - n_active
    # The part's own mean, which is not quite that of the whole, is no effect.
    b = basis.values - np.append(np.ones(len(region) - 1), 0)[:, None] * (region @ basis.values / active)
    of_target, of_region = _sums(target, b), _sums(region, b)
    of_rest = of_region[0] - of_target[0], of_region[1] - of_target[1]
    n_rest = region.sum() - n_target
    spread = variance_of_sums(*of_target, n_target), variance_of_sums(*of_rest, n_rest)
    return of_target[0] / n_target, of_means(*spread, n_active / active, n_target, n_rest)


def _sums(counts: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Sums of b and of its squares over cells repeated `counts` times; a row of counts each a row out."""
    return counts @ b, counts @ b**2


def _active_first(orders: Integers, code: Integers, inactive: int, n_active: int) -> Integers:
    """Cells of the first `n_active` active ones in the order of each shuffle, shape (n_permutations, n_active)."""
    active = code < inactive
    if active.all():
        return code[orders[:, :n_active]]
    rank = active[orders].cumsum(axis=1)
    n_active = min(n_active, int(rank[:, -1].min()))
    chosen: Integers = orders[active[orders] & (rank <= n_active)].reshape(len(orders), n_active)
    return code[chosen]


def _tally(codes: Integers, n_cells: int) -> Floats:
    """Count the codes of each row, shape (n_permutations, n_cells)."""
    offset = n_cells * np.arange(len(codes))[:, None]
    return np.bincount((codes + offset).ravel(), minlength=n_cells * len(codes)).reshape(len(codes), -1).astype(float)


def _shuffled_units(counts: Counts, units: Units, basis: Basis, shuffles: Shuffles) -> tuple[Floats, Floats]:
    """Do the same with whole configurations; their noise hardly varies, so it is averaged over a few shuffles."""
    active = units.code < counts.cells.n
    place = np.flatnonzero(active)
    orders = shuffles.orders[active[shuffles.orders]].reshape(len(shuffles.orders), -1)
    weight = units.target / counts.n_target - counts.activity_ratio * units.region / counts.n_region
    m = np.stack([weight[place] @ basis.values[units.code[order]] for order in orders])
    noise = []
    for order in orders[:UNIT_NOISE_SHUFFLES]:
        code = units.code.copy()
        code[place] = units.code[order]
        noise.append(unit_noise(unit_pull(counts, Units(code, units.target, units.region), basis.values)))
    return m, np.broadcast_to(np.mean(noise, axis=0), m.shape)
