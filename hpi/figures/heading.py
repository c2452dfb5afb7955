"""The lines above a chart: what it shows, how it was made, and which colour means what, instead of a legend."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from hpi.figures.labels import NARROW, plain, width
from hpi.figures.theme import SMALL, Theme

LINE = 16  # pixels
SEPARATOR = "·"
WELL_FILLED = 0.5  # a line so full is ended rather than a fact broken


@dataclass(frozen=True)
class Fact:
    """A few words above a chart, not escaped; in a colour where it explains that colour."""

    text: str
    colour: str | None = None
    bold: bool = False


def heading(facts: Sequence[Fact], theme: Theme) -> tuple[dict[str, object], int]:
    """Return the title of a layout, and the margin in pixels that it needs above the chart."""
    lines = flowed(facts)
    title = {
        "text": "<br>".join(lines),
        "font": {"size": SMALL, "color": theme.muted},
        "pad": {"l": 4, "t": 16},
        "x": 0,
        "y": 1,
        "xref": "container",
        "yref": "container",
        "xanchor": "left",
        "yanchor": "top",
    }
    return title, 20 + LINE * len(lines)


def flowed(facts: Sequence[Fact], columns: int = NARROW) -> list[str]:
    """Facts one after the other in escaped lines that fit on a narrow screen."""
    lines: list[list[tuple[Fact, str]]] = [[]]
    used = 0
    for i, fact in enumerate(facts):
        words = _words(fact, columns, last=i + 1 == len(facts))
        whole = sum(width(word) + 1 for word in words) - 1
        own_line = used > WELL_FILLED * columns and used + whole > columns >= whole
        for k, word in enumerate(words):
            if lines[-1] and (used + width(word) > columns or (own_line and k == 0)):
                lines.append([])
                used = 0
            lines[-1].append((fact, word))
            used += width(word) + 1
    return [_marked_up(line) for line in lines]


def _words(fact: Fact, columns: int, last: bool) -> list[str]:
    words = [part for word in fact.text.split(" ") for part in textwrap.wrap(word, columns) or [word]]
    return words if last else [*words[:-1], f"{words[-1]}\u00a0{SEPARATOR}"]


def _marked_up(line: list[tuple[Fact, str]]) -> str:
    """Escape a line; words of one fact stand in one span of its colour."""
    runs: list[tuple[Fact, list[str]]] = []
    for fact, word in line:
        if runs and runs[-1][0] is fact:
            runs[-1][1].append(word)
        else:
            runs.append((fact, [word]))
    *first, (last, words) = runs
    words[-1] = words[-1].removesuffix(f"\u00a0{SEPARATOR}")
    return " ".join(_span(fact, " ".join(each)) for fact, each in [*first, (last, words)])


def _span(fact: Fact, text: str) -> str:
    own, separator, _ = text.rpartition(f"\u00a0{SEPARATOR}")
    shown = plain(own or text)
    if fact.colour is not None:
        shown = f'<span style="color:{fact.colour}">{shown}</span>'
    return (f"<b>{shown}</b>" if fact.bold else shown) + separator
