"""Parquet: plain columns come out as they went in, the rest is left out with a word, and limits come first."""

from __future__ import annotations

import datetime
import decimal
import io
import math
import random
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hpi
from hpi.errors import TableError
from hpi.readers import Loaded, ReadLimits, load
from hpi.readers.parquet import ParquetReader

N = 24
LOSS = [k * k / 7 for k in range(N)]


def written(columns: dict[str, object] | pa.Table, **how: object) -> bytes:
    file = io.BytesIO()
    pq.write_table(columns if isinstance(columns, pa.Table) else pa.table(columns), file, **how)
    return file.getvalue()


def column(values: object, **limits: int) -> list[object]:
    """The cells of one column, beside a loss, as they are read; None where empty."""
    frame = load(written({"x": values, "loss": LOSS[: len(values)]}), limits=ReadLimits(**limits)).frame  # type: ignore[arg-type]
    assert list(frame.columns) == ["x", "loss"]
    return [None if pd.isna(cell) else cell for cell in frame["x"]]


# ---------------------------------------------------------------- cells


@given(
    st.lists(st.one_of(st.none(), st.floats(allow_nan=False, width=64)), min_size=1, max_size=20),
    st.sampled_from(["snappy", "zstd", "none"]),
)
def test_numbers_are_exact(cells: list[float | None], compression: str) -> None:
    frame = load(written({"x": pa.array(cells, pa.float64()), "y": cells}, compression=compression)).frame
    assert [None if math.isnan(cell) else cell for cell in frame["x"].astype(float)] == cells


@given(st.lists(st.one_of(st.none(), st.text(max_size=20)), min_size=1, max_size=20), st.booleans(), st.booleans())
def test_text_is_exact_whether_written_as_codes_or_not(cells: list[str | None], codes: bool, large: bool) -> None:
    values = pa.array(cells, pa.large_string() if large else pa.string())
    data = written({"x": values, "y": list(range(len(cells)))}, use_dictionary=codes)
    frame = load(data).frame
    assert [None if pd.isna(cell) else cell for cell in frame["x"]] == cells


