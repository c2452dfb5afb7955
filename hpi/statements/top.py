"""Reaching the top: a stretch of values, or a level, that the target's trials have more often than the others.

It must be so in the counts, and also with the other hyperparameters held, so that one that was drawn together with
another does not get its credit: the larger p-value counts (Berger 1982).
Fisher's exact test of one stretch, times the number of stretches that it was chosen from; the odds ratio with half a
trial added to each cell (Haldane 1956, Anscombe 1956), its interval widened for the same choice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import gammaln, ndtri

from hpi.space import Integers
from hpi.statements import words
from hpi.statements.basis import Basis, Candidate
from hpi.statements.finding import FindingKind, Line, Picture, Point
from hpi.statements.groups import Groups
from hpi.statements.words import Tone

LEAST_SHARE = 0.5  # of the target's trials: a stretch that holds fewer is no advice
AS_STANDARD_DEVIATIONS = math.sqrt(3) / math.pi  # of a log odds ratio (Hasselblad and Hedges 1995)
MATTERS = 2.0  # odds ratio from which on a finding may be strong
WILSON = 1.96


@dataclass(frozen=True)
class _Stretch:
    """Groups from first to last: target trials in it, all trials in it, and the p-value of as many by chance."""

    first: int
    last: int
    target: int
    region: int
    p: float


def top(basis: Basis) -> list[Candidate]:
    """Return the best stretch or level of every hyperparameter, where the target is a part of the region."""
    n = len(basis.trials)
    if not 0 < basis.trials.n_target < n:
        return []
    found = [_best(basis, j) for j, groups in enumerate(basis.groups) if groups.n_compared > 1]
    return [candidate for candidate in found if candidate is not None]


def _best(basis: Basis, j: int) -> Candidate | None:
    groups = basis.groups[j]
    active = groups.code < groups.n_compared
    target = np.bincount(groups.code[: basis.trials.n_target], minlength=len(groups.count))[: groups.n_compared]
    region = groups.count[: groups.n_compared]
    n_target, n_region = int(target.sum()), int(active.sum())
    if not 0 < n_target < n_region:
        return None
    stretches = _stretches(groups)
    tried = [_tried(target, region, a, b) for a, b in stretches]
    fair = [one for one in tried if one.target >= LEAST_SHARE * n_target]
    if not fair:
        return None
    best = min(fair, key=lambda one: (one.p, one.first, one.last))
    odds = _odds(best, n_target, n_region, 0.05 / len(stretches))
    return Candidate(
        kind=FindingKind.TOP,
        hyperparameters=(groups.name,),
        p=min(1.0, max(best.p, _held_p(basis, j, best)) * len(stretches)) if odds[1] > 1 else 1.0,
        effect=odds,
        unit="odds ratio",
        n=n_region,
        size=math.log(odds[1]) * AS_STANDARD_DEVIATIONS,
        matters=odds[1] >= MATTERS,
        says=partial(_says, basis, groups, best, (n_target, n_region), odds),
        compared_with=f"other values of {groups.name}",
        picture=partial(_picture, basis, groups, target, tuple(range(best.first, best.last + 1))),
    )


def _held_p(basis: Basis, j: int, one: _Stretch) -> float:
    """p-value of "inside, no larger share is in the target than outside, with the others held"."""
    groups = basis.groups[j]
    place = np.arange(len(groups.count))
    inside = (one.first <= place) & (place <= one.last)
    outside = ~inside & (place < groups.n_compared)
    return basis.by_target(j, basis.shares(j, inside) - basis.shares(j, outside)).p_above()


def _stretches(groups: Groups) -> list[tuple[int, int]]:
    """Return every stretch of neighbours but the whole, or every level."""
    n = groups.n_compared
    if not groups.is_ordered:
        return [(a, a) for a in range(n)]
    return [(a, b) for a in range(n) for b in range(a, n) if b - a < n - 1]


def _tried(target: Integers, region: Integers, first: int, last: int) -> _Stretch:
    inside = int(target[first : last + 1].sum()), int(region[first : last + 1].sum())
    return _Stretch(first, last, *inside, _by_chance(*inside, int(target.sum()), int(region.sum())))


def _by_chance(in_both: int, n_inside: int, n_target: int, n_region: int) -> float:
    """Chance that so many or more of the target lie inside, if it is drawn from the region blindly."""
    k = np.arange(in_both, min(n_inside, n_target) + 1)
    k = k[n_target - k <= n_region - n_inside]
    logs = _log_choose(n_inside, k) + _log_choose(n_region - n_inside, n_target - k)
    return float(min(1.0, np.exp(logs - _log_choose(n_region, np.array(n_target))).sum()))


def _log_choose(n: int, k: Integers) -> Integers:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def _odds(one: _Stretch, n_target: int, n_region: int, error: float) -> tuple[float, float, float]:
    """Return the odds ratio of being in the target, inside against outside, with its interval (Woolf 1955)."""
    cells = np.array(
        [one.target, one.region - one.target, n_target - one.target, n_region - n_target - one.region + one.target]
    )
    a, b, c, d = cells + 0.5
    log = math.log(a * d / (b * c))
    reach = float(-ndtri(error / 2)) * math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    return math.exp(log), math.exp(log - reach), math.exp(log + reach)


def _says(
    basis: Basis,
    groups: Groups,
    best: _Stretch,
    sizes: tuple[int, int],
    odds: tuple[float, float, float],
    tone: Tone,
    exception: str | None,
) -> str:
    n_target, n_region = sizes
    part = "" if n_region == len(basis.trials) else _part(groups)
    among = f"Among the best {100 * basis.trials.target:.3g}\u00a0%{part}"
    held = f"{words.of_trials(best.target, n_target)} trials have {_where(groups, best)}"
    all_ = f"all {'such ' if part else ''}trials{of_region(basis)}{' looked at' if basis.trials.is_part else ''}"
    of_all = f"of {all_} {words.of_trials(best.region, n_region)} do"
    odds_there = f"there the odds of being among them {'seem' if tone is Tone.UNSURE else 'are'}"
    # With nobody outside there is no estimate worth printing: only how much it is at least.
    times = f"at least {words.fold(odds[1])}" if best.target == n_target else words.odds(*odds)
    unsure = ", by how much is less sure" if tone is Tone.SLIGHT and best.target != n_target else ""
    return f"{among}, {held} ({of_all}); {odds_there} {times} times those elsewhere{unsure}."


def _where(groups: Groups, best: _Stretch) -> str:
    """Say in which values: lr up to 0.003, lr from 0.003 on, lr between both, optimizer = adam."""
    first, last = groups.ends[best.first][0], groups.ends[best.last][1]
    if groups.is_ordered and first != last and best.first == 0:
        return f"{groups.name} up to {last}"
    if groups.is_ordered and first != last and best.last == groups.n_compared - 1:
        return f"{groups.name} from {first} on"
    return f"{groups.name} {words.stretch(first, last, '=')}"


def _part(groups: Groups) -> str:
    """Say which trials are counted where it is not all of them."""
    return (
        f", of those with a frequent level of {groups.name}"
        if groups.rare
        else f", of those with a value of {groups.name}"
    )


def of_region(basis: Basis) -> str:
    """Say of which trials all is spoken, where it is not all of them."""
    return "" if basis.trials.region == 1 else f" of the best {100 * basis.trials.region:.3g}\u00a0%"


def _picture(basis: Basis, groups: Groups, target: Integers, marked: tuple[int, ...]) -> Picture:
    points = []
    for g in range(groups.n_compared):
        share, n = int(target[g]) / int(groups.count[g]), int(groups.count[g])
        points.append(Point(groups.labels[g], share, *_wilson(int(target[g]), n), n, g in marked))
    measured = f"share in the best {100 * basis.trials.target:.3g} %"
    return Picture(groups.name, measured, (Line("", tuple(points)),), groups.is_ordered, is_share=True)


def _wilson(k: int, n: int) -> tuple[float, float]:
    """Return the interval of a share (Wilson 1927)."""
    z2 = WILSON**2
    middle, reach = (k + z2 / 2) / (n + z2), WILSON * math.sqrt(k * (n - k) / n + z2 / 4) / (n + z2)
    # None and all of them lie on the ends, but for rounding.
    return (max(0.0, middle - reach) if k else 0.0), (min(1.0, middle + reach) if k < n else 1.0)
