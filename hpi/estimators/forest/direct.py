r"""Shares of the variance from the trials themselves, without a forest: free of its bias, with an interval.

The spread over the trees of a forest is no interval: all of them saw the same trials, and all lose weak effects. So
intervals come from a second estimate of the same quantity. Over functions psi_1, psi_2, ... that are orthonormal
over the trials (`functions.py`, `pairs.py`), a pure effect has the variance

    V = \sum_k theta_k^2,   theta_k = E[y psi_k],

and m_k^2 - e_k estimates theta_k^2 without bias, m_k the mean of y psi_k and e_k the variance of that mean for given
hyperparameters, from residuals. The series is cut where the sum of m_k^2 - 3 e_k is largest. With g the effect as a
function, each trial pulls V by 2 y g - g^2 - V (the efficient influence of E[E[y | x]^2]; the same derivation as
docs/methods.md gives for PED-ANOVA), and S = V / Var(y) by that less S (y^2 - Var(y)).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi.estimators.ped.series import terms_kept
from hpi.space import Floats, Integers

Z = 1.959963984540054
LEAST_SHRINK = 0.3
NOTHING = 1e-12


@dataclass(frozen=True, eq=False)
class Metric:
    """The metric of the trials, shape (n_trials,), with mean 0 and variance 1; and which of them belong together.

    `group` holds the number of each trial's configuration where several trials of one are kept, else None.
    """

    y: Floats
    group: Integers | None

    @classmethod
    def of(cls, y: Floats, unit: Integers | None) -> Metric:
        """Scale y, which is not constant."""
        group = None if unit is None else np.unique(unit, return_inverse=True)[1]
        return cls((y - y.mean()) / y.std(), group)

    @property
    def n(self) -> int:
        """How many trials or configurations are independent of each other."""
        return len(self.y) if self.group is None else int(self.group.max()) + 1

    def sums(self, values: Floats) -> Floats:
        """Sum values, shape (n_trials, ...), over what is independent of each other: trials or configurations."""
        if self.group is None:
            return values
        order = np.argsort(self.group, kind="stable")
        starts = np.flatnonzero(np.diff(self.group[order], prepend=-1))
        total: Floats = np.add.reduceat(values[order], starts, axis=0)
        return total

    def mean_noise(self, values: Floats) -> Floats:
        """Variance of the mean of values, shape (n_trials, ...), which are 0 on average."""
        sums = self.sums(values)
        spread: Floats = (sums**2).sum(axis=0) / len(self.y) ** 2 * len(sums) / max(1, len(sums) - 1)
        return spread


@dataclass(frozen=True, eq=False)
class Effect:
    """A pure effect's share of the variance of the metric.

    Attributes
    ----------
    share
        Without bias; it may fall below 0.
    low, high
        Ends of the 95 % interval.
    g
        The effect at each trial, shape (n_trials,), shrunk to the variance that it has without noise.
    noise
        Variance of `share` where there is no effect.
    kept
        How many terms it has.
    is_open
        Whether the series was still going on where its terms end, as it does for sharp edges.
    """

    share: float
    low: float
    high: float
    g: Floats
    noise: float
    kept: int
    is_open: bool


def effect(metric: Metric, y: Floats, b: Floats, is_series: bool) -> Effect:
    """Return the share of the variance of the metric that functions b, shape (n_trials, n_terms), explain.

    Parameters
    ----------
    y
        The metric, or what other effects leave of it, shape (n_trials,).
    is_series
        Whether the terms may be cut; otherwise all are kept.
    """
    if not b.shape[1]:
        return _untold(y)
    n, m = len(y), b.T @ y / len(y)
    e, kept = metric.mean_noise(b * y[:, None]), b.shape[1]
    for _ in range(2):
        kept = int(terms_kept(m, e)) if is_series else b.shape[1]
        left = y - b[:, :kept] @ m[:kept]
        e = metric.mean_noise(b * left[:, None]) * n / max(1.0, n - 1 - kept)
    share, size = float((m**2 - e)[:kept].sum()), float((m[:kept] ** 2).sum())
    pull = metric.sums(b[:, :kept] * left[:, None]) / n
    noise = 2 * float(((pull.T @ pull) ** 2).sum()) if kept < n else 2 * float(((pull @ pull.T) ** 2).sum())
    shrink = max(LEAST_SHRINK, np.sqrt(max(share, 0) / size)) if size > NOTHING else 1.0
    g = shrink * (b[:, :kept] @ m[:kept])
    a = of_influence(metric, y, g) / (shrink**2 * size) if size > NOTHING else 0.0
    low, high = _ends(share, a, noise)
    return Effect(
        share, low, high + _beyond(m**2 - e, e, kept, is_series), g, noise, kept, is_series and 2 * kept > len(m)
    )


def _untold(y: Floats) -> Effect:
    """Return what is known where no functions are left, as of a pair whose mains take all that few trials can tell."""
    return Effect(0.0, 0.0, 1.0, np.zeros(len(y)), 0.0, 0, False)


def of_influence(metric: Metric, y: Floats, g: Floats) -> float:
    """Variance of a share of the variance whose effect is g, by its influence function."""
    pull = 2 * y * g - g**2 - np.mean(g**2) * metric.y**2
    return float(metric.mean_noise(pull - pull.mean()))


def at_least(metric: Metric, effects: list[Effect]) -> float:
    """Return what all effects together explain of the metric at least, with 95 % confidence."""
    total, g = sum(effect.share for effect in effects), np.sum([effect.g for effect in effects], axis=0)
    variance = of_influence(metric, metric.y, g) + sum(effect.noise for effect in effects)
    return float(total - 1.645 * np.sqrt(variance))


def _ends(share: float, a: float, noise: float) -> tuple[float, float]:
    """Solve (share - end)^2 = z^2 (a end + noise): the variance grows with the share itself."""
    shift, root = Z**2 * a / 2, Z * np.sqrt(Z**2 * a**2 / 4 + max(a * share, 0) + noise)
    low = min(share + shift - root, share - Z * np.sqrt(a * max(share, 0) + noise))
    return max(0.0, float(low)), max(0.0, float(share + shift + root))


def _beyond(gain: Floats, e: Floats, kept: int, is_series: bool) -> float:
    """What the next block of terms could still hold, as in hpi/estimators/ped/interval.py."""
    if not is_series:
        return 0.0
    following, last = float(gain[kept : 2 * kept].sum()), float(gain[kept // 2 : kept].sum()) if kept >= 8 else 0.0
    return max(0.0, following, last) + float(np.sqrt(2 * (e[kept : 2 * kept] ** 2).sum()))
