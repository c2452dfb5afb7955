"""HpBandSter's results.json and configs.json (BOHB, Hyperband): one row for each budget of each configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hpi.errors import TableError
from hpi.readers import smac_space
from hpi.readers.limits import ReadLimits
from hpi.readers.protocol import Files, Loaded, Opened, Wanted
from hpi.readers.runs import Runs
from hpi.readers.studies import chosen, find, in_line, number_of, parsed, real_of
from hpi.roles.values import counted
from hpi.roles.vocabulary import ContextKind, Direction

RESULTS, CONFIGS = "results.json", "configs.json"
# Both begin with a list that begins with the three numbers of a configuration; an object follows, or a budget and one.
_LINE = re.compile(rb"\A\s*\[\s*\[\s*\d+\s*,\s*\d+\s*,\s*\d+\s*\]\s*,\s*(?:[-+.\deE]+\s*,\s*)?\{")
_HEAD = 200
_LONGEST = 200
_AFTER = ("budget", "loss", "duration_s", "model_based_pick", "exception", "state")


@dataclass(frozen=True)
class BohbReader:
    """Reads the folder in which HpBandSter logged a search."""

    name: str = "BOHB results"

    def accepts(self, opened: Opened) -> bool:
        """Whether there are both files, or one of them alone, which is refused when it is read."""
        if opened.files is not None:
            heads = (opened.files.head(results, _HEAD) for results, _ in _logs(opened.files, "").values())
            return any(not head.strip() or _LINE.match(head) for head in heads)
        return _LINE.match(opened.data[:_HEAD]) is not None

    def load(self, opened: Opened, wanted: Wanted, limits: ReadLimits) -> Loaded:
        """Return the runs of one folder; raises TableError as every reader does."""
        files = opened.files
        if files is None:
            raise TableError(
                f"{opened.name} is one of the two files in which BOHB logs a search; zip {RESULTS} together with "
                f"{CONFIGS}, as neither says anything without the other."
            )
        logs = _logs(files, opened.name)
        searches = {name: _runs(files, *paths) for name, paths in logs.items()}
        counts = {
            name: (sum(note["state"] == "finished" for note in runs.notes), len(runs.notes))
            for name, runs in searches.items()
        }
        name, said = chosen(counts, wanted.study, "The files hold", "finished runs")
        runs = searches[name]
        if not runs.notes:
            raise TableError(f"{in_line(name)} holds no results; give those of a search that has ended.")
        runs.told, about = smac_space.beside_run(files, logs[name][0])
        runs.notices = (*said, *(about if runs.told else ()), *runs.notices)
        frame, reading = runs.table(limits)
        return Loaded(frame, opened.name, replace(reading, part_is="study", part=name, parts=tuple(counts)))


def _logs(files: Files, without: str) -> dict[str, tuple[str, str]]:
    """Return results and configurations by their folders, where both are there; `without` stands for no folder."""
    configs = find(files, CONFIGS)
    results = find(files, RESULTS)
    return {folder or without: (path, configs[folder]) for folder, path in results.items() if folder in configs}


def _runs(files: Files, results: str, configurations: str) -> Runs:
    """Return all runs of a folder."""
    configs: dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {}
    for line in _lines(files, configurations, (2, 3)):
        config, about = line[1], line[2] if len(line) > 2 else None
        if isinstance(config, Mapping):
            configs[_id(line[0])] = config, about if isinstance(about, Mapping) else {}
    runs = Runs(
        ("config_id",), _AFTER,
        objectives={"loss": Direction.MINIMIZE}, contexts={"budget": ContextKind.FIDELITY},
    )  # fmt: skip
    lost = 0
    for line in _lines(files, results, (5,)):
        name = _id(line[0])
        if name not in configs:
            lost += 1
            continue
        runs.configurations.append(configs[name][0])
        pick = configs[name][1].get("model_based_pick")
        runs.notes.append({"config_id": name, "model_based_pick": pick} | _note(*line[1:]))
    if lost:
        runs.notices = (f"{counted(lost, 'run')} of a configuration that is not in {CONFIGS}: left out.",)
    return runs


def _lines(files: Files, path: str, lengths: tuple[int, ...]) -> Iterator[list[Any]]:
    """Give the lines of a file, each a list; what a search wrote when it was stopped may lack its end."""
    text = files.read(path).decode("utf-8-sig", "replace").splitlines()
    for position, line in enumerate(text):
        if not line.strip():
            continue
        where = f"{in_line(path)}, line {position + 1:,}"
        try:
            whole = parsed(line, where)
        except TableError:
            if position and position == len(text) - 1:
                return
            raise
        if not isinstance(whole, list) or len(whole) not in lengths:
            raise TableError(f"{where} is no list of {lengths[-1]} values, as BOHB writes it; give the file unchanged.")
        yield whole


def _id(numbers: object) -> str:
    """Return a configuration's three numbers as one name: iteration, stage, position."""
    return "-".join(map(str, numbers)) if isinstance(numbers, list) else str(numbers)


def _note(budget: object, stamps: object, result: object, exception: object) -> dict[str, Any]:
    """Return how one run went."""
    loss = real_of(result.get("loss")) if isinstance(result, Mapping) else None
    return {
        "budget": number_of(budget),
        "loss": loss,
        "duration_s": _duration(stamps),
        "exception": _short(exception),
        "state": "finished" if loss is not None and not exception else "crashed",
    }


def _duration(stamps: object) -> float | None:
    if not isinstance(stamps, Mapping):
        return None
    started, finished = number_of(stamps.get("started")), number_of(stamps.get("finished"))
    return None if started is None or finished is None else finished - started


def _short(exception: object) -> str | None:
    """Return the last line of an error: the ones before say where in the program it was."""
    lines = str(exception).strip().splitlines() if exception else []
    return lines[-1][:_LONGEST] if lines else None
