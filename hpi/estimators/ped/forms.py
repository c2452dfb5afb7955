"""One regime of one hyperparameter, scored in each of the three forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hpi.counts import Counts, tally
from hpi.estimators.ped import compat, grid, histogram, kernel, relabel, shuffles, steps
from hpi.estimators.ped.interval import interval
from hpi.estimators.ped.scored import Scored, cannot_say, remark, unknown
from hpi.estimators.ped.series import Coefficients, coefficients
from hpi.estimators.ped.shuffles import Shuffles
from hpi.space import Floats
from hpi.subspace import Sample

NOTHING = np.zeros(0)


def nothing_shuffled() -> Shuffles:
    """Return no shuffles at all."""
    return Shuffles(np.zeros(0, dtype=np.int64), np.zeros((0, 0), dtype=np.int64), 1.0)


def by_series(sample: Sample, counts: Counts, j: int, regime: int, drawn: Shuffles, against_design: bool) -> Scored:
    """Return the score of the series form; `counts` are those of the regime's values, its column is j."""
    if against_design:
        hyperparameter, position = sample.design.hyperparameters[j], sample.design.place(j, regime)
        chosen = tally(sample, *grid.fine(hyperparameter, regime, position))
        return _by_coefficients(counts, chosen, drawn)
    return _by_coefficients(counts, counts, drawn)


def by_histogram(sample: Sample, counts: Counts, j: int, regime: int, drawn: Shuffles, against_design: bool) -> Scored:
    """Return the score of the histogram form, with the textbook's D as its raw number."""
    binned = histogram.counts(sample, j, regime, against_design)
    found = _by_coefficients(counts, binned, drawn)
    if not found.is_known:
        return found
    d, low, high = found.divergence_low_high
    fine = histogram.counts(sample, j, regime, against_design, finer=2)
    if fine.cells.n > binned.cells.n:
        high += histogram.beyond(d, coefficients(fine))
    return replace(found, raw=histogram.plain(binned), divergence_low_high=(d, low, high))


def by_kernel(
    sample: Sample, counts: Counts, j: int, regime: int, drawn: Shuffles, against_design: bool, compatible: bool
) -> Scored:
    """Return the score of the kernel form, without an interval; `raw` is known wherever Optuna prints something."""
    note, gridded = cannot_say(counts), kernel.counts(sample, j, regime)
    category = compat.shrunk if compatible else kernel.frequencies
    observed, null = 0.0, np.zeros(len(drawn.orders))
    if gridded.active_target > 0 and gridded.active_region > 1:
        one = gridded.target[None], gridded.region[None]
        observed = float(kernel.divergence(gridded, *one, category, against_design)[0])
        if len(null) and note is None:
            null = kernel.divergence(gridded, *relabel.relabelled(gridded, drawn), category, against_design)
    if note is not None:
        return unknown(len(null), note, observed if compatible else np.nan)
    return Scored((observed, np.nan, np.nan), observed, null, null, observed, remark(counts))


def _by_coefficients(values: Counts, chosen: Counts, drawn: Shuffles) -> Scored:
    """Score the `chosen` cells; whether anything can be said depends on the values themselves."""
    note = cannot_say(values)
    if note is not None:
        return unknown(len(drawn.orders), note)
    found = coefficients(chosen)
    d = found.divergence
    null_statistic, null_divergence = _null(chosen, found, drawn)
    tested = float(shuffles.statistic(found.m, np.asarray(d), found.basis.is_series))
    d, low, high = _with_ends(chosen, found)
    return Scored((d, low, high), tested, null_statistic, null_divergence, d, remark(values))


def _with_ends(counts: Counts, found: Coefficients) -> tuple[float, float, float]:
    """D and its interval; where steps describe the target better, theirs, with an interval that holds both."""
    low, high = interval(counts, found)
    sharp = steps.with_edges(counts, found)
    if sharp is None:
        return found.divergence, low, high
    ends = interval(*sharp)
    return sharp[1].divergence, min(low, ends[0]), max(high, ends[1])


def _null(chosen: Counts, found: Coefficients, drawn: Shuffles) -> tuple[Floats, Floats]:
    if not len(drawn.orders):
        return NOTHING, NOTHING
    if chosen.reference is None:
        return shuffles.null_scores(chosen, found, drawn)
    return relabel.series_null(chosen, found.basis, drawn, found.e)
