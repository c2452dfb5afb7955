"""Regions, targets and filters: sizes by hand, ties, and properties."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hpi
from hpi.errors import SubspaceError
from hpi.filters import Between, OneOf, parse_filter
from hpi.subspace import Subspace, cut, filtered, select
from tests.makers import design


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "lr": 10 ** rng.uniform(-5, -1, 200),
            "optimizer": rng.choice(["adam", "sgd", "a,b=c"], 200),
            "n=layers": rng.integers(1, 5, 200),
            "dropout": np.where(rng.random(200) < 0.5, rng.random(200), np.nan),
            "loss": rng.random(200),
        }
    )
    return hpi.read(frame, metric="loss", direction="minimize")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1.2, None), "region is 1.2; it is a fraction of the trials from 0.005 to 1"),
        ((1.0, 0.001), "target is 0.001; it is a fraction"),
        ((float("nan"), None), "region is nan"),
        ((0.5, 0.5), "target is 0.5 and region 0.5; the target must be the smaller"),
        ((0.1, 0.5), "lower the target or raise the region"),
    ],
)
def test_impossible_fractions_are_refused(arguments, message):
    with pytest.raises(SubspaceError, match=message):
        Subspace(*arguments)


@pytest.mark.parametrize(
    ("n_trials", "region", "target"),
    [
        (10_000, 1.0, 0.1),
        (200, 1.0, 0.1),
        (199, 1.0, 0.1005),  # 20 of 199 trials are 10.05 %
        (100, 1.0, 0.2),
        (50, 1.0, 0.4),
        (30, 1.0, 0.5),  # at most a half, though that is 15 trials
        (10_000, 0.5, 0.1),
        (10_000, 0.1, 0.05),  # a default target must stay below the region
        (50, 0.3, 0.15),
    ],
)
def test_the_default_target_holds_20_trials_where_it_can(n_trials, region, target):
    assert Subspace(region).resolved(n_trials).target == pytest.approx(target)


@pytest.mark.parametrize("n_trials", [41, 73, 105, 137, 199])
def test_the_widened_target_holds_20_trials_not_21(n_trials):
    sample = cut(design({"x": np.arange(float(n_trials))}, np.arange(float(n_trials))), Subspace())
    assert sample.n_target == 20


def test_a_region_too_small_for_any_target_says_so():
    with pytest.raises(SubspaceError, match=r"region is 0.005: no target .* Raise the region"):
        Subspace(0.005).resolved(10_000)


@given(st.floats(1e-12, 1e12), st.floats(1e-12, 1e12))
def test_a_printed_filter_is_the_filter(table, low, high):
    assert parse_filter(table, str(Between("lr", low, high))) == Between("lr", low, high)


def test_a_target_that_was_given_is_never_changed():
    assert Subspace(1.0, 0.02).resolved(30).target == 0.02


def test_sizes_are_rounded_up_and_ties_kept():
    loss = np.array([1, 2, 2, 2, 3, 4, 5, 6, 7, 8, 9, 9.0])
    sample = cut(design({"x": np.arange(12.0)}, loss), Subspace(0.9, 0.15))
    assert sample.wanted == (11, 2)
    assert (sample.n_region, sample.n_target) == (12, 4)
    assert sample.q == pytest.approx(4 / 12)


def test_a_decimal_fraction_is_meant_as_written():
    """0.07 * 100 is 7.000000000000001 in binary; the best 7 % of 100 trials are 7."""
    assert cut(design({"x": np.arange(100.0)}, np.arange(100.0)), Subspace(1.0, 0.07)).n_target == 7


def test_fractions_are_of_the_trials_that_pass_the_filters(table):
    passing = int((table.trials["optimizer"] == "adam").sum())
    sample = select(table, Subspace(0.5, 0.2, (OneOf("optimizer", ("adam",)),)))
    assert len(sample.design) == passing
    assert sample.n_region == int(np.ceil(0.5 * passing))
    assert sample.n_target == int(np.ceil(0.2 * passing))
    chosen = table.trials.iloc[sample.design.row]
    assert (chosen["optimizer"] == "adam").all()
    assert chosen["loss"].is_monotonic_increasing


def test_ranges_hold_their_ends_and_leave_out_inactive_trials(table):
    dropout = table.trials["dropout"]
    low, high = dropout.min(), dropout.median()
    kept = filtered(table, (Between("dropout", low, high),))
    assert sorted(kept.row) == sorted(np.flatnonzero((dropout >= low) & (dropout <= high)))
    assert len(filtered(table, (Between("dropout"),))) == dropout.notna().sum()


@given(low=st.floats(0, 1), width=st.floats(0.2, 1))
def test_selecting_twice_is_selecting_once(table, low, width):
    where = (Between("lr", low * 0.01, None), OneOf("optimizer", ("adam", "sgd")))
    once, twice = filtered(table, where), filtered(table, where + where)
    assert np.array_equal(once.row, twice.row)
    assert np.array_equal(once.x, twice.x, equal_nan=True)


def test_filters_that_name_nothing_or_leave_nothing_are_refused(table):
    with pytest.raises(SubspaceError, match="names no hyperparameter or context column; there are: lr, optimizer"):
        filtered(table, (Between("depth", 1, 2),))
    with pytest.raises(SubspaceError, match="names no hyperparameter or context"):
        filtered(table, (Between("loss", 0, 0.5),))
    with pytest.raises(SubspaceError, match="No trial passes lr=5:6; widen the filter"):
        filtered(table, (Between("lr", 5, 6),))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lr=1e-4:1e-2", Between("lr", 1e-4, 1e-2)),
        ("lr=:0.01", Between("lr", None, 0.01)),
        ("lr=1e-4:", Between("lr", 1e-4, None)),
        ("optimizer=adam,sgd", OneOf("optimizer", ("adam", "sgd"))),
        ("optimizer=a,b=c", OneOf("optimizer", ("a,b=c",))),
        ("optimizer=sgd, a,b=c", OneOf("optimizer", ("sgd", "a,b=c"))),
        ("optimizer= ADAM", OneOf("optimizer", ("adam",))),
        ("n=layers=1,2", OneOf("n=layers", ("1", "2"))),
    ],
)
def test_filters_as_written_on_the_command_line(table, text, expected):
    condition = parse_filter(table, text)
    assert condition == expected
    if text.count(":") == 0:
        assert parse_filter(table, str(condition)) == condition


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("depth=3", "not of the form column=...; the columns are: lr"),
        ("lr", "not of the form"),
        ("loss=:0.5", "not of the form column=...; the columns are: lr, optimizer, n=layers, dropout"),
        ("lr=low:high", "'low'; the column holds numbers"),
        ("optimizer=lion", "optimizer has no value 'lion'; it has a,b=c, adam, sgd"),
    ],
)
def test_filters_that_cannot_be_read(table, text, message):
    with pytest.raises(SubspaceError, match=message):
        parse_filter(table, text)


def test_a_choice_of_numbers_compares_numbers(table):
    kept = filtered(table, (OneOf("n=layers", ("1", "2.0")),))
    assert set(table.trials["n=layers"].iloc[kept.row]) == {1.0, 2.0}
    with pytest.raises(SubspaceError, match="the column holds numbers"):
        filtered(table, (OneOf("n=layers", ("two",)),))


LEVELS = ("a", "b", "a,b", "y=1:2", "c\\", "\\,", "1", ",", "=", "a\\,b")


@given(st.lists(st.sampled_from(LEVELS), min_size=1, unique=True), st.sampled_from(["x", "x=y", "z"]))
def test_a_filter_on_labels_that_is_written_is_read_back(levels, name):
    rng = np.random.default_rng(0)
    columns = {"x": LEVELS * 6, "x=y": rng.uniform(0, 9, 60), "z": np.repeat(LEVELS, 6), "loss": rng.uniform(0, 1, 60)}
    table = hpi.read(pd.DataFrame(columns), metric="loss", direction="minimize")
    wanted = Between(name, 3.0, None) if name == "x=y" else OneOf(name, tuple(levels))
    assert parse_filter(table, str(wanted)) == wanted


@pytest.mark.parametrize("text", ["lr=nan:inf", "lr=1_0:", "lr=", "lr=a b", "lr=:1e999x", "lr=0x1:"])
def test_a_number_that_is_typed_is_one(text):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"lr": rng.uniform(0, 1, 40), "loss": rng.uniform(0, 1, 40)})
    table = hpi.read(frame, metric="loss", direction="minimize")
    with pytest.raises(SubspaceError, match="name numbers"):
        parse_filter(table, text)
