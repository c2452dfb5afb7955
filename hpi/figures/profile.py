"""What the best trials look like: an axis below the other for each hyperparameter, a line down through them a trial.

Axes lie, so that names and levels have room on any screen. On each of them stands how the region's trials are spread
over it, and how the target's are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from hpi.effects import OTHER, ProfileAxis, TargetProfile
from hpi.figures import bar_words
from hpi.figures import rows as table
from hpi.figures.alternative import of_profile
from hpi.figures.axes import Scale, log_ticks
from hpi.figures.cells import round_values
from hpi.figures.heading import Fact, heading
from hpi.figures.labels import folded, number, percent, plain, short, shortened, wrapped
from hpi.figures.theme import SMALL, Theme, draw, faded
from hpi.results import ImportanceResult
from hpi.space import Floats

ROW, TALL = 84, 98  # pixels from one axis to the next: with one line of ticks below it, or two
HIGH, NAME_AT, TICK_AT = 0.26, 0.31, 0.03  # of a row: a density, the name above it, the ticks under the axis
JITTER, GOLDEN = 0.5, 0.6180339887498949  # of the width of a cell
PAD, STRIP = 0.035, 0.16  # left and right of the axes, and for trials in which a hyperparameter is inactive
INACTIVE = 1 + PAD + STRIP / 2
NARROW, COLUMN = 285, 6.6  # pixels of an axis on a narrow screen, and of a character
NAME, BEST, METRIC, HOVER = 24, 10, 13, 30  # columns
SEEN = 15  # so many lines at full strength would be as dark as all of them together are
BINS = 16


@dataclass(frozen=True, eq=False)
class _Row:
    """An axis as it is drawn: lines cross it at `place`, nan where inactive; ticks are escaped."""

    name: str
    beside: str
    best: str
    place: Floats
    edges: Floats
    target: Floats
    region: Floats
    cells: tuple[str, ...]
    ticks: tuple[float, ...]
    tick_words: tuple[str, ...]


def parallel(profile: TargetProfile, result: ImportanceResult, theme: Theme) -> go.Figure:
    """Return the target's trials as lines over the hyperparameters, strongest on top, the metric at the bottom."""
    rows = [*(_row(axis, profile, result) for axis in profile.axes), _metric(profile)]
    strip = any(max(axis.inactive) > 0 for axis in profile.axes)
    title, above = heading(_facts(profile, strip, theme), theme)
    hidden = {"visible": False, "fixedrange": True}
    in_two_lines = any("<br>" in text for row in rows for text in row.tick_words)
    figure = draw(
        theme,
        int(above + (TALL if in_two_lines else ROW) * (len(rows) - 0.1)),
        title=title,
        meta=of_profile(profile) | table.of_profile(profile),
        margin={"l": 8, "r": 8, "t": above, "b": 4},
        barmode="overlay",
        bargap=0,
        xaxis={**hidden, "range": [-PAD, 1 + PAD + STRIP * strip]},
        yaxis={**_named(rows), "range": [len(rows) - 0.55, -0.65]},
    )
    figure.add_traces([_regions(rows, theme), _targets(rows, theme), _axes(rows, theme), _lines(rows, profile, theme)])
    figure.add_trace(_best(rows, profile, theme))
    figure.update_layout(annotations=[note for i, row in enumerate(rows) for note in _notes(i, row, theme)])
    return figure


def _named(rows: list[_Row]) -> dict[str, object]:
    """Return ticks that nobody sees: who saves the chart as data finds the names of the axes there."""
    names = [plain(row.name) for row in rows]
    unseen = {"showticklabels": False, "showgrid": False, "fixedrange": True}
    return {"tickvals": list(range(len(rows))), "ticktext": names, **unseen}


# ---- rows


def _row(axis: ProfileAxis, profile: TargetProfile, result: ImportanceResult) -> _Row:
    (score,) = [score for score in result.hyperparameters if score.name == axis.hyperparameter.name]
    ticks, tick_words = _ticks(axis)
    name = axis.hyperparameter.name
    in_hover = short(name, HOVER)
    return _Row(
        name=name,
        beside=bar_words.briefly(result, score),
        best=axis.best,
        place=_jittered(axis, profile),
        edges=axis.edges,
        target=axis.target,
        region=axis.region,
        cells=tuple(_said(in_hover, axis, i) for i in range(len(axis.labels))),
        ticks=ticks,
        tick_words=tick_words,
    )


