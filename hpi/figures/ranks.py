"""The ranks that several estimators give, side by side: a row a hyperparameter, a column an estimator."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from hpi.comparison import Agreement
from hpi.comparison.ranks import ranks, relative_strengths, strengths
from hpi.estimators import by_name
from hpi.figures import bar_words
from hpi.figures.heading import Fact, heading
from hpi.figures.labels import folded, percent, plain, shortened, wrapped
from hpi.figures.theme import SMALL, Theme, blended, draw, readable_on
from hpi.results import ImportanceResult
from hpi.space import Floats

ROW, HEAD, BELOW = 34, 46, 10  # pixels
NAME = 22  # columns of text
HEADING = 10
STEPS = 12
NOT_TOLD, UNKNOWN = "–", "?"


def rank_matrix(agreement: Agreement, theme: Theme) -> go.Figure:
    """Return the matrix of ranks, the hyperparameters with the best middle rank first."""
    names = order(agreement)
    title, above = heading(_facts(agreement), theme)
    strength = np.array(
        [[relative_strengths(result).get(name, np.nan) for result in agreement.results] for name in names]
    )
    columns = range(len(agreement.results))
    figure = draw(
        theme,
        above + HEAD + ROW * len(names) + BELOW,
        title=title,
        margin={"l": 12, "r": 16, "t": above + HEAD, "b": BELOW},
        xaxis={
            "side": "top",
            "tickvals": [*columns],
            "ticktext": [folded(by_name(result.estimator).title, HEADING) for result in agreement.results],
            "tickangle": 0,
            "ticks": "",
            "showgrid": False,
        },
        yaxis={
            "range": [len(names) - 0.5, -0.5],
            "tickvals": [*range(len(names))],
            "ticktext": [plain(name) for name in shortened(names, NAME)],
            "tickfont": {"color": theme.text, "size": SMALL},
            "ticks": "",
            "showgrid": False,
        },
    )
    figure.add_traces([_cells(agreement, names, strength, theme), _numbers(agreement, names, strength, theme)])
    return figure


def order(agreement: Agreement) -> list[str]:
    """Names by their middle rank over the estimators that rank them; those that nobody ranks last."""
    given: dict[str, list[float]] = {score.name: [] for score in agreement.results[0].hyperparameters}
    for result in agreement.results:
        for name, rank in ranks(result).items():
            given[name].append(rank)
    return sorted(given, key=lambda name: (float(np.median(given[name])) if given[name] else np.inf, name))


def _cells(agreement: Agreement, names: list[str], strength: Floats, theme: Theme) -> go.Heatmap:
    return go.Heatmap(
        name="strength",
        z=strength,
        zmin=0,
        zmax=1,
        colorscale=[[step / STEPS, _colour(step / STEPS, theme)] for step in range(STEPS + 1)],
        showscale=False,
        xgap=3,
        ygap=3,
        hovertext=[[_hover(result, name) for result in agreement.results] for name in names],
        hoverinfo="text",
        hoverongaps=True,
    )


def _colour(strength: float, theme: Theme) -> str:
    return blended(blended(theme.background, theme.chance, 0.35), theme.target, 0.9 * strength)


def _numbers(agreement: Agreement, names: list[str], strength: Floats, theme: Theme) -> go.Scatter:
    rows, columns = np.indices(strength.shape)
    inks = [readable_on(_colour(0.0 if np.isnan(value) else value, theme)) for value in strength.ravel()]
    return go.Scatter(
        name="ranks",
        mode="text",
        x=columns.ravel(),
        y=rows.ravel(),
        text=[_rank(result, name) for name in names for result in agreement.results],
        textfont={
            "size": SMALL,
            "color": [theme.muted if np.isnan(v) else ink for v, ink in zip(strength.ravel(), inks, strict=True)],
        },
        hoverinfo="skip",
    )


def _rank(result: ImportanceResult, name: str) -> str:
    """Write the rank of what can be told from chance; what cannot has none."""
    strength = strengths(result).get(name)
    if strength is None:
        return UNKNOWN
    return f"{ranks(result)[name]:g}" if strength > 0 else NOT_TOLD


def _hover(result: ImportanceResult, name: str) -> str:
    (score,) = [score for score in result.hyperparameters if score.name == name]
    return f"<b>{plain(by_name(result.estimator).title)}</b><br>{wrapped(bar_words.sentence(result, score))}"


def _facts(agreement: Agreement) -> list[Fact]:
    question = agreement.results[0].subspace
    region = "all trials" if question.region == 1 else f"the best {percent(question.region)}"
    return [
        Fact("rank by each estimator", bold=True),
        Fact(f"among {region}; target: best {percent(question.target)}"),
        Fact(f"{NOT_TOLD} not told apart from chance"),
        Fact(f"{UNKNOWN} no answer"),
    ]
