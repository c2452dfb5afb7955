"""The interval of a difference from the intervals of two values, its p-value, and p-values that hold for many.

Square-and-add: Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I; for any two
estimates, also correlated ones, Zou 2007, doi:10.1037/1082-989X.12.4.399. With d = b - a and their correlation r

    low = d - sqrt((b - l_b)^2 + (u_a - a)^2 - 2 r (b - l_b) (u_a - a)),

and high alike with the other ends, so that intervals that reach further to one side stay so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from scipy.special import ndtr

from hpi.comparison.shares import Valued

Z = 1.959963984540054
MOST_CORRELATED = 0.95


def interval(first: Valued, second: Valued, correlation: float = 0.0) -> tuple[float, float] | None:
    """Return the 95 % interval of the second value less the first; None where an end of either is not known."""
    ends = (first.value, first.low, first.high, second.value, second.low, second.high)
    if any(end is None for end in ends):
        return None
    a, low_a, high_a, b, low_b, high_b = (float(end) for end in ends if end is not None)
    r = min(max(correlation, -MOST_CORRELATED), MOST_CORRELATED)
    return b - a - _reach(b - low_b, high_a - a, r), b - a + _reach(high_b - b, a - low_a, r)


def _reach(one: float, other: float, r: float) -> float:
    """Root of the squared reaches, less what they share; a reach never points inward."""
    one, other = max(0.0, one), max(0.0, other)
    return math.sqrt(max(0.0, one**2 + other**2 - 2 * r * one * other))


def p_of(d: float, ends: tuple[float, float]) -> float:
    """Two-sided p-value of no difference, from the end of the interval on the side of 0."""
    if d == 0:
        return 1.0
    reach = d - ends[0] if d > 0 else ends[1] - d
    return float(2 * ndtr(-Z * abs(d) / reach)) if reach > 0 else 0.0


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Return p-values that hold for all of them together (Holm 1979)."""
    adjusted, largest = {}, 0.0
    for i, name in enumerate(sorted(p_values, key=lambda name: (p_values[name], name))):
        largest = max(largest, min(1.0, (len(p_values) - i) * p_values[name]))
        adjusted[name] = largest
    return adjusted
