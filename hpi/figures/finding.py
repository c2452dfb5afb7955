"""The picture of a finding: what each group of trials reaches, with its interval; what is said stands out."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

import plotly.graph_objects as go

from hpi.figures import rows as table
from hpi.figures.alternative import of_finding
from hpi.figures.finding_places import COLUMN, Places, apart, common_name, names_of, places, round_ticks, rounded
from hpi.figures.heading import LINE, Fact, heading
from hpi.figures.labels import percent, short, width, wrapped
from hpi.figures.theme import NOTHING, SMALL, Theme, draw, faded
from hpi.statements import Finding, FindingKind, Line, Picture, Point

HEIGHT, WITH_NAMES = 220, 280  # pixels; below each other it is a row a group
ROW, DENSE, EACH, FEW = 26, 18, 13, 8  # pixels of a group below others, of one of many, and of one line in it
AXIS = 46  # pixels below the plot
DODGE = 0.14  # of the room of a group
MARKER, LABEL, BETWEEN = 9, 15, 4  # pixels of a dot, of a row of a label, and between two labels
GLYPHS = "●■◆▲▼⬟"
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "triangle-down", "pentagon")
DASHES = ("solid", "dot", "dash", "dashdot", "longdash", "longdashdot")
UNITED = 44  # columns of a name in the heading
TITLE, BESIDE_NAMES = 40, 30  # and under the axis, also where names of lines take a part of the room


def finding(finding: Finding, theme: Theme, tolerance: float | None = None) -> go.Figure:
    """Return the picture of a finding: dots with 95 % intervals, the groups that it speaks of in the target's colour.

    Groups stand beside each other, or below each other where they are many or their names long. `customdata` of a dot
    is its group. Where it is said that there is no difference, a band shows how far apart does not matter, if
    `tolerance` (in units of the metric) says so.
    """
    picture, band = finding.picture, _band(finding, tolerance)
    layout = places(picture, band)
    beside = common_name(picture.lines, finding.hyperparameters) if layout.is_upright else ""
    title, above = heading(_facts(picture, layout, band is not None, beside, theme), theme)
    size = _height(picture, layout, above)
    values, groups = _values(picture, layout), _groups(picture, layout, theme)
    names = names_of(picture.lines, beside) if _is_named(picture) and layout.is_upright else []
    right = 16 + _room_for_names(names)
    figure = draw(
        theme,
        size,
        margin={"l": 12, "r": right, "t": above + 6, "b": 12},
        title=title,
        meta=of_finding(finding, _spoken_of(picture)) | table.of_finding(picture, layout.labels),
        xaxis=groups if layout.is_upright else values,
        yaxis=values if layout.is_upright else groups,
    )
    if band is not None:
        _add_band(figure, band, layout, theme)
    for k in range(len(picture.lines)):
        figure.add_traces(_line(picture, layout, k, theme))
    if names:
        _add_names(figure, picture, names, layout, theme, size - above - _below(picture, layout))
    return figure


def _band(finding: Finding, tolerance: float | None) -> tuple[float, float] | None:
    """Return both ends of a band as wide as the tolerance, around what is said to make no difference."""
    points = [point for line in finding.picture.lines for point in line.points if math.isfinite(point.value)]
    values = [point.value for point in points if point.marked] or [point.value for point in points]
    if finding.kind is not FindingKind.SAME or tolerance is None or not values:
        return None
    middle = (min(values) + max(values)) / 2
    return middle - tolerance / 2, middle + tolerance / 2


def _add_band(figure: go.Figure, band: tuple[float, float], layout: Places, theme: Theme) -> None:
    add = figure.add_hrect if layout.is_upright else figure.add_vrect
    add(*band, fillcolor=faded(theme.chance, 0.45), line={"width": 0}, layer="below")


def _spoken_of(picture: Picture) -> list[str]:
    """Sentences about the groups that the finding speaks of."""
    return [hover(picture, line, point) for line in picture.lines for point in line.points if point.marked]


def _is_named(picture: Picture) -> bool:
    return len(picture.lines) > 1


def _below(picture: Picture, layout: Places) -> int:
    """Pixels below the plot of groups beside each other: with every row of their labels, and of the title."""
    rows = max(1 + word.count("<br>") for word in layout.tick_words)
    return AXIS + 12 + LABEL * (rows - 1 + _title(picture).count("<br>"))


def _title(picture: Picture) -> str:
    columns = BESIDE_NAMES if _is_named(picture) else TITLE
    return wrapped(short(picture.across, 2 * columns - 2), columns)


def _room_for_names(names: list[str]) -> int:
    longest = max((width(html.unescape(row)) for name in names for row in name.split("<br>")), default=0)
    return int(COLUMN * longest)


def _height(picture: Picture, layout: Places, above: int) -> int:
    """Pixels: fixed by what kind of picture it is, and more only for a long heading or for groups in rows."""
    if layout.is_upright:
        return (WITH_NAMES if _is_named(picture) else HEIGHT) + max(0, above - 20 - 2 * LINE)
    row = ROW if len(layout.labels) <= FEW else DENSE
    row = max(row, EACH * len(picture.lines) + 4, *(LABEL * (1 + word.count("<br>")) + 2 for word in layout.tick_words))
    return max(HEIGHT - AXIS, above + row * len(layout.labels)) + AXIS


def _facts(picture: Picture, layout: Places, has_band: bool, beside: str, theme: Theme) -> list[Fact]:
    measured, across = short(picture.measured, UNITED), short(picture.across, UNITED)
    named = _is_named(picture) and not layout.is_upright
    return [
        Fact(measured if layout.is_upright else f"{measured}, by {across}"),
        Fact("lines: 95\u00a0% interval"),
        *([Fact(f"on the right: {short(beside, UNITED)}")] if beside else []),
        *([Fact("grey: so far apart does not matter")] if has_band else []),
        *([Fact(f"{layout.left_out} groups with fewer trials are not shown")] if layout.left_out else []),
        *([_named(line, k, theme) for k, line in enumerate(picture.lines)] if named else []),
    ]


def _named(line: Line, k: int, theme: Theme) -> Fact:
    """Name a line beside its symbol, where there is no last dot to name it at."""
    return Fact(f"{GLYPHS[k % len(GLYPHS)]}\u00a0{short(line.name, UNITED)}", _ink(line.points, theme))


def _ink(points: Sequence[Point], theme: Theme) -> str:
    return theme.target if any(point.marked for point in points) else theme.muted


def _values(picture: Picture, layout: Places) -> dict[str, object]:
    ticks, words = round_ticks(layout.low, layout.high, picture.is_share)
    return {"range": [layout.low, layout.high], "tickvals": ticks, "ticktext": words, "tickangle": 0,
            "fixedrange": True}  # fmt: skip


def _groups(picture: Picture, layout: Places, theme: Theme) -> dict[str, object]:
    last = len(layout.labels) - 0.5
    axis: dict[str, object] = {"tickvals": layout.ticks, "ticktext": layout.tick_words, "tickangle": 0}
    # ticks that nobody sees: they keep the labels away from those of the metric
    axis |= {"ticks": "outside", "ticklen": 8, "tickcolor": NOTHING}
    axis |= {"showgrid": False, "fixedrange": True, "tickfont": {"color": theme.text, "size": SMALL}}
    if layout.is_upright:
        return axis | {"range": [-0.5, last], "title": {"text": _title(picture)}}
    return axis | {"range": [last, -0.5]}


def _line(picture: Picture, layout: Places, k: int, theme: Theme) -> list[go.Scatter]:
    """Return the traces of one line: what joins its groups, then its groups, those of the sentence on top."""
    line = picture.lines[k]
    dodge = DODGE * (k - (len(picture.lines) - 1) / 2) * (0.5 if picture.ordered else 1)
    shown = [(place + dodge, point) for place, point in layout.shown(line)]
    colour = _ink(line.points, theme) if _is_named(picture) else theme.region
    joined = [_joined(line, shown, layout, colour, DASHES[k % len(DASHES)])] if picture.ordered else []
    return joined + [
        _dots(line, [one for one in shown if one[1].marked == marked], picture, layout, k, theme)
        for marked in (False, True)
        if any(point.marked == marked for _, point in shown)
    ]


def _joined(line: Line, shown: list[tuple[float, Point]], layout: Places, colour: str, dash: str) -> go.Scatter:
    along, values = [place for place, _ in shown], [point.value for _, point in shown]
    return go.Scatter(
        name=f"line {line.name}".strip(),
        **_turned(layout, along, values),
        mode="lines",
        line={"color": colour, "width": 1.2, "dash": dash},
        opacity=0.6,
        hoverinfo="skip",
    )


def _dots(
    line: Line, shown: list[tuple[float, Point]], picture: Picture, layout: Places, k: int, theme: Theme
) -> go.Scatter:
    points = [point for _, point in shown]
    marked = points[0].marked
    colour = theme.target if marked else theme.region
    error = "error_y" if layout.is_upright else "error_x"
    return go.Scatter(
        name=f"{'marked' if marked else 'other'} {line.name}".strip(),
        **_turned(layout, [place for place, _ in shown], [point.value for point in points]),
        **{error: _interval(points, colour)},
        mode="markers",
        marker={"color": colour, "size": MARKER, "symbol": SYMBOLS[k % len(SYMBOLS)], "line": {"width": 0}},
        customdata=[point.label for point in points],
        hovertext=[wrapped(hover(picture, line, point), 46) for point in points],
        hoverinfo="text",
    )


def _turned(layout: Places, along: list[float], values: list[float]) -> dict[str, list[float]]:
    return {"x": along, "y": values} if layout.is_upright else {"x": values, "y": along}


def _interval(points: list[Point], colour: str) -> dict[str, object]:
    """Both lengths from the dot; none where an end is not known."""

    def length(end: float) -> float | None:
        return max(0.0, end) if math.isfinite(end) else None

    return {
        "type": "data",
        "symmetric": False,
        "array": [length(point.high - point.value) for point in points],
        "arrayminus": [length(point.value - point.low) for point in points],
        "color": colour,
        "thickness": 1.5,
        "width": 3,
    }


def hover(picture: Picture, line: Line, point: Point) -> str:
    """Say everything that is known of a group; not escaped."""
    where = f"{picture.across}: {point.label}" + (f" ({line.name})" if line.name else "")
    half = (point.high - point.low) / 2
    known = math.isfinite(half) and half > 0
    if picture.is_share:
        value, low, high = (percent(round(end, 3)) for end in (point.value, point.low, point.high))
    else:
        step = 10.0 ** (math.floor(math.log10(half)) - 1) if known else abs(point.value) / 1000 or 1.0
        value, low, high = (rounded(end, step) for end in (point.value, point.low, point.high))
    interval = f" [{low} to {high}]" if known else ""
    trials = "1 trial" if point.n == 1 else f"{point.n:,} trials"
    return f"{where}. {picture.measured} {value}{interval}, {trials}."


def _add_names(figure: go.Figure, picture: Picture, names: list[str], layout: Places, theme: Theme, plot: int) -> None:
    """Name each line beside its last group, apart from each other; `plot`: pixels of the metric's axis."""
    lines = [[one for one in layout.shown(line) if math.isfinite(one[1].value)] for line in picture.lines]
    known = [(name, shown) for name, shown in zip(names, lines, strict=True) if shown]
    rows = max((1 + name.count("<br>") for name, _ in known), default=1)
    room = (LABEL * rows + BETWEEN) * (layout.high - layout.low) / max(1, plot)
    heights = apart([shown[-1][1].value for _, shown in known], room, layout.low, layout.high)
    for (name, shown), height in zip(known, heights, strict=True):
        figure.add_annotation(
            x=len(layout.labels) - 0.6,
            y=height,
            text=name,
            align="left",
            xanchor="left",
            showarrow=False,
            font={"size": SMALL, "color": _ink([point for _, point in shown], theme)},
        )
