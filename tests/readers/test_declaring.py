"""Declarations that a table's own cells keep to: bounds widened, levels spelled as the cells are."""

from __future__ import annotations

import math
import sys

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpi.readers.declaring import Told, category, declared, interval, union
from hpi.readers.studies import Cell, cell_of, column_of, maybe_parsed, plain_names, text_of
from hpi.roles.choices import Declaration
from hpi.roles.reading import Objective, Reading
from hpi.space import Kind
from hpi.table import build


@pytest.mark.parametrize(
    ("low", "high", "log", "told"),
    [
        (1, 4, False, Told(Kind.FLOAT, 1.0, 4.0)),
        (1, 4, True, Told(Kind.FLOAT, 1.0, 4.0, True)),
        (0, 4, True, Told(Kind.FLOAT, 0.0, 4.0)),
        (1, 4, "yes", Told(Kind.FLOAT, 1.0, 4.0)),
        (3, 3, False, Told(Kind.FLOAT, 3.0, 3.0)),
        (4, 1, False, None),
        (True, 4, False, None),
        ("1", 4, False, None),
        (None, 4, False, None),
        (math.nan, 4, False, None),
        (1, math.inf, False, None),
        (1, 10**400, False, None),
    ],
)
def test_bounds_are_two_finite_numbers(low: object, high: object, log: object, told: Told | None) -> None:
    assert interval(Kind.FLOAT, low, high, log) == told


@pytest.mark.parametrize(
    ("choices", "ordered", "kind"),
    [
        (["a", "b"], False, Kind.CATEGORY),
        ([1, 2], True, Kind.ORDINAL),
        ([1], True, Kind.CATEGORY),
        ([True, False], False, Kind.BOOL),
        ([True], True, Kind.BOOL),
        ([True, 1], False, Kind.CATEGORY),
    ],
)
def test_choices_are_levels(choices: list[object], ordered: bool, kind: Kind) -> None:
    assert category(choices, ordered) == Told(kind, choices=tuple(choices))


@pytest.mark.parametrize("choices", [None, [], {}, "ab", 5])
def test_what_is_no_list_declares_nothing(choices: object) -> None:
    assert category(choices) is None


A, B = Told(Kind.FLOAT, 1.0, 4.0, True), Told(Kind.FLOAT, 0.5, 2.0, True)


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        (A, A, A),
        (A, None, None),
        (None, None, None),
        (A, B, Told(Kind.FLOAT, 0.5, 4.0, True)),
        (A, Told(Kind.FLOAT, 0.5, 2.0), Told(Kind.FLOAT, 0.5, 4.0)),
        (Told(Kind.INT, 1, 4), Told(Kind.INT, 2, 8), Told(Kind.INT, 1, 8)),
        (Told(Kind.INT, 1, 4), Told(Kind.FLOAT, 2, 8), Told(Kind.FLOAT, 1, 8)),
        (Told(Kind.INT), Told(Kind.INT, 2, 8), Told(Kind.INT)),
        (A, Told(Kind.CATEGORY, choices=("a",)), None),
        (Told(Kind.CATEGORY, choices=("a", "b")), Told(Kind.CATEGORY, choices=("c", "b")),
         Told(Kind.CATEGORY, choices=("a", "b", "c"))),
        (Told(Kind.ORDINAL, choices=("s", "m")), Told(Kind.ORDINAL, choices=("l", "m")),
         Told(Kind.CATEGORY, choices=("s", "m", "l"))),
        (Told(Kind.BOOL, choices=(True, False)), Told(Kind.CATEGORY, choices=("auto",)),
         Told(Kind.CATEGORY, choices=(True, False, "auto"))),
    ],
)  # fmt: skip
def test_of_two_declarations_the_widest_is_taken(first: Told | None, second: Told | None, both: Told | None) -> None:
    assert union(first, second) == both


def test_choices_that_never_end_are_no_declaration() -> None:
    told: Told | None = Told(Kind.CATEGORY, choices=("a",))
    for k in range(0, 2000, 100):
        told = union(told, Told(Kind.CATEGORY, choices=tuple(map(str, range(k, k + 100)))))
    assert told is None


