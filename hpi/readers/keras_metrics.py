"""What Keras Tuner measured in a trial, and which end of the score is good."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hpi.readers.studies import number_of, real_of
from hpi.roles.vocabulary import Direction

_DIRECTIONS = {"min": Direction.MINIMIZE, "max": Direction.MAXIMIZE}
# A score is written as the metric is, but for the last digits.
_ALIKE = 1e-6


@dataclass(frozen=True)
class Measured:
    """One metric of one trial: its value where the objective was best, else where the trial ended."""

    value: float | None
    direction: Direction | None


def measured(trial: Mapping[str, Any]) -> dict[str, Measured]:
    """Return what was measured, by name."""
    metrics = trial.get("metrics")
    histories = metrics.get("metrics") if isinstance(metrics, Mapping) else None
    if not isinstance(histories, Mapping):
        return {}
    best = number_of(trial.get("best_step"))
    return {
        str(name): Measured(_at(best, history.get("observations")), _end(history.get("direction")))
        for name, history in histories.items()
        if isinstance(history, Mapping)
    }


def _at(best: float | None, observations: object) -> float | None:
    steps = dict(filter(None, map(_observed, observations if isinstance(observations, list) else [])))
    if best is not None and best in steps:
        return steps[best]
    return steps[max(steps)] if steps else None


def _observed(one: object) -> tuple[float, float] | None:
    """Return a step and the mean over the executions in it; None where one of them is no number."""
    step = number_of(one.get("step")) if isinstance(one, Mapping) else None
    values = one.get("value") if isinstance(one, Mapping) else None
    numbers = [real_of(value) for value in (values if isinstance(values, list) else [values])]
    known = [number for number in numbers if number is not None]
    if step is None or not known or len(known) < len(numbers):
        return None
    # the mean of infinite values is that of either
    infinite = [number for number in known if math.isinf(number)]
    return step, infinite[0] if infinite else math.fsum(number / len(known) for number in known)


def direction_of_score(
    trials: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Measured]], objective: object
) -> Direction | None:
    """Return which end is good: as the objective says, or as for the metric that all scores are equal to.

    Parameters
    ----------
    trials, found
        The trials, and what was measured in each.
    objective
        What the project's oracle.json says of it; None if nothing.
    """
    if isinstance(objective, Mapping) and (end := _end(objective.get("direction"))) is not None:
        return end
    if isinstance(objective, list):
        # several are scored as the sum of those to minimize, less those to maximize
        return Direction.MINIMIZE
    scores = [number_of(trial.get("score")) for trial in trials]
    scored = [(score, one) for score, one in zip(scores, found, strict=True) if score is not None]
    names = dict.fromkeys(name for _, one in scored for name in one)
    if isinstance(objective, str) and objective in names:
        names = {objective: None}
    fitting = [name for name in names if all(_is_score(score, one.get(name)) for score, one in scored)]
    if not fitting and len(names) == 1:
        fitting = [*names]
    ends = {one[name].direction for _, one in scored for name in fitting if name in one}
    return ends.pop() if len(ends) == 1 else None


def _is_score(score: float, metric: Measured | None) -> bool:
    return metric is not None and metric.value is not None and math.isclose(score, metric.value, rel_tol=_ALIKE)


def _end(word: object) -> Direction | None:
    return _DIRECTIONS.get(word) if isinstance(word, str) else None
