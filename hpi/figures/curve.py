"""Importance against the threshold: a line a hyperparameter, from excellent trials on the left to good ones."""

from __future__ import annotations

import math

import numpy as np
import plotly.graph_objects as go

from hpi.curve import Curve
from hpi.estimators import by_name
from hpi.figures import rows as table
from hpi.figures.alternative import of_curve
from hpi.figures.axes import from_zero
from hpi.figures.finding_places import apart
from hpi.figures.heading import Fact, heading
from hpi.figures.labels import decimals, percent, plain, shortened, width, wrapped
from hpi.figures.theme import NOTHING, SMALL, Theme, draw, faded
from hpi.results import ImportanceResult
from hpi.space import Floats, Mask
from hpi.words.parts import found_part, found_parts

HEIGHT = 340  # pixels of the plot
LINE = 17  # pixels between two labels
COLUMN, NAME = 6.8, 14  # pixels and columns of a label
COLOURS = {
    "light": ("#0F766E", "#4338CA", "#BE185D", "#92400E", "#0369A1"),
    "dark": ("#2DD4BF", "#A5B4FC", "#F9A8D4", "#FDBA74", "#7DD3FC"),
}
TICKS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
FINE_TICKS = (*TICKS[:-1], 0.3, 0.4, 0.5)  # for a small table, which knows little but wide targets
FEW_TICKS = 3
GREY_NAMES = 5
OFTEN = 0.25
ROOM_ABOVE = 1.06
PAD = 0.02
NEAR = 60  # pixels from a point of a line: what is clicked there is meant


def against_target(curve: Curve, result: ImportanceResult, theme: Theme) -> go.Figure:
    """Return the lines of all hyperparameters, those that stand out in colour, and the target that is asked now."""
    clear = outstanding(curve)
    colours = dict(zip(clear, COLOURS[theme.name], strict=False))
    title, above = heading(_facts(curve, result, len(clear), theme), theme)
    top = _top(curve, list(colours))
    label = {j: name for j, name in zip(colours, shortened([curve.names[j] for j in colours], NAME), strict=True)}
    right = 16 + COLUMN * max((width(name) for name in label.values()), default=0)
    figure = draw(
        theme,
        above + HEIGHT + 46,
        hoverdistance=NEAR,
        title=title,
        meta=of_curve(curve, result) | table.of_curve(curve),
        margin={"l": 12, "r": int(right), "t": above, "b": 46},
        xaxis=_x_axis(curve),
        yaxis=_y_axis(top),
    )
    figure.add_traces([_line(curve, j, None, result.used, theme) for j in range(len(curve.names)) if j not in colours])
    figure.add_traces([_band(curve, j, colour) for j, colour in reversed(colours.items())])
    figure.add_traces([_line(curve, j, colour, result.used, theme) for j, colour in reversed(colours.items())])
    _add_labels(figure, curve, label, colours, top)
    _add_thin(figure, curve, theme)
    _add_now(figure, curve, result, theme)
    return figure


def outstanding(curve: Curve) -> list[int]:
    """Columns of the hyperparameters whose interval often leaves 0 behind, strongest first."""
    rows = _well_filled(curve)
    if not rows.any():
        return []
    importance, low = (np.nan_to_num(values[rows]) for values in (curve.importance, curve.low))
    clear = (low > 0).mean(axis=0) >= OFTEN
    order = sorted(range(len(curve.names)), key=lambda j: (-importance[:, j].mean(), curve.names[j]))
    return [j for j in order if clear[j]]


def _well_filled(curve: Curve) -> Mask:
    """Targets with 20 trials and more; all that are known where no target has so many."""
    filled: Mask = curve.known & ~curve.thin
    return filled if filled.any() else curve.known


def _top(curve: Curve, coloured: list[int]) -> float:
    rows = _well_filled(curve)
    inked = [curve.importance[curve.known].ravel(), curve.high[rows][:, coloured].ravel()]
    values = np.concatenate(inked)
    return ROOM_ABOVE * float(np.nanmax(values, initial=0.01))


