"""Ours, as anybody runs it: the table is read, and the importance of every hyperparameter and pair is asked for.

That is more than the question: roles are found, cells are drawn, trials are counted at all thresholds that the app can
ask for and for all pairs, intervals and what chance would show are there. Of all that, the answer to the question is
picked out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import hpi
from benchmarks.scale.answer import Answer
from benchmarks.scale.question import TARGET, Question


def answer(folder: Path, question: Question) -> Answer:
    """Return the part of our counts that was asked for."""
    table = hpi.read(folder, metric=question.metric, direction="minimize")
    result = hpi.importance(table, subspace=hpi.Subspace(target=TARGET))
    if len(result.hyperparameters) != len(question.axes):
        raise ValueError(f"{len(result.hyperparameters)} hyperparameters were found instead of {len(question.axes)}")
    return picked(table, question)


def picked(table: Any, question: Question) -> Answer:  # noqa: ANN401
    """Return what a table that has been counted says to the question; nothing is counted anew."""
    tallies = table.counted()[0].tallies
    rung = tallies.rung(TARGET)
    names = [one.name for one in table.hyperparameters]
    column = [names.index(axis.name) for axis in question.axes]

    def parted(counts: np.ndarray) -> np.ndarray:
        return np.stack([counts[-1] - counts[rung], counts[rung]])

    cells = []
    for axis, j in zip(question.axes, column, strict=True):
        levels = table.hyperparameters[j].levels
        order = [levels.index(level) for level in axis.levels] or list(range(axis.n))
        cells.append(parted(tallies.counted.cells[j])[:, [*order, axis.n]])
    pairs = []
    for a, b in question.pairs:
        first, second = sorted((column[a], column[b]))
        counts = parted(tallies.counted.pairs[tallies.asked.pairs.index((first, second))])
        pairs.append(counts if column[a] == first else counts.swapaxes(1, 2))
    return Answer(float(tallies.asked.cutoffs[rung]), tuple(cells), tuple(pairs))
