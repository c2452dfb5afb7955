"""What chance alone would show of a drop: the same model, with the losses shuffled over the trials.

One shuffle serves all hyperparameters and pairs, and whole configurations are shuffled where trials come so. The
columns stay where they are, so all shuffles are a few matrix products. Tested is the sum of squared t-values of the
directions that only the terms in question have, each with its own robust standard error (DiCiccio and Romano 2017: a
shuffle of studentised coefficients tests each of them also where others matter and variances are unequal).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi.estimators.linear.drop import Drop, Remains
from hpi.estimators.linear.fit import ALONE
from hpi.space import Floats

BATCH = 50
EXACT = 1e-20


@dataclass(frozen=True, eq=False)
class Shuffled:
    """The losses in every shuffle and what the full model leaves of them.

    Attributes
    ----------
    z
        The losses, shape (n, n_shuffles).
    residual
        What the full model leaves of them, shape (n, n_shuffles).
    """

    z: Floats
    residual: Floats


def null_scores(
    remains: Remains, weight: Floats, found: list[Drop], n_shuffles: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return the test's statistic and the drop of every shuffle, both of shape (n_shuffles, n_found)."""
    tested, dropped = np.empty((2, n_shuffles, len(found)))
    for start in range(0, n_shuffles, BATCH):  # a few at a time: each is as long as the table
        rows = slice(start, min(start + BATCH, n_shuffles))
        draws = _draw(remains, weight, rows.stop - rows.start, rng)
        for k, of in enumerate(found):
            tested[rows, k] = statistic(of.lost, draws.z, draws.residual, remains.leverage)
            dropped[rows, k] = _null_drop(remains, of, draws)
    return tested, dropped


def _draw(remains: Remains, weight: Floats, n_shuffles: int, rng: np.random.Generator) -> Shuffled:
    root, share, q = np.sqrt(weight), weight / weight.sum(), remains.fit.q
    y = remains.fit.z / root
    z = y[np.stack([rng.permutation(len(y)) for _ in range(n_shuffles)], axis=1)]
    z = (z - share @ z) * root[:, None]
    return Shuffled(z, z - q @ (q.T @ z))


def statistic(lost: Floats, z: Floats, residual: Floats, leverage: Floats) -> Floats:
    """Sum of squared robust t-values of the directions `lost`, shape (n_columns of z,)."""
    alone = leverage > ALONE
    error = (residual / np.where(alone, 1, 1 - leverage)[:, None]) ** 2
    error[alone] = z[alone] ** 2
    error += EXACT * (z**2).mean(axis=0)  # where the model is exact, rounding is no evidence
    variance = (lost**2).T @ error
    tested: Floats = ((lost.T @ z) ** 2 / variance).sum(axis=0)
    return tested


def _null_drop(remains: Remains, found: Drop, draws: Shuffled) -> Floats:
    """Return the drop of every shuffle, shape (n_shuffles,), as `drop` computes it.

    Times the share of the variance that the model leaves: what it explains is no noise to the terms in question.
    """
    without = draws.residual + found.lost @ (found.lost.T @ draws.z)
    less = remains.leverage - (found.lost**2).sum(axis=1)
    more = _weights(less, remains.leverage) @ without**2 - _weights(remains.leverage, remains.leverage) @ (
        draws.residual**2
    )
    null: Floats = remains.left * more / remains.total.sum()
    return null


def _weights(leverage: Floats, full: Floats) -> Floats:
    """Return 1 / (1 - h), and 0 for trials that decide a term of the full model alone."""
    alone = full > ALONE
    return np.where(alone, 0.0, 1 / np.where(alone, 1.0, 1 - leverage))
