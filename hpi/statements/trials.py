"""The trials that sentences speak of: one row a configuration, and the loss on the two scales that are compared."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from hpi.errors import EstimatorError
from hpi.space import Design, Floats, Hyperparameter
from hpi.subspace import Sample, cut, found_part

FENCES = 3.0  # interquartile ranges beyond the quartiles: Tukey's outer fences
MOST = 65_536
TAIL = 0.05
DIVERGED = 100.0  # interquartile ranges
# What lies beyond, such as the largest float as the loss of a failed run, counts as this; what differs less is equal.
LARGEST, LEAST = 1e300, 1e-305


@dataclass(frozen=True, eq=False)
class Trials:
    """The region's trials, best first, hyperparameters in the order of their names.

    Attributes
    ----------
    x
        Positions, shape (n_trials, n_hyperparameters), in [0, 1]; nan where inactive.
    loss
        Shape (n_trials,), ascending; a mean where several trials of one configuration are kept.
    clipped
        The loss with diverged trials moved in, so that a mean of it is not decided by them; from 0 to 1 over its range.
    unit, lowest
        The range of the clipped loss, and its least value, in the metric's own unit.
    scores
        Normal scores of the loss's ranks: alike for every monotone transformation of the metric.
    n_target
        So many of the first trials are the target.
    target, region
        Both as shares of the trials that pass the filters, as asked for, or as found where ties made them larger.
    step
        How many trials of the table stand behind each one here.
    is_part
        Whether those of the sample were drawn of more that were counted.
    """

    hyperparameters: tuple[Hyperparameter, ...]
    x: Floats
    loss: Floats
    clipped: Floats
    scores: Floats
    unit: float
    lowest: float
    n_target: int
    target: float
    region: float
    step: int = 1
    is_part: bool = False

    def __len__(self) -> int:
        """Count the trials."""
        return len(self.loss)

    @classmethod
    def of(cls, sample: Sample) -> Trials:
        """Return the trials of a sample's region: fairly thinned where there are more than 65,536.

        Raises
        ------
        EstimatorError
            If the means of the configurations are all the same.
        """
        assert sample.subspace.target is not None
        step = -(-len(sample.design) // MOST)
        thin = _thinned(sample, step) if step > 1 else sample
        region = _bounded(thin.design.keep(np.arange(len(thin.design)) < thin.n_region))
        one = region if region.unit is None else _one_a_configuration(region)
        n_target = thin.n_target if region.unit is None else max(1, round(thin.q * len(one)))
        within = clipped(one.loss)
        lowest, unit = float(within[0]), _range(within)
        names = [hyperparameter.name for hyperparameter in one.hyperparameters]
        order = sorted(range(len(names)), key=names.__getitem__)
        return cls(
            hyperparameters=tuple(one.hyperparameters[j] for j in order),
            x=one.x[:, order],
            loss=one.loss,
            clipped=(within - lowest) / unit,
            scores=normal_scores(one.loss),
            unit=unit,
            lowest=lowest,
            n_target=n_target,
            target=found_part(sample.subspace.target, sample.n_target, len(sample.design)),
            region=found_part(sample.subspace.region, sample.n_region, len(sample.design)),
            step=step,
            is_part=sample.tallies is not None,
        )


def _thinned(sample: Sample, step: int) -> Sample:
    """Return every step-th trial in the order of loss: a fair part of each region and target."""
    return cut(sample.design.keep(np.arange(len(sample.design)) % step == 0), sample.subspace)


def _bounded(design: Design) -> Design:
    """Return the design with losses whose differences and sums are numbers."""
    return replace(design, loss=design.loss.clip(-LARGEST, LARGEST))


def _range(loss: Floats) -> float:
    found = float(loss[-1] - loss[0])
    if found < LEAST:
        raise EstimatorError(
            f"The metric's means differ by {found:.3g} between {len(loss):,} trials or configurations: there is "
            "nothing to explain. Choose another metric, or give it in another unit."
        )
    return found


def _one_a_configuration(design: Design) -> Design:
    """Return one trial for each configuration, with the mean of its losses, best first."""
    assert design.unit is not None
    _, first, inverse = np.unique(design.unit, return_index=True, return_inverse=True)
    mean = np.bincount(inverse, weights=design.loss) / np.bincount(inverse)
    order = np.lexsort((first, mean))
    kept = first[order]
    return Design(design.hyperparameters, design.x[kept], mean[order], design.row[kept])


def clipped(loss: Floats) -> Floats:
    """Return a loss, shape (n,), with diverged ones moved to where outliers begin (Tukey's outer fence).

    Only what is a hundred interquartile ranges and more worse than the quartiles counts as diverged: nearer groups of
    bad trials, and good trials wherever they lie, are what the hyperparameters do.
    """
    low, high = np.quantile(loss, (0.25, 0.75))
    if low == high:  # most trials are equal
        low, high = np.quantile(loss, (TAIL, 1 - TAIL))
    spread = high - low
    diverged = (loss > high + DIVERGED * spread) if spread > 0 else np.zeros(len(loss), dtype=bool)
    # Not better than what is merely bad.
    return np.where(diverged, max(high + FENCES * spread, loss[~diverged].max()), loss)


def normal_scores(loss: Floats) -> Floats:
    """Return normal quantiles of the ranks of a loss, shape (n,): (rank - 1/2) / n, equal ones at their mean rank."""
    _, inverse, counts = np.unique(loss, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return np.asarray(ndtri((rank - 0.5) / len(loss)))
