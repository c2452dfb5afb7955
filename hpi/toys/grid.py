"""A toy on a full grid: every combination of its values, with probabilities instead of draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hpi.space import Floats, Hyperparameter, Kind
from hpi.toys.base import INACTIVE, Toy, Values, place

POINTS = 1 << 20
MOST_NODES = 6000


@dataclass(frozen=True, eq=False)
class Grid:
    """A toy's loss at every combination of values of the hyperparameters that it uses.

    Attributes
    ----------
    toy
        The toy.
    axes
        Names of the hyperparameters that are not idle: one axis each, in order.
    values
        Of each axis, broadcasting over the grid. Floats stand in the middle of equal cells of their measure, whole
        numbers and levels are all there.
    weights
        Probabilities along each axis, shape (n_nodes,).
    loss
        Without noise, shape (n_nodes of the first axis, ...).
    """

    toy: Toy
    axes: tuple[str, ...]
    values: Values
    weights: tuple[Floats, ...]
    loss: Floats

    @classmethod
    def of(cls, toy: Toy, points: int = POINTS) -> Grid:
        """Return the grid with about `points` points."""
        used = [h for h in toy.hyperparameters if h.name not in toy.idle]
        n_nodes = _shared(used, points)
        found = [nodes(h, n_nodes) for h in used]
        shaped = {
            h.name: u.reshape([-1 if i == axis else 1 for i in range(len(used))])
            for axis, (h, (u, _)) in enumerate(zip(used, found, strict=True))
        }
        values, weights = placed(toy, shaped), tuple(weight for _, weight in found)
        loss = np.broadcast_to(toy.loss(values), [len(weight) for weight in weights])
        return cls(toy, tuple(h.name for h in used), values, weights, np.ascontiguousarray(loss))

    def mean(self, array: Floats) -> Floats:
        """Average of something that broadcasts over the grid."""
        out = np.asarray(array, dtype=float)
        for axis in reversed(range(len(self.axes))):
            out = np.tensordot(out, self.weights[axis], (axis, 0)) if out.shape[axis] > 1 else out.squeeze(axis)
        return np.asarray(out)

    def weight(self) -> Floats:
        """Probability of every point."""
        out = np.ones(())
        for weight in self.weights:
            out = np.multiply.outer(out, weight)
        return out

    def active(self, *names: str) -> Floats:
        """Return 1 where all the named are active and 0 elsewhere; broadcasts over the grid."""
        out = np.ones([1] * len(self.axes))
        for name in names:
            out = out * (self.toy.regimes[name](self.values) != INACTIVE) if name in self.toy.regimes else out
        return out


def placed(toy: Toy, u: Values) -> Values:
    """Return values at positions u in [0, 1], which broadcast, of the hyperparameters in u."""
    values: dict[str, Floats] = {}
    for h in toy.hyperparameters:
        if h.name in u:
            values[h.name] = place(h, u[h.name], toy.regimes[h.name](values) if h.domains else None)
    return values


def nodes(hyperparameter: Hyperparameter, n_nodes: int) -> tuple[Floats, Floats]:
    """Positions along one axis and their probabilities, each of shape (n,): all values there are, or `n_nodes`."""
    n = n_nodes if hyperparameter.kind is Kind.FLOAT else _n_values(hyperparameter)
    if not (hyperparameter.kind is Kind.INT and hyperparameter.log):
        return (np.arange(n) + 0.5) / n, np.full(n, 1 / n)
    low, high = hyperparameter.ends
    edges = np.log((np.arange(low, high + 2) - 0.5) / (low - 0.5)) / np.log((high + 0.5) / (low - 0.5))
    return (edges[1:] + edges[:-1]) / 2, np.diff(edges)


def _n_values(hyperparameter: Hyperparameter) -> int:
    if not hyperparameter.is_numeric:
        return len(hyperparameter.levels)
    low, high = hyperparameter.ends
    return int(high - low) + 1


def _shared(used: list[Hyperparameter], points: int) -> int:
    """Nodes that each float gets, so that there are about `points` combinations."""
    n_floats = sum(h.kind is Kind.FLOAT for h in used)
    discrete = float(np.prod([_n_values(h) for h in used if h.kind is not Kind.FLOAT]))
    n_nodes = (points / discrete) ** (1 / max(n_floats, 1))
    # Edges at tenths, thirds and, where there is room, hundredths shall fall between two nodes.
    unit = 300 if n_nodes >= 300 else 30 if n_nodes >= 60 else 10
    return max(min(int(n_nodes), MOST_NODES) // unit * unit, unit)
