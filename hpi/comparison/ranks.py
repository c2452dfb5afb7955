"""The order in which an estimator puts the hyperparameters, and how far two orders agree."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

import numpy as np

from hpi.results import ImportanceResult, Score, known

Strengths = Mapping[str, float]

NEXT_TO_NOTHING = 0.1


def strength(score: Score) -> float | None:
    """Importance as far as it counts for the order: 0 where it cannot be told from chance, None where unknown."""
    if score.importance is None:
        return None
    return score.importance if score.detectable or score.p_value is None else 0.0


def strengths(result: ImportanceResult) -> Strengths:
    """Return the strength of every hyperparameter that has one."""
    found = ((score.name, strength(score)) for score in result.hyperparameters)
    return {name: value for name, value in found if value is not None}


def ranks(result: ImportanceResult, among: Collection[str] | None = None) -> Strengths:
    """Rank of every hyperparameter that has a strength: 1 is the strongest, equal ones share their middle rank.

    Of those in `among` only, where it is given.
    """
    values = {name: value for name, value in strengths(result).items() if among is None or name in among}
    return {
        name: 1 + sum(other > value for other in values.values()) + (sum(o == value for o in values.values()) - 1) / 2
        for name, value in values.items()
    }


def common(a: ImportanceResult, b: ImportanceResult) -> frozenset[str]:
    """Return the names of the hyperparameters that both rank."""
    return frozenset(strengths(a).keys() & strengths(b).keys())


def rank_correlation(a: ImportanceResult, b: ImportanceResult) -> float | None:
    """Kendall's tau-b of two orders, from -1 to 1; None where one of them puts nothing above anything.

    What cannot be told from chance is tied: an order among bars that are all noise is none.
    """
    from scipy.stats import kendalltau

    first, second = strengths(a), strengths(b)
    names = sorted(common(a, b))
    values = [[order[name] for name in names] for order in (first, second)]
    if len(names) < 2 or any(len(set(column)) < 2 for column in values):
        return None
    return known(float(np.clip(kendalltau(*values).statistic, -1, 1)))


def most_disputed(a: ImportanceResult, b: ImportanceResult) -> str | None:
    """Name of the hyperparameter whose rank differs most; None where no rank differs.

    Of equal ones that whose strength, relative to the strongest, differs most.
    """
    names = common(a, b)
    first, second = ranks(a, names), ranks(b, names)
    sizes = [relative_strengths(result) for result in (a, b)]
    gaps = {name: (abs(first[name] - second[name]), abs(sizes[0][name] - sizes[1][name])) for name in sorted(names)}
    name = max(gaps, key=lambda name: gaps[name], default=None)
    return name if name is not None and gaps[name][0] > 0 else None


def relative_strengths(result: ImportanceResult) -> Strengths:
    """Strength of each hyperparameter beside the strongest one of the same estimator; 0 where nothing has any."""
    found = strengths(result)
    largest = max(found.values(), default=0.0)
    return {name: value / largest if largest > 0 else 0.0 for name, value in found.items()}


def clearly_contradict(a: ImportanceResult, b: ImportanceResult) -> bool:
    """Whether two hyperparameters stand in opposite order with intervals that do not overlap in either result."""
    first, second = _intervals(a), _intervals(b)
    names = first.keys() & second.keys()
    return any(first[i][0] > first[j][1] and second[j][0] > second[i][1] for i in names for j in names)


def clearly_matters(result: ImportanceResult, name: str) -> bool:
    """Whether a hyperparameter surely has more than a tenth of the strength of the strongest."""
    ends, largest = _intervals(result).get(name), max(strengths(result).values(), default=0.0)
    return ends is not None and strengths(result).get(name, 0.0) > 0 and ends[0] > NEXT_TO_NOTHING * largest


def clearly_idle(result: ImportanceResult, name: str) -> bool:
    """Whether a hyperparameter surely has less than a tenth of the strength of the strongest."""
    ends, largest = _intervals(result).get(name), max(strengths(result).values(), default=0.0)
    return ends is not None and ends[1] < NEXT_TO_NOTHING * largest


def _intervals(result: ImportanceResult) -> dict[str, tuple[float, float]]:
    ends = ((s.name, s.low, s.high) for s in result.hyperparameters)
    return {name: (low, high) for name, low, high in ends if low is not None and high is not None and low <= high}


def percent(value: float) -> str:
    """Write a share for a sentence: 42 %, 2 %, under 1 %."""
    return f"{100 * value:.0f} %" if value >= 0.01 or math.isclose(value, 0.01) else "under 1 %"
