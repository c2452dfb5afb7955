"""Lines over the trials of one hyperparameter: their mean with its band, and the forest's curve with the others held.

Each line is named where it ends, in its own colour; names that would overlap are moved apart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from hpi.effects import AdjustedEffects, Held, OneEffect
from hpi.figures.axes import Scale, said
from hpi.figures.heading import Fact
from hpi.figures.labels import plain
from hpi.figures.theme import SMALL, Theme, faded
from hpi.space import Floats

APART = 15  # pixels between two names
MEAN, HELD = "mean", "others held fixed"
MARK = 9
LAST = 6  # this part of a line says whether it rises or falls at its end


@dataclass(frozen=True, eq=False)
class Overlay:
    """What is drawn over the trials; `lengthwise` says that levels stand below each other.

    `held` is None where there is no curve for this hyperparameter.
    """

    effect: OneEffect
    scale: Scale
    lengthwise: bool
    held: Held | None
    r2: float | None

    @classmethod
    def of(cls, effect: OneEffect, scale: Scale, lengthwise: bool, adjusted: AdjustedEffects | None) -> Overlay:
        """Choose the curve that belongs to the effect."""
        held = None if adjusted is None else adjusted.of(effect.hyperparameter.name)
        return cls(effect, scale, lengthwise, held, None if adjusted is None else adjusted.r2)

    def placed(self, along: Floats, metric: Floats) -> dict[str, object]:
        """Coordinates on the axis of the hyperparameter and on that of the metric."""
        metric = self.scale.clipped(metric)
        return {"x": metric, "y": along} if self.lengthwise else {"x": along, "y": metric}

    @property
    def along(self) -> Floats:
        """Where the places of the curve are on the axis, shape (n_places,); nan for a level in a group of rare ones."""
        assert self.held is not None
        if self.effect.levels is None:
            return self.held.at
        values = self.effect.levels.values
        assert values is not None
        near = np.isclose(self.held.at[:, None], values[None, :], rtol=1e-9, atol=0)
        return np.where(near.any(axis=1), near.argmax(axis=1), np.nan)


def facts(overlay: Overlay, theme: Theme) -> list[Fact]:
    """What stands above the chart of the lines."""
    mean = "dotted line" if overlay.effect.levels is None else "cross"
    found = [Fact(f"{mean}: {MEAN} with its 95 % band", theme.text)]
    if overlay.effect.levels is None and overlay.scale.beyond(overlay.effect.means.mean).any():
        found.append(Fact("not drawn where it lies beyond the edge", theme.text))
    if overlay.held is None:
        return found
    where = f", {overlay.held.note}" if overlay.held.note else ""
    spread = "thin lines" if overlay.effect.levels is None else "bar"
    forest = f"a forest's average (R² {overlay.r2:.2f}), {spread}: middle half"
    found.append(Fact(f"{HELD}: {forest}{where}", theme.model))
    if overlay.held.parts.any():
        found.append(Fact("◆ the mean parts from it by more than chance", theme.attention))
    return found


def lines(overlay: Overlay, theme: Theme) -> list[go.Scatter]:
    """The lines and their bands: along the values, or a mark a level."""
    drawn = _curve(overlay, theme) if overlay.effect.levels is None else _marks(overlay, theme)
    return [*drawn, *_parting(overlay, theme)]


def numbers(overlay: Overlay) -> list[tuple[str, tuple[Floats, Floats, Floats, Floats]]]:
    """The lines by name: places, middle, low and high."""
    means, held = overlay.effect.means, overlay.held
    found = [(f"{MEAN} and its 95 % band", (means.at, means.mean, means.low, means.high))]
    if held is None:
        return found
    return [*found, (f"{HELD}: average and middle half", (overlay.along, held.mean, held.low, held.high))]


def _curve(overlay: Overlay, theme: Theme) -> list[go.Scatter]:
    means = overlay.effect.means
    drawn = [
        _band(overlay, "band of the mean", means.at, means.low, means.high, faded(theme.text, 0.16)),
        _line(overlay, MEAN, means.at, means.mean, {"color": theme.text, "width": 2, "dash": "dot"}),
    ]
    held = overlay.held
    if held is not None:
        gap = np.array([np.nan])
        both = np.concatenate([held.at, gap, held.at]), np.concatenate([held.low, gap, held.high])
        thin = {"color": theme.model, "width": 1}
        drawn.append(_line(overlay, "middle half of the predictions", *both, thin))
        drawn.append(_line(overlay, HELD, held.at, held.mean, {"color": theme.model, "width": 3}))
    return drawn


def _band(overlay: Overlay, name: str, at: Floats, low: Floats, high: Floats, fill: str) -> go.Scatter:
    # where all of it lies beyond the edge there is none: along the edge it would look like a band
    seen = ~np.isnan(low) & (low <= overlay.scale.high) & (high >= overlay.scale.low)
    gap = np.array([np.nan])
    runs = [run for run in np.split(np.arange(len(at)), np.flatnonzero(np.diff(seen)) + 1) if len(run) and seen[run[0]]]
    along = np.concatenate([gap[:0], *(part for run in runs for part in (at[run], at[run][::-1], gap))])[:-1]
    ends = np.concatenate([gap[:0], *(part for run in runs for part in (high[run], low[run][::-1], gap))])[:-1]
    return go.Scatter(
        name=name,
        **overlay.placed(along, ends),
        fill="toself",
        fillcolor=fill,
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
    )


def _line(overlay: Overlay, name: str, at: Floats, metric: Floats, line: dict[str, object]) -> go.Scatter:
    seen = np.where(overlay.scale.beyond(metric), np.nan, metric)
    return go.Scatter(
        name=name, mode="lines", **overlay.placed(at, seen), line=line, hovertemplate=_hover(overlay, name)
    )


def _marks(overlay: Overlay, theme: Theme) -> list[go.Scatter]:
    means, held = overlay.effect.means, overlay.held
    shift = 0 if held is None else 0.14
    mean = {"symbol": "x-thin", "size": MARK, "line": {"width": 2, "color": theme.text}}
    drawn = [_mark(overlay, MEAN, means.at - shift, (means.mean, means.low, means.high), mean, theme.text)]
    if held is not None:
        mark = {"symbol": "square", "size": MARK, "color": theme.model, "line": {"width": 1, "color": theme.background}}
        three = (held.mean, held.low, held.high)
        drawn.append(_mark(overlay, HELD, overlay.along + shift, three, mark, theme.model))
    return drawn


def _mark(
    overlay: Overlay,
    name: str,
    at: Floats,
    three: tuple[Floats, Floats, Floats],
    marker: dict[str, object],
    colour: str,
) -> go.Scatter:
    """A mark a level, with a bar from the low to the high end."""
    middle, low, high = map(overlay.scale.clipped, three)
    bar = {"array": high - middle, "arrayminus": middle - low, "color": colour, "thickness": 2, "width": 4}
    return go.Scatter(
        name=name,
        mode="markers",
        **overlay.placed(at, middle),
        **{"error_x" if overlay.lengthwise else "error_y": bar},
        marker=marker,
        hovertemplate=_hover(overlay, name),
    )


def _parting(overlay: Overlay, theme: Theme) -> list[go.Scatter]:
    held = overlay.held
    if held is None or not held.parts.any():
        return []
    shift = 0 if overlay.effect.levels is None else 0.14
    marker = {"symbol": "diamond", "size": MARK, "color": theme.attention}
    marker["line"] = {"width": 1, "color": theme.background}
    where = overlay.placed((overlay.along + shift)[held.parts], held.mean[held.parts])
    return [go.Scatter(name="parting", mode="markers", **where, marker=marker, hoverinfo="skip")]


def _hover(overlay: Overlay, name: str) -> str:
    number = "%{x:.4g}" if overlay.lengthwise else "%{y:.4g}"
    return f"{plain(name)}, {plain(said(overlay.effect.outcome))}: {number}<extra></extra>"


def names(overlay: Overlay, theme: Theme, height: int) -> list[dict[str, object]]:
    """Annotations that name the lines at their right ends; `height` is that of the plot in pixels.

    A name stands below a line that falls and above one that rises, where the line is not. Levels have marks that the
    facts explain.
    """
    quartiles, means, held = overlay.effect.quartiles, overlay.effect.means, overlay.held
    if overlay.effect.levels is not None or not len(quartiles.at):
        return []
    lines = [("median", theme.text, quartiles.at, quartiles.median), (MEAN, theme.text, means.at, means.mean)]
    if held is not None:
        lines.append((HELD, theme.model, held.at, held.mean))
    low, high = overlay.scale.range
    step = APART * (high - low) / height
    ends = [_beside(overlay, metric, 0.7 * step) for _, _, _, metric in lines]
    return [
        {
            "text": plain(name),
            "x": _on_axis(float(at[-1]), overlay.effect.hyperparameter.log),
            "y": float(place),
            "xanchor": "right",
            "yanchor": "middle",
            "showarrow": False,
            "font": {"size": SMALL, "color": colour},
            "bgcolor": faded(theme.background, 0.6),
        }
        for (name, colour, at, _), place in zip(lines, _apart(ends, step), strict=True)
    ]


def _beside(overlay: Overlay, metric: Floats, away: float) -> float:
    """Return where a name stands at the end of a line, on the axis: so far below where the line falls, else above."""
    ends = overlay.scale.clipped(metric[[-1 - len(metric) // LAST, -1]])
    before, end = (_on_axis(float(one), overlay.scale.log) for one in ends)
    return end - away if end < before else end + away


def _on_axis(value: float, log: bool) -> float:
    """Return a coordinate as annotations want it."""
    return math.log10(value) if log else value


def _apart(places: list[float], step: float) -> Floats:
    """Move places apart, so that two are never nearer than `step`; their order stays."""
    order = np.argsort(places, kind="stable")
    moved = np.array(places)[order]
    for k in range(1, len(moved)):
        moved[k] = max(moved[k], moved[k - 1] + step)
    moved -= (moved - np.array(places)[order]).mean()
    back = np.empty(len(moved))
    back[order] = moved
    return back
