"""Sentences about a result, as plain text: names are data, so nothing here is Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np
import pandas as pd

from hpi.comparison.places import surely_above
from hpi.effects import OneEffect
from hpi.effects.cuts import Cut
from hpi.estimators import ESTIMATORS, by_name
from hpi.estimators.forest.model import SILENT
from hpi.figures.bar_words import found_parts
from hpi.results import ImportanceResult, PairScore, Score
from hpi.roles import Direction, Role
from hpi.space import Hyperparameter, Kind, Mask
from hpi.subspace import Between, Filter, Sample
from hpi.table import TrialTable

BLANK = "\u00a0"  # does not break: the sign stays with its number
FEW = 4
FORMULA = ("=", "+", "-", "@", "\t", "\r")
DIRECTIONS = {Direction.MINIMIZE: "lower is better", Direction.MAXIMIZE: "higher is better"}
HOW_TO_READ = """
- **A bar** is {bar}
- **The line at its end** is the 95 % interval: other trials of the same search would give a bar somewhere in it.
- **The grey field** is as far as chance alone reaches: the same table with its results shuffled. A bar that cannot be
  told apart from that is grey and hatched.
{more}- The mark and the interval answer two questions: whether there is an effect at all, and how large it is. So a
  coloured bar can be sure to be there although its interval begins before the mark.
- **Click a bar** to see which values are good.
"""
TARGET_BAR = """the share of the difference between the target (the best trials) and the rest of the region that this
  hyperparameter explains by itself. 100 % would mean: its value alone tells whether a trial is in the target."""
TARGET_MORE = """- For a small target even the strongest bar is often below 20 %: a good value is needed, but seldom
  enough.
- The bars need not add up to 100 %: what hyperparameters decide only together is in none of them.
"""
MORE = {
    "fanova": """- The bars need not add up to 100 %: what hyperparameters explain only together is in none of them.
""",
    "permutation": """- It is half of the R² that the forest loses when the values of this hyperparameter are shuffled.
- The bars need not add up: what two do together is in the bars of both.
""",
    "linear": """- The bars need not add up: a product of two is lost without either of them, so it is in the bars of
  both; what two can say for each other is in neither.
""",
    "n-rrelieff": """- Weights need not add up to 1: what two do together is in the weights of both.
