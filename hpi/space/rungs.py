"""The fractions at which the trials of a large table are counted: every threshold that the pages can ask for.

They are the steps of the slider, the targets of the curve, and what lies 15 % to both sides of a small one, so that the
neighbourhood of a threshold can be counted, too. Below 131,072 trials nothing is bound to them.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable
from fractions import Fraction

import numpy as np

SMALLEST = 0.005
STEP = 0.005
LARGEST_TARGET = 0.5
POINTS = 24
DIGITS = 4
NEAR = 0.15
PRECISE = 8  # decimals of a fraction

TARGETS = tuple(float(target) for target in np.geomspace(SMALLEST, LARGEST_TARGET, POINTS).round(DIGITS))
_STEPS = tuple(round(k * STEP, PRECISE) for k in range(1, 1 + round(1 / STEP)))
# Half a step is more than 15 % of what lies below.
_SMALL = tuple(part for part in sorted({*TARGETS, *_STEPS}) if part * NEAR < STEP)
RUNGS = tuple(
    sorted({*TARGETS, *_STEPS, *(round(part * (1 + side), PRECISE) for part in _SMALL for side in (-NEAR, NEAR))})
)


def with_asked(fractions: Iterable[float]) -> tuple[float, ...]:
    """Return the rungs and further fractions that are asked for, ascending."""
    return tuple(sorted({*RUNGS, *(float(meant(part)) for part in fractions)}))


def meant(part: float) -> Fraction:
    """Return the number of at most 8 decimals, or made of small whole numbers, that a fraction stands for: 1 / 3."""
    return Fraction(part).limit_denominator(10**PRECISE)


def near(part: float) -> tuple[float, float]:
    """Return the rungs next to 85 % and 115 % of a fraction, at most 1: what lies between surrounds its threshold.

    The fraction is that of the trials found: where many have one loss, nothing lies around the one asked for.
    """
    low, high = (_nearest(part * (1 + side)) for side in (-NEAR, NEAR))
    return low, high


def _nearest(part: float) -> float:
    after = bisect_left(RUNGS, part)
    around = RUNGS[max(0, after - 1) : after + 1]
    return min(around, key=lambda rung: abs(rung - part))


def size(part: float, n_trials: int) -> int:
    """Return how many trials a fraction of so many asks for, ties apart: ceil(fraction * n), at least one."""
    # In whole numbers: a fraction of 10^11 trials has more digits than a double.
    return max(1, math.ceil(meant(part) * int(n_trials)))
