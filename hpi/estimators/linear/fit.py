"""One least-squares fit, from which the model without any of its parts follows in a few small matrices.

With the columns A = Q C (Q orthonormal), a model without some columns is a subspace of the span of Q: what it lacks
are the directions Q V, and its residuals are those of the full model plus Q V V' Q' y.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hpi.estimators.linear.encoding import Part, Trials
from hpi.space import Floats, Mask

SAME = 1e-9
ALONE = 1 - 1e-7


@dataclass(frozen=True, eq=False)
class Fit:
    """Least squares of the trials' losses on an intercept and all columns of some parts.

    Attributes
    ----------
    parts
        In the order in which they were entered.
    of
        Which part each column belongs to, shape (n_columns,).
    q
        Orthonormal columns that span the model beside its intercept, shape (n, rank). Rows are multiplied by the
        root of their weight, here and in everything below.
    c
        The columns in terms of q, each of length 1, shape (rank, n_columns).
    length
        Length of each column, shape (n_columns,).
    kept
        Whether a column says anything that those before it do not, shape (n_columns,).
    z
        Losses about their mean, shape (n,).
    within
        As in `Trials`, shape (n,).
    base
        Leverage of the intercept alone, shape (n,).
    """

    parts: tuple[Part, ...]
    of: np.ndarray
    q: Floats
    c: Floats
    length: Floats
    kept: Mask
    z: Floats
    within: Floats
    base: Floats

    @cached_property
    def beta(self) -> Floats:
        """Coefficients of the columns of q, shape (rank,)."""
        beta: Floats = self.q.T @ self.z
        return beta

    @property
    def residual(self) -> Floats:
        """Loss less what the model says, shape (n,)."""
        residual: Floats = self.z - self.q @ self.beta
        return residual

    @property
    def leverage(self) -> Floats:
        """How much each loss pulls its own fitted value, shape (n,)."""
        leverage: Floats = self.base + (self.q**2).sum(axis=1)
        return leverage

    @cached_property
    def _dual(self) -> Floats:
        """K^-1 C of `lacking`."""
        dual: Floats = np.asarray(np.linalg.solve(self.c @ self.c.T, self.c))
        return dual

    def lacking(self, without: Mask) -> Floats:
        """Return V, shape (rank, n_lost), orthonormal: what the model loses without the columns of a mask.

        A direction is lost if no other column has a share in it: v = K^-1 C_b w with K = C C' and w an eigenvector of
        C_b' K^-1 C_b to the eigenvalue 1.
        """
        block, dual = self.c[:, without], self._dual[:, without]
        value, vector = np.linalg.eigh(block.T @ dual)
        own = vector[:, value > 1 - 1e-7]
        lost = dual @ (own @ own.T)
        length = np.sqrt((lost**2).sum(axis=0))
        return orthonormal(lost / np.where(length > SAME, length, np.inf))


def fit(trials: Trials, parts: list[Part]) -> Fit:
    """Return the least-squares fit of the losses on the parts."""
    entered = tuple(sorted(parts, key=lambda part: (part.order, part.terms)))
    root = np.sqrt(trials.weight)
    share = trials.weight / trials.weight.sum()
    columns = np.hstack([part.columns for part in entered]) if entered else np.zeros((len(trials), 0))
    columns = (columns - share @ columns) * root[:, None]
    length = np.sqrt((columns**2).sum(axis=0))
    columns /= np.where(length > SAME * np.sqrt(trials.weight.sum()), length, np.inf)
    kept = independent(columns.T @ columns)
    q = np.linalg.qr(columns[:, kept])[0]
    z = root * (trials.y - share @ trials.y)
    of = np.repeat(np.arange(len(entered)), [part.columns.shape[1] for part in entered])
    return Fit(entered, of, q, q.T @ columns, length, kept, z, trials.within, share)


def independent(gram: Floats) -> Mask:
    """Which columns are no combination of those before them, from their products with each other; shape (n,).

    Columns have length 1, or 0 if they say nothing.
    """
    left, kept = gram.copy(), np.zeros(len(gram), dtype=bool)
    for k in range(len(left)):
        if left[k, k] > SAME:
            kept[k] = True
            left[k:, k:] -= np.outer(left[k:, k] / left[k, k], left[k, k:])
    return kept


def orthonormal(columns: Floats) -> Floats:
    """Return orthonormal columns with the span of the given ones, in their order."""
    q: Floats = np.linalg.qr(columns[:, independent(columns.T @ columns)])[0]
    return q


def unbiased_square(residual: Floats, leverage: Floats) -> Floats:
    """Each squared residual over its expected share: sums estimate the noise of the population's best model.

    Holds for unequal variances to first order in the leverages (MacKinnon and White 1985, HC2). A trial that decides
    a term alone has no residual and says nothing.
    """
    alone = leverage > ALONE
    square: Floats = np.where(alone, 0.0, residual**2 / np.where(alone, 1.0, 1 - leverage))
    return square
