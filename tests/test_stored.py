"""A table written as Parquet and read back is the same table, cell by cell and word by word."""

from __future__ import annotations

import dataclasses
import io

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hpi
from hpi.errors import TableError
from hpi.roles import Choices
from hpi.table.stored import from_parquet, to_parquet
from tests.strategies import searches

ROOT_TABLES = ("examples/digits_mlp.csv", "examples/known_function.csv")
ODD = (
    "lr,opt,acc,share,big\n"
    '0.1,adam,0.5,10 %,"1,234.5"\n0.01,None,0.6,20 %,"2,345,678"\n0.001,sgd,0.7,30 %,none\n'
    "1e-4, adam ,nan,,5\n0.1,=1+1,0.8,40 %,-0.0\n"
)


def same(table, again):
    assert again.fingerprint == table.fingerprint
    assert again.columns == table.columns
    assert again.hyperparameters == table.hyperparameters
    assert (again.notices, again.excluded, again.reading) == (table.notices, table.excluded, table.reading)
    assert (again.metric, again.direction, again.name) == (table.metric, table.direction, table.name)
    pd.testing.assert_frame_equal(again.frame, table.frame)
    pd.testing.assert_frame_equal(again.trials, table.trials)


def there_and_back(table):
    return from_parquet(to_parquet(table), table.name, table.choices)


@pytest.mark.parametrize("path", ROOT_TABLES)
def test_an_example_comes_back(path):
    table = hpi.read(path)
    same(table, there_and_back(table))


def test_cells_that_were_changed_while_reading_are_not_read_a_second_time():
    table = hpi.read(ODD.encode(), metric="acc", direction="maximize")
    assert any("percent" in notice for notice in table.notices)
    assert any("thousands" in notice for notice in table.notices)
    same(table, there_and_back(table))


def test_what_was_chosen_comes_back_with_the_choices_and_is_not_in_the_file():
    table = hpi.read("examples/digits_mlp.csv")
    other = table.revise(roles=((table.hyperparameters[0].name, hpi.Role.LEFT_OUT),))
    assert to_parquet(other) == to_parquet(table)
    same(other, from_parquet(to_parquet(table), other.name, other.choices))


def test_every_real_table_comes_back(shared):
    for path in sorted((shared / "tables").glob("*.csv")):
        table = hpi.read(path)
        same(table, there_and_back(table))


OBJECTS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3), st.lists(st.integers(), max_size=2),
    st.sampled_from(["1,234.5", "12 %", "[3]", "np.float64(2.0)", "1e999", "-0.0", "9007199254740993", "nan", " x "]),
)  # fmt: skip


@given(st.dictionaries(st.text(max_size=4), st.lists(OBJECTS, min_size=6, max_size=6), min_size=1, max_size=5))
def test_whatever_can_be_read_comes_back(columns):
    frame = pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in columns.items()})
    try:
        table = hpi.read(frame)
    except hpi.HpiError:
        return
    same(table, there_and_back(table))


@given(searches())
def test_any_search_comes_back(frame):
    table = hpi.read(frame)
    same(table, there_and_back(table))


@pytest.mark.parametrize("content", [b"", b"PAR1", b"a,b\n1,2\n"])
def test_other_bytes_are_refused_in_words(content):
    with pytest.raises(TableError, match="cannot be read; upload the file again"):
        from_parquet(content, "table", Choices())


def test_a_parquet_file_of_somebody_else_is_refused_in_words():
    file = io.BytesIO()
    pd.DataFrame({"a": [1.0, 2.0]}).to_parquet(file)
    with pytest.raises(TableError, match="cannot be read; upload the file again"):
        from_parquet(file.getvalue(), "table", Choices())


def test_cells_that_are_understood_in_another_way_are_refused():
    table = hpi.read("examples/known_function.csv")
    arrow = pq.read_table(io.BytesIO(to_parquet(table)))
    changed = arrow.set_column(0, arrow.schema.field(0), [arrow.column(0).to_numpy() + 1.0])
    file = io.BytesIO()
    pq.write_table(changed, file)
    with pytest.raises(TableError, match="in another way"):
        from_parquet(file.getvalue(), table.name, table.choices)


def test_it_is_frozen_like_any_table():
    table = there_and_back(hpi.read("examples/known_function.csv"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        table.metric = "other"
