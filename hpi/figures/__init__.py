"""One file a figure: a result goes in, a plotly Figure comes out."""

from __future__ import annotations

from hpi.figures.bars import importance
from hpi.figures.theme import DARK, LIGHT, Theme

__all__ = ["DARK", "LIGHT", "Theme", "importance"]
