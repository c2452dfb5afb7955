"""Importances as bars, strongest first, each with its interval and with what chance alone would show."""

from __future__ import annotations

import html
from dataclasses import dataclass, replace

import plotly.graph_objects as go

from hpi.figures import bar_words as words
from hpi.figures import rows as table
from hpi.figures.alternative import of_importance
from hpi.figures.axes import from_zero
from hpi.figures.heading import LINE, heading
from hpi.figures.labels import NARROW, folded, plain, shortened, width, wrapped
from hpi.figures.theme import NOTHING, SMALL, Theme, draw
from hpi.results import ImportanceResult, Score

KEY = "chance alone reaches here"
LABEL_COLUMNS = 20
ROW = 34  # pixels
# The server does not know the width of the screen: what must fit is laid out for the narrowest.
NARROWEST, COLUMN = 366, 6.4  # pixels of the chart, and of a character
TICK = 44  # pixels from one number of the axis to the next


@dataclass(frozen=True)
class _Row:
    """One hyperparameter's line: `end` is where its ink ends on the axis, `words` stand there, escaped."""

    score: Score
    label: str
    end: float
    words: tuple[str, ...]
    hover: str


@dataclass(frozen=True)
class _Chart:
    """What is drawn: rows from top to bottom, the end of the axis, its ticks, the lines above and their height."""

    rows: tuple[_Row, ...]
    top: float
    room: float
    ticks: tuple[float, ...]
    tick_words: tuple[str, ...]
    title: dict[str, object]
    above: int
    axis: str


def importance(result: ImportanceResult, theme: Theme) -> go.Figure:
    """Return the bars of a result; `customdata` of each is the hyperparameter's name as in the table.

    Where no hyperparameter has a number there is one sentence in the place of the bars.
    """
    if all(score.importance is None for score in result.hyperparameters):
        return _without_bars(result, theme)
    chart = _chart(result, theme)
    bottom = 38 + LINE * (1 + chart.axis.count("<br>"))
    figure = draw(
        theme,
        int(chart.above + ROW * (len(chart.rows) + 0.8) + bottom),
        margin={"l": 12, "r": 16, "t": chart.above, "b": bottom},
        barmode="overlay",
        title=chart.title,
        meta=of_importance(result) | table.of_importance(result),
        xaxis=_x_axis(chart),
        yaxis=_y_axis(chart, theme),
    )
    figure.add_traces(
        [_bars(chart, theme), _floors(chart, theme), _marks(chart, theme), _words(chart, theme), _targets(chart)]
    )
    _add_key(figure, chart, theme)
    return figure


def _without_bars(result: ImportanceResult, theme: Theme) -> go.Figure:
    title, above = heading(words.facts(result), theme)
    said = wrapped(words.nothing(result), NARROW)
    hidden = {"visible": False, "fixedrange": True}
    figure = draw(
        theme,
        above + LINE * (2 + said.count("<br>")),
        margin={"l": 12, "r": 16, "t": above, "b": 0},
        title=title,
        meta=of_importance(result) | table.of_importance(result),
        xaxis=hidden,
        yaxis=hidden,
    )
    figure.add_annotation(
        x=0, y=1, xref="paper", yref="paper", xanchor="left", yanchor="top", xshift=-8, align="left", showarrow=False,
        text=said, font={"size": SMALL, "color": theme.text},
    )  # fmt: skip
    return figure


def _chart(result: ImportanceResult, theme: Theme) -> _Chart:
    scores = sorted(result.hyperparameters, key=lambda score: score.importance is None)
    names = shortened([score.name for score in scores], 2 * LABEL_COLUMNS - 2)
    rows = _said_once([_row(result, score, name) for score, name in zip(scores, names, strict=True)])
    longest = max((width(_visible(line)) for row in rows for line in row.label.split("<br>")), default=0)
    room = max(120.0, NARROWEST - 12 - 16 - 8 - COLUMN * 1.1 * longest)
    furthest = max((row.end for row in rows), default=0.0) or 1.0
    top = max((row.end / _part_for_ink(row, room) for row in rows), default=1.0)
    title, above = heading(words.facts(result), theme)
    top = max(top, furthest)
    ticks = from_zero(furthest, TICK * top / room)
    return _Chart(
        rows=rows,
        top=top,
        room=room,
        ticks=ticks,
        tick_words=tuple(words.tick(result, tick) for tick in ticks),
        title=title,
        above=above,
        axis=wrapped(words.axis_title(result), min(44, int((room + 24) / COLUMN))),
    )


def _row(result: ImportanceResult, score: Score, name: str) -> _Row:
    known = [value for value in (score.importance, score.high, score.floor) if value is not None]
    end = 0.0 if score.importance is None else max(known)
    return _Row(
        score, folded(name, LABEL_COLUMNS), end, words.at_bar(result, score), wrapped(words.sentence(result, score), 46)
    )


def _said_once(rows: list[_Row]) -> tuple[_Row, ...]:
    """Say "from chance" at the first bar that is not told apart from it; below, the first line is enough."""
    first = next((i for i, row in enumerate(rows) if row.words == (words.NOT_TOLD, words.FROM_CHANCE)), len(rows))
    return tuple(
        replace(row, words=row.words[:1]) if i > first and row.words[0] == words.NOT_TOLD else row
        for i, row in enumerate(rows)
    )


