"""What each figure shows, in words, for those who cannot see it; plain text, so names are as they are in the table.

A figure carries it itself, as layout.meta["alt"].
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hpi.comparison import Agreement
from hpi.comparison.places import places
from hpi.curve import Curve
from hpi.effects import History, OneEffect, ProfileAxis, TargetProfile, TwoEffects
from hpi.estimators import by_name
from hpi.figures import bar_words
from hpi.figures.axes import said
from hpi.figures.cells import Grid, Show
from hpi.figures.labels import number, percent, visible
from hpi.results import ImportanceResult
from hpi.statements import Finding
from hpi.words import thresholds
from hpi.words.writing import listed

MOST = 3  # hyperparameters, levels or groups in a sentence
Meta = dict[str, str]


def described(*sentences: str) -> Meta:
    """Return the `meta` of a layout with these sentences as its text alternative; empty ones are left out."""
    return {"alt": " ".join(visible(sentence).strip() for sentence in sentences if sentence.strip())}


def of_importance(result: ImportanceResult) -> Meta:
    """Describe the bars: the strongest with their intervals, and how many cannot be told apart from chance."""
    scores, found = result.hyperparameters, result.detectable
    begin = f"Importance of {_several(len(scores), 'hyperparameter')} by {by_name(result.estimator).title}."
    if all(score.importance is None for score in scores):
        return described(begin, bar_words.nothing(result))
    tested = any(score.p_value is not None for score in scores)
    shown = found if tested else tuple(score for score in scores if score.importance is not None)
    strongest = ", ".join(f"{score.name} {bar_words.with_interval(result, score)}" for score in shown[:MOST])
    more = len(shown) - MOST
    also = f" and {more} more" if more > 0 else ""
    unknown = sum(score.importance is None for score in scores)
    noise = len(scores) - unknown - len(shown)
    verdict = f"{noise} cannot be told apart from chance." if shown else "None can be told apart from chance."
    return described(
        begin,
        f"{strongest}{also}{' can be told apart from chance' if tested else ''}." if shown else "",
        verdict if noise else "",
        f"{unknown} without a number." if unknown else "",
    )


def of_curve(curve: Curve, result: ImportanceResult) -> Meta:
    """Describe the lines of importance against the target."""
    known = curve.targets[curve.known]
    ends = f" from the best {percent(known[0])} to the best {percent(known[-1])}" if len(known) else ""
    begin = f"Importance of {_several(len(curve.names), 'hyperparameter')} for targets{ends}."
    return described(begin, thresholds.said(curve, result.used) if len(known) else "Nothing is known.")


def of_trials(effect: OneEffect) -> Meta:
    """Describe the metric against one hyperparameter: the median level by level, or at both ends and where best."""
    name, median, at = effect.hyperparameter.name, effect.quartiles.median, effect.quartiles.at
    begin = f"{said(effect.outcome)} of {len(effect.metric):,} trials against {name}."
    if not len(at):
        return described(begin, "Too few trials for a median.")
    if effect.levels is not None:
        each = [f"{effect.levels.labels[int(k)]} {number(value)}" for k, value in zip(at, median, strict=True)]
        return described(begin, f"Median: {_first(each, 'levels')}.")
    best = int(np.argmin(effect.outcome.loss(median)))
    where = [f"{number(median[k])} at {name} {_brief(at[k])}" for k in dict.fromkeys((0, best, len(at) - 1))]
    return described(begin, f"The running median is {', '.join(where)}; its best is {number(median[best])}.")


def of_spread(effect: OneEffect) -> Meta:
    """Describe where the target lies beside the region: the cell in which it is most above it."""
    name, compared = effect.hyperparameter.name, effect.compared
    target, region = int(compared.target.sum()), int(compared.region.sum())
    begin = f"How {target:,} target trials are spread over {name}, beside {region:,} trials of the region."
    if not target:
        return described(begin)
    k = int(np.argmax(compared.target_share - compared.region_share))
    shares = (percent(float(f"{share[k]:.2g}")) for share in (compared.target_share, compared.region_share))
    return described(begin, f"{compared.cut.labels[k]} holds {' of the target and '.join(shares)} of the region.")


def of_pair(effect: TwoEffects, grid: Grid, show: Show) -> Meta:
    """Describe the cells of two hyperparameters: which is best, which is worst."""
    first, second = (one.name for one in effect.hyperparameters)
    begin = f"{grid.title[:1].upper()}{grid.title[1:]}, over {first} and {second}."
    loss = -grid.place(grid.value)
    if np.isnan(loss).all():
        return described(begin, "No cell has trials.")
    ends = (("Best", np.nanargmin(loss)), ("worst", np.nanargmax(loss)))
    where = [f"{word} at {_cell(effect, grid, show, int(flat))}" for word, flat in ends]
    n_empty = int((effect.count == 0).sum())
    empty = f"{n_empty:,} of {effect.count.size:,} cells are empty." if n_empty else ""
    return described(begin, f"{'; '.join(where)}.", empty)


def _cell(effect: TwoEffects, grid: Grid, show: Show, flat: int) -> str:
    i, j = divmod(flat, effect.count.shape[1])
    value = float(grid.value[i, j])
    written = percent(float(f"{value:.2g}")) if show is Show.TARGET_SHARE else number(float(f"{value:.3g}"))
    first, second = (one.name for one in effect.hyperparameters)
    return f"{first} {effect.cuts[0].labels[j]} and {second} {effect.cuts[1].labels[i]}: {written}"


def of_ranks(agreement: Agreement, names: Sequence[str]) -> Meta:
    """Describe the matrix of ranks: the places of the first hyperparameters of `names`."""
    begin = (
        f"Ranks of {_several(len(agreement.results[0].hyperparameters), 'hyperparameter')} "
        f"by {_several(len(agreement.results), 'estimator')}."
    )
    each = []
    for name in names[:MOST]:
        given = [(by_name(one.estimator).title, places(one).get(name)) for one in agreement.results]
        known = [f"{title} {_place(*place)}" for title, place in given if place is not None]
        each.append(f"{name}: {', '.join(known) or 'told apart from chance by none'}")
    return described(begin, f"{'; '.join(each)}.")


def _place(best: int, worst: int) -> str:
    return f"{best}" if best == worst else f"{best} to {worst}"


def of_profile(profile: TargetProfile) -> Meta:
    """Describe the target's trials: where they lie on the strongest axes, and what the best one is."""
    first = f"The {profile.n_target:,} target trials over {len(profile.axes)} hyperparameters."
    best = ", ".join(f"{axis.hyperparameter.name} {axis.best}" for axis in profile.axes)
    reached = f"{profile.outcome.name} {number(float(profile.metric[0]))}"
    return described(first, *map(_gathered, profile.axes[:MOST]), f"The best trial, {reached}: {best}.")


