r"""What two hyperparameters explain together beyond what each explains alone: the residual form.

Let y be 1/q for a trial of the target and 0 for the others, q the target's share of the region. Among functions
of two hyperparameters, f0 is the best sum of one function of each (least squares over the region) and f0 + g
the best function of both. Then D = E[g^2] is the pair's part of the Pearson divergence, and S = q D / (1 - q) its
share of the variance of "is in the target". With independent hyperparameters it is the second-order Sobol index of
that indicator.

The products phi_k(a) phi_l(b) of the functions of both axes, less their own best sum of one function of each and
made orthonormal over the region's trials, are psi_1, psi_2, ...; then D = sum_j theta_j^2 with theta_j =
E[y psi_j], and each square is estimated without bias as in the series form (`series.py`). Since every
function of one hyperparameter alone is taken out, no main effect can pass for a pair, however alike the two are.

All of it is arithmetic on the counts of at most 24 x 24 joint cells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi.counts import FEWEST_NEAR, NEAR
from hpi.estimators.ped.axes import Axis
from hpi.space import Floats, Integers
from hpi.subspace import Sample

PENALTY = 2.0
LEAST_NEW = 0.05
_RANK = 1e-9


@dataclass(frozen=True, eq=False)
class Tally:
    """Trials in the joint cells of two axes, each of shape (n_first, n_second); trials with an inactive one are out.

    Sums over units (single trials, or configurations where several trials of one are kept) of t^2, t n and n^2, for
    t trials in the target out of n. `n_units` is None where every trial is its own unit.
    """

    target: Floats
    region: Floats
    near: Floats
    target_squared: Floats
    crossed: Floats
    region_squared: Floats
    n_units: int | None

    @property
    def q(self) -> float:
        """Share of the target."""
        return float(self.target.sum() / self.region.sum())

    @property
    def independent_target(self) -> float:
        """Units in the target, by their effective number."""
        return float(self.target.sum() ** 2 / self.target_squared.sum()) if self.target.any() else 0.0


@dataclass(frozen=True, eq=False)
class Interaction:
    """The coefficients of one pair.

    Attributes
    ----------
    psi
        Shape (n_joint_cells, n_terms).
    additive
        f0 in each joint cell.
    m, covariance
        Estimates of theta and their noise.
    ends
        Number of terms up to and including each step of fineness, shape (n_steps,).
    weight
        Of each term in the test statistic.
    inflation
        Makes up for what the sums of one function each take out of psi by chance.
    """

    psi: Floats
    additive: Floats
    m: Floats
    covariance: Floats
    ends: Integers
    weight: Floats
    inflation: float

    @property
    def e(self) -> Floats:
        """Noise of each squared coefficient."""
        noise: Floats = np.diag(self.covariance)
        return noise


@dataclass(frozen=True, eq=False)
class Members:
    """Configurations of which several trials are kept: a trial of each, and its trials in target and region."""

    place: Integers
    target: Floats
    size: Floats

    @classmethod
    def of(cls, sample: Sample) -> Members | None:
        """Those of a sample; None where every trial stands for itself."""
        if sample.design.unit is None:
            return None
        _, first, member = np.unique(sample.design.unit[: sample.n_region], return_index=True, return_inverse=True)
        in_target = np.arange(sample.n_region) < sample.n_target
        return cls(first, np.bincount(member, weights=in_target).astype(float), np.bincount(member).astype(float))


def tally(first: Axis, second: Axis, sample: Sample, members: Members | None) -> Tally:
    """Count the joint cells of the sample's own trials."""
    joint = joint_code(first, second)
    shape, n = (first.n, second.n), first.n * second.n

    def cells(code: Integers, weights: Floats | None = None) -> Floats:
        return np.bincount(code, weights, minlength=n + 1)[:n].reshape(shape).astype(float)

    width = max(FEWEST_NEAR, round(NEAR * sample.n_target))
    target, region = cells(joint[: sample.n_target]), cells(joint)
    near = cells(joint[max(0, sample.n_target - width) : sample.n_target + width])
    if members is None:
        return Tally(target, region, near, target, target, region, None)
    t, size, code = members.target, members.size, joint[members.place]
    squares = (cells(code, t * t), cells(code, t * size), cells(code, size * size))
    return Tally(target, region, near, *squares, int((code < n).sum()))


def looked_up(first: Axis, second: Axis, sample: Sample, columns: tuple[int, int]) -> Tally:
    """Return the joint cells of all trials that the sample's stand for; `columns`: of both axes, in the design."""
    tallies = sample.tallies
    assert tallies is not None
    assert sample.subspace.target is not None
    in_order = columns[0] < columns[1]
    counted = tallies.counted.pairs[tallies.asked.pairs.index((min(columns), max(columns)))]

    def merged(rung: int) -> Floats:
        joint = counted[rung] if in_order else counted[rung].T
        cells = np.zeros((first.n, second.n))
        np.add.at(cells, np.ix_(first.merged, second.merged), joint)
        return cells

    threshold = tallies.rung(sample.subspace.target)
    low, high = tallies.around(threshold)
    target, region = merged(threshold), merged(tallies.rung(sample.subspace.region))
    return Tally(target, region, merged(high) - merged(low), target, target, region, None)


