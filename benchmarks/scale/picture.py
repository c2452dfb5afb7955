"""Processor time and memory of every engine and size as a picture: two panels of bars, an SVG without a library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from benchmarks.scale.found import EVERYTHING, MOST_MEGABYTES, OURS, Folder, Study
from benchmarks.scale.text import NAMES
from hpi.figures.theme import FONT, LIGHT, blended

WIDTH, BAR, GAP, LEFT, TOP, ACROSS = 270, 16, 14, 170, 62, 380
PALE = 0.55  # of the way to white: the smaller sizes
STEPS = (1.0, 2.0, 5.0)  # of a round number, times a power of ten
MOST_LINES = 5
STYLE = f"""<style>
text {{font: 12px {FONT}; fill: {LIGHT.muted}}}
.title {{font-weight: 600; fill: {LIGHT.text}}} .name {{fill: {LIGHT.text}}}
.value {{paint-order: stroke; stroke: {LIGHT.background}; stroke-width: 3}} .grid {{stroke: {LIGHT.grid}}}
.most {{stroke: {LIGHT.attention}; stroke-dasharray: 4 3}} svg {{background: {LIGHT.background}}}
</style>"""


def picture(study: Study) -> str:
    """Return an SVG: processor seconds for every 10^8 rows, and the most memory, a bar for each engine and size."""
    height = len(study.engines) * (len(study.folders) * BAR + GAP)
    panels = [
        _panel(study, "processor seconds for 100 million rows", lambda f, name: f.per_reference(name), 0, height),
        _panel(study, "most memory, MB", lambda f, name: f.took(name).megabytes, 1, height, MOST_MEGABYTES),
    ]
    size = f'width="{LEFT + ACROSS + WIDTH + 60}" height="{TOP + height + 34}"'
    drawn = "".join([_legend(study), _names(study), *panels])
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{STYLE}{drawn}</svg>\n'


def _legend(study: Study) -> str:
    drawn = []
    for k, folder in enumerate(study.folders):
        x, colour = LEFT + 190 * k, blended(LIGHT.region, LIGHT.background, _paleness(study, k))
        drawn.append(f'<rect x="{x}" y="8" width="12" height="12" fill="{colour}"/>')
        drawn.append(f'<text x="{x + 18}" y="18">{folder.size.rows:,} rows</text>')
    return "".join(drawn)


def _names(study: Study) -> str:
    middle = len(study.folders) * BAR / 2 + 4
    return "".join(
        f'<text class="name" x="{LEFT - 12}" y="{TOP + _at(study, i) + middle:g}" text-anchor="end">'
        f"{escape(NAMES[name])}</text>"
        for i, name in enumerate(study.engines)
    )


def _at(study: Study, engine: int) -> float:
    return engine * (len(study.folders) * BAR + GAP) + GAP / 2


def _panel(
    study: Study,
    title: str,
    value: Callable[[Folder, str], float],
    column: int,
    height: int,
    most: float | None = None,
) -> str:
    """Return one group of bars over a grid that begins at 0; `most` is drawn as a line where it lies in the panel."""
    values = {(k, name): value(folder, name) for k, folder in enumerate(study.folders) for name in study.engines}
    ticks = round_steps(max(values.values()))
    scale = WIDTH / max(*values.values(), ticks[-1])
    drawn = [f'<text class="title" y="-24">{escape(title)}</text>']
    for tick in ticks:
        drawn.append(f'<line class="grid" x1="{tick * scale:.1f}" x2="{tick * scale:.1f}" y1="0" y2="{height}"/>')
        drawn.append(f'<text x="{tick * scale:.1f}" y="{height + 18}" text-anchor="middle">{tick:,g}</text>')
    if most is not None and most * scale <= WIDTH:
        drawn.append(f'<line class="most" x1="{most * scale:.1f}" x2="{most * scale:.1f}" y1="-6" y2="{height}"/>')
        drawn.append(f'<text x="{most * scale:.1f}" y="-9" text-anchor="middle">{most:,.0f} MB wanted</text>')
    for i, name in enumerate(study.engines):
        for k in range(len(study.folders)):
            y, length = _at(study, i) + k * BAR, values[k, name] * scale
            drawn.append(f'<rect y="{y:g}" width="{length:.1f}" height="{BAR - 2}" fill="{_colour(study, name, k)}"/>')
            drawn.append(f'<text class="value" x="{length + 5:.1f}" y="{y + BAR - 4:g}">{values[k, name]:,.0f}</text>')
    return f'<g transform="translate({LEFT + column * ACROSS},{TOP})">{"".join(drawn)}</g>'


def round_steps(most: float) -> Sequence[float]:
    """Return round numbers from 0 to the last one that is not beyond `most`, at most five after 0."""
    power = 1.0
    while power * STEPS[0] * MOST_LINES > most:
        power /= 10
    while True:
        for step in STEPS:
            if step * power * MOST_LINES >= most:
                return [k * step * power for k in range(int(most / (step * power)) + 1)]
        power *= 10


def _colour(study: Study, name: str, k: int) -> str:
    solid = LIGHT.target if name in (OURS, EVERYTHING) else LIGHT.region
    return blended(solid, LIGHT.background, _paleness(study, k))


def _paleness(study: Study, k: int) -> float:
    return PALE * (len(study.folders) - 1 - k) / max(1, len(study.folders) - 1)
