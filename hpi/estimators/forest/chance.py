"""What chance alone would show: the metric shuffled over the trials, jointly for all hyperparameters.

An exact test: if no hyperparameter matters, every order of the metric is as likely as the one that was seen. The
statistic needs no forest (200 forests would take minutes) and no number of terms: Q = sum of m_k^2 / k for a series,
the debiased sum of squares for levels, as in PED-ANOVA. Where several trials of one configuration are kept, whole
configurations are shuffled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi.estimators.forest.direct import Metric
from hpi.estimators.forest.functions import Functions
from hpi.estimators.ped.series import terms_kept
from hpi.space import Floats, Integers


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
    orders = np.stack([rng.permutation(len(first)) for _ in range(n_permutations)])
    return Shuffles(metric.sums(metric.y), orders, first, len(metric.y))


def scores(used: Functions, shuffles: Shuffles) -> tuple[Floats, Floats]:
    """Return the statistic and the share of the variance, shape (1 + n_permutations,): as seen, then shuffled."""
    code, n_cells, rows = used.code[shuffles.first], len(used.values), shuffles.rows
    offset = n_cells * np.arange(len(rows))[:, None]
    sums = np.bincount((code + offset).ravel(), rows.ravel(), n_cells * len(rows)).reshape(-1, n_cells)
    m = sums @ used.values / shuffles.n_trials
    share = np.bincount(code, minlength=n_cells) / len(code)
    e = share @ used.values**2 * (shuffles.sums**2).sum() / shuffles.n_trials**2
    gain = m**2 - e
    if not used.is_series:
        return gain.sum(axis=1), gain.sum(axis=1)
    last = terms_kept(m, np.broadcast_to(e, m.shape))[:, None] - 1
    kept = np.take_along_axis(np.cumsum(gain, axis=1), last, axis=1)[:, 0]
    return np.asarray((m**2 / np.arange(1, m.shape[1] + 1)).sum(axis=1)), kept
