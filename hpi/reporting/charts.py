"""The figures of a report, each in two themes, as JSON that a page can hold."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from hpi import figures
from hpi.curve import Curve
from hpi.figures import DARK, LIGHT, Show, Theme
from hpi.reporting.contents import Contents
from hpi.statements import Finding

Path = list[str | int]


@dataclass(frozen=True)
class Chart:
    """A figure under a name that is unique in its report; `label` says what it shows to who cannot see it.

    `figure` is that of the light theme as plotly writes it, `dark` what is different in the dark one, `height` its
    pixels.
    """

    key: str
    label: str
    figure: dict[str, Any]
    dark: list[tuple[Path, Any]]
    height: int


def importance(contents: Contents) -> Chart:
    """Return the bars."""
    return _chart("importance", lambda theme: figures.importance(contents.result, theme))


def threshold(found: Curve, contents: Contents) -> Chart:
    """Return the importance of each hyperparameter against the target."""
    return _chart("threshold", lambda theme: figures.against_target(found, contents.result, theme))


def pairs(contents: Contents) -> Chart:
    """Return the interaction of every pair; the result has pairs."""
    return _chart("pairs", lambda theme: figures.pair_matrix(contents.result, theme))


def one(contents: Contents, name: str, key: str) -> Chart:
    """Return every trial's metric against a hyperparameter."""
    effect = contents.one(name)
    return _chart(key, lambda theme: figures.metric_against(effect, theme))


def two(contents: Contents, names: tuple[str, str], key: str) -> Chart:
    """Return the map of two hyperparameters."""
    effect = contents.two(*names)
    return _chart(key, lambda theme: figures.heat_map(effect, Show.MEDIAN, theme))


def finding(said: Finding, tolerance: float | None, key: str) -> Chart:
    """Return the picture of a finding."""
    return _chart(key, lambda theme: figures.finding(said, theme, tolerance))


def _chart(key: str, draw: Callable[[Theme], go.Figure]) -> Chart:
    light, dark = (_plain(draw(theme)) for theme in (LIGHT, DARK))
    layout = light["layout"]
    return Chart(key, layout["meta"]["alt"], light, list(differences(light, dark)), int(layout["height"]))


def _plain(figure: go.Figure) -> dict[str, Any]:
    plain = json.loads(figure.to_json())
    assert isinstance(plain, dict)
    return plain


def differences(first: Any, second: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[Path, Any]]:  # noqa: ANN401
    """Yield where two JSON values differ, and what the second one has there; they are of one shape."""
    if isinstance(first, dict) and isinstance(second, dict) and first.keys() == second.keys():
        for key in first:
            yield from differences(first[key], second[key], (*path, key))
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        for i, (one, other) in enumerate(zip(first, second, strict=True)):
            yield from differences(one, other, (*path, i))
    elif first != second:
        yield list(path), second
