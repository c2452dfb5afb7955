"""What chance alone would show: the same weights with the losses shuffled; neighbours stay who they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi.estimators.relief.neighbours import Pairs, Ramp
from hpi.estimators.relief.sums import weights
from hpi.space import Floats, Integers

CHUNK_VALUES = 1 << 18


def draw(y: Floats, unit: Integers | None, n_permutations: int, rng: np.random.Generator) -> Floats:
    """Shuffle the losses of trials, shape (n_trials, n_permutations); whole configurations where trials come in units.

    Where configurations have different numbers of trials, a larger one gives some of its losses, a smaller one
    gives some twice.
    """
    shuffled = np.empty((len(y), n_permutations))
    if unit is None:
        for p in range(n_permutations):
            shuffled[:, p] = rng.permutation(y)
        return shuffled
    code, size = np.unique(unit, return_inverse=True, return_counts=True)[1:]
    start = np.cumsum(size) - size
    turn = np.empty(len(y), dtype=np.int64)
    turn[np.argsort(code, kind="stable")] = np.arange(len(y)) - np.repeat(start, size)
    for p in range(n_permutations):
        mixed, source = np.lexsort((rng.random(len(y)), code)), rng.permutation(len(size))[code]
        shuffled[:, p] = y[mixed[start[source] + turn % size[source]]]
    return shuffled


@dataclass(eq=False)
class Shuffled:
    """Sums of all shuffles: of metric differences, shape (n_permutations,), and of products with those of x."""

    y: Floats
    ramp: Ramp
    n_dc: Floats
    n_dcda: Floats

    @classmethod
    def of(cls, y: Floats, ramp: Ramp, n_hyperparameters: int) -> Shuffled:
        """Nothing added yet; y has shape (n_trials, n_permutations)."""
        n = y.shape[1]
        return cls(y.astype(np.float32), ramp, np.zeros(n), np.zeros((n, n_hyperparameters)))

    def add(self, pairs: Pairs, da: Floats) -> None:
        """Add pairs with their differences in the hyperparameters, shape (n_pairs, n_hyperparameters)."""
        if not self.y.shape[1]:
            return
        left = np.empty((1 + da.shape[1], len(da)), dtype=np.float32)
        left[0] = pairs.weight
        np.multiply(da.T, pairs.weight, out=left[1:])
        offset = self.ramp.low * np.append(pairs.weight.sum(), pairs.weight @ da)
        sums = np.repeat(-offset[:, None], self.y.shape[1], axis=1)
        step = max(1, CHUNK_VALUES // self.y.shape[1])
        for start in range(0, len(da), step):
            part = slice(start, start + step)
            bent = self.y[pairs.instance[part]]
            bent -= self.y[pairs.neighbour[part]]
            sums += left[:, part] @ self.ramp.bend(bent)
        sums /= self.ramp.high - self.ramp.low
        self.n_dc += sums[0]
        self.n_dcda += sums[1:].T

    def weights(self, n_da: Floats, m: int) -> Floats:
        """W of every shuffle, shape (n_permutations, n_hyperparameters)."""
        return weights(self.n_dc, n_da, self.n_dcda, m)
