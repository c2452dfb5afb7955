"""Which hyperparameters are empty in trials that no other column tells apart: those gaps may be no condition."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hpi.space import Floats, Integers, Mask

# Above this much work, a part of the trials is looked at, evenly spaced: a rule that fails, fails there too.
_MAX_WORK = 400_000_000
# A column with fewer trials a level than this explains any gap.
_TRIALS_A_LEVEL = 4
# A rule is tried on about so many trials first.
_GLANCED_AT = 1000


def notices(trials: pd.DataFrame, incomplete: Sequence[str], explaining: Sequence[str]) -> list[str]:
    """Return a sentence for each hyperparameter whose empty cells no other column explains.

    A condition such as "momentum only with sgd" is a rule on one other column: levels, or numbers up to a
    threshold, in which the hyperparameter is always empty, and others in which it never is.

    Parameters
    ----------
    incomplete
        The hyperparameters that may be empty in some trials.
    explaining
        The columns that may explain it: hyperparameters and context.
    """
    empty = {name: trials[name].isna().to_numpy() for name in incomplete}
    gaps = [name for name in incomplete if empty[name].any()]
    step = 1 + len(gaps) * len(explaining) * len(trials) // _MAX_WORK
    columns = {name: trials[name].iloc[::step] for name in explaining} if gaps else {}
    said = []
    for name in gaps:
        gap = empty[name][::step]
        if not any(_explains(column, gap) for other, column in columns.items() if other != name):
            n = int(empty[name].sum())
            said.append(
                f"{name} is empty in {n:,} of {len(trials):,} trials, and no other column explains in which: "
                "an empty cell is taken as not active."
            )
    return said


def _explains(column: pd.Series, gap: Mask) -> bool:
    """Whether one rule on the column tells where the gap is, shape (n_trials,)."""
    few = max(1, len(gap) // _GLANCED_AT)
    if few > 1 and _is_broken(column.iloc[::few], gap[::few]):
        return False
    missing = column.isna().to_numpy()
    # Two columns that are empty together do not explain each other.
    if np.array_equal(missing, gap) or _mixed(gap[missing]):
        return False
    column, known = column[~missing], gap[~missing]
    numbers = column.to_numpy(dtype=float) if pd.api.types.is_numeric_dtype(column) else None
    if numbers is not None and _splits(numbers, known):
        return True
    if numbers is not None and _TRIALS_A_LEVEL * _n_distinct(numbers) > len(known):
        return False
    codes, levels = pd.factorize(column)
    return _TRIALS_A_LEVEL * len(levels) <= len(known) and _is_pure(codes, known)


def _is_broken(column: pd.Series, gap: Mask) -> bool:
    """Whether the trials that are looked at are enough to see that no rule holds: more of them cannot mend it."""
    missing = column.isna().to_numpy()
    if _mixed(gap[missing]):
        return True
    known, column = gap[~missing], column[~missing]
    if pd.api.types.is_numeric_dtype(column) and _splits(column.to_numpy(dtype=float), known):
        return False
    return not _is_pure(pd.factorize(column)[0], known)


def _is_pure(codes: Integers, gap: Mask) -> bool:
    """Whether each level is always or never in the gap."""
    share = np.bincount(codes, weights=gap) / np.bincount(codes)
    return bool(np.all((share == 0) | (share == 1)))


def _n_distinct(numbers: Floats) -> int:
    ordered = np.sort(numbers)
    return 1 + int(np.count_nonzero(ordered[1:] != ordered[:-1]))


def _mixed(gap: Mask) -> bool:
    return bool(gap.any()) and not bool(gap.all())


def _splits(values: Floats, gap: Mask) -> bool:
    """Whether a threshold on the values tells where the gap is."""
    if not _mixed(gap):
        return bool(len(gap))
    inside, outside = values[gap], values[~gap]
    return bool(inside.max() < outside.min() or inside.min() > outside.max())
