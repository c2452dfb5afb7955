"""From pairs of neighbours to RReliefF's weights, and how much these depend on each trial."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi.estimators.relief.neighbours import Pairs, Ramp
from hpi.space import Floats, Integers

TINY = 1e-12


def weights(n_dc: Floats, n_da: Floats, n_dcda: Floats, m: int) -> Floats:
    """W of each hyperparameter (Robnik-Sikonja and Kononenko 2003, eq. 33), shape (..., n_hyperparameters).

    `n_dc` has shape (...), `n_da` (n_hyperparameters,), `n_dcda` (..., n_hyperparameters).
    """
    differ, agree = (np.maximum(total, TINY)[..., None] for total in (n_dc, m - n_dc))
    w: Floats = n_dcda / differ - (n_da - n_dcda) / agree
    return w


def by_pair(pairs: Pairs, x: Floats, y: Floats, ramp: Ramp) -> Floats:
    """Differences of each pair: of the metric, of the hyperparameters, and their products, shape (n_pairs, 1 + 2 d)."""
    dc = ramp(y[pairs.instance], y[pairs.neighbour])[:, None]
    da = ramp(x[pairs.instance], x[pairs.neighbour])
    return np.hstack([dc, da, dc * da])


@dataclass(eq=False)
class Sums:
    """Weighted sums over pairs, shape (n_trials, 1 + 2 d).

    `row` sums over a trial's neighbours. `column` sums over the instances that a trial is a neighbour of, each
    less that instance's row: without the trial, the next one would take its place.
    """

    row: Floats
    column: Floats

    @classmethod
    def empty(cls, n_trials: int, n_hyperparameters: int) -> Sums:
        """Nothing added yet."""
        return cls(*np.zeros((2, n_trials, 1 + 2 * n_hyperparameters)))

    def add(self, pairs: Pairs, values: Floats) -> None:
        """Add all pairs of some instances."""
        n = len(self.row)
        weighted = values * pairs.weight[:, None]
        row = np.stack([np.bincount(pairs.instance, weights=v, minlength=n) for v in weighted.T], axis=1)
        self.row += row
        surplus = weighted - row[pairs.instance] * pairs.weight[:, None]
        self.column += np.stack([np.bincount(pairs.neighbour, weights=v, minlength=n) for v in surplus.T], axis=1)

    def totals(self) -> tuple[Floats, Floats, Floats]:
        """N_dC, N_dA and N_dCdA; N_dC has shape ()."""
        total = self.row.sum(axis=0)
        d = len(total) // 2
        return total[0], total[1 : 1 + d], total[1 + d :]

    def spread(self, instances: Integers, unit: Integers) -> Floats:
        """Standard error of W over fresh tables of this size, shape (n_hyperparameters,).

        The infinitesimal jackknife: what W gains from each trial (configuration), to first order, as an instance and
        as a neighbour.
        """
        m = len(instances)
        n_dc, n_da, n_dcda = self.totals()
        differ, agree = max(float(n_dc), TINY), max(float(m - n_dc), TINY)
        of_dc = -n_dcda / differ**2 - (n_da - n_dcda) / agree**2
        of_m = (n_da - n_dcda) / agree**2
        gain = self.row + self.column
        d = len(n_da)
        influence = gain[:, :1] * of_dc - gain[:, 1 : 1 + d] / agree + gain[:, 1 + d :] * (1 / differ + 1 / agree)
        influence[instances] += of_m
        code = np.unique(unit, return_inverse=True)[1]
        whole = np.stack([np.bincount(code, weights=column) for column in influence.T], axis=1)
        n = len(whole)
        spread: Floats = np.sqrt(n / (n - 1) * ((whole - whole.mean(axis=0)) ** 2).sum(axis=0))
        return spread
