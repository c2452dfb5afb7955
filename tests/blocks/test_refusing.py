"""Choices that do not fit a table larger than memory: what is said, and that it is said before rows are read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import hpi
from hpi.blocks import asking
from hpi.blocks.large import LargeTable
from hpi.errors import SpaceError, TableError
from hpi.space import drawing
from tests.blocks.making import written

N = 600


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A loss that was written as text, and one row of a task of its own."""
    monkeypatch.setenv("HPI_READ_ROWS", "100")
    monkeypatch.setattr("hpi.blocks.words.MOST_WORDS", 500)
    monkeypatch.setattr("hpi.blocks.refusing.MOST_WORDS", 500)
    rng = np.random.default_rng(0)
    x, task = rng.random(N), np.array(["often"] * N, dtype=object)
    task[: N // 3] = "second"
    task[_last_drawn()] = "rareone"
    columns = {"x": x, "y": rng.random(N), "env": task, "score": x + rng.random(N)}
    return written(
        tmp_path / "runs", pa.table({**columns, "loss": [f"{value!r}" for value in rng.random(N)]}), [[200] * 3]
    )


def _last_drawn() -> int:
    """Return the row that is drawn after all others."""
    return int(np.argmax(drawing.hashes(np.arange(N))))


@pytest.mark.parametrize(
    "choice",
    [
        {"metric": "loss"},
        {"roles": {"loss": "hyperparameter"}},
        {"metric": "score", "space": {"loss": {"kind": "float", "low": 0, "high": 1}}},
    ],
)
def test_a_column_that_has_too_many_words_is_not_denied(folder, choice):
    with pytest.raises(TableError, match="^loss holds text with more than 500 different cells, .+ write it as numbers"):
        hpi.read(folder, direction="minimize", **choice)


def test_a_column_with_too_many_words_may_be_left_out(folder):
    read = hpi.read(folder, metric="score", direction="minimize", roles={"loss": "left out"})
    assert isinstance(read, LargeTable)
    assert [one.name for one in read.hyperparameters] == ["x", "y"]


def test_where_no_metric_is_found_the_text_is_named(folder):
    unknown = hpi.read(folder, roles={"score": "context", "x": "hyperparameter", "y": "hyperparameter"})
    assert unknown.metric is None
    with pytest.raises(TableError, match="metric is not known: loss holds text .+ choose another column"):
        hpi.importance(unknown)


def test_a_task_of_which_no_row_is_at_hand_is_not_denied(folder, monkeypatch):
    monkeypatch.setattr("hpi.space.drawing.MOST_DRAWN", N - 1)

    def of(task: str) -> hpi.TrialTable:
        return hpi.read(folder, metric="score", direction="minimize", task=task)

    assert of("second").n_rows == N
    with pytest.raises(TableError, match=r"No row that was looked at is of the task 'rareone' \(env\)"):
        of("rareone")
    with pytest.raises(TableError, match="There is no task 'never'"):
        of("never")


@pytest.mark.parametrize(
    ("choice", "error", "said"),
    [
        ({"rank": {"score": "minimize", "x": "maximize"}}, TableError, "needs all trials in memory"),
        ({"metric": "nope"}, TableError, "There is no column 'nope'"),
        ({"roles": {"nope": "context"}}, TableError, "There is no column 'nope'"),
        ({"metric": "score", "roles": {"x": "metric"}}, TableError, "Two metrics were chosen"),
        ({"space": {"nope": {"kind": "float", "low": 0, "high": 1}}}, SpaceError, "There is no column 'nope'"),
        ({"study": "one"}, TableError, "has no studies"),
    ],
)
def test_what_needs_no_row_is_refused_before_any_is_read(folder, monkeypatch, choice, error, said):
    monkeypatch.setattr(asking, "looked_at", None)
    with pytest.raises(error, match=said):
        hpi.read(folder, **choice)
