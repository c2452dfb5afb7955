"""One file a figure: a result goes in, a plotly Figure comes out."""

from __future__ import annotations

from hpi.figures.across import across_matrix
from hpi.figures.against import metric_against
from hpi.figures.bars import importance
from hpi.figures.cells import Show
from hpi.figures.columns import surface
from hpi.figures.curve import against_target
from hpi.figures.densities import distribution
from hpi.figures.difference import difference
from hpi.figures.finding import finding
from hpi.figures.grid import heat_map
from hpi.figures.pairs import pair_matrix
from hpi.figures.profile import parallel
from hpi.figures.ranks import rank_matrix
from hpi.figures.theme import DARK, LIGHT, Theme
from hpi.figures.timeline import history

__all__ = [
    "DARK",
    "LIGHT",
    "Show",
    "Theme",
    "across_matrix",
    "against_target",
    "difference",
    "distribution",
    "finding",
    "heat_map",
    "history",
    "importance",
    "metric_against",
    "pair_matrix",
    "parallel",
    "rank_matrix",
    "surface",
]
