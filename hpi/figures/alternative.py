"""What a figure shows, in words, for those who cannot see it: plain text, so names in it are as they are in the table.

It is carried by the figure itself, as layout.meta["alt"].
"""

from __future__ import annotations

from hpi.figures.labels import visible


def described(*sentences: str) -> dict[str, str]:
    """Return the `meta` of a layout with these sentences as its text alternative; empty ones are left out."""
    return {"alt": " ".join(visible(sentence).strip() for sentence in sentences if sentence.strip())}
