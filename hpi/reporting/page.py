"""A report as one HTML file."""

from __future__ import annotations

from hpi.reporting.contents import Contents


def as_html(contents: Contents) -> str:
    """Return the report as one HTML file that asks nothing of any other."""
    import html

    return f"<!doctype html><title>hpi</title><p>{html.escape(contents.table.name)}"
