"""Reading in a child: the same table as in process, and every limit, lowered, refuses in one shape."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hpi.child import Child, End, Ending
from hpi.errors import HpiError, TableError
from hpi.readers import ReadLimits, apart, read, read_apart
from hpi.roles import Choices, Role, parse
from hpi.table import cells
from tests.strategies import searches

N = 40
RNG = np.random.default_rng(3)
ROWS = "".join(f"{RNG.random():.4f},{RNG.choice(['adam', 'sgd'])},{RNG.random():.6f}\n" for _ in range(N))
CSV = f"lr,optimizer,loss\n{ROWS}".encode()
LIMITS = ReadLimits()


def test_it_is_the_table_that_reading_in_process_gives():
    one, other = read_apart([("search.csv", CSV)]), read(CSV, name="search.csv")
    assert one.name == "search.csv"
    assert one.fingerprint == other.fingerprint
    assert one.columns == other.columns
    assert one.notices == other.notices
    assert one.reading == other.reading
    assert one.trials.equals(other.trials)


def test_choices_are_those_of_the_person_who_opened_it():
    choices = Choices(roles=(("optimizer", Role.LEFT_OUT),))
    table = read_apart([("search.csv", CSV)], choices)
    assert [hyperparameter.name for hyperparameter in table.hyperparameters] == ["lr"]
    with pytest.raises(HpiError, match="no column 'nope'"):
        read_apart([("search.csv", CSV)], Choices(metric="nope"))


def test_two_files_of_one_search_are_appended_and_a_column_says_which():
    table = read_apart([("a.csv", CSV), ("b.csv", CSV)])
    assert list(table.frame["file"]) == ["a.csv"] * N + ["b.csv"] * N
    assert {column.name: column.role for column in table.columns}["file"] is Role.CONTEXT
    assert any("a.csv (40 rows), b.csv (40 rows)" in notice for notice in table.notices)


def test_files_of_one_name_are_told_apart():
    other = CSV.replace(b"0.", b"0.0")
    table = read_apart([("a.csv", CSV), ("a.csv", other)])
    assert list(dict.fromkeys(table.frame["file"])) == ["a.csv (1)", "a.csv (2)"]


def test_the_same_file_twice_is_refused_in_any_order_of_its_rows():
    head, *rows = CSV.splitlines(keepends=True)
    with pytest.raises(TableError, match=r"a\.csv is in the table already"):
        read_apart([("a.csv", CSV), ("a.csv", head + b"".join(reversed(rows)))])


def test_columns_that_differ_are_named_with_the_files():
    other = CSV.replace(b"optimizer", b"solver", 1)
    with pytest.raises(TableError, match=r"b\.csv has no column optimizer and has solver instead"):
        read_apart([("a.csv", CSV), ("b.csv", other)])


@pytest.mark.parametrize(
    ("limit", "value", "variable"),
    [
        ("rows", N - 1, "HPI_READ_ROWS"),
        ("columns", 2, "HPI_READ_COLUMNS"),
        ("cells", 3 * N - 1, "HPI_READ_CELLS"),
    ],
)
def test_each_limit_refuses_by_its_name(limit, value, variable):
    with pytest.raises(TableError, match=rf"at most {value:,} .*\({variable}\)"):
        read_apart([("search.csv", CSV)], limits=replace(LIMITS, **{limit: value}))
    generous = replace(LIMITS, **{limit: value + 1})
    assert len(read_apart([("search.csv", CSV)], limits=generous).frame) == N


def test_the_size_of_a_file_is_limited_before_anything_is_started():
    with pytest.raises(TableError, match=r"at most 1 MB are read \(HPI_READ_FILE_MB\)"):
        read_apart([("search.csv", b"x" * 1_000_001)], limits=replace(LIMITS, file_mb=1))


def test_the_limits_are_those_of_the_environment(monkeypatch):
    monkeypatch.setenv("HPI_READ_ROWS", "39")
    with pytest.raises(TableError, match="HPI_READ_ROWS"):
        read_apart([("search.csv", CSV)])
    with pytest.raises(TableError, match="HPI_READ_ROWS"):
        read(CSV)


def ended(monkeypatch: pytest.MonkeyPatch, end: End) -> tuple[str, list[tuple[str, dict[str, object]]]]:
    """What is said, and noted, of a child that ends so."""
    noted: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(Child, "run", lambda *_: Ending(end, None, (("where", ["x.py:3 f"]),)))
    with pytest.raises(TableError) as caught:
        read_apart([("secret-name.csv", CSV)], note=lambda event, **facts: noted.append((event, facts)))
    return str(caught.value), noted


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (End.TIME, "60 s.*HPI_READ_SECONDS"),
        (End.MEMORY, "4,096 MB.*HPI_READ_MEMORY_MB"),
        (End.KILLED, "4,096 MB.*HPI_READ_MEMORY_MB"),
        (End.CRASH, "Save the table as CSV"),
    ],
)
def test_a_child_that_does_not_come_to_its_end_is_told_with_a_remedy(monkeypatch, end, words):
    said, noted = ended(monkeypatch, end)
    assert re.search(words, said)
    (event, facts), = noted  # fmt: skip
    assert event == "reading ended"
    assert str(facts["error"]) in said
    assert "secret-name" not in repr(noted)


@pytest.mark.skipif(sys.platform != "linux", reason="memory limits hold on Linux only")
def test_a_table_beyond_the_memory_is_refused():
    rows = "".join(f"{i}," + ",".join(f"{i}.{k}text" for k in range(60)) + "\n" for i in range(40_000))
    header = ",".join(["loss", *(f"x{k}" for k in range(60))])
    with pytest.raises(TableError, match="HPI_READ_MEMORY_MB"):
        read_apart([("search.csv", f"{header}\n{rows}".encode())], limits=replace(LIMITS, memory_mb=64))


def test_a_child_that_takes_too_long_is_ended(monkeypatch, tmp_path):
    (tmp_path / "slow_reader.py").write_text(
        "import time\nfrom hpi import child\nwith child.attended():\n    time.sleep(60)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(apart, "WORKER", "slow_reader")
    with pytest.raises(TableError, match="ended after 1 s"):
        read_apart([("search.csv", CSV)], limits=replace(LIMITS, seconds=1))


def test_nothing_of_it_is_left_on_the_disk(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    read_apart([("search.csv", CSV)])
    with pytest.raises(TableError):
        read_apart([("search.csv", b"\x00\x01")])
    assert list(tmp_path.iterdir()) == []


CELLS = st.one_of(
    st.none(), st.floats(), st.text(max_size=8), st.sampled_from(["None", "1e400", "-0.0", "1,234.5", "5 %"])
)


def comes_back(frame, folder):
    parsed, path = parse(frame), folder / "cells.arrow"
    cells.write(path, parsed, {"a": ["b"]})
    back, words = cells.read(path)
    assert words == {"a": ["b"]}
    assert list(back) == list(parsed)
    for name, values in parsed.items():
        assert back[name].notices == values.notices
        np.testing.assert_array_equal(back[name].numbers, values.numbers)
        assert (back[name].text is None) == (values.text is None)
        if values.text is not None:
            np.testing.assert_array_equal(back[name].text, values.text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frame=searches())
def test_the_cells_of_a_search_come_back_to_the_last_bit(tmp_path, frame):
    comes_back(frame, tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(odd=st.lists(CELLS, min_size=1, max_size=30))
def test_odd_cells_come_back_to_the_last_bit(tmp_path, odd):
    comes_back(pd.DataFrame({"odd": pd.Series(odd, dtype=object), "n": range(len(odd))}), tmp_path)


def test_the_worker_knows_no_page_and_no_server():
    """What the child imports is what it takes to start; a file that it reads shall find little to play with."""
    code = (
        "import sys, hpi.readers.worker; print([m for m in ('streamlit', 'sklearn', 'sqlalchemy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("[]", "['sqlalchemy']")
