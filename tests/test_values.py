"""A column's cells as numbers and words: against a plain reading cell by cell, and against what hands worked out."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpi.roles.values import Values, columns_of

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
NAN = math.nan


def of(*cells: str | None, name: str = "x") -> Values:
    return Values.of(name, pd.Series(cells, dtype="str"))


def same(one: Values, other: Values) -> None:
    np.testing.assert_array_equal(one.numbers, other.numbers)
    np.testing.assert_array_equal(np.signbit(one.numbers), np.signbit(other.numbers))
    assert (one.text is None) == (other.text is None)
    if one.text is not None:
        assert one.text.tolist() == other.text.tolist()
    assert one.notices == other.notices
    np.testing.assert_array_equal(one.codes, other.codes)
    assert one.n_distinct == other.n_distinct


# ---------------------------------------------------------------- a second method: one cell after the other

PLAIN = st.one_of(
    st.sampled_from(["", " ", " 1", "1 ", "+1", "-0", "0", "0.0", "5", "5.0", ".5", "5.", "1e3", "1E-3", "nan", "inf"]),
    st.sampled_from(["None", "adam", "Adam", "True", "0x10", "1_0", "1e", "e1", ".", "-", "١", "a b", "\u00a07", "é"]),
    st.floats(allow_infinity=False, allow_nan=False, min_value=-1e15, max_value=1e15).map(repr),
    st.integers(-1000, 1000).map(str),
)


def cell_by_cell(cells: list[str]) -> tuple[list[float], list[str | None]]:
    stripped = [cell.strip() or None for cell in cells]
    is_number = [cell is not None and NUMBER.fullmatch(cell) is not None for cell in stripped]
    return [float(cell) if ok else NAN for cell, ok in zip(stripped, is_number, strict=True)], stripped


def label(number: float, cell: str | None, has_words: bool) -> str | None:
    """5.0 is 5; a cell among words stays as it is written, but for the point and zeros of a whole number."""
    if cell is None:
        return None
    if not has_words:
        return str(int(number)) if number == int(number) else repr(number)
    return re.sub(r"^([+-]?[0-9]+)\.0+$", r"\1", cell)


@given(st.lists(PLAIN, min_size=1, max_size=12))
def test_every_property_is_that_of_a_plain_reading(cells: list[str]) -> None:
    values = of(*cells)
    numbers, text = cell_by_cell(cells)
    words = [cell for cell, number in zip(text, numbers, strict=True) if cell is not None and math.isnan(number)]
    np.testing.assert_array_equal(values.numbers, numbers)
    assert values.empty.tolist() == [cell is None for cell in text]
    assert values.n_filled == len(text) - text.count(None)
    assert values.words == tuple(dict.fromkeys(words))
    assert values.worded.sum() == len(words)
    assert values.is_numeric == (not words and values.n_filled > 0)
    known = [number for number in numbers if not math.isnan(number)]
    assert values.is_integer == (bool(known) and all(number == int(number) for number in known))
    assert values.finite.tolist() == known
    assert (None if values.text is None else values.text.tolist()) == (text if words else None)
    keys = text if words else [None if cell is None else n + 0.0 for cell, n in zip(text, numbers, strict=True)]
    order = sorted({key for key in keys if key is not None})
    assert values.codes.tolist() == [-1 if key is None else order.index(key) for key in keys]
    assert of(*cells).n_distinct == values.n_distinct == len(order)
    labels = [label(n, cell, bool(known) and bool(words)) if known else cell
              for n, cell in zip(numbers, text, strict=True)]  # fmt: skip
    assert values.labels.tolist() == labels
    assert values.lowered == {found.lower() for found in labels if found is not None}


@given(st.lists(PLAIN, min_size=1, max_size=12), st.integers(0, 12))
def test_how_the_column_is_stored_does_not_matter(cells: list[str], cut: int) -> None:
    values = of(*cells)
    chunks = pa.chunked_array([cells[:cut], cells[cut:]], pa.string())
    same(values, Values.of("x", pd.Series(pd.array(chunks, dtype="str"))))
    same(values, Values.of("x", pd.Series(cells, dtype=object)))
    same(values, Values.of("x", pd.Series(pd.array(cells, dtype=pd.StringDtype("python", na_value=np.nan)))))


@given(st.lists(PLAIN, min_size=1, max_size=12))
def test_empty_and_missing_cells_are_one(cells: list[str]) -> None:
    same(of(*cells), of(*[cell.strip() or None for cell in cells]))


@given(st.lists(st.one_of(st.floats(), st.integers(-5, 5).map(float)), max_size=12))
def test_numbers_are_ranked_as_sorting_them_does(numbers: list[float]) -> None:
    values = Values.of("x", pd.Series(numbers, dtype=float))
    order = sorted({number + 0.0 for number in numbers if not math.isnan(number)})
    assert values.codes.tolist() == [-1 if math.isnan(number) else order.index(number) for number in numbers]
    assert values.n_distinct == len(order)


def test_equal_cells_are_one_object() -> None:
    text = of(*["adam", "sgd"] * 500).text
    assert text is not None
    assert len({id(cell) for cell in text}) == 2


def test_many_columns_are_the_same_as_one_by_one() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.integers(0, 50, (2_000, 520)).astype(float))
    frame["word"] = rng.choice(["a", "b"], len(frame))
    parsed = columns_of(frame)
    assert frame.size > 1_000_000
    assert list(parsed) == [*map(str, range(520)), "word"]
    for name in ("0", "519", "word"):
        same(parsed[name], Values.of(name, frame[int(name) if name != "word" else name]))


# ---------------------------------------------------------------- rules of a whole column, by hand


def test_an_empty_column_holds_nothing() -> None:
    values = of("", None, "  ")
    assert values.text is None
    assert (values.n_filled, values.n_distinct, values.is_numeric, values.words) == (0, 0, False, ())
    assert values.column.isna().tolist() == [True] * 3


@pytest.mark.parametrize("blank", ["", " ", "\u00a0", "\u202f"])
def test_percent_signs_are_dropped_and_said(blank: str) -> None:
    values = of(f"10{blank}%", None, f"2.5{blank}%")
    np.testing.assert_array_equal(values.numbers, [10, NAN, 2.5])
    assert "percent" in values.notices[0]
    assert of("10%", "20").text is not None


def test_thousands_are_read_where_they_are_sure() -> None:
    np.testing.assert_array_equal(of("1,234.5", "7", "2,345,678", "none").numbers[:3], [1234.5, 7, 2345678])
    assert of("1,024", "2,048").text is not None
    assert "1,024" in of("1,024", "2,048").about_commas


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (("0,633", "1,204", "2,000"), [0.633, 1.204, 2]),
        (("12,5", "1,234"), [12.5, 1.234]),
        (("-3,25e-4", "7", None, "none"), [-0.000325, 7, NAN, NAN]),
        (("1,2345", "1,234"), [1.2345, 1.234]),
    ],
)
def test_commas_that_cannot_separate_thousands_are_decimal(cells: tuple[str, ...], numbers: list[float]) -> None:
    values = of(*cells)
    np.testing.assert_array_equal(values.numbers, numbers)
    assert values.notices[0] == "x: the comma was read as the decimal point (0,5 is 0.5)."


@pytest.mark.parametrize(
    "cells", [("1,024", "2,048"), ("64,32", "128,64"), ("3,3", "5,5"), ("0,5", "a"), ("0,5", "0.25"), ("1,2,3", "0,5")]
)
def test_other_commas_stay(cells: tuple[str, ...]) -> None:
    assert np.isnan(of(*cells).numbers[0])


def test_lists_of_one_value_are_that_value() -> None:
    values = of("[1]", "[ 2.5 ]", "[]", "[np.float64(4.0)]")
    np.testing.assert_array_equal(values.numbers, [1, 2.5, NAN, 4])
    assert values.empty.tolist() == [False, False, True, False]
    assert of("[a]", "[b]", "[a]").words == ("a", "b")


def test_numbers_beyond_a_double_are_said_and_counted_by_cell() -> None:
    values = of("1e400", "1e400", "-1e999", "1")
    np.testing.assert_array_equal(values.numbers, [np.inf, np.inf, -np.inf, 1])
    assert "3 numbers beyond 1.8e308" in values.notices[0]


def test_what_is_too_small_is_said_and_zeros_are_not() -> None:
    assert "below 5e-324" in of("1e-400", "1").notices[0]
    assert "below 5e-324" in of("0." + "0" * 330 + "1", "1").notices[0]
    assert of("0", "-0", "0.000", "0e5", "5e-324").notices == ()


def test_digits_that_are_lost_are_said() -> None:
    assert of("9007199254740992", "1").notices == ()
    assert "rounded" in of("9007199254740993", "1").notices[0]
    assert "rounded" in of(" 9007199254740993", "1").notices[0]
    kept = of("12345678901234567890", "12345678901234567891")
    assert kept.words == ("12345678901234567890", "12345678901234567891")
    assert "kept as text" in kept.notices[0]
    assert of("1e20", "2.5").notices == ()


def test_very_long_digits_are_no_number() -> None:
    assert of("1" * 401, "2").words == ("1" * 401,)
    assert of("0." + "1" * 398, "2").text is None


@pytest.mark.parametrize(
    "cells", [("5ms", "10ms"), ("2 GB", "512 MB"), ("$5", "$ 7.5"), ("3s", "none"), ("1 h", "2 h")]
)
def test_numbers_with_units_stay_labels_and_that_is_said(cells: tuple[str, ...]) -> None:
    values = of(*cells)
    assert values.words == cells
    assert f"such as {cells[0]}" in values.notices[0]


@pytest.mark.parametrize("cells", [("3x3", "5x5"), ("1a", "2b"), ("5ms", "fast"), ("none", "null"), ("ms", "s")])
def test_other_labels_with_digits_are_not_taken_for_units(cells: tuple[str, ...]) -> None:
    assert of(*cells).notices == ()


def test_the_column_for_display_keeps_words_and_whole_numbers() -> None:
    assert of("1", "2").column.dtype == np.int64
    assert of("1", None).column.dtype == np.float64
    shown = of("a", None, " b ").column
    assert shown.dtype == "str"
    assert [None if pd.isna(cell) else cell for cell in shown] == ["a", None, "b"]
