"""What stands beside, above and behind the bars of importance, in words."""

from __future__ import annotations

from hpi.estimators import by_name
from hpi.figures.heading import Fact
from hpi.figures.labels import decimals, percent, plain, wrapped
from hpi.results import ImportanceResult, Score
from hpi.words.parts import found_parts

NOT_TOLD, FROM_CHANCE = "not told apart", "from chance"
BY_CHANCE = f"{NOT_TOLD} {FROM_CHANCE}"
LARGE = 0.0995  # from here on whole per cent
NO_SIGNAL = "No signal: none can be told apart from chance."
ONLY_PAIRS = "None can be told apart from chance alone; a pair can."
NO_NUMBERS = "No numbers here."
NOTE_LINES = 2


def at_bar(result: ImportanceResult, score: Score) -> tuple[str, ...]:
    """One line or two for the end of a bar, escaped."""
    if score.importance is None:
        lines = wrapped(score.note or "no score", 30).split("<br>")
        cut = lines[:NOTE_LINES]
        return tuple(cut if cut == lines else [*cut[:-1], f"{cut[-1]} \u2026"])
    if score.detectable or score.p_value is None:
        return (plain(_value(result, score)),)
    # No number: it would be read as one that is known. The whisker says how large it may be.
    return NOT_TOLD, FROM_CHANCE


def nothing(result: ImportanceResult) -> str:
    """Say why there is no bar at all; not escaped."""
    reasons = {score.note or "it could not be estimated" for score in result.hyperparameters}
    if len(reasons) != 1:
        return "There is no bar to draw: every hyperparameter has a reason of its own."
    return f"There is no bar to draw: {reasons.pop()}."


def tick(result: ImportanceResult, place: float) -> str:
    """Write a place on the axis; not escaped."""
    return percent(place) if _in_percent(result) else f"{place:.3g}"


def briefly(result: ImportanceResult, score: Score) -> str:
    """Write an importance that can be told from chance: 41 %; nothing of any other; not escaped."""
    return _value(result, score) if score.detectable and score.importance is not None else ""


def with_interval(result: ImportanceResult, score: Score) -> str:
    """Write an importance with both ends of its interval: 41 % [36 to 47]; not escaped."""
    found = _value(result, score)
    if score.low is None or score.high is None:
        return found
    low, high = (_value(result, score, end).removesuffix("\u00a0%") for end in (score.low, score.high))
    return f"{found} [{low} to {high}]"


def _value(result: ImportanceResult, score: Score, value: float | None = None) -> str:
    """Write a number of a score in as many digits as its interval supports: 41 %, 2.5 %; a weight as 0.41, 0.025."""
    shown = score.importance if value is None else value
    assert shown is not None
    half = 0.05 if score.high is None or score.low is None else (score.high - score.low) / 2
    digits = max(decimals(half) - 2, 0 if shown >= LARGE else 1)
    return f"{100 * shown:.{digits}f}\u00a0%" if _in_percent(result) else f"{shown:.{digits + 2}f}"


def sentence(result: ImportanceResult, score: Score) -> str:
    """Everything that is known of a bar; not escaped."""
    if score.importance is None:
        return f"{score.name} has no score: {score.note or 'it could not be estimated'}."
    found = _explains(result, score.name, _value(result, score))
    if score.low is not None and score.high is not None:
        found += f" (95\u00a0% interval {_value(result, score, score.low)} to {_value(result, score, score.high)})"
    parts = [found + ".", _chance(result, score)]
    if score.detectable and score.share is not None:
        whole = "that the hyperparameters explain alone" if by_name(result.estimator).uses_target else "bars together"
        parts.append(f"That is {percent(score.share)} of all {whole}.")
    return " ".join([*parts, *([score.note[:1].upper() + score.note[1:] + "."] if score.note else [])])


def _explains(result: ImportanceResult, name: str, value: str) -> str:
    """Say what an importance is: a sentence without its stop."""
    method = by_name(result.estimator)
    if method.uses_target:
        return f"{name} alone explains {value} of the difference between {_target(result)} and {_rest(result)}"
    said = method.explains.replace("{value}", value)
    said = said if said.startswith("{") else said[:1].upper() + said[1:]
    return f"{said.replace('{name}', name)}{_among(result)}"


def _in_percent(result: ImportanceResult) -> bool:
    return by_name(result.estimator).in_percent


def _chance(result: ImportanceResult, score: Score) -> str:
    if score.p_value is None:
        return "It was not compared with chance."
    reach = "" if score.floor is None else f" Chance alone reaches {_reach(result, score.floor)}."
    told = "Told apart from chance" if score.detectable else BY_CHANCE.capitalize()
    return f"{told} (p\u00a0=\u00a0{score.p_value:.2g}).{reach}"


def _reach(result: ImportanceResult, floor: float) -> str:
    return f"{100 * floor:.2g}\u00a0%" if _in_percent(result) else f"{floor:.2g}"


def _target(result: ImportanceResult) -> str:
    return f"the best {percent(found_parts(result)[1])}"


def _rest(result: ImportanceResult) -> str:
    region = found_parts(result)[0]
    return "the rest" if region == 1 else f"the rest of the best {percent(region)}"


def _among(result: ImportanceResult) -> str:
    region = found_parts(result)[0]
    return "" if region == 1 else f" among the best {percent(region)} of trials"


def axis_title(result: ImportanceResult) -> str:
    """What the length of a bar means; not escaped."""
    method = by_name(result.estimator)
    if not method.uses_target:
        return f"{method.bar}{_among(result)}"
    return f"share of the difference between {_target(result)} and {_rest(result)} that it explains alone"


def facts(result: ImportanceResult) -> list[Fact]:
    """What stands above the chart: with it the picture can be read away from its page."""
    goal = "higher" if result.direction == "maximize" else "lower"
    where = result.subspace.where
    said = [
        by_name(result.estimator).title,
        f"{result.metric}, {goal} is better",
        _asked(result),
        *(["only " + " and ".join(where)] if where else []),
        f"{result.used:,} trials used of {result.rows:,} rows{_left_out(result)}",
        *(["lines: 95\u00a0% interval"] if any(score.low is not None for score in result.hyperparameters) else []),
    ]
    return [*_signal(result), *map(Fact, said)]


def _asked(result: ImportanceResult) -> str:
    question, (found, target) = result.subspace, found_parts(result)
    region = "all" if found == 1 else f"the best {percent(found)}"
    if by_name(result.estimator).uses_target:
        sizes = f"{question.n_target:,} of {question.n_region:,} trials"
        tied = "" if target == question.target else f" ({percent(question.target)} and its ties)"
        return f"best {percent(target)}{tied} among {region}: {sizes}"
    return f"among {region}: {question.n_region:,} trials"


def _signal(result: ImportanceResult) -> list[Fact]:
    """Say first where there is nothing to see."""
    if all(score.importance is None for score in result.hyperparameters):
        return [Fact(NO_NUMBERS, bold=True)]
    tested = any(score.p_value is not None for score in result.hyperparameters)
    if not tested or result.detectable:
        return []
    return [Fact(ONLY_PAIRS if any(pair.detectable for pair in result.pairs) else NO_SIGNAL, bold=True)]


def _left_out(result: ImportanceResult) -> str:
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in result.excluded if count)
    return f" (left out: {reasons})" if reasons else ""
