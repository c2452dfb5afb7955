"""What PED-ANOVA compares: how the target is spread over the values of a hyperparameter, against the region."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from hpi.effects import OneEffect
from hpi.effects.cuts import measure
from hpi.figures import rows as table
from hpi.figures.alternative import of_spread
from hpi.figures.axes import from_zero, is_upright, level_labels, name_of, value_axis
from hpi.figures.heading import Fact, heading
from hpi.figures.labels import percent, plain, wrapped
from hpi.figures.theme import NOTHING, SMALL, Theme, draw, faded
from hpi.space import Floats, Integers

HEIGHT, ROW = 300, 44  # pixels
HOVER = 46  # columns
MOST_RUG = 300
RUG = -0.06  # of the highest density
BAR = 0.34  # of the room of a level
BEYOND = 2.0  # so many times as long as the other bars may those of a group of levels be


def distribution(effect: OneEffect, theme: Theme) -> go.Figure:
    """Return the spread of target and region: densities over a numeric axis, paired bars for levels."""
    title, above = heading(_facts(effect, theme), theme)
    lengthwise = effect.levels is not None and not is_upright(effect.levels)
    height = above + 70 + ROW * len(effect.compared.cut) if lengthwise else above + HEIGHT
    margin = {"l": 12, "r": 16, "t": above, "b": 12}
    layout = _density_layout(effect) if effect.levels is None else _bar_layout(effect, lengthwise)
    figure = draw(
        theme, int(height), title=title, meta=of_spread(effect) | table.of_spread(effect), margin=margin, **layout
    )
    figure.add_traces(_densities(effect, theme) if effect.levels is None else _bars(effect, theme, lengthwise))
    return figure


def _facts(effect: OneEffect, theme: Theme) -> list[Fact]:
    compared = effect.compared
    n_target, n_region = int(compared.target.sum()), int(compared.region.sum())
    chance = not np.isnan(compared.chance_low).any()
    facts = [
        Fact(f"■ target: {n_target:,} trials", theme.target),
        Fact(f"■ region: {n_region:,} trials", theme.region),
        *([Fact("band: where chance would put the target (95\u00a0%)")] if chance else []),
    ]
    if compared.inactive_region:
        inactive = f"{compared.inactive_target:,} of the target and {compared.inactive_region:,} of the region"
        facts.append(Fact(f"inactive, and not compared: {inactive}"))
    if compared.cut.n_grouped:
        facts.append(Fact(f"the {compared.cut.n_grouped:,} rarest levels are one group"))
    if effect.levels is not None and _highest(effect) < _longest(effect)[-1]:
        facts.append(Fact("the bars of the group are longer than the chart"))
    return facts


# ---- numbers: densities


def _density(effect: OneEffect, count: Floats | Integers, n_trials: int) -> Floats:
    """Share of `n_trials` for each part of the measure, 1 where they are spread evenly; shape (n_cells,)."""
    edges = effect.compared.cut.edges
    assert edges is not None
    width = np.diff(measure(effect.hyperparameter, edges))
    return np.asarray(count / max(n_trials, 1) / (width / width.sum()))


def _both_densities(effect: OneEffect) -> tuple[Floats, Floats]:
    """Densities of target and region, each of shape (n_cells,)."""
    counts = effect.compared.target, effect.compared.region
    target, region = (_density(effect, count, int(count.sum())) for count in counts)
    return target, region


def _densities(effect: OneEffect, theme: Theme) -> list[go.Scatter]:
    compared = effect.compared
    target, region = _both_densities(effect)
    ends, n_target = (compared.chance_low, compared.chance_high), int(compared.target.sum())
    low, high = (_density(effect, count, n_target) for count in ends)
    edges, no_line = compared.cut.edges, {"width": 0}
    assert edges is not None
    steps, hover = np.repeat(edges, 2)[1:-1], _cell_hover(effect)
    # Only what chance would not put there is filled; without a band, all that is above the region.
    usual = np.fmax(region, high)
    over = target > usual
    chance, more = faded(theme.chance, 0.55), faded(theme.target, 0.3)
    band = {"x": np.concatenate([steps, steps[::-1]]), "y": np.concatenate([_steps(high), _steps(low)[::-1]])}
    excess = _rectangles(edges[:-1][over], edges[1:][over], usual[over], target[over])
    shown = [] if np.isnan(low).any() else [go.Scatter(name="chance", **band, fill="toself", fillcolor=chance)]
    shown.append(go.Scatter(name="more than by chance", **excess, fill="toself", fillcolor=more))
    for area in shown:
        area.update(mode="lines", line=no_line, hoverinfo="skip")
    for name, height, colour, size in (("region", region, theme.region, 2), ("target", target, theme.target, 3)):
        line = {"color": colour, "width": size}
        shown.append(go.Scatter(name=name, x=steps, y=_steps(height), mode="lines", line=line, hoverinfo="skip"))
    return [*shown, _rug(effect, theme, float(np.max([target, region]))), _cells(edges, target, region, hover)]


def _steps(height: Floats) -> Floats:
    return np.repeat(height, 2)


def _rectangles(left: Floats, right: Floats, low: Floats, high: Floats) -> dict[str, Floats]:
    """Outlines of rectangles, one after the other with a gap between."""
    gap = np.full(len(left), np.nan)
    return {
        "x": np.column_stack([left, left, right, right, left, gap]).ravel(),
        "y": np.column_stack([low, high, high, low, low, gap]).ravel(),
    }


def _rug(effect: OneEffect, theme: Theme, highest: float) -> go.Scatter:
    """One stroke a target trial, so that their number can be seen."""
    value = effect.value[: effect.n_target]
    value = value[~np.isnan(value)]
    keep = np.unique(np.linspace(0, len(value) - 1, min(len(value), MOST_RUG)).round().astype(int))
    return go.Scatter(
        name="target trials",
        x=value[keep],
        y=np.full(len(keep), RUG * highest),
        mode="markers",
        marker={"symbol": "line-ns-open", "size": 7, "color": theme.target, "line": {"width": 1}, "opacity": 0.7},
        hoverinfo="skip",
    )


def _cells(edges: Floats, target: Floats, region: Floats, hover: list[str]) -> go.Scatter:
    """Invisible points in the middle of the cells that say what is in them."""
    return go.Scatter(
        name="cells",
        x=np.sqrt(edges[1:] * edges[:-1])
        if edges[0] > 0 and edges[-1] / edges[0] > 30
        else (edges[1:] + edges[:-1]) / 2,
        y=np.maximum(target, region),
        mode="markers",
        marker={"size": 12, "opacity": 0},
        hovertext=hover,
        hoverinfo="text",
    )


def _cell_hover(effect: OneEffect) -> list[str]:
    compared = effect.compared
    n_target, n_region = int(compared.target.sum()), int(compared.region.sum())
    return [
        f"{wrapped(f'{effect.hyperparameter.name}: {label}', HOVER)}<br>"
        f"{t:,} of {n_target:,} target trials<br>{r:,} of {n_region:,} trials of the region"
        for label, t, r in zip(compared.cut.labels, compared.target, compared.region, strict=True)
    ]


def _density_layout(effect: OneEffect) -> dict[str, object]:
    chance = _density(effect, effect.compared.chance_high, int(effect.compared.target.sum()))
    highest = float(np.nanmax([*_both_densities(effect), chance]))
    value = value_axis(effect.hyperparameter, effect.bounds)
    density = {
        "range": [2 * RUG * highest, 1.08 * highest],
        "title": {"text": "density (1 = spread evenly)"},
        "nticks": 5,
        "zeroline": True,
    }
    return {"xaxis": value, "yaxis": density, "hoverdistance": -1}


# ---- levels: paired bars


def _bars(effect: OneEffect, theme: Theme, lengthwise: bool) -> list[go.Bar]:
    compared = effect.compared
    place, n = np.arange(len(compared.cut), dtype=float), max(int(compared.target.sum()), 1)
    low, high = compared.chance_low / n, compared.chance_high / n
    most = _highest(effect)
    low, high = np.minimum(low, most), np.minimum(high, most)
    chance = _bar("chance", place + BAR / 2, high - low, lengthwise, width=BAR + 0.1, base=low)
    line = {"width": 1, "color": faded(theme.chance_line, 0.5)}
    chance.update(marker={"color": faded(theme.chance, 0.7), "line": line}, hoverinfo="skip")
    pairs = (
        ("region", place - BAR / 2, compared.region_share, compared.region, theme.region),
        ("target", place + BAR / 2, compared.target_share, compared.target, theme.target),
    )
    bars = [] if np.isnan(low).any() else [chance]
    for name, where, share, count, colour in pairs:
        bar = _bar(name, where, np.minimum(share, most), lengthwise, width=BAR)
        bar.update(marker={"color": colour, "line": {"width": 0}}, hovertext=_cell_hover(effect), hoverinfo="text")
        bar.update(text=[f"{each:,}" for each in count], textposition="outside", cliponaxis=False)
        bar.update(textfont={"size": SMALL, "color": colour})
        bars.append(bar)
    return bars


def _longest(effect: OneEffect) -> Floats:
    """Share at which the longest bar of each level ends, or chance if that is further, shape (n_cells,)."""
    compared = effect.compared
    chance = compared.chance_high / max(int(compared.target.sum()), 1)
    return np.asarray(np.nanmax([compared.target_share, compared.region_share, chance, np.zeros(len(chance))], axis=0))


def _highest(effect: OneEffect) -> float:
    """Return the share at which the axis ends: bars of a group of levels may not leave the others without length."""
    longest = _longest(effect)
    if effect.compared.cut.n_grouped and longest[-1] > BEYOND * longest[:-1].max():
        return float(BEYOND * longest[:-1].max())
    return float(longest.max())


def _bar(name: str, place: Floats, length: Floats, lengthwise: bool, **more: object) -> go.Bar:
    where = {"y": place, "x": length} if lengthwise else {"x": place, "y": length}
    return go.Bar(name=name, orientation="h" if lengthwise else "v", **where, **more)


def _bar_layout(effect: OneEffect, lengthwise: bool) -> dict[str, object]:
    compared = effect.compared
    ends = [-0.6, len(compared.cut) - 0.4]
    highest = _highest(effect)
    levels = {
        "range": ends[::-1] if lengthwise else ends,
        "tickvals": list(range(len(compared.cut))),
        "ticktext": level_labels(compared.cut.labels),
        "title": {"text": name_of(effect.hyperparameter)},
        "showgrid": False,
        "ticks": "outside",
        "ticklen": 6,
        "tickcolor": NOTHING,
    }
    ticks = from_zero(highest)
    share = {
        "range": [0, highest * (1.2 if lengthwise else 1.12)],
        "tickvals": ticks,
        "ticktext": [plain(percent(tick)) for tick in ticks],
        "tickangle": 0,
        "title": {"text": "share of the trials"},
    }
    both = {"xaxis": share, "yaxis": levels} if lengthwise else {"xaxis": levels, "yaxis": share}
    return {"barmode": "overlay", **both}
