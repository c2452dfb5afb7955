"""Text tables: cells against Python's csv module as a second method, odd lines, encodings, limits, refusals."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpi.errors import TableError
from hpi.readers import Opened, ReadLimits, Wanted, text
from hpi.readers.cutting import cut
from hpi.readers.delimited import DelimitedReader
from hpi.readers.layout import Layout
from hpi.readers.protocol import Loaded
from hpi.readers.text import Text, table_text, text_of

LIMITS = ReadLimits()


def load(data: bytes | str, limits: ReadLimits = LIMITS) -> Loaded:
    content = data.encode() if isinstance(data, str) else data
    return DelimitedReader().load(Opened("a.csv", content), Wanted(), limits)


def cells(frame: pd.DataFrame) -> list[list[str]]:
    """Rows of cells without outer blanks, an empty one where it is missing."""
    return [["" if pd.isna(cell) else cell.strip() for cell in row] for row in frame.to_numpy(dtype=object).tolist()]


def column(data: str, name: str) -> list[str | None]:
    return [None if pd.isna(cell) else cell for cell in load(data).frame[name]]


def refused(data: bytes | str, limits: ReadLimits = LIMITS) -> str:
    with pytest.raises(TableError) as error:
        load(data, limits)
    return str(error.value)


# ---------------------------------------------------------------- the csv module as a second method

CELL = st.text(st.sampled_from('ab1., ;\t"\n\r|é漢'), max_size=6)


@given(
    st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.booleans(),
)
def test_what_csv_writes_is_read(rows: list[list[str]], sep: str, end: str, quoting: int, careful: bool) -> None:
    if quoting == csv.QUOTE_MINIMAL:  # the module does not quote every line end by itself
        rows = [[re.sub(r"[\r\n]", "", cell) for cell in row] for row in rows]
    file = io.StringIO()
    writer = csv.writer(file, delimiter=sep, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([["x", "y", "z"], *rows])
    written = Text((file.getvalue() + ("  " + end if careful else "")).encode())  # a line of blanks needs care
    header, columns, notices = cut(Layout(written, 0, sep, 0, ()), LIMITS)
    assert header == ["x", "y", "z"]
    assert notices == []
    found = [[(cell or "").strip() for cell in row] for row in zip(*map(list, (c.to_pylist() for c in columns)))]  # noqa: B905
    assert found == [[re.sub(r"\r\n?|\n", " ", cell).strip() for cell in row] for row in rows]


def by_the_book(lines: str, width: int) -> list[list[str]] | None:
    """Rows as the csv module reads them, filled up to a width; None where one is too long or a quote is open."""
    ended = False

    def given_lines() -> Iterator[str]:
        yield from io.StringIO(lines, newline="")
        nonlocal ended
        ended = True

    rows = []
    for row in csv.reader(given_lines(), skipinitialspace=True):
        if ended or any(cell.strip() for cell in row[width:]):
            return None
        if len(row) > 1 or (row and row[0].strip()):
            rows.append([re.sub(r"\r\n?|\n", " ", cell).strip() for cell in (row + [""] * width)[:width]])
    return rows


@given(st.text(st.sampled_from('a1,," \n\n\r'), max_size=40))
def test_any_lines_are_cut_as_the_csv_module_cuts_them_or_refused(lines: str) -> None:
    expected = by_the_book("x,y,z\n" + lines, 3)
    try:
        _, columns, _ = cut(Layout(Text(("x,y,z\n" + lines).encode()), 0, ",", 0, ()), LIMITS)
    except TableError:
        assert expected is None
        return
    found = [[(cell or "").strip() for cell in row] for row in zip(*(c.to_pylist() for c in columns), strict=True)]
    assert expected is not None
    assert found == expected[1:]


# ---------------------------------------------------------------- odd lines


def test_a_line_cut_short_is_filled_and_named_wherever_it_stands() -> None:
    loaded = load("x,y,z\n1,2,3\n\n4\n5,6,7\n8,9")
    assert cells(loaded.frame) == [["1", "2", "3"], ["4", "", ""], ["5", "6", "7"], ["8", "9", ""]]
    said = "2 lines shorter than the header (the first is line 4): the missing cells are empty."
    assert loaded.reading.notices == (said,)


def test_line_numbers_count_what_stands_before_the_header_and_line_ends_in_cells() -> None:
    assert "Line 6 has 3 cells, but the header has 2" in refused('# made\n\nx,y\n"a\nb",1\n1,2,3\n')
    assert "quote is opened in line 5" in refused('x,y\n"a\nb",1\n3,4\n"5,6\n7,8\n')


@pytest.mark.parametrize("tail", ['"8', '"8\n', '"', '8,"9""', '"8\n\n\n'])
def test_a_quote_open_at_the_end_is_refused(tail: str) -> None:
    assert "line 3 and never closed" in refused(f"x,y\n1,2\n7,{tail}")


@pytest.mark.parametrize(("tail", "cell"), [('"8"', "8"), ('"8"\n\n', "8"), ('""', ""), ('"8"""', '8"'), ('8"', '8"')])
def test_a_quote_closed_at_the_end_is_read(tail: str, cell: str) -> None:
    assert cells(load(f"x,y\n1,2\n7,{tail}").frame)[-1] == ["7", cell]


