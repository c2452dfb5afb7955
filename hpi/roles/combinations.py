"""Which rows hold the same combination of values, and how many combinations there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hpi.roles.values import Values
from hpi.space import Integers

# As many combinations of codes can be told apart by one integer.
_WIDEST = 2**62
# A number of combinations is looked for in this many times as many rows first.
_ENOUGH = 3
# An odd number with its bits spread (Knuth's, of 64 bits): the digests of several columns are added up in its powers.
_SPREAD = np.uint64(6364136223846793005)


def group_ids(codes: Sequence[Integers], n: int) -> Integers:
    """Return which combination of codes each row holds, shape (n,), numbered from 0 in order of appearance.

    Parameters
    ----------
    codes
        Each of shape (n,): integers from -1.
    """
    ids, size = np.zeros(n, dtype=np.int64), 1
    for code in codes:
        levels = int(code.max(initial=-1)) + 2
        if size > _WIDEST // levels:
            ids, size = _numbered(ids)
        ids, size = ids * levels + (code + np.int64(1)), size * levels
    return _numbered(ids)[0]


def ids_of(columns: Sequence[Values], n: int, rows: Integers | None = None) -> Integers:
    """Return which combination of values each of n rows holds, shape (n,), numbered from 0 in order of appearance.

    Rows with different digests differ; that those with equal ones are equal is checked cell by cell.

    Parameters
    ----------
    rows
        Shape (n,): which rows of the columns, ascending; all if it is not given.
    """
    if any(n_with_empty(values) == len(values) for values in columns):
        return np.arange(n)
    if rows is not None and columns and n == len(columns[0]):
        rows = None
    digests = _digests([_bits(values, rows) for values in columns], n)
    ordered = np.sort(digests)
    if (ordered[1:] != ordered[:-1]).all():
        return np.arange(n)
    ids, n_ids = _numbered(digests)
    first = first_of(ids, n_ids)[ids]
    if all(np.array_equal(bits, bits[first]) for bits in (_bits(values, rows) for values in columns)):
        return ids
    return group_ids([values.codes if rows is None else values.codes[rows] for values in columns], n)


def n_different(values: Integers, groups: Integers) -> Integers:
    """Return how many different values each group holds, shape (n_groups,).

    Parameters
    ----------
    values, groups
        Shape (n,): integers from -1, and from 0.
    """
    pairs = group_ids([groups, values], len(groups))
    return np.bincount(groups[first_of(pairs, int(pairs.max(initial=-1)) + 1)])


def first_of(ids: Integers, n_ids: int) -> Integers:
    """Return where each number from 0 to n_ids - 1 appears first, shape (n_ids,); each must appear."""
    first = np.empty(n_ids, dtype=np.int64)
    # Of several values that are assigned to one place the last one stays.
    first[ids[::-1]] = np.arange(len(ids))[::-1]
    return first


def n_with_empty(values: Values) -> int:
    """Count the different cells of a column, the empty one among them."""
    return values.n_distinct + bool(values.empty.any())


def _numbered(ids: NDArray[Any]) -> tuple[Integers, int]:
    found, different = pd.factorize(ids)
    return np.asarray(found, dtype=np.int64), len(different)


def _bits(values: Values, rows: Integers | None) -> Integers:
    """Return integers that are equal exactly where cells are, shape (n,)."""
    if values.text is not None:
        codes = np.asarray(values.codes, dtype=np.int64)
        return codes if rows is None else codes[rows]
    numbers = values.numbers if rows is None else values.numbers[rows]
    # Adding zero makes -0.0 and 0.0 one value; a number that is none has many forms.
    return np.where(np.isnan(numbers), np.nan, numbers + 0.0).view(np.int64)


def _digests(columns: Sequence[Integers], n: int) -> NDArray[np.uint64]:
    total = np.zeros(n, dtype=np.uint64)
    for bits in columns:
        total = total * _SPREAD + pd.util.hash_array(bits, categorize=False)
    return total


@dataclass(frozen=True, eq=False)
class Combinations:
    """The combinations of values that the rows of some columns hold; counted only where bounds do not settle it.

    Attributes
    ----------
    columns
        At least one.
    _found
        How many different ones parts of the rows were seen to hold.
    """

    columns: Sequence[Values]
    _found: list[int] = field(default_factory=list, init=False, repr=False)

    @cached_property
    def count(self) -> int:
        """How many different ones there are."""
        return int(ids_of(self.columns, len(self.columns[0])).max(initial=-1)) + 1

    @cached_property
    def _at_least(self) -> int:
        return max(n_with_empty(values) for values in self.columns)

    def reach(self, wanted: int) -> bool:
        """Whether there are so many."""
        n, some = len(self.columns[0]), _ENOUGH * wanted
        if wanted > n or max(self._at_least, *self._found, 0) >= wanted:
            return wanted <= n
        if some < n and "count" not in self.__dict__:
            # What a part of the rows holds, all of them hold.
            found = ids_of(self.columns, some, np.arange(some))
            self._found.append(int(found.max(initial=-1)) + 1)
            if self._found[-1] >= wanted:
                return True
        return self.count >= wanted
