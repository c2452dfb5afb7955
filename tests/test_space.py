"""Positions, cells and the order of trials."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import hpi
from hpi.errors import SpaceError
from hpi.space import Cells, Design, Domain, Hyperparameter, Kind
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
        ({"kind": Kind.CATEGORY, "levels": tuple(map(str, range(2**16)))}, "65,536 levels; at most 65,535"),
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


def test_as_many_levels_as_there_may_be_keep_their_cells():
    label = Hyperparameter("label", Kind.CATEGORY, levels=tuple(map(str, range(2**16 - 1))))
    x = label.encode(pd.Series([*reversed(label.levels), None], dtype=object))
    assert Cells.of(x, ordered=False).code.tolist() == [*range(65_534, -1, -1), 65_535]  # inactive is the last one


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


FIRST = Domain((("c", (0, 0.5)),), -7, -2)
SECOND = Domain((("c", (0.5, 1)), ("kind", ("a", True))), 2, 7)
WITH_DOMAINS = Hyperparameter("x", Kind.FLOAT, domains=(FIRST, SECOND))


def trials(x: list[float], c: list[float], kind: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"x": x, "c": c, "kind": kind})


def test_domains_span_the_bounds_and_the_first_that_holds_counts():
    assert (WITH_DOMAINS.low, WITH_DOMAINS.high) == (-7, 7)
    assert WITH_DOMAINS.n_regimes == 2
    both = trials([-3.0, -7, 2, 7, np.nan], [0, 0.5, 0.6, 1, 0.2], ["a", "a", "a", "True", "a"])
    assert WITH_DOMAINS.regimes(both).tolist() == [0, 0, 1, 1, -1]


def test_a_design_knows_in_which_domain_each_value_lies():
    """Worked by hand: x = -4.5 is half of [-7, -2]; overall it is 2.5 / 14."""
    columns = trials([-4.5, 7, np.nan, 2], [0.1, 0.9, 0.2, 0.8], ["a"] * 4)
    hyperparameters = (WITH_DOMAINS, Hyperparameter("c", Kind.FLOAT, 0, 1))
    built = Design.build(hyperparameters, columns, np.array([3.0, 2, 1, 0]))
    assert built.regime is not None
    assert built.regime.tolist() == [[1, 0], [-1, 0], [1, 0], [0, 0]]
    assert built.x[:, 0] == pytest.approx([9 / 14, np.nan, 1, 2.5 / 14], nan_ok=True)
    assert built.place(0, 0) == pytest.approx([np.nan, np.nan, np.nan, 0.5], nan_ok=True)
    assert built.place(0, 1) == pytest.approx([0, np.nan, 1, np.nan], nan_ok=True)
    assert [cells.code.tolist() for cells in built.regime_cells[0]] == [[1, 1, 1, 0], [0, 2, 1, 2]]
    assert built.regime_cells[1] == (built.cells[1],)
    kept = built.keep(np.array([False, False, True, True]))
    assert kept.regime is not None
    assert kept.regime.tolist() == [[1, 0], [0, 0]]
    with pytest.raises(ValueError, match="read-only"):
        built.regime[0, 0] = 5
    assert design({"x": np.arange(3.0)}, np.arange(3.0)).regime is None


@pytest.mark.parametrize(("low", "high"), [(1e-4, 1e-2), (1e-2, 1)])
def test_a_log_scale_is_that_of_every_domain(low, high):
    lr = Hyperparameter(
        "lr",
        Kind.FLOAT,
        log=True,
        domains=(Domain((("o", ("sgd",)),), 1e-2, 1), Domain((("o", ("adam",)),), 1e-4, 1e-2)),
    )
    columns = pd.DataFrame({"lr": [low, (low * high) ** 0.5, high], "o": "sgd" if high == 1 else "adam"})
    built = Design.build((lr,), columns, np.arange(3.0))
    assert built.place(0, int(high < 1)) == pytest.approx([0, 0.5, 1])


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (trials([-1.0], [0.2], ["a"]), r"1 values lie outside their domain \[-7, -2\], for instance -1.0 at c = 0.2"),
        (trials([3.0], [0.7], ["b"]), "1 values are given where none of its domains applies.*leave the cells empty"),
        (trials([3.0], [np.nan], ["a"]), "1 values are given where none of its domains applies"),
        (pd.DataFrame({"x": [3.0], "c": [0.7]}), "depends on 'kind', which is no hyperparameter or context column"),
        (pd.DataFrame({"x": [3.0], "c": [0.7], "kind": [1.0]}), r"kind, which holds numbers, but name \[a, True\]"),
    ],
)
def test_values_that_contradict_their_domain_are_refused(columns, message):
    with pytest.raises(SpaceError, match=message):
        WITH_DOMAINS.regimes(columns)


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"kind": "float", "domains": {}}, "domains is {}; it must be a list such as"),
        ({"kind": "float", "domains": [{"when": {"c": [0, 1]}, "low": 0}]}, "high is None; both must be given"),
        ({"kind": "float", "domains": [{"when": {"c": [0, 1]}, "low": 2, "high": 1}]}, "low must be below high"),
        ({"kind": "float", "domains": [{"low": 0, "high": 1}]}, "when is None; it must name parents"),
        ({"kind": "float", "domains": [{"when": {}, "low": 0, "high": 1}]}, "needs a parent and its values"),
        ({"kind": "float", "domains": [{"when": {"c": 1}, "low": 0, "high": 1}]}, "it must name parents"),
        ({"kind": "float", "domains": [{"if": {}, "low": 0, "high": 1}]}, "unknown key 'if'; allowed are when, low"),
        ({"kind": "float", "low": 0.5, "domains": [{"when": {"c": [0, 1]}, "low": 0, "high": 1}]}, "widen the bounds"),
        (
            {"kind": "float", "log": True, "domains": [{"when": {"c": [0, 1]}, "low": 0, "high": 1}]},
            "a log scale needs positive values",
        ),
        ({"kind": "category", "domains": [{"when": {"c": [0, 1]}, "low": 0, "high": 1}]}, "has levels, not domains"),
    ],
)
def test_malformed_domains_are_refused(declared, message):
    frame = pd.DataFrame({"c": np.linspace(0, 1, 20), "x": np.linspace(0, 1, 20), "loss": np.arange(20.0)})
    with pytest.raises(SpaceError, match=message):
        hpi.read(frame, metric="loss", direction="minimize", space={"x": declared})


def test_a_declared_space_with_domains_reaches_the_design():
    rng = np.random.default_rng(0)
    o = rng.choice(["sgd", "adam"], 40)
    frame = pd.DataFrame({"o": o, "x": np.where(o == "sgd", 1, 10) * rng.random(40), "loss": rng.random(40)})
    parts = [
        {"when": {"o": ["sgd"]}, "low": 0, "high": 1},
        {"when": {"o": ["adam"]}, "low": 0, "high": 10},
    ]
    table = hpi.read(frame, metric="loss", direction="minimize", space={"x": {"kind": "float", "domains": parts}})
    design_ = table.design
    assert design_.regime is not None
    assert (design_.regime[:, design_.column("x")] == (o == "adam")[design_.row]).all()
    assert table.notices == ("Levels of o are those observed: not declared.",)
