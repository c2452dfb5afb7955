"""The counts that target and region would have after each joint shuffle: for forms that score any table of counts."""

from __future__ import annotations

import numpy as np

from hpi.counts import Counts, Units
from hpi.estimators.ped.series import Basis, of_means, terms_kept, variances
from hpi.estimators.ped.shuffles import Shuffles, _active_first, statistic
from hpi.space import Floats, Integers


def relabelled(counts: Counts, shuffles: Shuffles) -> tuple[Floats, Floats]:
    """Return target and region of each shuffle, both of shape (n_permutations, n_cells + 1).

    Each hyperparameter's target is shuffled over the trials where it is active, and keeps its size there. Where a part
    of the trials stands for all, its shares differ from the region's by more than theirs would: by the root of the
    sizes' ratio, which is taken back.
    """
    if counts.units is not None:
        return _of_units(counts, counts.units, shuffles)
    code, n_cells = counts.cells.code[shuffles.pool].astype(np.int64), counts.cells.n
    pool = np.bincount(code, minlength=n_cells + 1)[:-1].astype(float)
    wanted = round(counts.active_target * shuffles.part * shuffles.thinned)
    chosen = _active_first(shuffles.orders, code, n_cells, max(1, min(wanted, int(pool.sum()))))
    drawn = _tally(chosen, None, n_cells)
    target = np.full((len(drawn), n_cells + 1), counts.target[-1])
    if chosen.shape[1] < counts.active_target:
        spread = np.sqrt(shuffles.scale(counts.q_active)) * (drawn / chosen.shape[1] - pool / pool.sum())
        drawn = counts.active_target * (counts.region[:-1] / counts.active_region + spread).clip(0)
    target[:, :-1] = drawn
    return target, np.broadcast_to(counts.region, target.shape)


def _of_units(counts: Counts, units: Units, shuffles: Shuffles) -> tuple[Floats, Floats]:
    """Do the same with whole configurations, which keep their trials and change their cell."""
    active = units.code < counts.cells.n
    orders = shuffles.orders if active.all() else shuffles.orders[active[shuffles.orders]].reshape(-1, active.sum())
    code = np.tile(units.code, (len(orders), 1))
    code[:, active] = units.code[orders]
    n_cells = counts.cells.n + 1
    return _tally(code, units.target, n_cells), _tally(code, units.region, n_cells)


def _tally(code: Integers, weight: Floats | None, n_cells: int) -> Floats:
    """Count the codes of each row, each `weight`, shape (n_permutations, n_cells)."""
    place = (code + n_cells * np.arange(len(code))[:, None]).ravel()
    weights = None if weight is None else np.tile(weight, len(code))
    return np.bincount(place, weights, n_cells * len(code)).reshape(len(code), -1).astype(float)


def series_null(counts: Counts, basis: Basis, shuffles: Shuffles, e: Floats) -> tuple[Floats, Floats]:
    """Return the test statistic and D of every shuffle for a basis over any reference, both (n_permutations,).

    `e` is the noise observed, shape (n_terms,): that of whole configurations hardly varies over shuffles.
    """
    target, region = relabelled(counts, shuffles)
    m, noise = target @ basis.values / counts.n_target, np.broadcast_to(e, (len(target), len(e)))
    if counts.units is None:
        of_both = variances(target, basis.values), variances(region - target, basis.values)
        noise = of_means(*of_both, counts.q_compared, counts.n_target, counts.n_region - counts.n_target)
    gain = np.cumsum(m**2 - noise, axis=1)
    last = terms_kept(m, noise) - 1 if basis.is_series else np.full(len(m), gain.shape[1] - 1)
    d = np.take_along_axis(gain, last[:, None], axis=1)[:, 0]
    return statistic(m, d, basis.is_series), d
