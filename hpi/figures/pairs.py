"""The interaction of every pair as a triangle of cells: each name stands over its column, at the end of its row."""

from __future__ import annotations

import html
from dataclasses import dataclass
from itertools import combinations

import plotly.graph_objects as go

from hpi.figures import rows as table
from hpi.figures.alternative import described
from hpi.figures.heading import Fact, heading
from hpi.figures.labels import plain, shortened, width, wrapped
from hpi.figures.theme import SMALL, Theme, draw, faded, readable_on
from hpi.results import ImportanceResult, PairScore
from hpi.words import pairs as words

MOST = 12  # hyperparameters
NAME = 22  # columns of a name
# The server does not know the width of the screen: names and cells are laid out for a narrow one, and cells are made
# as high as those of a column beside another chart are wide.
NARROW, BESIDE = 338, 392  # pixels of the plot
COLUMN, GAP = 6.8, 14  # pixels of a character, and around a name
SMALLEST, LARGEST = 20, 40  # pixels of a cell
FILLED = 0.94  # of a cell's width
UNKNOWN = "–"


@dataclass(frozen=True)
class _Cell:
    """The pair of the names at `row` and `column`; `score` is None where it was not estimated."""

    row: int
    column: int
    names: tuple[str, str]
    score: PairScore | None


@dataclass(frozen=True)
class _Triangle:
    """Names in the order of the bars, as they are shown, escaped, and a cell for each pair of them."""

    names: tuple[str, ...]
    labels: tuple[str, ...]
    cells: tuple[_Cell, ...]
    strongest: float


def pair_matrix(result: ImportanceResult, theme: Theme) -> go.Figure:
    """Return the triangle of pairs, at most of 12 hyperparameters; `customdata` of a cell is its two names.

    Raises
    ------
    ValueError
        If the result has no pairs.
    """
    if not result.pairs:
        raise ValueError("this result has no pairs")
    triangle = _triangle(result)
    title, above = heading(_facts(result, triangle), theme)
    n, cell = len(triangle.names), _fitting(triangle, BESIDE)
    units = NARROW / _fitting(triangle, NARROW)
    hidden = {"visible": False, "fixedrange": True, "constrain": "domain"}
    figure = draw(
        theme,
        int(above + n * max(SMALLEST, cell) + 12),
        title=title,
        meta=described(words.shown(result)) | table.of_pairs((cell.names, cell.score) for cell in triangle.cells),
        margin={"l": 12, "r": 16, "t": above, "b": 12},
        barmode="overlay",
        xaxis={**hidden, "range": [-0.5, units - 0.5], "constraintoward": "left"},
        yaxis={**hidden, "range": [n - 0.5, -0.5], "constraintoward": "top", "scaleanchor": "x"},
    )
    figure.add_traces([_cells(result, triangle, theme), _numbers(triangle, theme), _names(triangle, theme)])
    return figure


def _triangle(result: ImportanceResult) -> _Triangle:
    shown = _chosen(result)
    scores = {frozenset(pair.names): pair for pair in result.pairs}
    cells = []
    for column, row in combinations(range(len(shown)), 2):
        score = scores.get(frozenset((shown[column], shown[row])))
        names = (shown[column], shown[row]) if score is None else score.names
        cells.append(_Cell(row, column, names, score))
    known = [cell.score.importance or 0.0 for cell in cells if cell.score is not None]
    labels = tuple(plain(name) for name in shortened(shown, NAME))
    return _Triangle(shown, labels, tuple(cells), max(known, default=0.0) or 1.0)


def _chosen(result: ImportanceResult) -> tuple[str, ...]:
    """Return those that are in a pair, in the order of the bars; of many, those of the strongest pairs."""
    found = sorted(result.pairs, key=lambda pair: not pair.detectable)
    by_strength = list(dict.fromkeys(name for pair in found for name in pair.names))[:MOST]
    return tuple(score.name for score in result.hyperparameters if score.name in by_strength)