def _jittered(axis: ProfileAxis, profile: TargetProfile) -> Floats:
    """Places of the lines; in the cell of a level they are spread, always alike, the best in its middle."""
    place = np.where(np.isnan(axis.place), INACTIVE, axis.place)
    width = np.where(np.isnan(axis.place), 0.7 * STRIP, 1 / len(axis.labels) if axis.ends is None else 0.0)
    offset = (profile.row + 1) * GOLDEN % 1 - 0.5
    offset[0] = 0.0
    return np.asarray(place + JITTER * width * offset)


def _share(value: float) -> str:
    return "none" if np.isnan(value) else percent(float(f"{value:.2g}"))


def _said(name: str, axis: ProfileAxis, i: int) -> str:
    shares = f"{_share(axis.target[i])} of the target, {_share(axis.region[i])} of the region"
    return wrapped(f"{name}: {short(axis.labels[i], HOVER)}. {shares}", 46)


def _ticks(axis: ProfileAxis) -> tuple[tuple[float, ...], tuple[str, ...]]:
    if axis.ends is None:
        middles = (axis.edges[1:] + axis.edges[:-1]) / 2
        columns = max(3, int(NARROW / len(axis.labels) / COLUMN) - 1)
        labels = [*axis.labels[:-1], f"{OTHER} {axis.n_grouped}"] if axis.n_grouped else axis.labels
        words = [folded(one, columns) for one in shortened(labels, max(4, 2 * columns - 2))]
        return tuple(middles.tolist()), tuple(words)
    values, texts = round_values(*axis.ends, axis.hyperparameter.log)
    return tuple(axis.placed(np.array(values)).tolist()), tuple(texts)


def _metric(profile: TargetProfile) -> _Row:
    scale = Scale.of(profile.region_metric, profile.outcome)

    def place(values: Floats) -> Floats:
        ends = np.array([scale.low, scale.high])
        at, (low, high) = (np.log10(v) if scale.log else v for v in (scale.clipped(values), ends))
        return np.asarray((at - low) / (high - low))

    edges = np.linspace(0, 1, BINS + 1)
    parts = (profile.target_metric, profile.region_metric)
    target, region = (np.histogram(place(part), edges)[0] / len(part) for part in parts)
    values, texts = log_ticks(scale.low, scale.high) if scale.log else round_values(scale.low, scale.high, False)
    return _Row(
        name=short(profile.outcome.name, METRIC),
        beside=_direction(profile),
        best=number(float(profile.metric[0])),
        place=place(profile.metric),
        edges=edges,
        target=target,
        region=region,
        cells=tuple(
            f"{_share(t)} of the target, {_share(r)} of the region" for t, r in zip(target, region, strict=True)
        ),
        ticks=tuple(place(np.array(values)).tolist()),
        tick_words=tuple(texts),
    )


def _direction(profile: TargetProfile) -> str:
    if profile.outcome.ranked:
        return "rank in its task, 0 is best"
    return "higher is better" if profile.outcome.maximize else "lower is better"


# ---- traces


def _heights(row: _Row, share: Floats) -> Floats:
    """Heights of cells in rows: densities, so that areas are shares; the highest of both fills the room."""
    width = np.diff(row.edges)
    highest = np.nanmax([*(row.target / width), *(row.region / width), 1e-9])
    return np.asarray(np.nan_to_num(HIGH * share / width / highest))


def _regions(rows: list[_Row], theme: Theme) -> go.Bar:
    x = np.concatenate([(row.edges[1:] + row.edges[:-1]) / 2 for row in rows])
    base = np.concatenate([np.full(len(row.region), i) for i, row in enumerate(rows)])
    return go.Bar(
        name="region",
        x=x,
        y=-np.concatenate([_heights(row, row.region) for row in rows]),
        base=base,
        width=np.concatenate([np.diff(row.edges) for row in rows]),
        marker={"color": faded(theme.region, 0.35), "line": {"width": 0}},
        hovertext=[words for row in rows for words in row.cells],
        hoverinfo="text",
    )


