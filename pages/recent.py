"""The last few large things of a server, held once for all of its visitors. Draws nothing, knows no session."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Recent(Generic[T]):
    """At most so many values, those that were asked for last; may be used from any thread."""

    most: int
    _held: OrderedDict[Hashable, T] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: Hashable) -> T | None:
        """Return the value of a key; None where it is not held, or no longer."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def items(self) -> list[tuple[Hashable, T]]:
        """Return all that is held, with its key."""
        with self._lock:
            return list(self._held.items())

    def put(self, key: Hashable, value: T) -> None:
        """Hold a value, and let go of the one that was asked for longest ago where there are too many."""
        with self._lock:
            self._held[key] = value
            self._held.move_to_end(key)
            while len(self._held) > self.most:
                self._held.popitem(last=False)

    def drop(self, key: Hashable) -> None:
        """Let go of the value of a key, if it is held."""
        with self._lock:
            self._held.pop(key, None)