def _facts(curve: Curve, result: ImportanceResult, n_clear: int, theme: Theme) -> list[Fact]:
    goal = "higher" if result.direction == "maximize" else "lower"
    found = found_parts(result)[0]
    region = "all trials" if found == 1 else f"the best {percent(found)}"
    return [
        Fact(by_name(result.estimator).title),
        Fact(f"{result.metric}, {goal} is better"),
        Fact(f"among {region}"),
        *([Fact("only " + " and ".join(result.subspace.where))] if result.subspace.where else []),
        Fact("bands: 95\u00a0% interval"),
        *_grey(curve, n_clear, len(COLOURS[theme.name])),
        *([] if curve.known.all() else [Fact("no line: under 8 trials in the target")]),
    ]


def _grey(curve: Curve, n_clear: int, n_colours: int) -> list[Fact]:
    """Say which lines are grey, and why, if any."""
    n = len(curve.names)
    if n_clear > n_colours:
        return [Fact(f"grey: the other {n - n_colours}, weaker")]
    if n_clear == n:
        return []
    clear = outstanding(curve)
    others = [name for j, name in enumerate(curve.names) if j not in clear]
    many = f"the other {len(others)}" if clear else f"all {n}"
    which = ", ".join(shortened(others, NAME)) if len(others) <= GREY_NAMES else many
    return [Fact(f"grey: {which}: seldom above 0 for sure")]


def _x_axis(curve: Curve) -> dict[str, object]:
    first, last = _ends(curve)
    ticks = _between(TICKS, first, last)
    ticks = _between(FINE_TICKS, first, last) if len(ticks) < FEW_TICKS else ticks
    ticks = [first, last] if len(ticks) == 1 else ticks
    pad = PAD * math.log10(last / first)
    return {
        "type": "log",
        "range": [math.log10(first) - pad, math.log10(last) + pad],
        "tickvals": ticks,
        "ticktext": [f"{100 * tick:.2g}" for tick in ticks],
        "tickangle": 0,
        "title": {"text": "target: the best … % of the trials"},
        "fixedrange": True,
    }


def _between(ticks: tuple[float, ...], first: float, last: float) -> list[float]:
    return [tick for tick in ticks if first * 0.999 <= tick <= last * 1.001]


def _ends(curve: Curve) -> tuple[float, float]:
    """Smallest and largest target of which anything is known; all of them where nothing is."""
    known = curve.targets[curve.known] if curve.known.any() else curve.targets
    first, last = float(known[0]), float(known[-1])
    return (first, last) if first < last else (0.9 * first, 1.1 * last)


def _y_axis(top: float) -> dict[str, object]:
    ticks = from_zero(top)
    return {
        "range": [0, top],
        "tickvals": ticks,
        "ticktext": [plain(percent(tick)) for tick in ticks],
        "title": {"text": "explained alone"},
        "fixedrange": True,
    }


def _line(curve: Curve, j: int, colour: str | None, used: int, theme: Theme) -> go.Scatter:
    return go.Scatter(
        name=curve.names[j],
        x=curve.targets,
        y=curve.importance[:, j],
        mode="lines",
        line={"color": colour or theme.chance_line, "width": 2.5 if colour else 1},
        opacity=1 if colour else 0.7,
        text=[_numbers(curve, i, j) for i in range(len(curve.targets))],
        customdata=_carried(curve, j, used),
        hovertemplate=_hover(curve, j),
    )


def _carried(curve: Curve, j: int, used: int) -> Floats:
    """Per cent and trials of each target, importance and its interval, shape (n_targets, 5); `used`: all trials."""
    parts = [found_part(float(part), int(n), used) for part, n in zip(curve.targets, curve.n_target, strict=True)]
    three = (values[:, j] for values in (curve.importance, curve.low, curve.high))
    return np.column_stack([100 * np.array(parts), curve.n_target, *three]).astype(np.float32)


def _numbers(curve: Curve, i: int, j: int) -> str:
    """Write a point and its interval in per cent, in as many digits as the interval supports."""
    value, low, high = (100 * float(values[i, j]) for values in (curve.importance, curve.low, curve.high))
    if math.isnan(value):
        return ""
    digits = max(0, decimals((high - low) / 200) - 2)
    return f"{value:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def _hover(curve: Curve, j: int) -> str:
    """Everything that is known at one point: one sentence for all points of a line, which fill in their numbers."""
    rest = "the rest" if curve.region == 1 else f"the rest of the best {percent(curve.region)}"
    said = wrapped(f"{curve.names[j]} alone explains", 46)
    target = "best %{customdata[0]:.3g}\u00a0&#37; (%{customdata[1]:,} trials)"
    return f"{said} %{{text}}\u00a0&#37;<br>of what separates the {target}<br>from {plain(rest)}.<extra></extra>"


