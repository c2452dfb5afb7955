"""Which hyperparameters are empty in trials that no other column tells apart: those gaps may be no condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from hpi.space import Floats, Integers, Mask

# Above this much work, a part of the trials is looked at, evenly spaced: a rule that fails, fails there too.
_MAX_WORK = 400_000_000
# A column with fewer trials a level than this explains any gap.
_TRIALS_A_LEVEL = 4
# All rules are tried on about so many trials first.
_GLANCED_AT = 200


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
    if not gaps:
        return []
    step = 1 + len(gaps) * len(explaining) * len(trials) // _MAX_WORK
    columns = {name: trials[name].iloc[::step] for name in explaining}
    may = _glanced(columns, {name: empty[name][::step] for name in gaps})
    said = []
    for name in gaps:
        gap = empty[name][::step]
        if not any(_explains(columns[other], gap) for other in may[name]):
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
    column, known = column[~missing], gap[~missing]
    numbers = column.to_numpy(dtype=float) if pd.api.types.is_numeric_dtype(column) else None
    if numbers is not None and _splits(numbers, known):
        return True
    if numbers is not None and _TRIALS_A_LEVEL * _n_distinct(numbers) > len(known):
        return False
    codes, levels = pd.factorize(column)
    return _TRIALS_A_LEVEL * len(levels) <= len(known) and _is_pure(codes, known)


def _glanced(columns: Mapping[str, pd.Series], gaps: Mapping[str, Mask]) -> dict[str, list[str]]:
    """Return the other columns that may explain each gap: some trials are enough to see that no rule holds."""
    few = max(1, len(next(iter(gaps.values()))) // _GLANCED_AT)
    masks = np.column_stack([gap[::few] for gap in gaps.values()])
    may: dict[str, list[str]] = {name: [] for name in gaps}
    for other, column in columns.items():
        for name, holds in zip(gaps, _may_hold(column.iloc[::few], masks), strict=True):
            if holds and name != other:
                may[name].append(other)
    return may


def _may_hold(column: pd.Series, gaps: Mask) -> Mask:
    """Whether nothing in these trials speaks against a rule on the column, shape (n_gaps,).

    Parameters
    ----------
    gaps
        Shape (n_trials, n_gaps).
    """
    missing = column.isna().to_numpy()
    n_missing = gaps[missing].sum(axis=0)
    column, known = column[~missing], gaps[~missing]
    together = (n_missing == 0) | (n_missing == missing.sum())
    if not len(column):
        return np.asarray(together)
    codes = pd.factorize(column)[0]
    order = np.argsort(codes, kind="stable")
    first = np.flatnonzero(np.diff(codes[order], prepend=-1))
    n_gap = np.add.reduceat(known[order], first, axis=0, dtype=np.int64)
    n_each = np.diff(first, append=len(codes))[:, np.newaxis]
    holds = ((n_gap == 0) | (n_gap == n_each)).all(axis=0)
    if pd.api.types.is_numeric_dtype(column):
        upward = known[np.argsort(column.to_numpy(dtype=float), kind="stable")]
        holds |= (upward[1:] != upward[:-1]).sum(axis=0) <= 1
    return np.asarray(together & holds)


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
