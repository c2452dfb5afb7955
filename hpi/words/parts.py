"""Region and target as they were found: ties can make them larger than what was asked for."""

from __future__ import annotations

from hpi.results import ImportanceResult
from hpi.subspace import found_part

__all__ = ["found_part", "found_parts"]


def found_parts(result: ImportanceResult) -> tuple[float, float]:
    """Region and target as fractions of the trials: as asked for, or as found where ties changed them."""
    asked = result.subspace
    return found_part(asked.region, asked.n_region, result.used), found_part(asked.target, asked.n_target, result.used)
