"""Two hyperparameters as a heat map: a cell's colour says how good its trials are; empty cells are empty."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from hpi.effects import Joint, TwoEffects
from hpi.figures import rows as table
from hpi.figures.alternative import of_pair
from hpi.figures.axes import name_of
from hpi.figures.cells import CROWDED, FEW_TRIALS, Grid, Show, cell_axis, facts, grid_of, round_values, shown, signed
from hpi.figures.finding_places import rounded
from hpi.figures.heading import heading
from hpi.figures.labels import folded, number, percent, plain, shortened
from hpi.figures.theme import NOTHING, SMALL, Theme, draw
from hpi.space import Kind

ROW, LEAST, MOST = 32, 320, 900  # heights in pixels
STRIP, GAP = 10, 14  # of the strip of colours, and between it and the map
BELOW, ABOVE = 60, 22  # for the names of the axes, and for the numbers on the strip
FEW_COLUMNS, FEW_ROWS = 6, 16  # so many have room for a number on a narrow screen
STEPS = 64
MOST_LYING = 8  # levels; the names of more stand upright below the map
ROOM, COLUMN = 220, 6.8  # pixels of a map beside long names on a narrow screen, and of a character
PARTS = 100  # of the colours' range; numbers have the digits that tell these apart


def heat_map(effect: TwoEffects, show: Show, theme: Theme, joint: Joint | None = None) -> go.Figure:
    """Return the heat map of a pair: the first hyperparameter to the right, the second upwards.

    `joint` is what a forest says of the two; ValueError where `show` needs it and it is missing.
    """
    grid = grid_of(effect, show, theme, joint)
    title, above = heading(facts(effect, grid), theme)
    n_rows, n_columns = effect.count.shape
    inner = min(max(ROW * n_rows, LEAST), MOST) + STRIP + GAP
    figure = draw(
        theme,
        int(above + ABOVE + inner + BELOW),
        title=title,
        meta=of_pair(effect, grid, show) | table.of_cells(effect, grid.value, shown(effect, show)),
        margin={"l": 12, "r": 16, "t": above + ABOVE, "b": BELOW},
        xaxis=_axis(effect, 0, n_columns, theme),
        yaxis={**_axis(effect, 1, n_rows, theme), "domain": [0, 1 - (STRIP + GAP) / inner]},
        xaxis2=_strip_axis(grid, show),
        yaxis2={"domain": [1 - STRIP / inner, 1], "anchor": "x2", "visible": False},
    )
    figure.add_traces([_cells(grid, show), _strip(grid)])
    if n_columns <= FEW_COLUMNS and n_rows <= FEW_ROWS:
        figure.add_trace(_numbers(effect, grid, show))
    return figure


def _axis(effect: TwoEffects, which: int, n_cells: int, theme: Theme) -> dict[str, object]:
    ticks, texts = cell_axis(effect, which)
    cut = effect.cuts[which]
    turned = cut.edges is None and which == 0 and len(cut) > MOST_LYING
    if cut.edges is None and which == 0 and not turned:
        texts = _lying(cut.labels)
    best_first = which == 1 and effect.hyperparameters[which].kind is Kind.CATEGORY
    return {
        "range": [n_cells - 0.5, -0.5] if best_first else [-0.5, n_cells - 0.5],
        "tickvals": ticks,
        "ticktext": texts,
        "tickangle": -90 if turned else 0,
        "tickfont": {"size": 9 if which == 0 and len(cut) > CROWDED + 1 else SMALL, "color": theme.muted},
        "ticks": "outside",
        "ticklen": 5,
        "tickcolor": NOTHING if cut.edges is None else theme.chance_line,
        "title": {"text": name_of(effect.hyperparameters[which])},
        "showgrid": False,
    }


def _lying(labels: Sequence[str]) -> list[str]:
    """Names of a few levels beside each other, in two lines where they need them, so that none has to be turned."""
    columns = max(4, int(ROOM / len(labels) / COLUMN))
    return [folded(label, columns) for label in shortened(labels, columns if columns < 6 else 2 * columns - 2)]


def _colours(grid: Grid) -> dict[str, object]:
    ends = sorted((float(grid.level(grid.worst)), float(grid.level(grid.best))))
    return {"zmin": ends[0], "zmax": ends[1], "colorscale": grid.colour_scale, "showscale": False}


def _cells(grid: Grid, show: Show) -> go.Heatmap:
    return go.Heatmap(
        name=str(show),
        z=np.log10(grid.value) if grid.log else grid.value,
        xgap=2,
        ygap=2,
        hovertext=grid.hover,
        hoverinfo="text",
        hoverongaps=True,
        **_colours(grid),
    )


def _strip(grid: Grid) -> go.Heatmap:
    """The colours from worst to best, left to right; Plotly's own bar moves the lines above the chart."""
    values = np.linspace(float(grid.level(grid.worst)), float(grid.level(grid.best)), STEPS)
    return go.Heatmap(
        name="colours", x=values, y=[0], z=[values], xaxis="x2", yaxis="y2", hoverinfo="skip", **_colours(grid)
    )


def _strip_axis(grid: Grid, show: Show) -> dict[str, object]:
    ticks, texts = round_values(min(grid.worst, grid.best), max(grid.worst, grid.best), grid.log)
    if show is Show.TARGET_SHARE:
        texts = [plain(percent(tick)) for tick in ticks]
    return {
        "domain": [0, 0.7],
        "anchor": "y2",
        "side": "top",
        "range": [float(grid.level(grid.worst)), float(grid.level(grid.best))],
        "tickvals": [float(grid.level(tick)) for tick in ticks],
        "ticktext": texts,
        "showgrid": False,
    }


def _numbers(effect: TwoEffects, grid: Grid, show: Show) -> go.Scatter:
    """The value of each cell that is not empty, in ink that can be read on its colour."""
    row, column = np.nonzero(~np.isnan(grid.value))
    return go.Scatter(
        name="numbers",
        mode="text",
        x=column,
        y=row,
        text=[_number(effect, grid, show, i, j) for i, j in zip(row.tolist(), column.tolist(), strict=True)],
        textfont={"size": SMALL, "color": [grid.ink_on(float(value)) for value in grid.value[row, column]]},
        hoverinfo="skip",
    )


def _number(effect: TwoEffects, grid: Grid, show: Show, i: int, j: int) -> str:
    if show is Show.LEFT:
        return signed(float(grid.value[i, j]))
    if show is not Show.TARGET_SHARE:
        value, step = float(grid.value[i, j]), abs(grid.best - grid.worst) / PARTS
        return number(float(f"{value:.3g}")) if grid.log else rounded(value, 10.0 ** math.floor(math.log10(step)))
    n = int(effect.count[i, j])
    return f"{effect.target[i, j]} of {n}" if n < FEW_TRIALS else plain(percent(round(float(grid.value[i, j]), 2)))
