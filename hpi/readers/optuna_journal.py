"""Optuna's journal file: every operation on its studies as a line of JSON, done again here one after the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hpi.errors import TableError
from hpi.readers import optuna_trials
from hpi.readers.limits import ReadLimits
from hpi.readers.optuna_trials import DIRECTIONS, Study, Trial
from hpi.readers.protocol import Loaded, Opened, Wanted
from hpi.readers.studies import Cell, chosen, number_of, parsed, real_of, scalar_of
from hpi.roles.values import counted

_FIRST = 2000
# The numbers of TrialState and StudyDirection.
_STATES = ("RUNNING", "COMPLETE", "PRUNED", "FAIL", "WAITING")
_ENDED = ("COMPLETE", "PRUNED", "FAIL")
_DIRECTIONS = (None, DIRECTIONS["MINIMIZE"], DIRECTIONS["MAXIMIZE"])

Line = Mapping[str, Any]


@dataclass(frozen=True)
class OptunaJournalReader:
    """Reads the file of Optuna's JournalStorage."""

    name: str = "Optuna journal"

    def accepts(self, opened: Opened) -> bool:
        """Whether the first line is an operation."""
        first = opened.data[:_FIRST].lstrip().partition(b"\n")[0]
        return opened.files is None and first.startswith(b"{") and b'"op_code"' in first

    def load(self, opened: Opened, wanted: Wanted, limits: ReadLimits) -> Loaded:
        """Return one study; raises TableError as every reader does."""
        journal, notices = _replayed(opened)
        studies = {study.name: study for study in journal.studies.values()}
        if not studies:
            raise TableError(
                f"{opened.name} is an Optuna journal without a study; give one in which trials have ended."
            )
        counts = {
            name: (sum(trial.state == "COMPLETE" for trial in study.trials), len(study.trials))
            for name, study in studies.items()
        }
        name, said = chosen(counts, wanted.study, "The file holds", "complete trials")
        frame, reading = optuna_trials.loaded(studies[name], limits)
        reading = replace(reading, notices=(*notices, *said, *reading.notices))
        return Loaded(frame, opened.name, replace(reading, part_is="study", part=name, parts=tuple(counts)))


def _replayed(opened: Opened) -> tuple[_Journal, tuple[str, ...]]:
    """Return what the operations lead to; those that make no sense are passed over, as Optuna itself does."""
    journal, passed, notices = _Journal(), 0, []
    lines = opened.data.decode("utf-8-sig", "replace").split("\n")
    for position, line in enumerate(lines):
        if not line.strip():
            continue
        try:
            whole = parsed(line, f"{opened.name}, line {position + 1:,}")
        except TableError:
            if position and not any(rest.strip() for rest in lines[position + 1 :]):
                notices.append(
                    "The last line of the journal is not whole, as if it was still written; it was left out."
                )
                break
            raise
        passed += not (isinstance(whole, Mapping) and journal.apply(whole))
    if passed:
        notices.append(f"{counted(passed, 'line')} of the journal made no sense and had no effect.")
    return journal, tuple(notices)


