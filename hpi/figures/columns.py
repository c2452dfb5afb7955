"""Two hyperparameters in three dimensions: a column a cell, higher is better; empty cells have none."""

from __future__ import annotations

import html
import math

import numpy as np
import plotly.graph_objects as go

from hpi.effects import Joint, TwoEffects
from hpi.figures import rows as table
from hpi.figures.alternative import of_pair
from hpi.figures.cells import Grid, Show, cell_axis, facts, grid_of, round_values, shown
from hpi.figures.heading import heading
from hpi.figures.labels import literal, percent, plain, short, shortened
from hpi.figures.theme import NOTHING, Theme, draw
from hpi.space import Integers

HEIGHT = 350  # pixels
CELL, HALF = 100, 42  # of a cell and of half a column: whole numbers take a quarter of the room in a message
SHADES = 255
HIGH = 30_000  # of the best: heights are whole numbers for the same reason
MOST_SAID = 150  # columns; of more the map says what is in each, and the message stays small
# Corners of a column seen from above, counter-clockwise; a face is two triangles of corners, 4 to 7 are the lower ones.
CORNER_X, CORNER_Y = np.array([-1, 1, 1, -1]) * HALF, np.array([-1, -1, 1, 1]) * HALF
FACES = np.array(
    [[0, 1, 2], [0, 2, 3], [4, 5, 1], [4, 1, 0], [5, 6, 2], [5, 2, 1], [6, 7, 3], [6, 3, 2], [7, 4, 0], [7, 0, 3]]
)
MOST_TICKS, NAME_COLUMNS = 9, 18
BASE = 0.06  # columns begin a little below the worst, so that the worst can be seen too
EYE = (1.62, 1.84, 1.16)


def surface(effect: TwoEffects, show: Show, theme: Theme, joint: Joint | None = None) -> go.Figure:
    """Return the same cells as the heat map, as columns; the camera starts where all of them can be seen."""
    grid = grid_of(effect, show, theme, joint)
    title, above = heading(facts(effect, grid), theme)
    figure = draw(
        theme,
        above + HEIGHT,
        title=title,
        meta=of_pair(effect, grid, show) | table.of_cells(effect, grid.value, shown(effect, show)),
        margin={"l": 0, "r": 0, "t": above, "b": 0},
        scene=_scene(effect, grid, show, theme),
    )
    figure.add_trace(_columns(grid))
    return figure


def _columns(grid: Grid) -> go.Mesh3d:
    row, column = np.nonzero(~np.isnan(grid.value))
    height = grid.place(grid.value[row, column])
    n = len(height)
    x, y = (CELL * place[:, None] + corner for place, corner in ((column, CORNER_X), (row, CORNER_Y)))
    base = -BASE if grid.base is None else float(grid.place(grid.base))
    # the upper corners of all columns come first, since only they have words
    corners = np.where(FACES < 4, FACES, FACES - 4 + 4 * n)
    i, j, k = (corners[None] + 4 * np.arange(n)[:, None, None]).reshape(-1, 3).T.astype(np.uint16)
    return go.Mesh3d(
        x=np.tile(x.ravel(), 2).astype(np.int16),
        y=np.tile(y.ravel(), 2).astype(np.int16),
        z=np.repeat(HIGH * np.append(height, np.full(n, base)), 4).round().astype(np.int16),
        i=i,
        j=j,
        k=k,
        intensity=np.tile(np.repeat(height * SHADES, 4).round(), 2).astype(np.uint8),
        cmin=0,
        cmax=SHADES,
        colorscale=_scale(grid),
        showscale=False,
        flatshading=True,
        lighting={"ambient": 0.75, "diffuse": 0.5, "specular": 0.05, "roughness": 0.9, "fresnel": 0.05},
        lightposition={"x": -1000, "y": -2000, "z": 3000},
        **_hover(grid, row, column),
    )


def _hover(grid: Grid, row: Integers, column: Integers) -> dict[str, object]:
    """Say at the four upper corners of a column, which come first, what is in it."""
    if len(row) > MOST_SAID:
        return {"hoverinfo": "skip"}
    said = [grid.hover[i][j] for i, j in zip(row, column, strict=True) for _ in CORNER_X]
    return {"hovertext": said, "hoverinfo": "text"}


def _scale(grid: Grid) -> list[list[object]]:
    return [[k / (len(grid.colours) - 1), colour] for k, colour in enumerate(grid.colours)]


def _scene(effect: TwoEffects, grid: Grid, show: Show, theme: Theme) -> dict[str, object]:
    n_rows, n_columns = effect.count.shape
    return {
        "xaxis": _axis(effect, 0, n_columns, theme),
        "yaxis": _axis(effect, 1, n_rows, theme),
        "zaxis": _height(grid, show, theme),
        "aspectmode": "manual",
        "aspectratio": {"x": 1, "y": 1, "z": 0.7},
        "camera": _camera(grid),
        "dragmode": "turntable",
    }


def _axis(effect: TwoEffects, which: int, n_cells: int, theme: Theme) -> dict[str, object]:
    ticks, texts = cell_axis(effect, which)
    if effect.cuts[which].edges is None:
        # entities are not read in a scene, tags are, and every name has one line
        names = shortened(effect.cuts[which].labels, NAME_COLUMNS)
        texts = [literal(html.unescape(plain(name))) for name in names]
    step = math.ceil(len(ticks) / MOST_TICKS)
    return {
        "range": [-0.5 * CELL, (n_cells - 0.5) * CELL],
        "tickvals": [CELL * tick for tick in ticks[::step]],
        "ticktext": texts[::step],
        "title": {"text": literal(short(effect.hyperparameters[which].name, 24)), "font": {"size": 13}},
        **_look(theme),
    }


def _height(grid: Grid, show: Show, theme: Theme) -> dict[str, object]:
    ticks, texts = round_values(min(grid.worst, grid.best), max(grid.worst, grid.best), grid.log)
    if show is Show.TARGET_SHARE:
        texts = [percent(tick) for tick in ticks]
    return {
        "range": [-BASE * HIGH, 1.02 * HIGH],
        "tickvals": [HIGH * float(grid.place(tick)) for tick in ticks],
        "ticktext": texts,
        "title": {"text": show.brief, "font": {"size": 13}},
        **_look(theme),
    }


def _camera(grid: Grid) -> dict[str, object]:
    """Look from the corner where the columns are lowest, so that they hide as little as they can."""
    height = grid.place(grid.value)
    halves = [np.array_split(np.arange(n), 2) for n in height.shape]
    corners = {
        (sx, sy): np.nanmean(np.append(height[np.ix_(rows, columns)], 0.5))
        for sy, rows in zip((-1, 1), halves[0], strict=True)
        for sx, columns in zip((-1, 1), halves[1], strict=True)
    }
    sx, sy = min(corners, key=lambda corner: float(corners[corner]))
    return {"eye": {"x": EYE[0] * sx, "y": EYE[1] * sy, "z": EYE[2]}, "center": {"x": 0, "y": 0, "z": -0.12}}


def _look(theme: Theme) -> dict[str, object]:
    return {
        "backgroundcolor": NOTHING,
        "gridcolor": theme.grid,
        "zeroline": False,
        "showspikes": False,
        "tickfont": {"color": theme.muted, "size": 11},
    }
