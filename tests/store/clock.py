"""A clock that goes when it is told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Begins on a day in June."""

    def __init__(self) -> None:
        self.now = datetime(2026, 6, 1, 12, 30, 15, 123456, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def go(self, **how_long: float) -> None:
        """Go on by days=, hours=..."""
        self.now += timedelta(**how_long)
