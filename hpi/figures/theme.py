"""Colours and template of every figure, light and dark: the same colour means the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import plotly.graph_objects as go

from hpi.figures.labels import plain, short

__all__ = [
    "DARK",
    "LIGHT",
    "NOTHING",
    "Theme",
    "blended",
    "contrast",
    "draw",
    "faded",
    "plain",
    "readable_on",
    "short",
]

FONT = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', Arial, sans-serif"
)
SIZE, SMALL = 13, 12
MOST_TICKS = 6  # on an axis that goes upwards: few lines of the grid
NOTHING = "rgba(0,0,0,0)"
INKS = ("#000000", "#FFFFFF")


@dataclass(frozen=True)
class Theme:
    """Colours by what they mean.

    Attributes
    ----------
    text, muted, background, panel, grid
        Ink, quiet ink, page, hover label, lines of the grid.
    target, region
        Trials of the target and of the region.
    chance, chance_line
        What chance explains: fill and outline.
    attention
        What must not be overlooked.
    model
        What a model says, beside what the trials say.
    scale
        A sequence from little to much, even in lightness, away from the background.
    """

    name: str
    text: str
    muted: str
    background: str
    panel: str
    grid: str
    target: str
    region: str
    chance: str
    chance_line: str
    attention: str
    model: str
    scale: tuple[str, ...]

    def shade(self, part: float) -> str:
        """Return the colour of the sequence that is `part` of the way from little, 0, to much, 1."""
        place = min(max(part, 0.0), 1.0) * (len(self.scale) - 1)
        k = min(int(place), len(self.scale) - 2)
        return blended(self.scale[k], self.scale[k + 1], place - k)

    @cached_property
    def template(self) -> go.layout.Template:
        """What all figures of this theme share."""
        axis = {
            "automargin": True,
            "gridcolor": self.grid,
            "linecolor": self.grid,
            "exponentformat": "power",
            "minexponent": 5,
            "separatethousands": True,
            "zeroline": False,
            "zerolinecolor": self.chance_line,
            "tickfont": {"color": self.muted, "size": SMALL},
            "title": {"font": {"color": self.text, "size": SMALL}, "standoff": 10},
        }
        return go.layout.Template(
            layout={
                "font": {"family": FONT, "size": SIZE, "color": self.text},
                "paper_bgcolor": NOTHING,
                "plot_bgcolor": NOTHING,
                "margin": {"l": 12, "r": 16, "t": 12, "b": 12},
                "showlegend": False,
                "dragmode": False,
                "hovermode": "closest",
                "newselection": {"line": {"color": self.text, "width": 1.5}},
                "hoverlabel": {
                    "align": "left",
                    "bgcolor": self.panel,
                    "bordercolor": self.chance_line,
                    "font": {"family": FONT, "size": SMALL, "color": self.text},
                },
                # along a narrow screen Plotly counts how many labels fit, but would rather turn them than leave one out
                "xaxis": {**axis, "autotickangles": [0]},
                "yaxis": {**axis, "nticks": MOST_TICKS},
            }
        )


LIGHT = Theme(
    name="light",
    text="#0F172A",
    muted="#475569",
    background="#FFFFFF",
    panel="#FFFFFF",
    grid="#E2E8F0",
    target="#0F766E",
    region="#64748B",
    chance="#CBD5E1",
    chance_line="#64748B",
    attention="#B45309",
    model="#3D619E",
    scale=("#F3E08B", "#A8C98A", "#62ADA0", "#3C89A8", "#3D619E", "#40347A"),
)
DARK = Theme(
    name="dark",
    text="#E2E8F0",
    muted="#A3B1C4",
    background="#0F1419",
    panel="#1A222B",
    grid="#26303B",
    target="#2DD4BF",
    region="#94A3B8",
    chance="#334155",
    chance_line="#94A3B8",
    attention="#F59E0B",
    model="#8FB1EA",
    scale=("#40347A", "#3D619E", "#3C89A8", "#62ADA0", "#A8C98A", "#F3E08B"),
)


def draw(theme: Theme, height: int, **layout: object) -> go.Figure:
    """Return an empty figure in this theme, `height` pixels high."""
    return go.Figure(layout={"template": theme.template, "height": height, **layout})


def faded(colour: str, opacity: float) -> str:
    """Return a colour that what lies behind it shines through."""
    return f"rgba({','.join(map(str, _rgb(colour)))},{opacity:g})"


def blended(first: str, second: str, part: float) -> str:
    """Return the colour that is `part` of the way from the first to the second."""
    pairs = zip(_rgb(first), _rgb(second), strict=True)
    return "#" + "".join(f"{round(a + part * (b - a)):02X}" for a, b in pairs)


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours, from 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(colour: str) -> str:
    """Return black or white, whichever can be read better on a colour: one has a contrast of 4.5 or more (WCAG 2.2)."""
    return max(INKS, key=lambda ink: contrast(ink, colour))


def _luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour, from 0 to 1 (WCAG 2.2)."""
    parts = (c / 255 for c in _rgb(colour))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
