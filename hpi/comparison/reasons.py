"""Why two estimators order the hyperparameters differently: each reason is looked for in the trials, not guessed.

A reason is a function of a `Case` that returns a sentence, or None where it does not hold; the first that holds is
given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from hpi.comparison.evidence import Evidence
from hpi.comparison.ranks import (
    clearly_contradict,
    clearly_idle,
    clearly_matters,
    common,
    most_disputed,
    percent,
    rank_correlation,
    ranks,
    relative_strengths,
    strengths,
)
from hpi.estimators import by_name
from hpi.results import ImportanceResult, PairScore

AGREE = 0.8
MANY_LEVELS = 6
MISSED_BY_LINES = 0.15
DOMINATES = 0.1
TIMES = 3
HOLD_ALL = 0.8
WORTH_MISSING = 0.25
SEE_PAIRS = ("n-rrelieff", "linear", "permutation")  # their bars count what a hyperparameter does in pairs
ASKS = {
    "ped-anova": "what alone decides who reaches the target",
    "fanova": "what alone moves the metric of a forest's predictions",
    "n-rrelieff": "whether near neighbours that differ in a hyperparameter differ in the metric",
    "linear": "what straight lines and their products explain",
    "permutation": "what a forest's predictions lose without it, alone or with others",
}


@dataclass(frozen=True, eq=False)
class Case:
    """Two results of one question, with all results and the trials, where the reason is looked for."""

    a: ImportanceResult
    b: ImportanceResult
    results: tuple[ImportanceResult, ...]
    evidence: Evidence

    @cached_property
    def disputed(self) -> str | None:
        """The hyperparameter whose rank differs most."""
        return most_disputed(self.a, self.b)

    @cached_property
    def order(self) -> tuple[ImportanceResult, ImportanceResult]:
        """The two results: the one that puts the disputed hyperparameter higher, and the other."""
        assert self.disputed is not None
        names = common(self.a, self.b)
        a_first = ranks(self.a, names)[self.disputed] < ranks(self.b, names)[self.disputed]
        return (self.a, self.b) if a_first else (self.b, self.a)

    def one_of(self, name: str) -> ImportanceResult | None:
        """Return the result of the estimator `name` if it is one of the two."""
        return next((result for result in (self.a, self.b) if result.estimator == name), None)


def why(case: Case) -> str | None:
    """Return the reason in one sentence; None where no hyperparameter's rank differs and nothing is to be said."""
    return next((sentence for reason in REASONS if (sentence := reason(case)) is not None), None)


def title(result: ImportanceResult) -> str:
    """Return the estimator's name for people."""
    return by_name(result.estimator).title


def fact(result: ImportanceResult, name: str) -> float | None:
    """Return a number that the estimator found out on its way."""
    value = dict(result.settings).get(name)
    return float(value) if isinstance(value, int | float) else None


def _no_answer(case: Case) -> str | None:
    """A model that does not predict, or too few trials: no order to compare."""
    for result in (case.a, case.b):
        if not strengths(result):
            r2 = fact(result, "out_of_bag_r2")
            measured = "" if r2 is None else f" (out-of-bag R² {r2:.2f})"
            said = "its model does not predict this metric" + measured if r2 is not None else "it has no answer here"
            return f"{title(result)} ranks nothing: {said}."
    return None


def _left_out(case: Case) -> str | None:
    """One of the two has no number for what the other ranks high."""
    for one, other in ((case.a, case.b), (case.b, case.a)):
        sizes = relative_strengths(other)
        missing = sorted(n for n in sizes.keys() - strengths(one).keys() if sizes[n] >= WORTH_MISSING)
        if missing:
            return (
                f"{title(one)} has no number for {' and '.join(missing)}, which {title(other)} ranks: "
                f"{_why_none(one, missing[0])}."
            )
    return None


def _why_none(result: ImportanceResult, name: str) -> str:
    (score,) = [score for score in result.hyperparameters if score.name == name]
    return score.note or "it could not be estimated"


def _silent(case: Case) -> str | None:
    """Neither sees anything; a pair may be why."""
    if any(value > 0 for result in (case.a, case.b) for value in strengths(result).values()):
        return None
    pair = _strongest_pair(case.results)
    told = "Neither tells any hyperparameter from chance."
    return told if pair is None else f"{told} {_together(*pair)}"


def _pair_alone(case: Case) -> str | None:
    """An interaction that only one of the two can see, and for which it puts both hyperparameters higher."""
    if (case.a.estimator in SEE_PAIRS) == (case.b.estimator in SEE_PAIRS):
        return None
    blind, seeing = (case.a, case.b) if case.b.estimator in SEE_PAIRS else (case.b, case.a)
    pair = _strongest_pair((case.a, case.b))
    if pair is None or not set(pair[0].names) <= common(case.a, case.b):
        return None
    both = pair[0].names
    seen, unseen, size = strengths(seeing), strengths(blind), pair[0].importance or 0.0
    place, other = (ranks(result, common(case.a, case.b)) for result in (seeing, blind))
    higher = sum(other[name] - place[name] for name in both) > 0 and all(place[name] <= other[name] for name in both)
    if not higher or not all(seen[name] > 0 and size > unseen[name] for name in both):
        return None
    return f"{_together(*pair)} {title(seeing)} counts that, {title(blind)} counts only what each does alone."


