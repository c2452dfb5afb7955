"""Whether rows of one configuration were planned as repeats or met by chance in a small discrete space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from hpi.roles.combinations import group_ids
from hpi.roles.values import Values
from hpi.space import Integers, Mask

# Two independent draws are equal in this many times more pairs than chance allows: then they are repeats.
_BEYOND_CHANCE = 10
# The chance of mistaking independent draws for a plan.
_RARE = 0.01
# A count of draws varies as much as its mean; planned numbers of repeats vary less than this part of it.
_EVEN = 0.5
_UNIQUE = 0.9
_SINGLE = 0.1
# Numbers drawn from a continuum have more digits than those of a grid, and hardly ever come back.
_DIGITS = 5
_NEARLY_ALL = 0.9
_LOOKED_AT = 1000


def beyond_chance(parsed: Mapping[str, Values], names: Sequence[str], rows: Integers, configuration: Integers) -> bool:
    """Whether configurations come back more often than independent draws would.

    Two draws agree in every hyperparameter at most as often as in the two most diverse ones.
    """
    pairs = _pairs(np.bincount(configuration))
    if len(names) < 2 or pairs <= _BEYOND_CHANCE:
        return False
    agree = sorted(float(np.sum((np.bincount(parsed[name].codes[rows] + 1) / len(rows)) ** 2)) for name in names)
    allowed = _BEYOND_CHANCE * (_pairs(np.array([len(rows)])) * agree[0] * agree[1] + 1)
    return bool(pairs > allowed)


def planned(parsed: Mapping[str, Values], names: Sequence[str], rows: Integers, cell: Integers, seed: Integers) -> bool:
    """Whether rows of one configuration under several seeds were planned, and did not meet by chance.

    They were if a hyperparameter is continuous (chance does not repeat it), or if a configuration hardly ever
    has one seed twice and either that cannot be chance, as the seeds come back under other configurations, or
    the configurations have more equal numbers of rows than draws would give them.

    Parameters
    ----------
    rows, cell, seed
        Shape (n,): positions of the rows in the table, the configuration and the seed of each, as codes.
    """
    n = len(rows)
    if continuous(parsed, names, rows, cell).any():
        return True
    both = np.bincount(group_ids([cell, seed], n))
    if len(both) < _UNIQUE * n:
        return False
    return _avoid_each_other(cell, seed, both) or _is_even(np.bincount(cell))


def continuous(parsed: Mapping[str, Values], names: Sequence[str], rows: Integers, cell: Integers) -> Mask:
    """Whether a hyperparameter drawn from a continuum has a value in each row, shape (n,): no such comes by chance."""
    n_cells = int(np.count_nonzero(np.bincount(cell)))
    found = np.zeros(len(rows), dtype=bool)
    for name in names:
        if _is_continuous(parsed[name], rows, n_cells):
            found |= np.isfinite(parsed[name].numbers[rows])
    return found


def _pairs(counts: Integers) -> float:
    return float(np.sum(counts * (counts - 1.0)) / 2)


def _is_continuous(values: Values, rows: Integers, n_cells: int) -> bool:
    """Whether nearly every configuration has a number of its own, with more digits than a grid has."""
    needed = max(3, _NEARLY_ALL * n_cells)
    if values.words or values.n_distinct < needed:
        return False
    numbers = values.numbers[rows]
    different = np.unique(numbers[np.isfinite(numbers)])
    if len(different) < needed:
        return False
    some = different[:: 1 + len(different) // _LOOKED_AT]
    digits = [len(f"{number:.6e}".split("e")[0].replace(".", "").strip("-0")) for number in some]
    return float(np.mean(np.array(digits) >= _DIGITS)) > _EVEN


def _avoid_each_other(cell: Integers, seed: Integers, both: Integers) -> bool:
    """Whether equal configurations have equal seeds more rarely than if one did not know of the other.

    Of all pairs of rows, those equal in both are then about Poisson with the product of the two shares.
    """
    from scipy.special import pdtr

    pairs = _pairs(np.array([len(cell)]))
    expected = _pairs(np.bincount(cell)) * _pairs(np.bincount(seed)) / max(pairs, 1.0)
    return bool(expected > 0 and pdtr(_pairs(both), expected) <= _RARE)


def _is_even(counts: Integers) -> bool:
    """Whether counts differ less than those of draws: their dispersion is chi-squared then (Fisher)."""
    from scipy.special import chdtr

    if len(counts) < 2:
        return True
    if float(np.mean(counts == 1)) > _SINGLE:
        # Configurations that were never drawn are not there to be counted, so that the others look even.
        return False
    dispersion = float(np.sum((counts - counts.mean()) ** 2) / counts.mean())
    return dispersion < _EVEN * (len(counts) - 1) and bool(chdtr(len(counts) - 1, dispersion) <= _RARE)
