"""A toy on a full grid: every combination of its values, with probabilities instead of draws.

A point of the grid stands for its cell. Within the cell the loss is taken as linear, so that a threshold that cuts the
cell leaves a part of it below, not all or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from hpi.space import Floats, Hyperparameter, Kind, Mask
from hpi.toys.base import INACTIVE, Toy, bounds, place

POINTS = 1 << 20
FINE = 300
MOST_NODES = 6000
# Standard deviations beyond which a cell is wholly on one side.
REACH = 6.0
# Sums of probabilities are known to rounding; without the slack a tie may be missed.
SLACK = 1e-9


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
        Of each axis, shaped to broadcast over the grid. Floats stand in the middle of equal cells of their measure,
        whole numbers and levels are all there.
    weights
        Probabilities along each axis, shape (n_nodes,).
    loss
        Without noise, shape (n_nodes of the first axis, ...).
    """

    toy: Toy
    axes: tuple[str, ...]
    values: dict[str, Floats]
    weights: tuple[Floats, ...]
    loss: Floats

    @classmethod
    def of(cls, toy: Toy, points: int = POINTS, fine: str | None = None) -> Grid:
        """Return the grid with about `points` points; if `fine` names a float, it has at least 300 nodes."""
        used = [h for h in toy.hyperparameters if h.name not in toy.idle]
        n_nodes = _shared(used, points, fine)
        values, weights = {}, []
        for axis, h in enumerate(used):
            value, weight = _nodes(h, max(n_nodes, FINE) if h.name == fine else n_nodes)
            values[h.name] = value.reshape([-1 if i == axis else 1 for i in range(len(used))])
            weights.append(weight)
        loss = np.broadcast_to(toy.loss(values), [len(w) for w in weights])
        return cls(toy, tuple(values), values, tuple(weights), np.ascontiguousarray(loss))

    def mean(self, array: Floats | Mask, *keep: str) -> Floats:
        """Average over all axes but those named; the result has these, in the grid's order."""
        out = np.asarray(array, dtype=float)
        for axis in reversed(range(len(self.axes))):
            if self.axes[axis] in keep:
                continue
            out = np.tensordot(out, self.weights[axis], (axis, 0)) if out.shape[axis] > 1 else out.squeeze(axis)
        return np.asarray(out)

    def weight(self, *keep: str) -> Floats:
        """Probabilities on the axes named: their outer product, in the grid's order."""
        out = np.ones(())
        for name, weight in zip(self.axes, self.weights, strict=True):
            out = np.multiply.outer(out, weight) if name in keep else out
        return out

    def regime(self, name: str) -> Floats:
        """Number of the domain of a hyperparameter, or INACTIVE; broadcasts over the grid."""
        if name not in self.toy.regimes:
            return np.zeros([1] * len(self.axes))
        return self.toy.regimes[name](self.values).astype(float)

    def active(self, *names: str) -> Floats:
        """Return 1 where all the named are active and 0 elsewhere; broadcasts over the grid."""
        out = np.ones([1] * len(self.axes))
        for name in names:
            out = out * (self.regime(name) != INACTIVE)
        return out

    def best(self, fraction: float, *keep: str) -> Floats:
        """Probability that an observed loss is among the best `fraction`, ties included, in every cell.

        Along the axes to be kept it is that at the point in the middle, not that of the cell.
        """
        return np.ones(self.loss.shape) if fraction >= 1 else self.below(self.threshold(fraction), *keep)

    def threshold(self, fraction: float) -> float:
        """Return the smallest loss that at least `fraction` of the observed losses do not exceed; inf for all."""
        if fraction >= 1:
            return np.inf
        loss, spread = self.loss.ravel(), self.spread().ravel()
        weight = self.weight(*self.axes).ravel()
        start = _quantile(loss, weight, fraction)
        cut = np.abs(loss - start) <= REACH * spread
        reach = REACH * float(spread[cut].max(initial=0.0))
        # All other cells lie on one side of every threshold that comes into question.
        cut = np.abs(loss - start) <= reach + REACH * spread
        decided = float(weight[~cut & (loss < start)].sum())
        low, high = start - reach, start + reach
        for _ in range(40):
            middle = (low + high) / 2
            enough = decided + float(weight[cut] @ _below(middle - loss[cut], spread[cut])) >= fraction - SLACK
            low, high = (low, middle) if enough else (middle, high)
        return high

    def below(self, threshold: float, *keep: str) -> Floats:
        """Probability that an observed loss does not exceed the threshold, in every cell; `keep` as in `best`."""
        return _below(threshold - self.loss, self.spread(*keep))

    def spread(self, *keep: str) -> Floats:
        """Standard deviation of the observed losses in each cell: of the noise, and of a linear loss in the cell.

        The slope is the smaller one of those to both neighbours, because a jump lies between cells, not in one.
        """
        square = np.full(self.loss.shape, self.toy.noise**2)
        for axis, name in enumerate(self.axes):
            if name not in keep and self.hyperparameter(name).kind is Kind.FLOAT:
                step = np.abs(np.diff(self.loss, axis=axis))
                first, last = step.take([0], axis), step.take([-1], axis)
                slope = np.minimum(np.concatenate([first, step], axis), np.concatenate([step, last], axis))
                square += slope**2 / 12
        return np.asarray(np.sqrt(square))

    def hyperparameter(self, name: str) -> Hyperparameter:
        """Return the hyperparameter called `name`."""
        return self.toy.hyperparameters[self.toy.names.index(name)]


