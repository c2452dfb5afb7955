"""A linear model of the loss with all main effects and pairwise interactions, to see whether a regression would do.

The importance of a hyperparameter is the drop in explained variance when every term that contains it is left out; that
of a pair, when only its products are. What another hyperparameter says as well is nobody's drop.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from hpi.estimators.base import Estimate, Pairs, Report, quiet, unknown_scores
from hpi.estimators.linear import quality, terms
from hpi.estimators.linear.choice import Choice
from hpi.estimators.linear.coefficients import coefficients
from hpi.estimators.linear.drop import Drop, Remains, drop
from hpi.estimators.linear.encoding import Trials
from hpi.estimators.linear.shuffles import Draws, Shuffled, null_scores, statistic
from hpi.estimators.settings import Settings, permutations_setting, setting
from hpi.space import Floats
from hpi.subspace import Sample

MOST_TRIALS = 50_000


@dataclass(frozen=True)
class Linear(Settings):
    """Linear model with pairwise interactions, by least squares.

    Parameters
    ----------
    permutations
        Shuffles that say what chance alone would show, from 100 to 10,000; 0 leaves floor and p-values unknown.
    forest
        "yes": a forest says how much a linear reading misses, which takes longest; "no": R^2 of the forest is unknown.

    Raises
    ------
    EstimatorError
        If a setting is out of its bounds.
    """

    permutations: int = permutations_setting()
    forest: str = setting("yes", "whether a forest is asked what a linear reading misses", choices=("yes", "no"))

    name: ClassVar[str] = "linear"
    title: ClassVar[str] = "Linear model"
    summary: ClassVar[str] = (
        "The part of the metric's variance that a regression with interactions loses without one hyperparameter."
    )
    uses_target: ClassVar[bool] = False
    is_slow: ClassVar[bool] = True
    explains: ClassVar[str] = "without {name} a linear model loses {value} of the variance of the metric"
    bar: ClassVar[str] = "share of the variance of the metric that a linear model loses without it"

    def estimate(self, sample: Sample, rng: np.random.Generator, report: Report = quiet) -> Estimate:
        """Return the drop of every hyperparameter and pair, coefficients, and what a linear reading misses."""
        report(0.0, "fitting the linear model")
        hyperparameters = sample.design.hyperparameters
        trials = Trials.of(sample, MOST_TRIALS, rng)
        singles, notes = terms.mains(trials, hyperparameters)
        choice = Choice.of(trials, singles)
        alone, products = choice.alone, choice.products()
        remains = terms.fitted(trials, singles, products) if products else alone
        drops = _drops(alone, remains, [*((j,) for j in singles), *products])
        report(0.2, "shuffling")
        scores = _scores(remains, choice, drops, self.permutations, rng)
        forest = None
        if self.forest == "yes":
            report(0.5, "comparing with a forest")
            forest = quality.r2_of_forest(sample, rng, report)
        facts, warnings = _reading(trials, alone, remains if products else None, forest)
        pairs_known = ("pairs_in_model", len(products)), ("pairs_possible", len(singles) * (len(singles) - 1) // 2)
        return Estimate(
            **_in_columns(scores, [(j,) for j in range(len(hyperparameters))], self.permutations),
            notes=_notes(trials, notes, drops),
            pairs=_pairs(scores, list(products), self.permutations),
            coefficients=coefficients(remains, trials.scale),
            facts=(*facts, *pairs_known),
            warnings=warnings,
        )


Scored = dict[tuple[int, ...], tuple[float, float, float, float, Floats, Floats]]


def _drops(alone: Remains, remains: Remains, keys: list[tuple[int, ...]]) -> dict[tuple[int, ...], Drop]:
    """Return what the model loses without each hyperparameter and pair.

    Nothing that could be known where the main effects of others hold that of a hyperparameter: of two copies, the
    product is a square that neither of them means.
    """
    found = {}
    for key in keys:
        follows = len(key) == 1 and not alone.fit.lacking(terms.holds(alone.fit, *key)).shape[1]
        directions = remains.fit.lacking(terms.holds(remains.fit, *key))
        found[key] = drop(remains, directions[:, :0] if follows else directions)
    return found


def _scores(
    remains: Remains, choice: Choice, drops: dict[tuple[int, ...], Drop], n_shuffles: int, rng: np.random.Generator
) -> Scored:
    """Return the fields of `Scores` for all that has a drop of its own."""
    scores: Scored = {}
    for order, shuffle in ((1, Shuffled.losses), (2, Shuffled.less_mains)):
        own = {key: found for key, found in drops.items() if len(key) == order and found.lost.shape[1]}
        if not own:
            continue
        tested = partial(_tested, own, choice)
        null_statistic, null_drop = null_scores(
            remains, shuffle(choice.alone, choice.weight), list(own.values()), n_shuffles, rng, tested
        )
        observed = tested(Draws.of(remains, remains.fit.z[:, None]))[:, 0]
        for k, (key, found) in enumerate(own.items()):
            of_shuffles = null_statistic[:, k], null_drop[:, k]
            scores[key] = (found.value, found.low, found.high, float(observed[k]), *of_shuffles)
    return scores


def _tested(own: dict[tuple[int, ...], Drop], choice: Choice, draws: Draws) -> Floats:
    """Return the statistics, shape (n_own, n_draws), of hyperparameters or of pairs."""
    mains = any(len(key) == 1 for key in own)
    again = choice.statistic(draws.z) if mains and not choice.room.holds_all else {}
    statistics = [again[key[0]] if again else statistic(own[key], draws) for key in own]
    return np.reshape(statistics, (len(own), draws.z.shape[1]))


def _in_columns(scores: Scored, keys: list[tuple[int, ...]], n_shuffles: int) -> dict[str, Floats]:
    """Return the fields of `Scores` for the keys in order; nan where there is none."""
    fields = unknown_scores(len(keys), n_shuffles)
    for place, key in enumerate(keys):
        if key in scores:
            value, low, high, tested, null_tested, null_value = scores[key]
            for name, number in (("importance", value), ("low", low), ("high", high)):
                fields[name][place] = np.clip(number, 0, 1)
            fields["statistic"][place] = tested
            fields["null_statistic"][:, place] = null_tested
            fields["null_importance"][:, place] = null_value.clip(0, 1)
    return fields


def _pairs(scores: Scored, keys: list[tuple[int, int]], n_shuffles: int) -> Pairs | None:
    if not keys:
        return None
    ordered = sorted((tuple(sorted(key)), key) for key in keys)
    columns = np.array([columns for columns, _ in ordered], dtype=np.int64)
    fields = _in_columns(scores, [key for _, key in ordered], n_shuffles)
    return Pairs(**fields, columns=columns, reading="interaction")


def _notes(trials: Trials, notes: tuple[str | None, ...], drops: dict[tuple[int, ...], Drop]) -> tuple[str | None, ...]:
    found = list(notes)
    for j in (j for j, note in enumerate(notes) if note is None):
        active = int(trials.weight[~np.isnan(trials.x[:, j])].sum())
        if not drops[(j,)].lost.shape[1]:
            found[j] = "follows from the other hyperparameters: a linear model cannot tell them apart"
        elif active < trials.weight.sum():
            found[j] = f"its values speak of the {active:,} of {int(trials.weight.sum()):,} trials where it is active"
    return tuple(found)


def _reading(
    trials: Trials, alone: Remains, paired: Remains | None, forest: float | None
) -> tuple[quality.Facts, tuple[str, ...]]:
    """Return R^2 of the models with what it means, and when not to believe them."""
    r2 = quality.r2_unseen(alone), None if paired is None else quality.r2_unseen(paired), forest
    facts: quality.Facts = (
        *zip(("r2_mains", "r2_pairs", "r2_forest"), r2, strict=True),
        ("trials_in_model", int(trials.weight.sum())),
        ("reading", quality.in_words(*r2)),
    )
    said = (quality.in_words(*r2) if quality.misses_much(*r2) else None, quality.tail(trials))
    return facts, tuple(sentence for sentence in said if sentence)
