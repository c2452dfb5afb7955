r"""How much less of the variance a linear model explains without some of its terms, and between which bounds.

With residuals r of the full model and r_- of the model without the terms, leverages h and h_-, and r_0, h_0 of the
mean alone, the drop in explained variance is

    D = sum (r_-^2 / (1 - h_-) - r^2 / (1 - h)) / sum r_0^2 / (1 - h_0):

each sum estimates what the population's best model of its kind leaves, to first order without bias also under unequal
variances (MacKinnon and White 1985, HC2). The coefficients are where those sums are least, so D moves with a trial as
if they were known: by r_-^2 - r^2 - D r_0^2 over the denominator. With t = r_- - r, the steps that the terms make, that
is 2 t r, whose sum varies as D does, and t^2 - D r_0^2, whose sum varies as D^2 (the denominator: heavy tails); and a
variance v is left where D is 0. So the interval's ends are not D plus and minus a multiple but solve

    (D - end)^2 = z^2 (a end + c end^(3/2) + b end^2 + v),

c for how the two sums go together. Where a few trials hold most of that variance, it is itself hardly known: z is the
quantile of Student's t with the degrees of freedom that the fourth moments of the terms leave it (Satterthwaite 1946).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import stdtrit

from hpi.estimators.linear.fit import ALONE, Fit, unbiased_square
from hpi.space import Floats

LEAST_SHRINK = 0.3
NOTHING = 1e-12
LEAST_EXCESS = 1e-9
REAL = 1e-9


@dataclass(frozen=True, eq=False)
class Drop:
    """What the model loses without some terms.

    `value`, `low` and `high` are parts of the variance, not cut to [0, 1]; `lost`, shape (n, n_lost), are the
    directions that only those terms have; nothing where there are none.
    """

    value: float
    low: float
    high: float
    lost: Floats


@dataclass(frozen=True, eq=False)
class Remains:
    """What the full model leaves, computed once for all drops; rows as in `Fit`."""

    fit: Fit

    @cached_property
    def residual(self) -> Floats:
        """Residuals of the full model, shape (n,)."""
        return self.fit.residual

    @cached_property
    def leverage(self) -> Floats:
        """Leverages of the full model, shape (n,)."""
        return self.fit.leverage

    @cached_property
    def square(self) -> Floats:
        """Unbiased squares of the residuals, shape (n,)."""
        return unbiased_square(self.residual, self.leverage)

    @cached_property
    def left_out(self) -> Floats:
        """Residual of each trial from a model that has not seen it, shape (n,).

        A trial that decides a term alone has none: its deviation from the mean stands in.
        """
        alone = self.leverage > ALONE
        return np.where(alone, self.fit.z, self.residual) / np.where(alone, 1 - self.fit.base, 1 - self.leverage)

    @cached_property
    def total(self) -> Floats:
        """Squares about the mean, shape (n,), their sum an unbiased one."""
        return unbiased_square(self.fit.z, self.fit.base) + self.fit.within

    @cached_property
    def left(self) -> float:
        """Share of the variance that the model leaves."""
        return min(1.0, float((self.square.sum() + self.fit.within.sum()) / self.total.sum()))

    @cached_property
    def quantile(self) -> float:
        """Of Student's t with the degrees of freedom that the model leaves, for 95 %."""
        return float(stdtrit(self.freedom, 0.975))

    @property
    def freedom(self) -> int:
        """Degrees of freedom that the model leaves."""
        return max(1, int(len(self.residual) - 1 - self.fit.q.shape[1]))


def drop(remains: Remains, v: Floats) -> Drop:
    """Return the drop without the directions q v, where v is what `Fit.lacking` says, shape (rank, n_lost)."""
    lost = remains.fit.q @ v
    if not lost.shape[1]:
        return Drop(0.0, 0.0, 0.0, lost)
    step = lost @ (lost.T @ remains.fit.z)
    leverage = remains.leverage - (lost**2).sum(axis=1)
    more = np.where(remains.leverage > ALONE, 0, unbiased_square(remains.residual + step, leverage) - remains.square)
    value = float(more.sum() / remains.total.sum())
    return Drop(value, *_interval(remains, value, lost, step), lost)


def _interval(remains: Remains, value: float, lost: Floats, step: Floats) -> tuple[float, float]:
    """Solve for both ends; z is Student's, so that few degrees of freedom and heavy tails widen it."""
    around, parts, v, freedom = _variance_parts(remains, value, lost, step)
    z = float(stdtrit(min(remains.freedom, freedom), 0.975))
    here, (linear, mixed, square) = np.sqrt(max(value, 0) / around), parts
    plain = z * np.sqrt(max(0, linear * here**2 + mixed * here**3 + square * here**4) + v)
    missed = np.array([around**2, 0, -2 * value * around, 0, value**2])
    above = missed - z**2 * np.array([square, mixed, linear, 0, v])
    # Parts that cancel are taken to do so less and less as steps shrink: which trials make the tail is uncertain.
    below = missed - z**2 * np.array([square + min(mixed, 0), max(mixed, 0), linear, 0, v])
    ends = [size for size in _crossings(-below) if size <= here], [size for size in _crossings(above) if size >= here]
    lower = around * ends[0][-1] ** 2 if ends[0] else value
    upper = around * ends[1][0] ** 2 if ends[1] else np.inf if above[0] <= 0 else value
    return min(lower, value - plain), max(upper, value + plain)


def _crossings(polynomial: Floats) -> list[float]:
    """Return where above 0 a polynomial becomes positive, ascending."""
    root = np.roots(polynomial)
    found = np.sort(root.real[(np.abs(root.imag) <= REAL * np.abs(root)) & (root.real > 0)])
    return [float(size) for size in found if np.polyval(np.polyder(polynomial), size) > 0]


def _variance_parts(
    remains: Remains, value: float, lost: Floats, step: Floats
) -> tuple[float, tuple[float, float, float], float, float]:
    """Return the size of the steps, the variance of D by their size, what is left where D is 0, degrees of freedom.

    Steps s times as large make D s^2 times as large, and its influences s times the linear ones plus s^2 times the
    square ones: the variance is that of this sum, so three numbers for s^2, s^3 and s^4.
    """
    total = remains.total.sum()
    pull = lost * remains.left_out[:, None]
    v = 2 * float(((pull.T @ pull) ** 2).sum()) / total**2
    size = float((step**2).sum() / total)
    if size < NOTHING:
        return 1.0, (0.0, 0.0, 0.0), v, np.inf
    # The steps hold noise as well: on the whole they are shrunk to the size that D says.
    shrink = max(LEAST_SHRINK, np.sqrt(max(value, 0) / size))
    around = shrink**2 * size
    linear = 2 * shrink * step * remains.left_out / total
    square = (shrink**2 * step**2 - around * remains.total) / total
    of_linear, of_square, of_both = _spread(linear), _spread(square), _spread(linear + square)
    parts = of_linear, of_both - of_linear - of_square, of_square
    return around, parts, v, degrees_of_freedom(linear + square)


def _spread(influence: Floats) -> float:
    """Variance of the sum of independent terms."""
    return float(len(influence) * influence.var(ddof=1))


def degrees_of_freedom(influence: Floats) -> float:
    """Degrees of freedom of `_spread`: those of the chi-square that is as uncertain as fourth moments say.

    2 mean^2 / variance, where the variance of a sum of n squares is n (m_4 - m_2^2): n for Gaussian terms.
    """
    square = (influence - influence.mean()) ** 2
    return float(2 / max((square**2).sum() / square.sum() ** 2 - 1 / len(square), LEAST_EXCESS))
