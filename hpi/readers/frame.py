"""Tables that are in memory already: a pandas DataFrame."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from hpi.errors import TableError
from hpi.readers.protocol import Loaded


@dataclass(frozen=True)
class FrameReader:
    """Reads a DataFrame: named levels of the index become columns, and headers of several rows become one."""

    name: str = "DataFrame"

    def accepts(self, source: object) -> bool:
        """Whether the source is a DataFrame."""
        return isinstance(source, pd.DataFrame)

    def load(self, source: object) -> Loaded:
        """Return a copy with plain names and without the index."""
        if not isinstance(source, pd.DataFrame):
            raise TableError(f"A {type(source).__name__} is no DataFrame.")
        names = [_plain(name) for name in source.columns]
        index = source.index.to_frame(index=False)
        wanted = [
            position
            for position, level in enumerate(source.index.names)
            if level is not None and _plain(level) not in names
        ]
        frame = source.reset_index(drop=True)
        frame.columns = pd.Index(names, dtype=object)
        if wanted:
            extra = index.iloc[:, wanted]
            extra.columns = pd.Index([_plain(source.index.names[position]) for position in wanted], dtype=object)
            frame = pd.concat([extra, frame], axis=1)
        return frame, "table", ()


def _plain(name: object) -> str:
    """Return a column's name as text; the rows of a tall header are joined by underscores (Optuna's multi_index)."""
    parts = name if isinstance(name, tuple) else (name,)
    text = "_".join(str(part).strip() for part in parts if str(part).strip())
    return text.encode("utf-8", "replace").decode("utf-8")
