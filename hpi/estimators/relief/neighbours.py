"""How much two trials differ in each hyperparameter, and the nearest neighbours of each trial, with weights.

Distance is the sum of the differences (Manhattan). Trials equally far away are equals: ties are no matter of the order
of rows. Those that share the last places share their weight; a rank is that of the first of those tied.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from hpi.space import Floats, Integers, Mask
from hpi.subspace import Sample

AnyFloats = TypeVar("AnyFloats", bound=NDArray[np.floating[Any]])

FAR = 10.0
SAME = 1e-9
MOST_TIED = 256
ROUNDED = 1e-5
BLOCK_VALUES = 1 << 17
BATCH_PAIRS = 1 << 13


@dataclass(frozen=True)
class Ramp:
    """Difference of two positions in [0, 1]: 0 up to `low`, 1 from `high`, linear between."""

    low: float = 0.0
    high: float = 1.0

    def __call__(self, first: Floats, second: Floats) -> Floats:
        """Return the differences, broadcast."""
        scaled: Floats = self.bend(first - second)
        scaled -= self.low
        scaled /= self.high - self.low
        return scaled

    def bend(self, difference: AnyFloats) -> AnyFloats:
        """Turn a minus b into what the ramp has before it is scaled, from `low` to `high`: in place, to save time."""
        np.abs(difference, out=difference)
        np.clip(difference, self.low, self.high, out=difference)
        return difference


INVENTORS = Ramp(0.04, 0.1)
LINEAR = Ramp()


def positions(sample: Sample, column: int) -> Floats:
    """Place a hyperparameter's values in the region on [0, 1], shape (n_region,).

    Two levels of a category are further apart than any ramp reaches, and so are an inactive value and all others.
    """
    x = sample.design.x[: sample.n_region, column]
    active = ~np.isnan(x)
    if sample.design.hyperparameters[column].is_ordered:
        low, high = x[active].min(), x[active].max()
        placed = (x - low) / (high - low)
    else:
        placed = np.full(len(x), np.nan)
        placed[active] = FAR * np.unique(x[active], return_inverse=True)[1]
    return np.where(active, placed, -FAR)


@dataclass(frozen=True, eq=False)
class Pairs:
    """Instances and their neighbours, nearest first, all arrays of shape (n_pairs,).

    Attributes
    ----------
    instance, neighbour
        Which trials.
    tie
        Number of the group of neighbours that are equally far from one instance; ascending.
    weight
        Weights; those of one instance sum to 1.
    moved, fewer
        The same, on the same scale, were a nearer neighbour not there, or another one of its group.
    """

    instance: Integers
    neighbour: Integers
    tie: Integers
    weight: Floats
    moved: Floats
    fewer: Floats


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """Who is near whom.

    Attributes
    ----------
    x
        Positions, shape (n_trials, n_hyperparameters).
    ramp
        How a difference of positions counts.
    k
        Neighbours of each instance.
    sigma
        Spread of the rank weights exp(-(rank / sigma)^2), ranks from 0; None: all weigh the same.
    unit
        Configuration of each trial: those of the same one are no neighbours.
    order
        A random order of trials, shape (n_trials,): who stands for more than 256 that share the last places.
    """

    x: Floats
    ramp: Ramp
    k: int
    sigma: float | None
    unit: Integers
    order: Integers

    def batches(self, instances: Integers) -> Iterator[tuple[float, Pairs]]:
        """Yield the share of instances that is done and the pairs of the next ones, some thousands at a time."""
        found, size = list[Pairs](), 0
        step = max(1, BLOCK_VALUES // len(self.x))
        for start in range(0, len(instances), step):
            found.append(self._nearest(instances[start : start + step]))
            size += len(found[-1].weight)
            if size >= max(BATCH_PAIRS, len(self.x)) or start + step >= len(instances):
                yield min(1.0, (start + step) / len(instances)), _joined(found)
                found, size = [], 0

    def _nearest(self, instances: Integers) -> Pairs:
        row, neighbour, near, last = self._candidates(instances)
        kept = near <= last[row] + SAME
        row, neighbour, near = row[kept], neighbour[kept], near[kept]
        kept = self._few_tied(row, neighbour, instances[row], near >= last[row] - SAME)
        row, neighbour, near = row[kept], neighbour[kept], near[kept]
        return _weighted(instances[row], neighbour, near, self.k, self.sigma)

    def _candidates(self, instances: Integers) -> tuple[Integers, Integers, Floats, Floats]:
        """Return rows, neighbours and distances, sorted by row and distance, and the k-th distance of each row.

        Single precision finds those that may be among the k nearest; double precision decides.
        """
        rough = self._rough_distances(instances)
        k = min(self.k, rough.shape[1])
        furthest = np.minimum(np.partition(rough, k - 1, axis=1)[:, k - 1], np.float32(np.finfo(np.float32).max))
        row, neighbour = np.divmod(np.flatnonzero(rough <= furthest[:, None] + np.float32(ROUNDED)), rough.shape[1])
        x = self.x.take(neighbour, axis=0)
        np.subtract(self.x.take(instances[row], axis=0), x, out=x)
        near = (self.ramp.bend(x) - self.ramp.low) @ np.full(x.shape[1], 1 / (self.ramp.high - self.ramp.low))
        # No distance exceeds the number of columns: one sort instead of two.
        ascending = np.argsort(row * (1.0 + self.x.shape[1]) + near, kind="stable")
        row, neighbour, near = row[ascending], neighbour[ascending], near[ascending]
        size = np.bincount(row, minlength=len(instances))
        last = np.append(near, np.inf)[np.cumsum(size) - size + np.minimum(k, size) - 1]
        return row, neighbour, near, last

    def _rough_distances(self, instances: Integers) -> NDArray[np.float32]:
        """Distance of instances to all trials in single precision, shape (n_instances, n_trials); inf to themselves.

        Each column adds `low` to all of them, which changes no order, and is scaled so that a difference is at most 1.
        """
        x = (self.x / (self.ramp.high - self.ramp.low)).astype(np.float32)
        ramp = Ramp(*(end / (self.ramp.high - self.ramp.low) for end in (self.ramp.low, self.ramp.high)))
        total = np.zeros((len(instances), len(x)), dtype=np.float32)
        for column in x.T.copy():
            total += ramp.bend(column[instances, None] - column)
        if self._repeats:
            total[self.unit[instances, None] == self.unit] = np.inf
        else:
            total[np.arange(len(instances)), instances] = np.inf
        return total

    @cached_property
    def _repeats(self) -> bool:
        """Whether any configuration has several trials."""
        return len(np.unique(self.unit)) < len(self.unit)

    def _few_tied(self, row: Integers, neighbour: Integers, instance: Integers, tied: Mask) -> Mask:
        """Whether to keep each pair: of those that share the last places, a random 256 and the places themselves."""
        most = max(MOST_TIED, self.k)
        kept = np.ones(len(row), dtype=bool)
        if np.bincount(row).max(initial=0) <= most:
            return kept
        place = np.flatnonzero(tied)
        turn = (self.order[neighbour[place]] - self.order[instance[place]]) % len(self.x)
        place = place[np.lexsort((turn, row[place]))]
        kept[place] = _within(row[place]) < most
        return kept


def _joined(parts: list[Pairs]) -> Pairs:
    """Put pairs of different instances one after the other."""
    before = np.cumsum([0, *(part.tie[-1] + 1 for part in parts[:-1])])
    return Pairs(
        instance=np.concatenate([part.instance for part in parts]),
        neighbour=np.concatenate([part.neighbour for part in parts]),
        tie=np.concatenate([part.tie + n for part, n in zip(parts, before, strict=True)]),
        weight=np.concatenate([part.weight for part in parts]),
        moved=np.concatenate([part.moved for part in parts]),
        fewer=np.concatenate([part.fewer for part in parts]),
    )


def _within(row: Integers) -> Integers:
    """Count from 0 in each run of equal values."""
    start = np.flatnonzero(np.diff(row, prepend=-1) != 0)
    return np.arange(len(row)) - np.repeat(start, np.diff(start, append=len(row)))


def _weighted(instance: Integers, neighbour: Integers, distance: Floats, k: int, sigma: float | None) -> Pairs:
    """Weigh pairs, sorted by instance and distance: by rank, shared by those tied for the last places."""
    rank = _within(instance)
    start = np.flatnonzero((rank == 0) | (np.diff(distance, prepend=0) > SAME))
    size = np.diff(start, append=len(rank))
    tie = np.repeat(np.arange(len(start)), size)
    first = rank[start]
    weight = _weight(first, size, k, sigma)[tie]
    total = np.bincount(instance, weights=weight)[instance]
    return Pairs(
        instance,
        neighbour,
        tie,
        weight / total,
        _weight(np.maximum(first - 1, 0), size, k, sigma)[tie] / total,
        _weight(first, size - 1, k, sigma)[tie] / total,
    )


def _weight(first: Integers, size: Integers, k: int, sigma: float | None) -> Floats:
    """Weight of each member of a group of this size whose first one has this rank; only k places have any."""
    rank = np.arange(k + 1)
    value = np.ones(k + 1) if sigma is None else np.exp(-((rank / sigma) ** 2))
    weight: Floats = value[np.minimum(first, k)] * np.clip(k - first, 0, size) / np.maximum(size, 1)
    return weight
