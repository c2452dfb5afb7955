"""The configurations that predictions are averaged over, and the forest that makes them.

A forest takes no gaps: where a hyperparameter is inactive it sees a number below all positions, or a level of its own.
So one forest serves all hyperparameters; whoever averages sees to it that no configuration is asked for that could not
be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hpi import surrogate
from hpi.space import Design, Floats, Hyperparameter, Integers, Mask
from hpi.subspace import Sample

MOST_AVERAGED, FEWEST_AVERAGED = 1000, 200
MOST_MOVED = 15_000  # trials times hyperparameters: of many hyperparameters fewer trials are averaged over
MOST_GROWN = 3000  # trials: on more, R^2 grows by thousandths and time by seconds
GAP = -1.0  # where a position would be, of what is inactive
OFF = -1
SURELY_MISSED = 16  # trials: so many are not missing by chance, over all places of one hyperparameter


@dataclass(frozen=True, eq=False)
class Placed:
    """Trials that were moved.

    Attributes
    ----------
    x
        Their configurations, shape (n_rows, n_hyperparameters).
    own, donor
        Which trials of the region they are, and from which something was taken, else themselves; shape (n_rows,).
    """

    x: Floats
    own: Integers
    donor: Integers


@dataclass(frozen=True, eq=False)
class Ground:
    """Trials of the region and a forest of their loss.

    Attributes
    ----------
    hyperparameters
        In column order.
    x
        Of all trials of the region, shape (n_region, n_hyperparameters): positions, -1 where inactive.
    state
        Which domain each value lies in, -1 where inactive, of the same shape.
    base
        The trials that are averaged over: at most 1,000, one a configuration, evenly over the ranks of the metric,
        shape (n_base,).
    order
        A random order of them, shape (n_base,): who stands in for whom must not follow the loss.
    forest, among, unseen
        The forest, the positions that it has seen, and which trials of the region each of its trees has not drawn,
        shape (n_trees, n_region).
    zero, unit
        The loss is zero + unit * prediction.
    """

    hyperparameters: tuple[Hyperparameter, ...]
    x: Floats
    state: Integers
    base: Integers
    order: Integers
    forest: surrogate.Forest
    among: Floats
    unseen: Mask
    zero: float
    unit: float

    @cached_property
    def conditional(self) -> Integers:
        """Columns that are not in one state in all trials of the region."""
        return np.flatnonzero((self.state != self.state[0]).any(axis=0))

    def active(self, column: int) -> Mask:
        """Whether a hyperparameter is active in each trial of the region, shape (n_region,)."""
        return np.asarray(self.state[:, column] != OFF)

    def occurring(self, place: Integers, n_places: int) -> dict[int, Mask]:
        """Return which states of other hyperparameters occur where, for those on which the places decide.

        For the column of each a mask of shape (n_states, n_places), states from -1 (inactive) upwards. `place` is where
        each trial of the region lies, shape (n_region,), -1 for nowhere. Where so many trials as would be expected at a
        place are not there, that is no chance: such a configuration cannot be.
        """
        found, here = {}, place >= 0
        for k in self.conditional:
            state = self.state[here, k] - OFF
            count = np.zeros((int(self.state[:, k].max()) - OFF + 1, n_places), dtype=np.int64)
            np.add.at(count, (state, place[here]), 1)
            missed = np.where(count == 0, count.sum(axis=0), 0).sum(axis=1) * count.sum(axis=1) / count.sum()
            if missed.sum() > SURELY_MISSED:
                found[int(k)] = count > 0
        return found

    def moved(
        self, rows: Integers, to: Mapping[int, float], members: Integers, possible: Sequence[tuple[int, Mask]] = ()
    ) -> Placed:
        """Return trials moved to where the columns of `to` have the given positions.

        `rows` are places in `base`, `members` the trials of the region that are where the others are moved to.
        `possible` are columns and which of their states can be there, shape (n_states,): what a trial has in another
        state it takes from one of the members.
        """
        own = self.base[rows]
        x = self.x[own]
        # evenly over the members, who stand best first
        donors = members[self.order[rows] * len(members) // len(self.order)]
        taken = np.zeros(len(rows), dtype=bool)
        for k, states in possible:
            wrong = ~states[self.state[own, k] - OFF]
            x[wrong, k] = self.x[donors[wrong], k]
            taken |= wrong
        for column, position in to.items():
            x[:, column] = position
        return Placed(x, own, np.where(taken, donors, own))

    def predict(self, placed: Placed) -> tuple[Floats, Floats]:
        """Return predictions, shape (n_rows,), by all trees, and by those that have drawn neither trial nor donor.

        They are of the loss without its unit.
        """
        matrix = surrogate.encode(placed.x, self.hyperparameters, self.among).matrix.astype(np.float32)
        each = np.stack([tree.predict(matrix)[:, 0] for tree in self.forest.trees])
        unseen = self.unseen[:, placed.own] & self.unseen[:, placed.donor]
        fair = np.where(unseen.any(axis=0), unseen, True)
        return each.mean(axis=0), (each * fair).sum(axis=0) / fair.sum(axis=0)

    def loss(self, predicted: Floats) -> Floats:
        """Return the loss that predictions stand for."""
        return np.asarray(self.zero + self.unit * predicted)


def grow(sample: Sample, rng: np.random.Generator, report: Callable[[float], None]) -> Ground:
    """Return the region's trials with a forest grown on at most about 3,000 of them."""
    design = sample.design.keep(np.arange(len(sample.design)) < sample.n_region)
    x = np.where(np.isnan(design.x), GAP, design.x)
    grown = surrogate.part_of(len(design), design.unit, rng, MOST_GROWN)
    encoded = surrogate.encode(x[grown], design.hyperparameters)
    unit = None if design.unit is None else design.unit[grown]
    forest = surrogate.grow(encoded, design.loss[grown], unit, rng, report)
    base = _base(design)
    unseen = np.ones((len(forest.seen), len(design)), dtype=bool)
    unseen[:, grown] = ~forest.seen
    return Ground(
        hyperparameters=design.hyperparameters,
        x=x,
        state=np.where(np.isnan(design.x), OFF, 0) if design.regime is None else design.regime,
        base=base,
        order=rng.permutation(len(base)),
        forest=forest,
        among=x[grown],
        unseen=unseen,
        **_scale(design.loss[grown]),
    )


def _base(design: Design) -> Integers:
    """Return one trial a configuration, at most 1,000 (200 of 75 hyperparameters or more), evenly over their ranks."""
    most = int(np.clip(MOST_MOVED // design.x.shape[1], FEWEST_AVERAGED, MOST_AVERAGED))
    first = np.arange(len(design)) if design.unit is None else np.sort(np.unique(design.unit, return_index=True)[1])
    return first[np.linspace(0, len(first) - 1, min(most, len(first))).round().astype(np.int64)]


def _scale(loss: Floats) -> dict[str, float]:
    """Return what leads from the forest's numbers back to the loss: two of them are known."""
    ends = surrogate.unitless(loss)
    low, span = float(ends.min()), float(np.ptp(ends))
    if span == 0:
        return {"zero": float(loss[0]), "unit": 0.0}
    unit = float(loss.max()) / span - float(loss.min()) / span
    return {"zero": float(loss.min()) - low * unit, "unit": unit}
