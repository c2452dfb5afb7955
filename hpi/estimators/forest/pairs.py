"""Interactions of two hyperparameters from the trials themselves: the functions that a pair has and its parts have not.

The residual form, as in PED-ANOVA's pairs: products of functions of both hyperparameters, less what functions of each
alone explain of them over the trials, made orthonormal. The metric enters without what all main effects explain of it,
so that a main effect can neither pass for an interaction nor hide one. Chance flips the signs of these residuals
(Wu 1986, 10.1214/aos/1176350142) where main effects are tested by shuffles: what is left of the metric scatters more
at some values than at others, and that must stay so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi.estimators.forest import chance
from hpi.estimators.forest.functions import FEW_LEVELS, Functions, middle_ranks
from hpi.estimators.ped.series import terms_kept
from hpi.space import Floats, Integers

MOST_LEVELS = 8
MANY_TRIALS = 1000
FEW_TERMS, MANY_TERMS = 5, 8
TRIALS_A_TERM = 10
LEAST_NEW = 1e-3


@dataclass(frozen=True, eq=False)
class Interaction:
    """Functions of a pair at each trial, shape (n_trials, n_terms), and the weight of each in the test.

    `is_series`: the terms go from smooth to fine and may be cut.
    """

    psi: Floats
    weight: Floats
    is_series: bool


def interaction(first: Functions, second: Functions) -> Interaction:
    """Return the functions of two hyperparameters that no sum of functions of each can stand for."""
    n = first.n
    (a, order_a), (b, order_b) = _parts(first), _parts(second)
    coarse = FEW_TERMS if n < MANY_TRIALS else MANY_TERMS
    products = (a[:, :, None] * b[:, None, :]).reshape(len(a), -1)
    size = np.maximum.outer(order_a, order_b).ravel()
    fine = np.multiply.outer(order_a, order_b).ravel()
    sequence = np.lexsort((fine, size))
    sequence = sequence[size[sequence] <= coarse]
    alone = np.column_stack([np.ones(len(a)), a, b])
    psi, kept = _orthonormal(np.column_stack([alone, products[:, sequence]]), alone.shape[1])
    is_series = bool(order_a.max() > 1 or order_b.max() > 1)
    most = max(2, n // TRIALS_A_TERM) if is_series else len(kept)
    return Interaction(psi[:, :most], 1 / fine[sequence][kept][:most], is_series)


def residuals(y: Floats, functions: list[Floats]) -> Floats:
    """Return what least squares on all functions leave of y, made up for what they take of everything by chance."""
    design = np.column_stack([np.ones(len(y)), *functions])
    fitted, _, rank, _ = np.linalg.lstsq(design, y, rcond=1e-9)
    inflation = len(y) / max(1.0, len(y) - float(rank))
    return np.asarray(inflation * (y - design @ fitted))


def scores(pair: Interaction, rows: Floats, first: Integers, n_trials: int) -> tuple[Floats, Floats]:
    """Return the statistic and the share of the variance, shape (1 + n_flips,): as seen, then with signs flipped.

    Both are nan where the pair has no functions of its own.

    Parameters
    ----------
    rows
        Sums of residuals over what is independent, as they are and flipped, shape (1 + n_flips, n).
    first
        The first trial of each, shape (n,).
    n_trials
        How many trials the sums are of.
    """
    if not pair.psi.shape[1]:
        return np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    b = pair.psi[first]
    m, e = rows @ b / n_trials, (rows[:1] ** 2 @ b**2 / n_trials**2).repeat(len(rows), axis=0)
    last = terms_kept(m, e) if pair.is_series else np.full(len(m), m.shape[1])
    return chance.statistic(m, e, pair.weight), chance.share(m, e, last)


def _parts(used: Functions) -> tuple[Floats, Integers]:
    """Functions of one hyperparameter at each trial, not orthonormal, and how fine each is (1 for all levels)."""
    count = np.bincount(used.code)
    if used.ordered and len(count) > FEW_LEVELS:
        k = np.arange(1, min(MANY_TERMS, len(count) - 1) + 1)
        return np.cos(np.pi * np.outer(middle_ranks(count / count.sum()), k))[used.code], k
    # The rarest levels of many are taken together: there are too few trials to tell their interactions apart.
    most = min(MOST_LEVELS, max(2, int(np.sqrt(used.n / TRIALS_A_TERM))), len(count))
    frequent = np.argsort(-count, kind="stable")[: most - 1]
    return (used.code[:, None] == frequent).astype(float), np.ones(len(frequent), dtype=np.int64)


def _orthonormal(columns: Floats, n_alone: int) -> tuple[Floats, Integers]:
    """Make columns orthonormal over the trials in turn; those after the first `n_alone`, and which stayed."""
    n, width = columns.shape
    gram, change, kept = columns.T @ columns / n, np.zeros((width, width)), list[int]()
    for j in range(width):
        step = -change[:, kept] @ (change[:, kept].T @ gram[:, j])
        step[j] += 1
        new = step @ gram @ step
        if new > LEAST_NEW * gram[j, j]:
            change[:, j] = step / np.sqrt(new)
            kept.append(j)
    last = np.array([j for j in kept if j >= n_alone], dtype=np.int64)
    return columns @ change[:, last], last - n_alone
