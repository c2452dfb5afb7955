"""Sharp edges: a density of few steps in place of cosines, where it describes the target better.

A density that jumps needs cosines without end: theta_k^2 falls as 1 / k^2, and what lies beyond the terms kept is
missing from D. A few steps whose edges are found among the cells describe it at once. Of all ways to cut the cells into
at most six, the one with the largest D is found exactly (dynamic programming, as in Fisher 1958), less a price for each
edge that only a true jump pays; it takes the place of the cosines where its D, less price and noise, is the larger one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hpi.counts import Counts
from hpi.estimators.ped.series import PENALTY, Coefficients, coefficients
from hpi.space import Cells, Floats

PRICE_OF_AN_EDGE = 14.0
MOST_STEPS = 6
FEWEST_EXPECTED = 2.0
FEWEST_TARGET = 8


def with_edges(counts: Counts, found: Coefficients) -> tuple[Counts, Coefficients] | None:
    """Return the cells merged to steps and their coefficients; None where cosines describe the target better."""
    if not found.basis.is_series or counts.units is not None or counts.reference is not None:
        return None
    if counts.active_target < FEWEST_TARGET:
        return None
    price = PRICE_OF_AN_EDGE * (1 - counts.q_active) / counts.active_target
    ratio = counts.active_target**2 * counts.n_region / (counts.n_target**2 * counts.active_region)
    edges = best_edges(counts, price)
    if not edges:
        return None
    merged = _merge(counts, edges)
    steps = coefficients(merged)
    if _worth(steps) - ratio * price * len(edges) <= _worth(found):
        return None
    return merged, steps


def _worth(found: Coefficients) -> float:
    """D less the penalty for its noise."""
    return float((found.m**2 - PENALTY * found.e)[: found.kept].sum())


def best_edges(counts: Counts, price: float) -> list[int]:
    """First cells of the second, third, ... step: those that make D less a price for each edge largest.

    A step must hold trials enough that two of the target could be expected there.
    """
    target, region = (np.concatenate([[0], np.cumsum(c[:-1])]) for c in (counts.target, counts.region))
    size = region[None, :] - region[:, None]
    share = (target[None, :] - target[:, None]) / counts.active_target
    wide = size * counts.q_active >= FEWEST_EXPECTED
    gain = np.where(wide, share**2 / np.where(wide, size / counts.active_region, 1), -np.inf)
    return _best_path(gain, price)


def _best_path(gain: Floats, price: float) -> list[int]:
    """Return the inner stops of the path from first to last with the largest sum of gains, each stop at a price."""
    last = len(gain) - 1
    reached, largest, stops = gain[0], float(gain[0, last]), 0
    came_from = []
    for n_stops in range(1, MOST_STEPS):
        through = reached[:, None] + gain - price
        came_from.append(through.argmax(axis=0))
        reached = through.max(axis=0)
        if reached[last] > largest:
            largest, stops = float(reached[last]), n_stops
    edges, at = list[int](), last
    for step in reversed(came_from[:stops]):
        at = int(step[at])
        edges.insert(0, at)
    return edges


def _merge(counts: Counts, edges: list[int]) -> Counts:
    step = np.searchsorted(edges, np.arange(counts.cells.n), side="right")
    n = len(edges) + 1

    def merge(cells: Floats) -> Floats:
        return np.append(np.bincount(step, cells[:-1], minlength=n), cells[-1])

    return replace(
        counts,
        cells=Cells(np.append(step, n)[counts.cells.code].astype(np.uint16), n, ordered=False, exact=True),
        target=merge(counts.target),
        region=merge(counts.region),
        near_target=merge(counts.near_target),
        near_region=None if counts.near_region is None else merge(counts.near_region),
    )