def test_blanks_before_a_quote_do_not_make_it_a_letter() -> None:
    assert cells(load('x,y\n1, "a, b"\n2,  "c"\n').frame) == [["1", "a, b"], ["2", "c"]]


def test_cells_beyond_the_header_may_be_empty_only() -> None:
    assert cells(load('x,y\n1,2,,\n3,4, ,""\n').frame) == [["1", "2"], ["3", "4"]]
    assert "Line 3 has 4 cells" in refused("x,y\n1,2,,\n3,4,,5\n")


def test_columns_between_blanks_may_have_quotes() -> None:
    assert cells(load('x  y z\n 1 "a"  2 \n3\tb 4\n').frame) == [["1", "a", "2"], ["3", "b", "4"]]


def test_a_cell_longer_than_the_careful_way_takes_is_named_by_its_line() -> None:
    long = '"' + "a" * 140_000 + '"'
    assert len(load(f"x,y\n1,{long}\n").frame["y"][0]) == 140_000
    assert "Line 3 has a cell of over 131,072 characters" in refused(f"x,y\n1\n2,{long}\n")


def test_a_text_of_all_control_characters_is_refused_where_a_line_is_odd() -> None:
    odd = "".join(map(chr, [*range(1, 9), *range(0x1C, 0x20)]))
    assert "control characters" in refused(f"x,y\n{odd},1\n2\n")


def test_separators_alone_are_no_table() -> None:
    assert "neither names nor cells" in refused(",\n,\n,")


# ---------------------------------------------------------------- limits


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"rows": 5}, "6 rows; at most 5 are read (HPI_READ_ROWS)"),
        ({"columns": 2}, "3 columns; at most 2 are read (HPI_READ_COLUMNS)"),
        ({"cells": 17}, "18 cells; at most 17 are read (HPI_READ_CELLS)"),
    ],
)
@pytest.mark.parametrize("last", ["4,5,6\n", '4,"5",6\n', "4,5\n"])
def test_a_limit_names_what_was_found_and_its_setting(limits: dict[str, int], words: str, last: str) -> None:
    table = "x,y,z\n" + "1,2,3\n" * 5 + last
    assert load(table, replace(LIMITS, rows=6, columns=3, cells=18)).frame.shape == (6, 3)
    assert words in refused(table, replace(LIMITS, **limits))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_blank_lines_and_line_ends_in_cells_are_no_rows(end: str) -> None:
    limits = replace(LIMITS, rows=3)
    assert len(load(end * 5 + (end * 9).join(["x,y", "1,2", "3,4", "5,6"]) + end * 50, limits).frame) == 3
    assert len(load("x,y\n" + '"1\n\n\n\n\n\n",2\n' * 3, limits).frame) == 3


def test_a_long_preamble_is_refused() -> None:
    assert "10,000 lines are empty or comments" in refused("# a\n" * 10_001 + "x,y\n1,2\n")


def test_a_line_is_measured_in_characters() -> None:
    fits = "é" * 900_000
    assert load(f"x,y\n1,{fits}\n").frame["y"][0] == fits
    assert "Line 2 has over 1,000,000 characters" in refused("x,y\n1," + "é" * 1_000_000 + "\n3,4\n")
    assert "Line 3 has over" in refused("x,y\r1,2\r" + "1" * 1_000_001)


# ---------------------------------------------------------------- encodings


