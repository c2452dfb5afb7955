"""Importance on every dataset, side by side: a row a hyperparameter, a column a dataset, and their mean at the end."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from hpi.comparison import Across
from hpi.comparison.overall import Cell, Row
from hpi.estimators import by_name
from hpi.figures.alternative import described
from hpi.figures.heading import Fact, heading
from hpi.figures.labels import plain, shortened, width, wrapped
from hpi.figures.theme import NOTHING, SMALL, Theme, draw, faded, readable_on
from hpi.space import Floats
from hpi.words import across as words

ROW, BELOW, GAP = 34, 10, 6  # pixels
LETTER = 7  # pixels of a character in a turned title
NAME, VALUE = 18, 14  # columns of text
CROWDED, CROWDED_NAME = 10, 12  # values from which on a cell on a narrow screen holds one number, and names are shorter
MOST = 20  # hyperparameters
END = 0.24  # of the width: the mean
BETWEEN = 0.02
STEPS = 12
NOT_TOLD, UNKNOWN = "–", "?"


def across_matrix(found: Across, theme: Theme) -> go.Figure:
    """Return the heat map, the hyperparameters with the best mean rank first, and of many 20 of them.

    Raises
    ------
    ValueError
        If no value has an answer.
    """
    if not found.answered:
        raise ValueError("no value has an answer: there is nothing to draw")
    rows, top = _chosen(found), _top(found)
    title, above = heading(_facts(found, rows, top), theme)
    heads = shortened([value.name for value in found.values], VALUE)
    turned = LETTER * max(map(width, [*heads, "mean ± sd"])) + 2 * GAP
    end = max(END, 1 / (len(heads) + 1))
    figure = draw(
        theme,
        above + turned + ROW * len(rows) + BELOW,
        title=title,
        meta=described(words.lead(found), _summary(found, rows)),
        margin={"l": 12, "r": 16, "t": above + turned, "b": BELOW},
        xaxis={**_columns(list(map(plain, heads))), "domain": [0, 1 - end - BETWEEN]},
        xaxis2={**_columns([_mean_head(found)]), "domain": [1 - end, 1], "anchor": "y"},
        yaxis={
            "range": [len(rows) - 0.5, -0.5],
            "tickvals": [*range(len(rows))],
            "ticktext": [plain(name) for name in shortened([row.name for row in rows], _name_columns(found))],
            "tickfont": {"color": theme.text, "size": SMALL},
            **_apart(),
        },
    )
    figure.add_traces([*_cells(found, rows, top, theme), *_means(found, rows, top, theme)])
    return figure


def _chosen(found: Across) -> list[Row]:
    """Return the rows that are shown, of many those first that are told apart from chance somewhere."""
    kept = sorted(found.hyperparameters, key=lambda row: row.n_told == 0)[:MOST]
    return [row for row in found.hyperparameters if row in kept]


def _top(found: Across) -> float:
    """Return the importance of the deepest colour."""
    cells = [cell for row in found.hyperparameters for cell in row.cells if cell.told is not False]
    return max((cell.importance for cell in cells if cell.importance is not None), default=0.0) or 1.0


def _name_columns(found: Across) -> int:
    return CROWDED_NAME if _is_crowded(found) else NAME


def _is_crowded(found: Across) -> bool:
    return len(found.values) > CROWDED


def _columns(texts: list[str]) -> dict[str, object]:
    n = len(texts)
    return {
        "side": "top",
        "range": [-0.5, n - 0.5],
        "tickvals": [*range(n)],
        "ticktext": texts,
        "autotickangles": [0, -90],  # turned where they would meet, on a narrow screen
        **_apart(),
    }


def _apart() -> dict[str, object]:
    """Return ticks that cannot be seen and keep names from the cells."""
    return {"ticks": "outside", "ticklen": GAP, "tickcolor": NOTHING, "showgrid": False}


def _mean_head(found: Across) -> str:
    unit = ", %" if by_name(found.estimator).in_percent else ""
    return f"mean<br>± sd{unit}"


def _cells(found: Across, rows: list[Row], top: float, theme: Theme) -> list[go.Heatmap | go.Scatter]:
    """The cells in colour, those that are not told apart from chance in none, and what stands in them."""
    cells = [[*row.cells] for row in rows]
    shades = _coloured([[_shade(cell, top) for cell in line] for line in cells])
    hover = [[wrapped(_hover(found, row, i), 46) for i in range(len(found.values))] for row in rows]
    grey = _coloured([[0.0 if cell.told is False else None for cell in line] for line in cells])
    return [
        _heat("importance", shades, theme, hover),
        _heat("not told apart from chance", grey, theme, hover, grey=True),
        _texts("ranks", [[_place(cell, _is_crowded(found)) for cell in line] for line in cells], shades, theme,
               10 if _is_crowded(found) else SMALL),
    ]  # fmt: skip


def _means(found: Across, rows: list[Row], top: float, theme: Theme) -> list[go.Heatmap | go.Scatter]:
    """The last column: means in the same colours, with their spread."""
    told = [row.mean is not None and (row.n_told > 0 or row.n_tested == 0) for row in rows]
    shades = _coloured([[(row.mean or 0.0) / top if one else None] for row, one in zip(rows, told, strict=True)])
    grey = _coloured([[None if one or row.mean is None else 0.0] for row, one in zip(rows, told, strict=True)])
    hover = [[wrapped(f"{row.name}: {words.mean(row, found)}; {words.verdict(row, found)}", 46)] for row in rows]
    drawn = [
        _heat("mean", shades, theme, hover),
        _heat("mean not told apart", grey, theme, hover, grey=True),
        _texts("means", [[_mean(row, found)] for row in rows], shades, theme, SMALL),
    ]
    return [trace.update(xaxis="x2") for trace in drawn]


def _coloured(values: list[list[float | None]]) -> Floats:
    return np.array([[np.nan if value is None else value for value in line] for line in values], dtype=float)


def _shade(cell: Cell, top: float) -> float | None:
    return None if cell.importance is None or cell.told is False else min(1.0, cell.importance / top)


def _heat(name: str, z: Floats, theme: Theme, hover: list[list[str]], grey: bool = False) -> go.Heatmap:
    muted = faded(theme.chance, 0.55)
    scale = [[0, muted], [1, muted]] if grey else [[k / STEPS, theme.shade(k / STEPS)] for k in range(STEPS + 1)]
    return go.Heatmap(
        name=name,
        z=z,
        zmin=0,
        zmax=1,
        colorscale=scale,
        showscale=False,
        xgap=2,
        ygap=2,
        hovertext=hover,
        hoverinfo="text",
        hoverongaps=not grey,
    )


def _texts(name: str, texts: list[list[str]], shades: Floats, theme: Theme, size: int) -> go.Scatter:
    places, columns = np.indices(shades.shape)
    inks = [theme.muted if np.isnan(value) else readable_on(theme.shade(float(value))) for value in shades.ravel()]
    return go.Scatter(
        name=name,
        mode="text",
        x=columns.ravel(),
        y=places.ravel(),
        text=[text for line in texts for text in line],
        textfont={"size": size, "color": inks},
        hoverinfo="skip",
    )


def _place(cell: Cell, is_crowded: bool) -> str:
    """Write the places that something may have, 2 or 1–2; where there is no room, the rank of its estimate."""
    if cell.importance is None:
        return UNKNOWN
    if cell.told is False:
        return "" if is_crowded else NOT_TOLD
    if cell.places is None or cell.low is None or is_crowded:
        return f"{cell.rank:g}"
    best, worst = cell.places
    return f"{best}" if best == worst else f"{best}–{worst}"


def _mean(row: Row, found: Across) -> str:
    if row.mean is None:
        return UNKNOWN
    in_percent = by_name(found.estimator).in_percent
    mean = _number(row.mean, in_percent)
    return mean if row.sd is None else f"{mean} ± {_number(row.sd, in_percent)}"


def _number(value: float, in_percent: bool) -> str:
    """Write 31 or 2.5 for per cent, .31 for a weight: there is room for few signs."""
    if not in_percent:
        return f"{value:.2f}".removeprefix("0")
    return f"{100 * value:.0f}" if value >= 0.0995 or value == 0 else f"{100 * value:.1f}"


def _hover(found: Across, row: Row, i: int) -> str:
    """Everything that is known of a cell, not escaped."""
    cell, where = row.cells[i], f"{row.name} on {found.values[i].name}"
    if cell.importance is None:
        return f"{where}: no number. {cell.note or ''}"
    ends = (cell.low, cell.high)
    interval = " to ".join(words.written(end, found) for end in ends if end is not None)
    within = f" (95\u00a0% interval {interval})" if None not in ends else ""
    verdict = {True: "told apart from chance", False: "not told apart from chance", None: "not compared with chance"}
    return f"{where}: {words.written(cell.importance, found)}{within}, {verdict[cell.told]}, rank {cell.rank:g}"


def _summary(found: Across, rows: list[Row]) -> str:
    """Say what is drawn, for those who cannot see it."""
    best = rows[0]
    rank = "" if best.mean_rank is None else f", {best.mean_rank:.2g}"
    return (
        f"Heat map of {len(rows)} hyperparameters on {len(found.values)} {words.noun(found)}: {best.name} has the best "
        f"mean rank{rank}, and a mean importance of {words.mean(best, found)}."
    )


def _facts(found: Across, rows: list[Row], top: float) -> list[Fact]:
    shown = [cell for row in rows for cell in row.cells]
    hidden = len(found.hyperparameters) - len(rows)
    told = "" if any(row.n_told for row in found.hyperparameters if row not in rows) else ", not told apart from chance"
    crowded = _is_crowded(found)
    untold = "grey: not told apart from chance" if crowded else f"{NOT_TOLD} not told apart from chance"
    is_open = not crowded and any(cell.places is not None and cell.places[0] != cell.places[1] for cell in shown)
    return [
        Fact(f"rank on each {words.noun(found, 1)}", bold=True),
        Fact(by_name(found.estimator).title),
        Fact(f"the deeper the colour, the more importance, up to {words.written(top, found)}"),
        *([Fact(untold)] if any(cell.told is False for cell in shown) else []),
        *([Fact("1–2 too close to tell which")] if is_open else []),
        *([Fact(f"{UNKNOWN} no number")] if any(cell.importance is None for cell in shown) else []),
        *([Fact(f"{hidden} more are not shown{told}")] if hidden else []),
    ]
