"""JSON and JSON lines: every form that people have, every way in which it is broken."""

from __future__ import annotations

import json
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpi.errors import TableError
from hpi.readers import Loaded, Opened, ReadLimits, Wanted, read
from hpi.readers.loading import load_opened

RECORDS = [
    {"lr": 0.1, "depth": 1, "opt": "adam", "loss": 0.5},
    {"lr": 0.01, "depth": 3, "opt": "sgd", "loss": 0.25},
    {"lr": 0.001, "depth": 2, "opt": "adam", "loss": 0.75},
]
FRAME = pd.DataFrame(RECORDS).astype({"opt": "str"})
NAMES = list(FRAME.columns)
COLUMNS = FRAME.to_dict(orient="list")


def load(data: object, wanted: Wanted | None = None, limits: ReadLimits | None = None) -> Loaded:
    """Load bytes, text, or a value that is to be written as JSON."""
    text = data if isinstance(data, str | bytes) else json.dumps(data)
    opened = Opened("a.json", text if isinstance(text, bytes) else text.encode())
    return load_opened(opened, wanted or Wanted(), limits or ReadLimits())


def in_lines(values: list[object], end: str = "\n") -> str:
    return end.join(json.dumps(value) for value in values)


def refused(data: object, *words: str, limits: ReadLimits | None = None) -> None:
    with pytest.raises(TableError) as found:
        load(data, limits=limits)
    assert all(word in str(found.value) for word in words), str(found.value)
    assert "\n" not in str(found.value)


@pytest.mark.parametrize(
    ("n", "names"), [(1, ["value"]), (2, ["values_0", "values_1"]), (10, [f"values_{i}" for i in range(10)])]
)
def test_lists_of_values_become_columns(n, names):
    records = [{"lr": i / 8, "values": [i + k / 4 for k in range(n)], "state": "COMPLETE"} for i in range(3)]
    loaded = load([*records, {"lr": 0.5, "values": None, "state": "FAIL"}])
    assert list(loaded.frame.columns) == ["lr", *names, "state"]
    assert loaded.frame[names[-1]].tolist()[:3] == [i + (n - 1) / 4 for i in range(3)]
    assert math.isnan(loaded.frame[names[0]].iloc[3])
    assert any(
        notice.startswith(f"values held a list of {n} number") and "3 of 4 records" in notice
        for notice in loaded.reading.notices
    )


@pytest.mark.parametrize(
    "values",
    [[[1], [1, 2]], [[], []], [list(range(11))] * 2, [["a"], ["b"]], [[True], [False]], [1, [2]], [None, None]],
)
def test_other_lists_of_values_stay(values):
    loaded = load([{"lr": 0.5, "values": one} for one in values])
    assert list(loaded.frame.columns) == ["lr", "values"]


def test_lists_of_values_take_no_name_that_is_there():
    assert list(load([{"value": 3, "values": [1.5]}] * 2).frame.columns) == ["value", "values"]


# ---------------------------------------------------------------- forms

