"""Counts and labels as they stand in a sentence."""

from __future__ import annotations

from collections.abc import Iterable


def counted(n: int, what: str) -> str:
    """Write how many there are: 1 row, 1,024 rows."""
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def ordinal(n: int) -> str:
    """Write which one it is in a row: 1st, 12th, 1,003rd."""
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n:,}{ending}"


def shown(labels: Iterable[str], limit: int = 5) -> str:
    """Write a few labels for a sentence, shortened."""
    cut = [label if len(label) <= 40 else label[:37] + "..." for label in labels]
    return ", ".join(cut[:limit]) + (f" and {len(cut) - limit} more" if len(cut) > limit else "")
