"""Sentences about importance on several datasets, as plain text: names of columns and of their values are data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hpi.comparison import Across, Parts
from hpi.comparison.overall import Row, Value, Verdict
from hpi.estimators import by_name
from hpi.roles.vocabulary import words_of
from hpi.scoring import NO_SIGNAL
from hpi.words.writing import BLANK, listed, percent

NO_SAMPLE = ("budget", "epoch", "iteration", "step")
FEW = 3  # names in one part of a sentence, and parts of the first one
FEW_VALUES = 5  # up to here an interval by t is wide whatever the spread
MOST_CAUTIONS = 6
NOUNS = frozenset(
    ("dataset", "task", "problem", "benchmark", "environment", "scenario", "instance", "seed", "fold", "repeat",
     "budget", "epoch", "iteration", "step", "split", "repetition", "replicate")
)  # fmt: skip


def noun(found: Across | Parts, n: int = 2) -> str:
    """Say what the values of the column are: dataset, datasets; values of “arch”."""
    word = " ".join(words_of(found.by))
    if word in NOUNS:
        return word if n == 1 else f"{word}s"
    if found.is_tasks:
        return "task" if n == 1 else "tasks"
    return f"value of “{found.by}”" if n == 1 else f"values of “{found.by}”"


def question(found: Across | Parts) -> str:
    """Ask whether it is the same everywhere, with no name of a column in it."""
    one = noun(found, 1)
    return f"Is it the same on every {one if one in NOUNS else 'value'}?"


def lead(found: Across) -> str:
    """Say which hyperparameters decide where, first those that do on most."""
    n = len(found.answered)
    if n == 0:
        return f"None of the {len(found.values)} {noun(found)} has an answer; the reasons stand below."
    if n == 1:
        return f"Only {found.answered[0].name} has an answer, so there is nothing to compare it with."
    told = sorted((row for row in found.hyperparameters if row.on), key=lambda row: -len(row.on))
    groups = _grouped((where(row, found), row.name) for row in told)
    if not groups:
        return _nothing(found)
    parts = [f"{_names(names)} {_verb(found, len(names)) if i == 0 else ''} {place}".replace("  ", " ")
             for i, (place, names) in enumerate(groups.items())]  # fmt: skip
    more = sum(len(names) for names in list(groups.values())[FEW:])
    rest = [f"{more} more {'is' if more == 1 else 'are'} told apart from chance somewhere"] if more else []
    return f"{'; '.join([*parts[:FEW], *rest])}."


def _nothing(found: Across) -> str:
    rows = found.hyperparameters
    if not any(row.n_tested for row in rows):
        return "Nothing was compared with chance."
    surely = "surely " if any(row.verdict is Verdict.DOUBTFUL for row in rows) else ""
    return f"No hyperparameter is {surely}told apart from chance on any of the {len(found.answered)} {noun(found)}."


def _verb(found: Across, n: int) -> str:
    verb = "decide" if by_name(found.estimator).uses_target else "matter"
    return f"{verb}s" if n == 1 else verb


def _names(names: list[str]) -> str:
    return listed(names) if len(names) <= FEW else listed([*names[: FEW - 1], f"{len(names) - FEW + 1} more"])


def where(row: Row, found: Across) -> str:
    """Say where a hyperparameter is told apart from chance: on all 4 tasks; only on parity."""
    if row.verdict is Verdict.EVERYWHERE:
        number = "both" if row.n_tested == 2 else f"all {row.n_tested}"
        varies = "" if row.n_tested == len(found.answered) else " that vary it"
        return f"on {number} {noun(found)}{varies}"
    return f"{'only ' if row.is_only_there else ''}on {_which(row, found)}"


def _which(row: Row, found: Across) -> str:
    """Name the values that a hyperparameter is named on, or the few others, or say how many they are."""
    if 0 < len(row.on) <= FEW:
        return listed(row.on)
    cells = zip(found.values, row.cells, strict=True)
    others = [value.name for value, cell in cells if cell.told is not None and value.name not in row.on]
    number = f"{len(row.on)} of {row.n_tested} {noun(found)}"
    return f"{number} (not {listed(others)})" if len(others) < FEW else number


def verdict(row: Row, found: Across) -> str:
    """Say where a hyperparameter matters, and what is not known where it is not told apart from chance."""
    if row.verdict is Verdict.UNKNOWN:
        return "not compared with chance" if row.n else "no number anywhere"
    limit = "" if row.at_most is None else f": at most {written(row.at_most, found)}"
    if row.verdict is Verdict.EVERYWHERE:
        return f"everywhere: {where(row, found)}"
    if row.verdict is Verdict.NOWHERE:
        return f"nowhere told apart from chance{limit}"
    if row.verdict is Verdict.DOUBTFUL:
        return f"doubtful: told apart on {row.n_told} of {row.n_tested} {noun(found)}, as chance alone may do"
    rest = row.n_tested - len(row.on)
    elsewhere = f"; not told apart on {'the other' if rest == 1 else f'the other {rest}'}{limit}" if rest else ""
    return f"somewhere: {where(row, found)}{elsewhere}"


def mean(row: Row, found: Across) -> str:
    """Say the mean of a hyperparameter, its spread and its interval: 31 % (sd 4 %, 95 % interval 25 % to 37 %)."""
    if row.mean is None:
        return "no number"
    parts = [] if row.sd is None else [f"sd {written(row.sd, found)}"]
    if row.low is not None and row.high is not None:
        parts.append(f"95{BLANK}% interval {written(row.low, found)} to {written(row.high, found)}")
    spread = f" ({', '.join(parts)})" if parts else ""
    return f"{written(row.mean, found)}{spread}"


def cell(row: Row, i: int, found: Across) -> str:
    """Say everything that is known of a hyperparameter on the i-th value."""
    one, place = row.cells[i], f"{row.name} on {found.values[i].name}"
    if one.importance is None:
        return f"{place}: no number. {one.note or ''}".strip()
    within = ""
    if one.low is not None and one.high is not None:
        within = f" (95{BLANK}% interval {written(one.low, found)} to {written(one.high, found)})"
    told = {True: "told apart from chance", False: "not told apart from chance", None: "not compared with chance"}
    return f"{place}: {written(one.importance, found)}{within}, {told[one.told]}, rank {one.rank:g}"


def written(number: float, found: Across) -> str:
    """Write an importance: 41 %; a weight as 0.41."""
    return percent(number) if by_name(found.estimator).in_percent else f"{number:.2g}"


def worth_knowing(found: Across) -> list[str]:
    """Say what to be careful about, a sentence a line, and how many more there are."""
    first, further = careful(found)
    return [*first, *([f"And {len(further)} more that concern single {noun(found)}."] if further else [])]


def careful(found: Across) -> tuple[list[str], list[str]]:
    """Say what to be careful about, a sentence a line: what comes first, and what else single values warn of."""
    cautions = _cautions(found)
    return [*_about_all(found), *cautions[:MOST_CAUTIONS]], cautions[MOST_CAUTIONS:]


def _about_all(found: Across) -> list[str]:
    rows, n = found.hyperparameters, len(found.answered)
    limits = [row.at_most for row in rows if row.at_most is not None]
    doubtful = [row.name for row in rows if row.verdict is Verdict.DOUBTFUL]
    said = []
    if limits and n:
        reach = written(max(limits), found)
        said.append(
            "Not told apart from chance is not the same as no effect: where that is so, the intervals still reach up "
            f"to {reach}."
        )
    if doubtful:
        said.append(
            f"{_names(doubtful)}: told apart on so few of {n} {noun(found)} that chance alone may have done it, so "
            "none is named."
        )
    if n > 1:
        said.append(_about_mean(found, n))
    if found.n_without:
        rows_said = "1 row has" if found.n_without == 1 else f"{found.n_without:,} rows have"
        said.append(f"{rows_said} no value in {found.by} and take no part here.")
    return said


def _about_mean(found: Across, n: int) -> str:
    """Say what the interval of a mean is about."""
    several = noun(found)
    if noun(found, 1) in NO_SAMPLE:
        return f"The mean is over {n} {several}, which are no sample of others: take its interval for their spread."
    wide = ", and wide since they are few" if n <= FEW_VALUES else ""
    return (
        f"The mean is over {n} {several}. Its interval is about further {several} like these{wide}; each one's own "
        "interval stands at its cell."
    )


def _cautions(found: Across) -> list[str]:
    """What the single answers warn of: said once, with the values that it concerns where these are not all."""
    signal = NO_SIGNAL.split("{")[0]
    groups = _grouped(
        (warning, value.name)
        for value in found.answered
        if value.result is not None
        for warning in value.result.warnings
        if not warning.startswith(signal)
    )
    return [text if len(names) == len(found.answered) else f"{_names(names)}: {text}" for text, names in groups.items()]


def unanswered(found: Across) -> str:
    """Say which values have no answer: 4 of 12 epochs have no answer (1, 2 and 2 more); nothing where all have one."""
    names = [value.name for value in found.values if value.result is None]
    if not names:
        return ""
    have = "has" if len(names) == 1 else "have"
    return f"{len(names)} of {len(found.values)} {noun(found)} {have} no answer ({_names(names)})."


def reasons(values: Iterable[Value]) -> list[str]:
    """Say which values have no answer and why, once for each reason."""
    groups = _grouped((value.reason, value.name) for value in values if value.reason is not None)
    return [f"{_names(names)}: {reason}" for reason, names in groups.items()]


def _grouped(pairs: Iterable[tuple[Any, str]]) -> dict[Any, list[str]]:
    """Return the second parts by their first ones, in the order in which they come."""
    groups: dict[Any, list[str]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups
