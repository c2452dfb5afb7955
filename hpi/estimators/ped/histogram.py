"""The histogram form of PED-ANOVA: a divergence from few bins of equal width, one rule for every kind of value.

The density ratio of the paper (Watanabe, Bansal, Hutter 2023, arXiv:2304.10255) is taken as constant within a bin. We
depart from it in the correction for noise: that of target and rest both (`series.noise` on bins as levels). The
simpler one, right only where nothing matters, is `plain`, for comparison. Structure narrower than a bin is lost; what
bins of half the width find more is added to the upper end of the interval.
"""

from __future__ import annotations

import numpy as np

from hpi.counts import Counts, tally
from hpi.estimators.ped import grid
from hpi.estimators.ped.series import Coefficients
from hpi.subspace import Sample

FEWEST_BINS = 4
MOST_BINS = 20


def counts(sample: Sample, j: int, regime: int, against_design: bool, finer: int = 1) -> Counts:
    """Return the counts of a hyperparameter's bins: its levels, or 2 n_target^(2/5) of equal width, from 4 to 20.

    `finer`: that many times as many bins, though never more than there are values of which some occur.
    """
    hyperparameter, position = sample.design.hyperparameters[j], sample.design.place(j, regime)
    if hyperparameter.is_ordered:
        n = finer * int(np.clip(round(2 * sample.n_target**0.4), FEWEST_BINS, MOST_BINS))
        if grid.n_values(hyperparameter, regime) is not None:
            n = min(n, max(2, grid.distinct(position)))
        # Bins are levels to the estimator: no order, so that all coefficients belong together.
        cells = grid.bins(position, n, ordered=False, exact=True)
    else:
        n = len(hyperparameter.levels)
        cells = grid.points(position, n, ordered=False)
    return tally(sample, cells, grid.design_share(hyperparameter, regime, n) if against_design else None)


def beyond(coarse: float, fine: Coefficients) -> float:
    """Return what bins of any width could still find beyond D of the `coarse` ones: for the upper end only.

    What is lost at a sharp edge goes with the width, so that it is twice what half the width finds more; of smooth
    densities it goes with its square.
    """
    return max(0.0, 2 * (fine.divergence - coarse)) + float(np.sqrt(2 * (fine.e**2).sum()))


def plain(counts: Counts) -> float:
    """Return D with the textbook correction of a chi-squared statistic, never below 0, weighted by alpha^2 / beta.

    sum_b (t_b / N_t - r_b / N_r)^2 / (r_b / N_r) - (B - 1) (1 / N_t - 1 / N_r) over the B bins that the region fills.
    """
    if counts.active_target == 0:
        return 0.0
    r, t = counts.share, counts.target[:-1] / counts.active_target
    filled = r > 0
    d = float(((t - r)[filled] ** 2 / r[filled]).sum())
    rest = 1 / counts.active_region if counts.reference is None else 0.0
    noise = (filled.sum() - 1) * (1 / counts.active_target - rest)
    weight = counts.activity_ratio * counts.active_target / counts.n_target
    return weight * max(0.0, d - float(noise))
