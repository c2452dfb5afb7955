"""An additive model of the loss over groups of every hyperparameter: each one's effect with the others held.

Least squares on one column a group, with covariances that hold for any noise (HC3: MacKinnon and White 1985,
10.1016/0304-4076(85)90158-7). Where trials were drawn independently of each other, its differences are those of the
mean loss, whatever the true function is (Lin 2013, 10.1214/12-AOAS583): the others only take noise away. Degrees of
freedom follow Welch and Satterthwaite, from the groups that are compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import stdtr, stdtrit

from hpi.space import Floats, Mask
from hpi.statements.groups import TRIALS_PER_COLUMN, Groups, columns
from hpi.statements.trials import Trials

RANK = 1e-9  # eigenvalues below this part of the largest are none: groups that always come together
ROUNDING = 1e-6
FULL = 0.99  # leverage from which on a trial is alone in what it says
EXACT = 1e-6  # of the standard deviation: nothing is known better, also where a model leaves rounding errors alone


@dataclass(frozen=True)
class Effect:
    """An estimate with its standard error and degrees of freedom; nan where the trials cannot tell."""

    value: float
    se: float
    df: float

    @property
    def t(self) -> float:
        """The estimate in standard errors."""
        return self.value / self.se if self.se > 0 else float("nan")

    def interval(self, error: float = 0.05) -> tuple[float, float]:
        """Return the ends of the interval that misses in this share of cases, half on each side."""
        reach = -float(stdtrit(self.df, error / 2)) * self.se
        return self.value - reach, self.value + reach

    def p_above(self, threshold: float = 0.0) -> float:
        """p-value against "not above the threshold"; 1 where the estimate is unknown."""
        if not self.se > 0:
            return 1.0
        return float(stdtr(self.df, -(self.value - threshold) / self.se))

    @property
    def p(self) -> float:
        """Two-sided p-value against 0; 1 where the estimate is unknown."""
        return min(1.0, 2 * min(self.p_above(), (-self).p_above()))

    def __neg__(self) -> Effect:
        """Turn the sign."""
        return Effect(-self.value, self.se, self.df)

    def __mul__(self, factor: float) -> Effect:
        """Return it in another unit."""
        return Effect(self.value * factor, self.se * abs(factor), self.df)


UNKNOWN = Effect(float("nan"), float("nan"), 1.0)


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns of a model, shared by everything that is fitted on it.

    Attributes
    ----------
    groups
        What the columns stand for: after the first of ones, all active groups but the first of each, less their share
        of the active trials. So a hyperparameter adds nothing on average where it is active, and nothing where it is
        not: what comes with its being active is its parent's. At the end stands what each ordered hyperparameter moves
        within its groups: left out, one that was drawn together with it would get the credit.
    matrix
        Shape (n_trials, n_columns).
    inverse, told
        Of the columns' products, the inverse (Moore-Penrose) and the projection onto what the trials can tell,
        shape (n_columns, n_columns).
    leverage
        Shape (n_trials,).
    """

    groups: tuple[Groups, ...]
    matrix: Floats
    inverse: Floats
    told: Floats
    leverage: Floats

    @classmethod
    def of(cls, groups: tuple[Groups, ...]) -> Columns:
        """Return the columns of these groups."""
        within = np.column_stack([one.within for one in groups])
        matrix = np.zeros((len(within), columns(groups)))
        matrix[:, 0] = 1
        matrix[:, matrix.shape[1] - within.shape[1] :] = within
        for first, one in zip(_offsets(groups), groups, strict=True):
            n, active = one.n_groups, one.code < one.n_groups
            if n < 2:
                continue
            matrix[active, first : first + n - 1] = np.eye(n)[one.code[active], 1:] - one.shares[1:]
        products = matrix.T @ matrix
        inverse = np.asarray(np.linalg.pinv(products, rcond=RANK, hermitian=True), dtype=float)
        leverage = ((matrix @ inverse) * matrix).sum(axis=1).clip(0, FULL)
        return cls(groups, matrix, inverse, products @ inverse, leverage)

    def weights(self, j: int, of_groups: Floats) -> Floats:
        """Return weights of the columns, shape (n_columns,), from weights of the groups of hyperparameter j."""
        found = np.zeros(self.matrix.shape[1])
        first = _offsets(self.groups)[j]
        n = max(1, self.groups[j].n_groups)
        found[first : first + n - 1] = of_groups[1:n]
        return found

    def of_others(self, *which: int) -> Mask:
        """Say which columns are those of other hyperparameters than these, shape (n_columns,)."""
        n_slopes = [one.within.shape[1] for one in self.groups]
        n_dummies = [max(1, one.n_groups) - 1 for one in self.groups]
        own = np.arange(len(self.groups))
        owner = np.concatenate([which[:1], np.repeat(own, n_dummies), np.repeat(own, n_slopes)])
        return np.asarray(~np.isin(owner, which))

    def can_tell(self, weights: Floats) -> bool:
        """Whether a weighted sum of coefficients is determined by the trials."""
        return bool(np.abs(self.told @ weights - weights).max() < ROUNDING)


