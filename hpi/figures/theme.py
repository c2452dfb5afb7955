"""Colours and template of every figure, light and dark: the same colour means the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

from hpi.figures.labels import plain, short

__all__ = ["DARK", "LIGHT", "NOTHING", "Theme", "draw", "plain", "short"]

FONT = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', Arial, sans-serif"
)
SIZE, SMALL = 13, 12
NOTHING = "rgba(0,0,0,0)"


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
    scale: tuple[str, ...]

    @property
    def template(self) -> go.layout.Template:
        """What all figures of this theme share."""
        axis = {
            "automargin": True,
            "gridcolor": self.grid,
            "linecolor": self.grid,
            "zeroline": False,
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
                "hoverlabel": {
                    "align": "left",
                    "bgcolor": self.panel,
                    "bordercolor": self.chance_line,
                    "font": {"family": FONT, "size": SMALL, "color": self.text},
                },
                "xaxis": axis,
                "yaxis": axis,
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
    scale=("#40347A", "#3D619E", "#3C89A8", "#62ADA0", "#A8C98A", "#F3E08B"),
)


def draw(theme: Theme, height: int, **layout: object) -> go.Figure:
    """Return an empty figure in this theme, `height` pixels high."""
    return go.Figure(layout={"template": theme.template, "height": height, **layout})