def joint_code(first: Axis, second: Axis) -> Integers:
    """Joint cell of each trial of the region; n_first * n_second where either is inactive."""
    joint: Integers = first.code * second.n + second.code
    if first.has_inactive or second.has_inactive:
        joint[(first.code == first.n) | (second.code == second.n)] = first.n * second.n
    return joint


def interaction(first: Axis, second: Axis, counts: Tally) -> Interaction | None:
    """Return the coefficients of a pair, or None where its joint cells leave nothing beyond sums."""
    order = np.maximum.outer(first.order, second.order).ravel()
    fine = np.multiply.outer(first.order, second.order).ravel()
    sequence = np.lexsort((fine, order))
    region = counts.region / counts.region.sum()
    solve = _Additive(region)
    products = np.einsum("ik,jl->ijkl", first.values, second.values).reshape(*region.shape, -1)[:, :, sequence]
    left = (products - solve.best(region[:, :, None] * products)).reshape(region.size, -1)
    if 2 * solve.rank > counts.region.sum():
        return None
    change, kept = _orthonormal(left.T @ (region.reshape(-1, 1) * left))
    if not len(kept):
        return None
    psi = left @ change
    share = counts.target / counts.target.sum()
    additive = solve.best(share[:, :, None]).ravel()
    steps = order[sequence][kept]
    ends = np.flatnonzero(np.append(steps[1:] != steps[:-1], True)) + 1
    n = counts.region.sum()
    inflation = n / (n - solve.rank)
    m = share.ravel() @ psi
    covariance = _covariance(counts, psi, additive, m) * inflation
    return Interaction(psi, additive, m, covariance, ends, 1 / fine[sequence][kept], inflation)


class _Additive:
    """Least squares of a sum of one function of each axis, with the region's share of each joint cell as weight."""

    def __init__(self, region: Floats) -> None:
        self._first, self._second = region.sum(axis=1), region.sum(axis=0)
        self._region = region
        over_first = region / self._first[:, None].clip(1e-300)
        size, vectors = np.linalg.eigh(np.diag(self._second) - region.T @ over_first)
        usable = size > _RANK
        self._inverse = (vectors[:, usable] / size[usable]) @ vectors[:, usable].T
        self._over_first = over_first
        self.rank = int((self._first > 0).sum() + usable.sum())

    def best(self, weighted: Floats) -> Floats:
        """Fit to targets that are given times their weight, shape (n_first, n_second, n); same shape out."""
        rows, columns = weighted.sum(axis=1), weighted.sum(axis=0)
        second = self._inverse @ (columns - self._over_first.T @ rows)
        first = rows / self._first[:, None].clip(1e-300) - self._over_first @ second
        total: Floats = first[:, None, :] + second[None, :, :]
        return total


def _orthonormal(gram: Floats) -> tuple[Floats, Integers]:
    """Return the change of basis that makes functions of this Gram matrix orthonormal, one after the other.

    A function of which nearly nothing is new is left out: where both hyperparameters move together, there is
    nothing to be seen along it. Shape (n_terms, n_kept), and the kept ones.
    """
    try:
        lower = np.linalg.cholesky(gram)
    except np.linalg.LinAlgError:
        lower = np.zeros_like(gram)
    if np.diag(lower).min() ** 2 > LEAST_NEW:
        return np.linalg.inv(lower).T, np.arange(len(gram))
    change, kept = np.zeros_like(gram), list[int]()
    for j in range(len(gram)):
        before = change[:, : len(kept)]
        along = before.T @ gram[:, j]
        size = gram[j, j] - along @ along
        if size > LEAST_NEW:
            vector = -before @ along
            vector[j] += 1
            change[:, len(kept)] = vector / np.sqrt(size)
            kept.append(j)
    return change[:, : len(kept)], np.array(kept, dtype=np.int64)


def _covariance(counts: Tally, psi: Floats, additive: Floats, m: Floats) -> Floats:
    """Covariance of the coefficients: that of psi (y - f0), summed over units."""
    size = residual_squares(counts, additive)
    n = counts.region.sum()
    covariance: Floats = (psi.T @ (size[:, None] * psi) / n - np.outer(m, m)) / n
    return covariance if counts.n_units is None else covariance * counts.n_units / (counts.n_units - 1)


def residual_squares(counts: Tally, additive: Floats) -> Floats:
    """Sum over the units of each joint cell of (t/q - n f0)^2, shape (n_joint_cells,)."""
    t, crossed, n = (c.ravel() for c in (counts.target_squared, counts.crossed, counts.region_squared))
    squares: Floats = t / counts.q**2 - 2 * crossed * additive / counts.q + n * additive**2
    return squares


def steps_kept(m: Floats, e: Floats, ends: Integers) -> Integers:
    """Return at which step of fineness the penalised sum is largest, along the last axis."""
    gain = np.cumsum(m**2 - PENALTY * e, axis=-1)[..., ends - 1]
    best: Integers = gain.argmax(axis=-1)
    return best


def divergence(found: Interaction, m: Floats) -> Floats:
    """D of coefficients m, shape (..., n_terms), with the noise of the pair; the terms kept are chosen for each."""
    total = np.cumsum(m**2 - found.e, axis=-1)[..., found.ends - 1]
    step = steps_kept(m, found.e, found.ends)
    d: Floats = found.inflation * np.take_along_axis(total, np.asarray(step)[..., None], axis=-1)[..., 0]
    return d
