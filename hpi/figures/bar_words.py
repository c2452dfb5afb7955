"""What stands beside, above and behind the bars of importance, in words."""

from __future__ import annotations

import math

from hpi.estimators import by_name
from hpi.figures.heading import Fact
from hpi.figures.labels import decimals, percent, plain, wrapped
from hpi.results import ImportanceResult, Score

BY_CHANCE = "not told apart from chance"
LARGE = 0.0995  # from here on whole per cent
NO_SIGNAL = "No signal: none can be told apart from chance."


def at_bar(score: Score) -> tuple[str, ...]:
    """One line or two for the end of a bar, escaped."""
    if score.importance is None:
        return tuple(wrapped(score.note or "no score", 30).split("<br>")[:2])
    if score.detectable:
        return (plain(_value(score)),)
    # What cannot be told from chance is not "0 %": it is known to lie below the upper end of its interval.
    below = 100 * (score.importance if score.high is None else score.high)
    return (f"\u2264\u00a0{max(1, math.ceil(below))}\u00a0%  not told apart", "from chance")


def _value(score: Score, value: float | None = None) -> str:
    """Write a number of a score as a percentage, in as many digits as its interval supports: 41 %, 2.5 %."""
    shown = score.importance if value is None else value
    assert shown is not None
    half = 0.05 if score.high is None or score.low is None else (score.high - score.low) / 2
    return f"{100 * shown:.{max(decimals(half) - 2, 0 if shown >= LARGE else 1)}f}\u00a0%"


def sentence(result: ImportanceResult, score: Score) -> str:
    """Everything that is known of a bar; not escaped."""
    if score.importance is None:
        return f"{score.name} has no score: {score.note or 'it could not be estimated'}."
    difference = f"the difference between {_target(result)} and {_rest(result)}"
    found = f"{score.name} alone explains {_value(score)} of {difference}"
    if score.low is not None and score.high is not None:
        found += f" (95\u00a0% interval {_value(score, score.low)} to {_value(score, score.high)})"
    parts = [found + ".", _chance(score)]
    if score.detectable and score.share is not None:
        parts.append(f"That is {percent(score.share)} of all that the hyperparameters explain alone.")
    return " ".join([*parts, *([score.note[:1].upper() + score.note[1:] + "."] if score.note else [])])


def _chance(score: Score) -> str:
    reach = "" if score.floor is None else f" Chance alone reaches {100 * score.floor:.2g}\u00a0%."
    tested = "" if score.p_value is None else f" (p\u00a0=\u00a0{score.p_value:.2g})"
    told = f"Told apart from chance{tested}." if score.detectable else f"{BY_CHANCE.capitalize()}{tested}."
    return told + reach


def _target(result: ImportanceResult) -> str:
    return f"the best {percent(result.subspace.target)}"


def _rest(result: ImportanceResult) -> str:
    region = result.subspace.region
    return "the rest" if region == 1 else f"the rest of the best {percent(region)}"


def axis_title(result: ImportanceResult) -> str:
    """What the length of a bar means; not escaped."""
    return f"share of the difference between {_target(result)} and {_rest(result)} that it explains alone"


def facts(result: ImportanceResult) -> list[Fact]:
    """What stands above the chart: with it the picture can be read away from its page."""
    signal = [] if result.detectable else [Fact(NO_SIGNAL, bold=True)]
    question, goal = result.subspace, "higher" if result.direction == "maximize" else "lower"
    region = "all" if question.region == 1 else f"the best {percent(question.region)}"
    said = [
        by_name(result.estimator).title,
        f"{result.metric}, {goal} is better",
        f"best {percent(question.target)} among {region}: {question.n_target:,} of {question.n_region:,} trials",
        *(["only " + " and ".join(question.where)] if question.where else []),
        f"{result.used:,} trials used of {result.rows:,} rows{_left_out(result)}",
        "lines: 95\u00a0% interval",
    ]
    return [*signal, *map(Fact, said)]


def _left_out(result: ImportanceResult) -> str:
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in result.excluded if count)
    return f" (left out: {reasons})" if reasons else ""
