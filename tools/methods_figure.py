"""The picture of docs/methods.md: what four ways of estimating see of one table, beside the truth.

The density of the target over that of the region for the three hyperparameters of the Ishigami function that matter:
the truth, the series form, a kernel (the recipe of Optuna) and a histogram.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from hpi.space import Floats
    from hpi.subspace import Sample

OUT = ROOT / "docs" / "series.png"
N_TRIALS, TARGET, SEED = 1000, 0.1, 1
POINTS, MANY = 200, 1 << 21
WIDTH, HEIGHT = 980, 320
PLACES = np.linspace(0, 1, POINTS)
COLOURS = {"truth": "#0F172A", "series": "#0F766E", "kernel": "#B45309", "histogram": "#94A3B8"}


def main() -> int:
    """Exit code: 0 where the picture was taken."""
    from hpi.space import Design
    from hpi.subspace import Subspace, cut
    from hpi.toys import ISHIGAMI

    trials = ISHIGAMI.draw(N_TRIALS, np.random.default_rng(SEED))
    design = Design.build(ISHIGAMI.hyperparameters, trials, trials["loss"].to_numpy())
    sample = cut(design, Subspace(1.0, TARGET))
    truth = _truths()
    _photograph(_figure([_curves(sample, j, truth[j]) for j in range(3)], ISHIGAMI.names))
    print(OUT.relative_to(ROOT))
    return 0


def _truths() -> list[Floats]:
    """Density ratio at POINTS places for each hyperparameter, from two million points of the function."""
    from hpi.toys import ISHIGAMI

    u = np.random.default_rng(0).random((MANY, len(ISHIGAMI.names)))
    loss = ISHIGAMI.at(u)["loss"].to_numpy()
    best = loss <= np.quantile(loss, TARGET)
    cells = [np.minimum((u[:, j] * POINTS).astype(int), POINTS - 1) for j in range(3)]
    return [
        np.bincount(cell, weights=best, minlength=POINTS) / np.bincount(cell, minlength=POINTS) / TARGET
        for cell in cells
    ]


def _curves(sample: Sample, j: int, truth: Floats) -> dict[str, tuple[Floats, Floats]]:
    """Both coordinates of each line."""
    from hpi.counts import count
    from hpi.estimators.ped import histogram, kernel
    from hpi.estimators.ped.series import coefficients

    (counts,) = count(sample)[j]
    found = coefficients(counts)
    k = np.arange(1, found.kept + 1)
    series = 1 + np.sqrt(2) * np.cos(np.pi * np.outer(PLACES, k)) @ found.m[: found.kept]
    grid = kernel.counts(sample, j, 0)
    densities = [kernel.smoothed(part[None, :-1])[0] for part in (grid.target, grid.region)]
    bins = histogram.counts(sample, j, 0, against_design=False)
    steps = (bins.target[:-1] / bins.target.sum()) / (bins.region[:-1] / bins.region.sum())
    edges = np.linspace(0, 1, len(steps) + 1)
    return {
        "histogram": (np.repeat(edges, 2)[1:-1], np.repeat(steps, 2)),
        "kernel": (np.linspace(0, 1, len(densities[0])), densities[0] / densities[1]),
        "series": (PLACES, series),
        "truth": ((np.arange(POINTS) + 0.5) / POINTS, truth),
    }


def _figure(curves: list[dict[str, tuple[Floats, Floats]]], names: tuple[str, ...]) -> go.Figure:
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    from hpi.figures import LIGHT

    figure = make_subplots(1, 3, subplot_titles=names[:3], horizontal_spacing=0.05)
    for column, lines in enumerate(curves, 1):
        for name, (x, y) in lines.items():
            line = {"color": COLOURS[name], "width": 1.2 if name == "truth" else 2.2}
            if name == "histogram":
                line["width"] = 1.4
            trace = go.Scatter(x=x, y=y, name=name, mode="lines", line=line, showlegend=column == 1)
            figure.add_trace(trace, row=1, col=column)
    figure.update_layout(
        template=LIGHT.template, width=WIDTH, height=HEIGHT, showlegend=True, paper_bgcolor="white",
        legend={"orientation": "h", "y": -0.16, "traceorder": "reversed"}, margin={"l": 46, "r": 10, "t": 34, "b": 56},
    )  # fmt: skip
    figure.update_yaxes(title_text="target / region", col=1)
    figure.update_yaxes(rangemode="tozero")
    return figure


def _photograph(figure: go.Figure) -> None:
    from playwright.sync_api import sync_playwright

    from tests.browser.servers import ARGUMENTS
    from tools import ensure_browser

    program = ensure_browser.find()
    if program is None:
        sys.exit(f"hpi: {ensure_browser.ADVICE}")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder) / "figure.html"
        figure.write_html(page_file, include_plotlyjs=True)
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=1.5)
        page.goto(page_file.as_uri())
        page.locator(".main-svg").first.wait_for()
        page.locator(".js-plotly-plot").screenshot(path=OUT)
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