def _targets(rows: list[_Row], theme: Theme) -> go.Scatter:
    """Outline of how the target is spread over each axis."""
    gap = [np.nan]
    x = [np.concatenate([np.repeat(row.edges, 2), gap]) for row in rows]
    y = [np.concatenate([[i], np.repeat(i - _heights(row, row.target), 2), [i], gap]) for i, row in enumerate(rows)]
    return go.Scatter(
        name="target",
        mode="lines",
        x=np.concatenate(x),
        y=np.concatenate(y),
        line={"color": theme.target, "width": 1.5},
        hoverinfo="skip",
    )


def _axes(rows: list[_Row], theme: Theme) -> go.Scatter:
    n = len(rows)
    return go.Scatter(
        name="axes",
        mode="lines",
        x=np.tile([0.0, 1.0, np.nan], n),
        y=np.repeat(np.arange(n, dtype=float), 3),
        line={"color": theme.chance_line, "width": 1},
        hoverinfo="skip",
    )


def _lines(rows: list[_Row], profile: TargetProfile, theme: Theme) -> go.Scatter:
    """All trials of the target but the best, as one trace with gaps."""
    n, gap = len(profile.row) - 1, np.full((len(profile.row) - 1, 1), np.nan)
    x = np.column_stack([*(row.place[1:] for row in rows), gap])
    y = np.tile([*range(len(rows)), np.nan], n)
    who = np.repeat(np.column_stack([profile.row[1:] + 1, profile.metric[1:]]), x.shape[1], axis=0)
    return go.Scatter(
        name="trials",
        mode="lines",
        x=x.ravel().astype(np.float32),
        y=y.astype(np.float32),
        customdata=who.astype(np.float32),
        line={"color": faded(theme.target, min(0.6, max(0.1, SEEN / max(1, n)))), "width": 1},
        hovertemplate=f"trial %{{customdata[0]}}<br>{wrapped(profile.outcome.name, 46)}: "
        "%{customdata[1]:.4g}<extra></extra>",
    )


def _best(rows: list[_Row], profile: TargetProfile, theme: Theme) -> go.Scatter:
    trial = f"the best: trial {profile.row[0] + 1:,}"
    return go.Scatter(
        name="best",
        mode="lines+markers",
        x=[float(row.place[0]) for row in rows],
        y=list(range(len(rows))),
        line={"color": theme.text, "width": 2.5},
        marker={"color": theme.text, "size": 6},
        hovertext=[f"{trial}<br>{wrapped(f'{row.name}: {row.best}', 46)}" for row in rows],
        hoverinfo="text",
    )


# ---- words


def _notes(i: int, row: _Row, theme: Theme) -> list[dict[str, object]]:
    """Name, best value and ticks of an axis, readable over the lines."""
    common = {"showarrow": False, "bgcolor": faded(theme.background, 0.75), "borderpad": 1}
    quiet = {"size": SMALL, "color": theme.muted}
    share = f' <span style="color:{theme.muted}">{plain(row.beside)}</span>' if row.beside else ""
    over = {**common, "y": i - NAME_AT, "yanchor": "bottom"}
    notes = [
        {**over, "x": 0, "xanchor": "left", "text": f"<b>{plain(short(row.name, NAME))}</b>{share}",
         "font": {"size": SMALL, "color": theme.text}},
        {**over, "x": 1, "xanchor": "right", "text": f"best: {plain(short(row.best, BEST))}",
         "font": {"size": SMALL, "color": theme.text}},
    ]  # fmt: skip
    under = {**common, "y": i + TICK_AT, "yanchor": "top", "font": quiet}
    notes += [{**under, "x": at, "text": text} for at, text in zip(row.ticks, row.tick_words, strict=True)]
    if (row.place > 1 + PAD).any():
        notes.append({**under, "x": INACTIVE, "text": "inactive"})
    return notes


def _facts(profile: TargetProfile, strip: bool, theme: Theme) -> list[Fact]:
    n = len(profile.row)
    drawn = f"{profile.n_target:,} trials" if n == profile.n_target else f"{n:,} of {profile.n_target:,} trials"
    return [
        Fact(f"lines: the target, {drawn}", theme.target),
        Fact("thick: the best of all", theme.text, bold=True),
        Fact("outline: where the target lies", theme.target),
        Fact(f"■ where the region lies: {profile.n_region:,} trials", theme.region),
        *([Fact(f"{profile.n_left_out} weaker hyperparameters are not shown")] if profile.n_left_out else []),
    ]
