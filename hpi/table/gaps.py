"""Which hyperparameters are empty in trials that no other column tells apart: those gaps may be no condition."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hpi.space import Mask

# Above this much work, a part of the trials is looked at, evenly spaced: a rule that fails, fails there too.
_MAX_WORK = 400_000_000
# A column with fewer trials a level than this explains any gap.
_TRIALS_A_LEVEL = 4


def notices(trials: pd.DataFrame, hyperparameters: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return a sentence for each hyperparameter whose empty cells no other column explains.

    A condition such as "momentum only with sgd" is a rule on one other column: levels, or numbers up to a
    threshold, in which the hyperparameter is always empty, and others in which it never is.
    """
    empty = {name: trials[name].isna().to_numpy() for name in hyperparameters}
    gaps = [name for name in hyperparameters if empty[name].any()]
    step = 1 + len(gaps) * (len(hyperparameters) + len(others)) * len(trials) // _MAX_WORK
    said = []
    for name in gaps:
        gap = empty[name][::step]
        if not any(
            _explains(trials[other].iloc[::step], gap) for other in (*hyperparameters, *others) if other != name
        ):
            n = int(empty[name].sum())
            said.append(
                f"{name} is empty in {n:,} of {len(trials):,} trials, and no other column explains in which: "
                "an empty cell is taken as not active."
            )
    return said


def _explains(column: pd.Series, gap: Mask) -> bool:
    """Whether one rule on the column tells where the gap is, shape (n_trials,)."""
    missing = column.isna().to_numpy()
    # Two columns that are empty together do not explain each other.
    if np.array_equal(missing, gap) or _mixed(gap[missing]):
        return False
    known = gap[~missing]
    if pd.api.types.is_numeric_dtype(column) and _splits(column.to_numpy(dtype=float)[~missing], known):
        return True
    codes, levels = pd.factorize(column[~missing])
    if len(levels) * _TRIALS_A_LEVEL > len(known):
        return False
    share = np.bincount(codes, weights=known) / np.bincount(codes)
    return bool(np.all((share == 0) | (share == 1)))


def _mixed(gap: Mask) -> bool:
    return bool(gap.any()) and not bool(gap.all())


def _splits(values: NDArray[np.float64], gap: Mask) -> bool:
    """Whether a threshold on the values tells where the gap is."""
    if not _mixed(gap):
        return bool(len(gap))
    inside, outside = values[gap], values[~gap]
    return bool(inside.max() < outside.min() or inside.min() > outside.max())
