"""Every trial's metric against the value of one hyperparameter, with running quartiles or a box for each level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from hpi.effects import AdjustedEffects, OneEffect
from hpi.figures import overlays
from hpi.figures import rows as table
from hpi.figures.alternative import of_trials
from hpi.figures.axes import Scale, is_upright, level_labels, metric_axis, name_of, said, value_axis
from hpi.figures.heading import Fact, heading
from hpi.figures.labels import plain, wrapped
from hpi.figures.overlays import Overlay
from hpi.figures.rows import Rows
from hpi.figures.theme import NOTHING, Theme, draw, faded
from hpi.space import Floats, Integers, Mask

MOST_POINTS, MOST_TARGET = 1000, 300
HEIGHT, ROW, BELOW = 400, 40, 60  # pixels
HOVER = 46  # columns
JITTER = 0.3
GOLDEN = 0.6180339887498949
STRIP = 0.17  # of the width, for trials in which the hyperparameter is inactive


@dataclass(frozen=True, eq=False)
class _Part:
    """Trials that are drawn alike: positions in the effect's arrays, shape (n_drawn,)."""

    name: str
    index: Integers
    n_trials: int
    marker: dict[str, object]


@dataclass(frozen=True, eq=False)
class _Picture:
    """What is drawn; `lengthwise` says that levels stand below each other and the metric runs to the right."""

    effect: OneEffect
    parts: tuple[_Part, ...]
    scale: Scale
    lengthwise: bool
    inactive: Mask


def metric_against(effect: OneEffect, theme: Theme, adjusted: AdjustedEffects | None = None) -> go.Figure:
    """Return the trials as points: target, rest of the region and outside, at most about 1,000 of them.

    Over them their mean, and the curve of `adjusted` if there is one.
    """
    picture = _picture(effect, theme)
    overlay = Overlay.of(effect, picture.scale, picture.lengthwise, adjusted)
    title, above = heading([*_facts(picture, theme), *overlays.facts(overlay, theme)], theme)
    rows = 0 if effect.levels is None else len(effect.levels) + bool(picture.inactive.any())
    height = above + 70 + ROW * rows if picture.lengthwise else HEIGHT + above
    margin = {"l": 12, "r": 16, "t": above, "b": 12}
    meta = of_trials(effect) | _rows(picture, overlay)
    figure = draw(theme, int(height), title=title, meta=meta, margin=margin, **_layout(picture))
    figure.add_traces(_quartiles(picture, theme) if effect.levels is None else _boxes(picture, theme))
    figure.add_traces([_points(picture, part, inactive=False) for part in picture.parts])
    if picture.inactive.any():
        figure.add_traces([_points(picture, part, inactive=True) for part in picture.parts])
    figure.add_trace(_medians(picture, theme))
    figure.add_traces(overlays.lines(overlay, theme))
    figure.update_layout(annotations=overlays.names(overlay, theme, HEIGHT - BELOW))
    return figure


def _picture(effect: OneEffect, theme: Theme) -> _Picture:
    n = len(effect.metric)
    target = _thinned(0, effect.n_target, MOST_TARGET)
    left = MOST_POINTS - len(target)
    n_region, n_outside = effect.n_region - effect.n_target, n - effect.n_region
    share = left if n_region + n_outside <= left else round(left * n_region / (n_region + n_outside))
    region = _thinned(effect.n_target, effect.n_region, share)
    outside = _thinned(effect.n_region, n, left - min(share, n_region))
    faint, middle = {"size": 4, "color": theme.chance_line, "opacity": 0.25}, {"size": 5, "color": theme.region}
    strong = {"size": 7, "color": theme.target, "line": {"width": 1, "color": theme.background}}
    return _Picture(
        effect=effect,
        parts=(
            _Part("outside", outside, n_outside, faint),
            _Part("region", region, n_region, {**middle, "opacity": 0.45}),
            _Part("target", target, effect.n_target, {**strong, "opacity": 0.9}),
        ),
        scale=Scale.of(effect.metric, effect.outcome),
        lengthwise=effect.levels is not None and not is_upright(effect.levels),
        inactive=np.isnan(effect.value),
    )