def _strongest_pair(results: tuple[ImportanceResult, ...]) -> tuple[PairScore, ImportanceResult] | None:
    """Return the strongest interaction that explains more than either of its hyperparameters alone."""
    found = [
        (pair, result)
        for result in results
        for pair in result.pairs
        if pair.detectable and pair.reading == "interaction" and _outweighs(pair, result)
    ]
    return max(found, key=lambda one: one[0].importance or 0.0, default=None)


def _outweighs(pair: PairScore, result: ImportanceResult) -> bool:
    alone = {score.name: score.importance or 0.0 for score in result.hyperparameters}
    return (pair.importance or 0.0) > max(alone[name] for name in pair.names)


def _together(pair: PairScore, result: ImportanceResult) -> str:
    first, second = pair.names
    return (
        f"{first} and {second} matter together more than alone: their interaction explains "
        f"{percent(pair.importance or 0.0)} ({title(result)})."
    )


def _agree(case: Case) -> str | None:
    correlation = rank_correlation(case.a, case.b)
    orders = [strengths(result) for result in (case.a, case.b)]
    first = [max(order, key=lambda name: (order[name], name)) for order in orders]
    if correlation is None or correlation < AGREE or first[0] != first[1]:
        return None
    return f"They agree: both put {first[0]} first."


def _not_linear(case: Case) -> str | None:
    """A regression that misses what the others see."""
    linear = case.one_of("linear")
    if linear is None or case.disputed is None or case.order[0] is linear:
        return None
    lines, forest = fact(linear, "r2_pairs"), fact(linear, "r2_forest")
    if lines is None or forest is None or forest - lines < MISSED_BY_LINES:
        return None
    return (
        f"Straight lines and their products explain {percent(max(lines, 0.0))} of the variance, a forest "
        f"{percent(forest)}: the effect of {case.disputed}, on which they differ most, may follow no line."
    )


def _many_levels(case: Case) -> str | None:
    """Near neighbours nearly always differ in a category with many levels: the method's blind spot."""
    relief = case.one_of("n-rrelieff")
    if relief is None or case.disputed is None or case.order[0] is relief:
        return None
    hyperparameter = case.evidence.hyperparameter(case.disputed)
    if hyperparameter.is_ordered or len(hyperparameter.levels) < MANY_LEVELS:
        return None
    return (
        f"{case.disputed} has {len(hyperparameter.levels)} levels without order: near neighbours seldom share one, so "
        "N-RReliefF gives it too little."
    )


def _uncertain(case: Case) -> str | None:
    if case.disputed is None or clearly_contradict(case.a, case.b):
        return None
    higher, lower = case.order
    if clearly_matters(higher, case.disputed) and clearly_idle(lower, case.disputed):
        return None
    return f"They differ most on {case.disputed}, but nowhere clearly: the intervals of what they swap overlap."


def _bad_trials(case: Case) -> str | None:
    """Variance over everything against reaching the target: what comes first by the one only keeps from being bad."""
    ped = case.one_of("ped-anova")
    if ped is None or case.disputed is None:
        return None
    other, names = case.b if ped is case.a else case.a, common(case.a, case.b)
    place = ranks(other, names)
    first = min(names, key=lambda name: (place[name], name))
    reaches, spoils = strengths(ped)[first], case.evidence.spoils.get(first, 0.0)
    if ranks(ped, names)[first] <= place[first] or spoils <= max(DOMINATES, TIMES * reaches):
        return None
    return (
        f"Bad trials dominate the variance: {first} explains {percent(spoils)} of who is among the worst third but "
        f"{percent(reaches)} of who reaches the target. {title(other)} counts the one, PED-ANOVA the other."
    )


def _few_hold_all(case: Case) -> str | None:
    """A handful of very bad trials is nearly all that a method on the metric's own scale sees."""
    if case.disputed is None or case.evidence.held_by_few < HOLD_ALL:
        return None
    ped = case.one_of("ped-anova")
    held = f"The worst 5 % of trials hold {percent(case.evidence.held_by_few)} of the metric's variance"
    if ped is None:
        return f"{held}, and the two take such a metric differently: ask among a smaller region."
    other = case.b if ped is case.a else case.a
    return f"{held}, which is nearly all that {title(other)} sees; PED-ANOVA asks only who reaches the target."


def _makes_excellent(case: Case) -> str | None:
    """What decides who reaches the target need not move much of the variance."""
    ped = case.one_of("ped-anova")
    if ped is None or case.disputed is None or case.order[0] is not ped:
        return None
    reaches = percent(strengths(ped)[case.disputed])
    return (
        f"{case.disputed} explains {reaches} of who reaches the target, but moves little of the metric elsewhere, "
        f"which {title(case.order[1])} counts as well."
    )


def _blind_spot(case: Case) -> str | None:
    relief = case.one_of("n-rrelieff")
    if relief is None or case.disputed is None or case.order[0] is relief:
        return None
    return (
        f"N-RReliefF looks at near neighbours only: the effect of {case.disputed} is steep, symmetric or seen in few "
        "of them, and escapes it."
    )


def _different_questions(case: Case) -> str | None:
    if case.disputed is None:
        return None
    higher, lower = case.order
    return (
        f"They differ most on {case.disputed}, which {title(higher)} puts higher: it asks {ASKS[higher.estimator]}, "
        f"{title(lower)} asks {ASKS[lower.estimator]}."
    )


Reason = Callable[[Case], str | None]
REASONS: tuple[Reason, ...] = (
    _no_answer,
    _left_out,
    _silent,
    _pair_alone,
    _agree,
    _many_levels,
    _few_hold_all,
    _bad_trials,
    _not_linear,
    _uncertain,
    _blind_spot,
    _makes_excellent,
    _different_questions,
)
