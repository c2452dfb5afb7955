"""How much a linear reading misses: what it predicts of trials that it has not seen, beside what a forest does."""

from __future__ import annotations

import numpy as np

from hpi.estimators.base import Report, too_many_levels
from hpi.estimators.linear.drop import Remains
from hpi.estimators.linear.encoding import Trials, standard
from hpi.subspace import Sample

MUCH = 0.1
LITTLE = 0.05
FEW = 0.01
INACTIVE = -1.0
Facts = tuple[tuple[str, float | int | str | None], ...]


def r2_unseen(remains: Remains) -> float:
    """Share of the variance that the model predicts of each trial (or configuration) from all the others.

    Leaving each out in turn needs no second fit (Allen 1974, PRESS). The mean that it is compared with has not seen
    the trial either.
    """
    within = remains.fit.within.sum()
    missed = (remains.left_out**2).sum() + within
    around = ((remains.fit.z / (1 - remains.fit.base)) ** 2).sum() + within
    return float(1 - missed / around)


def r2_of_forest(sample: Sample, rng: np.random.Generator, report: Report) -> float | None:
    """Share of the variance that a forest predicts of trials that its trees have not seen, or None.

    Inactive values stand below all others; what has too many levels is left out, as it is of the linear model.
    """
    from hpi import surrogate

    design, n = sample.design, sample.n_region
    unit = None if design.unit is None else design.unit[:n]
    rows = surrogate.part_of(n, unit, rng)
    x = np.where(np.isnan(design.x[rows]), INACTIVE, design.x[rows])
    bearable = [one.is_ordered or too_many_levels(len(one.levels)) is None for one in design.hyperparameters]
    varied = np.flatnonzero((np.ptp(x, axis=0) > 0) & bearable)
    if not len(varied):
        return None
    encoded = surrogate.encode(x[:, varied], tuple(design.hyperparameters[j] for j in varied))

    def grown(done: float) -> None:
        report(0.5 + done / 2, "comparing with a forest")

    forest = surrogate.grow(encoded, standard(design.loss[rows])[0], None if unit is None else unit[rows], rng, grown)
    return None if np.isnan(forest.r2) else forest.r2


def in_words(mains: float, pairs: float | None, forest: float | None) -> str:
    """Say in one sentence how much of what matters a linear reading sees."""
    linear = max(mains, mains if pairs is None else pairs)
    words = f"A linear reading explains {_percent(mains)} of the variance of trials that it has not seen"
    words += "" if pairs is None else f", with pairs {_percent(pairs)}"
    if forest is None:
        return f"{words}."
    return f"{words}, a forest {_percent(forest)}: {_verdict(linear, forest, pairs)}."


def misses_much(mains: float, pairs: float | None, forest: float | None) -> bool:
    """Whether the reader must be warned: a forest sees more, or neither sees anything."""
    linear = max(mains, mains if pairs is None else pairs)
    return forest is not None and (forest - linear > MUCH or max(linear, forest) < LITTLE)


def _verdict(linear: float, forest: float, pairs: float | None) -> str:
    if max(linear, forest) < LITTLE:
        return "neither predicts this metric" if pairs is None else "none of the three predicts this metric"
    if forest - max(linear, 0) > max(MUCH, forest / 2):
        return "most of what matters here is not linear"
    if forest - linear > MUCH:
        return "a part of what matters here is not linear"
    return "a linear reading misses little here"


def _percent(r2: float) -> str:
    return f"{max(r2, 0):.0%}".replace("%", " %")


def tail(trials: Trials) -> str | None:
    """Say so where the worst few trials hold most of the variance."""
    square = np.sort(trials.weight * trials.y**2 + trials.within)[::-1]
    few = max(1, int(FEW * len(square)))
    share = square[:few].sum() / square.sum()
    if share < 0.5:
        return None
    what = "trial holds" if few == 1 else f"{few:,} trials hold"
    return (
        f"{'One' if few == 1 else 'Only'} {what} {_percent(share)} of the metric's variance: least squares is about "
        "them first. Lower the region to leave them out."
    )
