"""What every step of the store works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hpi.store.blobs import Blobs
from hpi.store.index import Index
from hpi.store.settings import StoreSettings

SECOND = 1_000_000  # microseconds
HOUR, DAY = 3_600 * SECOND, 86_400 * SECOND


@dataclass(frozen=True)
class Parts:
    """Index and blobs of one store, its limits and its clock (microseconds since 1970)."""

    index: Index
    blobs: Blobs
    settings: StoreSettings
    now: Callable[[], int]
