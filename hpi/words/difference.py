"""What changes between two questions, as plain text: names are data.

Differences are in percentage points: from 9 % to 21 % is +12 percentage points; after the first one, "points".
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hpi.comparison import Change, Difference
from hpi.comparison.places import surely_moved
from hpi.estimators import by_name
from hpi.results import ImportanceResult
from hpi.words.parts import found_parts
from hpi.words.spreadsheet import as_csv
from hpi.words.writing import listed, percent, sentence_case, share

Names = tuple[str, str]
NAMED, FEW = 3, 6  # hyperparameters in the first sentence, and in another one
WHOLE = 0.05  # from this half-width on, points are written without digits behind the point
MINUS = "\u2212"
NO_DIFFERENCE = "No difference"


def sides(found: Difference, tables: Names | None = None) -> Names:
    """Name the two answers by what they differ in: the tables, the estimators, or region and target."""
    if tables is not None:
        return tables if tables[0] != tables[1] else (f"{tables[0]} (first)", f"{tables[1]} (second)")
    if found.first.estimator != found.second.estimator:
        return by_name(found.first.estimator).title, by_name(found.second.estimator).title
    named = _part(found.first, found.second), _part(found.second, found.first)
    return named if named[0] != named[1] else ("the first", "the second")


def _part(result: ImportanceResult, other: ImportanceResult) -> str:
    """Name target and region, as far as they tell the answer from the other one."""
    (region, target), other_region = found_parts(result), found_parts(other)[0]
    among = "all trials" if region == 1 else f"the best {share(region)} of trials"
    if not by_name(result.estimator).uses_target:
        return among
    return f"the best {share(target)}" if region == other_region else f"the best {share(target)} among {among}"


def lead(found: Difference, tables: Names | None = None) -> str:
    """Say in a sentence what changes from the first answer to the second."""
    first, second = sides(found, tables)
    if found.pairing == "same":
        return f"{NO_DIFFERENCE}: {first} and {second} give the same answer, to the last digit."
    if not any(change.p_value is not None for change in found.changes):
        return f"Nothing can be compared between {first} and {second}: see why below."
    where = sentence_case(f"{_preposition(found, tables)} {second} instead of {first}", second)
    if not found.different:
        return f"{where}, no difference can be told apart from chance ({_counted(found.compared)} compared)."
    units = ("percentage points", *["points"] * NAMED)
    said = [_said(change, found, unit) for change, unit in zip(found.different[:NAMED], units, strict=False)]
    more = len(found.different) - len(said)
    others = f", and {more} more {'differs' if more == 1 else 'differ'}" if more else ""
    return f"{where}, {listed(said)}{others}{_rest(found)}."


def _preposition(found: Difference, tables: Names | None) -> str:
    if tables is not None:
        return "in"
    if found.first.estimator != found.second.estimator:
        return "by"
    return "for" if by_name(found.first.estimator).uses_target else "among"


def _said(change: Change, found: Difference, unit: str) -> str:
    assert change.difference is not None
    more = change.difference > 0
    if found.measure == "share":
        verb = f"has a {'larger' if more else 'smaller'} share"
    else:
        does = "explains" if by_name(found.first.estimator).uses_target else "matters"
        verb = f"{does} {'more' if more else 'less'}"
    return f"{change.name} {verb} ({points(change)} {unit} {ends(change)})"


def _rest(found: Difference) -> str:
    left = len(found.compared) - len(found.different)
    if not left:
        return ""
    other = "the other one" if left == 1 else f"the other {left}"
    return f"; for {other} no difference can be told apart from chance"


def _counted(changes: Sequence[Change]) -> str:
    return "1 hyperparameter" if len(changes) == 1 else f"{len(changes)} hyperparameters"


def points(change: Change) -> str:
    """Write a difference in percentage points with its sign and as many digits as its interval supports: +12."""
    return "unknown" if change.difference is None else signed(change.difference, _digits(change))


def ends(change: Change) -> str:
    """Write both ends of the interval of a difference: [+4 to +20]; nothing where they are not known."""
    if change.low is None or change.high is None:
        return ""
    low, high = (signed(end, _digits(change)) for end in (change.low, change.high))
    return f"[{low} to {high}]"


def _digits(change: Change) -> int:
    if change.low is None or change.high is None:
        return 1
    return 0 if (change.high - change.low) / 2 >= WHOLE else 1


def signed(value: float, digits: int) -> str:
    """Write a fraction as points with its sign: +12, −3.4, 0."""
    written = f"{100 * value:+.{digits}f}"
    return "0" if float(written) == 0 else written.replace("-", MINUS).removesuffix(".0")


def sentence(change: Change, found: Difference, tables: Names | None = None) -> str:
    """Say everything that is known of one hyperparameter."""
    names = sides(found, tables)
    values = [f"{who}: {_value(one)}" for who, one in zip(names, (change.first, change.second), strict=True)]
    said = f"{change.name}. {sentence_case('; '.join(values), names[0])}."
    if change.difference is None:
        return f"{said} Difference unknown: {change.note}."
    verdict = "told apart from chance" if change.differs else "not told apart from chance"
    if change.p_value is None or found.pairing == "same":
        verdict = change.note or "they are the same"
    interval = f", 95\u00a0% interval {ends(change)}" if ends(change) else ""
    return f"{said} Difference {points(change)} percentage points{interval}: {verdict}."


def _value(one: object) -> str:
    value, low, high = (getattr(one, name, None) for name in ("value", "low", "high"))
    if value is None:
        return "no number" if one is not None else "not there"
    if low is None or high is None:
        return percent(value)
    return f"{percent(value)} [{percent(low)} to {percent(high)}]"


def notices(found: Difference, tables: Names | None = None) -> list[str]:
    """Say what must be known to read the differences right, a sentence or two each."""
    first, second = sides(found, tables)
    said = [_about_measure(found), _about_order(found, tables), _about_pairing(found), _about_many(found)]
    said += _about_unknown(found)
    for who, only in ((first, _only(found, "second")), (second, _only(found, "first"))):
        if only:
            said.append(f"Only in {who}: {listed(_few(only))}. Unknown in the other, which is not 0.")
    own = [(who, text) for who, one in ((first, found.first), (second, found.second)) for text in one.warnings]
    both = {text for text in found.first.warnings if text in found.second.warnings}
    said += [text for text in found.first.warnings if text in both]
    said += [f"{sentence_case(who, who if tables else '-')}: {text}" for who, text in own if text not in both]
    return [text for text in said if text]


def _about_unknown(found: Difference) -> list[str]:
    """Say why some that are in both have no difference, once for each reason."""
    names: dict[str, list[str]] = {}
    for change in found.changes:
        if change.difference is None and change.first is not None and change.second is not None:
            names.setdefault(change.note or "unknown", []).append(change.name)
    return [f"{listed(_few(who))}: {note}." for note, who in names.items()]


def _few(names: list[str]) -> list[str]:
    return names if len(names) <= FEW else [*names[:FEW], f"{len(names) - FEW} more"]


def _only(found: Difference, missing: str) -> list[str]:
    """Return the names of those that are not in the answer called `missing`."""
    return sorted(change.name for change in found.changes if getattr(change, missing) is None)


def _about_measure(found: Difference) -> str | None:
    if found.measure == "importance":
        return None
    why = "Weights have no unit" if found.first.estimator == found.second.estimator else "The two measure other things"
    return (
        f"{why}, so what is compared is each one's share of what all hyperparameters have that both answers have a "
        "number for. A difference is one of emphasis, not an error of either."
    )


def _about_order(found: Difference, tables: Names | None) -> str | None:
    """Say whose place in the order surely differs, where the two measure different things."""
    if found.measure == "importance" or not (found.first.detectable and found.second.detectable):
        return None
    moved, (first, second) = surely_moved(found.first, found.second), sides(found, tables)
    if not moved:
        return "No place in the order surely differs between the two."
    said = [f"{name} is {_place(one)} in {first}, {_place(other)} in {second}" for name, (one, other) in moved.items()]
    more = f"; {len(said) - NAMED} more differ" if len(said) > NAMED else ""
    return f"Places in the order that surely differ: {'; '.join(said[:NAMED])}{more}."


def _place(place: tuple[int, int]) -> str:
    """Write the places that the intervals leave open: number 2, or number 2 to 4."""
    return f"number {place[0]}" if place[0] == place[1] else f"number {place[0]} to {place[1]}"


def _about_pairing(found: Difference) -> str | None:
    where = "Both answers come from the same trials"
    if found.n_shared:
        where = f"{found.n_shared:,} trial{' is' if found.n_shared == 1 else 's are'} in both tables"
    return {
        "same": None,
        "paired": f"{where}, so their errors go together: the intervals of the differences allow for that.",
        "unpaired": (
            f"{where}, but how far their errors go together is not known here: intervals are those of independent "
            "tables, as a rule too wide."
        ),
        "independent": (
            "The two tables are taken to be independent. Trials that are in both make the intervals wider than need be."
            if found.n_shared is None
            else "No trial is in both tables: they are taken to be independent."
        ),
    }[found.pairing]


def _about_many(found: Difference) -> str | None:
    n = sum(change.p_value is not None for change in found.changes)
    if n < 2 or found.pairing == "same":
        return None
    return (
        f"Of {n} differences some leave out 0 by chance: one is called different where that holds for all {n} together "
        "(Holm, 5\u00a0%)."
    )


def table(found: Difference, tables: Names | None = None) -> pd.DataFrame:
    """Return a row a hyperparameter in words: both values, the difference, its interval, whether it is one."""
    names = sides(found, tables)
    rows = [
        (
            change.name,
            _value(change.first),
            _value(change.second),
            points(change),
            ends(change),
            "differs" if change.differs else change.note or "not told apart",
        )
        for change in found.changes
    ]
    columns = ["hyperparameter", *names, "difference, percentage points", "95\u00a0% interval", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def as_csv_file(found: Difference) -> str:
    """Return the differences as CSV, a row a hyperparameter."""
    return as_csv(found.frame())


def as_text(found: Difference, tables: Names | None = None) -> str:
    """Return everything for a person at a terminal: the sentence, a line a hyperparameter, what is worth knowing."""
    lines = [sentence(change, found, tables) for change in found.changes]
    return "\n".join([lead(found, tables), *lines, *notices(found, tables)])
