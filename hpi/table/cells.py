"""Parsed cells as an Arrow file and back, to the last bit: nothing is parsed a second time, and no cell is code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from hpi.roles.values import Values
from hpi.space import Floats

KEY = b"hpi"


def write(path: Path, parsed: Mapping[str, Values], words: Mapping[str, Any]) -> None:
    """Write the columns to an Arrow IPC file, and words that JSON can hold beside them."""
    import pyarrow as pa

    arrays: dict[str, Any] = {}
    columns = []
    for position, values in enumerate(parsed.values()):
        has_numbers = values.text is None or not np.isnan(values.numbers).all()
        if has_numbers:
            arrays[f"n{position}"] = pa.array(values.numbers)
        if values.text is not None:
            arrays[f"t{position}"] = pa.array(values.text, type=pa.string()).dictionary_encode()
        columns.append([values.name, list(values.notices)])
    said = json.dumps({"columns": columns, "words": words}).encode("ascii")
    table = pa.table(arrays).replace_schema_metadata({KEY: said})
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def read(path: Path) -> tuple[dict[str, Values], dict[str, Any]]:
    """Return the columns that `write` was given, and the words."""
    import pyarrow as pa

    with pa.memory_map(str(path)) as file, pa.ipc.open_file(file) as reader:
        table = reader.read_all()
        said = json.loads(table.schema.metadata[KEY])
        parsed = {
            name: Values(name, _numbers(table, position), _text(table, position), tuple(notices))
            for position, (name, notices) in enumerate(said["columns"])
        }
    return parsed, said["words"]


def _numbers(table: Any, position: int) -> Floats:  # noqa: ANN401 - pyarrow has no types
    """Return a copy, so that the file can be closed."""
    name = f"n{position}"
    if name in table.column_names:
        return np.concatenate([np.asarray(chunk) for chunk in table[name].chunks])
    return np.full(len(table), np.nan)


def _text(table: Any, position: int) -> Any:  # noqa: ANN401
    """Return the cells, where equal ones are one object, and None where empty; None for a column of numbers."""
    name = f"t{position}"
    if name not in table.column_names:
        return None
    encoded = table[name].combine_chunks()
    different = np.array([*encoded.dictionary.to_pylist(), None], dtype=object)
    return different[encoded.indices.fill_null(len(different) - 1).to_numpy()]
