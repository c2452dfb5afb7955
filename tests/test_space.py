"""Positions, cells and the order of trials."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hpi.errors import SpaceError
from hpi.space import Cells, Design, Hyperparameter, Kind
from tests.makers import design


def test_positions_by_hand():
    lr = Hyperparameter("lr", Kind.FLOAT, 1e-5, 1e-1, log=True)
    assert lr.encode(pd.Series([1e-5, 1e-3, 1e-1, np.nan])) == pytest.approx([0, 0.5, 1, np.nan], nan_ok=True)
    depth = Hyperparameter("depth", Kind.INT, 1, 5)
    assert depth.encode(pd.Series([1, 2, 5])) == pytest.approx([0, 0.25, 1])
    optimizer = Hyperparameter("optimizer", Kind.CATEGORY, levels=("adam", "sgd", "None"))
    assert optimizer.encode(pd.Series(["sgd", "None", None, "adam"])) == pytest.approx([0.5, 1, np.nan, 0], nan_ok=True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": Kind.FLOAT, "low": 1, "high": 1}, "low must be below high"),
        ({"kind": Kind.FLOAT, "low": None, "high": 1}, "low must be below high"),
        ({"kind": Kind.FLOAT, "low": np.nan, "high": 1}, "low must be below high"),
        ({"kind": Kind.INT, "low": 0, "high": 9, "log": True}, "positive"),
        ({"kind": Kind.CATEGORY, "levels": ("a",)}, "at least two"),
        ({"kind": Kind.BOOL, "levels": ("a", "a")}, "at least two"),
    ],
)
def test_contradictions_are_refused(arguments, message):
    with pytest.raises(SpaceError, match=message):
        Hyperparameter("h", **arguments)


def test_values_outside_the_space_are_refused():
    with pytest.raises(SpaceError, match=r"x: 2 values lie outside \[0, 1\], for instance 3"):
        Hyperparameter("x", Kind.FLOAT, 0, 1).encode(pd.Series([0.5, 3, -1]))
    with pytest.raises(SpaceError, match="1 values lie outside"):
        Hyperparameter("x", Kind.FLOAT, 1e-3, 1, log=True).encode(pd.Series([0.5, -1]))
    with pytest.raises(SpaceError, match="the level 'c' is not among the declared ones"):
        Hyperparameter("x", Kind.CATEGORY, levels=("a", "b")).encode(pd.Series(["a", "c"]))


VALUES = hnp.arrays(float, st.integers(1, 200), elements=st.floats(1e-3, 1e3) | st.just(np.nan))


@given(VALUES, st.booleans())
def test_positions_stay_in_the_unit_interval_and_in_order(values, log):
    x = Hyperparameter("x", Kind.FLOAT, 1e-3, 1e3, log=log).encode(pd.Series(values))
    active = ~np.isnan(values)
    assert np.array_equal(np.isnan(x), ~active)
    assert ((x[active] >= 0) & (x[active] <= 1)).all()
    order = np.argsort(values[active])
    assert (np.diff(x[active][order]) >= 0).all()


@given(
    hnp.arrays(float, st.integers(1, 400), elements=st.sampled_from([*np.linspace(0, 1, 40), np.nan])),
    st.integers(2, 50),
)
def test_cells_keep_the_order_and_equal_values_together(x, limit):
    cells = Cells.of(x, ordered=True, limit=limit)
    active = ~np.isnan(x)
    assert (cells.code[~active] == cells.n).all()
    assert cells.n <= limit or cells.exact
    if active.any():
        order = np.argsort(x[active], kind="stable")
        assert (np.diff(cells.code[active][order].astype(int)) >= 0).all()
        assert set(cells.code[active]) == set(range(cells.n))
    for value in np.unique(x[active]):
        assert len(set(cells.code[x == value])) == 1
    if cells.exact:
        assert cells.n == len(np.unique(x[active]))


def test_rank_cells_hold_equal_numbers():
    x = np.random.default_rng(0).random(25_600)
    assert np.bincount(Cells.of(x, ordered=True).code).tolist() == [100] * 256 + [0] * 0


def test_the_design_is_best_first_and_read_only():
    built = design({"x": np.array([3.0, 1.0, 2.0])}, np.array([0.3, 0.1, 0.2]))
    assert built.row.tolist() == [1, 2, 0]
    assert built.loss.tolist() == [0.1, 0.2, 0.3]
    with pytest.raises(ValueError, match="read-only"):
        built.x[0, 0] = 1
    kept = built.keep(np.array([True, False, True]))
    assert kept.row.tolist() == [1, 0]
    assert built.column("x") == 0


@given(st.permutations(range(12)))
def test_ties_are_ordered_by_their_values_alone(order):
    trials = pd.DataFrame({"x": np.arange(12.0), "c": list("abcabcabcabc")})
    hyperparameters = (Hyperparameter("x", Kind.FLOAT, 0, 11), Hyperparameter("c", Kind.CATEGORY, levels=tuple("abc")))
    loss = np.array([0.0, -0.0, 1, 1, 1, 1, 0, 0, 0, 2, 2, 2])
    order = list(order)
    first = Design.build(hyperparameters, trials, loss)
    second = Design.build(hyperparameters[::-1], trials.iloc[order], loss[order])
    assert np.array_equal(first.x, second.x[:, ::-1])
    assert np.array_equal(first.loss, second.loss)
