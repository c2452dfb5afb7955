"""Contrasts: every two levels of a category or a switch."""

from __future__ import annotations

from functools import partial
from itertools import combinations

import numpy as np

from hpi.space import Floats
from hpi.statements import words
from hpi.statements.basis import Basis, Candidate
from hpi.statements.finding import FindingKind
from hpi.statements.groups import Groups
from hpi.statements.words import Tone


def contrasts(basis: Basis) -> list[Candidate]:
    """Return all pairs of levels, each with the better one first."""
    return [
        contrast(basis, j, first, second)
        for j, groups in enumerate(basis.groups)
        if not groups.is_ordered
        for first, second in combinations(range(groups.n_compared), 2)
    ]


def contrast(basis: Basis, j: int, first: int, second: int) -> Candidate:
    """Return "one level is worse than the other", by ranks and in the metric."""
    groups = basis.groups[j]
    by_ranks = basis.by_ranks(j, of_two(groups, first, second))
    better, worse = (first, second) if by_ranks.value > 0 else (second, first)
    gain = basis.by_metric(j, of_two(groups, better, worse))
    low, high = gain.interval()
    return Candidate(
        kind=FindingKind.CONTRAST,
        hyperparameters=(groups.name,),
        p=by_ranks.p if low > 0 else 1.0,
        effect=(gain.value, low, high),
        unit=basis.measured,
        n=int(groups.count[better] + groups.count[worse]),
        size=low / basis.spread,
        matters=basis.matters(low),
        says=partial(_says, groups, better, worse, (gain.value, low, high)),
        compared_with=f"{groups.name} = {groups.labels[worse]}",
        picture=partial(basis.picture, j, (better, worse)),
        levels=(groups.labels[better], groups.labels[worse]),
    )


def of_two(groups: Groups, better: int, worse: int) -> Floats:
    """Return the weights of "loss of the one less loss of the other", shape (n_groups,)."""
    weights = np.zeros(len(groups.count))
    weights[worse], weights[better] = 1, -1
    return weights


def _says(
    groups: Groups,
    better: int,
    worse: int,
    effect: tuple[float, float, float],
    tone: Tone,
    exception: str | None,
) -> str:
    ahead, behind = groups.labels[better], groups.labels[worse]
    gain = f"by {words.amount(*effect)} on average"
    return f"{groups.name} = {behind} {words.is_(tone)} worse than {ahead}, {gain}{words.except_(exception)}."
