"""How far two estimates from the same trials err alike: their correlation, hyperparameter by hyperparameter.

Both importances of PED-ANOVA are sums over trials, to first order: each trial pulls each of them by its influence, from
which `hpi/estimators/ped/interval.py` has the variance. So the covariance of two is the sum of the products of both
pulls of each trial. Where an effect is next to nothing its square is what is left of the noise: the covariance of sums
of squares is twice the squared covariance of the coefficients, for normal ones. Trials of one configuration pull as
one. No trial is drawn anew, so the same two questions always have the same correlation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hpi.counts import Counts, count
from hpi.estimators.ped import PedAnova
from hpi.estimators.ped.interval import LEAST_SHRINK, NOTHING
from hpi.estimators.ped.scored import cannot_say
from hpi.estimators.ped.series import Coefficients, coefficients
from hpi.estimators.ped.steps import with_edges
from hpi.results import ImportanceResult
from hpi.space import Floats, Integers
from hpi.subspace import Sample

MOST_TRIALS = 20_000
FORM, REFERENCE = "series", "sample"

Pairs = tuple[Integers, Integers]
"""The same trials in two places, both of shape (n_both,)."""


def correlations(
    first: ImportanceResult,
    second: ImportanceResult,
    samples: tuple[Sample, Sample],
    trials: Pairs | None = None,
) -> Mapping[str, float]:
    """Return the correlation of both estimates of each hyperparameter; nothing where the method does not tell.

    It tells where both answers are PED-ANOVA's in its series form and come from the same trials, with region and target
    as they may be.

    Parameters
    ----------
    trials
        Which trials of two tables are the same: their rows in both. None: the two are one table.
    """
    if not (_tells(first) and _tells(second)):
        return {}
    if trials is None and first.fingerprint != second.fingerprint:
        return {}
    among = _matched(*samples) if trials is None else _among(*samples, trials)
    if among is None:
        return {}
    both = [_pulls(sample, places) for sample, places in zip(samples, among, strict=True)]
    own = both if trials is None else [_pulls(sample, np.arange(len(sample.design))) for sample in samples]
    names = both[0].keys() & both[1].keys()
    found = {name: _correlation(*(one[name] for one in (*both, *own))) for name in names}
    return {name: value for name, value in found.items() if not np.isnan(value)}


def _tells(result: ImportanceResult) -> bool:
    chosen = result.chosen
    return result.estimator == PedAnova.name and (chosen["form"], chosen["reference"]) == (FORM, REFERENCE)


def _matched(first: Sample, second: Sample) -> Pairs | None:
    """Return the places of the trials that both have, in both; None where they are other trials."""
    if first.design is second.design:
        return np.arange(len(first.design)), np.arange(len(first.design))
    _, one, other = np.intersect1d(first.design.row, second.design.row, assume_unique=True, return_indices=True)
    same = np.array_equal(first.design.loss[one], second.design.loss[other])
    if not same or (first.design.unit is None) != (second.design.unit is None):
        return None
    best_first = np.argsort(one)
    return one[best_first], other[best_first]


def _among(first: Sample, second: Sample, trials: Pairs) -> Pairs | None:
    """Return the places of trials of two tables, in both; None where there are none, or several of a configuration."""
    if first.design.unit is not None or second.design.unit is not None:
        return None
    places = [_places(sample.design.row, rows) for sample, rows in zip((first, second), trials, strict=True)]
    in_both = (places[0] >= 0) & (places[1] >= 0)
    if not in_both.any():
        return None
    best_first = np.flatnonzero(in_both)[np.argsort(places[0][in_both])]
    return places[0][best_first], places[1][best_first]


def _places(row: Integers, wanted: Integers) -> Integers:
    """Place of each wanted row, shape (n_wanted,); -1 where it is not there."""
    size = int(max(row.max(initial=0), wanted.max(initial=0))) + 1
    place = np.full(size, -1)
    place[row] = np.arange(len(row))
    found: Integers = place[wanted]
    return found


@dataclass(frozen=True, eq=False)
class _Pull:
    """What each trial, or configuration, does to an estimate.

    Attributes
    ----------
    linear
        Of the divergence, shape (n,).
    coefficients
        Of each coefficient whose square is in the divergence, shape (n, n_terms).
    """

    linear: Floats
    coefficients: Floats


def _correlation(first: _Pull, second: _Pull, own: _Pull, other: _Pull) -> float:
    """Correlation from the pulls of the trials that both have, and of all that each has of its own."""
    both = _covariance(first, second)
    spread = float(np.sqrt(_covariance(own, own) * _covariance(other, other)))
    return both / spread if spread > 0 else float("nan")


def _covariance(first: _Pull, second: _Pull) -> float:
    """Covariance of two divergences: of their linear parts, and of the squares of their coefficients' noise."""
    of_noise = first.coefficients.T @ second.coefficients
    return float(first.linear @ second.linear + 2 * (of_noise**2).sum())