def _rows(picture: _Picture, overlay: Overlay) -> Rows:
    """The lines as a table, none of them cut at the edge; the points carry their own rows."""
    q = picture.effect.quartiles
    lines = [("median and middle half", (q.at, q.median, q.low, q.high)), *overlays.numbers(overlay)]
    names = [part.name for part in picture.parts]
    points = [*names, *(_inactive(name) for name in names)]
    return table.of_trials(picture.effect, lines, points)


def _inactive(name: str) -> str:
    return f"{name}, inactive"


def _thinned(start: int, stop: int, most: int) -> Integers:
    """At most `most` of the trials from `start` to `stop`, evenly over their ranks, the best always among them."""
    if stop - start <= most:
        return np.arange(start, stop)
    return np.unique(np.linspace(start, stop - 1, max(most, 1)).round().astype(np.int64))


def _facts(picture: _Picture, theme: Theme) -> list[Fact]:
    effect = picture.effect
    n, n_inactive = len(effect.metric), int(picture.inactive.sum())
    drawn = sum(len(part.index) for part in picture.parts)
    n_beyond = int(picture.scale.beyond(effect.metric).sum())
    curve = "line: running median, band: middle half"
    boxes = "box: middle half, line: median"
    n_rest, n_outside = effect.n_region - effect.n_target, n - effect.n_region
    facts = [
        Fact(f"● target: {effect.n_target:,} trials", theme.target),
        Fact(f"● {'other trials' if not n_outside else 'rest of the region'}: {n_rest:,}", theme.region),
        *([Fact(f"○ outside the region: {n_outside:,}")] if n_outside else []),
        Fact(curve if effect.levels is None else boxes),
        *([Fact(f"inactive in {n_inactive:,}")] if n_inactive else []),
        *([Fact(f"{drawn:,} of {n:,} trials drawn")] if drawn < n else []),
        *([Fact(f"{n_beyond:,} lie beyond the edge and are drawn on it")] if n_beyond else []),
    ]
    grouped = 0 if effect.levels is None else effect.levels.n_grouped
    return [*facts, *([Fact(f"the {grouped:,} rarest levels are one group")] if grouped else [])]


def _layout(picture: _Picture) -> dict[str, object]:
    effect = picture.effect
    metric = metric_axis(effect.outcome, picture.scale)
    if effect.levels is not None:
        levels = _level_axis(picture)
        return {"xaxis": metric, "yaxis": levels} if picture.lengthwise else {"xaxis": levels, "yaxis": metric}
    value = value_axis(effect.hyperparameter, effect.bounds)
    if not picture.inactive.any():
        return {"xaxis": value, "yaxis": metric}
    strip = {
        "domain": [1 - STRIP, 1],
        "range": [-0.6, 0.6],
        "tickvals": [0],
        "ticktext": ["inactive"],
        "showgrid": False,
        "automargin": True,
    }
    return {"xaxis": {**value, "domain": [0, 0.96 - STRIP]}, "xaxis2": strip, "yaxis": metric}


def _level_axis(picture: _Picture) -> dict[str, object]:
    levels = picture.effect.levels
    assert levels is not None
    labels = level_labels(levels.labels)
    places = [float(k) for k in range(len(levels))]
    if picture.inactive.any():
        labels, places = [*labels, "<i>inactive</i>"], [*places, float(len(levels))]
    ends = [-0.6, places[-1] + 0.6]
    return {
        "range": ends[::-1] if picture.lengthwise else ends,
        "tickvals": places,
        "ticktext": labels,
        "title": {"text": name_of(picture.effect.hyperparameter)},
        "showgrid": False,
        "ticks": "outside",
        "ticklen": 6,
        "tickcolor": NOTHING,
    }


def _placed(picture: _Picture, along: object, metric: object) -> dict[str, object]:
    """Coordinates of points on the axis of the hyperparameter and on that of the metric."""
    return {"x": metric, "y": along} if picture.lengthwise else {"x": along, "y": metric}


