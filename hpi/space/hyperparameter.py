"""What a hyperparameter is: its kind, its measure, and where each value lies in [0, 1]."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hpi.errors import SpaceError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

MOST_LEVELS = 2**16 - 1  # the code of each, and one for inactive, fit 16 bits
_TOLERANCE = 1e-9
# Bounds of a file are often rounded, so a value may stick out by this part of the range.
_ROUNDING = 1e-6


class Kind(StrEnum):
    """What the values of a hyperparameter are."""

    FLOAT = "float"
    INT = "int"
    ORDINAL = "ordinal"
    CATEGORY = "category"
    BOOL = "bool"


@dataclass(frozen=True)
class Domain:
    """Bounds of a numeric hyperparameter where its parents have certain values.

    Attributes
    ----------
    when
        For each parent by name: two numbers, inclusive, where it holds numbers, else its levels. All must hold.
    low, high
        Bounds there, inclusive.

    Raises
    ------
    SpaceError
        If the bounds or the condition are not what they must be.
    """

    when: tuple[tuple[str, tuple[float | str, ...]], ...]
    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse a domain without parents or room."""
        if not self.low < self.high:
            raise SpaceError(f"A domain's low is {self.low:g} and its high is {self.high:g}; low must be below high.")
        if not self.when or not all(values for _, values in self.when):
            raise SpaceError(f'The domain {self} needs a parent and its values under "when".')

    def __str__(self) -> str:
        """Write the bounds as they are read."""
        return f"[{self.low:g}, {self.high:g}]"

    def holds(self, child: str, trials: pd.DataFrame) -> Mask:
        """Whether the parents of each trial have the values that this domain wants, shape (n_trials,)."""
        fits = np.ones(len(trials), dtype=bool)
        for parent, values in self.when:
            if parent not in trials:
                raise SpaceError(
                    f"{child}: its domain {self} depends on {parent!r}, which is no hyperparameter or context column; "
                    'correct the name under "when" or the role of the column.'
                )
            fits &= _holds(child, parent, trials[parent], values)
        return fits


def _holds(child: str, parent: str, column: pd.Series, values: tuple[float | str, ...]) -> Mask:
    if not pd.api.types.is_numeric_dtype(column):
        return column.astype(object).isin([label_of(value) for value in values]).to_numpy()
    if len(values) != 2 or any(isinstance(value, str) for value in values):
        wanted = ", ".join(map(str, values))
        raise SpaceError(
            f"{child}: its domains depend on {parent}, which holds numbers, but name [{wanted}]; "
            "give the lowest and the highest number as [low, high]."
        )
    number = column.to_numpy(dtype=float, na_value=np.nan)
    low, high = map(float, values)
    return np.asarray((number >= low) & (number <= high))