""",
}


def how_to_read(result: ImportanceResult) -> str:
    """Say what the parts of the bars mean, as Markdown: no word of a table is in it."""
    method = by_name(result.estimator)
    if method.uses_target:
        return HOW_TO_READ.format(bar=TARGET_BAR, more=TARGET_MORE)
    return HOW_TO_READ.format(bar=f"for one hyperparameter the {method.bar}.", more=MORE.get(method.name, ""))


def methods() -> str:
    """Say a line of every method, as Markdown: no word of a table is in it."""
    return "\n\n".join(f"**{estimator.title}**: {estimator.summary}" for estimator in ESTIMATORS)


def percent(fraction: float) -> str:
    """Write a fraction with the digits it deserves: 41 %, 2.5 %, 0.1 %."""
    digits = 0 if fraction >= 0.1 or fraction == 0 else 1
    return f"{100 * fraction:.{digits}f}".removesuffix(".0") + f"{BLANK}%"


def share(value: float) -> str:
    """Write a fraction that somebody chose, as it was chosen: 12.5 %."""
    return f"{100 * value:.3g}{BLANK}%"


def estimate(score: Score | PairScore, result: ImportanceResult) -> str:
    """Write an importance with its interval: 41 % [36 to 47]; a weight as 0.41 [0.36 to 0.47]."""
    if score.importance is None:
        return "no number"
    value = _value(score.importance, result)
    if score.low is None:
        return value
    if score.high is None:
        return f"{value}, at least {_value(score.low, result)}" if _begins_above_0(score, result) else value
    low, high = (_value(end, result).removesuffix(f"{BLANK}%") for end in (score.low, score.high))
    return f"{value} [{low} to {high}]"


def _begins_above_0(score: Score | PairScore, result: ImportanceResult) -> bool:
    """Whether an interval, as it is written, begins above 0."""
    return score.low is not None and score.low > 0 and _value(score.low, result) != _value(0.0, result)


def _value(number: float, result: ImportanceResult) -> str:
    return percent(number) if by_name(result.estimator).in_percent else f"{number:.2g}"


def separates(result: ImportanceResult) -> str:
    """Say what is explained: what separates the best 10 % from the rest."""
    region, target = found_parts(result)
    rest = "the rest" if region == 1 else f"the rest of the best {share(region)}"
    return f"what separates the best {share(target)} from {rest}"


def explains(name: str, score: Score, result: ImportanceResult) -> str:
    """Say what a hyperparameter explains, by its name or as "it": a sentence without its stop."""
    method, value = by_name(result.estimator), estimate(score, result)
    if method.uses_target:
        return f"{name} alone explains {value} of {separates(result)}"
    region = found_parts(result)[0]
    among = "" if region == 1 else f" among the best {share(region)} of trials"
    return f"{method.explains.replace('{value}', value).replace('{name}', name)}{among}"


def sentence_case(said: str, name: str) -> str:
    """Begin with a capital letter, but leave a name as it is."""
    return said if said.startswith(name) else said[:1].upper() + said[1:]


def lead(result: ImportanceResult) -> str:
    """Say in one or two sentences what decides, and how much of it can be told apart from chance."""
    scores = result.hyperparameters
    if all(score.importance is None for score in scores):
        return _no_numbers(result)
    if not any(score.p_value is not None for score in scores):
        return f"{_strongest(scores, result)} Nothing was compared with chance."
    if result.detectable:
        return f"{_strongest(result.detectable, result)} {_how_many(result)}"
    what = (
        f"no hyperparameter alone explains {separates(result)} better than a shuffled table would"
        if by_name(result.estimator).uses_target
        else "no hyperparameter shows more than it would in a shuffled table"
    )
    return f"Nothing here can be told apart from chance: {what}."


def _no_numbers(result: ImportanceResult) -> str:
    r2 = dict(result.settings).get("out_of_bag_r2")
    if r2 is None or all(score.note != SILENT for score in result.hyperparameters):
        return "No hyperparameter has a number here: see what is worth knowing."
    return (
        f"This method cannot answer here: its forest does not predict {result.metric} (R²{BLANK}{r2:.2f} on trials it "
        "has not seen), so what it makes of the hyperparameters means nothing."
    )


def _strongest(found: tuple[Score, ...], result: ImportanceResult) -> str:
    first = found[0]
    if len(result.hyperparameters) == 1:
        return f"{sentence_case(explains(first.name, first, result), first.name)}."
    word = "decides" if by_name(result.estimator).uses_target else "moves the metric"
    close = [score for score in found[1:] if not surely_above(first, score)]
    if not close and first.low is not None and not _begins_above_0(first, result):
        return f"{first.name} shows most: {explains('it', first, result)}, so it may be next to nothing."
    if not close:
        return f"{first.name} {word} most: {explains('it', first, result)}."
    others = f"{close[0].name} ({estimate(close[0], result)})" if len(close) == 1 else f"{len(close)} others"
    return f"{first.name} shows most: {explains('it', first, result)}, too close to {others} for the order to be sure."


def where(effect: OneEffect, score: Score) -> str | None:
    """Say at which values the target is more frequent than chance would make it; None where there are none."""
    compared = effect.compared
    more = compared.target > compared.chance_high
    if not score.detectable or not more.any():
        return None
    times = float((compared.target_share[more] / compared.region_share[more]).max())
    gather = f"The best trials gather {_values(effect.hyperparameter, compared.cut, more)}"
    return f"{gather}: up to {times:.2g} times as many of them as of all trials in the region."


def _values(hyperparameter: Hyperparameter, cut: Cut, chosen: Mask) -> str:
    """Name the chosen cells: between 0.001 and 0.016; at relu or tanh."""
    if cut.edges is None:
        labels = [label for label, one in zip(cut.labels, chosen, strict=True) if one]
        return f"at {' or '.join(labels[:FEW])}{f' or {len(labels) - FEW} others' if len(labels) > FEW else ''}"
    steps = np.flatnonzero(np.diff(np.concatenate([[0], chosen.astype(int), [0]])))
    ends = cut.edges[steps].reshape(-1, 2)
    if hyperparameter.kind is Kind.INT:  # the edges lie between whole numbers
        ends = np.column_stack([np.ceil(ends[:, 0]), np.floor(ends[:, 1])])
    return " and ".join(f"at {low:.4g}" if low == high else f"between {low:.4g} and {high:.4g}" for low, high in ends)


def _how_many(result: ImportanceResult) -> str:
    found, total = len(result.detectable), len(result.hyperparameters)
    if total == 1:
        return "It can be told apart from chance."
    who = f"All {total}" if found == total else f"{found} of {total}"
    return f"{who} hyperparameters can be told apart from chance."


def one(score: Score, result: ImportanceResult) -> str:
    """Say what one hyperparameter explains, how sure that is, and what chance alone would reach."""
    if score.importance is None:
        return f"{score.name} has no number here: {score.note or 'it could not be estimated'}."
    said = sentence_case(explains(score.name, score, result), score.name)
    chance = "" if score.floor is None else f"chance alone reaches {_value(score.floor, result)}"
    p = "" if score.p_value is None else f"p{BLANK}={BLANK}{score.p_value:.2g}"
    reasons = ", ".join(filter(None, (chance, p)))
    tested = score.detectable or score.p_value is None
    verdict = "" if tested else ": it cannot be told apart from chance"
    note = "" if score.note is None else f" It is {score.note}."
    return f"{said}{verdict} ({reasons}).{note}" if reasons else f"{said}{verdict}.{note}"


def listed(names: Sequence[str]) -> str:
    """Join names as a sentence does: a, b and c."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def target_here(result: ImportanceResult) -> str | None:
    """Say which trials charts call the target where the method has none, so that no slider shows it; else None."""
    if by_name(result.estimator).uses_target:
        return None
    return f"Target here: the best {share(found_parts(result)[1])} of trials."