@pytest.mark.parametrize("piece", [4, 5, 6, 7, 100])
def test_text_is_checked_in_pieces_of_any_size(monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    monkeypatch.setattr(text, "_PIECE", piece)  # none is shorter than a character
    assert text_of("x,é漢😀\n".encode()).notices == ()
    with pytest.raises(TableError, match=r"Byte 16 \(0x83, in line 3\)"):
        text_of("x,é漢\n1,😀\n".encode() + b"\x83\x8e\x92\x86")


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))  # fmt: skip # noqa: E501
def test_any_text_with_its_mark_is_decoded(words: str, encoding: str) -> None:
    found = text_of(b"x" + words.encode() if encoding == "utf-8" else ("x" + words).encode(encoding))
    assert found.data[found.start :].decode() == "x" + words
    assert found.notices == ()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("x,y\n1,2\n".encode("utf-16-le"), "character 2: this looks like UTF-16 without a mark"),
        ("x,y\n1,2\n".encode("utf-16-be"), "character 1: this looks like UTF-16 without a mark"),
        (b"x,y\n\xc3\xa9,2\0\n", "character 8, in line 2"),
        (b"\x01\x02\0\0\0\0\x03\0", "binary"),
    ],
)
def test_nul_bytes_are_named_for_what_they_are(data: bytes, words: str) -> None:
    assert words in refused(data)


def test_a_file_that_is_not_what_its_mark_says_is_refused_with_the_byte() -> None:
    assert "marked as utf-8, but byte 8 is not" in refused(b"\xef\xbb\xbfx,y\n\xff,1\n")
    assert "marked as utf-16" in refused(b"\xff\xfe" + "x,y\n".encode("utf-16-le") + b"1")


def test_layout_looks_at_whole_characters() -> None:
    assert table_text("é".encode() * 5).head(3) == "é"


# ---------------------------------------------------------------- separators, commas and points


@pytest.mark.parametrize(
    ("said", "sep"), [("sep=\t", "\t"), ("sep=:", ":"), ("sep= ", " "), ('"sep=;"', ";"), ("SEP=;"[:0], ";")]
)
def test_the_separator_in_the_first_line_is_taken(said: str, sep: str) -> None:
    lines = [said, *(sep.join(row) for row in (["x", "y"], ["1", "a,b"]))]
    assert cells(load("\n".join(line for line in lines if line)).frame) == [["1", "a,b"]]


def test_a_letter_is_no_separator() -> None:
    assert list(load("sep=a,y\n1,2\n").frame.columns) == ["sep=a", "y"]


def test_commas_and_points_are_read_as_they_are_written_in_german() -> None:
    loaded = load("a;b;c;d\n0,5;1.234,5;1.234;1.5\n-1,25;2.345.678;5.678;2,5\nNone;7;nan;3\n")
    assert loaded.frame["a"].tolist() == ["0.5", "-1.25", "None"]
    assert loaded.frame["b"].tolist() == ["1234.5", "2345678", "7"]
    assert loaded.frame["c"].tolist() == ["1234", "5678", "nan"]
    assert loaded.frame["d"].tolist() == ["1.5", "2,5", "3"]
    assert loaded.reading.notices == (
        "The comma was read as the decimal point in a.",
        "The comma was read as the decimal point, and the points before it as separators of thousands, in b.",
        "The points were read as separators of thousands (4.749 is 4749), as the comma is the decimal sign, in c.",
    )


def test_thousands_beside_decimal_commas_are_thousands() -> None:
    loaded = load("steps;lr;loss;acc\n4.749;0,0004;1,853;0.123\n12.000.000;0,01;2,5;0.456\n500;0,1;1,0;0.789\n")
    assert loaded.frame["steps"].tolist() == ["4749", "12000000", "500"]
    assert loaded.frame["acc"].tolist() == ["0.123", "0.456", "0.789"]
    assert loaded.reading.notices == (
        "The comma was read as the decimal point in lr, loss.",
        "The points were read as separators of thousands (4.749 is 4749), as the comma is the decimal sign, in steps.",
    )


@pytest.mark.parametrize("values", [("4.749", "0.5"), ("4.749", "1234"), ("4.7490", "5.123"), ("1.5", "2.5")])
def test_points_that_may_be_decimal_stay(values: tuple[str, str]) -> None:
    assert column(f"a;b\n{values[0]};0,5\n{values[1]};1,5\n", "a") == list(values)


def test_points_without_a_decimal_comma_beside_them_stay() -> None:
    assert column("a;b\n4.749;x,y\n5.123;z\n", "a") == ["4.749", "5.123"]


def test_quoted_decimal_commas_are_read_and_said() -> None:
    loaded = load('a,b,c,d\n"0,633","64,32","1,024",4.749\n"1,204","128,64","2,048",5.123\n')
    assert cells(loaded.frame) == [["0.633", "64,32", "1,024", "4749"], ["1.204", "128,64", "2,048", "5123"]]
    assert loaded.reading.notices[0] == "The comma was read as the decimal point in a."


