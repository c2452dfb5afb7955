"""The growth of time and memory as a picture: four panels of lines on logarithmic axes, an SVG without a library."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

from benchmarks.speed.growth import FEW_HYPERPARAMETERS, FEW_TRIALS, Grown

COLOURS = ("#0F766E", "#B45309", "#4338CA", "#BE185D", "#475569")
WIDTH, HEIGHT, LEFT, TOP, ACROSS, DOWN = 300, 190, 52, 34, 360, 250
STYLE = """<style>
text {font: 12px system-ui, sans-serif; fill: #334155} .title {font-weight: 600} .grid {stroke: #CBD5E1}
svg {background: #FFFFFF} .line {fill: none; stroke-width: 2}
</style>"""
Point = tuple[float, float]


def picture(grown: Sequence[Grown]) -> str:
    """Return an SVG: seconds and MiB against trials, and against hyperparameters, a line an estimator."""
    names = list(dict.fromkeys(g.estimator for g in grown))
    panels = []
    for row, (what, value) in enumerate((("seconds", _seconds), ("peak MiB", _mebibytes))):
        for column, (by, x, kept) in enumerate(_directions(grown)):
            lines = {n: sorted((x(g), value(g)) for g in kept if g.estimator == n) for n in names}
            place = LEFT + column * ACROSS, TOP + row * DOWN
            panels.append(_panel(f"{what} by {by}", lines, place))
    legend = "".join(
        f'<text x="{LEFT + 130 * i}" y="{TOP + 2 * DOWN}" style="fill:{_colour(i)}">{escape(name)}</text>'
        for i, name in enumerate(names)
    )
    size = f'width="{2 * ACROSS + 40}" height="{TOP + 2 * DOWN + 20}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{STYLE}{"".join(panels)}{legend}</svg>\n'


def _directions(grown: Sequence[Grown]) -> list[tuple[str, Callable[[Grown], float], list[Grown]]]:
    return [
        (
            f"trials ({FEW_HYPERPARAMETERS} hyperparameters)",
            lambda g: g.n_trials,
            [g for g in grown if g.n_hyperparameters == FEW_HYPERPARAMETERS],
        ),
        (
            f"hyperparameters ({FEW_TRIALS:,} trials)",
            lambda g: g.n_hyperparameters,
            [g for g in grown if g.n_trials == FEW_TRIALS],
        ),
    ]


def _panel(title: str, lines: dict[str, list[Point]], place: tuple[int, int]) -> str:
    """One plot with its grid of powers of ten."""
    points = [point for line in lines.values() for point in line]
    (x_low, x_high), (y_low, y_high) = (_powers([point[i] for point in points]) for i in (0, 1))

    def at(x: float, y: float) -> str:
        across = (math.log10(x) - x_low) / (x_high - x_low) * WIDTH
        up = (math.log10(y) - y_low) / (y_high - y_low) * HEIGHT
        return f"{across:.1f},{HEIGHT - up:.1f}"

    drawn = [f'<text class="title" y="-12">{escape(title)}</text>']
    for k in range(x_low, x_high + 1):
        x = at(10.0**k, 10.0**y_low).split(",")[0]
        drawn.append(f'<line class="grid" x1="{x}" x2="{x}" y1="0" y2="{HEIGHT}"/>')
        drawn.append(f'<text x="{x}" y="{HEIGHT + 16}" text-anchor="middle">{10.0**k:,g}</text>')
    for k in range(y_low, y_high + 1):
        y = at(10.0**x_low, 10.0**k).split(",")[1]
        drawn.append(f'<line class="grid" y1="{y}" y2="{y}" x1="0" x2="{WIDTH}"/>')
        drawn.append(f'<text x="-8" y="{float(y) + 4:.1f}" text-anchor="end">{10.0**k:,g}</text>')
    for i, line in enumerate(lines.values()):
        joined = " ".join(at(*point) for point in line)
        drawn.append(f'<polyline class="line" stroke="{_colour(i)}" points="{joined}"/>')
    return f'<g transform="translate{place}">{"".join(drawn)}</g>'


def _powers(values: list[float]) -> tuple[int, int]:
    """Powers of ten around some positive values."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _colour(i: int) -> str:
    return COLOURS[i % len(COLOURS)]


def _seconds(grown: Grown) -> float:
    return grown.seconds


def _mebibytes(grown: Grown) -> float:
    return max(grown.mebibytes, 0.1)
