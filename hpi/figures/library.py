"""The JavaScript that draws figures in a browser: the one that comes with plotly, so nothing is fetched."""

from __future__ import annotations

from pathlib import Path

import plotly


def script() -> Path:
    """Return the file of plotly.js."""
    return Path(plotly.__file__).parent / "package_data" / "plotly.min.js"


def version() -> str:
    """Return the version of the plotly that brings it."""
    return str(plotly.__version__)