def _part_for_ink(row: _Row, room: float) -> float:
    """Share of the narrowest plot that is left for a row's bar beside its words."""
    longest = max(width(_visible(line)) for line in row.words)
    return max(0.25, 1 - (10 + COLUMN * longest) / room)


def _visible(escaped: str) -> str:
    """Text as it shows."""
    return html.unescape(escaped)


def _x_axis(chart: _Chart) -> dict[str, object]:
    return {
        "range": [0, chart.top],
        "tickvals": chart.ticks,
        "ticktext": [plain(tick) for tick in chart.tick_words],
        "tickangle": 0,
        "title": {"text": chart.axis},
        "fixedrange": True,
    }


def _y_axis(chart: _Chart, theme: Theme) -> dict[str, object]:
    return {
        "range": [len(chart.rows) - 0.4, -1.2],
        "tickvals": list(range(len(chart.rows))),
        "ticktext": [row.label for row in chart.rows],
        "tickfont": {"color": theme.text},
        "showgrid": False,
        "ticks": "outside",
        "ticklen": 6,
        "tickcolor": NOTHING,
        "fixedrange": True,
    }


def _bars(chart: _Chart, theme: Theme) -> go.Bar:
    scores = [row.score for row in chart.rows]
    sure = [score.detectable for score in scores]
    return go.Bar(
        name="importance",
        y=list(range(len(scores))),
        x=[score.importance for score in scores],
        customdata=[score.name for score in scores],
        hovertext=[row.hover for row in chart.rows],
        hoverinfo="text",
        orientation="h",
        width=0.5,
        zorder=1,
        marker=_ink(sure, theme),
        error_x=_intervals(scores, theme),
        unselected={"marker": {"opacity": 1}},
    )


def _ink(sure: list[bool], theme: Theme) -> dict[str, object]:
    return {
        "color": [theme.target if one else theme.chance for one in sure],
        "line": {"color": [theme.target if one else theme.chance_line for one in sure], "width": 1},
        "pattern": {
            "shape": ["" if one else "/" for one in sure],
            "fgcolor": theme.chance_line,
            "size": 6,
            "solidity": 0.25,
        },
    }


def _intervals(scores: list[Score], theme: Theme) -> dict[str, object]:
    def reach(score: Score, end: float | None, sign: int) -> float | None:
        length = 0.0 if end is None or score.importance is None else sign * (end - score.importance)
        return length if length > 0 else None  # no cap across the end of the bar itself

    return {
        "type": "data",
        "symmetric": False,
        "array": [reach(score, score.high, 1) for score in scores],
        "arrayminus": [reach(score, score.low, -1) for score in scores],
        "color": theme.text,
        "thickness": 1.5,
        "width": 4,
    }


def _floors(chart: _Chart, theme: Theme) -> go.Bar:
    return go.Bar(
        name="noise floor",
        y=list(range(len(chart.rows))),
        x=[row.score.floor for row in chart.rows],
        orientation="h",
        width=0.84,
        zorder=0,
        marker={"color": theme.chance, "opacity": 0.7, "line": {"width": 0}},
        hoverinfo="skip",
        unselected={"marker": {"opacity": 0.7}},
    )


def _marks(chart: _Chart, theme: Theme) -> go.Scatter:
    """Mark the end of each floor, so that it can be seen beside a longer bar."""
    return go.Scatter(
        name="end of the noise floor",
        mode="markers",
        y=list(range(len(chart.rows))),
        x=[row.score.floor for row in chart.rows],
        marker={"symbol": "line-ns-open", "size": 0.84 * ROW / 1.4, "color": theme.chance_line, "line": {"width": 1.5}},
        hoverinfo="skip",
        zorder=0,
    )


def _words(chart: _Chart, theme: Theme) -> go.Scatter:
    scores = [row.score for row in chart.rows]
    return go.Scatter(
        name="words",
        mode="text",
        y=list(range(len(chart.rows))),
        x=[row.end for row in chart.rows],
        text=["<br>".join(f"\u00a0{line}" for line in row.words) for row in chart.rows],
        textposition="middle right",
        textfont={"size": SMALL, "color": [theme.text if score.detectable else theme.muted for score in scores]},
        hoverinfo="skip",
        cliponaxis=False,
        zorder=2,
    )


def _targets(chart: _Chart) -> go.Bar:
    """Cover each row from end to end, so that a bar too short to hit can be opened too."""
    return go.Bar(
        name="row",
        y=list(range(len(chart.rows))),
        x=[chart.top] * len(chart.rows),
        customdata=[row.score.name for row in chart.rows],
        hovertext=[row.hover for row in chart.rows],
        hoverinfo="text",
        orientation="h",
        width=1,
        marker={"color": NOTHING, "line": {"width": 0}},
        zorder=3,
    )


def _add_key(figure: go.Figure, chart: _Chart, theme: Theme) -> None:
    """Say at the first floor what a floor is, on the side where there is room on a narrow screen."""
    first = next(((i, row.score.floor) for i, row in enumerate(chart.rows) if row.score.floor is not None), None)
    if first is None:
        return
    i, floor = first
    to_the_right = floor / chart.top * chart.room + COLUMN * (len(KEY) + 2) < chart.room + 12
    figure.add_annotation(
        x=floor,
        y=i - 0.44,
        text=f"← {KEY}" if to_the_right else f"{KEY} →",
        xanchor="left" if to_the_right else "right",
        yanchor="bottom",
        showarrow=False,
        font={"size": SMALL, "color": theme.muted},
    )
