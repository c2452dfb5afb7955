"""What chance alone would show of a drop: the same model, with the losses shuffled over the trials.

One shuffle serves all hyperparameters, another, of losses less their main effects, all pairs; whole configurations are
shuffled where trials come so. The columns stay where they are, so all shuffles are a few matrix products. Tested are
the directions that only the terms in question have, by Wald's statistic with a robust covariance (DiCiccio and Romano
2017: a shuffle of studentised coefficients tests each of them also where others matter and variances are unequal).
Above 20 directions a covariance is too much to ask of the trials: then it is the sum of squared robust t-values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hpi.estimators.linear.drop import Drop, Remains
from hpi.estimators.linear.fit import ALONE, unbiased_square
from hpi.space import Floats

Test = Callable[["Draws"], Floats]
"""From losses to a statistic of everything tested, shape (n_found, n_draws)."""

BATCH = 100
EXACT = 1e-20
MOST_JOINT = 20
LEAST = 1e-9


@dataclass(frozen=True, eq=False)
class Draws:
    """Losses, observed or shuffled, and what the full model leaves of them; every array of shape (n, n_draws).

    Attributes
    ----------
    z
        The losses, rows as in `Fit`.
    residual
        What the full model leaves.
    error
        Squares of what a model leaves that has not seen the trial.
    square
        Squares of the residuals.
    """

    z: Floats
    residual: Floats
    error: Floats
    square: Floats

    @classmethod
    def of(cls, remains: Remains, z: Floats) -> Draws:
        """From losses, shape (n, n_draws)."""
        q, alone = remains.fit.q, remains.leverage > ALONE
        residual = z - q @ (q.T @ z)
        square = residual**2
        error = square / np.where(alone, 1, (1 - remains.leverage) ** 2)[:, None]
        error[alone] = z[alone] ** 2
        # Where the model is exact, rounding is no evidence.
        return cls(z, residual, error + EXACT * (z**2).mean(axis=0), square)


@dataclass(frozen=True, eq=False)
class Shuffled:
    """What is shuffled over the trials: a loss and a weight for each, both of shape (n,)."""

    y: Floats
    weight: Floats

    @classmethod
    def losses(cls, alone: Remains, weight: Floats) -> Shuffled:
        """The losses as they are: exact where nothing matters."""
        return cls(alone.fit.z / np.sqrt(weight), weight)

    @classmethod
    def less_mains(cls, alone: Remains, weight: Floats) -> Shuffled:
        """What the model of main effects leaves of them, each at its expected size, together as large as the losses.

        Strong main effects would otherwise lend the shuffles the shape of their own distribution (Freedman and Lane
        1983): two heaps where a category decides, although the noise about them is none such.
        """
        size = np.sqrt(unbiased_square(alone.residual, alone.leverage))
        square, whole = (size**2).sum(), (alone.fit.z**2).sum()
        if square <= EXACT * whole:
            return cls.losses(alone, weight)
        return cls(np.copysign(size, alone.residual) * np.sqrt(whole / square / weight), weight)

    def draw(self, n_shuffles: int, rng: np.random.Generator) -> Floats:
        """Return shuffles about their mean, rows as in `Fit`, shape (n, n_shuffles)."""
        y = self.y[np.stack([rng.permutation(len(self.y)) for _ in range(n_shuffles)], axis=1)]
        shuffled: Floats = (y - self.weight / self.weight.sum() @ y) * np.sqrt(self.weight)[:, None]
        return shuffled


def null_scores(
    remains: Remains, shuffled: Shuffled, found: list[Drop], n_shuffles: int, rng: np.random.Generator, test: Test
) -> tuple[Floats, Floats]:
    """Return the test's statistics and the drop of every shuffle, both of shape (n_shuffles, n_found)."""
    tested, dropped = np.empty((2, n_shuffles, len(found)))
    for start in range(0, n_shuffles, BATCH):  # a few at a time: each is as long as the table
        rows = slice(start, min(start + BATCH, n_shuffles))
        draws = Draws.of(remains, shuffled.draw(rows.stop - rows.start, rng))
        tested[rows] = test(draws).T
        for k, of in enumerate(found):
            dropped[rows, k] = _null_drop(remains, of, draws)
    return tested, dropped


def statistic(found: Drop, draws: Draws) -> Floats:
    """How far the directions that are lost are from having no coefficient, shape (n_draws,)."""
    pull, n_lost = found.lost.T @ draws.z, found.lost.shape[1]
    if n_lost > MOST_JOINT or n_lost == 1:
        tested: Floats = (pull**2 / ((found.lost**2).T @ draws.error)).sum(axis=0)
        return tested
    first, second = np.triu_indices(n_lost)
    covariance = np.empty((draws.z.shape[1], n_lost, n_lost))
    covariance[:, first, second] = ((found.lost[:, first] * found.lost[:, second]).T @ draws.error).T
    covariance[:, second, first] = covariance[:, first, second]
    # Where few trials have any error left, their covariance has no inverse.
    covariance += LEAST * np.trace(covariance, axis1=1, axis2=2)[:, None, None] * np.eye(n_lost)
    wald: Floats = (pull.T * np.linalg.solve(covariance, pull.T[:, :, None])[:, :, 0]).sum(axis=1)
    return wald


def _null_drop(remains: Remains, found: Drop, draws: Draws) -> Floats:
    """Return the drop of every shuffle, shape (n_shuffles,), as `drop` computes it.

    Times the share of the variance that the model leaves: what it explains is no noise to the terms in question.
    """
    null: Floats = remains.left * more_left(remains, found, draws) / remains.total.sum()
    return null


def more_left(remains: Remains, found: Drop, draws: Draws) -> Floats:
    """How much more of the squares is left without the lost directions, shape (n_draws,)."""
    weight = _weights(remains.leverage - (found.lost**2).sum(axis=1), remains.leverage)
    pull, weighted = found.lost.T @ draws.z, found.lost * weight[:, None]
    # Sums of weight (residual + lost pull)^2, multiplied out: no array as long as the table.
    more: Floats = (weight - _weights(remains.leverage, remains.leverage)) @ draws.square
    more += (pull * (2 * weighted.T @ draws.residual + weighted.T @ found.lost @ pull)).sum(axis=0)
    return more


def _weights(leverage: Floats, full: Floats) -> Floats:
    """Return 1 / (1 - h), and 0 for trials that decide a term of the full model alone."""
    alone = full > ALONE
    return np.where(alone, 0.0, 1 / np.where(alone, 1.0, 1 - leverage))
