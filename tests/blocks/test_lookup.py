"""Cells of raw values against Edges.code of their positions."""

from __future__ import annotations

import copy

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hpi.blocks.lookup import Lookup, Table
from hpi.blocks.steps import PIECE, Scratch, Steps
from hpi.errors import SpaceError
from hpi.space import Edges, Hyperparameter, Kind

N = 20_000
UNIFORM = Hyperparameter("u", Kind.FLOAT, 0.0, 1.0)
NUMBERS = {
    "uniform": (UNIFORM, lambda rng: rng.random(N)),
    "log": (Hyperparameter("h", Kind.FLOAT, 1e-12, 1.0, log=True), lambda rng: 10 ** rng.uniform(-12, 0, N)),
    "log around 1": (Hyperparameter("h", Kind.FLOAT, 1e-3, 1e3, log=True), lambda rng: 10 ** rng.uniform(-3, 3, N)),
    "log of all doubles": (
        Hyperparameter("h", Kind.FLOAT, 1e-300, 1e300, log=True),
        lambda rng: 10 ** rng.uniform(-300, 300, N),
    ),
    "few on the log": (
        Hyperparameter("h", Kind.FLOAT, 1e-3, 1e3, log=True),
        lambda rng: 10.0 ** rng.integers(-3, 4, N),
    ),
    "few int": (Hyperparameter("h", Kind.INT, 1, 9), lambda rng: rng.integers(1, 10, N)),
    "many int": (Hyperparameter("h", Kind.INT, -100, 9000), lambda rng: rng.integers(-100, 9001, N)),
    "log int": (Hyperparameter("h", Kind.INT, 1, 10**5, log=True), lambda rng: np.round(10 ** rng.uniform(0, 5, N))),
    "skewed": (UNIFORM, lambda rng: rng.random(N) ** 40),
    "skewed to zero": (Hyperparameter("h", Kind.FLOAT, -1.0, 1.0), lambda rng: rng.normal(size=N) ** 7 / 1e5),
    "two heaps": (UNIFORM, lambda rng: rng.integers(0, 2, N) * 0.9 + rng.random(N) * 1e-7),
    "last digits": (
        Hyperparameter("h", Kind.FLOAT, 1.0, 1 + 2.0**-40),
        lambda rng: 1 + rng.integers(0, 4096, N) * 2**-52,
    ),
    "last digits on the log": (
        Hyperparameter("h", Kind.FLOAT, 1.0, 1 + 2.0**-40, log=True),
        lambda rng: 1 + rng.integers(0, 4096, N) * 2**-52,
    ),
    "huge": (Hyperparameter("h", Kind.FLOAT, -1e300, 1e300), lambda rng: rng.normal(size=N) * 1e299),
    "denormal": (Hyperparameter("h", Kind.FLOAT, 0.0, 1e-310), lambda rng: rng.random(N) * 1e-310),
}


def slowly(hyperparameter, edges, values):
    return edges.code(hyperparameter.encode(pd.Series(values)))


