"""The links that are viewed, stored as the pages store them, and what each of their pages must show.

What must be shown is taken from the snapshot before it is stored: neither the store nor a server has a part in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import hpi
from hpi import effects, figures
from hpi.curve import curve_of
from hpi.estimators import PedAnova
from hpi.figures import LIGHT
from hpi.results import ImportanceResult
from hpi.roles import Direction
from hpi.scoring import score
from hpi.sharing import Found, Snapshot, View, save
from hpi.store import Store
from hpi.subspace import Sample, Subspace, select
from hpi.table import TrialTable
from hpi.words import findings as finding_words

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
IMPORTANCE, ONE, FINDINGS, DATA = PAGES = ("importance", "one", "findings", "data")  # as addresses name them
ROWS_AT_ONCE = 8  # findings, before somebody asks for more
Numbers = tuple[tuple[str, float | None, float | None], ...]


@dataclass(frozen=True)
class Shown:
    """What a page must show: the traces of its figures in their order, and these texts among others."""

    figures: tuple[str, ...]
    texts: frozenset[str]


@dataclass(frozen=True)
class Prepared:
    """What is to be shared, the bars that it must show, and the pages."""

    name: str
    snapshot: Snapshot
    bars: Numbers
    pages: Mapping[str, Shown]


@dataclass(frozen=True)
class Link:
    """A link that is stored, by its token; the bars that it must show, and the pages."""

    name: str
    token: str
    size: int
    bars: Numbers
    pages: Mapping[str, Shown]


def example() -> TrialTable:
    """Return the example of 1,200 trials, as the pages open it."""
    space = json.loads((EXAMPLES / "digits_mlp.space.json").read_text("utf-8"))
    return hpi.read(EXAMPLES / "digits_mlp.csv", space=space)


def drawn(n_trials: int = 20_000, n_hyperparameters: int = 12) -> TrialTable:
    """Return a table that is drawn: four hyperparameters move the metric, the others do not."""
    rng = np.random.default_rng(0)
    x = rng.random((n_trials, n_hyperparameters)).round(6)
    loss = x[:, 0] + (x[:, 1] - 0.3) ** 2 + 0.5 * x[:, 2] * x[:, 3] + 0.2 * rng.standard_normal(n_trials)
    frame = pd.DataFrame(x, columns=[f"h{j + 1}" for j in range(n_hyperparameters)])
    return hpi.read(frame.assign(loss=loss.round(6)), metric="loss", direction=Direction.MINIMIZE)


def prepared(name: str, table: TrialTable) -> Prepared:
    """Return what is to be shared of a table, with its findings and its curve, as Share does; and what it must show."""
    sample = select(table, Subspace())
    result = score(table, sample, PedAnova(), 0)
    found = Found(result, hpi.findings(table), curve=curve_of(sample.design, 1.0, PedAnova()))
    snapshot = Snapshot(table, View(table.metric, table.direction), IMPORTANCE, found)
    return Prepared(name, snapshot, numbers(result), _pages(table, sample, found))


def stored(store: Store, ready: Prepared) -> Link:
    """Store a link and return it."""
    record, blobs = save(ready.snapshot)
    made = store.save("share", record, blobs, owner=None, days=1)
    return Link(ready.name, made.token, sum(map(len, blobs.values())), ready.bars, ready.pages)


def numbers(result: ImportanceResult) -> Numbers:
    """Return name, importance and noise floor of each bar, as a result has them."""
    return tuple((score.name, score.importance, score.floor) for score in result.hyperparameters)


def traces(figure: Any) -> str:  # noqa: ANN401
    """Return the traces of a figure as text, to the last digit."""
    return json.dumps(json.loads(figure.to_json())["data"], sort_keys=True)


def _pages(table: TrialTable, sample: Sample, found: Found) -> dict[str, Shown]:
    """Return what the pages must show, by their addresses."""
    assert found.findings is not None
    effect = effects.one_effect(table, sample, found.result.hyperparameters[0].name)
    rows = [alike[0] for alike in finding_words.alike(list(found.findings.findings))[:ROWS_AT_ONCE]]
    tolerance = found.findings.tolerance
    drawings = {
        IMPORTANCE: _of_importance(table, sample, found),
        ONE: (figures.metric_against(effect, LIGHT, None), figures.distribution(effect, LIGHT)),
        FINDINGS: tuple(figures.finding(row, LIGHT, tolerance) for row in rows),
        DATA: (figures.history(effects.history(table), LIGHT),),
    }
    texts = {FINDINGS: frozenset(row.text for row in rows)}
    return {page: Shown(tuple(map(traces, drawings[page])), texts.get(page, frozenset())) for page in PAGES}


def _of_importance(table: TrialTable, sample: Sample, found: Found) -> tuple[Any, ...]:
    """Return the figures of the page Importance, from top to bottom."""
    assert found.curve is not None
    return (
        figures.importance(found.result, LIGHT),
        figures.against_target(found.curve, found.result, LIGHT),
        figures.pair_matrix(found.result, LIGHT),
        figures.parallel(effects.target_profile(table, sample, found.result), found.result, LIGHT),
    )
