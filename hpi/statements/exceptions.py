"""Exceptions: where what is better in general is the other way round.

The claim has two halves, the effect in general and its reverse among the trials of one group of another
hyperparameter, so its p-value is the larger one (Berger 1982).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from hpi.statements import pairs, words
from hpi.statements.additive import Effect
from hpi.statements.basis import Basis, Candidate
from hpi.statements.family import RATE
from hpi.statements.finding import FindingKind
from hpi.statements.groups import Groups
from hpi.statements.trends import better
from hpi.statements.words import Tone

MOST_NAMED = 2


@dataclass(frozen=True, eq=False)
class _Reverse:
    """A main effect and the cell in which it may be turned round.

    Attributes
    ----------
    main
        What is said in general: from group `worse` to group `best` of hyperparameter j the loss falls.
    k, group
        Among the trials of this group of another hyperparameter.
    """

    main: Candidate
    j: int
    best: int
    worse: int
    k: int
    group: int


def exceptions(basis: Basis, mains: Sequence[Candidate], tables: pairs.Tables) -> list[Candidate]:
    """Return every main effect turned round in every group of every other hyperparameter.

    A main effect that is not even there by itself (p above .05) has no exceptions and is not looked at: whether it is
    there says nothing about where it would be turned round, so the others are not favoured by that.
    """
    place = {groups.name: j for j, groups in enumerate(basis.thirds)}
    found: list[Candidate] = []
    for main in mains:
        j = place[main.hyperparameters[0]]
        ends = None if main.is_middle or main.p > RATE else _ends(basis.thirds[j], main)
        if ends is not None:
            for k in range(len(basis.thirds)):
                if k != j:
                    found += _in_groups(basis, main, j, k, ends, tables)
    return found


def _ends(groups: Groups, main: Candidate) -> tuple[int, int] | None:
    """Return the best and the worse group of the main effect; None where they are not among the coarse ones."""
    if groups.n_compared < 2:
        return None
    if groups.is_ordered:
        return (0, groups.n_compared - 1) if main.lower else (groups.n_compared - 1, 0)
    if not set(main.levels) <= set(groups.labels):
        return None
    best, worse = (groups.labels.index(level) for level in main.levels)
    return best, worse


def _in_groups(
    basis: Basis, main: Candidate, j: int, k: int, ends: tuple[int, int], tables: pairs.Tables
) -> list[Candidate]:
    """Return a candidate for each group of hyperparameter k."""
    cases = [_Reverse(main, j, *ends, k, group) for group in range(basis.thirds[k].n_compared)]
    metric, ranks = tables(j, k)
    return [_candidate(basis, case, metric, ranks) for case in cases]


def _gain(case: _Reverse, cells: pairs.Table) -> Effect:
    """Return what the other way round gains in this group."""
    return cells.sum({(case.best, case.group): 1.0, (case.worse, case.group): -1.0})


def _candidate(basis: Basis, case: _Reverse, metric: pairs.Table, ranks: pairs.Table) -> Candidate:
    gain = _gain(case, metric) * basis.trials.unit
    low, high = gain.interval()
    if not low > 0:
        return _blank(basis, case)
    effect = (gain.value, low, high)
    first, second = basis.thirds[case.j], basis.thirds[case.k]
    marked = ((case.best, case.group), (case.worse, case.group))
    return replace(
        _blank(basis, case),
        p=max(case.main.p, _gain(case, ranks).p_above()),
        effect=effect,
        n=int(metric.count[case.best, case.group] + metric.count[case.worse, case.group]),
        size=low / basis.spread,
        matters=basis.matters(low),
        says=partial(_says, basis, case, effect),
        compared_with=_compared_with(first, case),
        picture=partial(pairs.picture, basis, metric, case.j, case.k, marked),
        exception=pairs.where(second, case.group),
    )


def _blank(basis: Basis, case: _Reverse) -> Candidate:
    """Return the candidate that cannot be said: it was looked at, so it counts."""
    nothing = float("nan")
    return replace(
        case.main,
        kind=FindingKind.EXCEPTION,
        hyperparameters=(*case.main.hyperparameters, basis.thirds[case.k].name),
        p=1.0,
        effect=(nothing, nothing, nothing),
        size=0.0,
    )


def _compared_with(groups: Groups, case: _Reverse) -> str:
    sign = "" if groups.is_ordered else "= "
    return f"{groups.name} {sign}{groups.labels[case.best]}, which is better in general"


def _says(basis: Basis, case: _Reverse, effect: tuple[float, float, float], tone: Tone, exception: str | None) -> str:
    groups, other = basis.thirds[case.j], basis.thirds[case.k]
    among = pairs.where(other, case.group)
    gain = f"by {words.amount(*effect)} on average"
    if groups.is_ordered:
        lower = case.best == 0
        general = better(groups, lower, Tone.SURE)
        reverse = better(groups, not lower, tone)
        if not reverse.startswith(groups.name):  # a name stays as it is
            reverse = reverse[0].lower() + reverse[1:]
        way = f"from {groups.typical[case.best]} to {groups.typical[case.worse]} {basis.measured} improves {gain}"
        return f"{general}, except with {among}: there {reverse}, {way}."
    best, worse = groups.labels[case.best], groups.labels[case.worse]
    general = f"{groups.name} = {best} is better than {worse}"
    return f"{general}, except with {among}: there {worse} {words.is_(tone)} better, {gain}."


def with_exceptions(kept: Sequence[tuple[Candidate, float]]) -> list[tuple[Candidate, float]]:
    """Name exceptions in the sentences that they belong to; drop those whose general sentence is not said."""
    named: dict[tuple[object, ...], list[str]] = {}
    for one, _ in kept:
        if one.kind is FindingKind.EXCEPTION and one.exception is not None:
            named.setdefault(_of(one), []).append(one.exception)
    mains = {_of(one) for one, _ in kept if _is_main(one)}
    said = [(one, p) for one, p in kept if one.kind is not FindingKind.EXCEPTION or _of(one) in mains]
    return [(_naming(one, named.get(_of(one), [])) if _is_main(one) else one, p) for one, p in said]


def _is_main(one: Candidate) -> bool:
    return one.kind in (FindingKind.TREND, FindingKind.CONTRAST) and not one.is_middle


def _of(one: Candidate) -> tuple[object, ...]:
    return one.hyperparameters[0], one.levels, one.lower


def _naming(main: Candidate, exceptions: list[str]) -> Candidate:
    if not exceptions:
        return main
    more = len(exceptions) - MOST_NAMED
    named = exceptions if more <= 0 else [*exceptions[:MOST_NAMED], f"{more} more"]
    return replace(main, exception=words.listed(named))