FORMS = {
    "list of objects": json.dumps(RECORDS),
    "indented": json.dumps(RECORDS, indent=2),
    "lines": in_lines(RECORDS),
    "lines of Windows": in_lines(RECORDS, "\r\n") + "\r\n",
    "lines with empty ones between": in_lines(RECORDS, "\n\n\n"),
    "lines with commas": in_lines(RECORDS, ",\n") + ",\n",
    "objects without a line end": in_lines(RECORDS, ""),
    "pandas split": FRAME.to_json(orient="split"),
    "columns and rows": json.dumps({"columns": NAMES, "rows": FRAME.to_numpy().tolist()}),
    "pandas columns": FRAME.to_json(orient="columns"),
    "lists": json.dumps(COLUMNS),
    "lists beside a title": json.dumps({"title": "search", **COLUMNS}),
    "under a key": json.dumps({"version": 1, "trials": RECORDS}),
    "deep under keys": json.dumps({"study": {"name": "s", "result": {"runs": RECORDS}}}),
    "lists with a header": json.dumps([NAMES, *FRAME.to_numpy().tolist()]),
    "lines of lists": in_lines([NAMES, *FRAME.to_numpy().tolist()]),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_the_same_table(form):
    loaded = load(FORMS[form])
    pd.testing.assert_frame_equal(loaded.frame, FRAME, check_column_type=False)
    assert loaded.reading.reader == ("JSON lines" if "line" in form.replace("without a line end", "lines") else "JSON")


@pytest.mark.parametrize(
    ("orient", "extra"), [("index", "id"), ("table", "index")], ids=["rows by label", "with a schema"]
)
def test_what_pandas_writes_with_labels_has_a_column_for_them(orient, extra):
    loaded = load(FRAME.to_json(orient=orient))
    assert list(loaded.frame.columns) == [extra, *NAMES]
    pd.testing.assert_frame_equal(loaded.frame[NAMES], FRAME, check_column_type=False)


def test_records_by_name_keep_the_name():
    loaded = load({f"run_{i}": record for i, record in enumerate(RECORDS)})
    assert loaded.frame["id"].tolist() == ["run_0", "run_1", "run_2"]
    assert list(load({"a": {"id": 7, "x": 1}, "b": {"id": 8, "x": 2}}).frame) == ["key", "id", "x"]


def test_hiplot_gives_the_values_and_what_links_the_points():
    points = [{"uid": str(i), "from_uid": None, "values": record} for i, record in enumerate(RECORDS)]
    loaded = load({"datapoints": points, "parameters_definition": {"lr": {"type": "numericlog"}}, "weight_column": ""})
    assert list(loaded.frame.columns) == ["uid", "from_uid", *NAMES]
    assert loaded.frame["uid"].tolist() == ["0", "1", "2"]
    table = read(json.dumps({"datapoints": points * 5}).encode())
    assert table.metric == "loss"
    assert {h.name for h in table.hyperparameters} == {"lr", "depth", "opt"}


def test_objects_in_objects_are_joined_by_dots_and_lists_stay():
    loaded = load([{"params": {"net": {"width": 8}, "layers": [1, {"a": None}]}, "loss": 1}, {"loss": 2}])
    assert loaded.frame.columns.tolist() == ["params.net.width", "params.layers", "loss"]
    assert loaded.frame["params.layers"].tolist()[0] == '[1,{"a":null}]'
    assert loaded.frame["params.net.width"].tolist()[0] == 8
    assert loaded.frame["params.layers"].isna().tolist() == [False, True]


def test_wrapped_values_are_not_unwrapped():
    assert list(load([{"lr": {"value": 0.1}, "loss": 1}]).frame) == ["lr.value", "loss"]


def test_nevergrads_own_columns_are_no_hyperparameters():
    lines = [
        {"#parametrization": "Dict", "#optimizer": "DE", "#session": "2026-01-01", "#num-ask": i, "#num-tell": i,
         "#uid": f"{i:x}", "#loss": (i * 7 % 20) / 20, "lr": i / 20, "opt": "ab"[i % 2]}
        for i in range(20)
    ]  # fmt: skip
    table = read(in_lines(lines).encode())
    assert table.metric == "#loss"
    assert {h.name for h in table.hyperparameters} == {"lr", "opt"}


# ---------------------------------------------------------------- cells


def test_cells_are_numbers_where_all_are_and_text_otherwise():
    rows = [
        {"i": 1, "f": 0.5, "b": True, "mixed": 1, "s": "x", "big": 2**53 + 1, "gap": 1},
        {"i": -2, "f": 1e-5, "b": False, "mixed": "x", "s": "", "big": 1, "gap": None},
        {"i": 3, "f": 2, "b": None, "mixed": True, "s": "é", "big": 2, "gap": 3},
    ]
    frame = load(rows).frame
    assert frame["i"].tolist() == [1, -2, 3]
    assert frame["f"].tolist() == [0.5, 1e-5, 2.0]
    assert frame["b"].tolist()[:2] == ["True", "False"]
    assert frame["b"].isna().tolist() == [False, False, True]
    assert frame["mixed"].tolist() == ["1", "x", "True"]
    assert frame["s"].tolist() == ["x", "", "é"]
    assert frame["big"].tolist() == ["9007199254740993", "1", "2"]
    assert frame["gap"].tolist()[0] == 1.0
    assert math.isnan(frame["gap"].tolist()[1])


def test_numbers_that_are_not_finite_are_counted():
    loaded = load('[{"lr": NaN, "loss": Infinity}, {"lr": 1, "loss": -Infinity}, {"lr": 1e999, "loss": Infinity}]')
    assert loaded.frame["loss"].tolist() == [math.inf, -math.inf, math.inf]
    assert loaded.frame["lr"].isna().tolist() == [True, False, False]
    assert any(
        "1 time NaN, 2 times Infinity, 1 time -Infinity, 1 time beyond 1.8e308" in said
        for said in loaded.reading.notices
    )


def test_nan_among_words_is_an_empty_cell():
    assert load('[{"opt": "adam", "a": 1}, {"opt": NaN, "a": 2}]').frame["opt"].isna().tolist() == [False, True]


def test_a_key_that_comes_twice_is_said_and_the_last_counts():
    loaded = load('[{"lr": 1, "lr": 2}, {"lr": 3}, {"lr": 4, "lr": 5, "lr": 6}]')
    assert loaded.frame["lr"].tolist() == [2, 3, 6]
    assert loaded.reading.notices == ("The key lr comes twice in 2 objects; the last was kept.",)


def test_two_keys_that_lead_to_one_column_are_said():
    loaded = load('[{"a": {"b": 1}, "a.b": 2}, {"a.b": 3}]')
    assert loaded.frame["a.b"].tolist() == [2, 3]
    assert loaded.reading.notices == ("The key a.b comes twice in 1 record; the last was kept.",)


def test_what_cannot_be_stored_becomes_a_question_mark():
    frame = load('[{"a\\ud800": "\\udc00x", "b": 1}]').frame
    assert frame.columns.tolist() == ["a?", "b"]
    assert frame["a?"].tolist() == ["?x"]
    refused('[{"a\\ud800": 1, "a\\udc00": 2}]', "come to the column", "rename")


# ---------------------------------------------------------------- encodings


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
@pytest.mark.parametrize("text", [json.dumps(RECORDS), in_lines(RECORDS)], ids=["list", "lines"])
def test_other_encodings_are_read(encoding, text):
    pd.testing.assert_frame_equal(load(text.encode(encoding)).frame, FRAME, check_column_type=False)


def test_western_text_is_read_with_a_notice():
    loaded = load('[{"opt": "évolution", "loss": 1}]'.encode("cp1252"))
    assert loaded.frame["opt"].tolist() == ["évolution"]
    assert any("cp1252" in said for said in loaded.reading.notices)


def test_utf16_that_breaks_off_is_refused():
    refused(json.dumps(RECORDS).encode("utf-16-le")[:-1], "utf-16", "save the file as UTF-8")


# ---------------------------------------------------------------- what is CSV all the same

TAKEN_FOR_CSV = [
    '{"lr": 1},loss\n1,2\n3,4\n',
    "[1];loss\n1;2\n3;4\n",
    "[a]\tloss\n1\t2\n3\t4\n",
    '["x"]|loss\n1|2\n3|4\n',
]


@pytest.mark.parametrize("text", [*TAKEN_FOR_CSV, "{lr},loss\n1,2\n3,4\n", "[lr],loss\n1,2\n3,4\n"])
def test_a_csv_that_begins_with_a_bracket_is_read_as_csv(text):
    loaded = load(text)
    assert loaded.reading.reader == "delimited text"
    assert loaded.frame.shape == (2, 2)


# ---------------------------------------------------------------- several tables

STUDIES = {"a": {"direction": "minimize", "trials": RECORDS[:2]}, "b": {"trials": RECORDS}, "best": [{"loss": 1}]}


def test_the_largest_of_several_tables_is_taken_and_the_others_are_named():
    loaded = load(STUDIES)
    assert len(loaded.frame) == 3
    assert loaded.reading.part_is == "table"
    assert loaded.reading.part == "b.trials"
    assert set(loaded.reading.parts) == {"a.trials", "b.trials", "best"}
    assert any("b.trials was taken" in said and "a.trials (2)" in said for said in loaded.reading.notices)


def test_another_table_can_be_asked_for():
    loaded = load(STUDIES, Wanted(table="a.trials"))
    assert len(loaded.frame) == 2
    assert loaded.reading.part == "a.trials"
    with pytest.raises(TableError, match=r"no table 'c'.*a\.trials"):
        load(STUDIES, Wanted(table="c"))


def test_the_whole_document_is_a_table_by_name():
    document = {"lr": [1, 2], "loss": [3, 4], "log": [{"epoch": i} for i in range(3)]}
    assert len(load(document).frame) == 3
    assert load(document, Wanted(table="the whole")).frame.to_dict(orient="list") == {"lr": [1, 2], "loss": [3, 4]}
    with pytest.raises(TableError, match="the whole, log"):
        load(document, Wanted(table="x"))


def test_what_stands_beside_the_records_is_named():
    assert load({"meta": {"x": 1}, "trials": RECORDS}).reading.notices == (
        "The records under trials were read; not read: meta.",
    )
    assert load({"title": "s", **COLUMNS}).reading.notices == (
        "The lists of one length were read as columns; not read: title.",
    )


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[" * 100_000 + "]" * 100_000, ("nested too deeply", "line 1, column 2")),
        ('[{"a":' * 5_000 + "1" + "}]" * 5_000, ("nested too deeply",)),
        ('{"a":' * 5_000 + "1" + "}" * 5_000, ("nested too deeply",)),
        ('[{"a": 1},\n {"a": 2', ("not valid JSON", "line 2, column", "cut short")),
        ('[{"a": 1},\n {"a" 2}]', ("not valid JSON", "line 2, column 7", "':'")),
        ('[{"a": 1},\n {"a": "x', ("line 2, column 8", "unterminated", "cut short")),
        ('[{"a": 1}] x', ("line 1, column 12", "more text")),
        ('[{"a": 1} {"a": 2}]', ("line 1, column 11", "','")),
        ('{"a": 1}\n{"a": }\n{"a": 3}', ("line 2, column 7",)),
        ('{"a": 1}\n7\n{"a": 3}', ("line 2, column 1", "a number stands")),
        ('[{"a": 1}, null]', ("line 1, column 12", "null stands")),
        ("[{'a': 1}]", ("Python dictionaries", "json.dumps")),
        ("[1, 2, 3]", ("no object", "one a trial")),
        ("[[1, 2], [3, 4]]", ("no names",)),
        ('["a", "b"]\n[1, 2]\n[3]', ("Row 2", "1 cell,", "2 columns")),
        ('["a", "a"]\n[1, 2]', ("'a'", "twice")),
        ("[]", ("one a trial",)),
        ("42", ("is a number alone", "needs a list of records")),
        (' "x"\n', ("is a text alone", "needs a list of records")),
        ("null", ("is null alone", "needs a list of records")),
        ("{}", ("empty object",)),
        ("[{}, {}]", ("no record with values",)),
        ('{"lr": 0.1, "loss": 1}', ("one object with the keys lr, loss",)),
        ('{"lr": [1, 2], "loss": [1]}', ("different lengths", "lr with 2 values", "loss with 1 value")),
        ("[", ("not valid JSON", "cut short")),
        ('[{"lr": ' + "9" * 5_000 + "}]", ("5,000 digits", "line 1, column 9")),
        ('[{"lr": ' + "9" * 5_000 + ".5}]", ("5,000 digits", "line 1, column 9")),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "",
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place(text, words):
    refused(text, *words)


def test_integers_of_many_digits_stay_text():
    assert load([{"a": 10**300, "b": 1}]).frame["a"].tolist() == [str(10**300)]


def test_objects_in_objects_have_a_limit():
    deep: object = 1
    for _ in range(25):
        deep = {"x": deep}
    refused([{"a": 1}, {"a": deep}], "Record 2", "nested too deeply", "at most 20")


def test_a_last_line_that_was_cut_is_left_out():
    loaded = load(in_lines(RECORDS) + '\n{"lr": 0.5, "de')
    pd.testing.assert_frame_equal(loaded.frame, FRAME, check_column_type=False)
    assert loaded.reading.notices == ("The last record (line 4, column 1) is cut short and was left out.",)


@pytest.mark.parametrize("write", [json.dumps, in_lines], ids=["list", "lines"])
def test_too_many_different_keys_are_refused_where_they_come(write):
    refused(write([{f"key_{i}": 1} for i in range(5_000)]), "Record 1,001", "1,000", "HPI_READ_COLUMNS", "each becomes")
    refused(write([{f"key_{i}": 1} for i in range(9)]), "Record 4", "the 4th key", limits=ReadLimits(columns=3))


@pytest.mark.parametrize("write", [json.dumps, in_lines], ids=["list", "lines"])
def test_rows_and_cells_have_limits(write):
    refused(write(RECORDS), "There are 3 records", "at most 2", "HPI_READ_ROWS", limits=ReadLimits(rows=2))
    refused(write(RECORDS), "12 cells", "more than 8 cells", "HPI_READ_CELLS", limits=ReadLimits(cells=8))
    assert len(load(write(RECORDS), limits=ReadLimits(rows=3, columns=4, cells=12)).frame) == 3


def test_nothing_but_brackets_is_refused_before_it_is_parsed():
    refused('{"a": [' + "[]," * 1_000_000 + "[]]}", "1,000,003 brackets", "HPI_READ_CELLS", limits=ReadLimits(cells=99))


def test_names_in_messages_are_one_line_and_seen():
    loaded = load('[{"a\\nb\u202e": 1, "a\\nb\u202e": 2, "c": 3}]')
    assert loaded.reading.notices[0] == "The key a b\\u202e comes twice in 1 object; the last was kept."
    notices = load({"x\ny": {"z\u200b": RECORDS}, "n" * 300: RECORDS[:1]}).reading.notices
    assert notices == (
        "The file holds 2 tables; x y.z\\u200b was taken, as it has the most rows (3); "
        f"the others: {'n' * 37}....",
    )  # fmt: skip


def test_a_cell_has_a_limit():
    refused([{"a": "x" * 1_000_001, "b": 1}], "cell of a", "1,000,001 characters", "1,000,000")
    assert load([{"a": "x" * 1_000_000, "b": 1}]).frame.shape == (1, 2)


# ---------------------------------------------------------------- whatever is sent

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
)
FLAT = st.dictionaries(st.sampled_from(["lr", "wd", "opt", "loss"]), SCALARS, min_size=1)


