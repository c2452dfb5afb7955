"""Two answers as dumbbells: both values of each hyperparameter with their intervals, and the difference beside them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import plotly.graph_objects as go

from hpi.comparison import Change, Difference
from hpi.estimators import by_name
from hpi.figures import rows as table
from hpi.figures.alternative import described
from hpi.figures.heading import LINE, Fact, heading
from hpi.figures.labels import folded, percent, shortened, width, wrapped
from hpi.figures.theme import NOTHING, SMALL, Theme, draw
from hpi.words import difference as words

ROW, ABOVE, BELOW = 42, 0.6, 46  # pixels of a row, rows above the first, pixels below the last
APART = 0.15  # of a row, by which each value lies off its middle
MOST = 20
NAME_COLUMNS = 20
NARROWEST, COLUMN = 366, 6.4  # pixels of the chart on a narrow screen, and of a character
STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)
TICK = 38  # pixels that the words of a tick take, and a gap
FULL, HOLLOW = "circle", "circle-open"


@dataclass(frozen=True)
class _Row:
    """One line: `end` is where its ink ends on the axis; `words` stand there."""

    change: Change
    label: str
    end: float
    words: tuple[str, str]


def difference(found: Difference, theme: Theme, tables: tuple[str, str] | None = None) -> go.Figure:
    """Return both answers side by side, what differs first, and of many hyperparameters the first 20.

    `tables` names the tables of the two, where they are two. `customdata` of each point is the hyperparameter's name.
    """
    rows = _rows(found)
    title, above = heading(_facts(found, len(rows), theme, tables), theme)
    room = _room(rows)
    end = max((row.end for row in rows), default=0.0) or 0.01
    top = max([end, *(row.end / _part_for_ink(row, room) for row in rows)])
    ticks = _ticks(end, int(room * end / top / TICK))
    axis = wrapped(_axis(found), min(44, int((room + 24) / COLUMN)))
    bottom = BELOW + LINE * axis.count("<br>")
    figure = draw(
        theme,
        int(above + ROW * (len(rows) + ABOVE) + bottom),
        margin={"l": 12, "r": 16, "t": above, "b": bottom},
        title=title,
        meta=described(words.lead(found, tables), *(words.sentence(row.change, found, tables) for row in rows[:3]))
        | table.of_difference(found, len(rows)),
        xaxis={
            "range": [0, top],
            "tickvals": ticks,
            "ticktext": [percent(tick) for tick in ticks],
            "tickangle": 0,
            "title": {"text": axis},
            "fixedrange": True,
        },
        yaxis=_names(rows, theme),
    )
    figure.add_traces(
        [
            _joined(rows, theme),
            _values(found, rows, "first", theme, tables),
            _values(found, rows, "second", theme, tables),
            _written(rows, theme),
        ]
    )
    return figure


def _rows(found: Difference) -> list[_Row]:
    changes = found.changes[:MOST]
    names = shortened([change.name for change in changes], 2 * NAME_COLUMNS - 2)
    return [
        _Row(change, folded(name, NAME_COLUMNS), _end(change), _words(change))
        for change, name in zip(changes, names, strict=True)
    ]


def _end(change: Change) -> float:
    sides = [side for side in (change.first, change.second) if side is not None]
    return max((end for side in sides for end in (side.value, side.high) if end is not None), default=0.0)


def _words(change: Change) -> tuple[str, str]:
    if change.difference is not None:
        return words.points(change), words.ends(change) or "no interval"
    if change.first is None or change.second is None:
        return str(change.note), ""
    begin, _, where = str(change.note).partition(":")[0].rpartition(" in ")
    return f"{begin} in", where


def _room(rows: list[_Row]) -> float:
    """Pixels of the plot on the narrowest screen, beside the names."""
    longest = max((width(line) for row in rows for line in row.label.split("<br>")), default=0)
    return max(120.0, NARROWEST - 12 - 16 - 8 - COLUMN * 1.1 * longest)


def _part_for_ink(row: _Row, room: float) -> float:
    """Share of the narrowest plot that is left for a row's values beside its words."""
    return max(0.25, 1 - (14 + COLUMN * max(map(width, row.words))) / room)


