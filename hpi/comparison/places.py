"""Places that the intervals leave open: hyperparameters that are not surely apart share them."""

from __future__ import annotations

import math
from collections.abc import Mapping

from hpi.results import ImportanceResult, Score


def surely_above(first: Score, second: Score) -> bool:
    """Whether the difference of two importances is above 0 with 97.5 % confidence.

    Its lower limit comes from the intervals of the two (Zou and Donner 2008, doi:10.1002/sim.3095), which are taken
    to be independent.
    """
    ends = (first.importance, first.low, second.importance, second.high)
    a, low, b, high = (float("nan") if end is None else end for end in ends)
    return a - b > math.hypot(a - low, high - b)


def places(result: ImportanceResult) -> Mapping[str, tuple[int, int]]:
    """Best and worst place of each hyperparameter that is told from chance, among all those: (1, 2) is 1st or 2nd."""
    found = result.detectable
    return {
        score.name: (
            1 + sum(surely_above(other, score) for other in found),
            len(found) - sum(surely_above(score, other) for other in found),
        )
        for score in found
    }


def leaders(result: ImportanceResult) -> tuple[str, ...]:
    """Names of those that may stand first: no other one is surely above them. Empty where chance explains all."""
    return tuple(name for name, (best, _) in places(result).items() if best == 1)


Place = tuple[int, int]


def surely_differ(a: ImportanceResult, b: ImportanceResult) -> bool:
    """Whether the places of some hyperparameter in two results have nothing in common: see `surely_moved`."""
    return bool(surely_moved(a, b))


def surely_moved(a: ImportanceResult, b: ImportanceResult) -> Mapping[str, tuple[Place, Place]]:
    """Return both places of each hyperparameter whose places in two results have nothing in common, by name.

    One that is not told from chance has one of the places behind those that are; one without a number has none.
    """
    first, second = _all_places(a), _all_places(b)
    return {
        name: (first[name], second[name])
        for name in sorted(first.keys() & second.keys())
        if first[name][0] > second[name][1] or second[name][0] > first[name][1]
    }


def _all_places(result: ImportanceResult) -> Mapping[str, Place]:
    behind = (len(result.detectable) + 1, len(result.hyperparameters))
    found = places(result)
    return {s.name: found.get(s.name, behind) for s in result.hyperparameters if s.importance is not None}