@pytest.mark.parametrize(
    ("values", "cells"),
    [
        (pa.array([True, None, False]), ["True", None, "False"]),
        (pa.array([1, None, 3], pa.int8()), [1.0, None, 3.0]),
        (pa.array([1, 2, 3], pa.uint64()), [1, 2, 3]),
        # a double holds neither of the odd ones
        (pa.array([2**53 + 1, None, 2**62 + 1]), ["9007199254740993", None, "4611686018427387905"]),
        (pa.array([2**64 - 1, 0, None], pa.uint64()), ["18446744073709551615", "0", None]),
        (pa.array([decimal.Decimal("0.10"), None], pa.decimal128(9, 2)), [0.1, None]),
        (pa.array(np.array([0.5, 2.0], np.float16)), [0.5, 2.0]),
        (pa.array(["adam", None, "sgd"]).dictionary_encode(), ["adam", None, "sgd"]),
        (pa.array([7, None, 9]).dictionary_encode(), [7.0, None, 9.0]),
        (pa.nulls(2), [None, None]),
        (pa.array([datetime.date(2026, 3, 1), None]), ["2026-03-01", None]),
        # Parquet has no moments in seconds, so these come back in milliseconds
        (pa.array([datetime.time(9, 30), None], pa.time32("s")), ["09:30:00.000", None]),
        (pa.array([0, None], pa.timestamp("s", "Europe/Berlin")), ["1970-01-01 00:00:00.000", None]),
        # a zone of which this machine has never heard
        (pa.array([60], pa.timestamp("ms", "Mars/Olympus")), ["1970-01-01 00:00:00.060"]),
        (pa.array([90_061_000, None], pa.duration("ms")), ["1 days 01:01:01", None]),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_each_plain_type_becomes_numbers_or_text(values: pa.Array, cells: list[object]) -> None:
    assert column(values) == cells


@pytest.mark.parametrize("encoding", ["DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY", "PLAIN"])
def test_every_encoding_of_text_is_read(encoding: str) -> None:
    words = [f"word {k % 5}" for k in range(N)]
    data = written({"x": words, "loss": LOSS}, use_dictionary=False, column_encoding={"x": encoding})
    assert list(load(data).frame["x"]) == words


def test_nested_and_binary_columns_are_left_out_by_name() -> None:
    odd = {"p": [{"a": 1}] * N, "q": [[1]] * N, "raw": [b"\x00"] * N}
    loaded = load(written({"lr": LOSS, **odd, "loss": LOSS}))
    assert list(loaded.frame.columns) == ["lr", "loss"]
    assert loaded.reading.notices == (
        "Nested and binary columns were left out: p (struct), q (list), raw (binary).",
    )  # fmt: skip


def test_the_index_that_pandas_wrote_is_left_out_only_if_it_counts() -> None:
    frame = pd.DataFrame({"lr": LOSS, "loss": LOSS}, index=range(5, 5 + N))
    counted = load(written(pa.Table.from_pandas(frame.iloc[::-1], preserve_index=True)))
    assert list(counted.frame.columns) == ["lr", "loss"]
    assert counted.reading.notices == ("The numbers of the rows (__index_level_0__) were left out.",)
    named = load(written(pa.Table.from_pandas(frame.set_axis([f"run {k}" for k in range(N)]))))
    assert "__index_level_0__" in named.frame.columns


def test_what_pandas_says_of_its_frame_is_not_asked() -> None:
    hostile = {"pandas": '{"index_columns": ["nope"], "columns": [{"name": 7}], "column_indexes": 0}'}
    assert load(written(pa.table({"lr": LOSS, "loss": LOSS}).replace_schema_metadata(hostile))).frame.shape == (N, 2)


def test_an_extension_type_is_what_it_is_stored_as() -> None:
    marks = {b"ARROW:extension:name": b"arrow.py_extension_type", b"ARROW:extension:metadata": b"csys\nexit\n(I7\ntR."}
    schema = pa.schema([pa.field("x", pa.int64(), metadata=marks), pa.field("loss", pa.float64())])
    data = written(pa.table({"x": list(range(N)), "loss": LOSS}).cast(schema))
    assert list(load(data).frame["x"]) == list(range(N))


def test_a_type_that_arrow_knows_is_what_it_is_stored_as() -> None:
    stored = pa.array([0, 1, 1], pa.int8())
    assert column(pa.ExtensionArray.from_storage(pa.bool8(), stored)) == [0, 1, 1]


def test_a_name_with_dots_beside_a_nested_column_of_the_same_path() -> None:
    data = written({"p.x": LOSS, "p": [{"x": k} for k in range(N)], "loss": LOSS})
    frame = load(data).frame
    assert list(frame.columns) == ["p.x", "loss"]
    assert list(frame["p.x"]) == LOSS


def test_a_stored_table_is_read_as_any_other() -> None:
    table = hpi.read(pd.DataFrame({"lr": LOSS, "opt": ["a", "b"] * (N // 2), "loss": LOSS}))
    from hpi.table.stored import to_parquet

    again = hpi.read(to_parquet(table))
    assert again.reading.reader == "Parquet"
    assert again.fingerprint == table.fingerprint


# ---------------------------------------------------------------- refused


def forged(edit: Callable[[bytearray], None]) -> bytes:
    data = bytearray(written({"lr": LOSS, "loss": LOSS}))
    edit(data)
    return bytes(data)


def cut(data: bytearray) -> None:
    del data[-50:]


def flip_footer(data: bytearray) -> None:
    length = int.from_bytes(data[-8:-4], "little")
    data[-8 - length : -8 - length + 12] = b"\xff" * 12


def flip_page(data: bytearray) -> None:
    data[4:12] = b"\xff" * 8


def long_footer(data: bytearray) -> None:
    data[-8:-4] = (2**31 - 1).to_bytes(4, "little")


def no_footer(data: bytearray) -> None:
    data[-8:-4] = bytes(4)


def encrypt(data: bytearray) -> None:
    data[-4:] = b"PARE"


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (cut, "cut short: its end is missing; write or download it again"),
        (flip_footer, "damaged: its footer cannot be understood"),
        (flip_page, "damaged: a page of it cannot be read"),
        (long_footer, "footer should have 2,147,483,647 bytes"),
        (no_footer, "footer should have 0 bytes"),
        (encrypt, "encrypted; save it without"),
    ],
)
def test_what_is_damaged_is_refused(edit: Callable[[bytearray], None], says: str) -> None:
    with pytest.raises(TableError, match=f"The Parquet file is {'damaged: its ' if says[0] == 'f' else ''}{says}"):
        load(forged(edit))


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (pa.table({"lr": [0.1], "loss": [1.0]}).slice(0, 0), "has 0 rows"),
        (pa.table({}), "has no columns"),
        (pa.table({"p": [{"a": 1}], "raw": [b"x"]}), r"only nested or binary columns \(p, raw\)"),
        (pa.table({"lr": [0.1], "loss": [1.0]}).rename_columns(["lr", "lr"]), "'lr' appears twice"),
        (pa.table({"lr": [0.1], "loss": [1.0]}).rename_columns(["lr", " lr "]), "'lr' appears twice"),
    ],
)
def test_what_is_no_table_of_trials_is_refused(table: pa.Table, says: str) -> None:
    with pytest.raises(TableError, match=says):
        load(written(table))


@pytest.mark.parametrize(
    ("limit", "says"),
    [
        ({"rows": N - 1}, r"24 rows; at most 23 are read \(HPI_READ_ROWS\)"),
        ({"columns": 2}, r"3 columns; at most 2 are read \(HPI_READ_COLUMNS\)"),
        ({"cells": 3 * N - 1}, r"72 cells; at most 71 are read \(HPI_READ_CELLS\)"),
    ],
)
def test_limits_are_held_before_any_page_is_read(
    limit: dict[str, int], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = written({"lr": LOSS, "depth": LOSS, "loss": LOSS})
    assert load(data).frame.shape == (N, 3)
    monkeypatch.setattr("hpi.readers.parquet._read", lambda *_: pytest.fail("a page was read"))
    with pytest.raises(TableError, match=says):
        load(data, limits=ReadLimits(**limit))


def test_what_unpacks_to_too_much_is_refused() -> None:
    data = written({"x": np.zeros(400_000), "loss": np.arange(400_000)}, use_dictionary=False, compression="zstd")
    assert len(load(data).frame) == 400_000
    with pytest.raises(TableError, match=r"unpacks to more than 1 MB \(HPI_READ_UNPACKED_MB\)"):
        load(data, limits=ReadLimits(unpacked_mb=1))


@pytest.mark.parametrize("encoding", [None, "DELTA_BYTE_ARRAY"])
def test_one_long_word_that_comes_often_is_refused_before_it_is_written_out(encoding: str | None) -> None:
    words = pa.array(["x" * 100_000]).take(pa.array(np.zeros(2_000, dtype=np.int64)))
    how = {} if encoding is None else {"use_dictionary": False, "column_encoding": {"x": encoding}}
    data = written({"x": words, "loss": np.arange(2_000)}, compression="zstd", **how)
    assert len(data) < 150_000
    with pytest.raises(TableError, match=r"unpacks to more than 10 MB \(HPI_READ_UNPACKED_MB\)"):
        load(data, limits=ReadLimits(unpacked_mb=10))


def test_text_that_is_no_utf8_is_refused() -> None:
    raw = pa.array([b"\xff\xfe\xff"] * N)
    bad = pa.StringArray.from_buffers(N, raw.buffers()[1], raw.buffers()[2])
    with pytest.raises(TableError, match="damaged"):
        load(written({"x": bad, "loss": LOSS}))


def test_text_that_begins_with_the_mark_is_no_parquet() -> None:
    from hpi.readers import Opened

    assert not ParquetReader().accepts(Opened("a.csv", b"PAR1,PAR2,loss\n1,2,3\n4,5,6\n"))


GOOD = [
    written({"lr": LOSS, "opt": ["a", None] * (N // 2), "loss": LOSS}),
    written({"lr": LOSS, "on": [True] * N, "loss": list(range(N))}, compression="none", data_page_version="2.0"),
]


@pytest.mark.parametrize("seed", range(300))
def test_mutated_files_give_a_table_or_a_refusal(seed: int) -> None:
    chance = random.Random(seed)
    good = chance.choice(GOOD)
    length = int.from_bytes(good[-8:-4], "little")
    pages, footer = bytearray(good[4 : -8 - length]), bytearray(good[-8 - length : -8])
    for _ in range(chance.choice((1, 1, 2, 4))):
        part = chance.choice((pages, footer, footer))
        at = chance.randrange(len(part))
        part[at : at + chance.choice((0, 1, 1, 4))] = chance.randbytes(chance.choice((0, 1, 1, 4)))
    bad = b"PAR1" + pages + footer + len(footer).to_bytes(4, "little") + b"PAR1"
    try:
        loaded = load(bad)
    except TableError:
        return
    assert isinstance(loaded, Loaded)
    assert loaded.frame.shape[0] >= 1
