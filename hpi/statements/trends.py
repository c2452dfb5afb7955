"""Trends of ordered hyperparameters: lower or higher is better, best or worst between two values."""

from __future__ import annotations

from functools import partial

import numpy as np

from hpi.space import Floats, Kind
from hpi.statements import words
from hpi.statements.additive import Effect
from hpi.statements.basis import Basis, Candidate
from hpi.statements.finding import FindingKind, Strength
from hpi.statements.groups import Groups

FEWEST_WITH_MIDDLE = 3


def trends(basis: Basis) -> list[Candidate]:
    """Return all trends that may be said: one way for each ordered hyperparameter, and two of its middle."""
    found = []
    for j, groups in enumerate(basis.groups):
        if groups.is_ordered and groups.n_compared > 1:
            found.append(one_way(basis, j))
        if groups.is_ordered and groups.n_compared >= FEWEST_WITH_MIDDLE:
            found += [_middle(basis, j, best) for best in (True, False)]
    return found


def one_way(basis: Basis, j: int) -> Candidate:
    """Return "lower is better" or "higher is better", by which it rather is.

    By ranks: the straight line through the groups. In the metric: from the group at one end to that at the other.
    """
    groups = basis.groups[j]
    line = np.zeros(len(groups.count))
    line[: groups.n_compared] = np.arange(groups.n_compared) - (groups.n_compared - 1) / 2
    by_ranks, by_metric = basis.by_ranks(j, line), basis.by_metric(j, ends(groups))
    lower = bool(by_ranks.value > 0)
    gain = by_metric if lower else -by_metric
    low, high = gain.interval()
    last = groups.n_compared - 1
    return Candidate(
        kind=FindingKind.TREND,
        hyperparameters=(groups.name,),
        p=by_ranks.p if low > 0 else 1.0,
        effect=(gain.value, low, high),
        unit=basis.measured,
        n=groups.n_active,
        size=low / basis.spread,
        matters=basis.tolerance is not None and low > basis.tolerance,
        says=partial(_one_way, basis, groups, lower, (gain.value, low, high)),
        compared_with=f"{groups.name} {groups.labels[last if lower else 0]}",
        picture=partial(basis.picture, j, (0, last)),
        lower=lower,
    )


def ends(groups: Groups) -> Floats:
    """Return the weights of "loss at the upper end less loss at the lower end", shape (n_groups,)."""
    weights = np.zeros(len(groups.count))
    weights[groups.n_compared - 1], weights[0] = 1, -1
    return weights


def _one_way(
    basis: Basis,
    groups: Groups,
    lower: bool,
    effect: tuple[float, float, float],
    strength: Strength,
    exception: str | None,
) -> str:
    start, end = (groups.typical[-1], groups.typical[0]) if lower else (groups.typical[0], groups.typical[-1])
    gain = (
        f"from {start} to {end} {basis.measured} improves by {words.amount(*effect)} on average{_active(basis, groups)}"
    )
    return f"{better(groups, lower, strength)}: {gain}{words.except_(exception)}."


def _active(basis: Basis, groups: Groups) -> str:
    """Say so where a sentence speaks only of the trials in which a hyperparameter is active."""
    return "" if groups.n_active == len(basis.trials) else f", among the trials that have a {groups.name}"


def better(groups: Groups, lower: bool, strength: Strength) -> str:
    """Say which way is better: Lower depth is better, or for levels in order, by the level at that end."""
    if groups.hyperparameter.kind is Kind.ORDINAL and not _ascends(groups.hyperparameter.levels):
        return f"{groups.name} nearer to {groups.typical[0 if lower else -1]} {words.is_(strength)} better"
    return f"{'Lower' if lower else 'Higher'} {groups.name} {words.is_(strength)} better"


def _ascends(levels: tuple[str, ...]) -> bool:
    """Whether levels are numbers in their order."""
    try:
        values = [float(level) for level in levels]
    except ValueError:
        return False
    return values == sorted(values)


def _middle(basis: Basis, j: int, best: bool) -> Candidate:
    """Return "best between" or "worst between" for the inner stretch of groups that stands out most on both sides.

    The claim is that both sides differ from it, so its p-value is the larger one (Berger 1982), times the number of
    stretches that it was chosen from.
    """
    groups = basis.groups[j]
    stretches = [(a, b) for a in range(1, groups.n_compared - 1) for b in range(a, groups.n_compared - 1)]
    sign = 1 if best else -1
    tried = [(_sides_p(basis, j, stretch, sign), stretch) for stretch in stretches]
    p, (first, last) = min(tried)
    effect = basis.by_metric(j, sign * _against(basis, j, first, last))
    low, high = effect.interval(0.05 / len(stretches))
    return Candidate(
        kind=FindingKind.TREND,
        hyperparameters=(groups.name,),
        p=min(1.0, p * len(stretches)) if low > 0 else 1.0,
        effect=(effect.value, low, high),
        unit=basis.measured,
        n=groups.n_active,
        size=low / basis.spread,
        matters=basis.tolerance is not None and low > basis.tolerance,
        says=partial(_between, basis, groups, (first, last), best, effect, (low, high)),
        compared_with=f"other values of {groups.name}",
        picture=partial(basis.picture, j, tuple(range(first, last + 1))),
        is_middle=True,
    )


def _sides_p(basis: Basis, j: int, stretch: tuple[int, int], sign: int) -> float:
    """p-value of "both sides have a higher loss than the stretch" (lower, where the sign is -1)."""
    inside = _chosen(basis, j, range(stretch[0], stretch[1] + 1))
    sides = (range(stretch[0]), range(stretch[1] + 1, basis.groups[j].n_compared))
    return max((basis.by_ranks(j, sign * (_chosen(basis, j, side) - inside))).p_above() for side in sides)


def _against(basis: Basis, j: int, first: int, last: int) -> Floats:
    """Return the weights of "loss outside the stretch less loss in it"."""
    n = basis.groups[j].n_compared
    return _chosen(basis, j, [*range(first), *range(last + 1, n)]) - _chosen(basis, j, range(first, last + 1))


def _chosen(basis: Basis, j: int, groups: range | list[int]) -> Floats:
    return basis.shares(j, np.isin(np.arange(len(basis.groups[j].count)), groups))


def _between(
    basis: Basis,
    groups: Groups,
    stretch: tuple[int, int],
    best: bool,
    effect: Effect,
    interval: tuple[float, float],
    strength: Strength,
    exception: str | None,
) -> str:
    where = words.stretch(groups.ends[stretch[0]][0], groups.ends[stretch[1]][1])
    which, moves = ("best", "better") if best else ("worst", "worse")
    by = words.amount(effect.value, *interval)
    gain = f"there {basis.measured} is {moves} by {by} than outside, on average{_active(basis, groups)}"
    return f"{groups.name} {words.is_(strength)} {which} {where}: {gain}{words.except_(exception)}."
