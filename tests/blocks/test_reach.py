"""Bounds and levels are those of rows that count, in blocks as in memory: the same edges and counts, bit for bit."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

import hpi
from hpi.blocks import asking, large
from hpi.blocks.source import find
from hpi.roles import Choices, Direction
from hpi.space import drawing
from tests.blocks.making import written


@pytest.mark.parametrize("failed", [0.0, 0.1])
def test_values_of_rows_that_do_not_count_say_nothing(tmp_path, monkeypatch, failed):
    monkeypatch.setattr(drawing, "MOST_DRAWN", 400)
    n, rng = 3000, np.random.default_rng(0)
    lr, opt, bad = 1 + rng.random(n), rng.choice(["a", "b", "c"], n).astype(object), rng.random(n) < failed
    loss = np.where(bad, np.nan, lr + rng.random(n))
    lr[bad] *= 3
    opt[np.flatnonzero(bad)[:1]] = "never"
    whole = pa.table({"lr": lr, "momentum": rng.random(n), "opt": pa.array(opt), "loss": loss})
    one = written(tmp_path / "one", whole, [[n]]) / "part-0000.parquet"
    source = find(str(written(tmp_path / "several", whole, [[700, 300], [5]])))
    memory = hpi.read(one, metric="loss", direction="minimize", repeats="each")
    table = large.made(source, asking.looked_at(source), Choices("loss", Direction.MINIMIZE), "blocks")
    found, counted = table.counted()
    _, tallies = memory.design.tallied()
    assert counted.hyperparameters == memory.hyperparameters
    assert found.tallies is not None
    for mine, its in zip(found.tallies.asked.edges, tallies.asked.edges, strict=True):
        assert mine.ends.tobytes() == its.ends.tobytes()
    for mine, its in zip(found.tallies.counted.arrays(), tallies.counted.arrays(), strict=True):
        np.testing.assert_array_equal(mine, its)
