"""Interactions: whether two hyperparameters do together what neither does alone, and in what way.

By a Wald test of all products of their groups' contrasts, what all single hyperparameters explain taken out
(covariances for any noise, HC3), and of the products with the straight lines alone: half of the error for each.
Interactions depend on the scale of the metric (Loftus 1978, 10.3758/BF03197461): the test is repeated on ranks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np
from scipy.special import fdtrc

from hpi.estimators import Report, quiet
from hpi.space import Floats, Mask
from hpi.statements import pairs, shapes
from hpi.statements.additive import FULL, RANK, Columns, Fit, left_out
from hpi.statements.basis import Basis, Candidate
from hpi.statements.finding import FindingKind, Picture
from hpi.statements.groups import Groups

FEWEST_LEFT = 10  # degrees of freedom
GONE = 0.05  # p-value by ranks from which on an interaction is said to depend on the scale


@dataclass(frozen=True, eq=False)
class _Products:
    """Products of two hyperparameters' contrasts with the columns of the model taken out.

    Attributes
    ----------
    left
        Shape (n_trials, n_products).
    inverse
        Of their products, shape (n_products, n_products).
    leverage
        Of model and products, shape (n_trials,).
    rank
        How many of them are different.
    """

    left: Floats
    inverse: Floats
    leverage: Floats
    rank: int

    @classmethod
    def of(cls, columns: Columns, left: Floats) -> _Products:
        """Return products whose part in the columns is taken out."""
        values, vectors = np.linalg.eigh(left.T @ left)
        # Contrasts are about 1 where they are not 0: what the columns explain wholly leaves rounding, which is no rank.
        real = values > RANK * len(left)
        inverse = (vectors[:, real] / values[real]) @ vectors[:, real].T
        leverage = (columns.leverage + ((left @ inverse) * left).sum(axis=1)).clip(0, FULL)
        return cls(left, inverse, leverage, int(real.sum()))

    def p(self, fit: Fit) -> float:
        """Return the p-value of "the products add nothing" to a model."""
        residual = fit.residual
        free = len(residual) - fit.columns.matrix.shape[1] - self.rank
        if not self.rank or free < FEWEST_LEFT:
            return 1.0
        own = self.inverse @ (self.left.T @ residual)
        squares = left_out(residual - self.left @ own, self.leverage, fit.least)
        half = self.left @ self.inverse
        covariance = (half * squares[:, None]).T @ half
        wald = float(own @ np.linalg.pinv(covariance, rcond=RANK, hermitian=True) @ own)
        return float(fdtrc(self.rank, free, wald / self.rank))


def interactions(basis: Basis, tables: pairs.Tables, report: Report = quiet) -> list[Candidate]:
    """Return every pair of hyperparameters that both have groups to compare."""
    able = [j for j, groups in enumerate(basis.thirds) if groups.n_compared > 1]
    every = list(combinations(able, 2))
    found = []
    for done, (j, k) in enumerate(every):
        report(0.3 + 0.6 * done / len(every), "pairs")
        found.append(_candidate(basis, tables, j, k))
    return found


def _candidate(basis: Basis, tables: pairs.Tables, j: int, k: int) -> Candidate:
    names = (basis.thirds[j].name, basis.thirds[k].name)
    if (j, k) in basis.together:
        return _blank(basis, names)  # a curve of the one looks like a product of both
    p_metric, p_ranks = p_values(basis, j, k)
    if p_metric > GONE:
        return _blank(basis, names)
    cells, _ = tables(j, k)
    shape = shapes.of(basis, cells, j, k)
    by_scale = p_ranks > GONE
    if shape is None:
        return _blank(basis, names)
    low = shape.extra[1]
    return Candidate(
        kind=FindingKind.INTERACTION,
        hyperparameters=names,
        p=max(p_metric, shape.p),
        effect=shape.extra,
        unit=basis.measured,
        n=int(cells.count.sum()),
        size=low / basis.spread,
        matters=basis.matters(low) and not by_scale,
        says=partial(shapes.says, basis, shape, by_scale),
        compared_with="the sum of both effects",
        picture=partial(shapes.picture, basis, cells, shape),
        by_scale=by_scale,
    )


def _blank(basis: Basis, names: tuple[str, str]) -> Candidate:
    """Return the candidate that cannot be said: it was looked at, so it counts."""
    nothing = (float("nan"),) * 3
    unit = basis.measured
    return Candidate(
        FindingKind.INTERACTION,
        names,
        1.0,
        nothing,
        unit,
        0,
        0.0,
        False,
        lambda *_: "",
        "",
        partial(Picture, names[0], unit, (), True),
    )


def p_values(basis: Basis, j: int, k: int) -> tuple[float, float]:
    """Return the p-values of the pair on the metric's scale and by ranks; not asked by ranks where it is not there."""
    columns, fits = _fitted(basis, j, k)
    first, second = basis.thirds[j], basis.thirds[k]
    products = _products(scores(first)[first.code], scores(second)[second.code])
    left = products - columns.matrix @ (columns.inverse @ (columns.matrix.T @ products))
    straight = (_is_line(first)[:, None] & _is_line(second)).ravel()
    tests = [_Products.of(columns, left)]
    if 0 < straight.sum() < len(straight):
        tests.append(_Products.of(columns, left[:, straight]))
    metric = min(1.0, len(tests) * min(t.p(fits[0]) for t in tests))
    return metric, 1.0 if metric > GONE else min(1.0, len(tests) * min(t.p(fits[1]) for t in tests))


def _fitted(basis: Basis, j: int, k: int) -> tuple[Columns, tuple[Fit, Fit]]:
    """Return the columns of the model and its fits of metric and ranks; of the pair alone where others are not held."""
    if basis.model.is_held:
        fits = basis.model.raw[j][0], basis.model.ranks[j][0]
        return fits[0].columns, fits
    own = Columns.of((basis.groups[j], basis.groups[k]))
    return own, (Fit.of(own, basis.trials.clipped), Fit.of(own, basis.trials.scores))


def _is_line(groups: Groups) -> Mask:
    """Whether each contrast of `scores` is a straight line, shape (n_compared - 1,); of levels, all count as such."""
    n = groups.n_compared - 1
    return np.arange(n) == 0 if groups.is_ordered else np.ones(n, dtype=bool)


def _products(a: Floats, b: Floats) -> Floats:
    return np.asarray((a[:, :, None] * b[:, None, :]).reshape(len(a), -1))


def scores(groups: Groups) -> Floats:
    """Return contrasts of the groups that are compared, shape (n_groups, n_compared - 1); 0 for the other groups.

    Of ordered ones line and curve; of levels each against their mean.
    """
    n = groups.n_compared
    found = np.zeros((len(groups.count), n - 1))
    if groups.is_ordered:
        at = np.linspace(-1, 1, n)
        found[:n] = np.column_stack([at, at**2 - (at**2).mean()])[:, : n - 1]
    else:
        found[:n] = np.eye(n)[:, 1:] - 1 / n
    return found