@given(VALUES)
def test_any_json_gives_a_table_or_is_refused(value):
    for text in (json.dumps(value), json.dumps(value, indent=1), in_lines([value, value])):
        try:
            loaded = load(text)
        except TableError as error:
            assert str(error)  # noqa: PT017 - either outcome is right
        else:
            assert len(loaded.frame) > 0
            assert all(isinstance(name, str) for name in loaded.frame.columns)


@given(st.lists(FLAT, min_size=1, max_size=8))
def test_lists_and_lines_are_one_table(records):
    pd.testing.assert_frame_equal(load(records).frame, load(in_lines([*records, records[0]])).frame.iloc[:-1])


@given(st.lists(FLAT, min_size=1, max_size=8))
def test_no_value_is_lost(records):
    frame = load(records).frame
    assert len(frame) == len(records)
    for row, record in enumerate(records):
        for name in frame.columns:
            cell, value = frame[name].iloc[row], record.get(name)
            if value is None or value != value:
                assert pd.isna(cell)
            elif isinstance(cell, str):
                assert cell == (value if isinstance(value, str) else str(value)).encode("utf-8", "replace").decode()
            else:
                assert cell == value


@given(st.text(alphabet='{}[]",:\\ntf0.-e \n', max_size=30))
def test_any_broken_text_is_refused_in_a_sentence(text):
    try:
        load('[{"a": 1}, ' + text)
    except TableError as error:
        assert "\n" not in str(error)  # noqa: PT017