def test_words_with_commas_stay() -> None:
    assert column("a;b\nx,y;1\nz;2\n", "a") == ["x,y", "z"]
    assert column('a,b\n"0,5",1\n"1,5",2\n', "a") == ["0.5", "1.5"]


def test_cells_without_a_character_are_missing_and_words_for_none_are_not() -> None:
    assert column('x,y\n1,\n2,""\n3,NA\n4,None\n5,nan\n6,null\n', "y") == [None, None, "NA", "None", "nan", "null"]


# ---------------------------------------------------------------- headers in two rows


def optuna_trials(values: int) -> pd.DataFrame:
    """What Optuna's trials_dataframe(multi_index=True) gives."""
    metrics = [("values", i) for i in range(values)] if values > 1 else [("value", "")]
    keys = [("number", ""), *metrics, ("params", "depth"), ("params", "lr"), ("state", "")]
    rows = [[i, *(i + k / 4 for k in range(values)), 3 + i, i / 8, "COMPLETE"] for i in range(3)]
    return pd.DataFrame(rows, columns=pd.MultiIndex.from_tuples(keys))


@pytest.mark.parametrize(("values", "names"), [(1, ["value"]), (2, ["values_0", "values_1"])])
@pytest.mark.parametrize("index", [True, False])
def test_a_header_in_two_rows_is_joined(values: int, names: list[str], index: bool) -> None:
    frame = optuna_trials(values)
    loaded = load(frame.to_csv(index=index))
    expected = ["number", *names, "params_depth", "params_lr", "state"]
    assert list(loaded.frame.columns) == ["Unnamed: 0"] * index + expected
    assert loaded.frame["params_lr"].tolist() == ["0.0", "0.125", "0.25"]
    assert "two rows" in loaded.reading.notices[0]


def test_a_name_over_several_columns_is_written_once() -> None:
    loaded = load("run,params,,loss\n,lr,depth,\na,0.1,3,0.5\nb,0.2,4,0.25\n")
    assert list(loaded.frame.columns) == ["run", "params_lr", "params_depth", "loss"]
    assert cells(loaded.frame) == [["a", "0.1", "3", "0.5"], ["b", "0.2", "4", "0.25"]]


@pytest.mark.parametrize(
    "data",
    [
        "a,a,b\n1,2,3\n4,5,6\n",
        "a,a,b\nx,x,\n1,2,3\n",
        "a,a,b\nx,y,\nz,z,z\n",
        "a,a,b\nx,y,0.5\n1,2,3\n",
        "a,a,b\nx,y,z\n",
        "a,a,b\nx,y,\nx,z,1\n",
    ],
)
def test_names_that_come_twice_over_no_second_header_are_refused(data: str) -> None:
    assert "'a' appears twice" in refused(data)


@pytest.mark.parametrize("data", [",opt,act\na,adam,relu\n1,2,3\n", "opt,act,\nadam,relu,\n1,2,\n", "a,b\nx,y\n1,2\n"])
def test_words_below_names_that_are_there_are_no_header(data: str) -> None:
    assert len(load(data).frame) == 2


# ---------------------------------------------------------------- whatever comes

ODD = st.one_of(
    st.sampled_from(["x,y\n", "1,2\n", '"', ",", ";", "\n", "\r", "\t", " ", "#", "sep=;\n", "é", "1,2,3\n", '"a\nb"']),
    st.text(max_size=3),
)  # fmt: skip


def loaded_or_refused(data: bytes, limits: ReadLimits) -> Loaded | None:
    try:
        return load(data, limits)
    except TableError as error:
        said = str(error)
    assert len(said) < 300
    assert "\n" not in said
    return None


@given(
    st.lists(ODD, max_size=12).map("".join), st.sampled_from(["utf-8", "utf-16", "cp1252", "utf-16-le", "shift_jis"])
)
def test_any_text_in_any_encoding_gives_a_table_or_a_refusal(words: str, encoding: str) -> None:
    loaded = loaded_or_refused(words.encode(encoding, "replace"), replace(LIMITS, rows=8, columns=6))
    if loaded is not None:
        assert 1 <= len(loaded.frame) <= 8
        assert 1 <= len(loaded.frame.columns) <= 6
        assert all("\n" not in notice for notice in loaded.reading.notices)


@given(st.binary(max_size=60).map(lambda data: b"x,y\n1,2\n" + data))
def test_any_bytes_behind_a_table_give_a_table_or_a_refusal(data: bytes) -> None:
    loaded = loaded_or_refused(data, LIMITS)
    assert loaded is None or list(loaded.frame.columns) == ["x", "y"]
