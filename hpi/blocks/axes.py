"""One hyperparameter of a table larger than memory: how cells of its column become positions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hpi.blocks.cells import Codes, Words, with_empty
from hpi.errors import TableError
from hpi.roles import kinds
from hpi.roles.choices import Declaration
from hpi.roles.values import Values, label_of
from hpi.space import Floats, Hyperparameter, Mask

_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Axis:
    """A hyperparameter and the cells of its column.

    Attributes
    ----------
    hyperparameter
        With bounds and levels over all rows that count, as far as they are known.
    declared
        What was declared of it.
    cells
        What each code stands for (a number or nan, a label or None), shape (n_codes + 1,), the last one an empty cell;
        None where the column holds numbers that are taken as they are.
    codes_of
        Ascending numbers that the codes stand for, where the column holds numbers that are labels; else None.
    """

    hyperparameter: Hyperparameter
    declared: Declaration | None
    cells: NDArray[Any] | None = None
    codes_of: Floats | None = None

    @classmethod
    def of(
        cls, hyperparameter: Hyperparameter, declared: Declaration | None, values: Values, words: Words | None
    ) -> Axis:
        """Return the axis of a hyperparameter; `values` are those of the rows that were looked at."""
        if words is not None:
            return cls(hyperparameter, declared, _with_empty(words.values, hyperparameter, declared))
        if hyperparameter.is_numeric:
            return cls(hyperparameter, declared)
        numbers = np.unique(values.numbers[~values.empty])
        cells = _with_empty(Values(hyperparameter.name, numbers, None), hyperparameter, declared)
        return cls(hyperparameter, declared, cells, numbers)

    @property
    def positions(self) -> Floats | None:
        """Position of each code, shape (n_codes + 1,), nan where inactive or no value of a row that counts."""
        if self.cells is None:
            return None
        axis, positions = self.hyperparameter, np.full(len(self.cells), np.nan)
        if axis.is_numeric:
            low, high = axis.measured(axis.ends)
            with np.errstate(divide="ignore", invalid="ignore"):
                x = ((np.log(self.cells) if axis.log else self.cells) - low) / (high - low)
            known = (x >= -_TOLERANCE) & (x <= 1 + _TOLERANCE)
        else:
            known = pd.Series(self.cells, dtype=object).isin(axis.levels).to_numpy()
        positions[known] = axis.encode(pd.Series(self.cells[known]))
        return positions

    def codes(self, numbers: Floats) -> Codes:
        """Return which code each number of a piece has, shape (n_rows,), -1 where empty; raises TableError if new."""
        assert self.codes_of is not None
        empty = np.isnan(numbers)
        codes = np.searchsorted(self.codes_of, numbers).clip(0, max(0, len(self.codes_of) - 1)).astype(np.int32)
        new = ~empty & (self.codes_of[codes] != numbers)
        if new.any():
            raise TableError(
                f"{self.hyperparameter.name} has the level {label_of(numbers[new][0])}, which is in none of the rows "
                "that were looked at first. Declare its levels, or take it as a number."
            )
        return np.where(empty, -1, codes).astype(np.int32)

    def within(self, ends: tuple[float, float] | None, seen: Mask | None, log: bool) -> Axis:
        """Return the axis with the bounds or levels of rows that hold these values.

        Raises
        ------
        SpaceError
            If a value contradicts the declaration.
        """
        axis = self.hyperparameter
        if self.cells is None:
            cells: NDArray[Any] = np.array([] if ends is None else ends, dtype=float)
        else:
            cells = self.cells[:-1] if seen is None else self.cells[:-1][seen]
        built = kinds.build(axis.name, cells, axis.kind, log, self.declared)
        return self if built is None else replace(self, hyperparameter=built)


def _with_empty(values: Values, axis: Hyperparameter, declared: Declaration | None) -> NDArray[Any]:
    return with_empty(kinds.cells_of(values, axis.kind, declared))
