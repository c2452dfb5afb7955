"""What chance alone would show: the metric shuffled over the trials, jointly for all hyperparameters.

An exact test: if no hyperparameter matters, every order of the metric is as likely as the one that was seen. The
statistic needs no forest (200 forests would take minutes) and no number of terms: the sum of m_k^2 / (k e_k) for a
series, of m_k^2 / e_k for levels, each coefficient (`direct.py`) compared with its own noise. Where several trials of
one configuration are kept, whole configurations are shuffled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi.estimators.forest.direct import Metric
from hpi.estimators.forest.functions import Functions
from hpi.estimators.ped.series import terms_kept
from hpi.space import Floats, Integers

FEW = 10


@dataclass(frozen=True, eq=False)
class Shuffles:
    """Sums of the metric over independent trials, shape (n,), and their order in each shuffle, (n_permutations, n).

    `first` is one trial of each configuration, whose hyperparameters are those of all of them.
    """

    sums: Floats
    orders: Integers
    first: Integers
    n_trials: int

    @property
    def rows(self) -> Floats:
        """The sums as they are and then in each order, shape (1 + n_permutations, n)."""
        return np.vstack([self.sums, self.sums[self.orders]])


def draw(metric: Metric, n_permutations: int, rng: np.random.Generator) -> Shuffles:
    """Return joint random orders of trials or configurations."""
    first = np.arange(len(metric.y)) if metric.group is None else np.unique(metric.group, return_index=True)[1]
    orders = np.array([rng.permutation(len(first)) for _ in range(n_permutations)], dtype=np.int64)
    orders = orders.reshape(n_permutations, len(first))
    return Shuffles(metric.sums(metric.y), orders, first, len(metric.y))


def scores(used: Functions, shuffles: Shuffles) -> tuple[Floats, Floats]:
    """Return the statistic and the share of the variance, shape (1 + n_permutations,): as seen, then shuffled."""
    code, n_cells, rows = used.code[shuffles.first], len(used.values), shuffles.rows
    offset = n_cells * np.arange(len(rows))[:, None]

    def by_cell(values: Floats) -> Floats:
        sums: Floats = np.bincount((code + offset).ravel(), values.ravel(), n_cells * len(rows)).astype(float)
        return sums.reshape(-1, n_cells)

    m = by_cell(rows) @ used.values / shuffles.n_trials
    e = by_cell(rows**2) @ used.values**2 / shuffles.n_trials**2
    if used.is_series:
        return statistic(m, e, 1 / np.arange(1, m.shape[1] + 1)), share(m, e, terms_kept(m, e))
    # The noise of a level that few trials have is hardly known: it is drawn towards that of all.
    few = FEW / (FEW + np.bincount(code, minlength=n_cells))
    blended = few * (rows[0] ** 2).sum() / shuffles.n_trials**2 + (1 - few) * e
    last = np.full(len(m), m.shape[1])
    return statistic(m, blended, np.ones(m.shape[1])), share(m, e, last)


def statistic(m: Floats, e: Floats, weight: Floats) -> Floats:
    """Return the weighted sum of m_k^2 / e_k, shape (n_rows,), from coefficients of shape (n_rows, n_terms).

    Each square is compared with its own noise (Chung and Romano 2013, 10.1214/13-AOS1090): a hyperparameter that moves
    only how far the metric scatters, by an interaction, would else be marked too often.
    """
    squares: Floats = np.divide(m**2, e, out=np.zeros_like(m), where=e > 0)
    weighted: Floats = squares @ weight
    return weighted


def share(m: Floats, e: Floats, last: Integers) -> Floats:
    """Return the debiased sum of the first `last` squares of each row, shape (n_rows,)."""
    sums: Floats = np.take_along_axis(np.cumsum(m**2 - e, axis=1), last[:, None] - 1, axis=1)[:, 0]
    return sums