def _ticks(end: float, most: int) -> list[float]:
    """Round values from 0 to the end of the ink, at most so many steps, or one."""
    step = next((step for step in STEPS if math.floor(end / step + 1e-9) <= max(1, most)), STEPS[-1])
    return [round(i * step, 3) for i in range(math.floor(end / step + 1e-9) + 1)]


def _axis(found: Difference) -> str:
    if found.measure == "share":
        return "share of what all of these have together"
    method = by_name(found.first.estimator)
    return "share of what separates target and rest that it explains alone" if method.uses_target else method.bar


def _facts(found: Difference, shown: int, theme: Theme, tables: tuple[str, str] | None) -> list[Fact]:
    first, second = words.sides(found, tables)
    hidden = found.changes[shown:]
    told = "" if any(change.differs for change in hidden) else ", none told apart"
    return [
        *([Fact(f"{words.NO_DIFFERENCE}.", bold=True)] if found.pairing == "same" else []),
        Fact(f"\u25cf\u00a0{first}", theme.target, bold=True),
        Fact(f"\u25cb\u00a0{second}", theme.region, bold=True),
        Fact(f"{found.first.metric}, {'higher' if found.first.direction == 'maximize' else 'lower'} is better"),
        Fact("lines: 95\u00a0% intervals"),
        Fact("right: the second less the first, in percentage points; grey where not told apart from chance"),
        *([Fact(f"{len(hidden)} more are not shown{told}")] if hidden else []),
    ]


def _names(rows: list[_Row], theme: Theme) -> dict[str, object]:
    return {
        "range": [len(rows) - 0.5, -ABOVE],
        "tickvals": list(range(len(rows))),
        "ticktext": [row.label for row in rows],
        "tickfont": {"color": theme.text},
        "showgrid": False,
        "ticks": "outside",
        "ticklen": 6,
        "tickcolor": NOTHING,
        "fixedrange": True,
    }


def _joined(rows: list[_Row], theme: Theme) -> go.Scatter:
    """Join both values of each row, where both are known."""
    x: list[float | None] = []
    y: list[float | None] = []
    for i, row in enumerate(rows):
        if row.change.difference is not None and row.change.first and row.change.second:
            x += [row.change.first.value, row.change.second.value, None]
            y += [i - APART, i + APART, None]
    return go.Scatter(
        name="joined", mode="lines", x=x, y=y, line={"color": theme.chance_line, "width": 1}, hoverinfo="skip"
    )


def _values(
    found: Difference, rows: list[_Row], which: str, theme: Theme, tables: tuple[str, str] | None
) -> go.Scatter:
    """Mark the values of one answer: the first filled and above, the second hollow and below."""
    is_first = which == "first"
    sides = [getattr(row.change, which) for row in rows]
    colour = theme.target if is_first else theme.region

    def reach(end: str, sign: int) -> list[float | None]:
        ends = [(getattr(side, "value", None), getattr(side, end, None)) for side in sides]
        return [None if value is None or at is None else sign * (at - value) for value, at in ends]

    return go.Scatter(
        name=which,
        mode="markers",
        x=[None if side is None else side.value for side in sides],
        y=[i + (-APART if is_first else APART) for i in range(len(rows))],
        customdata=[row.change.name for row in rows],
        hovertext=[wrapped(words.sentence(row.change, found, tables), 46) for row in rows],
        hoverinfo="text",
        marker={
            "symbol": FULL if is_first else HOLLOW,
            "size": 10,
            "color": colour,
            "line": {"width": 2, "color": colour},
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": reach("high", 1),
            "arrayminus": reach("low", -1),
            "color": colour,
            "thickness": 1.5,
            "width": 3,
        },
        cliponaxis=False,
    )


def _written(rows: list[_Row], theme: Theme) -> go.Scatter:
    return go.Scatter(
        name="difference",
        mode="text",
        x=[row.end for row in rows],
        y=list(range(len(rows))),
        text=["<br>".join(f"\u00a0\u00a0{_styled(row, i)}" for i in range(2) if row.words[i]) for row in rows],
        textposition="middle right",
        textfont={"size": SMALL, "color": [theme.text if row.change.differs else theme.muted for row in rows]},
        hoverinfo="skip",
        cliponaxis=False,
    )


def _styled(row: _Row, line: int) -> str:
    return f"<b>{row.words[line]}</b>" if row.change.differs and line == 0 else row.words[line]
