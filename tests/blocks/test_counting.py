"""Counts of raw values in pieces against tallies.tally of the cells of all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpi.blocks import counting
from hpi.blocks.counting import Counting
from hpi.space import Domain, Hyperparameter, Kind, tallies
from hpi.space.rungs import RUNGS, size

KINDS = ("uniform", "log", "few int", "int", "ordinal", "category", "bool", "domains")
DOMAINS = (Domain((("parent", (0, 0)),), 1.0, 10.0), Domain((("parent", (1, 1)),), 5.0, 100.0))


def hyperparameter_of(kind, name):
    numbers = {
        "uniform": (Kind.FLOAT, -2.0, 5.0, False),
        "log": (Kind.FLOAT, 1e-6, 1.0, True),
        "few int": (Kind.INT, 1, 6, False),
        "int": (Kind.INT, 1, 5000, True),
    }
    levels = {"ordinal": ("s", "m", "l"), "category": tuple("abcdefghijklmnop"), "bool": ("False", "True")}
    if kind in numbers:
        which, low, high, log = numbers[kind]
        return Hyperparameter(name, which, low, high, log)
    if kind == "domains":
        return Hyperparameter(name, Kind.FLOAT, domains=DOMAINS)
    return Hyperparameter(name, Kind(kind), levels=levels[kind])


def column_of(hyperparameter, n, parent, rng):
    """Raw values: numbers in the own unit, or places of levels."""
    if not hyperparameter.is_numeric:
        return rng.integers(-1, len(hyperparameter.levels), n)
    if hyperparameter.domains:
        low, high = np.array([(domain.low, domain.high) for domain in DOMAINS])[parent].T
        return np.where(rng.random(n) < 0.2, np.nan, low + (high - low) * rng.random(n))
    low, high = hyperparameter.ends
    values = low * (high / low) ** rng.random(n) if hyperparameter.log else low + (high - low) * rng.random(n)
    values = np.round(values) if hyperparameter.kind is Kind.INT else values
    return np.where(rng.random(n) < 0.1, np.nan, values.clip(low, high))


def words_of(hyperparameter, column):
    if hyperparameter.is_numeric:
        return pd.Series(column)
    return pd.Series([hyperparameter.levels[k] if k >= 0 else None for k in column], dtype=object)


def made(kinds, n, n_drawn, seed, digits):
    """A plan by some trials, raw values of all, and the block that the slow way counts."""
    rng = np.random.default_rng(seed)
    hyperparameters = tuple(hyperparameter_of(kind, f"h{j}") for j, kind in enumerate(kinds))
    parent = rng.integers(0, 2, n)
    columns = [column_of(one, n, parent, rng) for one in hyperparameters]
    trials = pd.DataFrame({one.name: words_of(one, raw) for one, raw in zip(hyperparameters, columns, strict=True)})
    trials["parent"] = parent
    x = np.stack([one.encode(trials[one.name]) for one in hyperparameters], axis=1)
    has_domains = any(one.domains for one in hyperparameters)
    regime = np.stack([one.regimes(trials) for one in hyperparameters], axis=1) if has_domains else None
    loss = np.round(rng.normal(size=n), digits) + 0.0
    cutoffs = np.sort(loss)[[size(part, n) - 1 for part in RUNGS]]
    drawn = slice(0, n_drawn)
    plan = tallies.plan(hyperparameters, x[drawn], None if regime is None else regime[drawn], loss[drawn], cutoffs)
    block = tallies.coded(plan, tallies.rung_of(cutoffs, loss), x, regime)
    return hyperparameters, plan, loss, columns, regime, block


def same(counted, expected):
    assert len(counted.arrays()) == len(expected.arrays())
    for mine, others in zip(counted.arrays(), expected.arrays(), strict=True):
        assert mine.dtype == others.dtype
        np.testing.assert_array_equal(mine, others)


@given(
    st.lists(st.sampled_from(KINDS), min_size=1, max_size=13),
    st.integers(20, 400),
    st.integers(1, 20),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0, 1, 9]),
    st.lists(st.integers(0, 400), max_size=5),
)
def test_any_split_counts_what_the_whole_has(kinds, n, n_drawn, seed, digits, cuts):
    hyperparameters, plan, loss, columns, regime, block = made(kinds, n, n_drawn, seed, digits)
    ready, rng = Counting.of(hyperparameters, plan), np.random.default_rng(seed)
    several = (ready.accumulator(), ready.accumulator())
    for rows in np.split(rng.permutation(n), sorted(cut % n for cut in cuts)):
        own = None if regime is None else regime[rows]
        several[rng.integers(2)].add(loss[rows], [column[rows] for column in columns], own)
    total = several[0].counted()
    total.add(several[1].counted())
    same(total, tallies.tally(plan, block))


def test_more_trials_than_a_piece_holds():
    hyperparameters, plan, loss, columns, regime, block = made(KINDS, 150_000, 50_000, 0, 9)
    accumulator = Counting.of(hyperparameters, plan).accumulator()
    accumulator.add(loss, columns, regime)
    same(accumulator.counted(), tallies.tally(plan, block))


def test_what_does_not_count_is_not_looked_at():
    hyperparameters, plan, loss, columns, regime, block = made(KINDS, 1000, 500, 0, 1)
    counts = np.repeat([True, False], 1000)
    order = np.random.default_rng(0).permutation(2000)
    wrong = [np.full(1000, np.inf) if column.dtype == float else np.full(1000, 10**6) for column in columns]
    accumulator = Counting.of(hyperparameters, plan).accumulator()
    accumulator.add(
        np.append(loss, np.full(1000, np.nan))[order],
        [np.append(right, bad)[order] for right, bad in zip(columns, wrong, strict=True)],
        np.concatenate([regime, regime])[order],
        counts[order],
    )
    same(accumulator.counted(), tallies.tally(plan, block))


def test_words_come_as_places_in_a_table():
    hyperparameters, plan, loss, columns, _, block = made(("uniform", "category"), 1000, 500, 0, 1)
    positions = np.append(np.array([np.nan]), np.arange(16)[::-1] / 15)
    places = np.where(columns[1] < 0, 0, 16 - columns[1])
    accumulator = Counting.of(hyperparameters, plan, [None, positions]).accumulator()
    accumulator.add(loss, [columns[0], places.astype(np.int32)])
    same(accumulator.counted(), tallies.tally(plan, block))


def test_what_was_counted_stays_and_counting_begins_again():
    hyperparameters, plan, loss, columns, regime, block = made(("log", "bool"), 500, 100, 0, 9)
    accumulator = Counting.of(hyperparameters, plan).accumulator()
    accumulator.add(loss, columns, regime)
    first = accumulator.counted()
    accumulator.add(loss[:200], [column[:200] for column in columns])
    second = accumulator.counted()
    accumulator.add(loss[200:], [column[200:] for column in columns])
    second.add(accumulator.counted())
    same(first, tallies.tally(plan, block))
    same(second, first)


@pytest.mark.parametrize("piece", [1, 7, 64])
def test_any_length_of_piece(monkeypatch, piece):
    monkeypatch.setattr(counting, "PIECE", piece)
    hyperparameters, plan, loss, columns, regime, block = made(KINDS[:4], 200, 100, 0, 1)
    accumulator = Counting.of(hyperparameters, plan).accumulator()
    accumulator.add(loss, columns, regime)
    same(accumulator.counted(), tallies.tally(plan, block))