def beside(values, several=30):
    """Values and the doubles around each."""
    values = np.asarray(values, dtype=float)
    found, below, above = [values], values, values
    for _ in range(several):
        below, above = np.nextafter(below, -np.inf), np.nextafter(above, np.inf)
        found += [below, above]
    return np.concatenate(found)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("n_drawn", [1, 2, 40, N // 2])
def test_numbers_lie_in_the_cells_of_their_positions(name, n_drawn):
    hyperparameter, make = NUMBERS[name]
    low, high = hyperparameter.ends
    values = np.clip(make(np.random.default_rng(0)).astype(float), low, high)
    edges = Edges.drawn(hyperparameter.encode(pd.Series(values[:n_drawn])), hyperparameter)
    lookup = Lookup.of(hyperparameter, edges)
    ends = lookup.steps.thresholds[:-2]
    probed = np.concatenate([values, beside(ends), beside([low, high]), values[:n_drawn]])
    probed = np.append(probed.clip(lookup.lowest, lookup.highest), [np.nan, -np.nan, lookup.lowest, lookup.highest])
    probed = np.random.default_rng(1).permutation(probed)
    code = lookup.code(probed)
    assert code.dtype == np.uint16
    np.testing.assert_array_equal(code, slowly(hyperparameter, edges, probed))
    assert (code == lookup.n).sum() == 2


@pytest.mark.parametrize("n", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_any_number_of_values(n):
    values = np.random.default_rng(0).random(n)
    edges = Edges.of(np.linspace(0, 1, 1000), ordered=True)
    np.testing.assert_array_equal(Lookup.of(UNIFORM, edges).code(values), edges.code(values))


def test_values_that_are_not_next_to_each_other():
    values = np.random.default_rng(0).random((1000, 3))
    edges = Edges.of(values[:, 0], ordered=True)
    np.testing.assert_array_equal(Lookup.of(UNIFORM, edges).code(values[:, 1]), edges.code(values[:, 1]))


def test_without_cells_all_is_zero():
    edges = Edges.of(np.full(5, np.nan), ordered=True)
    values = np.array([0.0, 0.5, np.nan])
    assert edges.n == 0
    assert Lookup.of(UNIFORM, edges).code(values).tolist() == edges.code(values).tolist() == [0, 0, 0]


def test_nothing_but_inactive_trials():
    lookup = Lookup.of(UNIFORM, Edges.of(np.linspace(0, 1, 9), ordered=True))
    assert (lookup.code(np.full(5, np.nan)) == 9).all()
    wide = Hyperparameter("h", Kind.FLOAT, -1e300, 1e300)
    positions = wide.encode(pd.Series([-1e300, -1e-300, 0.0, 1e-300, 1e300]))
    # nan of either sign has the bits of no number
    assert (Lookup.of(wide, Edges.of(positions, ordered=True)).code(np.array([np.nan, -np.nan])) == 3).all()


class Trembling(Hyperparameter):
    """Positions are wrong by up to a last digit, this way or that: their order is not that of the values."""

    def encode(self, column):
        x = super().encode(column)
        odd = (column.to_numpy(dtype=float).view(np.int64) * 0x9E3779B9 >> 7) & 1
        return np.where(odd == 1, x, np.nextafter(x, 0.0))


def test_logarithms_that_tremble_are_taken_where_it_matters():
    hyperparameter = Trembling("h", Kind.FLOAT, 1e-3, 1e3, log=True)
    values = 10 ** np.random.default_rng(0).uniform(-3, 3, N)
    edges = Edges.drawn(hyperparameter.encode(pd.Series(values[:1000])), hyperparameter)
    lookup = Lookup.of(hyperparameter, edges)
    assert len(lookup.doubtful)
    probed = np.concatenate([values, beside(lookup.steps.thresholds[:-2], 20)])
    expected = slowly(hyperparameter, edges, probed)
    np.testing.assert_array_equal(lookup.code(probed), expected)
    without = np.searchsorted(lookup.steps.thresholds[:-2], probed)
    assert (without != expected).any(), "else nothing trembled"


def test_beyond_the_drawn_ones_the_last_cell_goes_on():
    edges = Edges.of(np.array([0.4, 0.5, 0.6]), ordered=True)
    assert Lookup.of(UNIFORM, edges).code(np.array([0.0, 0.4, 0.41, 0.55, 0.7, 1.0])).tolist() == [0, 0, 1, 2, 2, 2]


@pytest.mark.parametrize("value", [-0.1, 1.1, np.inf, -np.inf])
@pytest.mark.parametrize("hyperparameter", [UNIFORM, Hyperparameter("u", Kind.FLOAT, 0.1, 1.0, log=True)])
def test_a_value_outside_the_bounds_is_refused_as_ever(hyperparameter, value):
    lookup = Lookup.of(hyperparameter, Edges.of(np.linspace(0, 1, 9), ordered=True))
    with pytest.raises(SpaceError, match="1 values lie outside"):
        lookup.code(np.array([0.5, np.nan, value]))


@pytest.mark.parametrize(
    "hyperparameter",
    [
        Hyperparameter("h", Kind.CATEGORY, levels=("a", "b", "c")),
        Hyperparameter("h", Kind.BOOL, levels=("False", "True")),
        Hyperparameter("h", Kind.ORDINAL, levels=tuple(map(str, range(300)))),
        Hyperparameter("h", Kind.ORDINAL, levels=("low", "middle", "high")),
    ],
    ids=str,
)
def test_levels_lie_in_the_cells_of_their_positions(hyperparameter):
    rng, n = np.random.default_rng(0), len(hyperparameter.levels)
    place = rng.integers(-1, n, 2000)
    words = pd.Series([hyperparameter.levels[k] if k >= 0 else None for k in place], dtype=object)
    edges = Edges.drawn(hyperparameter.encode(words[:500]), hyperparameter)
    for kind in (np.int64, np.int32, np.int16):
        code = Lookup.of(hyperparameter, edges).code(place.astype(kind))
        np.testing.assert_array_equal(code, edges.code(hyperparameter.encode(words)))


def test_words_that_are_numbers_lie_in_the_cells_of_their_positions():
    positions = np.array([0.3, np.nan, 0.9])
    edges = Edges.of(np.linspace(0, 1, 11), ordered=True)
    assert Table.of(edges, positions).code(np.array([2, 1, 0, -1], dtype=np.int32)).tolist() == [9, 11, 3, 11]


NUMBER = st.floats(-1e300, 1e300)
NEAR_ONE = st.integers(-200, 200).map(lambda k: 1 + k * 2.0**-52)
FEW = st.sampled_from([-1e-308, -5e-324, -0.0, 0.0, 5e-324, 1e-308, 1.0])


@given(st.data())
def test_steps_are_what_searchsorted_says(data):
    numbers = data.draw(st.sampled_from([NUMBER, NEAR_ONE, FEW, st.one_of(NUMBER, NEAR_ONE, FEW)]))
    thresholds = np.sort(data.draw(arrays(float, st.integers(0, 60), elements=numbers)))
    values = beside(np.append(data.draw(arrays(float, st.integers(0, 40), elements=numbers)), thresholds), 2)
    out = np.empty(len(values), dtype=np.intp)
    here = Steps.of(thresholds)
    for steps in (here, copy.deepcopy(here)):  # which takes the way to another machine
        steps.below(values, out, Scratch())
        np.testing.assert_array_equal(out, np.searchsorted(thresholds, values))
