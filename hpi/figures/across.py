"""Importance on every dataset, side by side: a row a hyperparameter, a column a dataset, and their mean at the end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil

import numpy as np
import plotly.graph_objects as go

from hpi.comparison import Across
from hpi.comparison.overall import Cell, Row
from hpi.estimators import by_name
from hpi.figures import rows as table
from hpi.figures.across_room import GAP, HEAD, NAME, Room, room_for
from hpi.figures.alternative import described
from hpi.figures.heading import Fact, heading
from hpi.figures.labels import folded, shortened, wrapped
from hpi.figures.theme import NOTHING, Theme, draw, faded, readable_on
from hpi.space import Floats
from hpi.words import across as words

BELOW = 10  # pixels
END = 0.14  # of the width, for the mean
MOST, MOST_CELLS = 20, 600  # hyperparameters; and fewer where there are more values
PANEL = 15  # values beside each other: so many titles can stand side by side on a narrow screen
BETWEEN = 0.02
MEANS = 2  # number of the axis of the means
STEPS = 12
THIN = "\u2009"
NOT_TOLD, UNKNOWN = "–", "?"


def across_matrix(found: Across, theme: Theme) -> go.Figure:
    """Return the heat map: hyperparameters with the best mean rank first, of many 20; 15 values side by side.

    `customdata` of a cell is the name of its hyperparameter and its value.

    Raises
    ------
    ValueError
        If no value has an answer.
    """
    if not found.answered:
        raise ValueError("no value has an answer: there is nothing to draw")
    drawn = _Drawn(found, theme)
    title, above = heading(drawn.facts(), theme)
    heads = drawn.room.above(drawn.names)
    panel = heads + drawn.room.row * len(drawn.rows)
    panels = [range(first, min(first + drawn.n_beside, len(drawn.heads)))
              for first in range(0, len(drawn.heads), drawn.n_beside)]  # fmt: skip
    high = panel * len(panels) + BELOW * (len(panels) - 1)
    figure = draw(
        theme,
        above + high + BELOW,
        title=title,
        meta=described(words.lead(found), drawn.summary())
        | table.of_across(found, [row.name for row in drawn.rows], words.noun(found, 1)),
        margin={"l": 12, "r": 16, "t": above, "b": BELOW},
    )
    for k, columns in enumerate(panels):
        top = k * (panel + BELOW)
        figure.update_layout(drawn.axes(k, columns, (1 - (top + panel) / high, 1 - (top + heads) / high)))
        figure.add_traces([*drawn.cells(k, columns), *(drawn.means() if k == 0 else [])])
    return figure


@dataclass(frozen=True)
class _Drawn:
    """What is drawn of an answer, in the colours of a theme."""

    found: Across
    theme: Theme

    @cached_property
    def rows(self) -> list[Row]:
        """The rows that are shown, of many those first that are told apart from chance somewhere."""
        most = min(MOST, max(1, MOST_CELLS // len(self.found.values)))
        kept = sorted(self.found.hyperparameters, key=lambda row: row.n_told == 0)[:most]
        return [row for row in self.found.hyperparameters if row in kept]

    @cached_property
    def most(self) -> float:
        """The importance of the last colour."""
        cells = [cell for row in self.found.hyperparameters for cell in row.cells if cell.told is not False]
        return max((cell.importance for cell in cells if cell.importance is not None), default=0.0) or 1.0

    @cached_property
    def heads(self) -> list[str]:
        """The names of the values, not escaped."""
        return shortened([value.name for value in self.found.values], 2 * HEAD)

    @property
    def n_beside(self) -> int:
        """How many values stand side by side: as many in each panel as can be."""
        return ceil(len(self.heads) / ceil(len(self.heads) / PANEL))

    @cached_property
    def room(self) -> Room:
        """What fits."""
        return room_for(self.n_beside, self.heads)

    @cached_property
    def names(self) -> list[str]:
        """The names of the values as they stand above the cells."""
        return self.room.folded(self.heads)

    def axes(self, k: int, columns: range, between: tuple[float, float]) -> dict[str, object]:
        """Return the axes of the k-th panel: of its cells, of its rows; of the means beside the first."""
        x, y = _axes(k)
        names = shortened([row.name for row in self.rows], 2 * NAME)
        heads = [self.names[i] for i in columns]
        part = (1 - END - BETWEEN) * len(heads) / self.n_beside
        mean = {**self._columns([_mean_head(self.found)], (0,)), "domain": [1 - END, 1], "anchor": f"y{y}"}
        return {
            f"xaxis{x}": {**self._columns(heads, self.room.angles), "domain": [0, part], "anchor": f"y{y}"},
            **({f"xaxis{MEANS}": mean} if k == 0 else {}),
            f"yaxis{y}": {
                "domain": between, "anchor": f"x{x}", "range": [len(names) - 0.5, -0.5],
                "tickvals": [*range(len(names))], "ticktext": [folded(name, NAME) for name in names],
                "tickfont": {"color": self.theme.text, "size": self.room.letters},
                **_apart(),
            },
        }  # fmt: skip

    def _columns(self, texts: list[str], angles: tuple[int, ...]) -> dict[str, object]:
        return {
            "side": "top",
            "range": [-0.5, len(texts) - 0.5],
            "tickvals": [*range(len(texts))],
            "ticktext": texts,
            "tickfont": {"color": self.theme.muted, "size": self.room.letters},
            **({"autotickangles": angles} if len(angles) > 1 else {"tickangle": angles[0]}),
            **_apart(),
        }

    def cells(self, k: int, columns: range) -> list[go.Heatmap | go.Scatter]:
        """Return the cells in colour, those that are not told apart from chance in grey, and what stands in them."""
        found, cells = self.found, [[row.cells[i] for i in columns] for row in self.rows]
        shades = _numbers([[_shade(cell, self.most) for cell in line] for line in cells])
        grey = _numbers([[0.0 if cell.told is False else None for cell in line] for line in cells])
        hover = [[wrapped(words.cell(row, i, found), 46) for i in columns] for row in self.rows]
        coloured = self._heat("importance", shades, hover)
        coloured.customdata = [[[row.name, found.values[i].name] for i in columns] for row in self.rows]
        texts = [[_place(cell, self.room.has_places) for cell in line] for line in cells]
        x, y = _axes(k)
        drawn = [
            self._heat("not told apart from chance", grey),
            coloured,
            self._texts("ranks", texts, shades, self.room.size),
        ]
        return [trace.update(xaxis=f"x{x}", yaxis=f"y{y}") for trace in drawn]

    def means(self) -> list[go.Heatmap | go.Scatter]:
        """Return the last column: means in the same colours, with their spread."""
        found, rows = self.found, self.rows
        told = [row.mean is not None and (row.n_told > 0 or row.n_tested == 0) for row in rows]
        shades = _numbers(
            [[(row.mean or 0.0) / self.most if one else None] for row, one in zip(rows, told, strict=True)]
        )
        grey = _numbers([[None if one or row.mean is None else 0.0] for row, one in zip(rows, told, strict=True)])
        hover = [[wrapped(f"{row.name}: {words.mean(row, found)}; {words.verdict(row, found)}", 46)] for row in rows]
        texts = [[_mean(row, by_name(found.estimator).in_percent)] for row in rows]
        drawn = [self._heat("mean not told apart from chance", grey), self._heat("mean", shades, hover),
                 self._texts("means", texts, shades, 11)]  # fmt: skip
        return [trace.update(xaxis=f"x{MEANS}") for trace in drawn]

    def _heat(self, name: str, z: Floats, hover: list[list[str]] | None = None) -> go.Heatmap:
        """Return cells in colours with their words; or, where there are none, all in one grey and silent."""
        grey = faded(self.theme.chance, 0.55)
        shades = [[k / STEPS, self.theme.shade(k / STEPS)] for k in range(STEPS + 1)]
        said = {"hovertext": hover, "hoverinfo": "text", "hoverongaps": True} if hover else {"hoverinfo": "skip"}
        return go.Heatmap(
            name=name, z=z, zmin=0, zmax=1, colorscale=shades if hover else [[0, grey], [1, grey]], showscale=False,
            xgap=2, ygap=2, **said,
        )  # fmt: skip

    def _texts(self, name: str, texts: list[list[str]], shades: Floats, size: int) -> go.Scatter:
        places, columns = np.indices(shades.shape)
        inks = [self._ink(float(shade)) for shade in shades.ravel()]
        return go.Scatter(
            name=name, mode="text", x=columns.ravel(), y=places.ravel(), text=[t for line in texts for t in line],
            textfont={"size": size, "color": inks}, hoverinfo="skip", cliponaxis=False,
        )  # fmt: skip

    def _ink(self, shade: float) -> str:
        if np.isnan(shade):
            return self.theme.muted
        return readable_on(self.theme.shade(shade))

    def summary(self) -> str:
        """Say what is drawn, for those who cannot see it."""
        best, n = self.rows[0], len(self.rows)
        rank = "" if best.mean_rank is None else f" {best.mean_rank:.2g}"
        return (
            f"Heat map of {n} hyperparameter{'' if n == 1 else 's'} on {len(self.heads)} {words.noun(self.found)}: "
            f"{best.name} has the best mean rank{rank} and a mean importance of {words.mean(best, self.found)}."
        )

    def facts(self) -> list[Fact]:
        """What stands above the picture."""
        found, shown = self.found, [cell for row in self.rows for cell in row.cells]
        hidden = [row for row in found.hyperparameters if row not in self.rows]
        told = "" if any(row.n_told for row in hidden) else ", not told apart from chance"
        untold = (
            f"{NOT_TOLD} not told apart from chance" if self.room.has_places else "grey: not told apart from chance"
        )
        is_open = any(cell.places is not None and cell.places[0] != cell.places[1] for cell in shown)
        deeper = "the brighter" if self.theme.name == "dark" else "the darker"
        return [
            Fact(f"rank on each {words.noun(found, 1)}", bold=True),
            Fact(by_name(found.estimator).title),
            Fact(f"{deeper}, the more importance, up to {words.written(self.most, found)}"),
            *([Fact(untold)] if any(cell.told is False for cell in shown) else []),
            *([Fact("1–2 too close to tell which")] if is_open and self.room.has_places else []),
            *([Fact(f"{UNKNOWN} no number")] if any(cell.importance is None for cell in shown) else []),
            *([Fact(f"{len(hidden)} more are not shown{told}")] if hidden else []),
        ]


def _axes(k: int) -> tuple[str, str]:
    """Return the numbers of the axes of the k-th panel as Plotly writes them: columns, rows."""
    return ("", "") if k == 0 else (f"{MEANS + k}", f"{k + 1}")


def _apart() -> dict[str, object]:
    """Return ticks that cannot be seen and keep names from the cells."""
    return {"ticks": "outside", "ticklen": GAP, "tickcolor": NOTHING, "showgrid": False}


def _mean_head(found: Across) -> str:
    return f"mean<br>± sd{'<br>in %' if by_name(found.estimator).in_percent else ''}"


def _numbers(values: list[list[float | None]]) -> Floats:
    return np.array([[np.nan if value is None else value for value in line] for line in values], dtype=float)


def _shade(cell: Cell, most: float) -> float | None:
    return None if cell.importance is None or cell.told is False else min(1.0, cell.importance / most)


def _place(cell: Cell, has_places: bool) -> str:
    """Write the places that something may have, 2 or 1–2; where there is no room, the rank of its estimate."""
    if cell.importance is None:
        return UNKNOWN
    if cell.told is False:
        return NOT_TOLD if has_places else ""
    if cell.places is None or cell.low is None or not has_places:
        return f"{cell.rank:g}"
    best, worst = cell.places
    return f"{best}" if best == worst else f"{best}–{worst}"


def _mean(row: Row, in_percent: bool) -> str:
    if row.mean is None:
        return UNKNOWN
    mean = _number(row.mean, in_percent)
    return mean if row.sd is None else f"{mean}<br>±{THIN}{_number(row.sd, in_percent)}"


def _number(value: float, in_percent: bool) -> str:
    """Write 31 or 2.5 for per cent, .31 for a weight: there is room for few signs."""
    if not in_percent:
        return f"{value:.2f}".removeprefix("0")
    return f"{100 * value:.0f}" if value >= 0.0995 or value == 0 else f"{100 * value:.1f}"
