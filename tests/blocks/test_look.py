"""One pass over all rows: whatever the split and the order of merging, the same; each number by pandas or by hand."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from functools import reduce
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpi import packing
from hpi.blocks import cells, words
from hpi.blocks.look import Look, fetched, look, looked, most_kept
from hpi.blocks.source import Source, find
from hpi.roles import arrow
from hpi.space import drawing
from tests.blocks.making import table, written

N = 120
SIZES = st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=5), min_size=1, max_size=5)


def splitmix(position: int) -> int:
    """The hash of a position in whole numbers of any size, cut to 64 bits as the published code does."""
    cut = 2**64 - 1
    z = ((position + 1) * 0x9E3779B97F4A7C15) & cut
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & cut
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & cut
    return z ^ (z >> 31)


def assert_same(one: Look, other: Look) -> None:
    assert (one.n_rows, one.words, one.ends, one.empty, one.marks) == (
        other.n_rows,
        other.words,
        other.ends,
        other.empty,
        other.marks,
    )
    np.testing.assert_array_equal(one.position, other.position)
    for mine, its in zip(one.cells, other.cells, strict=True):
        assert mine.dtype == its.dtype
        np.testing.assert_array_equal(mine, its)
    for mine, its in zip(one.times, other.times, strict=True):
        np.testing.assert_array_equal(mine, its)


def source_of(folder: Path, whole: pa.Table, files: list[list[int]]) -> Source:
    return find(str(written(folder, whole, files)))


@given(st.integers(0, 5), SIZES, st.integers(1, 2 * N), st.randoms(use_true_random=False))
def test_any_split_and_any_order_of_merging_give_the_same(seed, files, most, random):
    whole = table(seed, N)
    with tempfile.TemporaryDirectory() as folder:
        one = source_of(Path(folder, "one"), whole, [[N]])
        several = source_of(Path(folder, "several"), whole, files)
        expected = look(one, one.blocks[0], most)
        parts = [look(several, block, most) for block in several.blocks]
        while len(parts) > 1:
            first, second = (parts.pop(random.randrange(len(parts))) for _ in range(2))
            parts.append(first.merged(second, most))
    assert_same(parts[0], expected)


@given(st.integers(0, 5), SIZES, st.integers(1, N))
def test_what_is_found_is_what_pandas_finds(seed, files, most):
    whole = table(seed, N)
    with tempfile.TemporaryDirectory() as folder:
        source = source_of(Path(folder), whole, files)
        seen = looked(source, source.blocks, most)
    kept = sorted(sorted(range(N), key=splitmix)[:most])
    assert (seen.n_rows, seen.position.tolist()) == (N, kept)
    for j, (name, kind) in enumerate(source.columns):
        column = whole[name].to_pandas()
        assert seen.empty[j] == column.isna().sum()
        if kind == "number":
            # 0.82 as a decimal is the double that Arrow makes of it
            numbers = whole[name].cast(pa.float64()).to_pandas()
            finite = numbers[np.isfinite(numbers)]
            assert seen.ends[j] == (finite.min(), finite.max())
            np.testing.assert_array_equal(seen.cells[j], numbers.iloc[kept])
            n_marks = int((numbers == 2.0**31 - 1).sum())
            assert seen.marks[j] == (((2.0**31 - 1, n_marks),) if n_marks else ())
        else:
            texts = column.dropna().astype(str)
            counts = texts.value_counts().sort_index()
            assert (seen.words[j], seen.times[j].tolist()) == (tuple(counts.index), counts.tolist())
            found = [None if code < 0 else seen.words[j][code] for code in seen.cells[j]]
            assert found == [None if pd.isna(cell) else str(cell) for cell in column.iloc[kept]]


def test_rows_are_kept_where_there_are_many_more(tmp_path):
    n, most = 60_000, 100
    source = source_of(tmp_path, pa.table({"x": np.arange(n, dtype=float), "y": np.ones(n)}), [[20_000, 9_000], [1]])
    seen = looked(source, source.blocks, most)
    kept = sorted(sorted(range(n), key=splitmix)[:most])
    assert seen.position.tolist() == kept
    assert seen.cells[0].tolist() == kept  # x is the position


def test_twice_as_many_rows_are_kept_as_are_drawn(monkeypatch):
    monkeypatch.setattr(drawing, "MOST_DRAWN", 50)
    assert most_kept() == 100


def test_words_beyond_the_limit_are_forgotten_and_said(tmp_path, monkeypatch):
    monkeypatch.setattr(words, "MOST_WORDS", 10)
    texts = [f"t{k}" for k in range(11)]
    whole = pa.table({"few": texts[:10] + ["t0"], "many": texts, "x": np.arange(11.0)})
    for number, files in enumerate(([[11]], [[5], [6]], [[1] * 11])):
        source = source_of(tmp_path / str(number), whole, files)
        seen = looked(source, source.blocks)
        assert [found is None for found in seen.words] == [False, True, True]
        assert (len(seen.cells[0]), len(seen.cells[1]), seen.times[1], seen.empty[1]) == (11, 0, None, 0)
        assert cells.left_out(source, seen) == ("many",)
        assert list(cells.parsed(source, seen)) == ["few", "x"]


def test_words_of_too_many_bytes_are_forgotten_in_any_order(tmp_path, monkeypatch):
    monkeypatch.setattr(words, "MOST_TEXT", 100)
    whole = pa.table({"t": ["a" * 60, "b" * 60], "x": [1.0, 2.0]})
    for number, files in enumerate(([[2]], [[1], [1]])):
        source = source_of(tmp_path / str(number), whole, files)
        assert looked(source, source.blocks).words[0] is None


def test_a_column_without_a_cell_has_no_ends_and_no_words(tmp_path):
    whole = pa.table(
        {
            "n": pa.nulls(3, pa.float64()),
            "inf": [np.inf, np.nan, -np.inf],
            "t": pa.nulls(3, pa.string()),
            "o": pa.nulls(3),
        }
    )
    source = source_of(tmp_path, whole, [[2], [1]])
    seen = looked(source, source.blocks)
    assert seen.ends == (None, None, None, None)
    assert seen.words == (None, None, (), ())
    assert seen.empty == (3, 1, 3, 3)


def test_numbers_of_every_type_are_doubles(tmp_path):
    columns = {
        "int8": pa.array([-128, None, 127], pa.int8()),
        "uint16": pa.array([0, None, 65_535], pa.uint16()),
        "int64": pa.array([-(2**53), None, 2**53], pa.int64()),
        "float16": pa.array(np.array([0.5, np.nan, 1.5], np.float16)),
        "float32": pa.array([0.1, None, 1e-3], pa.float32()),
        "coded": pa.array([3, None, 1]).dictionary_encode(),
    }
    source = source_of(tmp_path, pa.table(columns), [[1], [2]])
    seen = looked(source, source.blocks)
    expected = [(-128, 127), (0, 65_535), (-(2**53), 2**53), (0.5, 1.5)]
    expected += [(float(np.float32(1e-3)), float(np.float32(0.1))), (1, 3)]
    assert list(seen.ends) == expected
    assert seen.empty == (1,) * 6


@given(st.integers(0, 3), SIZES, st.sets(st.integers(0, N - 1), min_size=1))
def test_rows_can_be_fetched_by_their_positions(seed, files, wanted):
    whole, position = table(seed, N), np.array(sorted(wanted))
    with tempfile.TemporaryDirectory() as folder:
        source = source_of(Path(folder), whole, files)
        seen = looked(source, source.blocks)
        parts = (fetched(source, position, [block]) for block in source.blocks)
        rows = reduce(lambda one, other: one.merged(other, N), parts).worded(seen.words)
    assert_same(rows, seen.taken(position))


MOMENT = datetime(2026, 3, 1, 10, 0, 0, 500_000)


@pytest.mark.parametrize(
    ("cells_", "kind"),
    [
        ([MOMENT, None, MOMENT + timedelta(days=1)], pa.timestamp("us")),
        ([MOMENT, None, MOMENT + timedelta(days=1)], pa.timestamp("ms", tz="Asia/Tokyo")),
        ([MOMENT.date(), None, MOMENT.date()], pa.date32()),
        ([MOMENT.time(), None, MOMENT.time()], pa.time64("us")),
        ([timedelta(seconds=3), None, timedelta(days=2)], pa.duration("ms")),
        ([True, None, False], pa.bool_()),
        (["\u00fc", " b ", None], pa.string()),
    ],
)
def test_moments_and_truths_are_the_text_of_a_table_in_memory(tmp_path, cells_, kind):
    column = pa.array(cells_, kind)
    source = source_of(tmp_path, pa.table({"at": column, "x": [1.0, 2.0, 3.0]}), [[2], [1]])
    seen = looked(source, source.blocks)
    found = [None if code < 0 else seen.words[0][code] for code in seen.cells[0]]
    expected = arrow.series(pa.chunked_array([column]))
    assert found == [None if pd.isna(cell) else cell for cell in expected]


def test_it_travels_in_a_file_of_arrays_and_words(tmp_path):
    source = source_of(tmp_path, table(3, N), [[50], [20]])
    seen = looked(source, source.blocks, 40)
    assert_same(packing.from_bytes(packing.to_bytes(seen)), seen)
    assert packing.from_bytes(packing.to_bytes(source)) == source


@pytest.mark.parametrize("most", [1, 7, 1000])
def test_arrays_are_frozen(tmp_path, most):
    source = source_of(tmp_path, table(0, 40), [[20, 20]])
    seen = looked(source, source.blocks, most)
    arrays = [seen.position, *seen.cells, *(one for one in seen.times if one is not None)]
    assert not any(array.flags.writeable for array in arrays)
