"""The lower end of a pair's interval, in closed form: the influence of each trial on D = E[g^2].

D is the gain of the best function of both, f0 + g, over the best sum f0 of one function of each, as a fit to y. Both
minimise a mean square, so to first order they count as fixed (the envelope theorem), and a trial's influence on D is
(y - f0)^2 - (y - f0 - g)^2 - D = 2 g (y - f0) - g^2 - D. The rest is as for one hyperparameter (`interval.py`).

There is no upper end: few products see few of the sharp edges that a target has in two dimensions, so D comes out too
low, and no estimate of noise knows by how much (benchmarks/calibration.md).
"""

from __future__ import annotations

import numpy as np

from hpi.estimators.ped.interaction import Interaction, Tally, divergence, steps_kept
from hpi.estimators.ped.interval import LEAST_SHRINK, NOTHING, Z
from hpi.space import Floats


def lower_end(found: Interaction, counts: Tally) -> float:
    """Return the lower end of the 95 % interval of D, at least 0."""
    kept = int(found.ends[int(steps_kept(found.m, found.e, found.ends))])
    d = float(divergence(found, found.m)) / found.inflation
    v2 = 2 * float((found.covariance[:kept, :kept] ** 2).sum())
    a = _variance_per_unit(found, counts, kept, d)
    shift, root = Z**2 * a / 2, Z * np.sqrt(Z**2 * a**2 / 4 + max(a * d, 0) + v2)
    lower = min(d + shift - root, d - Z * np.sqrt(a * max(d, 0) + v2))
    return found.inflation * max(0.0, float(lower))


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
