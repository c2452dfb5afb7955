"""Hyperparameters that were not drawn independently: what one does can be taken for what the other does."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from scipy.special import chdtrc

from hpi.space import Integers
from hpi.statements.groups import Groups

SURE = 1e-3  # error over all pairs
LEAST = 0.1  # Cramer's V below which it does no harm

Pair = tuple[int, int]


def together(groups: Sequence[Groups]) -> frozenset[Pair]:
    """Return the pairs that go together beyond chance: Pearson's chi-squared of their groups, and Cramer's V."""
    every = list(combinations(range(len(groups)), 2))
    return frozenset(pair for pair in every if _goes_together(crossed(*(groups[j] for j in pair)), len(every)))


def _goes_together(counts: Integers, n_pairs: int) -> bool:
    counts = counts[counts.any(axis=1)][:, counts.any(axis=0)]
    if min(counts.shape) < 2:
        return False
    chi2 = chi_squared(counts)
    df = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    v = (chi2 / counts.sum() / (min(counts.shape) - 1)) ** 0.5
    return bool(v >= LEAST and chdtrc(df, chi2) < SURE / n_pairs)


def chi_squared(counts: Integers) -> float:
    """Return Pearson's chi-squared of a table of counts."""
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / max(1, counts.sum())
    return float(((counts - expected) ** 2 / np.where(expected > 0, expected, 1)).sum())


def crossed(first: Groups, second: Groups) -> Integers:
    """Count the trials of each two groups that are compared, shape (n_first, n_second)."""
    shape = len(first.count), len(second.count)
    counts = np.bincount(first.code * shape[1] + second.code, minlength=shape[0] * shape[1]).reshape(shape)
    return counts[: first.n_compared, : second.n_compared]
