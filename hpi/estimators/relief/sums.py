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
    """Weighted sums over pairs of the values of `by_pair`.

    Attributes
    ----------
    row
        Sum over a trial's neighbours, shape (n_trials, 1 + 2 d).
    column
        What the rows of others gain from having this trial as a neighbour, shape (n_trials, 1 + 2 d).
    squares
        Sum over pairs of the products of such gains, shape (1 + 2 d, 1 + 2 d).
    """

    row: Floats
    column: Floats
    squares: Floats

    @classmethod
    def empty(cls, n_trials: int, n_hyperparameters: int) -> Sums:
        """Nothing added yet."""
        size = 1 + 2 * n_hyperparameters
        return cls(np.zeros((n_trials, size)), np.zeros((n_trials, size)), np.zeros((size, size)))

    def add(self, pairs: Pairs, values: Floats) -> None:
        """Add all pairs of some instances."""
        row = _tally(pairs.instance, values * pairs.weight[:, None], len(self.row))
        whole = row[pairs.instance]
        gain = whole - rows_without(pairs, values, whole)
        self.row += row
        self.column += _tally(pairs.neighbour, gain, len(self.row))
        self.squares += gain.T @ gain

    def totals(self) -> tuple[Floats, Floats, Floats]:
        """N_dC, N_dA and N_dCdA; N_dC has shape ()."""
        total = self.row.sum(axis=0)
        d = len(total) // 2
        return total[0], total[1 : 1 + d], total[1 + d :]

    def spread(self, instances: Integers, unit: Integers) -> Floats:
        """Standard error of W over fresh tables of this size, shape (n_hyperparameters,).

        The jackknife, to first order: what W gains from each trial (configuration), as an instance and as a neighbour.
        The noise of a pair is in the gain of both of its trials, so it is taken off once (Efron and Stein 1981).
        """
        m = len(instances)
        slope = self._slope(m)
        influence = (self.row + self.column) @ slope
        influence[instances] += -(self.row.sum(axis=0) @ slope) / m
        whole = _tally(np.unique(unit, return_inverse=True)[1], influence, int(unit.max()) + 1)
        n = len(np.unique(unit))
        variance = n / (n - 1) * ((whole - whole.mean(axis=0)) ** 2).sum(axis=0)
        twice = np.einsum("ij,ik,kj->j", slope, self.squares, slope)
        spread: Floats = np.sqrt(np.maximum(variance - twice, variance / 2))
        return spread

    def _slope(self, m: int) -> Floats:
        """Derivative of each W with respect to the totals, shape (1 + 2 d, d)."""
        n_dc, n_da, n_dcda = self.totals()
        differ, agree = max(float(n_dc), TINY), max(float(m - n_dc), TINY)
        one = np.eye(len(n_da))
        return np.vstack(
            [-n_dcda / differ**2 - (n_da - n_dcda) / agree**2, -one / agree, one * (1 / differ + 1 / agree)]
        )


def rows_without(pairs: Pairs, values: Floats, whole: Floats) -> Floats:
    """Return the row of each pair's instance as if its neighbour were not there, shape (n_pairs, 1 + 2 d).

    Nearer ones keep their weights, those of its own tie share theirs anew, and those behind it move up. `whole` is
    the row with all neighbours.
    """
    left, total = (_without(pairs, column) for column in (values, np.ones((len(values), 1))))
    left += whole
    left /= np.maximum(1 + total, TINY)
    return left


def _without(pairs: Pairs, values: Floats) -> Floats:
    """Return what the weighted sum of values over each row gains when a neighbour leaves, before it is scaled."""
    row_end, (tie_start, tie_end) = _ends(pairs.instance)[1], _ends(pairs.tie)
    moved = _running(values * (pairs.moved - pairs.weight)[:, None])
    gain = moved[row_end]
    gain -= moved[tie_end]
    lost = _running(values * (pairs.weight - pairs.fewer)[:, None])
    gain -= lost[tie_end]
    gain += lost[tie_start]
    gain -= values * pairs.fewer[:, None]
    return gain


def _ends(group: Integers) -> tuple[Integers, Integers]:
    """Where the run of equal values of each place starts, and where it ends."""
    start = np.flatnonzero(np.diff(group, prepend=-1) != 0)
    end = np.append(start[1:], len(group))
    size = end - start
    return np.repeat(start, size), np.repeat(end, size)


def _running(values: Floats) -> Floats:
    """Sums of the first 0, 1, ... rows."""
    total = np.zeros((len(values) + 1, values.shape[1]))
    np.cumsum(values, axis=0, out=total[1:])
    return total


def _tally(place: Integers, values: Floats, n: int) -> Floats:
    """Sum rows of values by place, shape (n, n_columns)."""
    return np.stack([np.bincount(place, weights=column, minlength=n) for column in values.T], axis=1)
