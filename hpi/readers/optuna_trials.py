"""The trials of an Optuna study, whatever it was stored in, as the table that its `trials_dataframe()` gives."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from hpi.errors import TableError
from hpi.readers.declaring import Told, category, choice_cell, declared, interval, union
from hpi.readers.limits import ReadLimits
from hpi.readers.studies import Cell, check_size, column_of, in_line, maybe_parsed, plain_names
from hpi.roles.reading import Objective, Reading
from hpi.roles.values import counted, shown
from hpi.roles.vocabulary import Direction
from hpi.space import Kind

DIRECTIONS = {"MINIMIZE": Direction.MINIMIZE, "MAXIMIZE": Direction.MAXIMIZE}
# name -> kind, scale where the distribution does not say it itself (those before version 3)
_NUMBERS = {
    "FloatDistribution": (Kind.FLOAT, None),
    "IntDistribution": (Kind.INT, None),
    "UniformDistribution": (Kind.FLOAT, False),
    "LogUniformDistribution": (Kind.FLOAT, True),
    "DiscreteUniformDistribution": (Kind.FLOAT, False),
    "IntUniformDistribution": (Kind.INT, False),
    "IntLogUniformDistribution": (Kind.INT, True),
}


@dataclass
class Trial:
    """One trial as it is stored.

    Attributes
    ----------
    number, state, start, complete
        As in the storage; the moments as text.
    values
        By objective; None where it is not known or no number.
    last_step, last_value
        The last that was reported on the way.
    params
        By name: the stored number (of a choice its index) and the distribution as JSON text.
    user, system
        Attributes that are one short value.
    """

    number: int
    state: str
    start: str | None = None
    complete: str | None = None
    values: dict[int, float | None] = field(default_factory=dict)
    last_step: float = -math.inf
    last_value: float | None = None
    params: dict[str, tuple[float | None, str | None]] = field(default_factory=dict)
    user: dict[str, Cell] = field(default_factory=dict)
    system: dict[str, Cell] = field(default_factory=dict)

    def reported(self, step: float, value: float | None) -> None:
        """Take note of what was reported on the way."""
        if step >= self.last_step:
            self.last_step, self.last_value = step, value


@dataclass
class Study:
    """One study; a direction is None where it was not set."""

    name: str
    directions: list[Direction | None]
    metrics: list[str] = field(default_factory=list)
    trials: list[Trial] = field(default_factory=list)

    @property
    def outcomes(self) -> list[str]:
        """The columns of the objectives."""
        n = max(1, len(self.directions))
        if len(self.metrics) == n and len(set(self.metrics)) == n:
            return [f"value{'s' if n > 1 else ''}_{metric}" for metric in self.metrics]
        return ["value"] if n == 1 else [f"values_{k}" for k in range(n)]


def metric_names(value: object) -> list[str]:
    """Return the names that somebody gave the objectives, [] if nobody did."""
    return [*value] if isinstance(value, list) and all(isinstance(name, str) for name in value) else []


def loaded(study: Study, limits: ReadLimits) -> tuple[pd.DataFrame, Reading]:
    """Return the table of a study and what the study says of it.

    The columns are number, value (or values_0, or the names of the metrics), datetime_start, datetime_complete,
    duration (seconds), params_*, user_attrs_*, system_attrs_*, state.

    Raises
    ------
    TableError
        If there is no trial, or more than the limits allow.
    """
    trials = study.trials
    if not trials:
        raise TableError(f"The study {in_line(study.name)} has no trials; give one in which at least two have ended.")
    names = list(dict.fromkeys(name for trial in trials for name in trial.params))
    extra, notices = _attributes(trials, limits.columns - len(names) - len(study.outcomes) - 5)
    check_size(len(trials), len(names) + len(study.outcomes) + len(extra) + 5, limits)
    columns = {"number": column_of([trial.number for trial in trials])}
    columns |= {name: column_of([_value(trial, k, study) for trial in trials]) for k, name in enumerate(study.outcomes)}
    columns |= {"datetime_start": column_of([trial.start for trial in trials])}
    columns |= {"datetime_complete": column_of([trial.complete for trial in trials])}
    columns |= {"duration": column_of([_seconds(trial) for trial in trials])}
    decoder = _Decoder()
    told = {}
    for name in names:
        cells = [decoder.cell(name, *trial.params.get(name, (None, None))) for trial in trials]
        columns[f"params_{name}"] = column_of(cells)
        told[f"params_{name}"] = decoder.told.get(name)
    columns |= extra | {"state": column_of([trial.state for trial in trials])}
    called = plain_names(columns)
    frame = pd.DataFrame({called[name]: column for name, column in columns.items()})
    space, said = declared(frame, {called[name]: one for name, one in told.items()})
    ends = [*study.directions, None][: len(study.outcomes)]
    objectives = tuple(Objective(called[name], end) for name, end in zip(study.outcomes, ends, strict=True))
    return frame, Reading(notices=(*notices, *decoder.notices, *said), objectives=objectives, space=space)


def _value(trial: Trial, objective: int, study: Study) -> float | None:
    """Return what trials_dataframe() shows: of a pruned trial the last value on its way."""
    value = trial.values.get(objective)
    if value is None and trial.state == "PRUNED" and len(study.outcomes) == 1:
        return trial.last_value
    return value


def _seconds(trial: Trial) -> float | None:
    try:
        start, complete = (datetime.fromisoformat(text) for text in (trial.start or "", trial.complete or ""))
        return (complete - start).total_seconds()
    except (ValueError, TypeError):
        # no moment, or one of the two has a time zone
        return None


def _attributes(trials: Sequence[Trial], room: int) -> tuple[dict[str, pd.Series], list[str]]:
    """Return the columns of the attributes, none if there are more of them than the limit of columns allows."""
    columns: dict[str, pd.Series] = {}
    for kind in ("user", "system"):
        keys = dict.fromkeys(key for trial in trials for key, cell in getattr(trial, kind).items() if cell is not None)
        if len(columns) + len(keys) > room:
            n = len(columns) + len(keys)
            return {}, [f"The trials have {n:,} different attributes, more than columns are read; they were left out."]
        columns |= {
            f"{kind}_attrs_{key}": column_of([getattr(trial, kind).get(key) for trial in trials]) for key in keys
        }
    return columns, []


class _Decoder:
    """From stored numbers to values; collects what the distributions declare and what must be said."""

    def __init__(self) -> None:
        self.told: dict[str, Told | None] = {}
        self._changed: set[str] = set()
        self._lost: dict[str, int] = {}
        self._known: dict[tuple[str, str | None], tuple[Told | None, list[Any] | None]] = {}

    def cell(self, name: str, stored: float | None, distribution: str | None) -> Cell:
        """Return a parameter's value; empty where the trial does not have it."""
        if stored is None and distribution is None:
            return None
        if (name, distribution) not in self._known:
            self._known[name, distribution] = _understood(distribution)
            self._tell(name, self._known[name, distribution][0])
        choices = self._known[name, distribution][1]
        if choices is None:
            return stored
        if stored is None or stored != int(stored) or not 0 <= stored < len(choices):
            self._lost[name] = self._lost.get(name, 0) + 1
            return None
        return choice_cell(choices[int(stored)])

    def _tell(self, name: str, told: Told | None) -> None:
        if name in self.told and told != self.told[name]:
            self._changed.add(name)
            told = union(self.told[name], told)
        self.told[name] = told

    @property
    def notices(self) -> list[str]:
        """What was done to the values and the bounds."""
        said = [
            f"{name}: {counted(n, 'trial')} with a choice that its distribution does not have; taken as empty."
            for name, n in self._lost.items()
        ]
        known = [name for name in self._changed if self.told[name] is not None]
        if known:
            what = "the widest bounds and all choices were taken"
            said.append(f"What is declared of {shown(sorted(known))} changed between trials; {what}.")
        return said


def _understood(distribution: str | None) -> tuple[Told | None, list[Any] | None]:
    """Return what a distribution declares, and the choices that its stored numbers count; None where it is unknown."""
    whole = maybe_parsed(distribution)
    attributes = whole.get("attributes") if isinstance(whole, Mapping) else None
    if not isinstance(whole, Mapping) or not isinstance(attributes, Mapping):
        return None, None
    name = whole.get("name")
    if name == "CategoricalDistribution":
        choices = attributes.get("choices")
        return category(choices), choices if isinstance(choices, list) and choices else None
    if not isinstance(name, str) or name not in _NUMBERS:
        return None, None
    kind, log = _NUMBERS[name]
    return interval(
        kind, attributes.get("low"), attributes.get("high"), attributes.get("log") if log is None else log
    ), None
