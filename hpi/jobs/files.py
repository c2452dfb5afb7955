"""Tasks and answers as files and back, to the last bit: JSON for words, npz for arrays, no pickle."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from hpi.estimators import ESTIMATORS, Estimator
from hpi.jobs.tasks import TASKS, Task
from hpi.packing import Arrays, pack, packed_fields, unpack
from hpi.version import VERSION


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
    return {"task": task.name, "arguments": packed_fields(task, arrays)}


def _write(path: Path, plain: Any, arrays: Arrays) -> None:  # noqa: ANN401
    path.with_suffix(".json").write_text(json.dumps(plain), encoding="ascii")
    np.savez(path.with_suffix(".npz"), allow_pickle=False, **arrays)


def _read(path: Path) -> tuple[Any, Arrays]:
    with np.load(path.with_suffix(".npz"), allow_pickle=False) as arrays:
        return json.loads(path.with_suffix(".json").read_text(encoding="ascii")), dict(arrays)
