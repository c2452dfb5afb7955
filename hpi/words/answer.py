"""Sentences about a result, as plain text: names are data, so nothing here is Markdown."""

from __future__ import annotations

import numpy as np

from hpi.comparison.places import surely_above
from hpi.effects import OneEffect
from hpi.effects.cuts import Cut
from hpi.estimators import by_name
from hpi.estimators.forest.model import SILENT
from hpi.results import ImportanceResult, PairScore, Score
from hpi.space import Hyperparameter, Kind, Mask
from hpi.words.parts import found_parts
from hpi.words.writing import BLANK, percent, sentence_case, share

FEW = 4


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


def _how_many(result: ImportanceResult) -> str:
    found, total = len(result.detectable), len(result.hyperparameters)
    if total == 1:
        return "It can be told apart from chance."
    who = f"All {total}" if found == total else f"{found} of {total}"
    return f"{who} hyperparameters can be told apart from chance."


def question(result: ImportanceResult) -> str:
    """Ask what the result answers, in one sentence."""
    region, target = found_parts(result)
    among = "all trials" if region == 1 else f"the best {share(region)} of trials"
    if not by_name(result.estimator).uses_target:
        return f"Among {among}, what moves {result.metric}?"
    return f"Among {among}, what decides whether a trial is in the best {share(target)} by {result.metric}?"


def one(score: Score, result: ImportanceResult) -> str:
    """Say what one hyperparameter explains, how sure that is, and what chance alone would reach."""
    if score.importance is None:
        return f"{score.name} has no number here: {score.note or 'it could not be estimated'}."
    said = sentence_case(explains(score.name, score, result), score.name)
    chance = "" if score.floor is None else f"chance alone reaches {written(score.floor, result)}"
    p = "" if score.p_value is None else f"p{BLANK}={BLANK}{score.p_value:.2g}"
    reasons = ", ".join(filter(None, (chance, p)))
    tested = score.detectable or score.p_value is None
    verdict = "" if tested else ": it cannot be told apart from chance"
    note = "" if score.note is None else f" It is {score.note}."
    return f"{said}{verdict} ({reasons}).{note}" if reasons else f"{said}{verdict}.{note}"


def explains(name: str, score: Score, result: ImportanceResult) -> str:
    """Say what a hyperparameter explains, by its name or as "it": a sentence without its stop."""
    method, value = by_name(result.estimator), estimate(score, result)
    if method.uses_target:
        return f"{name} alone explains {value} of {separates(result)}"
    region = found_parts(result)[0]
    among = "" if region == 1 else f" among the best {share(region)} of trials"
    return f"{method.explains.replace('{value}', value).replace('{name}', name)}{among}"


def separates(result: ImportanceResult) -> str:
    """Say what is explained: what separates the best 10 % from the rest."""
    region, target = found_parts(result)
    rest = "the rest" if region == 1 else f"the rest of the best {share(region)}"
    return f"what separates the best {share(target)} from {rest}"


def estimate(score: Score | PairScore, result: ImportanceResult) -> str:
    """Write an importance with its interval: 41 % [36 to 47]; a weight as 0.41 [0.36 to 0.47]."""
    if score.importance is None:
        return "no number"
    value = written(score.importance, result)
    if score.low is None:
        return value
    if score.high is None:
        return f"{value}, at least {written(score.low, result)}" if _begins_above_0(score, result) else value
    low, high = (written(end, result).removesuffix(f"{BLANK}%") for end in (score.low, score.high))
    return f"{value} [{low} to {high}]"


def _begins_above_0(score: Score | PairScore, result: ImportanceResult) -> bool:
    """Whether an interval, as it is written, begins above 0."""
    return score.low is not None and score.low > 0 and written(score.low, result) != written(0.0, result)


def written(number: float, result: ImportanceResult) -> str:
    """Write an importance: 41 %; a weight as 0.41."""
    return percent(number) if by_name(result.estimator).in_percent else f"{number:.2g}"


def target_here(result: ImportanceResult) -> str | None:
    """Say which trials charts call the target where the method has none, so that no slider shows it; else None."""
    if by_name(result.estimator).uses_target:
        return None
    return f"Target here: the best {share(found_parts(result)[1])} of trials."


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
