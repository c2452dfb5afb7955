"""Combinations of values, against tuples counted by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpi.roles import combinations
from hpi.roles.combinations import Combinations, first_of, group_ids, ids_of, n_different
from hpi.roles.values import Values

CELLS = st.sampled_from([None, "a", "b", "1", "2", "-0.0", "0.0", "0.5", "inf"])
NUMBERS = st.sampled_from([None, -0.0, 0.0, 1.0, 0.5, float("inf")])


@st.composite
def tables(draw: st.DrawFn) -> list[Values]:
    """Columns of text and of numbers, with empty cells, of few and of many values."""
    n = draw(st.integers(1, 12))
    columns = draw(
        st.lists(
            st.one_of(
                st.lists(CELLS, min_size=n, max_size=n).map(lambda cells: pd.Series(cells, dtype=object)),
                st.lists(NUMBERS, min_size=n, max_size=n).map(lambda cells: pd.Series(cells, dtype=float)),
                st.permutations(range(n)).map(lambda cells: pd.Series(cells, dtype=float)),
            ),
            min_size=1,
            max_size=4,
        )
    )
    return [Values.of(f"c{i}", column) for i, column in enumerate(columns)]


def by_hand(rows: list[tuple[object, ...]]) -> list[int]:
    """Number rows in order of appearance."""
    seen: dict[tuple[object, ...], int] = {}
    return [seen.setdefault(row, len(seen)) for row in rows]


def rows_of(columns: list[Values], rows: list[int]) -> list[tuple[object, ...]]:
    def cell(values: Values, row: int) -> object:
        if values.text is not None:
            return values.text[row]
        return None if np.isnan(values.numbers[row]) else float(values.numbers[row])

    return [tuple(cell(values, row) for values in columns) for row in rows]


@given(tables(), st.data())
def test_rows_are_numbered_by_what_they_hold(columns: list[Values], data: st.DataObject) -> None:
    everything = list(range(len(columns[0])))
    assert ids_of(columns, len(everything)).tolist() == by_hand(rows_of(columns, everything))
    some = sorted(data.draw(st.sets(st.sampled_from(everything))))
    wanted = by_hand(rows_of(columns, some))
    assert ids_of(columns, len(some), np.array(some, dtype=np.int64)).tolist() == wanted


@given(columns=tables())
def test_digests_that_clash_do_not_join_rows_that_differ(columns: list[Values]) -> None:
    n = len(columns[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(combinations, "_digests", lambda _, n: np.zeros(n, dtype=np.uint64))
        found = ids_of(columns, n).tolist()
    assert found == by_hand(rows_of(columns, list(range(n))))


@given(columns=tables(), wanted=st.integers(0, 14))
def test_combinations_are_counted_and_bounded(columns: list[Values], wanted: int) -> None:
    different = len(set(rows_of(columns, list(range(len(columns[0]))))))
    assert Combinations(columns).reach(wanted) == (different >= wanted)
    assert Combinations(columns).count == different


@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_what_some_rows_hold_is_enough_and_what_they_do_not_is_looked_for_in_all(seed: int, wanted: int) -> None:
    rng = np.random.default_rng(seed)
    drawn = [rng.integers(0, rng.integers(1, 7), 90).astype(float) for _ in range(2)]
    drawn = [np.sort(one) if rng.random() < 0.5 else one for one in drawn]
    columns = [Values.of(str(i), pd.Series(one)) for i, one in enumerate(drawn)]
    assert Combinations(columns).reach(wanted) == (len(set(zip(*drawn, strict=True))) >= wanted)


@given(st.lists(st.lists(st.integers(-1, 3), min_size=7, max_size=7), max_size=4))
def test_codes_are_joined_as_tuples_are(codes: list[list[int]]) -> None:
    wanted = by_hand(list(zip(*codes, strict=True)) if codes else [()] * 7)
    assert group_ids([np.array(code) for code in codes], 7).tolist() == wanted


def test_more_combinations_than_an_integer_holds_are_told_apart() -> None:
    rng = np.random.default_rng(0)
    n = 2000
    # 5 columns of 2,000 values have 3.2e16 combinations, 8 of them 2.6e26.
    codes = [rng.permutation(n)[rng.integers(0, 40, n)] for _ in range(8)]
    codes = [np.where(rng.random(n) < 0.5, codes[j], codes[j][0]) for j in range(8)]
    assert group_ids(codes, n).tolist() == by_hand(list(zip(*(code.tolist() for code in codes), strict=True)))


@given(st.lists(st.integers(0, 4), min_size=1))
def test_the_first_of_each_is_where_it_appears_first(drawn: list[int]) -> None:
    ids = by_hand([(one,) for one in drawn])
    assert first_of(np.array(ids), max(ids) + 1).tolist() == [ids.index(one) for one in range(max(ids) + 1)]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-1, 3)), min_size=1))
def test_different_values_of_a_group_are_counted(pairs: list[tuple[int, int]]) -> None:
    groups, values = np.array(pairs).T
    wanted = [len({value for group, value in pairs if group == one}) for one in range(int(groups.max()) + 1)]
    assert n_different(values, groups).tolist() == wanted


def test_no_column_makes_one_combination() -> None:
    assert ids_of([], 3).tolist() == [0, 0, 0]
