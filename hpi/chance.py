"""What chance alone would show: family-wise p-values and the noise floor, for every estimator alike.

The rule is one of max-type permutation tests (Westfall and Young 1993): the largest score over all hyperparameters
is compared with the largest score of each joint shuffle. Scores of different kinds are made comparable first: each
value, observed or shuffled, becomes the tail of a gamma distribution with the mean, spread and skewness of all the
others. So observed and shuffled scores are exchangeable when nothing matters, and a strong effect does not hide in a
spread that it has made itself: with the observed value among the moments, a score could not pass a bound that
the largest of many hyperparameters' shuffles reaches by chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincc, gammainccinv

from hpi.estimators import Scores
from hpi.space import Floats, Mask

LEVEL = 0.05
LEAST_SKEWNESS = 0.1
_SMALLEST_TAIL = 1e-300


@dataclass(frozen=True, eq=False)
class Verdict:
    """For each thing scored, shape (n,): nan (False) where there is no score or nothing was shuffled."""

    p_value: Floats
    floor: Floats
    detectable: Mask


@dataclass(frozen=True, eq=False)
class _Gamma:
    """Shifted gamma distributions of given mean, spread and skewness, all of one shape."""

    mean: Floats
    spread: Floats
    shape: Floats

    @classmethod
    def of_moments(cls, first: Floats, second: Floats, third: Floats) -> _Gamma:
        """From the first three moments about 0."""
        variance = (second - first**2).clip(0)
        spread = np.sqrt(variance)
        central = third - 3 * first * second + 2 * first**3
        skewness = central / np.where(spread > 0, spread, 1) ** 3
        return cls(first, spread, 4 / skewness.clip(LEAST_SKEWNESS) ** 2)

    @classmethod
    def fit(cls, values: Floats) -> _Gamma:
        """From values of shape (n_values, n_columns), one distribution a column."""
        return cls.of_moments(*(np.mean(values**power, axis=0) for power in (1, 2, 3)))

    @classmethod
    def fit_others(cls, values: Floats, one_more: Floats) -> _Gamma:
        """For each of the values, from all the others of its column and `one_more`, shape (n_columns,)."""
        n = len(values)
        sums = ((values**power).sum(axis=0) + one_more**power - values**power for power in (1, 2, 3))
        return cls.of_moments(*(total / n for total in sums))

    def score(self, values: Floats) -> Floats:
        """-log of the upper tail at `values`."""
        scaled = (values - self.mean) / np.where(self.spread > 0, self.spread, 1)
        tail = gammaincc(self.shape, (self.shape + np.sqrt(self.shape) * scaled).clip(0))
        score: Floats = -np.log(np.maximum(tail, _SMALLEST_TAIL))
        return score

    def at(self, score: float) -> Floats:
        """Return the values whose score this is."""
        quantile = gammainccinv(self.shape, np.exp(-score))
        values: Floats = self.mean + self.spread * (quantile - self.shape) / np.sqrt(self.shape)
        return values


def compare(scores: Scores) -> Verdict:
    """Return what can be told apart from chance at a family-wise level of 5 %."""
    known = ~np.isnan(scores.statistic)
    verdict = Verdict(np.full(len(known), np.nan), np.full(len(known), np.nan), np.zeros(len(known), dtype=bool))
    if not known.any() or not len(scores.null_statistic):
        return verdict
    observed, null = scores.statistic[known], scores.null_statistic[:, known]
    size = np.sqrt((null**2).mean(axis=0))
    null, observed = (values / np.where(size > 0, size, 1) for values in (null, observed))  # for exact cubes
    gamma = _Gamma.fit(null)
    largest = np.sort(_Gamma.fit_others(null, observed).score(null).max(axis=1))
    exceeding = len(largest) - np.searchsorted(largest, gamma.score(observed), side="left")
    verdict.p_value[known] = (1 + exceeding) / (1 + len(largest))
    verdict.detectable[known] = verdict.p_value[known] <= LEVEL
    cut = float(largest[_rank_of_cut(len(largest))])
    floor = _Gamma.fit(scores.null_importance[:, known]).at(cut)
    verdict.floor[known] = _agreeing(
        floor.clip(0, 1), scores.importance[known], observed, gamma.at(cut), verdict.detectable[known]
    )
    return verdict


def _rank_of_cut(n_permutations: int) -> int:
    """Index of the largest null score that is still compatible with p > 5 %: the 191st of 200."""
    return n_permutations - int(LEVEL * (1 + n_permutations) + 1e-9)


def _agreeing(floor: Floats, importance: Floats, observed: Floats, cut: Floats, detectable: Mask) -> Floats:
    """Move a floor to the test's side of its bar where the two disagree.

    The floor is a quantile of importances under chance, the test may use a sharper statistic. Where they part, the
    floor is the importance that an effect of the observed shape would need for the test to see it.
    """
    needed = importance * np.divide(cut, observed, out=np.ones_like(cut), where=observed > 0)
    agreed = np.where(detectable, np.minimum(floor, needed), np.maximum(floor, np.where(observed > 0, needed, 0)))
    return np.clip(agreed, 0, 1)
