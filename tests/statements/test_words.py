"""Numbers and words in sentences."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpi.statements import words


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((0.0213, 0.0119, 0.0301), "0.0213 [0.0119, 0.0301]"),
        ((0.021, 0.011, 0.031), "0.021 [0.011, 0.031]"),
        ((1.59, 1.42, 1.76), "1.59 [1.42, 1.76]"),
        ((12.3456, 2.3, 22.3), "12 [2, 22]"),
        ((123456.7, 100000.2, 150000.9), "123457 [100000, 150001]"),
        ((2.5e7, 2e7, 3e7), "2.50e+07 [2.00e+07, 3.00e+07]"),
        ((5e-6, 4e-6, 6e-6), "5.00e-06 [4.00e-06, 6.00e-06]"),
        ((-0.02, -0.1, 0.06), "-0.020 [-0.100, 0.060]"),
        ((-0.0001, -0.1, 0.1), "0.00 [-0.10, 0.10]"),
        ((1.0, 1 - 1e-9, 1 + 1e-9), "1.0000 [1.0000, 1.0000]"),
        ((0.0, 0.0, 0.0), "0.0000 [0.0000, 0.0000]"),
    ],
)
def test_an_estimate_is_written_in_the_digits_that_its_interval_supports(numbers, text):
    assert words.amount(*numbers) == text


@given(st.floats(-1e9, 1e9), st.floats(1e-12, 1e9), st.floats(1e-12, 1e9))
def test_what_is_written_can_be_read_back(value, below, above):
    low, high = value - below, value + above
    first, rest = words.amount(value, low, high).split(" [")
    a, b, c = float(first), *map(float, rest.rstrip("]").split(", "))
    size = max(abs(low), abs(high))
    for text, number in ((a, value), (b, low), (c, high)):
        assert text == pytest.approx(number, abs=max(0.006 * size, 1e-9))
    assert b <= a <= c
    assert "-0.0 " not in f"{first} "


@pytest.mark.parametrize(
    ("numbers", "text"),
    [((4.123, 2.29, 7.51), "4.1 [2.3, 7.5]"), ((158.2, 12.4, 12345.0), "160 [12, 12,000]"), ((1.0, 0.5, 2.0),
                                                                                         "1 [0.5, 2]")],
)  # fmt: skip
def test_odds_have_two_digits(numbers, text):
    assert words.odds(*numbers) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.1234, "0.12"), (12.34, "12"), (1234.5, "1234"), (0.00012, "0.00012"), (1e-5, "1.0e-05"),
     (2.5e6, "2.5e+06"), (-0.5, "-0.50")],
)  # fmt: skip
def test_some_number_has_two_digits(value, text):
    assert words.some(value) == text


def test_lists_parts_and_stretches():
    assert words.listed([]) == ""
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b"]) == "a and b"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.of_trials(1234, 56789) == "1,234 of 56,789"
    assert words.stretch("3", "3") == "at 3"
    assert words.stretch("1e-4", "3e-3") == "between 1e-4 and 3e-3"


def test_what_is_infinite_is_not_written_as_an_interval():
    assert "inf" not in words.amount(0.5, -math.inf, math.inf)
