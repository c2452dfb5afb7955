"""The ranks that several estimators give, side by side: a row a hyperparameter, a column an estimator."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from hpi.comparison import Agreement
from hpi.comparison.parts import natural
from hpi.comparison.places import places
from hpi.comparison.ranks import ranks, relative_strengths, strengths
from hpi.estimators import by_name
from hpi.figures import bar_words
from hpi.figures import rows as table
from hpi.figures.alternative import of_ranks
from hpi.figures.heading import Fact, heading
from hpi.figures.labels import folded, percent, plain, shortened, wrapped
from hpi.figures.theme import NOTHING, SMALL, Theme, blended, draw, readable_on
from hpi.results import ImportanceResult
from hpi.space import Floats
from hpi.words.parts import found_parts

ROW, BELOW, GAP = 34, 10, 6  # pixels
HEAD, TURNED = 40, 82  # pixels of titles in two lines, and of titles that are turned on a narrow screen
MOST_LYING = 3  # estimators have titles that need not be turned on any screen
NAME = 18  # columns of text
HEADING = 11
MOST = 20  # hyperparameters
STEPS = 12
NOT_TOLD, UNKNOWN = "–", "?"


def rank_matrix(agreement: Agreement, theme: Theme) -> go.Figure:
    """Return the matrix of ranks, the hyperparameters with the best middle rank first, and of many the first 20."""
    every = order(agreement)
    names = every[:MOST]
    title, above = heading(_facts(agreement, every[MOST:]), theme)
    strength = np.array(
        [[relative_strengths(result).get(name, np.nan) for result in agreement.results] for name in names]
    )
    columns = range(len(agreement.results))
    lie = len(columns) <= MOST_LYING
    head = HEAD if lie else TURNED
    figure = draw(
        theme,
        above + head + ROW * len(names) + BELOW,
        title=title,
        meta=of_ranks(agreement, names) | table.of_ranks(agreement, names),
        margin={"l": 12, "r": 16, "t": above + head, "b": BELOW},
        xaxis={
            "side": "top",
            "tickvals": [*columns],
            "ticktext": [folded(by_name(result.estimator).title, HEADING) for result in agreement.results],
            "autotickangles": [0] if lie else [0, -90],  # turned where they would meet
            "showgrid": False,
            **_apart(),
        },
        yaxis={
            "range": [len(names) - 0.5, -0.5],
            "tickvals": [*range(len(names))],
            "ticktext": [plain(name) for name in shortened(names, NAME)],
            "tickfont": {"color": theme.text, "size": SMALL},
            "showgrid": False,
            **_apart(),
        },
    )
    figure.add_traces([_cells(agreement, names, strength, theme), _numbers(agreement, names, strength, theme)])
    return figure


def order(agreement: Agreement) -> list[str]:
    """Names by their middle rank over the estimators that rank them, equal ones by the mean; unranked ones last.

    Those that somebody tells from chance stand before the others; what is equal stays in the order of the alphabet
    and of the numbers in it.
    """
    given: dict[str, list[float]] = {score.name: [] for score in agreement.results[0].hyperparameters}
    for result in agreement.results:
        for name, rank in ranks(result).items():
            given[name].append(rank)
    seen = {score.name for result in agreement.results for score in result.detectable}
    middle = {name: (float(np.median(all_of)), float(np.mean(all_of))) for name, all_of in given.items() if all_of}
    last = (np.inf, np.inf)
    return sorted(given, key=lambda name: (name not in seen, *middle.get(name, last), natural(name)))


def _apart() -> dict[str, object]:
    """Return ticks that cannot be seen and keep names from the cells."""
    return {"ticks": "outside", "ticklen": GAP, "tickcolor": NOTHING}


def _cells(agreement: Agreement, names: list[str], strength: Floats, theme: Theme) -> go.Heatmap:
    return go.Heatmap(
        name="strength",
        z=strength,
        zmin=0,
        zmax=1,
        colorscale=[[step / STEPS, colour_of(step / STEPS, theme)] for step in range(STEPS + 1)],
        showscale=False,
        xgap=3,
        ygap=3,
        hovertext=[[_hover(result, name) for result in agreement.results] for name in names],
        hoverinfo="text",
        hoverongaps=True,
    )


def colour_of(strength: float, theme: Theme) -> str:
    """Return the colour of a cell, from 0 to the strongest, 1."""
    return blended(blended(theme.background, theme.chance, 0.35), theme.target, strength)


def _numbers(agreement: Agreement, names: list[str], strength: Floats, theme: Theme) -> go.Scatter:
    rows, columns = np.indices(strength.shape)
    inks = [readable_on(colour_of(0.0 if np.isnan(value) else value, theme)) for value in strength.ravel()]
    return go.Scatter(
        name="ranks",
        mode="text",
        x=columns.ravel(),
        y=rows.ravel(),
        text=[_place(result, name) for name in names for result in agreement.results],
        textfont={
            "size": SMALL,
            "color": [theme.muted if np.isnan(v) else ink for v, ink in zip(strength.ravel(), inks, strict=True)],
        },
        hoverinfo="skip",
    )


def _place(result: ImportanceResult, name: str) -> str:
    """Write the places that something may have, 2 or 1–2, where it can be told from chance; else it has none."""
    if strengths(result).get(name) is None:
        return UNKNOWN
    best, worst = places(result).get(name, (0, 0))
    if best == worst:
        return f"{best}" if best else NOT_TOLD
    return f"{best}–{worst}"


def _hover(result: ImportanceResult, name: str) -> str:
    (score,) = [score for score in result.hyperparameters if score.name == name]
    return f"<b>{plain(by_name(result.estimator).title)}</b><br>{wrapped(bar_words.sentence(result, score))}"


def _facts(agreement: Agreement, hidden: list[str]) -> list[Fact]:
    found, target = found_parts(agreement.results[0])
    region = "all trials" if found == 1 else f"the best {percent(found)}"
    seen = {score.name for result in agreement.results for score in result.detectable}
    told = "" if seen.intersection(hidden) else ", not told apart from chance"
    return [
        Fact("rank by each estimator", bold=True),
        Fact(f"among {region}; target: best {percent(target)}"),
        Fact(f"{NOT_TOLD} not told apart from chance"),
        Fact("1–2 too close to tell which"),
        Fact(f"{UNKNOWN} no answer"),
        *([Fact(f"{len(hidden)} more are not shown{told}")] if hidden else []),
    ]
