"""What no bar shows, as plain text: pairs that matter beyond their parts, coefficients. Names are data."""

from __future__ import annotations

import math

from hpi.estimators import Coefficient, by_name
from hpi.results import ImportanceResult, PairScore
from hpi.words.answer import estimate, separates
from hpi.words.writing import BLANK, percent

BEYOND = "What two explain beyond what each explains alone:"
PRODUCTS = "What the products of two add; it is in the bars of both, too:"
NO_PAIR = "No pair can be told apart from chance."
MOST_SAID = 3
JOINTLY = "which were not drawn independently of each other here"


def beyond(result: ImportanceResult) -> str:
    """Say what the numbers of pairs are."""
    return PRODUCTS if result.estimator == "linear" else BEYOND


def sentence(pair: PairScore, result: ImportanceResult) -> str:
    """Say what two hyperparameters explain together: a and b: 19 % [12 to 25]."""
    names, value = " and ".join(pair.names), estimate(pair, result)
    return f"{names}: {value}" if pair.reading == "interaction" else f"{names}, {JOINTLY}: {value}"


def in_a_cell(result: ImportanceResult) -> str:
    """Say what a cell of the matrix of pairs is."""
    what = PRODUCTS if result.estimator == "linear" else BEYOND
    said = f"a cell: {what[:1].lower()}{what[1:].removesuffix(':')}"
    return f"{said}, in{BLANK}%" if any(pair.detectable for pair in result.pairs) else said


def cell(names: tuple[str, str], pair: PairScore | None, result: ImportanceResult) -> str:
    """Say all that is known of a cell; None where the pair was not estimated."""
    if pair is None or pair.importance is None:
        return f"{' and '.join(names)}: no number. Only pairs that stand out are estimated."
    told = "Told apart from chance" if pair.detectable else "Not told apart from chance"
    p = "" if pair.p_value is None else f" (p{BLANK}={BLANK}{pair.p_value:.2g})"
    return f"{sentence(pair, result)}. {told}{p}."


def shown(result: ImportanceResult) -> str:
    """Say what the matrix of pairs shows."""
    found = [pair for pair in result.pairs if pair.detectable]
    n = len(result.pairs)
    begin = f"Interactions of {n} {'pair' if n == 1 else 'pairs'} of hyperparameters."
    if not found:
        return f"{begin} {NO_PAIR}"
    said = "; ".join(sentence(pair, result) for pair in found[:MOST_SAID])
    left = n - len(found)
    rest = f" {left} cannot be told apart from chance." if left else ""
    return f"{begin} {len(found)} can be told apart from chance, the strongest: {said}.{rest}"


def lead(result: ImportanceResult) -> str | None:
    """Say that two decide together where none decides alone; None where that is not so."""
    found = [pair for pair in result.pairs if pair.detectable and pair.reading == "interaction"]
    if result.detectable or not found:
        return None
    first, second = found[0].names
    method = by_name(result.estimator)
    what = separates(result) if method.uses_target else "the variance of the metric"
    return (
        f"No hyperparameter decides alone, but {first} and {second} do together: "
        f"{percent(found[0].importance or 0.0)} of {what} is in their combination."
    )


def what_terms_add(result: ImportanceResult) -> str:
    """Say what the coefficients of a linear model are."""
    return (
        f"In units of {result.metric}: what one standard deviation more of a number adds, or what a level adds to "
        "the mean of all; for two terms, what is added where both are so."
    )


def between(one: Coefficient) -> str:
    """Both ends, signed, in three digits; nothing where they are not known."""
    ends = (one.low, one.high)
    if any(math.isnan(end) for end in ends):
        return ""
    return " to ".join(f"{end:+.3g}" for end in ends)
