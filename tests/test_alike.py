"""Columns that say the same, and a number beside a grid: against comparisons of all pairs, cell by cell."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest, rankdata

from hpi.roles import by_others, kinds
from hpi.roles.by_itself import Column
from hpi.roles.values import Values
from hpi.roles.vocabulary import Role

ROWS = (24, 60, 2_100, 3_333)


def taken(name: str, cells: object) -> Values:
    """A column as a reader would give it: numbers as they are, text as objects."""
    import pandas as pd

    return Values.of(name, pd.Series(cells))


def _first(kind: str, n: int, rng: np.random.Generator) -> object:
    return {
        "float": lambda: rng.random(n),
        "coarse": lambda: np.round(rng.random(n), 1),
        "few": lambda: rng.integers(0, 3, n).astype(float),
        "gaps": lambda: np.where(rng.random(n) < 0.3, np.nan, rng.integers(0, 40, n)),
        "level": lambda: rng.choice(np.array(["a", "b", "c", None], dtype=object), n),
        "cycle": lambda: (np.arange(n) % 4).astype(float),
    }[kind]()


def _second(how: str, cells: np.ndarray, rng: np.random.Generator) -> object:
    """Another column made of one: the same, in another order, with other names, or the same but for one cell."""
    if how == "same":
        return cells
    if how == "almost":
        other = cells.copy()
        other[rng.integers(len(cells))] = cells[rng.integers(len(cells))]
        return other
    if how == "named":
        return [None if cell is None or cell != cell else f"L{cell}" for cell in cells.tolist()]
    if cells.dtype == object:
        return cells[::-1]
    return -cells if how == "down" else cells**3 + 1


@st.composite
def columns(draw: st.DrawFn) -> dict[str, Values]:
    n = draw(st.sampled_from(ROWS))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    found: dict[str, object] = {}
    for i, kind in enumerate(
        draw(st.lists(st.sampled_from(["float", "coarse", "few", "gaps", "level", "cycle"]), min_size=1, max_size=4))
    ):
        found[f"c{i}"] = _first(kind, n, rng)
    for i, how in enumerate(draw(st.lists(st.sampled_from(["same", "almost", "named", "down", "cubed"]), max_size=3))):
        name = draw(st.sampled_from(sorted(found)))
        cells = found[name]
        found[f"d{i}"] = _second(how, cells if isinstance(cells, np.ndarray) else np.array(cells, dtype=object), rng)
    return {name: taken(name, cells) for name, cells in found.items()}


# ---------------------------------------------------------------- the second method


def cells_of(values: Values) -> list[object]:
    if values.text is not None:
        return list(values.text)
    return [None if np.isnan(number) else number for number in values.numbers.tolist()]


def different(values: Values) -> int:
    return len(set(cells_of(values)) - {None})


def same_order(one: Values, other: Values) -> bool:
    if not (one.is_numeric and other.is_numeric and different(one) > 10 and different(other) > 10):
        return False
    if not np.array_equal(np.isnan(one.numbers), np.isnan(other.numbers)):
        return False
    known = ~np.isnan(one.numbers)
    up, down = rankdata(other.numbers[known], "dense"), rankdata(-other.numbers[known], "dense")
    ranks = rankdata(one.numbers[known], "dense")
    return np.array_equal(ranks, up) or np.array_equal(ranks, down)


def same_equality(one: Values, other: Values, n_configurations: int) -> bool:
    """Each value of one goes with one of the other."""
    enough = n_configurations >= max(20, 3 * different(one), 3 * different(other))
    pairs = set(zip(cells_of(one), cells_of(other), strict=True))
    lone = [pair for pair in pairs if (pair[0] is None) != (pair[1] is None)]
    return enough and not lone and len(pairs) == len(set(cells_of(one))) == len(set(cells_of(other)))


def same_cells(one: Values, other: Values, n_configurations: int) -> bool:
    same_type = (one.text is None) == (other.text is None)
    return n_configurations >= 20 and same_type and cells_of(one) == cells_of(other)


def expected(parsed: Mapping[str, Values], outcomes: frozenset[str], kept: frozenset[str]) -> dict[str, str]:
    """The twin of each column that is a duplicate."""
    names = sorted(set(parsed) - outcomes, key=lambda name: (name not in kept, len(name), name))
    n = len(set(zip(*(cells_of(parsed[name]) for name in names), strict=True)))
    there, twins = sorted(outcomes, reverse=True), {}
    for name in names:
        values = parsed[name]
        tests = (
            lambda other, values=values: same_order(values, parsed[other]),
            lambda other, values=values: other not in outcomes and same_equality(values, parsed[other], n),
            lambda other, values=values: other not in outcomes and same_cells(values, parsed[other], n),
        )
        twin = next((other for test in tests for other in there if test(other)), None)
        if twin is None or name in kept:
            there.append(name)
        else:
            twins[name] = twin
    return twins


@settings(deadline=None)
@given(columns(), st.data())
def test_duplicates_are_those_that_a_comparison_of_all_pairs_finds(
    parsed: dict[str, Values], data: st.DataObject
) -> None:
    names = st.sampled_from(sorted(parsed))
    outcomes = frozenset(name for name in data.draw(st.sets(names, max_size=2)) if parsed[name].is_numeric)
    kept = frozenset(data.draw(st.sets(names, max_size=1))) - outcomes
    roles = {
        name: Column(name, Role.LEFT_OUT, outcome=True) if name in outcomes else Column(name, Role.HYPERPARAMETER)
        for name in parsed
    }
    found = by_others.without_duplicates(roles, parsed, kept)
    twins = expected(parsed, outcomes, kept) if len(outcomes) < len(parsed) else {}
    assert {name for name in found if found[name] != roles[name]} == set(twins)
    for name, twin in twins.items():
        assert twin in found[name].reason
        assert found[name].outcome == (twin in outcomes)


def test_a_difference_outside_the_rows_that_are_looked_at_first_is_seen() -> None:
    n = 5_000
    cells = np.random.default_rng(0).integers(0, 5, n).astype(float)
    filler = taken("filler", np.arange(n) % 97)
    for row in range(0, n, 7):
        other = cells.copy()
        other[row] = (cells[row] + 1) % 5
        parsed = {"a": taken("a", cells), "bb": taken("bb", other), "filler": filler}
        roles = {name: Column(name, Role.HYPERPARAMETER) for name in parsed}
        assert by_others.without_duplicates(roles, parsed, frozenset()) == roles
    parsed["bb"] = taken("bb", cells * 2)
    assert by_others.without_duplicates(roles, parsed, frozenset())["bb"].role is Role.LEFT_OUT


# ---------------------------------------------------------------- a number beside a grid


@st.composite
def grids(draw: st.DrawFn) -> dict[str, Values]:
    """Axes whose combinations are all there as often, or nearly so, one perhaps twice under two names."""
    sizes = draw(st.lists(st.integers(2, 4), min_size=1, max_size=3))
    rows = list(itertools.product(*map(range, sizes))) * draw(st.integers(1, 3))
    rows = rows[: len(rows) - draw(st.integers(0, 1))]
    rows = draw(st.permutations(rows))
    axes = {f"x{i}": [float(row[i]) for row in rows] for i in range(len(sizes))}
    if draw(st.booleans()):
        axes["again"] = [f"v{row[0]}" for row in rows]
    axes["seen"] = np.random.default_rng(len(rows)).normal(size=len(rows)).tolist()
    return {name: taken(name, cells) for name, cells in axes.items()}


@given(grids())
def test_a_number_beside_a_grid_is_measured_where_all_combinations_come_as_often(parsed: dict[str, Values]) -> None:
    roles = {name: Column(name, Role.HYPERPARAMETER) for name in parsed}
    found = by_others.measured_beside_grid(roles, parsed, frozenset())
    axes = [cells_of(values) for name, values in parsed.items() if name not in ("seen", "again")]
    counts = Counter(zip(*axes, strict=True))
    n_cells = math.prod(len(set(cells)) for cells in axes)
    complete = len(axes) > 1 and len(counts) == n_cells >= 6 and len(set(counts.values())) == 1
    # Where as many rows as combinations are there, each axis differs less often than half of the rows.
    assert (found["seen"].outcome, {name for name in found if found[name].outcome} <= {"seen"}) == (complete, True)


# ---------------------------------------------------------------- the scale


@given(st.integers(0, 2**32 - 1), st.floats(0.2, 3.0), st.integers(12, 400))
def test_the_scale_is_the_one_on_which_kolmogorov_and_smirnov_see_the_more_even_values(
    seed: int, bend: float, n: int
) -> None:
    drawn = 10.0 ** (-6 * np.random.default_rng(seed).random(n) ** bend)
    drawn[:2] = 1.0, 1e-6

    def distance(values: np.ndarray) -> float:
        low, high = float(values.min()), float(values.max())
        return float(kstest(values, "uniform", (low, high - low)).statistic)

    assert kinds.is_log(taken("c", drawn)) == (distance(np.log(drawn)) < distance(drawn))


@pytest.mark.parametrize(("n_levels", "log"), [(10, False), (11, True)])
def test_ten_different_values_are_no_scale(n_levels: int, log: bool) -> None:
    assert kinds.is_log(taken("c", np.resize(np.geomspace(1e-3, 1e3, n_levels), 60))) == log
