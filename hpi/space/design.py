"""The trials as arrays: where each lies in [0, 1], in which cell, best first."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hpi.space import drawing, drift, tallies
from hpi.space.cells import Cells
from hpi.space.hyperparameter import Floats, Hyperparameter, Integers, Mask
from hpi.space.rungs import size, with_asked
from hpi.space.tallies import Block, Plan, Tallies

MOST_THINNED = 131_072


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
    position
        Row of each trial in its source, shape (n_trials,): what a part of many trials is drawn by. None where no part
        is drawn.
    plan
        Where cells end, where these trials stand for more that were counted; None where they say it themselves.
    """

    hyperparameters: tuple[Hyperparameter, ...]
    x: Floats
    loss: Floats
    row: Integers
    unit: Integers | None = None
    regime: Integers | None = None
    position: Integers | None = None
    plan: Plan | None = None

    def __post_init__(self) -> None:
        """Freeze the arrays: a frozen dataclass does not do it."""
        for array in (self.x, self.loss, self.row, self.unit, self.regime, self.position):
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

        The index of the frame says in which row of its source each trial begins.

        Trials of equal loss are put in an order that depends on their values alone, so that neither the
        order of rows nor that of columns can change a result.
        """
        x = np.empty((len(trials), len(hyperparameters)))
        for j, hyperparameter in enumerate(hyperparameters):
            x[:, j] = hyperparameter.encode(trials[hyperparameter.name])
        loss = np.asarray(loss, dtype=float) + 0.0  # -0.0 and 0.0 are one loss
        order = np.lexsort((_fingerprints(x, hyperparameters), loss))
        regime = _regimes(hyperparameters, trials)
        position = trials.index.to_numpy(dtype=np.int64)[order] if len(trials) > drawing.MOST_DRAWN else None
        return cls(hyperparameters, x[order], loss[order], order, _rows(unit, order), _rows(regime, order), position)

    def __len__(self) -> int:
        """Count the trials."""
        return len(self.loss)

    def keep(self, mask: Mask | Integers) -> Design:
        """Return the trials where `mask`, shape (n_trials,), is true, or those at places in an order, best first."""
        unit, regime, position = (_rows(array, mask) for array in (self.unit, self.regime, self.position))
        x, loss, row = self.x[mask], self.loss[mask], self.row[mask]
        return replace(self, x=x, loss=loss, row=row, unit=unit, regime=regime, position=position)

    @cached_property
    def thinned(self) -> Design:
        """Every k-th trial in the order of loss, at most 131,072: a fair part of each region and target."""
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
    def hashed(self) -> drawing.Hashes | None:
        """Hash of each trial's position, shape (n_trials,); None where no part of the trials is drawn."""
        if self.position is None or self.unit is not None or self.plan is not None:
            return None
        return drawing.hashes(self.position) if len(self) > drawing.MOST_DRAWN else None

    @cached_property
    def drawn(self) -> Design:
        """The trials that say where cells end: all, or 131,072 of more."""
        return self if self.hashed is None else self.keep(drawing.drawn(self.hashed))

    @cached_property
    def edges(self) -> Plan | None:
        """Where cells end, where not all trials say it."""
        if self.plan is not None or self.hashed is None:
            return self.plan
        return self._planned(np.zeros(0))

    @cached_property
    def cells(self) -> tuple[Cells, ...]:
        """Each hyperparameter cut into cells, in column order."""
        if self.edges is not None:
            return tuple(edges.cells(self.x[:, j]) for j, edges in enumerate(self.edges.edges))
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
        own = [self.within(j, i) for i in range(hyperparameter.n_regimes)]
        if self.edges is not None:
            return tuple(edges.cells(x) for edges, x in zip(self.edges.regimes[j], own, strict=True))
        return tuple(Cells.of(x, hyperparameter.is_ordered) for x in own)

    def within(self, j: int, regime: int) -> Floats:
        """Return column j of x, shape (n_trials,), with the trials of its other regimes taken as inactive."""
        x = self.x[:, j]
        return x if self.regime is None else np.where(self.regime[:, j] == regime, x, np.nan)

    def tallied(self, *asked: float) -> tuple[Design, Tallies]:
        """Return the trials that stand for all, and counts of all, of more than 131,072 trials; kept.

        Half of the drawn trials stand for all, in the same proportion over the loss. All are counted at every rung and
        at the fractions asked for.
        """
        fractions = with_asked(asked)
        if fractions not in self._tallied:
            while len(self._tallied) >= 2:  # the curve asks for other fractions than the question
                self._tallied.pop(next(iter(self._tallied)))
            counts = self._tally(fractions)
            self._tallied[fractions] = (self.drawn.standing_for(counts), counts)
        return self._tallied[fractions]

    @cached_property
    def _tallied(self) -> dict[tuple[float, ...], tuple[Design, Tallies]]:
        return {}

    def _tally(self, fractions: tuple[float, ...]) -> Tallies:
        cutoffs = np.array([self.loss[size(part, len(self)) - 1] for part in fractions])
        assert self.edges is not None
        plan = replace(self.edges, cutoffs=cutoffs)
        regimes = (cells if plan.regimes[j] else () for j, cells in enumerate(self.regime_cells))
        codes = tuple(tuple(cells.code for cells in several) for several in regimes)
        block = Block(tallies.rung_of(cutoffs, self.loss), tuple(cells.code for cells in self.cells), codes)
        return Tallies.of(fractions, plan, tallies.tally(plan, block))

    def _planned(self, cutoffs: Floats) -> Plan:
        drawn = self.drawn
        return tallies.plan(self.hyperparameters, drawn.x, drawn.regime, drawn.loss, cutoffs)

    def standing_for(self, counts: Tallies) -> Design:
        """Return half of these drawn trials, best first, in the same proportion over the loss as all that were counted.

        Trials of one loss are in the order of their hashes.
        """
        assert self.position is not None
        hashed, cutoffs = drawing.hashes(self.position), counts.asked.cutoffs
        places = drawing.stratified(self.loss, hashed, cutoffs, counts.sizes, len(self) // 2)
        return replace(self.keep(places), plan=counts.asked)

    def place(self, j: int, regime: int) -> Floats:
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
