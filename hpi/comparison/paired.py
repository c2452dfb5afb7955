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


def correlations(
    first: ImportanceResult, second: ImportanceResult, samples: tuple[Sample, Sample]
) -> Mapping[str, float]:
    """Return the correlation of both estimates of each hyperparameter; nothing where the method does not tell.

    It tells where both answers are PED-ANOVA's in its series form and come from the same trials, with region and target
    as they may be.
    """
    if not (_tells(first) and _tells(second) and first.fingerprint == second.fingerprint):
        return {}
    among = _matched(*samples)
    if among is None:
        return {}
    pulls = [_pulls(sample, chosen) for sample, chosen in zip(samples, among, strict=True)]
    found = {name: _correlation(pulls[0][name], pulls[1][name]) for name in pulls[0].keys() & pulls[1].keys()}
    return {name: value for name, value in found.items() if not np.isnan(value)}


def _tells(result: ImportanceResult) -> bool:
    chosen = result.chosen
    return result.estimator == PedAnova.name and (chosen["form"], chosen["reference"]) == (FORM, REFERENCE)


def _matched(first: Sample, second: Sample) -> tuple[Integers, Integers] | None:
    """Return the places of the trials that both have, in both, shape (n_both,); None where they are other trials.

    Of very many every k-th one, which is a fair part of each target and region.
    """
    _, one, other = np.intersect1d(first.design.row, second.design.row, assume_unique=True, return_indices=True)
    same = np.array_equal(first.design.loss[one], second.design.loss[other])
    if not same or (first.design.unit is None) != (second.design.unit is None):
        return None
    best_first = np.argsort(one)
    few = best_first if first.design.unit is not None else best_first[:: -(-len(one) // MOST_TRIALS)]
    return one[few], other[few]


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


def _correlation(first: _Pull, second: _Pull) -> float:
    both = _covariance(first, second)
    spread = float(np.sqrt(_covariance(first, first) * _covariance(second, second)))
    return both / spread if spread > 0 else float("nan")


def _covariance(first: _Pull, second: _Pull) -> float:
    """Covariance of two divergences: of their linear parts, and of the squares of their coefficients' noise."""
    of_noise = first.coefficients.T @ second.coefficients
    return float(first.linear @ second.linear + 2 * (of_noise**2).sum())


def _pulls(sample: Sample, chosen: Integers) -> Mapping[str, _Pull]:
    """Return the pulls of the chosen trials on every hyperparameter that has a number."""
    found = {}
    for hyperparameter, regimes in zip(sample.design.hyperparameters, count(sample), strict=True):
        known = [_of_regime(sample, counts, chosen) for counts in regimes if cannot_say(counts) is None]
        if known:
            linear = np.sum([one.linear for one in known], axis=0)
            found[hyperparameter.name] = _Pull(linear, np.hstack([one.coefficients for one in known]))
    return found


def _of_regime(sample: Sample, counts: Counts, chosen: Integers) -> _Pull:
    found = coefficients(counts)
    counts, found = with_edges(counts, found) or (counts, found)
    b, ratio = found.basis.values[:, : found.kept], counts.activity_ratio
    step, size = _step(found)
    base = np.append(np.full(counts.cells.n, ratio), 0.0)
    h = np.clip(base + step, 0, counts.n_region / counts.n_target)
    linear = _at_trials(sample, counts, 2 * (h - base)[:, None], (h**2 - base**2)[:, None])[:, 0]
    if counts.units is None:
        linear += _of_thresholds(sample, counts, h - base, h**2 - base**2)
    scale = np.sqrt(max(found.divergence, 0.0) / size) if size > 0 else 0.0
    thinned = np.sqrt(len(sample.design) / len(chosen)) if counts.units is None else 1.0
    values = np.column_stack([scale * linear, _at_trials(sample, counts, b, ratio * b)])[chosen] * thinned
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


def _at_trials(sample: Sample, counts: Counts, in_target: Floats, in_region: Floats) -> Floats:
    """Pull of each trial on mean_target(in_target) - mean_region(in_region), shape (n_trials, n_columns)."""
    code = counts.cells.code[: sample.n_region]
    pull = np.zeros((len(sample.design), in_target.shape[1]))
    pull[: sample.n_region] = -in_region[code] / sample.n_region
    pull[: sample.n_target] += in_target[code[: sample.n_target]] / sample.n_target
    for part in (slice(0, sample.n_target), slice(sample.n_target, sample.n_region)):
        pull[part] -= pull[part].mean(axis=0)
    return pull


def _of_thresholds(sample: Sample, counts: Counts, linear: Floats, square: Floats) -> Floats:
    """Pull of each trial by moving the two thresholds, shape (n_trials,); as in `ped/interval.py`."""
    n, place, inside = len(sample.design), np.arange(len(sample.design)), counts.region > 0
    q_t, q_r = sample.n_target / n, sample.n_region / n
    a_t = 2 * (_mean(counts.near_target * inside, linear) - _mean(counts.target, linear)) / q_t
    a_t += (_mean(counts.target, square) - _mean(counts.rest, square)) / q_r
    pull = a_t * ((place < sample.n_target) - q_t)
    if counts.near_region is not None:
        a_r = -(_mean(counts.near_region * inside, square) - _mean(counts.rest, square)) / q_r
        pull += a_r * ((place < sample.n_region) - q_r)
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