@dataclass
class _Journal:
    """Studies and trials by the numbers that the operations know them by."""

    studies: dict[int, Study] = field(default_factory=dict)
    trials: list[Trial] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    n_created: int = 0

    def apply(self, line: Line) -> bool:
        """Do one operation; whether it made sense."""
        operations: tuple[Callable[[Line], bool], ...] = (
            self._create_study, self._delete_study, lambda _: True, self._name_metrics, self._create_trial,
            self._set_param, self._set_state, self._report, self._set_user_attribute, self._set_system_attribute,
        )  # fmt: skip
        code = line.get("op_code")
        return isinstance(code, int) and 0 <= code < len(operations) and operations[code](line)

    def _create_study(self, line: Line) -> bool:
        name, directions = line.get("study_name"), line.get("directions")
        if not isinstance(name, str) or not isinstance(directions, list):
            return False
        if name not in self.names:
            self.studies[self.n_created] = Study(name, [_picked(_DIRECTIONS, one) for one in directions] or [None])
            self.n_created += 1
            self.names.add(name)
        return True

    def _delete_study(self, line: Line) -> bool:
        study = self.studies.pop(_index(line, "study_id"), None)
        self.names -= set() if study is None else {study.name}
        return study is not None

    def _name_metrics(self, line: Line) -> bool:
        study = self.studies.get(_index(line, "study_id"))
        if study is None:
            return False
        attributes = line.get("system_attr")
        if isinstance(attributes, Mapping) and "study:metric_names" in attributes:
            study.metrics = optuna_trials.metric_names(attributes["study:metric_names"])
        return True

    def _create_trial(self, line: Line) -> bool:
        study = self.studies.get(_index(line, "study_id"))
        if study is None:
            return False
        trial = Trial(len(study.trials), _picked(_STATES, line.get("state", 0)) or "RUNNING")
        trial.start, trial.complete = _text(line.get("datetime_start")), _text(line.get("datetime_complete"))
        values = line.get("values")
        _set_values(trial, values if isinstance(values, list) else [line.get("value")])
        distributions = _object(line, "distributions")
        for name, stored in _object(line, "params").items():
            trial.params[name] = number_of(stored), _text(distributions.get(name)) or ""
        for step, value in _object(line, "intermediate_values").items():
            trial.reported(_step(step), real_of(value))
        trial.user = _attributes(line, "user_attrs")
        trial.system = _attributes(line, "system_attrs")
        study.trials.append(trial)
        self.trials.append(trial)
        return True

    def _running(self, line: Line) -> Trial | None:
        """Return the trial of an operation, unless it has ended: then nothing changes any more."""
        index = _index(line, "trial_id")
        trial = self.trials[index] if 0 <= index < len(self.trials) else None
        return None if trial is None or trial.state in _ENDED else trial

    def _set_param(self, line: Line) -> bool:
        trial, name = self._running(line), line.get("param_name")
        if trial is None or not isinstance(name, str):
            return False
        trial.params[name] = number_of(line.get("param_value_internal")), _text(line.get("distribution")) or ""
        return True

    def _set_state(self, line: Line) -> bool:
        trial, state = self._running(line), _picked(_STATES, line.get("state"))
        if trial is None or state is None:
            return False
        trial.state = state
        trial.start = _text(line.get("datetime_start")) or trial.start
        trial.complete = _text(line.get("datetime_complete")) or trial.complete
        if isinstance(line.get("values"), list):
            _set_values(trial, line["values"])
        return True

    def _report(self, line: Line) -> bool:
        trial = self._running(line)
        if trial is not None:
            trial.reported(_step(line.get("step")), real_of(line.get("intermediate_value")))
        return trial is not None

    def _set_user_attribute(self, line: Line) -> bool:
        trial = self._running(line)
        if trial is not None:
            trial.user |= _attributes(line, "user_attr")
        return trial is not None

    def _set_system_attribute(self, line: Line) -> bool:
        trial = self._running(line)
        if trial is not None:
            trial.system |= _attributes(line, "system_attr")
        return trial is not None


def _set_values(trial: Trial, values: list[Any]) -> None:
    trial.values = {objective: real_of(value) for objective, value in enumerate(values)}


def _attributes(line: Line, key: str) -> dict[str, Cell]:
    """Return those of the attributes that are one short value."""
    return {name: scalar_of(value) for name, value in _object(line, key).items()}


def _object(line: Line, key: str) -> Mapping[str, Any]:
    value = line.get(key)
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _index(line: Line, key: str) -> int:
    value = line.get(key)
    return value if isinstance(value, int) else -1


def _step(value: object) -> float:
    """Return a step, which JSON has as text where it is a key."""
    try:
        return float(str(value))
    except ValueError:
        return -math.inf


def _picked(words: tuple[Any, ...], index: object) -> Any:  # noqa: ANN401 - one of the words
    return words[index] if isinstance(index, int) and 0 <= index < len(words) else None