def test_of_a_value_that_sticks_out_by_rounding_nothing_is_said() -> None:
    low, high = 1e-4 * (1 - 1e-9), 0.1 * (1 + 1e-9)
    space, said = declared(pd.DataFrame({"lr": [low, 0.05, high]}), {"lr": Told(Kind.FLOAT, 1e-4, 0.1, True)})
    assert space == (("lr", Declaration(Kind.FLOAT, low, high, True)),)
    assert said == ()


def test_one_value_outside_of_a_range_that_is_wide() -> None:
    columns = {"h": column_of([None, None, 0.0])}
    is_used(columns, Told(Kind.FLOAT, -1000001.0, -1.0))


def test_an_integer_that_is_none_is_a_float() -> None:
    space, _ = declared(pd.DataFrame({"h": [1.0, 2.5]}), {"h": Told(Kind.INT, 1, 4)})
    assert space[0][1] == Declaration(Kind.FLOAT, 1.0, 4.0, False)


def test_a_level_that_nobody_declared_is_added_and_said() -> None:
    frame = pd.DataFrame({"opt": ["sgd", "lion", None]})
    space, said = declared(frame, {"opt": Told(Kind.CATEGORY, choices=("sgd", "adam"))})
    assert space[0][1].levels == ("sgd", "adam", "lion")
    assert said == ("opt: the trials have lion, which the file does not declare; added to its levels.",)


def test_numbers_that_are_words_are_not_declared() -> None:
    space, said = declared(pd.DataFrame({"h": ["1", "x"]}), {"h": Told(Kind.FLOAT, 0, 2), "other": None})
    assert space == ()
    assert said == ("What the file declares of h makes no sense, so it was not used.",)


def test_names_of_columns_are_plain_and_different() -> None:
    names = ["a b", " a\n b ", "", "\ud800", "a b (2)"]
    assert plain_names(names) == {
        "a b": "a b", " a\n b ": "a b (2)", "": "Unnamed: 2", "\ud800": "?", "a b (2)": "a b (2) (2)",
    }  # fmt: skip


def test_a_choice_at_the_edge_of_what_can_be_read() -> None:
    read = 0
    for depth in range(sys.getrecursionlimit() - 200, sys.getrecursionlimit() + 1):
        choice = maybe_parsed("[" * depth + "]" * depth)
        if choice is not None:
            read += 1
            assert text_of(choice) in ("[" * depth + "]" * depth, "...")
    assert read


CHOICES = st.lists(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
    | st.sampled_from(["10%", "1.0", "1", "True", "1,234", "1,234.5", " a", "[1]", "nan", "None", "", "yes", "no"])
    | st.text(max_size=4),
    min_size=1, max_size=5,
)  # fmt: skip


@given(CHOICES, st.lists(st.integers(0, 4), min_size=3, max_size=12), st.booleans())
def test_what_is_declared_of_choices_is_never_contradicted(choices: list[object], drawn: list[int], more: bool) -> None:
    picked = [choices[k % len(choices)] for k in drawn]
    cells: list[Cell] = ["None" if choice is None else cell_of(choice) for choice in picked]
    told = category(choices if more else choices[:2])
    is_used({"h": column_of(cells)}, told)


NUMBERS = st.none() | st.floats(allow_nan=False) | st.integers(-5, 5)


@given(
    st.lists(NUMBERS, min_size=3, max_size=12), NUMBERS, NUMBERS, st.booleans(), st.sampled_from([Kind.FLOAT, Kind.INT])
)
def test_what_is_declared_of_numbers_is_never_contradicted(
    cells: list[Cell], low: object, high: object, log: bool, kind: Kind
) -> None:
    is_used({"h": column_of(cells)}, interval(kind, low, high, log))


def is_used(columns: dict[str, pd.Series], told: Told | None) -> None:
    frame = pd.DataFrame(columns)
    frame = frame.assign(lr=[0.1 * k for k in range(len(frame))], loss=[float(k) for k in range(len(frame))])
    space, said = declared(frame, {"h": told})
    table = build(frame, "study", reading=Reading("study", said, (Objective("loss"),), space))
    assert not any("contradict" in notice for notice in table.notices), (space, table.notices)