def identity(table: TrialTable) -> str:
    """Say which table this is: name, trials, metric and direction."""
    parts = [table.name, f"{len(table.trials):,} trials"]
    if table.metric is not None:
        parts.append(f"{table.metric}, {DIRECTIONS[table.direction]}" if table.direction else table.metric)
    return "  ·  ".join(parts)


def sizes(sample: Sample, uses_target: bool = True) -> str:
    """Say how many trials are in the target, where it plays a part, and in the region."""
    if not uses_target:
        return f"{sample.n_region:,} of {len(sample.design):,} trials"
    target = "1 trial" if sample.n_target == 1 else f"{sample.n_target:,} trials"
    return f"{target} in the target, {sample.n_region:,} in the region"


def condition(one_filter: Filter) -> str:
    """Say a filter in words: lr from 0.0001 to 0.01."""
    if not isinstance(one_filter, Between):
        return f"{one_filter.name} is {' or '.join(one_filter.levels)}"
    low = "" if one_filter.low is None else f" from {one_filter.low:g}"
    high = "" if one_filter.high is None else f" to {one_filter.high:g}"
    return f"{one_filter.name}{low}{high}"


def bars_as_csv(result: ImportanceResult) -> str:
    """Return the bars as CSV."""
    return as_csv(result.frame())


def as_csv(frame: pd.DataFrame) -> str:
    """Return a table as CSV; text that a spreadsheet would run as a formula gets an apostrophe before it."""
    written = io.StringIO()
    writer = csv.writer(written)  # RFC 4180: lines end in CR LF, and a cell with either of them is quoted
    writer.writerow(frame.columns)
    for row in frame.astype(object).itertuples(index=False):
        writer.writerow([_cell(value) for value in row])
    return written.getvalue()


def csv_name(result: ImportanceResult) -> str:
    """Name the file after the question: importance-best-10-of-100.csv, fanova-best-100.csv."""
    asked = result.subspace
    if not by_name(result.estimator).uses_target:
        return f"{result.estimator}-best-{100 * asked.region:g}.csv"
    return f"importance-best-{100 * asked.target:g}-of-{100 * asked.region:g}.csv"


def left_out(table: TrialTable) -> list[str]:
    """Say what of the file takes no part, a line each: rows with their reason, then columns with theirs."""
    columns = [f"Column {column.name}: {column.reason}" for column in table.columns if column.role is Role.LEFT_OUT]
    return [*rows_left_out(table), *columns] or ["Nothing: every row is a trial, and every column has its part."]


def rows_left_out(table: TrialTable) -> list[str]:
    """Say how many rows are no trial of their own, a line for each reason."""
    return [f"{count:,} of {len(table.frame):,} rows: {reason}" for reason, count in table.excluded if count]


def _cell(value: object) -> object:
    """Escape text alone: a negative number stays a number, what is not known an empty cell."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return "" if value is None or value != value else value
