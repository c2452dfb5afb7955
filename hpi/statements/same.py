"""No difference that matters: shown by an equivalence test, never by a test that merely failed.

Two one-sided tests against the tolerance (Schuirmann 1987, 10.1007/BF01068419); where several differences are spoken
of, all of them must pass (Berger 1982).
"""

from __future__ import annotations

from functools import partial
from itertools import combinations

import numpy as np

from hpi.space import Floats
from hpi.statements import words
from hpi.statements.additive import Effect
from hpi.statements.basis import Basis, Candidate
from hpi.statements.contrasts import of_two
from hpi.statements.finding import FindingKind
from hpi.statements.groups import Groups
from hpi.statements.words import Tone

PARTS = 3


def same(basis: Basis) -> list[Candidate]:
    """Return every hyperparameter, and every two levels, that may differ by less than the tolerance."""
    if basis.tolerance is None:
        return []
    found = []
    for j, groups in enumerate(basis.groups):
        if groups.name in basis.dependent:
            continue  # what is not told apart from another is not shown to do nothing
        if groups.n_compared > (1 if groups.is_ordered else 2):
            found.append(_over_all(basis, j))
        if not groups.is_ordered:
            found += [_two_levels(basis, j, *pair) for pair in combinations(range(groups.n_compared), 2)]
    return found


def _over_all(basis: Basis, j: int) -> Candidate:
    """Return "low, middle and high values make no difference that matters"; of a category, all levels."""
    groups = basis.groups[j]
    differences = [basis.by_metric(j, a - b) for a, b in combinations(_parts(basis, j), 2)]
    largest = max(differences, key=lambda one: abs(one.value))
    return _candidate(basis, j, differences, largest, groups.n_active, partial(_over_all_says, groups), ())


def _parts(basis: Basis, j: int) -> list[Floats]:
    """Return weights for the low, middle and high part, or for each level, shape (n_groups,) each."""
    groups = basis.groups[j]
    n_parts = min(PARTS, groups.n_compared) if groups.is_ordered else groups.n_compared
    parts = np.array_split(np.arange(groups.n_compared), n_parts)
    return [basis.shares(j, np.isin(np.arange(len(groups.count)), part)) for part in parts]


def _two_levels(basis: Basis, j: int, first: int, second: int) -> Candidate:
    groups = basis.groups[j]
    difference = basis.by_metric(j, of_two(groups, first, second))
    n = int(groups.count[first] + groups.count[second])
    says = partial(_two_levels_says, groups, first, second)
    return _candidate(basis, j, [difference], difference, n, says, (first, second))


def _candidate(
    basis: Basis,
    j: int,
    differences: list[Effect],
    largest: Effect,
    n: int,
    says: partial[str],
    marked: tuple[int, ...],
) -> Candidate:
    tolerance = basis.tolerance
    assert tolerance is not None
    p = max(max(one.p_above(-tolerance), (-one).p_above(-tolerance)) for one in differences)
    low, high = largest.interval()
    effect = (largest.value, low, high)
    return Candidate(
        kind=FindingKind.SAME,
        hyperparameters=(basis.groups[j].name,),
        p=p if max(-low, high) < tolerance else 1.0,
        effect=effect,
        unit=basis.measured,
        n=n,
        size=(tolerance - max(-low, high)) / basis.spread,
        matters=True,
        says=partial(says, effect, f"{words.some(tolerance)} {basis.measured}"),
        compared_with=f"a tolerance of {words.some(tolerance)}",
        picture=partial(basis.picture, j, marked),
        levels=tuple(basis.groups[j].labels[g] for g in marked),
    )


def _over_all_says(
    groups: Groups,
    effect: tuple[float, float, float],
    tolerance: str,
    tone: Tone,
    exception: str | None,
) -> str:
    between = f"on average its values differ by less than {tolerance} (most: {words.amount(*effect)})"
    return f"{groups.name} {_makes(tone)} no difference that matters: {between}."


def _two_levels_says(
    groups: Groups,
    first: int,
    second: int,
    effect: tuple[float, float, float],
    tolerance: str,
    tone: Tone,
    exception: str | None,
) -> str:
    a, b = groups.labels[first], groups.labels[second]
    between = f"on average less than {tolerance} ({words.amount(*effect)})"
    seems = "is" if tone is Tone.SURE else "seems to be"
    return f"Between {groups.name} = {a} and {b} there {seems} no difference that matters: {between}."


def _makes(tone: Tone) -> str:
    return "makes" if tone is Tone.SURE else "seems to make"
