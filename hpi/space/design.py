"""The trials as arrays: where each lies in [0, 1], in which cell, best first."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hpi.space import drift
from hpi.space.hyperparameter import Floats, Hyperparameter, Integers, Mask
from hpi.space.ladder import Ladder

MAX_CELLS = 256


@dataclass(frozen=True, eq=False)
class Cells:
    """One hyperparameter cut into cells: exact levels, or at most 256 ranks of its values.

    `code` has shape (n_trials,) and holds 0 to n - 1 in the order of the values, and n where inactive.
    """

    code: NDArray[np.uint16]
    n: int
    ordered: bool
    exact: bool

    @classmethod
    def of(cls, x: Floats, ordered: bool, limit: int = MAX_CELLS) -> Cells:
        """Cells of positions x, shape (n_trials,): one a distinct value, or `limit` ranks if there are more."""
        active = ~np.isnan(x)
        ranked = np.sort(x[active])
        ends = ranked[np.diff(ranked, prepend=-np.inf) > 0]
        exact = not ordered or len(ends) <= limit
        if not exact:
            # Equal values stay in one cell: the upper ends are values, and a value that is several ends is one.
            ends = np.unique(ranked[(np.arange(1, limit + 1) * len(ranked)) // limit - 1])
        code = np.full(len(x), len(ends), dtype=np.uint16)
        code[active] = np.searchsorted(ends, x[active])
        code.setflags(write=False)
        return cls(code, len(ends), ordered, exact)

    @cached_property
    def ladder(self) -> Ladder:
        """Counts of the best k trials for every k; the last cell holds the inactive ones."""
        return Ladder.of(self.code, self.n + 1)


MOST_THINNED = 100_000


@dataclass(frozen=True, eq=False)
class Design:
    """The trials as arrays, best first.

    Attributes
    ----------
    hyperparameters
        In column order.
    x
        Positions, shape (n_trials, n_hyperparameters), in [0, 1]; nan where inactive.
    loss
        Shape (n_trials,), ascending: lower is better, always.
    row
        Where each trial stands among the table's trials, shape (n_trials,).
    unit
        Configuration of each trial, shape (n_trials,), where several trials of one configuration are
        kept and are no independent evidence; else None.
    regime
        Which of its domains each value lies in, shape (n_trials, n_hyperparameters): its index, 0 for hyperparameters
        without domains, -1 where inactive. None where no hyperparameter has domains.
    """

    hyperparameters: tuple[Hyperparameter, ...]
    x: Floats
    loss: Floats
    row: Integers
    unit: Integers | None = None
    regime: Integers | None = None

    def __post_init__(self) -> None:
        """Freeze the arrays: a frozen dataclass does not do it."""
        for array in (self.x, self.loss, self.row, self.unit, self.regime):
            if array is not None:
                array.setflags(write=False)

    @classmethod
    def build(
        cls,
        hyperparameters: tuple[Hyperparameter, ...],
        trials: pd.DataFrame,
        loss: Floats,
        unit: Integers | None = None,
    ) -> Design:
        """Encode a frame of trials (one column a hyperparameter and parent) and sort it, best first.

        Trials of equal loss are put in an order that depends on their values alone, so that neither the
        order of rows nor that of columns can change a result.
        """
        x = np.empty((len(trials), len(hyperparameters)))
        for j, hyperparameter in enumerate(hyperparameters):
            x[:, j] = hyperparameter.encode(trials[hyperparameter.name])
        loss = np.asarray(loss, dtype=float) + 0.0  # -0.0 and 0.0 are one loss
        order = np.lexsort((_fingerprints(x, hyperparameters), loss))
        regime = _regimes(hyperparameters, trials)
        return cls(hyperparameters, x[order], loss[order], order, _rows(unit, order), _rows(regime, order))

    def __len__(self) -> int:
        """Count the trials."""
        return len(self.loss)

    def keep(self, mask: Mask) -> Design:
        """Return the trials where `mask`, shape (n_trials,), is true, still best first."""
        unit, regime = _rows(self.unit, mask), _rows(self.regime, mask)
        return Design(self.hyperparameters, self.x[mask], self.loss[mask], self.row[mask], unit, regime)

    @cached_property
    def thinned(self) -> Design:
        """Every k-th trial in the order of loss, at most 100,000: a fair part of each region and target."""
        return self if self.step == 1 else self.keep(np.arange(len(self)) % self.step == 0)

    @property
    def step(self) -> int:
        """How many trials stand behind each one of `thinned`."""
        return -(-len(self) // MOST_THINNED)

    @cached_property
    def drifting(self) -> tuple[str, ...] | None:
        """Hyperparameters whose later trials are better and drawn from other places; None where there are none."""
        return drift.drifting(self)

    @cached_property
    def cells(self) -> tuple[Cells, ...]:
        """Each hyperparameter cut into cells, in column order."""
        return tuple(
            Cells.of(self.x[:, j], hyperparameter.is_ordered) for j, hyperparameter in enumerate(self.hyperparameters)
        )

    @cached_property
    def regime_cells(self) -> tuple[tuple[Cells, ...], ...]:
        """Cells of every regime of every hyperparameter, the trials of its other regimes taken as inactive."""
        return tuple(self._regime_cells(j, h) for j, h in enumerate(self.hyperparameters))

    def _regime_cells(self, j: int, hyperparameter: Hyperparameter) -> tuple[Cells, ...]:
        if self.regime is None or not hyperparameter.domains:
            return (self.cells[j],)
        own = [np.where(self.regime[:, j] == i, self.x[:, j], np.nan) for i in range(hyperparameter.n_regimes)]
        return tuple(Cells.of(x, hyperparameter.is_ordered) for x in own)

    def position(self, j: int, regime: int) -> Floats:
        """Return the place of column j within one of its domains, shape (n_trials,), in [0, 1]; nan elsewhere."""
        hyperparameter, x = self.hyperparameters[j], self.x[:, j]
        if self.regime is None or not hyperparameter.domains:
            return x
        own = np.where(self.regime[:, j] == regime, x, np.nan)
        low, high = hyperparameter.measured(hyperparameter.bounds(regime))
        lowest, highest = hyperparameter.measured(hyperparameter.ends)
        return ((lowest + own * (highest - lowest) - low) / (high - low)).clip(0, 1)

    def column(self, name: str) -> int:
        """Return the column of the hyperparameter called `name`."""
        return [hyperparameter.name for hyperparameter in self.hyperparameters].index(name)


def _fingerprints(x: Floats, hyperparameters: tuple[Hyperparameter, ...]) -> NDArray[np.uint64]:
    """Hash each row of x, shape (n_trials,), alike for every order of the columns."""
    total = np.zeros(len(x), dtype=np.uint64)
    for j, hyperparameter in enumerate(hyperparameters):
        digest = hashlib.sha256(hyperparameter.name.encode("utf-8", "surrogatepass")).digest()
        factor = np.uint64(int.from_bytes(digest[:8], "big") | 1)
        total += pd.util.hash_array(x[:, j]) * factor
    return total


def _regimes(hyperparameters: tuple[Hyperparameter, ...], trials: pd.DataFrame) -> Integers | None:
    if not any(hyperparameter.domains for hyperparameter in hyperparameters):
        return None
    return np.stack([hyperparameter.regimes(trials) for hyperparameter in hyperparameters], axis=1)


def _rows(array: Integers | None, which: Integers | Mask) -> Integers | None:
    return None if array is None else array[which]