def _band(curve: Curve, j: int, colour: str) -> go.Scatter:
    """Interval around a line; one outline for each run of known points."""
    runs = _runs(~np.isnan(curve.low[:, j]))
    gap = np.array([np.nan])
    x = [part for a, b in runs for part in (curve.targets[a:b], curve.targets[a:b][::-1], gap)]
    y = [part for a, b in runs for part in (curve.high[a:b, j], curve.low[a:b, j][::-1], gap)]
    return go.Scatter(
        name=f"interval of {curve.names[j]}",
        x=np.concatenate(x) if x else [],
        y=np.concatenate(y) if y else [],
        mode="lines",
        line={"width": 0, "color": NOTHING},
        fill="toself",
        fillcolor=faded(colour, 0.14),
        hoverinfo="skip",
    )


def _runs(known: Mask) -> list[tuple[int, int]]:
    """Begin and end of each stretch of true values."""
    steps = np.flatnonzero(np.diff(np.concatenate([[0], known.astype(int), [0]])))
    return [(int(a), int(b)) for a, b in steps.reshape(-1, 2)]


def _add_labels(figure: go.Figure, curve: Curve, label: dict[int, str], colours: dict[int, str], top: float) -> None:
    """Name each coloured line at its right end, apart from each other."""
    last = {j: int(np.flatnonzero(~np.isnan(curve.importance[:, j]))[-1]) for j in label}
    ends = {j: float(curve.importance[i, j]) for j, i in last.items()}
    # from the alphabet: equal ends keep their order whatever that of the columns is
    order = sorted(ends, key=lambda j: curve.names[j])
    heights = apart([ends[j] for j in order], LINE / HEIGHT * top, 0.0, top)
    for j, y in zip(order, heights, strict=True):
        figure.add_annotation(
            x=math.log10(curve.targets[last[j]]),
            y=y,
            text=plain(label[j]),
            xanchor="left",
            xshift=6,
            showarrow=False,
            font={"size": SMALL, "color": colours[j]},
        )


def _add_thin(figure: go.Figure, curve: Curve, theme: Theme) -> None:
    """Shade the targets of fewer than 20 trials, and say what that means."""
    rows = np.flatnonzero(curve.known & curve.thin)
    if not len(rows):
        return
    first, last = _ends(curve)
    filled = np.flatnonzero(curve.known & ~curve.thin)
    next_one = curve.targets[filled[0]] if len(filled) else curve.targets[rows[-1]]
    end = math.sqrt(float(curve.targets[rows[-1]] * next_one))
    figure.add_shape(
        type="rect",
        xref="x", x0=first / 10, x1=min(end, last * 1.1),
        yref="paper", y0=0, y1=1,
        fillcolor=faded(theme.chance, 0.35), line={"width": 0}, layer="below",
    )  # fmt: skip
    figure.add_annotation(
        x=math.log10(first),
        y=1,
        yref="paper",
        text="under 20 trials:<br>strong effects only",
        align="left",
        xanchor="left",
        yanchor="top",
        showarrow=False,
        font={"size": SMALL, "color": theme.muted},
    )


def _add_now(figure: go.Figure, curve: Curve, result: ImportanceResult, theme: Theme) -> None:
    """Mark the target that is asked now, if the axis reaches it."""
    first, last = _ends(curve)
    now = result.subspace.target
    if not first <= now <= last:
        return
    figure.add_shape(
        type="line", xref="x", x0=now, x1=now, yref="paper", y0=0, y1=1,
        line={"color": theme.text, "width": 1, "dash": "dot"},
    )  # fmt: skip
    found = found_parts(result)[1]
    ties = "" if found == now else f", with ties {percent(found)}"
    to_the_left = now > math.sqrt(first * last)
    figure.add_annotation(
        x=math.log10(now),
        y=1,
        yref="paper",
        text=f"asked now: {plain(percent(now) + ties)}",
        xanchor="right" if to_the_left else "left",
        xshift=-4 if to_the_left else 4,
        yanchor="bottom",
        showarrow=False,
        font={"size": SMALL, "color": theme.text},
    )
