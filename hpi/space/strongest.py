"""Which hyperparameters of many have their pairs counted: those that part the best trials most, alone or with another.

The best tenth of the drawn trials is compared with all of them by chi squared: over the cells of each hyperparameter,
and, for the 24 that stand out most so, over 8 x 8 joint cells of each pair, less what its two margins show. So two
hyperparameters that say something only together (exclusive or) are found as well.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from hpi.space.cells import Codes, Edges
from hpi.space.coarse import by_rank, by_size
from hpi.space.hyperparameter import Floats, Hyperparameter, Integers, Mask

MOST_PAIRED = 12  # hyperparameters of which all pairs are counted
MOST_SCREENED = 24
SCREENED_CELLS = 8
BEST = 0.1


def strongest(
    hyperparameters: tuple[Hyperparameter, ...], edges: tuple[Edges, ...], x: Floats, loss: Floats
) -> list[int]:
    """Return the columns of which all pairs are counted: all where there are at most 12; `x`, `loss`: of the drawn."""
    if len(edges) <= MOST_PAIRED:
        return list(range(len(edges)))
    tenth = best(loss, BEST)
    codes = [one.code(x[:, j]) for j, one in enumerate(edges)]
    alone = [_alone(code, one.n, tenth) for code, one in zip(codes, edges, strict=True)]
    screened = _first(alone, hyperparameters, MOST_SCREENED)
    coarse = {j: _coarse(edges[j], codes[j]) for j in screened}
    standing = {j: alone[j] for j in screened}
    for i, j in combinations(screened, 2):
        together = _together(coarse[i], coarse[j], tenth)
        standing[i], standing[j] = max(standing[i], together), max(standing[j], together)
    return _first([standing.get(j, -np.inf) for j in range(len(edges))], hyperparameters, MOST_PAIRED)


def best(loss: Floats, part: float) -> Mask:
    """Whether a trial is among the best part, shape of loss; trials of equal loss all are."""
    last = min(len(loss) - 1, round(part * len(loss)))
    return np.asarray(loss <= np.partition(loss, last)[last])


def _first(standing: list[float], hyperparameters: tuple[Hyperparameter, ...], most: int) -> list[int]:
    """Return the columns that stand out most, in order; of equal ones those whose names come first."""
    order = sorted(range(len(standing)), key=lambda j: (-standing[j], hyperparameters[j].name))
    return sorted(order[:most])


def _coarse(edges: Edges, code: Codes) -> Integers:
    """Few cells of each drawn trial, shape (n_drawn,); 8 where inactive."""
    count = np.bincount(code, minlength=edges.n + 1)[:-1]
    merged = by_rank(count, SCREENED_CELLS) if edges.ordered else by_size(count, SCREENED_CELLS)
    coarse: Integers = np.append(merged, SCREENED_CELLS)[code]
    return coarse


def _alone(code: Codes, n: int, among: Mask) -> float:
    """How far chi squared lies above what chance would show, in standard deviations, among the active trials."""
    chi, occupied = _chi_squared(*(np.bincount(one, minlength=n + 1)[:n] for one in (code[among], code)))
    return _standing(chi, occupied - 1)


def _together(first: Integers, second: Integers, among: Mask) -> float:
    """Do the same for what two show beyond what each shows, among the trials in which both are active."""
    side = SCREENED_CELLS + 1
    joint = side * first + second
    both = [np.bincount(one, minlength=side * side).reshape(side, side)[:-1, :-1] for one in (joint[among], joint)]
    whole, _ = _chi_squared(*(counts.ravel() for counts in both))
    margins = [_chi_squared(*(counts.sum(axis=axis) for counts in both)) for axis in (0, 1)]
    (columns, n_columns), (rows, n_rows) = margins
    return _standing(whole - columns - rows, max(0, n_columns - 1) * max(0, n_rows - 1))


def _chi_squared(found: Integers, count: Integers) -> tuple[float, int]:
    """Return chi squared of the best trials' cells for given counts of all, and how many cells are occupied."""
    found, count = found[count > 0], count[count > 0]
    share = found.sum() / max(1, count.sum())
    if not 0 < share < 1:
        return 0.0, len(count)
    return float(((found - share * count) ** 2 / (share * (1 - share) * count)).sum()), len(count)


def _standing(chi: float, freedom: int) -> float:
    return float((chi - freedom) / np.sqrt(2 * freedom)) if freedom > 0 else -np.inf