def label_of(level: object) -> str:
    """Return a level of SPACE.json as it is written in a table: true is True, null is None, 1.0 is 1."""
    if isinstance(level, float) and math.isfinite(level) and level == int(level) and abs(level) < 2**53:
        return str(int(level))
    return str(level).strip()


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
    domains
        Where the bounds depend on other hyperparameters: all that there are, the first that holds counts. `low` and
        `high` span them (and are taken from them where not given), and `log` is that of all.

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
    domains: tuple[Domain, ...] = ()

    def __post_init__(self) -> None:
        """Refuse bounds and levels that contradict themselves."""
        if self.domains:
            self._span_domains()
        if self.is_numeric:
            self._check_bounds()
        else:
            self._check_levels()

    def _span_domains(self) -> None:
        if not self.is_numeric:
            raise SpaceError(f"{self.name}: a {self.kind} has levels, not domains; declare it as float or int.")
        low, high = min(domain.low for domain in self.domains), max(domain.high for domain in self.domains)
        for name, bound in (("low", low), ("high", high)):
            if getattr(self, name) is None:
                object.__setattr__(self, name, bound)
        assert self.low is not None
        assert self.high is not None
        if low < self.low or high > self.high:
            raise SpaceError(
                f"{self.name}: its domains go from {low:g} to {high:g}, but its bounds are [{self.low:g}, "
                f"{self.high:g}]; widen the bounds or leave them out."
            )

    def _check_levels(self) -> None:
        twice = [level for level, n in Counter(self.levels).items() if n > 1]
        if twice:
            raise SpaceError(f"{self.name}: the level {twice[0]!r} is given twice; at least two different are needed.")
        if len(self.levels) < 2:
            given = ", ".join(map(repr, self.levels)) or "none"
            raise SpaceError(f"{self.name}: at least two different levels are needed; given: {given}.")
        if len(self.levels) > MOST_LEVELS:
            raise SpaceError(
                f"{self.name}: {len(self.levels):,} levels; at most {MOST_LEVELS:,} can be told apart: group them."
            )

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
        value = column.to_numpy(dtype=float, na_value=np.nan)
        low, high = self.measured(self.ends)
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

    @property
    def n_regimes(self) -> int:
        """How many domains there are; 1 where the bounds are the same everywhere."""
        return max(1, len(self.domains))

    def bounds(self, regime: int) -> tuple[float, float]:
        """Return the bounds of a regime in the hyperparameter's own unit, for float and int."""
        if self.domains:
            return self.domains[regime].low, self.domains[regime].high
        return self.ends

    @property
    def ends(self) -> tuple[float, float]:
        """Bounds over all regimes in the hyperparameter's own unit, for float and int."""
        assert self.low is not None
        assert self.high is not None
        return self.low, self.high

    def measured(self, ends: tuple[float, float]) -> tuple[float, float]:
        """Return bounds on the measure: their logarithms where that is the scale."""
        return (math.log(ends[0]), math.log(ends[1])) if self.log else ends

    def regimes(self, trials: pd.DataFrame) -> Integers:
        """Return in which domain each value lies, shape (n_trials,): its index, 0 without domains, -1 where inactive.

        `trials` has a column for this hyperparameter and for each of its parents.

        Raises
        ------
        SpaceError
            If a value lies outside its domain, is there where no domain applies, or a parent cannot be understood.
        """
        active = trials[self.name].notna().to_numpy()
        if not self.domains:
            return np.where(active, 0, -1)
        fits = np.stack([domain.holds(self.name, trials) for domain in self.domains])
        lost = active & ~fits.any(axis=0)
        if lost.any():
            raise SpaceError(
                f"{self.name}: {int(lost.sum())} values are given where none of its domains applies, for instance "
                f"{self._instance(trials, lost)}; add a domain for them or leave the cells empty."
            )
        regime = np.where(active, fits.argmax(axis=0), -1)
        self._check_domains(trials, regime)
        return regime

    def _check_domains(self, trials: pd.DataFrame, regime: Integers) -> None:
        value = trials[self.name].to_numpy(dtype=float, na_value=np.nan)
        for i, domain in enumerate(self.domains):
            slack = [_ROUNDING * (abs(end) if self.log else domain.high - domain.low) for end in self.bounds(i)]
            outside = (regime == i) & ((value < domain.low - slack[0]) | (value > domain.high + slack[1]))
            if outside.any():
                raise SpaceError(
                    f"{self.name}: {int(outside.sum())} values lie outside their domain {domain}, for instance "
                    f'{self._instance(trials, outside)}; widen the domain or correct its "when".'
                )

    def _instance(self, trials: pd.DataFrame, which: Mask) -> str:
        """Write the first of the trials in question: its value and those of its parents."""
        parents = dict.fromkeys(parent for domain in self.domains for parent, _ in domain.when)
        first = trials.iloc[int(np.flatnonzero(which)[0])]
        return f"{first[self.name]} at " + ", ".join(f"{parent} = {first[parent]}" for parent in parents)
