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
    da = ramp(x.take(pairs.instance, axis=0), x.take(pairs.neighbour, axis=0))
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
        instances, row, gain = gains(pairs, values)
        self.row[instances] += row
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


def gains(pairs: Pairs, values: Floats) -> tuple[Integers, Floats, Floats]:
    """Return the instances, their weighted sums of values, and what each pair's neighbour adds to that of its instance.

    Shapes (n_instances,), (n_instances, n_columns), (n_pairs, n_columns). The gain is what the sum has and would not
    have if the neighbour were not there: nearer ones keep their weights, those of its own tie share theirs anew, and
    those behind it move up. Weights are those of a tie, so all but the last step is done with sums over ties.
    """
    start = _starts(pairs.tie)
    weight, moved, fewer = (column[start, None] for column in (pairs.weight, pairs.moved, pairs.fewer))
    total, size = _tally(pairs.tie, values, len(start)), np.diff(start, append=len(values))[:, None]
    first = _starts(pairs.instance[start])
    block = np.repeat(np.arange(len(first)), np.diff(first, append=len(start)))
    row = np.add.reduceat(weight * total, first)
    # What is left is this less the neighbour's own value times `fewer`, scaled to weights that sum to 1.
    left = row[block] + _behind(total * (moved - weight), block, first) - total * (weight - fewer)
    sure = 1 + _behind(size * (moved - weight), block, first) - size * (weight - fewer) - fewer
    sure = np.maximum(sure, TINY)
    gain = values * (fewer / sure).take(pairs.tie, axis=0)
    gain += (row[block] - left / sure).take(pairs.tie, axis=0)
    return pairs.instance[start[first]], row, gain


def _behind(values: Floats, block: Integers, first: Integers) -> Floats:
    """Sum over the rows after each one up to the end of its block; `first` are the rows at which blocks start."""
    rank = np.arange(len(block)) - first[block]
    ranked = np.zeros((int(rank.max()) + 2, len(first), values.shape[1]))
    ranked[rank, block] = values
    for r in range(len(ranked) - 2, 0, -1):  # all blocks at once: a cumulated sum would go number by number
        ranked[r] += ranked[r + 1]
    behind: Floats = ranked[rank + 1, block]
    return behind


def _starts(group: Integers) -> Integers:
    """Where runs of equal values start."""
    return np.flatnonzero(np.diff(group, prepend=-1) != 0)


def _tally(place: Integers, values: Floats, n: int) -> Floats:
    """Sum rows of values by place, shape (n, n_columns)."""
    from scipy.sparse import csc_array

    one_a_column = csc_array((np.ones(len(place)), place, np.arange(len(place) + 1)), shape=(n, len(place)))
    total: Floats = np.asarray(one_a_column @ values)
    return total
