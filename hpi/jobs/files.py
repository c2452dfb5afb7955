"""Tasks and answers as files and back, to the last bit: JSON for words, npz for arrays, no pickle."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpi import effects, space, subspace
from hpi.estimators import ESTIMATORS, Estimator, base
from hpi.estimators.settings import Settings
from hpi.jobs.tasks import TASKS, Task
from hpi.statements import finding
from hpi.version import VERSION

Arrays = dict[str, NDArray[Any]]

CARRIED = (space, subspace, base, effects, finding)  # modules whose dataclasses and enums may be in a file


def key_of(task: Task) -> str:
    """Return a digest of everything that the answer depends on."""
    arrays: Arrays = {}
    words = json.dumps([VERSION, _plain(task, arrays)], sort_keys=True)
    digest = hashlib.sha256(words.encode())
    for array in arrays.values():
        digest.update(f"{array.dtype} {array.shape} ".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def save_task(folder: Path, task: Task) -> None:
    """Write task.json and task.npz."""
    arrays: Arrays = {}
    _write(folder / "task", _plain(task, arrays), arrays)


def load_task(folder: Path, estimators: tuple[type[Estimator], ...] = ESTIMATORS) -> Task:
    """Read what `save_task` wrote: one of TASKS; an estimator in it is the one of that name among `estimators`."""
    plain, arrays = _read(folder / "task")
    (task,) = (one for one in TASKS if one.name == plain["task"])
    return task(**{name: unpack(one, arrays, estimators) for name, one in plain["arguments"].items()})


def save_answer(folder: Path, answer: Any) -> None:  # noqa: ANN401
    """Write answer.json and answer.npz."""
    arrays: Arrays = {}
    _write(folder / "answer", pack(answer, arrays), arrays)


def load_answer(folder: Path) -> Any:  # noqa: ANN401
    """Read what `save_answer` wrote."""
    return unpack(*_read(folder / "answer"))


def _plain(task: Task, arrays: Arrays) -> dict[str, Any]:
    return {"task": task.name, "arguments": _packed_fields(task, arrays)}


def _packed_fields(value: Any, arrays: Arrays) -> dict[str, Any]:  # noqa: ANN401
    return {field.name: pack(getattr(value, field.name), arrays) for field in fields(value) if field.init}


def pack(value: Any, arrays: Arrays) -> Any:  # noqa: ANN401
    """Return a value as JSON can hold it, its arrays moved to `arrays`.

    Raises
    ------
    TypeError
        If it is made of anything but estimators, dataclasses of the backend, enums, tuples, arrays, numbers, text and
        None.
    """
    if isinstance(value, np.ndarray):
        name = str(len(arrays))
        arrays[name] = value
        return {"array": name}
    if isinstance(value, np.generic):
        return pack(value.item(), arrays)
    if isinstance(value, Enum):
        return {"enum": type(value).__name__, "value": value.value}
    if isinstance(value, tuple):
        return [pack(one, arrays) for one in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Settings):
        return {"estimator": value.name, "settings": dict(value.settings)}
    if is_dataclass(value) and _classes().get(type(value).__name__) is type(value):
        return {"class": type(value).__name__, "fields": _packed_fields(value, arrays)}
    raise TypeError(f"{type(value).__name__} cannot be written to a file")


def unpack(plain: Any, arrays: Arrays, estimators: tuple[type[Estimator], ...] = ESTIMATORS) -> Any:  # noqa: ANN401
    """Return what `pack` was given."""
    if isinstance(plain, list):
        return tuple(unpack(one, arrays, estimators) for one in plain)
    if not isinstance(plain, dict):
        return plain
    if "array" in plain:
        return arrays[plain["array"]]
    if "enum" in plain:
        return _classes()[plain["enum"]](plain["value"])
    if "estimator" in plain:
        (estimator,) = (one for one in estimators if one.name == plain["estimator"])
        return estimator(**plain["settings"])
    held = {name: unpack(one, arrays, estimators) for name, one in plain["fields"].items()}
    return _classes()[plain["class"]](**held)


def _classes() -> dict[str, type[Any]]:
    """Return the dataclasses and enums that a sample or an answer can be made of, by name."""
    found = (value for module in CARRIED for value in vars(module).values() if isinstance(value, type))
    return {one.__name__: one for one in found if is_dataclass(one) or issubclass(one, Enum)}


def _write(path: Path, plain: Any, arrays: Arrays) -> None:  # noqa: ANN401
    path.with_suffix(".json").write_text(json.dumps(plain), encoding="ascii")
    np.savez(path.with_suffix(".npz"), allow_pickle=False, **arrays)


def _read(path: Path) -> tuple[Any, Arrays]:
    with np.load(path.with_suffix(".npz"), allow_pickle=False) as arrays:
        return json.loads(path.with_suffix(".json").read_text(encoding="ascii")), dict(arrays)
