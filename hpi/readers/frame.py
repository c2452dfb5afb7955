"""Tables that are in memory already: a pandas DataFrame."""

from __future__ import annotations

import pandas as pd

from hpi.readers.protocol import Loaded
from hpi.roles.reading import Reading


def load(frame: pd.DataFrame) -> Loaded:
    """Return a copy with plain names and without the index.

    Named levels of the index become columns, and the rows of a tall header one.
    """
    names = [_plain(name) for name in frame.columns]
    index = frame.index.to_frame(index=False)
    wanted = [
        position for position, level in enumerate(frame.index.names) if level is not None and _plain(level) not in names
    ]
    plain = frame.reset_index(drop=True)
    plain.columns = pd.Index(names, dtype=object)
    if wanted:
        extra = index.iloc[:, wanted]
        extra.columns = pd.Index([_plain(frame.index.names[position]) for position in wanted], dtype=object)
        plain = pd.concat([extra, plain], axis=1)
    return Loaded(plain, "table", Reading("DataFrame"))


def _plain(name: object) -> str:
    """Return a column's name as text; the rows of a tall header are joined by underscores (Optuna's multi_index)."""
    parts = name if isinstance(name, tuple) else (name,)
    text = "_".join(str(part).strip() for part in parts if str(part).strip())
    return text.encode("utf-8", "replace").decode("utf-8")
