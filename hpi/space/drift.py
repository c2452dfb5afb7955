"""Whether later trials of a search are better and drawn from other places: then an optimiser has chosen them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc, kolmogorov, ndtr

from hpi.space.hyperparameter import Floats, Mask

if TYPE_CHECKING:
    from hpi.space.design import Design

FEW = 20
MOST_NAMED = 4
SURE = 1e-3
SORTED = 0.9
FEW_CHANGES = 0.25
SPLITS = (1 / 5, 1 / 3, 1 / 2)


def drifting(design: Design) -> tuple[str, ...] | None:
    """Return hyperparameters whose later trials are better and drawn from other places, four at most; None where not.

    The trials are split after a fifth, a third and a half, since nobody knows when an optimiser began to aim.
    """
    if len(design) < 2 * FEW or _sorted_by_loss(design.row):
        return None
    order = np.empty(len(design), dtype=np.int64)
    order[np.argsort(design.row)] = np.arange(len(design))
    drifting = {name for part in SPLITS for name in _drifting(design, order >= part * len(design))}
    return tuple(sorted(drifting)[:MOST_NAMED]) or None


def _drifting(design: Design, late: Mask) -> list[str]:
    """Return the hyperparameters whose late values differ from the early ones, if late trials are better."""
    sure = SURE / len(SPLITS)
    if _later_is_better(design.loss, late) > sure:
        return []
    return [
        hyperparameter.name
        for j, hyperparameter in enumerate(design.hyperparameters)
        if _drift(design.x[:, j], late, hyperparameter.is_ordered) < sure / len(design.hyperparameters)
        and not _systematic(design.x[np.argsort(design.row), j])
    ]


def _systematic(x: Floats) -> bool:
    """Whether the values, in the order of the table, come in long runs or in order, as in the loops of a grid."""
    x = x[~np.isnan(x)]
    changes = np.diff(x) != 0
    shares = np.unique(x, return_counts=True)[1] / len(x)
    in_runs = changes.mean() < FEW_CHANGES * (1 - (shares**2).sum())
    return bool(in_runs or abs(np.sign(np.diff(x)).mean()) > SORTED)


def _sorted_by_loss(row: np.ndarray) -> bool:
    """Whether the order in the table, read best first, is more or less that of the metric itself."""
    return bool(abs(np.corrcoef(row, np.arange(len(row)))[0, 1]) > SORTED)


def _later_is_better(loss: Floats, late: Mask) -> float:
    """One-sided p-value of the Wilcoxon rank-sum test (normal approximation; ties at their mean rank)."""
    _, inverse, counts = np.unique(loss, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    n, n_late = len(loss), int(late.sum())
    variance = n_late * (n - n_late) / (n - 1) * rank.var()
    return float(ndtr((rank[late].sum() - n_late * rank.mean()) / np.sqrt(variance)))


def _drift(x: Floats, late: Mask, ordered: bool) -> float:
    """p-value that early and late values share one distribution: Kolmogorov-Smirnov, or chi-squared for labels."""
    active = ~np.isnan(x)
    values, code = np.unique(x[active], return_inverse=True)
    is_late = late[active]
    n_late, n_early = int(is_late.sum()), int((~is_late).sum())
    if len(values) < 2 or min(n_late, n_early) < FEW:
        return 1.0
    after = np.bincount(code, weights=is_late, minlength=len(values))
    total = np.bincount(code, minlength=len(values))
    if ordered:
        distance = np.abs(np.cumsum(after) / n_late - np.cumsum(total - after) / n_early).max()
        return float(kolmogorov(distance * np.sqrt(n_late * n_early / (n_late + n_early))))
    expected = total * n_late / len(is_late)
    return float(chdtrc(len(values) - 1, ((after - expected) ** 2 / expected * (len(is_late) / n_early)).sum()))
