"""Samples, estimators and estimates as files and back, to the last bit: JSON for words, npz for arrays, no pickle."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpi import space, subspace
from hpi.estimators import ESTIMATORS, Estimator, base
from hpi.subspace import Sample
from hpi.version import VERSION

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Request:
    """What a child is asked: the arguments of `hpi.scoring.estimate`."""

    sample: Sample
    estimator: Estimator
    seed: int

    @property
    def key(self) -> str:
        """A digest of everything that the answer depends on."""
        arrays: Arrays = {}
        words = json.dumps([VERSION, self._plain(arrays)], sort_keys=True)
        digest = hashlib.sha256(words.encode())
        for array in arrays.values():
            digest.update(f"{array.dtype} {array.shape} ".encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    def save(self, folder: Path) -> None:
        """Write request.json and request.npz."""
        arrays: Arrays = {}
        _write(folder / "request", self._plain(arrays), arrays)

    def _plain(self, arrays: Arrays) -> dict[str, Any]:
        settings = dict(self.estimator.settings)
        plain = {"estimator": self.estimator.name, "settings": settings, "seed": self.seed}
        return plain | {"sample": pack(self.sample, arrays)}

    @classmethod
    def load(cls, folder: Path, estimators: tuple[type[Estimator], ...] = ESTIMATORS) -> Request:
        """Read what `save` wrote; the estimator is the one of that name among `estimators`."""
        plain, arrays = _read(folder / "request")
        (estimator,) = (one for one in estimators if one.name == plain["estimator"])
        return cls(unpack(plain["sample"], arrays), estimator(**plain["settings"]), plain["seed"])


def save_estimate(folder: Path, estimate: base.Estimate) -> None:
    """Write estimate.json and estimate.npz."""
    arrays: Arrays = {}
    _write(folder / "estimate", pack(estimate, arrays), arrays)


def load_estimate(folder: Path) -> base.Estimate:
    """Read what `save_estimate` wrote."""
    plain, arrays = _read(folder / "estimate")
    estimate = unpack(plain, arrays)
    assert isinstance(estimate, base.Estimate)
    return estimate


def pack(value: Any, arrays: Arrays) -> Any:  # noqa: ANN401
    """Return a value as JSON can hold it, its arrays moved to `arrays`.

    Raises
    ------
    TypeError
        If it is made of anything but dataclasses of the backend, enums, tuples, arrays, numbers, text and None.
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
    if is_dataclass(value) and _classes().get(type(value).__name__) is type(value):
        held = {field.name: pack(getattr(value, field.name), arrays) for field in fields(value) if field.init}
        return {"class": type(value).__name__, "fields": held}
    raise TypeError(f"{type(value).__name__} cannot be written to a file")


def unpack(plain: Any, arrays: Arrays) -> Any:  # noqa: ANN401
    """Return what `pack` was given."""
    if isinstance(plain, list):
        return tuple(unpack(one, arrays) for one in plain)
    if not isinstance(plain, dict):
        return plain
    if "array" in plain:
        return arrays[plain["array"]]
    if "enum" in plain:
        return _classes()[plain["enum"]](plain["value"])
    held = {name: unpack(one, arrays) for name, one in plain["fields"].items()}
    return _classes()[plain["class"]](**held)


def _classes() -> dict[str, type[Any]]:
    """Return the dataclasses and enums that a sample or an estimate can be made of, by name."""
    found = (value for module in (space, subspace, base) for value in vars(module).values() if isinstance(value, type))
    return {one.__name__: one for one in found if is_dataclass(one) or issubclass(one, Enum)}


def _write(path: Path, plain: Any, arrays: Arrays) -> None:  # noqa: ANN401
    path.with_suffix(".json").write_text(json.dumps(plain), encoding="ascii")
    np.savez(path.with_suffix(".npz"), allow_pickle=False, **arrays)


def _read(path: Path) -> tuple[Any, Arrays]:
    with np.load(path.with_suffix(".npz"), allow_pickle=False) as arrays:
        return json.loads(path.with_suffix(".json").read_text(encoding="ascii")), dict(arrays)
