"""Trends of ordered hyperparameters: lower or higher is better, best or worst between two values."""

from __future__ import annotations

from functools import partial

import numpy as np

from hpi.space import Floats, Kind
from hpi.statements import words
from hpi.statements.additive import Effect
from hpi.statements.basis import Basis, Candidate
from hpi.statements.contrasts import of_two
from hpi.statements.finding import FindingKind
from hpi.statements.groups import Groups
from hpi.statements.words import Tone

FEWEST_WITH_MIDDLE = 3
FALLS = 0.05  # p-value below which an end is taken to be worse than a group before it


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
        matters=basis.matters(low),
        says=partial(_one_way, basis, groups, lower, (gain.value, low, high), _peak(basis, j, 0 if lower else last)),
        compared_with=f"{groups.name} {groups.labels[last if lower else 0]}",
        picture=partial(basis.picture, j, (0, last)),
        lower=lower,
    )


def _peak(basis: Basis, j: int, end: int) -> int | None:
    """Return the best group, where the end that is better than the other is itself worse than that one."""
    groups, levels = basis.groups[j], _levels(basis, j)
    if np.isnan(levels).any() or (best := int(levels.argmin())) == end:
        return None
    each = np.eye(len(groups.count))
    return best if basis.by_ranks(j, each[end] - each[best]).p_above() < FALLS else None


def ends(groups: Groups) -> Floats:
    """Return the weights of "loss at the upper end less loss at the lower end", shape (n_groups,)."""
    return of_two(groups, 0, groups.n_compared - 1)


def _one_way(
    basis: Basis,
    groups: Groups,
    lower: bool,
    effect: tuple[float, float, float],
    peak: int | None,
    tone: Tone,
    exception: str | None,
) -> str:
    start, end = (groups.typical[-1], groups.typical[0]) if lower else (groups.typical[0], groups.typical[-1])
    gain = (
        f"from {start} to {end} {basis.measured} improves by {words.amount(*effect)} on average{_active(basis, groups)}"
    )
    if peak is not None:  # the way to that end is no way up all along
        how = f"{groups.name} {words.is_(tone)} better at {end} than at {start}"
        return f"{how}: {gain}{words.except_(exception)}. The best group is {groups.labels[peak]}."
    return f"{better(groups, lower, tone)}: {gain}{words.except_(exception)}."


def _active(basis: Basis, groups: Groups) -> str:
    """Say so where a sentence speaks only of the trials in which a hyperparameter is active."""
    return "" if groups.n_active == len(basis.trials) else f", among the trials that have a {groups.name}"


def better(groups: Groups, lower: bool, tone: Tone) -> str:
    """Say which way is better: Lower depth is better, or for levels in order, by the level at that end."""
    if groups.hyperparameter.kind is Kind.ORDINAL and not _ascends(groups.hyperparameter.levels):
        return f"{groups.name} nearer to {groups.typical[0 if lower else -1]} {words.is_(tone)} better"
    return f"{'Lower' if lower else 'Higher'} {groups.name} {words.is_(tone)} better"


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
    levels = sign * _levels(basis, j)
    tried = [(_sides_p(basis, j, stretch, sign) if _stands_out(levels, *stretch) else 1.0, stretch)
             for stretch in stretches]  # fmt: skip
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
        matters=basis.matters(low),
        says=partial(_between, basis, groups, (first, last), best, effect, (low, high)),
        compared_with=f"other values of {groups.name}" if best else f"{groups.name} {_stretch(groups, first, last)}",
        picture=partial(basis.picture, j, tuple(range(first, last + 1))),
        is_middle=True,
    )


def _levels(basis: Basis, j: int) -> Floats:
    """Return the mean of each group by ranks, less that of the first, shape (n_compared,); nan where not known."""
    first, *others = np.eye(len(basis.groups[j].count))[: basis.groups[j].n_compared]
    return np.array([0.0, *(basis.by_ranks(j, one - first).value for one in others)])


def _stands_out(levels: Floats, first: int, last: int) -> bool:
    """Whether every group of the stretch has a lower level than every group outside."""
    inside = levels[first : last + 1]
    return bool(inside.max() < min(levels[:first].min(), levels[last + 1 :].min()))


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


def _stretch(groups: Groups, first: int, last: int) -> str:
    """Say between which values groups lie."""
    return words.stretch(groups.ends[first][0], groups.ends[last][1])


def _between(
    basis: Basis,
    groups: Groups,
    stretch: tuple[int, int],
    best: bool,
    effect: Effect,
    interval: tuple[float, float],
    tone: Tone,
    exception: str | None,
) -> str:
    where = _stretch(groups, *stretch)
    which, here, there = ("best", "there", "outside") if best else ("worst", "outside", "there")
    by = words.amount(effect.value, *interval)
    gain = f"{here} {basis.measured} is better by {by} than {there}, on average{_active(basis, groups)}"
    return f"{groups.name} {words.seems(tone)} {which} {where}: {gain}{words.except_(exception)}."
