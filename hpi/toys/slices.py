"""A toy in slices: some hyperparameters at nodes of their own, the others all over a lattice in every slice.

Means over a slice have no sampling noise: the lattice is Roberts' additive sequence, fractional multiples of powers of
the generalised golden ratio.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from hpi.space import Floats, Mask
from hpi.toys.base import INACTIVE, Toy, Values
from hpi.toys.grid import nodes, placed

POINTS = 1 << 20
NOISY_POINTS = 1 << 16
# Nodes of a float by how many are kept: edges at thirds, tenths and hundredths lie between two, for pairs at tenths.
NODES = {1: 600, 2: 90}
ALONE = 900


@dataclass(frozen=True, eq=False)
class Slices:
    """A toy's loss with some hyperparameters held.

    Attributes
    ----------
    toy
        The toy.
    values
        Of each hyperparameter that the loss uses, broadcasting over the loss.
    weight
        Probability of each slice, shape (n_nodes of the first that is held, ...).
    loss
        Without noise, shape (*weight.shape, n_lattice).
    """

    toy: Toy
    values: Values
    weight: Floats
    loss: Floats

    @classmethod
    def of(cls, toy: Toy, *keep: str) -> Slices:
        """Return the slices that hold the hyperparameters named, in the toy's order."""
        used = [h for h in toy.hyperparameters if h.name not in toy.idle]
        kept, others = [h for h in used if h.name in keep], [h for h in used if h.name not in keep]
        axes = [nodes(h, NODES[len(kept)] if others else ALONE) for h in kept]
        weight = np.ones(())
        for _, probability in axes:
            weight = np.multiply.outer(weight, probability)
        # A stretch of the sequence of its own for every slice, lest all slices err alike.
        length = POINTS // weight.size if others else 1
        u = lattice(weight.size * length, len(others)).reshape(*weight.shape, length, len(others))
        held = {
            h.name: axes[i][0].reshape([-1 if k == i else 1 for k in range(len(axes) + 1)]) for i, h in enumerate(kept)
        }
        values = placed(toy, held | {h.name: u[..., j] for j, h in enumerate(others)})
        return cls(toy, values, weight, np.broadcast_to(toy.loss(values), (*weight.shape, length)))

    def below(self, threshold: float) -> Floats:
        """Probability that an observed loss does not exceed the threshold, at every point."""
        return below(self.toy, self.loss, threshold)

    def regime(self, name: str) -> Floats:
        """Number of the domain of a hyperparameter, or INACTIVE, at every point."""
        found = self.toy.regimes[name](self.values) if name in self.toy.regimes else 0
        return np.broadcast_to(found, self.loss.shape).astype(float)

    def domains(self, name: str) -> list[Mask]:
        """Where the hyperparameter has each of its domains, at every point."""
        regime = self.regime(name)
        return [regime == domain for domain in np.unique(regime[regime != INACTIVE])]


def lattice(n_points: int, n_axes: int) -> Floats:
    """Points of Roberts' sequence, shape (n_points, n_axes), in (0, 1)."""
    golden = 2.0
    for _ in range(60):
        golden = (1 + golden) ** (1 / (n_axes + 1))
    return np.asarray((0.5 + np.outer(np.arange(n_points), golden ** -np.arange(1.0, n_axes + 1))) % 1)


def below(toy: Toy, loss: Floats, threshold: float) -> Floats:
    """Probability that a loss of this expectation is observed at or below the threshold."""
    if toy.noise:
        return np.asarray(ndtr((threshold - loss) / toy.noise))
    return (loss <= threshold).astype(float)


def threshold(toy: Toy, fraction: float) -> tuple[float, float]:
    """Return the smallest loss that at least `fraction` of the observed losses do not exceed, and how many do not.

    The two differ from the fraction asked for where losses are tied. For all: infinity and 1.
    """
    if fraction >= 1:
        return np.inf, 1.0
    used = [name for name in toy.names if name not in toy.idle]
    u = lattice(NOISY_POINTS if toy.noise else POINTS, len(used))
    loss = np.sort(toy.loss(placed(toy, {name: u[:, j] for j, name in enumerate(used)})))
    if not toy.noise:
        # Without the slack, .1 x 10 would be more than 1.
        end = float(loss[int(np.ceil(fraction * len(loss) - 1e-6)) - 1])
        return end, float(np.mean(loss <= end))
    low, high = float(loss[0]) - 9 * toy.noise, float(loss[-1]) + 9 * toy.noise
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if below(toy, loss, middle).mean() >= fraction else (middle, high)
    return high, float(below(toy, loss, high).mean())
