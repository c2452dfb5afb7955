"""What the table cannot say, and why: a sentence for each reason to expect no answer, or to read one with care."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from hpi.statements import pairs, words
from hpi.statements.additive import Columns, Fit
from hpi.statements.basis import Basis
from hpi.statements.contrasts import of_two
from hpi.statements.finding import Finding
from hpi.statements.groups import FEWEST, MOST_COMPARED, Groups, columns, in_own_unit
from hpi.statements.together import Pair, chi_squared, crossed
from hpi.statements.trends import ends
from hpi.subspace import Sample

MOST_OF_A_KIND = 4
AT_CEILING = 0.05  # share of equal best trials
CONTINUUM, GAP, WIDE = 40, 0.1, 4.0  # different values; parts of the range; times the widest step of a fair draw
FAR_OUT = 0.01  # share of trials
ROUNDING = 1e-9
INFLATED = 2.0  # times the standard error that trials drawn independently would give
EXPECTED = 10.0  # trials that a cell would hold by chance where its emptiness is worth a word


def cannot_say(
    sample: Sample, basis: Basis, said: Sequence[Finding], drifting: tuple[str, ...] | None
) -> tuple[str, ...]:
    """Return a sentence for each reason; `drifting` as `checks.adaptive` returns it."""
    return (
        *_adaptive(drifting),
        *_thinned(basis),
        *_ranked(basis),
        *_not_held(basis),
        *_ceiling(basis),
        *_far_out(basis),
        *_selected(basis),
        *_some(_rare(sample, basis)),
        *_together(basis),
        *_some(_gaps(basis)),
        *_some(_holes(basis)),
        *_undecided(basis, said),
    )


def _some(sentences: list[str]) -> list[str]:
    more = len(sentences) - MOST_OF_A_KIND
    return sentences if more <= 0 else [*sentences[:MOST_OF_A_KIND], f"And {more} more of this kind."]


def _adaptive(names: tuple[str, ...] | None) -> list[str]:
    if names is None:
        return []
    return [
        f"Later trials are better than earlier ones and lie elsewhere ({', '.join(names)}): an optimiser seems to have "
        "chosen them. Trials then are no independent evidence and good values were tried more often: read every "
        "finding as one about the trials that were run. None of them is called sure."
    ]


def _thinned(basis: Basis) -> list[str]:
    step = basis.trials.step
    if step == 1:
        return []
    return [f"The sentences rest on one trial in {step}, in the order of the metric ({len(basis.trials):,} trials)."]


def _ranked(basis: Basis) -> list[str]:
    if not basis.outcome.ranked:
        return []
    return [
        f"Several tasks: {basis.outcome.name} has no common scale between them, so all effects are in ranks within a "
        "task, from 0 (its best trial) to 1 (its worst). Choose one task for effects in the metric's own unit."
    ]


def _not_held(basis: Basis) -> list[str]:
    if basis.model.is_held or len(basis.groups) < 2:
        return []
    return [
        f"{len(basis.trials):,} trials are too few to hold the other hyperparameters fixed ({columns(basis.groups)} "
        "groups in all): each is looked at by itself, so hyperparameters that were drawn together can be taken for "
        "each other."
    ]


def _ceiling(basis: Basis) -> list[str]:
    loss = basis.trials.loss
    equal = int(np.searchsorted(loss, loss[0], side="right"))
    if equal < 2 or equal < AT_CEILING * len(loss):
        return []
    best = -loss[0] if basis.outcome.maximize else loss[0]
    return [
        f"{words.of_trials(equal, len(loss))} trials share the best {basis.measured}, {best:.6g}: what is better among "
        "them cannot be seen, and effects come out too small."
    ]


def _far_out(basis: Basis) -> list[str]:
    """Say how many trials count as less extreme than they are."""
    trials = basis.trials
    inside = trials.lowest + trials.unit * trials.clipped
    moved = int((np.abs(trials.loss - inside) > trials.unit * ROUNDING).sum())
    if moved < FAR_OUT * len(trials):
        return []
    return [
        f"{words.of_trials(moved, len(trials))} trials lie far from all others in {basis.measured} and count as less "
        "extreme than they are, so effects in its unit are those of ordinary trials; p-values rest on ranks."
    ]


def _selected(basis: Basis) -> list[str]:
    region = basis.trials.region
    if region == 1:
        return []
    return [
        f"Only the best {100 * region:.3g} % are spoken of. Chosen by the metric itself, they differ less in it "
        "than all trials do, so effects come out smaller than among all."
    ]


def _rare(sample: Sample, basis: Basis) -> list[str]:
    """Say which levels have too few trials."""
    found, fixed = [], {condition.name for condition in sample.subspace.where}
    for groups in basis.groups:
        if groups.name in fixed:
            continue
        if groups.rare:
            found += _not_compared(groups)
        elif groups.n_compared < 2:
            found.append(
                f"{groups.name}: too few trials with different values to compare ({groups.n_active:,} trials)."
            )
    return found


def _not_compared(groups: Groups) -> list[str]:
    """Say which levels are not compared: those with too few trials, and those beyond the largest."""
    found, few = [], sorted((level, n) for level, n in groups.rare if n < FEWEST)
    if few:
        levels = words.listed([f"{level} ({n})" for level, n in few[:MOST_OF_A_KIND]])
        more = len(few) - MOST_OF_A_KIND
        rest = f" and {more:,} more levels" if more > 0 else ""
        found.append(f"{groups.name}: too few trials have {levels}{rest}; {FEWEST} of a level are compared.")
    if len(few) < len(groups.rare):
        enough = groups.n_compared + len(groups.rare) - len(few)
        found.append(
            f"{groups.name}: of {enough:,} levels with enough trials the {MOST_COMPARED} with most are compared; group "
            "levels that belong together."
        )
    return found


def _together(basis: Basis) -> list[str]:
    """Say which hyperparameters were not drawn independently of each other, the closest first."""
    pairs_ = sorted(basis.together, key=lambda pair: -chi_squared(crossed(*(basis.thirds[j] for j in pair))))
    blurred = [pair for pair in pairs_ if any(_is_blurred(basis, j) for j in pair)]
    others = [pair for pair in pairs_ if pair not in blurred]
    told = (
        (blurred, "cannot be told apart, or only roughly"),
        (others, "is told apart by a model alone, so no finding about them is called sure"),
    )
    return [
        f"Not drawn independently of each other: {_named(basis, which)}. What is due to the one and what to the other "
        f"{how}; what they do together is not looked at."
        for which, how in told
        if which
    ]


def _named(basis: Basis, which: Sequence[Pair]) -> str:
    named = [f"{basis.groups[j].name} with {basis.groups[k].name}" for j, k in which[:MOST_OF_A_KIND]]
    more = len(which) - MOST_OF_A_KIND
    return ", ".join(named) + (f" and {more} more pairs" if more > 0 else "")


def _is_blurred(basis: Basis, j: int) -> bool:
    """Whether holding the others fixed makes an effect much less sure."""
    groups = basis.groups[j]
    if not basis.model.is_held or groups.n_compared < 2:
        return False
    fit, place = basis.model.raw[j]
    held = fit.difference(place, ends(groups)).se
    alone = replace(Fit.of(Columns.of((groups,)), fit.residual), least=fit.least)
    return not held < INFLATED * alone.difference(0, ends(groups)).se


def _gaps(basis: Basis) -> list[str]:
    """Say where an ordered hyperparameter has no trial between two values although it has many values."""
    found = []
    for j, groups in enumerate(basis.groups):
        x = np.unique(basis.trials.x[:, j][~np.isnan(basis.trials.x[:, j])])
        if not groups.hyperparameter.is_numeric or len(x) < CONTINUUM:
            continue
        steps = np.diff(x)
        widest = int(steps.argmax())
        # In a fair draw the widest step is about log(n) / n of the range.
        if steps[widest] < max(GAP, WIDE * np.log(len(x)) / len(x)):
            continue
        low, high = in_own_unit(groups.hyperparameter, x[widest : widest + 2])
        found.append(
            f"No trial has {groups.name} between {low:.3g} and {high:.3g}: nothing can be said of what lies there."
        )
    return found


def _holes(basis: Basis) -> list[str]:
    """Say which combinations were hardly tried although both parts were, the emptiest first."""
    found = []
    for first, second in combinations(basis.thirds, 2):
        counts = crossed(first, second)
        if counts.size == 0 or not counts.any():
            continue
        expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / counts.sum()
        for a, b in zip(*np.nonzero((counts < 2) & (expected >= EXPECTED)), strict=True):
            here = f"{pairs.where(first, int(a))} together with {pairs.where(second, int(b))}"
            tried = "No trial has" if counts[a, b] == 0 else "One trial alone has"
            found.append((-float(expected[a, b]), f"{tried} {here}: nothing can be said there."))
    return [sentence for _, sentence in sorted(found)]


def _undecided(basis: Basis, said: Sequence[Finding]) -> list[str]:
    """Say of which hyperparameters neither an effect nor its absence is shown, and what cannot be ruled out."""
    named = {name for finding in said for name in finding.hyperparameters}
    found = []
    for j, groups in enumerate(basis.groups):
        if groups.name in named or groups.n_compared < 2:
            continue
        reach = _largest(basis, j)
        if reach == reach:
            found.append((groups.name, reach))
    if not found:
        return []
    each = words.listed([f"{name} (up to {words.some(reach)})" for name, reach in found])
    return [
        f"Not told apart from chance, and not shown to be without effect: {each}; in brackets the average difference "
        f"of {basis.measured} that cannot be ruled out."
    ]


def _largest(basis: Basis, j: int) -> float:
    """Return the largest difference between two groups that an interval still holds."""
    groups = basis.groups[j]
    pairs_of = combinations(range(groups.n_compared), 2)
    every = [ends(groups)] if groups.is_ordered else [of_two(groups, b, a) for a, b in pairs_of]
    reaches = [max(map(abs, basis.by_metric(j, weights).interval())) for weights in every]
    return max((reach for reach in reaches if reach == reach), default=float("nan"))
