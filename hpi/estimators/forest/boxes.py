r"""Exact marginals of a regression tree from the boxes of its leaves.

Hutter, Hoos, Leyton-Brown 2014 (ICML, PMLR 32, algorithm 2). Leaf l has the value c_l and covers, in each
hyperparameter d, cells M_d[l, :] of measure s_d, so w_d = M_d s_d is what it covers of d. The marginal prediction over
a set U of hyperparameters is, at a cell z,

    a_U(z) = \sum_l c_l 1[z in leaf l] \prod_{d not in U} w_d[l],

and V_U is its variance less that of all subsets. We depart from the paper in computing it as products of matrices:
a_d = (c \prod_{e != d} w_e) M_d and A_{de} = M_d^T diag(c \prod_{others} w) M_e, which takes no loop over leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hpi.estimators.forest.axes import Axis
from hpi.space import Floats, Integers


@dataclass(frozen=True, eq=False)
class Leaves:
    """Leaves of a tree: values, shape (n_leaves,), and ends, shape (n_leaves, n_columns); each holds (low, high]."""

    value: Floats
    low: Floats
    high: Floats

    @classmethod
    def of(cls, tree: Any, n_columns: int) -> Leaves:  # noqa: ANN401
        """Read the boxes of scikit-learn's low-level tree, one depth at a time."""
        left, right, feature, threshold = tree.children_left, tree.children_right, tree.feature, tree.threshold
        low, high = (np.full((tree.node_count, n_columns), end) for end in (-np.inf, np.inf))
        inner = np.array([0])[left[:1] >= 0]
        while len(inner):
            column, at = feature[inner], threshold[inner]
            for child in (left[inner], right[inner]):
                low[child], high[child] = low[inner], high[inner]
            high[left[inner], column] = at
            low[right[inner], column] = at
            both = np.concatenate([left[inner], right[inner]])
            inner = both[left[both] >= 0]
        ends = left < 0
        return cls(tree.value[ends, 0, 0], low[ends], high[ends])


@dataclass(frozen=True, eq=False)
class Parts:
    """Variance of one tree's prediction over the space, and the parts of it that are pure effects.

    `mains` has shape (n_axes,), `pairs` shape (n_pairs,).
    """

    total: float
    mains: Floats
    pairs: Floats


def decompose(leaves: Leaves, axes: tuple[Axis, ...], pairs: Integers) -> Parts:
    """Return the variance that each axis and each pair of axes, shape (n_pairs, 2), explains by itself."""
    cut = [axis.cells(leaves.low, leaves.high) for axis in axes]
    w = np.stack([covers @ measure for covers, measure in cut], axis=1)
    counted = (w > 0).all(axis=1)  # between two whole numbers there may be a leaf that holds none
    w, covered = w[counted], [covers[counted] for covers, _ in cut]
    volume = w.prod(axis=1)
    c = leaves.value[counted] - volume @ leaves.value[counted]
    weighted = c * volume
    mains = np.array([_variance((weighted / w[:, d]) @ covered[d], cut[d][1]) for d in range(len(axes))])
    both = np.empty(len(pairs))
    for i, (d, e) in enumerate(pairs):
        marginal = covered[d].T @ ((weighted / (w[:, d] * w[:, e]))[:, None] * covered[e])
        both[i] = _variance(marginal, np.outer(cut[d][1], cut[e][1])) - mains[d] - mains[e]
    return Parts(float(volume @ c**2), mains, both.clip(0))


def shares(trees: list[Parts]) -> tuple[Floats, Floats]:
    """Return the shares of the variance, averaged over trees that have any: of mains and of pairs."""
    mains, pairs = _of_each(trees)
    return mains.mean(axis=0), pairs.mean(axis=0)


def spreads(trees: list[Parts]) -> tuple[Floats, Floats]:
    """Return the standard deviation of the same shares between trees: of mains and of pairs.

    Each tree has its own bootstrap sample, so this bounds how a forest's shares differ between tables (Efron 1979,
    10.1214/aos/1176344552). Not how far they are from the truth: all trees lose the same weak effects.
    """
    mains, pairs = _of_each(trees)
    return mains.std(axis=0), pairs.std(axis=0)


def _of_each(trees: list[Parts]) -> tuple[Floats, Floats]:
    grown = [parts for parts in trees if parts.total > 0]
    mains, pairs = (np.array([getattr(p, name) / p.total for p in grown]) for name in ("mains", "pairs"))
    return mains, pairs


def _variance(values: Floats, measure: Floats) -> float:
    mean = (values * measure).sum()
    return float((measure * (values - mean) ** 2).sum())