def _quantile(loss: Floats, weight: Floats, fraction: float) -> float:
    """Smallest loss that at least `fraction` of the probability does not exceed."""
    order = np.argsort(loss)
    return float(loss[order[np.searchsorted(np.cumsum(weight[order]), fraction - SLACK)]])


def _below(room: Floats, spread: Floats) -> Floats:
    """Probability that a Gaussian deviation of standard deviation `spread`, which may be 0, does not exceed `room`."""
    z = np.divide(room, spread, out=np.where(room >= 0, np.inf, -np.inf), where=spread > 0)
    return np.asarray(ndtr(z))


def _n_values(hyperparameter: Hyperparameter) -> int:
    if not hyperparameter.is_numeric:
        return len(hyperparameter.levels)
    low, high = bounds(hyperparameter)
    return int(high - low) + 1


def _nodes(hyperparameter: Hyperparameter, n_nodes: int) -> tuple[Floats, Floats]:
    """Values along one axis and their probabilities, each of shape (n,)."""
    if hyperparameter.kind is Kind.FLOAT:
        return place(hyperparameter, (np.arange(n_nodes) + 0.5) / n_nodes), np.full(n_nodes, 1 / n_nodes)
    n = _n_values(hyperparameter)
    if not (hyperparameter.kind is Kind.INT and hyperparameter.log):
        return place(hyperparameter, (np.arange(n) + 0.5) / n), np.full(n, 1 / n)
    low, high = bounds(hyperparameter)
    edges = np.log(np.arange(low, high + 2) - 0.5)
    return np.arange(low, high + 1), np.diff(edges) / (edges[-1] - edges[0])


def _shared(used: list[Hyperparameter], points: int, fine: str | None) -> int:
    """Nodes that each float gets, so that there are about `points` combinations."""
    free = [h for h in used if h.kind is Kind.FLOAT]
    discrete = float(np.prod([_n_values(h) for h in used if h.kind is not Kind.FLOAT]))
    n_nodes = (points / discrete) ** (1 / max(len(free), 1))
    if n_nodes < FINE and any(h.name == fine for h in free) and len(free) > 1:
        n_nodes = (points / discrete / FINE) ** (1 / (len(free) - 1))
    # Edges at tenths, thirds and, where there is room, hundredths shall fall between two nodes.
    unit = 300 if n_nodes >= 300 else 30 if n_nodes >= 60 else 10
    return max(min(int(n_nodes), MOST_NODES) // unit * unit, unit)
