"""Groups of trials that a sentence can name: levels, or stretches of an ordered hyperparameter with a fair share."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from hpi.space import Floats, Hyperparameter, Integers, Kind
from hpi.statements.trials import Trials

FEWEST = 8  # trials of a group that is compared with another
MOST_COMPARED = 100  # levels of a category, those with most trials: every two of them are compared
MOST_LEVELS = 8  # of a category beside another hyperparameter; the others are not compared there
COARSE = 3
# So many groups from so many trials on: more show a narrower optimum, fewer are surer.
STEPS = ((0, 3), (120, 4), (300, 5), (1500, 6), (5000, 8))
TRIALS_PER_COLUMN = 5  # below, the others are not held
AMPLE = 10  # trials for each column, from which on there may be more groups than the fewest
FEW_WHOLE = 3  # whole numbers that are named one by one: 1 to 3
GRID = 4  # values a group, from which on they are a continuum
END, TYPICAL, MOST = 3, 2, 12  # digits
IN_FULL = 6


@dataclass(frozen=True, eq=False)
class Groups:
    """One hyperparameter's trials in groups.

    Attributes
    ----------
    code
        The group of each trial, shape (n_trials,). Those below `n_compared` are compared, in the order of the values;
        then come the other levels together, and inactive trials together, where there are any.
    ends, typical
        Of the groups that are compared: its first and last value as words, and one value for it (about 5e-4).
    rare
        Levels that are not compared, and how many trials each has: too few, or fewer than as many others as there may
        be.
    count
        Trials of each group, shape (n_groups,).
    within
        How far each trial lies from the middle of its group, shape (n_trials, n_slopes): one column for all groups, or
        one for each where the hyperparameter was not drawn independently; none where a group is a value or a level.
    """

    hyperparameter: Hyperparameter
    code: Integers
    ends: tuple[tuple[str, str], ...]
    typical: tuple[str, ...]
    rare: tuple[tuple[str, int], ...]
    count: Integers
    within: Floats

    @property
    def name(self) -> str:
        """Name of the hyperparameter."""
        return self.hyperparameter.name

    @property
    def is_ordered(self) -> bool:
        """Whether "lower" means something: not for categories and switches."""
        return self.hyperparameter.is_ordered

    @property
    def labels(self) -> tuple[str, ...]:
        """Return all that is in each group that is compared: 1e-4 to 3e-3."""
        return tuple(first if first == last else f"{first} to {last}" for first, last in self.ends)

    @property
    def n_compared(self) -> int:
        """How many groups are compared."""
        return len(self.ends)

    @property
    def n_groups(self) -> int:
        """How many groups of active trials there are: those that are compared, and the other levels together."""
        return self.n_compared + bool(self.rare)

    @property
    def shares(self) -> Floats:
        """Share of the active trials in each group of them, shape (n_groups,)."""
        count = self.count[: self.n_groups]
        return np.asarray(count / max(1, count.sum()))

    @property
    def n_active(self) -> int:
        """Trials of the groups that are compared."""
        return int(self.count[: self.n_compared].sum())


def groups_of(trials: Trials, dependent: Collection[int] = ()) -> tuple[Groups, ...]:
    """Return groups for every hyperparameter: as many as the number of trials allows, all together too.

    `dependent`: the hyperparameters that were not drawn independently of another.
    """
    wanted = [n_groups for least, n_groups in STEPS if len(trials) >= least][::-1]
    for n_groups in wanted:
        found = tuple(
            _grouped(trials, j, n_groups, MOST_COMPARED, j in dependent) for j in range(len(trials.hyperparameters))
        )
        if columns(found) * AMPLE <= len(trials):
            break
    return found


def coarse(trials: Trials) -> tuple[Groups, ...]:
    """Return thirds of ordered hyperparameters and the most frequent levels of others: for two at once."""
    return tuple(_grouped(trials, j, COARSE, MOST_LEVELS, False) for j in range(len(trials.hyperparameters)))


def columns(groups: tuple[Groups, ...]) -> int:
    """Count the coefficients of an additive model of these groups."""
    return int(1 + sum(max(1, one.n_groups) - 1 + one.within.shape[1] for one in groups))


def _grouped(trials: Trials, j: int, n_groups: int, most_levels: int, is_dependent: bool) -> Groups:
    hyperparameter, x = trials.hyperparameters[j], trials.x[:, j]
    if hyperparameter.kind in (Kind.CATEGORY, Kind.BOOL):
        return _by_level(hyperparameter, x, most_levels)
    return _by_stretch(hyperparameter, x, n_groups, is_dependent)


def _by_level(hyperparameter: Hyperparameter, x: Floats, most: int) -> Groups:
    levels = np.rint(x * (len(hyperparameter.levels) - 1))
    found, count = np.unique(levels[~np.isnan(levels)], return_counts=True)
    kept = count >= FEWEST
    if kept.sum() > most:
        kept &= np.isin(np.arange(len(found)), np.argsort(-np.where(kept, count, 0), kind="stable")[:most])
    labels = tuple(hyperparameter.levels[int(k)] for k in found[kept])
    rare = tuple((hyperparameter.levels[int(found[k])], int(count[k])) for k in np.flatnonzero(~kept))
    code = np.full(len(x), len(labels), dtype=np.int64)
    for place, level in enumerate(found[kept]):
        code[levels == level] = place
    code[np.isnan(x)] = len(labels) + bool(rare)
    same = tuple((label, label) for label in labels)
    return _groups(hyperparameter, code, same, labels, rare, np.zeros((len(x), 0)))


def _by_stretch(hyperparameter: Hyperparameter, x: Floats, n_groups: int, is_dependent: bool) -> Groups:
    """Cut an ordered hyperparameter where its trials are shared out evenly; equal values stay together."""
    active = x[~np.isnan(x)]
    values, count = np.unique(active, return_counts=True)
    cut = _ends(values, count, n_groups)  # position of the last value of each group
    code = np.full(len(x), len(cut), dtype=np.int64)
    code[~np.isnan(x)] = np.searchsorted(values[cut], active)
    ends, typical = _named(hyperparameter, values, count, cut)
    # Where a group is a value, all that would be left within it is rounding.
    within = np.zeros((len(x), 0)) if len(cut) == len(values) else _within(x, code, is_dependent)
    return _groups(hyperparameter, code, ends, typical, (), within)


def _within(x: Floats, code: Integers, is_dependent: bool) -> Floats:
    """Return how far each trial lies from the middle of its group, in one column, or in one for each group."""
    middle = np.bincount(code, weights=np.nan_to_num(x)) / np.maximum(1, np.bincount(code))
    distance = np.nan_to_num(x - middle[code])[:, None]
    if not is_dependent:
        return distance
    each: Floats = distance * np.eye(int(code.max()) + 1)[code]
    return each[:, each.any(axis=0)]


def _ends(values: Floats, count: Integers, n_groups: int) -> Integers:
    """Return where each group ends: a group a value where they are few, else by shares; none below the fewest."""
    below = np.cumsum(count)
    if len(values) <= n_groups:
        ends = np.arange(len(values))
    else:
        ends = np.unique(np.searchsorted(below, np.arange(1, n_groups + 1) * below[-1] / n_groups))
    kept: list[int] = []
    before = 0
    for end in ends:
        if below[end] - before >= FEWEST:
            kept.append(int(end))
            before = int(below[end])
    if kept:
        kept[-1] = len(values) - 1  # what was too little at the end joins the last group
    return np.array(kept or [len(values) - 1] * bool(len(values)), dtype=np.int64)


def _named(
    hyperparameter: Hyperparameter, values: Floats, count: Integers, cut: Integers
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Name each group by its first and last value, and by the middle one of its trials.

    Where there are many values a group goes to halfway to the next one, so that neighbours share an end.
    """
    if not len(cut):
        return (), ()
    first, below = np.append(0, cut[:-1] + 1), np.cumsum(count)
    middle = np.searchsorted(below, (np.append(0, below[cut[:-1]]) + below[cut]) / 2)
    if not hyperparameter.is_numeric:
        words = [hyperparameter.levels[k] for k in np.rint(values * (len(hyperparameter.levels) - 1)).astype(int)]
        return tuple((words[a], words[b]) for a, b in zip(first, cut, strict=True)), tuple(words[k] for k in middle)
    low, high = values[first], values[cut]
    if hyperparameter.kind is not Kind.INT and len(values) > GRID * len(cut):
        between = (high[:-1] + low[1:]) / 2
        low, high = np.append(low[0], between), np.append(between, high[-1])
    texts = numbers(in_own_unit(hyperparameter, np.append(low, high)), END)
    about = numbers(in_own_unit(hyperparameter, values[middle]), TYPICAL)
    ends = tuple(zip(texts[: len(cut)], texts[len(cut) :], strict=True))
    few = (hyperparameter.kind is Kind.INT) & (cut - first < FEW_WHOLE)
    typical = tuple(
        a if a == b else f"{a}\u2013{b}" if is_few else f"about {text}"
        for (a, b), text, is_few in zip(ends, about, few, strict=True)
    )
    return ends, typical