def _gathered(axis: ProfileAxis) -> str:
    name = axis.hyperparameter.name
    if axis.target_half is not None and axis.region_half is not None:
        target, region = (" to ".join(map(_brief, half)) for half in (axis.target_half, axis.region_half))
        return f"{name}: the middle half of the target lies at {target}, of the region at {region}."
    if np.isnan(axis.target).all():
        return f"{name} is inactive in the whole target."
    k = int(np.argmax(axis.target))
    target, region = (_in_percent(share[k]) for share in (axis.target, axis.region))
    return f"{name}: {target} of the target is at {axis.labels[k]}, and {region} of the region."


def of_history(history: History) -> Meta:
    """Describe the metric over time: what the best is, and since when."""
    at = int(np.flatnonzero(history.improves)[-1])
    best = f"The best so far ends at {number(float(history.best[-1]))}, reached by trial {at + 1:,}."
    return described(f"{said(history.outcome)} of {len(history.metric):,} trials in the order of the file.", best)


def of_finding(finding: Finding, groups: Sequence[str]) -> Meta:
    """Describe the picture of a finding: its sentence, and what is known of the groups that it speaks of."""
    return described(f"Picture of this finding: {finding.text}", *groups[:MOST])


def _several(n: int, what: str) -> str:
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"


def _first(said_of: Sequence[str], what: str) -> str:
    more = len(said_of) - MOST
    return listed([*said_of[:MOST], f"{more} other {what}"] if more > 0 else list(said_of))


def _brief(value: float) -> str:
    return number(float(f"{value:.2g}"))


def _in_percent(value: float) -> str:
    """Write a share in two digits; none where there are no trials of which it could be one."""
    return "none" if np.isnan(value) else percent(float(f"{value:.2g}"))
