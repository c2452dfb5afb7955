"""Counts from checkpoints are those of counting, whatever is asked."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpi.counts import count
from hpi.filters import Between
from hpi.roles import Direction
from hpi.space import Cells, Ladder
from hpi.space.ladder import MOST_CHECKPOINTS
from hpi.subspace import Subspace, cut, select
from hpi.toys import ADDITIVE
from tests.makers import design, noise_columns, noise_design, toy_design


@settings(deadline=None)
@given(
    n_trials=st.integers(0, 5_000),
    n_cells=st.integers(1, 700),
    ends=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_part_of_the_trials_is_counted_as_if_one_by_one(n_trials, n_cells, ends, seed):
    code = np.random.default_rng(seed).integers(0, n_cells, n_trials).astype(np.uint16)
    ladder = Ladder.of(code, n_cells)
    start, stop = sorted(round(end * n_trials) for end in ends)
    counted = [int((code[start:stop] == cell).sum()) for cell in range(n_cells)]
    assert ladder.between(start, stop).tolist() == counted
    assert ladder.first(n_trials).sum() == n_trials
    assert ladder.checkpoints.size <= max(n_trials, n_cells)


@pytest.mark.parametrize("n_trials", [1, 255, 256, 1024 * 256, 1024 * 256 + 1, 600_000])
def test_there_are_never_more_than_1024_checkpoints(n_trials):
    ladder = Ladder.of(np.zeros(n_trials, dtype=np.uint16), 2)
    assert len(ladder.checkpoints) <= MOST_CHECKPOINTS == 1024
    for size in (0, 1, n_trials // 2, n_trials - 1, n_trials):
        assert ladder.first(size).tolist() == [size, 0]


@pytest.mark.parametrize(("region", "target"), [(1.0, 0.1), (1.0, 0.005), (0.5, 0.3), (0.2, 0.19)])
def test_counts_of_every_threshold_are_those_of_the_codes(region, target):
    sample = cut(noise_design(3_000, np.random.default_rng(0)), Subspace(region, target))
    for cells, (counts,) in zip(sample.design.cells, count(sample), strict=True):
        reach = max(5, round(0.15 * sample.n_target))
        near = cells.code[max(0, sample.n_target - reach) : sample.n_target + reach]
        for found, codes in (
            (counts.target, cells.code[: sample.n_target]),
            (counts.region, cells.code[: sample.n_region]),
            (counts.near_target, near),
        ):
            by_level = pd.Series(codes).value_counts().reindex(range(cells.n + 1), fill_value=0)
            assert found.tolist() == by_level.tolist()
        assert (counts.near_region is None) == (region == 1)


def test_trials_are_counted_once_a_design():
    built = toy_design(ADDITIVE, 500, 0)
    first, second = (cut(built, Subspace(1.0, target)) for target in (0.1, 0.2))
    count(first)
    ladders = [cells.ladder for cells in built.cells]
    count(second)
    assert [cells.ladder for cells in built.cells] == ladders


def test_a_filter_counts_anew():
    import hpi

    columns = noise_columns(400, np.random.default_rng(0)).assign(loss=np.arange(400.0))
    table = hpi.read(columns, metric="loss", direction=Direction.MINIMIZE)
    half = select(table, Subspace(1.0, 0.1, (Between("a", None, 0.5),)))
    kept = columns[columns["a"] <= 0.5]
    counts = dict(zip((h.name for h in table.design.hyperparameters), count(half), strict=True))
    levels = kept["optimizer"].head(half.n_target).value_counts().reindex(["adam", "rmsprop", "sgd"])
    assert counts["optimizer"][0].target[:-1].tolist() == levels.tolist()
    assert counts["optimizer"][0].n_region == len(kept)


def test_inactive_trials_have_a_cell_of_their_own():
    built = design({"x": np.array([0.1, np.nan, 0.3, np.nan])}, np.arange(4.0))
    assert built.cells[0].ladder.first(3).tolist() == [1, 1, 1]
    assert Cells.of(np.full(3, np.nan), ordered=True).ladder.first(3).tolist() == [3]
