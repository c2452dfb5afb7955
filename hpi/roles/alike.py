"""Which columns say the same: in what order they put the rows, which of their cells are equal, what the cells are.

Columns are compared in some of their rows first, and only those that agree there in all of them.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hpi.roles.combinations import Combinations
from hpi.roles.values import Values
from hpi.space import Integers

MANY = 10
# Two columns that agree by chance would have to do it in this many rows or configurations.
_ENOUGH = 20
# In about so many rows columns are compared first.
_GLANCED_AT = 1000


class Sign(StrEnum):
    """In what columns may agree; the first is the strongest to say."""

    ORDER = "order"
    EQUALITY = "equality"
    CELLS = "cells"


@dataclass(frozen=True)
class Asked:
    """A column, and in what it may agree with another one."""

    values: Values
    signs: tuple[Sign, ...]


def by_order(values: Values) -> Asked:
    """Return the column to be compared in its order, up or down, if it holds numbers of many values."""
    many = values.is_numeric and values.n_distinct > MANY
    return Asked(values, (Sign.ORDER,) if many else ())


def by_all(values: Values, configurations: Combinations) -> Asked:
    """Return the column to be compared in whatever two columns share only if they say the same, and not by chance.

    Numbers of many values: their order. Values that come back in other configurations: which cells are equal
    (where none comes back, every two columns are one-to-one). Enough cells: the cells.
    """
    signs = by_order(values).signs
    if configurations.reach(max(_ENOUGH, 3 * values.n_distinct)):
        signs += (Sign.EQUALITY,)
    if configurations.reach(_ENOUGH):
        signs += (Sign.CELLS,)
    return Asked(values, signs)


def shared(columns: Mapping[str, Asked]) -> dict[str, list[str]]:
    """Return the signatures of each column that another one has as well, in the order of the signs asked for."""
    n = max((len(asked.values) for asked in columns.values()), default=0)
    if n <= _GLANCED_AT:
        return _recurring({name: _signatures(asked, asked.values) for name, asked in columns.items()})
    rows = np.arange(0, n, n // _GLANCED_AT)
    glances = _recurring({name: _signatures(asked, asked.values.taken(rows)) for name, asked in columns.items()})
    left = {
        name: Asked(
            asked.values, tuple(sign for sign in asked.signs if any(_is_of(one, sign) for one in glances[name]))
        )
        for name, asked in columns.items()
    }
    return _recurring({name: _signatures(asked, asked.values) for name, asked in left.items()})


def without_copies(columns: Sequence[Values]) -> list[Values]:
    """Return the columns without those whose cells are equal exactly where the cells of an earlier one are."""
    asked = {str(i): Asked(values, (Sign.EQUALITY,)) for i, values in enumerate(columns)}
    kept: dict[str, Values] = {}
    for (i, found), values in zip(shared(asked).items(), columns, strict=True):
        kept.setdefault(found[0] if found else i, values)
    return list(kept.values())


def _recurring(signatures: dict[str, list[str]]) -> dict[str, list[str]]:
    count = Counter(one for found in signatures.values() for one in found)
    return {name: [one for one in found if count[one] > 1] for name, found in signatures.items()}


def _is_of(signature: str, sign: Sign) -> bool:
    return signature.startswith(f"{sign} ")


def _signatures(asked: Asked, seen: Values) -> list[str]:
    """Return a digest for each sign, of the rows of the column that are seen."""
    makers = {Sign.ORDER: _order, Sign.EQUALITY: _equality, Sign.CELLS: _cells}
    return [f"{sign} {asked.values.n_distinct} {makers[sign](seen)}" for sign in asked.signs]


def _order(values: Values) -> str:
    codes = np.asarray(values.codes, dtype=np.int32)
    down = np.where(codes < 0, np.int32(-1), np.int32(values.n_distinct - 1) - codes)
    return min(_digest(codes), _digest(down))


def _equality(values: Values) -> str:
    """Return what two columns share if each value of one goes with exactly one value of the other."""
    by_appearance: Integers = np.asarray(pd.factorize(np.where(values.empty, -1, values.codes))[0], dtype=np.int32)
    return _digest(np.where(values.empty, np.int32(-1), by_appearance))


def _cells(values: Values) -> str:
    if values.text is None:
        return "numbers " + _digest(values.numbers + 0.0)
    return "text " + _digest(pd.util.hash_array(np.where(values.empty, "", values.text).astype(object)))


def _digest(array: NDArray[Any]) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).data).hexdigest()
