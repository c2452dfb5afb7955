"""Sentences about two hyperparameters that matter beyond their parts, as plain text: names are data."""

from __future__ import annotations

from hpi.estimators import by_name
from hpi.results import ImportanceResult, PairScore
from hpi.words.answer import estimate, separates
from hpi.words.writing import percent

BEYOND = "What two explain beyond what each explains alone:"
PRODUCTS = "What the products of two add; it is in the bars of both, too:"
JOINTLY = "which were not drawn independently of each other here"


def beyond(result: ImportanceResult) -> str:
    """Say what the numbers of pairs are."""
    return PRODUCTS if result.estimator == "linear" else BEYOND


def sentence(pair: PairScore, result: ImportanceResult) -> str:
    """Say what two hyperparameters explain together: a and b: 19 % [12 to 25]."""
    names, value = " and ".join(pair.names), estimate(pair, result)
    return f"{names}: {value}" if pair.reading == "interaction" else f"{names}, {JOINTLY}: {value}"


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
