"""Region and target as they were found: ties can make them larger than what was asked for."""

from __future__ import annotations

import math

from hpi.results import ImportanceResult

TIES_SHOW = 1.05  # so many times as many trials as asked for: the part is named as it was found


def found_parts(result: ImportanceResult) -> tuple[float, float]:
    """Region and target as fractions of the trials: as asked for, or as found where ties changed them."""
    asked = result.subspace
    return found_part(asked.region, asked.n_region, result.used), found_part(asked.target, asked.n_target, result.used)


def found_part(fraction: float, n: int, n_trials: int) -> float:
    """Return the fraction that was asked for, or that of `n` in all trials where ties make it noticeably more."""
    wanted = max(1, math.ceil(fraction * n_trials - 1e-9))
    return n / n_trials if n > TIES_SHOW * wanted else fraction
