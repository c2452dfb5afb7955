"""Functions of one hyperparameter, orthonormal over the trials: cosines of the rank, or one function a level.

The same kinds as those of PED-ANOVA's series form (hpi/estimators/ped/series.py), with the metric itself in place of
"is in the target": there are more trials to learn from, so there are more terms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi.space import Cells, Floats, Hyperparameter, Integers

MOST_TERMS = 100
TRIALS_A_TERM = 10
FEW_LEVELS = 6
TRIALS_A_LEVEL = 10


@dataclass(frozen=True, eq=False)
class Functions:
    """Values in each cell, shape (n_cells, n_terms), and the cell of each trial, shape (n_trials,).

    `is_series`: the terms go from smooth to fine and may be cut; otherwise all of them belong together. `ordered`:
    whether the cells have an order. `n`: how many independent trials (or configurations) there are.
    """

    code: Integers
    values: Floats
    is_series: bool
    ordered: bool
    n: int

    @property
    def at_trials(self) -> Floats:
        """Values at each trial, shape (n_trials, n_terms)."""
        return self.values[self.code]


def functions(x: Floats, hyperparameter: Hyperparameter, n: int) -> Functions:
    """Choose the functions that suit the values x, shape (n_trials,), of n independent trials, all of them active."""
    cells = Cells.of(x, hyperparameter.is_ordered)
    code = cells.code.astype(np.int64)
    share = np.bincount(code, minlength=cells.n) / len(x)
    few = cells.n <= FEW_LEVELS or n >= TRIALS_A_LEVEL * cells.n
    if cells.exact and (few or not cells.ordered):
        return Functions(code, _levels(share), False, cells.ordered, n)
    most = int(np.clip(n // TRIALS_A_TERM, 2, min(MOST_TERMS, cells.n - 1)))
    return Functions(code, _cosines(share, most), True, True, n)


def middle_ranks(share: Floats) -> Floats:
    """Rank, in (0, 1), of the middle of each cell."""
    return np.asarray(np.cumsum(share) - share / 2)


def _cosines(share: Floats, n_terms: int) -> Floats:
    """Cosines of the middle rank of each cell, made orthonormal under the cells' shares and orthogonal to 1."""
    root = np.sqrt(share)[:, None]
    q, r = np.linalg.qr(root * np.cos(np.pi * np.outer(middle_ranks(share), np.arange(n_terms + 1))))
    return np.asarray((q * np.sign(np.diag(r)) / root)[:, 1:])


def _levels(share: Floats) -> Floats:
    """Centred indicators: squares of their means of y sum to the variance between levels."""
    root = np.sqrt(share)
    return np.asarray(np.diag(1 / root) - root)
