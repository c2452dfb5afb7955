"""The metric over the order of trials, with the best so far."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from hpi.effects import History
from hpi.figures import rows as table
from hpi.figures.alternative import of_history
from hpi.figures.axes import Scale, metric_axis, padded
from hpi.figures.heading import Fact, heading
from hpi.figures.labels import number, wrapped
from hpi.figures.theme import SMALL, Theme, draw
from hpi.space import Integers

HEIGHT = 340  # pixels
MOST_POINTS = 1000


def history(history: History, theme: Theme) -> go.Figure:
    """Return every trial as a point (thinned beyond 1,000) and the best so far as a line of steps."""
    index, scale = _drawn(history), Scale.of(history.metric, history.outcome)
    title, above = heading(_facts(history, len(index), scale), theme)
    n = len(history.metric)
    figure = draw(
        theme,
        above + HEIGHT,
        title=title,
        meta=of_history(history) | table.of_history(history),
        margin={"l": 12, "r": 16, "t": above, "b": 12},
        xaxis={"title": {"text": "trial, in the order of the file"}, "range": [0.5 - 0.02 * n, n + 0.5 + 0.02 * n]},
        yaxis=metric_axis(history.outcome, scale) | {"range": padded(scale.low, scale.high, scale.log, 0.08)},
    )
    figure.add_traces([_points(history, index, scale, theme), _steps(history, scale, theme)])
    _label_end(figure, history, scale, theme)
    return figure


def _drawn(history: History) -> Integers:
    """Positions of at most 1,000 trials, all those among them that were the best so far, if there is room."""
    n = len(history.metric)
    if n <= MOST_POINTS:
        return np.arange(n)
    better = np.flatnonzero(history.improves)[-MOST_POINTS // 2 :]
    others = np.linspace(0, n - 1, MOST_POINTS - len(better)).round().astype(np.int64)
    return np.union1d(better, others)


def _facts(history: History, n_drawn: int, scale: Scale) -> list[Fact]:
    n, n_beyond = len(history.metric), int(scale.beyond(history.metric).sum())
    return [
        Fact(f"{n:,} trials" if n_drawn == n else f"{n_drawn:,} of {n:,} trials drawn"),
        Fact("line: the best so far"),
        *([Fact(f"{n_beyond:,} lie beyond the edge and are drawn on it")] if n_beyond else []),
    ]


def _points(history: History, index: Integers, scale: Scale, theme: Theme) -> go.Scatter:
    return go.Scatter(
        name="trials",
        x=index + 1,
        y=scale.clipped(history.metric[index]),
        customdata=np.column_stack([index + 1, history.metric[index]]),
        mode="markers",
        marker={"size": 5, "color": theme.region, "opacity": 0.5},
        hovertemplate=f"trial %{{x}}<br>{wrapped(history.outcome.name, 46)}: %{{customdata[1]:.4g}}<extra></extra>",
    )


def _steps(history: History, scale: Scale, theme: Theme) -> go.Scatter:
    """The best so far: its changes and the last trial say all of it."""
    better = np.flatnonzero(history.improves)
    at, since = np.append(better, len(history.metric) - 1), np.append(better, better[-1]) + 1
    return go.Scatter(
        name="best so far",
        x=at + 1,
        y=scale.clipped(history.best[at]),
        customdata=np.column_stack([at + 1, history.best[at], since]),
        mode="lines",
        line={"shape": "hv", "color": theme.text, "width": 2},
        hovertemplate="best so far: %{customdata[1]:.4g}<br>since trial %{customdata[2]}<extra></extra>",
    )


def _label_end(figure: go.Figure, history: History, scale: Scale, theme: Theme) -> None:
    last = float(scale.clipped(history.best[-1:])[0])
    figure.add_annotation(
        x=len(history.metric),
        y=np.log10(last) if scale.log else last,
        text=f"best {number(float(history.best[-1]))}",
        xanchor="right",
        yanchor="bottom" if history.outcome.maximize else "top",
        showarrow=False,
        font={"size": SMALL, "color": theme.text},
    )
