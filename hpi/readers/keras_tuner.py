"""Keras Tuner's trial.json files: a project's folder, or the files alone; one row a trial."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from hpi.errors import TableError
from hpi.readers.keras_metrics import direction_of_score, measured
from hpi.readers.keras_space import active, entries_of, told
from hpi.readers.limits import ReadLimits
from hpi.readers.protocol import Files, Loaded, Opened, Wanted
from hpi.readers.runs import Runs
from hpi.readers.studies import (
    chosen,
    find,
    folder_of,
    in_line,
    is_called,
    number_of,
    parsed,
    real_of,
    text_of,
)
from hpi.roles.vocabulary import ContextKind

FILE, ORACLE = "trial.json", "oracle.json"
# As a trial begins, its identifier may stand before it.
_MARK = re.compile(rb'"hyperparameters"\s*:\s*\{\s*"(?:space|values)"\s*:')
_NEXT = re.compile(rb"\}\s*\n\s*\{")
# Hyperband's own: how far a trial went, and its place in the tournament.
_EPOCHS = "tuner/epochs"
_OWN = "tuner/"
_LONGEST = 200
_HEAD, _LOOKED_AT = 500, 20
_NOTED = ("trial_id", "score", "best_step", "status", "message")


@dataclass(frozen=True)
class KerasTunerReader:
    """Reads the folder of a Keras Tuner project, or its trials alone."""

    name: str = "Keras Tuner"

    def accepts(self, opened: Opened) -> bool:
        """Whether there are files of trials."""
        if opened.files is not None:
            some = (name for name in opened.files.sizes if _is_trial(name))
            return any(_MARK.search(opened.files.head(name, _HEAD)) for name in islice(some, _LOOKED_AT))
        head = opened.data[:_HEAD]
        begins = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and _MARK.search(head) is not None
        # several trials, one a line, are a table as they are
        return begins and _NEXT.search(opened.data) is None

    def load(self, opened: Opened, wanted: Wanted, limits: ReadLimits) -> Loaded:
        """Return the trials of one project; raises TableError as every reader does."""
        projects = _projects(opened)
        counts = {
            name: (sum(trial.get("status") == "COMPLETED" for trial in trials), len(trials))
            for name, trials in projects.items()
        }
        name, said = chosen(counts, wanted.study, "The files hold", "completed trials")
        oracle = _oracle(opened.files, "" if name == opened.name else name)
        runs = _runs(_ordered(projects[name], oracle), oracle)
        runs.notices = (*said, *runs.notices)
        frame, reading = runs.table(limits)
        return Loaded(frame, opened.name, replace(reading, part_is="study", part=name, parts=tuple(counts)))


def _is_trial(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    return is_called(path, FILE) or (name.startswith("trial_") and name.endswith(".json"))


def _projects(opened: Opened) -> dict[str, list[Mapping[str, Any]]]:
    """Return the trials by the folder of their project; one that is in none has the name of the source."""
    if opened.files is None:
        return {opened.name: [_trial(opened.data, opened.name)]}
    found: dict[str, list[Mapping[str, Any]]] = {}
    for path in opened.files.sizes:
        if _is_trial(path):
            folder = folder_of(path)
            if is_called(path, FILE):
                folder = folder_of(folder)
            found.setdefault(folder or opened.name, []).append(_trial(opened.files.read(path), in_line(path)))
    return found


def _trial(data: bytes, where: str) -> Mapping[str, Any]:
    whole = parsed(data, where)
    hyperparameters = whole.get("hyperparameters") if isinstance(whole, Mapping) else None
    if not isinstance(hyperparameters, Mapping) or not isinstance(hyperparameters.get("values"), Mapping):
        raise TableError(f'{where} is no trial of Keras Tuner: it has no object "hyperparameters" with "values".')
    return dict(whole)


def _oracle(files: Files | None, folder: str) -> Mapping[str, Any]:
    """Return what the project's oracle.json says, {} if there is none."""
    path = None if files is None else find(files, ORACLE).get(folder)
    if files is None or path is None:
        return {}
    whole = parsed(files.read(path), in_line(path))
    return whole if isinstance(whole, Mapping) else {}


def _ordered(trials: Sequence[Mapping[str, Any]], oracle: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the trials in the order in which they were started, those that nobody knows of last."""
    order = oracle.get("start_order")
    place = {str(one): position for position, one in enumerate(order if isinstance(order, list) else [])}
    return sorted(trials, key=lambda trial: place.get(str(trial.get("trial_id")), len(place)))


def _runs(trials: Sequence[Mapping[str, Any]], oracle: Mapping[str, Any]) -> Runs:
    found = [measured(trial) for trial in trials]
    columns = {name: name if name not in _NOTED else f"metrics.{name}" for one in found for name in one}
    own = {name: None for trial in trials for name in trial["hyperparameters"]["values"] if name.startswith(_OWN)}
    runs = Runs(
        _NOTED[:1], (*own, "score", *columns.values(), *_NOTED[2:]), contexts={_EPOCHS: ContextKind.FIDELITY},
        objectives={"score": direction_of_score(trials, found, oracle.get("objective"))},
    )  # fmt: skip
    space: dict[str, Any] = {}
    for trial, metrics in zip(trials, found, strict=True):
        values, entries = trial["hyperparameters"]["values"], entries_of(trial["hyperparameters"].get("space"))
        space |= {text_of(entry): entry for several in entries.values() for entry in several}
        used = active(values, entries)
        runs.configurations.append({name: value for name, value in used.items() if name not in own})
        note = {name: value for name, value in values.items() if name in own} | _note(trial)
        runs.notes.append(note | {columns[name]: one.value for name, one in metrics.items()})
    runs.told = told(entries_of([*space.values()]))
    return runs


def _note(trial: Mapping[str, Any]) -> dict[str, Any]:
    message = trial.get("message")
    lines = message.strip().splitlines() if isinstance(message, str) else []
    return {
        "trial_id": trial.get("trial_id"),
        "score": real_of(trial.get("score")),
        "best_step": number_of(trial.get("best_step")),
        "status": trial.get("status"),
        "message": lines[-1][:_LONGEST] if lines else None,
    }
