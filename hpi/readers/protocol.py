"""What a reader is: something that knows whether a source is its own, and turns it into a frame."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import pandas as pd

Loaded = tuple[pd.DataFrame, str, tuple[str, ...]]


@runtime_checkable
class Reader(Protocol):
    """One kind of source."""

    @property
    def name(self) -> str:
        """Return what people call this kind of source."""

    def accepts(self, source: object) -> bool:
        """Whether the source is of this kind; looks, but does not parse."""

    def load(self, source: object) -> Loaded:
        """Return the frame (text or parsed cells, different column names), a name for it, and notices.

        Raises
        ------
        TableError
            If the source cannot be understood.
        """
