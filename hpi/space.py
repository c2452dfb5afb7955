"""The search space, and the trials as arrays: what a hyperparameter is, and where each trial lies in [0, 1]."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hpi.errors import SpaceError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

MAX_CELLS = 256
_TOLERANCE = 1e-9


class Kind(StrEnum):
    """What the values of a hyperparameter are."""

    FLOAT = "float"
    INT = "int"
    ORDINAL = "ordinal"
    CATEGORY = "category"
    BOOL = "bool"


@dataclass(frozen=True)
class Hyperparameter:
    """One axis of the search space and its measure (what "uniform" means on it).

    Parameters
    ----------
    name
        As in the table.
    kind
        Float and int live between `low` and `high` (on the logarithm where `log`);
        ordinal, category and bool have `levels`, in order.
    low, high
        Bounds in the hyperparameter's own unit, inclusive.
    log
        Whether the measure is uniform on the logarithm.
    levels
        Labels in order; empty for float and int.
    declared
        Whether somebody said so; otherwise bounds and levels are those observed.

    Raises
    ------
    SpaceError
        If the bounds or the levels contradict themselves.
    """

    name: str
    kind: Kind
    low: float | None = None
    high: float | None = None
    log: bool = False
    levels: tuple[str, ...] = ()
    declared: bool = False

    def __post_init__(self) -> None:
        """Refuse bounds and levels that contradict themselves."""
        if self.is_numeric:
            self._check_bounds()
        else:
            self._check_levels()

    def _check_levels(self) -> None:
        twice = [level for level in dict.fromkeys(self.levels) if self.levels.count(level) > 1]
        if twice:
            raise SpaceError(f"{self.name}: the level {twice[0]!r} is given twice; at least two different are needed.")
        if len(self.levels) < 2:
            given = ", ".join(map(repr, self.levels)) or "none"
            raise SpaceError(f"{self.name}: at least two different levels are needed; given: {given}.")

    def _check_bounds(self) -> None:
        if self.low is None or self.high is None or not self.low < self.high:
            raise SpaceError(f"{self.name}: low is {self.low} and high is {self.high}; low must be below high.")
        if self.log and self.low <= 0:
            raise SpaceError(
                f"{self.name}: a log scale needs positive values, but low is {self.low}; "
                'declare it with "log": false or a positive low.'
            )

    @property
    def is_numeric(self) -> bool:
        """Whether the values are numbers between two bounds."""
        return self.kind in (Kind.FLOAT, Kind.INT)

    @property
    def is_ordered(self) -> bool:
        """Whether "between" makes sense for the values."""
        return self.kind not in (Kind.CATEGORY, Kind.BOOL)

    def encode(self, column: pd.Series) -> Floats:
        """Position of each value under the measure, shape (n_trials,), in [0, 1]; nan where inactive.

        Level k of L stands at k / (L - 1).

        Raises
        ------
        SpaceError
            If a value lies outside the bounds or is not one of the levels.
        """
        return self._encode_numbers(column) if self.is_numeric else self._encode_levels(column)

    def _encode_numbers(self, column: pd.Series) -> Floats:
        assert self.low is not None
        assert self.high is not None
        value = column.to_numpy(dtype=float, na_value=np.nan)
        low, high = (np.log(self.low), np.log(self.high)) if self.log else (self.low, self.high)
        with np.errstate(divide="ignore", invalid="ignore"):
            x = ((np.log(value) if self.log else value) - low) / (high - low)
        active = ~np.isnan(value)
        outside = active & ~((x >= -_TOLERANCE) & (x <= 1 + _TOLERANCE))
        if outside.any():
            raise SpaceError(
                f"{self.name}: {int(outside.sum())} values lie outside [{self.low}, {self.high}], "
                f"for instance {value[outside][0]}; widen the declared bounds."
            )
        return np.clip(x, 0.0, 1.0)

    def _encode_levels(self, column: pd.Series) -> Floats:
        code = pd.Index(self.levels).get_indexer(pd.Index(column.astype(object)))
        active = column.notna().to_numpy()
        unknown = active & (code < 0)
        if unknown.any():
            raise SpaceError(
                f"{self.name}: the level {column[unknown].iloc[0]!r} is not among the declared ones "
                f"({', '.join(self.levels[:8])}); add it to the levels."
            )
        return np.where(active, code / (len(self.levels) - 1), np.nan)


@dataclass(frozen=True, eq=False)
class Cells:
    """One hyperparameter cut into cells: exact levels, or at most 256 ranks of its values.

    `code` has shape (n_trials,) and holds 0 to n - 1 in the order of the values, and n where inactive.
    """

    code: NDArray[np.uint16]
    n: int
    ordered: bool
    exact: bool

    @classmethod
    def of(cls, x: Floats, ordered: bool, limit: int = MAX_CELLS) -> Cells:
        """Cells of positions x, shape (n_trials,): one a distinct value, or `limit` ranks if there are more."""
        active = ~np.isnan(x)
        values, inverse = np.unique(x[active], return_inverse=True)
        exact = not ordered or len(values) <= limit
        if not exact:
            # Equal values stay in one cell: the upper ends are values, and a value that is several ends is one.
            ends = np.unique(np.sort(x[active])[(np.arange(1, limit + 1) * active.sum()) // limit - 1])
            inverse, values = np.searchsorted(ends, x[active]), ends
        code = np.full(len(x), len(values), dtype=np.uint16)
        code[active] = inverse
        code.setflags(write=False)
        return cls(code, len(values), ordered, exact)


@dataclass(frozen=True, eq=False)
class Design:
    """The trials as arrays, best first.

    Attributes
    ----------
    hyperparameters
        In column order.
    x
        Positions, shape (n_trials, n_hyperparameters), in [0, 1]; nan where inactive.
    loss
        Shape (n_trials,), ascending: lower is better, always.
    row
        Where each trial stands among the table's trials, shape (n_trials,).
    unit
        Configuration of each trial, shape (n_trials,), where several trials of one configuration are
        kept and are no independent evidence; else None.
    """

    hyperparameters: tuple[Hyperparameter, ...]
    x: Floats
    loss: Floats
    row: Integers
    unit: Integers | None = None

    def __post_init__(self) -> None:
        """Freeze the arrays: a frozen dataclass does not do it."""
        for array in (self.x, self.loss, self.row, self.unit):
            if array is not None:
                array.setflags(write=False)

    @classmethod
    def build(
        cls,
        hyperparameters: tuple[Hyperparameter, ...],
        trials: pd.DataFrame,
        loss: Floats,
        unit: Integers | None = None,
    ) -> Design:
        """Encode a frame of trials (one column a hyperparameter) and sort it, best first.

        Trials of equal loss are put in an order that depends on their values alone, so that neither the
        order of rows nor that of columns can change a result.
        """
        x = np.empty((len(trials), len(hyperparameters)))
        for j, hyperparameter in enumerate(hyperparameters):
            x[:, j] = hyperparameter.encode(trials[hyperparameter.name])
        loss = np.asarray(loss, dtype=float) + 0.0  # -0.0 and 0.0 are one loss
        order = np.lexsort((_fingerprints(x, hyperparameters), loss))
        return cls(hyperparameters, x[order], loss[order], order, None if unit is None else unit[order])

    def __len__(self) -> int:
        """Count the trials."""
        return len(self.loss)

    def keep(self, mask: Mask) -> Design:
        """Return the trials where `mask`, shape (n_trials,), is true, still best first."""
        unit = None if self.unit is None else self.unit[mask]
        return Design(self.hyperparameters, self.x[mask], self.loss[mask], self.row[mask], unit)

    @cached_property
    def cells(self) -> tuple[Cells, ...]:
        """Each hyperparameter cut into cells, in column order."""
        return tuple(
            Cells.of(self.x[:, j], hyperparameter.is_ordered) for j, hyperparameter in enumerate(self.hyperparameters)
        )

    def column(self, name: str) -> int:
        """Return the column of the hyperparameter called `name`."""
        return [hyperparameter.name for hyperparameter in self.hyperparameters].index(name)


def _fingerprints(x: Floats, hyperparameters: tuple[Hyperparameter, ...]) -> NDArray[np.uint64]:
    """Hash each row of x, shape (n_trials,), alike for every order of the columns."""
    total = np.zeros(len(x), dtype=np.uint64)
    for j, hyperparameter in enumerate(hyperparameters):
        digest = hashlib.sha256(hyperparameter.name.encode("utf-8", "surrogatepass")).digest()
        factor = np.uint64(int.from_bytes(digest[:8], "big") | 1)
        total += pd.util.hash_array(x[:, j]) * factor
    return total