def _pulls(sample: Sample, chosen: Integers) -> Mapping[str, _Pull]:
    """Return the pulls of the chosen trials on every hyperparameter that has a number.

    Of very many every k-th one, best first, stands for k of them: a fair part of each target and region.
    """
    found, step = {}, 1 if sample.design.unit is not None else -(-len(chosen) // MOST_TRIALS)
    for hyperparameter, regimes in zip(sample.design.hyperparameters, count(sample), strict=True):
        known = [_of_regime(sample, counts, chosen[::step]) for counts in regimes if cannot_say(counts) is None]
        if known:
            linear = np.sqrt(step) * np.sum([one.linear for one in known], axis=0)
            found[hyperparameter.name] = _Pull(linear, np.sqrt(step) * np.hstack([one.coefficients for one in known]))
    return found


def _of_regime(sample: Sample, counts: Counts, chosen: Integers) -> _Pull:
    found = coefficients(counts)
    counts, found = with_edges(counts, found) or (counts, found)
    b, ratio = found.basis.values[:, : found.kept], counts.activity_ratio
    step, size = _step(found)
    base = np.append(np.full(counts.cells.n, ratio), 0.0)
    h = np.clip(base + step, 0, counts.n_region / counts.n_target)
    place = _Place(chosen, counts.cells.code[chosen], sample)
    linear = place.pull(counts, 2 * (h - base)[:, None], (h**2 - base**2)[:, None])[:, 0]
    if counts.units is None:
        linear += place.of_thresholds(counts, h - base, h**2 - base**2)
    scale = np.sqrt(max(found.divergence, 0.0) / size) if size > 0 else 0.0
    values = np.column_stack([scale * linear, place.pull(counts, b, ratio * b)])
    values = values if counts.units is None else _by_configuration(values, sample, chosen)
    return _Pull(values[:, 0], values[:, 1:])


def _step(found: Coefficients) -> tuple[Floats, float]:
    """Density ratio less its mean, a value a cell, shrunk to the size that it has without noise; and that size."""
    m, b = found.m[: found.kept], found.basis.values[:, : found.kept]
    size = float((m**2).sum())
    if size <= NOTHING * float(found.e.sum()):
        return np.zeros(len(b)), 0.0
    shrink = max(LEAST_SHRINK, np.sqrt(max(found.divergence, 0) / size))
    return shrink * (b @ m), shrink**2 * size


@dataclass(frozen=True, eq=False)
class _Place:
    """Where some trials of a sample stand: their places, best first, and their cells, shape (n_chosen,)."""

    chosen: Integers
    code: NDArray[np.uint16]
    sample: Sample

    def pull(self, counts: Counts, in_target: Floats, in_region: Floats) -> Floats:
        """Pull of each trial on mean_target(in_target) - mean_region(in_region), shape (n_chosen, n_columns).

        Both hold a value a cell, shape (n_cells + 1, n_columns). Pulls sum to 0 over the target, and over the rest.
        """
        of_region = -in_region / self.sample.n_region
        of_target = in_target / self.sample.n_target + of_region
        of_target = of_target - counts.target @ of_target / counts.n_target
        of_region = of_region - counts.rest @ of_region / max(1.0, counts.n_region - counts.n_target)
        is_target, is_region = (self.chosen < size for size in (self.sample.n_target, self.sample.n_region))
        found: Floats = np.where(is_target[:, None], of_target[self.code], of_region[self.code])
        return found * is_region[:, None]

    def of_thresholds(self, counts: Counts, linear: Floats, square: Floats) -> Floats:
        """Pull of each trial by moving the two thresholds, shape (n_chosen,); as in `ped/interval.py`."""
        n, inside = len(self.sample.design), counts.region > 0
        q_t, q_r = self.sample.n_target / n, self.sample.n_region / n
        a_t = 2 * (_mean(counts.near_target * inside, linear) - _mean(counts.target, linear)) / q_t
        a_t += (_mean(counts.target, square) - _mean(counts.rest, square)) / q_r
        pull = a_t * ((self.chosen < self.sample.n_target) - q_t)
        if counts.near_region is not None:
            a_r = -(_mean(counts.near_region * inside, square) - _mean(counts.rest, square)) / q_r
            pull += a_r * ((self.chosen < self.sample.n_region) - q_r)
        moved: Floats = -pull / n
        return moved


def _mean(counts: Floats, values: Floats) -> float:
    return float(counts @ values / counts.sum())


def _by_configuration(values: Floats, sample: Sample, chosen: Integers) -> Floats:
    """Sum the pulls of trials of one configuration, shape (n_configurations, n_columns), by ascending configuration."""
    assert sample.design.unit is not None
    unit = np.unique(sample.design.unit[chosen], return_inverse=True)[1]
    total = np.zeros((int(unit.max()) + 1, values.shape[1]))
    np.add.at(total, unit, values)
    return total
