"""Results as JSON and arrays and back, to the last bit; what is read back is made of known classes alone, no pickle."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hpi import curve, effects, filters, results, roles, space, subspace
from hpi.blocks import asking, look, source
from hpi.estimators import ESTIMATORS, Estimator, base
from hpi.estimators.settings import Settings
from hpi.space import tallies
from hpi.statements import finding

Arrays = dict[str, NDArray[Any]]

# modules whose dataclasses and enums may be in a file, and classes of other modules
CARRIED = (roles, space, filters, subspace, base, results, curve, effects, finding)
ALSO = (tallies.Plan, tallies.Counted, source.Source, source.Block, look.Look, asking.Counting)


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
        return {"class": type(value).__name__, "fields": packed_fields(value, arrays)}
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
    return {one.__name__: one for one in (*found, *ALSO) if is_dataclass(one) or issubclass(one, Enum)}


def packed_fields(value: Any, arrays: Arrays) -> dict[str, Any]:  # noqa: ANN401
    """Return the fields of a dataclass, each packed."""
    return {field.name: pack(getattr(value, field.name), arrays) for field in fields(value) if field.init}


def to_bytes(value: Any) -> bytes:  # noqa: ANN401
    """Return a value as the bytes of one file; raises TypeError as `pack` does."""
    arrays: Arrays = {}
    words = json.dumps(pack(value, arrays))
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, words=np.frombuffer(words.encode("ascii"), dtype=np.uint8), **arrays)
    return file.getvalue()


def from_bytes(content: bytes) -> Any:  # noqa: ANN401
    """Return what `to_bytes` was given.

    Raises
    ------
    ValueError
        If the bytes are of another form, such as that of another version.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            arrays = dict(file)
        return unpack(json.loads(arrays.pop("words").tobytes()), arrays)
    except (LookupError, TypeError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise ValueError(f"these bytes are of another form ({type(error).__name__})") from error