def _points(picture: _Picture, part: _Part, inactive: bool) -> go.Scatter:
    effect = picture.effect
    index = part.index[picture.inactive[part.index] == inactive]
    along, jitter = effect.value[index], _jitter(effect.row[index])
    if inactive:
        along = jitter + (0 if effect.levels is None else len(effect.levels))
    elif effect.levels is not None:
        along = along + jitter
    extra = {"xaxis": "x2"} if inactive and effect.levels is None else {}
    return go.Scatter(
        name=_inactive(part.name) if inactive else part.name,
        mode="markers",
        **_placed(picture, along, picture.scale.clipped(effect.metric[index])),
        marker=part.marker,
        **_hover(picture, index),
        **extra,
    )


def _jitter(row: Integers) -> Floats:
    """Offsets that spread points of one level evenly and are the same in every picture."""
    return np.asarray(2 * JITTER * ((row + 1) * GOLDEN % 1 - 0.5))


def _hover(picture: _Picture, index: Integers) -> dict[str, object]:
    """Say the metric, the value and the trial's number; numbers are filled in by Plotly, names are escaped."""
    effect = picture.effect
    metric, name = (wrapped(f"{one}:", HOVER) for one in (effect.outcome.name, effect.hyperparameter.name))
    metric += " %{customdata[1]:.4g}<br>"
    trial = "<br>trial %{customdata[0]}<extra></extra>"
    numbers = np.column_stack([effect.row[index] + 1, effect.metric[index]])
    if effect.levels is None:
        numbers = np.column_stack([numbers, effect.value[index]])
        return {"customdata": numbers, "hovertemplate": f"{metric}{name} %{{customdata[2]:.4g}}{trial}"}
    labels = [wrapped(f"{effect.hyperparameter.name}: {label}", HOVER) for label in (*effect.levels.labels, "inactive")]
    text = [labels[code] for code in effect.levels.code[index]]
    numbers = np.column_stack([numbers, effect.levels.code[index]])
    return {"customdata": numbers, "text": text, "hovertemplate": f"{metric}%{{text}}{trial}"}


def _quartiles(picture: _Picture, theme: Theme) -> list[go.Scatter]:
    """The band between the running quartiles."""
    q = picture.effect.quartiles
    x = np.concatenate([q.at, q.at[::-1]])
    y = picture.scale.clipped(np.concatenate([q.high, q.low[::-1]]))
    fill = faded(theme.region, 0.28)
    return [
        go.Scatter(name="middle half", x=x, y=y, fill="toself", fillcolor=fill, line={"width": 0}, hoverinfo="skip")
    ]


def _boxes(picture: _Picture, theme: Theme) -> list[go.Box]:
    """One box a level from quartiles that were computed over all trials of the region."""
    q = picture.effect.quartiles
    low, median, high = (picture.scale.clipped(one) for one in (q.low, q.median, q.high))
    return [
        go.Box(
            name="middle half",
            **({"y": q.at} if picture.lengthwise else {"x": q.at}),
            orientation="h" if picture.lengthwise else "v",
            q1=low,
            median=median,
            q3=high,
            lowerfence=low,
            upperfence=high,
            fillcolor=faded(theme.region, 0.22),
            line={"color": theme.region, "width": 1},
            width=0.8,
            whiskerwidth=0,
            hoverinfo="skip",
        )
    ]


def _medians(picture: _Picture, theme: Theme) -> go.Scatter:
    """The medians on top of the points: a line along the values, or a stroke through each box."""
    q = picture.effect.quartiles
    median = picture.scale.clipped(q.median)
    along = q.at
    if picture.effect.levels is not None:
        gap = np.full(len(q.at), np.nan)
        along = np.column_stack([q.at - 0.4, q.at + 0.4, gap]).ravel()
        median = np.column_stack([median, median, gap]).ravel()
    return go.Scatter(
        name="median",
        mode="lines",
        **_placed(picture, along, median),
        line={"color": theme.text, "width": 2},
        hovertemplate=f"median of {plain(said(picture.effect.outcome))}: "
        + ("%{x:.4g}" if picture.lengthwise else "%{y:.4g}")
        + "<extra></extra>",
    )