@dataclass(frozen=True, eq=False)
class Fit:
    """The model fitted to one scale of the loss; differences are losses, so positive is worse.

    `is_steady`: no group is believed to be less spread than all trials are. By ranks that holds where nothing matters,
    and a level of eight trials with the same value of a coarse metric is no certainty.
    """

    columns: Columns
    coefficients: Floats
    residual: Floats
    least: float
    is_steady: bool = False

    @classmethod
    def of(cls, columns: Columns, y: Floats, is_steady: bool = False) -> Fit:
        """Fit y, shape (n_trials,)."""
        coefficients = columns.inverse @ (columns.matrix.T @ y)
        return cls(columns, coefficients, y - columns.matrix @ coefficients, least_variance(y), is_steady)

    @cached_property
    def squares(self) -> Floats:
        """Squared residuals as if each trial had been left out of the fit, shape (n_trials,)."""
        return left_out(self.residual, self.columns.leverage, self.least)

    @cached_property
    def covariance(self) -> Floats:
        """Covariance of the coefficients for any noise, shape (n_columns, n_columns)."""
        half = self.columns.matrix @ self.columns.inverse
        return np.asarray((half * self.squares[:, None]).T @ half)

    @cached_property
    def spread(self) -> tuple[Floats, ...]:
        """Sum of the squares in each group of each hyperparameter, shape (n_groups,)."""
        return tuple(
            np.bincount(groups.code, weights=self.squares, minlength=len(groups.count)).astype(float)
            for groups in self.columns.groups
        )

    def difference(self, j: int, weights: Floats) -> Effect:
        """Return the weighted sum over groups of hyperparameter j; the weights, shape (n_groups,), sum to 0."""
        c = self.columns.weights(j, weights)
        if not self.columns.can_tell(c):
            return UNKNOWN
        return Effect(float(c @ self.coefficients), self._se(c), self._df(j, weights))

    def level(self, j: int, group: int) -> Effect:
        """Return the mean of a group as it would be if the others were in it as they are in all trials."""
        groups = self.columns.groups[j]
        own = np.eye(len(groups.count))[group]
        c = self.columns.weights(j, own - np.append(groups.shares, np.zeros(len(own) - groups.n_groups)))
        c[0] = 1  # all other columns are 0 on average
        if not self.columns.can_tell(c):
            return UNKNOWN
        return Effect(float(c @ self.coefficients), self._se(c), self._df(j, own))

    def _se(self, c: Floats) -> float:
        variance = max(0.0, float(c @ self.covariance @ c))
        if self.is_steady:
            free = max(1, len(self.residual) - len(c))
            variance = max(variance, float(c @ self.columns.inverse @ c) * float(self.residual @ self.residual) / free)
        return float(np.sqrt(variance))

    def _df(self, j: int, weights: Floats) -> float:
        """Degrees of freedom of a weighted sum of groups with unequal spread (Satterthwaite 1946)."""
        groups = self.columns.groups[j]
        used = np.flatnonzero((weights != 0) & (groups.count > 1))
        part = weights[used] ** 2 * self.spread[j][used] / groups.count[used] ** 2
        kept = 1 - self.columns.matrix.shape[1] / len(self.residual)
        if not part.any():
            return 1.0
        return max(1.0, float(kept * part.sum() ** 2 / (part**2 / (groups.count[used] - 1)).sum()))


@dataclass(frozen=True, eq=False)
class Model:
    """What is explained, with the others held where there are trials enough, else each hyperparameter alone.

    Attributes
    ----------
    raw, ranks, target
        A fit for each hyperparameter and its place in it: of the clipped loss, of its normal scores, and of 1 in the
        target and 0 elsewhere.
    is_held
        Whether the other hyperparameters are held.
    """

    raw: tuple[tuple[Fit, int], ...]
    ranks: tuple[tuple[Fit, int], ...]
    target: tuple[tuple[Fit, int], ...]
    is_held: bool

    @classmethod
    def of(cls, groups: tuple[Groups, ...], trials: Trials) -> Model:
        """Fit all three."""
        n = len(trials)
        explained = trials.clipped, trials.scores, (np.arange(n) < trials.n_target).astype(float)
        if columns(groups) * TRIALS_PER_COLUMN <= n:
            shared = Columns.of(groups)
            places = [(shared, j) for j in range(len(groups))]
            fits = {id(shared): _fits(shared, explained)}
        else:
            places = [(Columns.of((one,)), 0) for one in groups]
            fits = {id(own): _fits(own, explained) for own, _ in places}
        raw, ranks, target = (tuple((fits[id(own)][i], j) for own, j in places) for i in range(len(explained)))
        return cls(raw, ranks, target, len(fits) == 1 and len(groups) > 0)


def least_variance(y: Floats) -> float:
    """Return the variance below which nothing is believed of a y, shape (n_trials,)."""
    return float((EXACT * y.std()) ** 2)


def left_out(residual: Floats, leverage: Floats, least: float) -> Floats:
    """Return squared residuals as if each trial had been left out of the fit (HC3), shape (n_trials,)."""
    return np.asarray(np.maximum((residual / (1 - leverage)) ** 2, least))


def _fits(columns: Columns, explained: tuple[Floats, Floats, Floats]) -> list[Fit]:
    raw, ranks, target = explained
    return [Fit.of(columns, raw), Fit.of(columns, ranks, is_steady=True), Fit.of(columns, target)]


def _offsets(groups: tuple[Groups, ...]) -> list[int]:
    """Return the first column of each hyperparameter."""
    return [int(first) for first in np.cumsum([1, *(max(1, one.n_groups) - 1 for one in groups)])[:-1]]
