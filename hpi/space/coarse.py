"""Few cells out of many: neighbours joined to about equal shares, or the rarest levels joined to one."""

from __future__ import annotations

import numpy as np

from hpi.space.hyperparameter import Integers


def by_rank(count: Integers, most: int) -> Integers:
    """New place of each cell, shape (n_cells,): its middle rank, in `most` steps where more cells are occupied."""
    occupied = count > 0
    place = np.cumsum(occupied) - 1
    if occupied.sum() > most:
        middle = np.cumsum(count) - count / 2
        place = np.floor(most * middle / count.sum()).astype(np.int64).clip(0, most - 1)
    merged = np.zeros(len(count), dtype=np.int64)
    merged[occupied] = np.unique(place[occupied], return_inverse=True)[1]
    return merged


def by_size(count: Integers, most: int) -> Integers:
    """New place of each level: its own for the most - 1 levels with most trials, one for all others."""
    occupied = np.flatnonzero(count)
    merged = np.zeros(len(count), dtype=np.int64)
    if len(occupied) <= most:
        merged[occupied] = np.arange(len(occupied))
        return merged
    merged[occupied] = most - 1
    large = occupied[np.argsort(-count[occupied], kind="stable")[: most - 1]]
    merged[np.sort(large)] = np.arange(most - 1)
    return merged
