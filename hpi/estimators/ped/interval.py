"""The interval of a series or level importance, in closed form from the same counts.

The noise of D = sum of squared coefficients has three sources: the trials of target and rest, the two thresholds
(which are estimated quantiles), and what lies beyond the terms kept. The variance is a + v, with a part that grows
with D itself; so the ends solve (D - end)^2 = z^2 (a end + v2) instead of being D plus and minus a multiple.
"""

from __future__ import annotations

import numpy as np

from hpi.counts import Counts
from hpi.estimators.ped.series import Coefficients, of_means, unit_influence, unit_noise, unit_pull
from hpi.space import Floats

Z = 1.959963984540054
LEAST_SHRINK = 0.3
NOTHING = 1e-12
RULE_OF_THREE = 3.0


def interval(counts: Counts, found: Coefficients) -> tuple[float, float]:
    """Return both ends of the 95 % interval of D; the lower end is at least 0."""
    if counts.active_target == 0:
        # Nothing to compare: with 95 % confidence at most 3 of N_t are active, and then S is at most 3 / N_t / (1 - q).
        return 0.0, RULE_OF_THREE * counts.n_region / counts.n_target**2
    d = found.divergence
    a, v2 = _variance_parts(counts, found)
    shift, root = Z**2 * a / 2, Z * np.sqrt(Z**2 * a**2 / 4 + max(a * d, 0) + v2)
    lower = min(d + shift - root, d - Z * np.sqrt(a * max(d, 0) + v2))
    return max(0.0, float(lower)), max(0.0, float(d + shift + root) + _beyond(found))


def _variance_parts(counts: Counts, found: Coefficients) -> tuple[float, float]:
    """Return a, the variance for each unit of D, and v2, the variance that is left where D is 0."""
    m, b = found.m[: found.kept], found.basis.values[:, : found.kept]
    size = float((m**2).sum())
    v2 = 2 * float((_covariance(counts, b) ** 2).sum())
    if size <= NOTHING * float(found.e.sum()):
        return 0.0, v2
    shrink = max(LEAST_SHRINK, np.sqrt(max(found.divergence, 0) / size))
    return _influence_variance(counts, shrink * (b @ m)) / (shrink**2 * size), v2


def _influence_variance(counts: Counts, step: Floats) -> float:
    """Variance of D by its influence function, where `step` is the density ratio h less its mean, a value a cell."""
    # Compared with the declared space, no trial of the region pulls, and nothing bounds the density ratio.
    q = counts.n_target / counts.n_region if counts.reference is None else 0.0
    base = _base(counts)
    h = np.clip(base + step, 0, 1 / q if q else np.inf)
    linear, square = h - base, (h**2 - base**2) * (q > 0)
    if counts.units is not None:
        return float(unit_noise(unit_influence(counts.units, 2 * linear[:, None], square[:, None]))[0])
    of_trials = (
        _variance(counts.target, 2 * linear - q * square) + q * (1 - q) * _variance(counts.rest, square)
    ) / counts.n_target
    return of_trials + _threshold_variance(counts, linear, square)


def _base(counts: Counts) -> Floats:
    """Density ratio that the regimes alone would show: alpha / beta where active, 0 where not."""
    base = np.full(len(counts.region), counts.activity_ratio)
    base[-1] = 0
    return base


def _threshold_variance(counts: Counts, linear: Floats, square: Floats) -> float:
    """Variance that comes from the thresholds: the trials next to one look unlike those within it.

    With the sizes of target and region given, a threshold that lies too far out exchanges trials of the target for
    such as lie near it, trials of the rest for others, and so the region, which is made of both in fixed shares, for
    one with fewer of the target's kind. Cells outside the region have no density ratio; trials that lie there are
    passed over.
    """
    n, inside = counts.n_trials, counts.region > 0
    q_t, q_r = counts.n_target / n, counts.n_region / n
    a_t = 2 * (_mean(counts.near_target * inside, linear) - _mean(counts.target, linear)) / q_t
    a_t += (_mean(counts.target, square) - _mean(counts.rest, square)) / q_r
    a_r = 0.0
    if counts.near_region is not None:
        a_r = -(_mean(counts.near_region * inside, square) - _mean(counts.rest, square)) / q_r
    return (a_t**2 * q_t * (1 - q_t) + a_r**2 * q_r * (1 - q_r) + 2 * a_t * a_r * q_t * (1 - q_r)) / n


def _covariance(counts: Counts, b: Floats) -> Floats:
    """Covariance of the coefficients, shape (n_terms, n_terms)."""
    if counts.units is not None:
        u = unit_pull(counts, counts.units, b)
        spread: Floats = len(u) / (len(u) - 1) * (u.T @ u)
        return spread
    of_both = _covariances(counts.target, b), _covariances(counts.rest, b)
    return of_means(*of_both, counts.q_compared, counts.n_target, counts.n_region - counts.n_target)


def _covariances(counts: Floats, b: Floats) -> Floats:
    """Sample covariance of the columns of b, cells repeated `counts` times."""
    n = counts.sum()
    mean = counts @ b / n
    covariance: Floats = ((b * counts[:, None]).T @ b - n * np.outer(mean, mean)) / (n - 1)
    return covariance


def _mean(counts: Floats, values: Floats) -> float:
    return float(counts @ values / counts.sum())


def _variance(counts: Floats, values: Floats) -> float:
    """Sample variance of the cells' values, each repeated `counts` times."""
    n = counts.sum()
    return float(counts @ (values - _mean(counts, values)) ** 2 / (n - 1))


def _beyond(found: Coefficients) -> float:
    """What the next block of terms could still hold: added to the upper end only."""
    if not found.basis.is_series:
        return 0.0
    k, gain = found.kept, found.m**2 - found.e
    following = gain[k : 2 * k].sum()
    last = gain[k // 2 : k].sum() if k >= 8 else 0.0
    return max(0.0, float(following), float(last)) + float(np.sqrt(2 * (found.e[k : 2 * k] ** 2).sum()))
