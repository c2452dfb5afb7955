"""The one result that words, figures and files read."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from typing import Any

import pandas as pd

from hpi.estimators import Coefficient, Estimator, by_name
from hpi.estimators.base import Reading


@dataclass(frozen=True)
class Score:
    """One hyperparameter's bar; None is unknown, never 0.

    `importance`, `low`, `high` (95 % interval) and `floor` (what chance alone would show) are absolute, from 0 to 1;
    `share` sums to 1 over the hyperparameters, and is None where nothing can be told from chance. `p_value` is
    corrected for the number of hyperparameters. `raw` is the method's own number where it is another one.
    """

    name: str
    importance: float | None
    low: float | None
    high: float | None
    share: float | None
    floor: float | None
    p_value: float | None
    detectable: bool
    note: str | None
    raw: float | None = None


@dataclass(frozen=True)
class PairScore:
    """One pair in the units of `Score`, corrected for the number of pairs; `reading` as in `hpi.estimators.Pairs`.

    `high` is None where a method knows only how much a pair explains at least.
    """

    names: tuple[str, str]
    importance: float | None
    low: float | None
    high: float | None
    floor: float | None
    p_value: float | None
    detectable: bool
    reading: Reading


@dataclass(frozen=True)
class Question:
    """The subspace as it was answered: fractions asked for, trials found."""

    region: float
    target: float
    n_region: int
    n_target: int
    where: tuple[str, ...]


@dataclass(frozen=True)
class ImportanceResult:
    """Importances, strongest first, with everything that is needed to read and to repeat them."""

    rows: int
    used: int
    excluded: tuple[tuple[str, int], ...]
    metric: str
    direction: str
    subspace: Question
    estimator: str
    settings: tuple[tuple[str, Any], ...]
    hyperparameters: tuple[Score, ...]
    pairs: tuple[PairScore, ...]
    warnings: tuple[str, ...]
    seed: int
    fingerprint: str
    version: str
    coefficients: tuple[Coefficient, ...] = ()

    @property
    def detectable(self) -> tuple[Score, ...]:
        """The hyperparameters that can be told apart from chance, strongest first."""
        return tuple(score for score in self.hyperparameters if score.detectable)

    @property
    def chosen(self) -> dict[str, Any]:
        """The settings of the estimator, without what it found out on its way."""
        declared = {one.name for one in fields(by_name(self.estimator))}  # type: ignore[arg-type]
        return {name: value for name, value in self.settings if name in declared}

    @property
    def method(self) -> Estimator:
        """The estimator with its settings."""
        return by_name(self.estimator)(**self.chosen)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON has it."""
        plain = asdict(self)
        plain["excluded"] = dict(self.excluded)
        plain["metric"] = {"name": self.metric, "direction": plain.pop("direction")}
        plain["estimator"] = {"name": self.estimator, "settings": dict(plain.pop("settings"))}
        return plain

    def frame(self) -> pd.DataFrame:
        """Return the bars as a table, one row a hyperparameter."""
        return pd.DataFrame([asdict(score) for score in self.hyperparameters])


def known(value: float) -> float | None:
    """Return a number, or None for nan."""
    return None if math.isnan(value) else float(value)