def in_own_unit(hyperparameter: Hyperparameter, x: Floats) -> Floats:
    """Return the values of a numeric hyperparameter at positions x in [0, 1]."""
    low, high = hyperparameter.measured(hyperparameter.ends)
    measured = low + x * (high - low)
    value = np.exp(measured) if hyperparameter.log else measured
    return np.rint(value) if hyperparameter.kind is Kind.INT else np.asarray(value)


def numbers(values: Floats, digits: int) -> list[str]:
    """Write values in so many digits that matter, or in as many as keep different ones different."""
    n_different = len(np.unique(values))
    for enough in range(digits, MOST + 1):
        texts = [number(float(value), enough) for value in values]
        if len(set(texts)) == n_different:
            break
    return texts


def number(value: float, digits: int) -> str:
    """Write a value in so many digits that matter; whole numbers below a million in full."""
    if value == round(value) and abs(value) < 10**IN_FULL:
        return f"{value:.0f}"
    return f"{float(f'{value:.{digits}g}'):.{max(digits, IN_FULL)}g}"


def _groups(
    hyperparameter: Hyperparameter,
    code: Integers,
    ends: tuple[tuple[str, str], ...],
    typical: tuple[str, ...],
    rare: tuple[tuple[str, int], ...],
    within: Floats,
) -> Groups:
    # Inactive trials get the next number only where there are any: no group is empty.
    found, numbered = np.unique(np.append(np.arange(len(ends)), code), return_inverse=True)
    own = numbered[len(ends) :]
    return Groups(hyperparameter, own, ends, typical, rare, np.bincount(own, minlength=len(found)), within)
