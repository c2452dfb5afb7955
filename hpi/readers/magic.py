"""What a file is that is no table, by its first bytes."""

from __future__ import annotations

from hpi.readers.protocol import Opened


def refusal(opened: Opened) -> str:
    """Return what to say of a source that nobody reads: what it is, and what to do."""
    return f"{opened.name} is no table that can be read; save it as CSV."