def _fitting(triangle: _Triangle, room: float) -> float:
    """Return the pixels of a cell with which every name has room at the end of its row."""
    ends = [GAP + COLUMN * width(html.unescape(label)) for label in triangle.labels]

    return min([LARGEST, *((room - end) / i for i, end in enumerate(ends) if i)])


def _cells(result: ImportanceResult, triangle: _Triangle, theme: Theme) -> go.Bar:
    """One bar a cell, since Plotly lets bars be chosen by a click, and no cells of a heat map."""
    cells = triangle.cells
    return go.Bar(
        name="pairs",
        orientation="h",
        base=[cell.column - FILLED / 2 for cell in cells],
        x=[FILLED] * len(cells),
        y=[cell.row for cell in cells],
        width=FILLED,
        customdata=[list(cell.names) for cell in cells],
        hovertext=[wrapped(words.cell(cell.names, cell.score, result), 46) for cell in cells],
        hoverinfo="text",
        marker={
            "color": [_colour(cell, triangle, theme) for cell in cells],
            "line": {"width": 1, "color": [_outline(cell, theme) for cell in cells]},
        },
        unselected={"marker": {"opacity": 1}},
    )


def _is_clear(cell: _Cell) -> bool:
    return cell.score is not None and cell.score.detectable and cell.score.importance is not None


def _is_known(cell: _Cell) -> bool:
    return cell.score is not None and cell.score.importance is not None


def _colour(cell: _Cell, triangle: _Triangle, theme: Theme) -> str:
    if not _is_clear(cell):
        return faded(theme.chance, 0.55 if _is_known(cell) else 0.0)
    assert cell.score is not None
    return theme.shade((cell.score.importance or 0.0) / triangle.strongest)


def _outline(cell: _Cell, theme: Theme) -> str:
    return faded(theme.chance_line, 0.0 if _is_clear(cell) else 0.35)


def _numbers(triangle: _Triangle, theme: Theme) -> go.Scatter:
    """The number of each pair that is told apart from chance, and a dash where there is none."""
    written = [cell for cell in triangle.cells if _is_clear(cell) or not _is_known(cell)]
    clear = [readable_on(_colour(cell, triangle, theme)) if _is_clear(cell) else theme.muted for cell in written]
    return go.Scatter(
        name="numbers",
        mode="text",
        x=[cell.column for cell in written],
        y=[cell.row for cell in written],
        text=[_number(cell) for cell in written],
        textfont={"size": 11 if len(triangle.names) > MOST - 4 else SMALL, "color": clear},
        hoverinfo="skip",
    )


def _number(cell: _Cell) -> str:
    """Per cent without the sign, in two digits."""
    if not _is_clear(cell):
        return UNKNOWN
    assert cell.score is not None
    value = 100 * (cell.score.importance or 0.0)
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}"


def _names(triangle: _Triangle, theme: Theme) -> go.Scatter:
    places = [place - 0.5 for place in range(len(triangle.names))]
    return go.Scatter(
        name="names",
        mode="text",
        x=places,
        y=list(range(len(places))),
        text=[f"\u00a0{label}" for label in triangle.labels],
        textposition="middle right",
        textfont={"size": SMALL, "color": theme.text},
        hoverinfo="skip",
        cliponaxis=False,
    )


def _facts(result: ImportanceResult, triangle: _Triangle) -> list[Fact]:
    clear = [pair for pair in result.pairs if pair.detectable]
    known = all(map(_is_known, triangle.cells))
    left_out = len(result.hyperparameters) - len(triangle.names)
    of_many = f"the {len(triangle.names)} of the strongest pairs among {len(result.hyperparameters)}"
    return [
        *([] if clear else [Fact(words.NO_PAIR, bold=True)]),
        Fact(words.in_a_cell(result)),
        Fact("grey: not told apart from chance"),
        *([] if known else [Fact(f"{UNKNOWN} no number")]),
        *([Fact(of_many)] if left_out else []),
    ]
