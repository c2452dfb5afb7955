"""SMAC's runhistory.json, of versions 1 and 2, with the configspace.json beside it: one row a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hpi.errors import TableError
from hpi.readers import smac_space
from hpi.readers.limits import ReadLimits
from hpi.readers.protocol import Files, Loaded, Opened, Wanted
from hpi.readers.runs import Runs
from hpi.readers.studies import chosen, find, folder_of, in_line, number_of, parsed, real_of
from hpi.roles.values import counted
from hpi.roles.vocabulary import ContextKind, Direction

FILE, SCENARIO = "runhistory.json", "scenario.json"
_MARKS = (b'"configs"', b'"data"')
_MORE_MARKS = (b'"config_origins"', b'"additional_info"', b"StatusType.")
# Version 2 writes its StatusType as a number.
_STATUS = {
    1: "SUCCESS", 2: "TIMEOUT", 3: "CRASHED", 4: "ABORTED", 5: "MEMORYOUT", 6: "DONOTADVANCE", 7: "STOPPED",
    8: "RUNNING",
}  # fmt: skip
_RENAMED = {"ABORT": "ABORTED", "MEMOUT": "MEMORYOUT", "STOP": "STOPPED"}
_KEY = ("config_id", "instance", "seed", "budget")
_END = ("status", "starttime", "endtime", "additional_info")
# The fields of a run that is a list, by how many there are; version 1 has two lists, of a key and of a value.
_LISTS = {10: (*_KEY, "cost", "time", *_END), 11: (*_KEY, "cost", "time", "cpu_time", *_END)}
_VALUES = {4: ("cost", "time", "status", "additional_info"), 6: ("cost", "time", *_END)}
_OWN = {*_KEY, *_END, "time", "cpu_time", "origin"}
_CONTEXTS = {"instance": ContextKind.REPEAT, "seed": ContextKind.REPEAT, "budget": ContextKind.FIDELITY}


@dataclass(frozen=True)
class SmacReader:
    """Reads the folder of a SMAC run, or its runhistory.json alone."""

    name: str = "SMAC run history"

    def accepts(self, opened: Opened) -> bool:
        """Whether there is a run history."""
        if opened.files is not None:
            return bool(find(opened.files, FILE))
        data = opened.data
        looks = data[:100].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and all(mark in data for mark in _MARKS)
        return looks and any(mark in data for mark in _MORE_MARKS)

    def load(self, opened: Opened, wanted: Wanted, limits: ReadLimits) -> Loaded:
        """Return the runs of one folder; raises TableError as every reader does."""
        files, paths = opened.files, {opened.name: opened.name}
        if files is not None:
            paths = {folder or opened.name: path for folder, path in find(files, FILE).items()}
        histories = {
            name: _History(opened.data if files is None else files.read(path), in_line(path))
            for name, path in paths.items()
        }
        counts = {name: (history.n_good, len(history.entries)) for name, history in histories.items()}
        name, said = chosen(counts, wanted.study, "The files hold", "successful runs")
        runs = histories[name].runs(_names(files, folder_of(paths[name])))
        about: tuple[str, ...] = (
            "The search space is not declared, as the run history came alone; zip it together with the "
            f"{smac_space.FILE} of its folder.",
        )
        if files is not None:
            runs.told, about = smac_space.beside_run(files, paths[name])
        runs.notices = (*said, *about, *runs.notices)
        frame, reading = runs.table(limits)
        return Loaded(frame, opened.name, replace(reading, part_is="study", part=name, parts=tuple(counts)))


def _names(files: Files | None, folder: str) -> list[str]:
    """Return the names that scenario.json gives the objectives, [] if it is not there or says nothing."""
    path = None if files is None else find(files, SCENARIO).get(folder)
    if files is None or path is None:
        return []
    whole = parsed(files.read(path), in_line(path))
    names = whole.get("objectives") if isinstance(whole, Mapping) else None
    return names if isinstance(names, list) and all(isinstance(name, str) for name in names) else []


class _History:
    """One run history, of whichever version."""

    def __init__(self, data: bytes, where: str) -> None:
        whole = parsed(data, where)
        entries, configs = (whole.get(key) if isinstance(whole, Mapping) else None for key in ("data", "configs"))
        if not isinstance(entries, list) or not isinstance(configs, Mapping):
            raise TableError(f'{where} is no run history of SMAC: it needs a list "data" and an object "configs".')
        self.configs: Mapping[str, Any] = configs
        origins = whole.get("config_origins")
        self.origins: Mapping[str, Any] = origins if isinstance(origins, Mapping) else {}
        self.entries = [*_entries(entries, where)]
        if not self.entries:
            raise TableError(f"{where} holds no runs; give the run history of a search that has ended.")

    @property
    def n_good(self) -> int:
        """How many runs were successful."""
        return sum(_status(entry.get("status")) == "SUCCESS" for entry in self.entries)

    def runs(self, names: Sequence[str]) -> Runs:
        """Return the runs, the objectives under `names` if there are as many."""
        n = max((len(entry["cost"]) for entry in self.entries if isinstance(entry.get("cost"), list)), default=0)
        costs = ["cost"] if n == 0 else [f"cost_{k}" for k in range(n)]
        if n and len(names) == n == len(set(names)) and not set(names) & _OWN:
            costs = [*names]
        after = (*_KEY[1:], *costs, "time", "cpu_time", *_END[:3], "origin")
        runs = Runs(("config_id",), after, objectives=dict.fromkeys(costs, Direction.MINIMIZE), contexts=_CONTEXTS)
        lost = 0
        for entry in self.entries:
            config = self.configs.get(str(entry.get("config_id")))
            if not isinstance(config, Mapping):
                lost += 1
                continue
            runs.configurations.append(config)
            runs.notes.append(self._note(entry, costs))
        if lost:
            runs.notices = (f"{counted(lost, 'run')} of a configuration that is not in the file: left out.",)
        if not any(note["budget"] for note in runs.notes):
            # version 1 writes 0 where there is no budget
            for note in runs.notes:
                note["budget"] = None
        return runs

    def _note(self, entry: Mapping[str, Any], costs: Sequence[str]) -> dict[str, Any]:
        cost = entry.get("cost")
        values = cost if isinstance(cost, list) else [cost] * (len(costs) == 1)
        note = {name: entry.get(name) for name in (*_KEY, "time", "cpu_time", *_END[1:3])}
        note |= {name: real_of(value) for name, value in zip(costs, values, strict=False)}
        origin = self.origins.get(str(entry.get("config_id")))
        return note | {"status": _status(entry.get("status")), "origin": origin}


def _entries(entries: Sequence[Any], where: str) -> Iterator[Mapping[str, Any]]:
    """Give each run by the names of its fields."""
    for position, entry in enumerate(entries):
        if isinstance(entry, Mapping):
            yield entry
            continue
        fields: tuple[str, ...] | None = None
        if isinstance(entry, list) and len(entry) == 2 and all(isinstance(part, list) for part in entry):
            key, value = entry
            fields = (*_KEY[: len(key)], *_VALUES.get(len(value), ()))
            entry = [*key[:4], *value]
        elif isinstance(entry, list):
            fields = _LISTS.get(len(entry))
        if fields is None or len(fields) != len(entry):
            raise TableError(
                f"{where}: run {position + 1:,} has fields that no version of SMAC writes; "
                "export the table of runs as CSV."
            )
        yield dict(zip(fields, entry, strict=True))


def _status(status: object) -> str | None:
    """Return how a run ended, as a word."""
    if isinstance(status, Mapping):
        status = status.get("__enum__")
    if isinstance(status, str):
        word = status.rpartition(".")[2]
        return _RENAMED.get(word, word)
    number = number_of(status)
    return None if number is None else _STATUS.get(int(number), f"status {number:g}")
