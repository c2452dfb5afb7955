"""The interval of a pair, in closed form: the influence of each trial on D = E[g^2], and what lies beyond.

D is the gain of the best function of both, f0 + g, over the best sum f0 of one function of each, as a fit to y. Both
minimise a mean square, so to first order they count as fixed (the envelope theorem), and a trial's influence on D is
(y - f0)^2 - (y - f0 - g)^2 - D = 2 g (y - f0) - g^2 - D. The rest is as for one hyperparameter (`interval.py`).
"""

from __future__ import annotations

import numpy as np

from hpi.estimators.ped.interaction import Interaction, Tally, divergence, steps_kept
from hpi.estimators.ped.interval import LEAST_SHRINK, NOTHING, Z
from hpi.space import Floats

SURPLUS = 2.0


def interval(found: Interaction, counts: Tally) -> tuple[float, float]:
    """Return both ends of the 95 % interval of D; the lower end is at least 0."""
    step = int(steps_kept(found.m, found.e, found.ends))
    kept = int(found.ends[step])
    d = float(divergence(found, found.m)) / found.inflation
    v2 = 2 * float((found.covariance[:kept, :kept] ** 2).sum())
    a = _variance_per_unit(found, counts, kept, d)
    shift, root = Z**2 * a / 2, Z * np.sqrt(Z**2 * a**2 / 4 + max(a * d, 0) + v2)
    lower = min(d + shift - root, d - Z * np.sqrt(a * max(d, 0) + v2))
    ends = max(0.0, float(lower)), max(0.0, float(d + shift + root)) + _beyond(found, step)
    return found.inflation * ends[0], found.inflation * ends[1]


def _variance_per_unit(found: Interaction, counts: Tally, kept: int, d: float) -> float:
    """Variance of D for each unit of D: that of its influence function."""
    m = found.m[:kept]
    size = float((m**2).sum())
    if size <= NOTHING * float(found.e.sum()):
        return 0.0
    shrink = max(LEAST_SHRINK, np.sqrt(max(d, 0) / size))
    g = shrink * (found.psi[:, :kept] @ m)
    variance: float = _influence_variance(found, counts, g) / (shrink**2 * size)
    return variance


def _influence_variance(found: Interaction, counts: Tally, g: Floats) -> float:
    n, q = float(counts.region.sum()), counts.q
    target, region, near = (c.ravel() for c in (counts.target, counts.region, counts.near))
    if counts.n_units is not None:
        d = float(region @ g**2) / n
        t, crossed, size = (c.ravel() for c in (counts.target_squared, counts.crossed, counts.region_squared))
        level = -2 * g * found.additive - g**2 - d
        squares = t * (2 * g / q) ** 2 + 2 * crossed * (2 * g / q) * level + size * level**2
        total: float = float(squares.sum()) / n**2 * counts.n_units / (counts.n_units - 1)
        return total
    of_target = _spread(target, 2 * g * (1 / q - found.additive) - g**2)
    of_rest = _spread(region - target, 2 * g * found.additive + g**2)
    # Without the exchange of the region that a threshold brings (`interval.py`): it mostly shortens the interval, and
    # what products miss of sharp edges would no longer be covered.
    near_is_unlike = float(target @ g / target.sum() - near @ g / max(1.0, near.sum()))
    return float((of_target + of_rest) / n**2 + 4 * (1 - q) / target.sum() * near_is_unlike**2)


def _spread(counts: Floats, values: Floats) -> float:
    """Sum of squared deviations of the cells' values, each repeated `counts` times."""
    n = max(1.0, float(counts.sum()))
    return float(counts @ (values - counts @ values / n) ** 2)


def _beyond(found: Interaction, step: int) -> float:
    """What finer steps could still hold: added to the upper end only."""
    gain, first = found.m**2 - found.e, int(found.ends[step])
    half = int(found.ends[(step - 1) // 2]) if step >= 1 else 0
    following, last = float(gain[first:].sum()), float(gain[half:first].sum()) if step >= 1 else 0.0
    return max(0.0, following, last) + SURPLUS * float(np.sqrt(2 * (found.e[first:] ** 2).sum()))
