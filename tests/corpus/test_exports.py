"""What the app writes as CSV runs nowhere as a formula, and its numbers are as they were."""

from __future__ import annotations

import ast
import csv
import io
import re
import tomllib

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hpi
from hpi.words.spreadsheet import as_csv
from tests.corpus.cases import CASES
from tests.test_safety import ROOT

# what spreadsheets take for the start of a formula; a number may begin with a sign all the same
STARTS = re.compile(r"[=+\-@\t\r\n]")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def rows(written: str) -> list[list[str]]:
    """The cells as a spreadsheet gets them, the header first."""
    return list(csv.reader(io.StringIO(written, newline="")))


def runs(cell: str) -> bool:
    """Whether a spreadsheet would take a cell for a formula."""
    return bool(STARTS.match(cell)) and not NUMBER.fullmatch(cell)


CELLS = st.text(st.characters(codec="utf-8"), max_size=12)
TRAPS = st.sampled_from(["=1+1", "-2+3", "-1.5", "+1e-3", "\t=1", "@a", "+", "-.", "-inf"])


@given(st.lists(CELLS | TRAPS, min_size=1, max_size=6))
def test_no_text_is_a_formula_and_none_is_lost(cells: list[str]) -> None:
    header, *body = rows(as_csv(pd.DataFrame({cells[0]: cells, "beside": 1}, dtype=object)))
    found = [header[0], *(row[0] for row in body)]
    assert not any(map(runs, found))
    for given_, cell in zip([cells[0], *cells], found, strict=True):
        assert cell == (f"'{given_}" if runs(given_) else given_)


@given(
    st.lists(st.floats(allow_infinity=False, allow_nan=False) | st.integers(-(2**62), 2**62), min_size=1, max_size=6)
)
def test_numbers_are_as_they_were(numbers: list[float]) -> None:
    frame = pd.DataFrame({"value": pd.Series(numbers, dtype=object)})
    assert [float(row[0]) for row in rows(as_csv(frame))[1:]] == [float(number) for number in numbers]
    assert "'" not in as_csv(frame)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.id in ("F01", "F63", "F64", "F68")], ids=lambda case: case.id
)
def test_a_hostile_table_that_is_written_is_harmless_and_read_again(case, tmp_path) -> None:
    table = hpi.read(case.source(tmp_path))
    written = as_csv(table.frame)
    assert not any(runs(cell) for row in rows(written) for cell in row)
    again = hpi.read(written.encode())
    assert again.frame.shape == table.frame.shape
    plain = [one.name for one in again.columns if not one.name.startswith("'")]
    assert set(plain) <= {one.name for one in table.columns}


def test_only_that_one_function_writes_csv() -> None:
    writes = ("to_csv", "to_excel", "to_clipboard", "writer", "DictWriter", "write_csv")
    files = [ROOT / "app.py", *(ROOT / "hpi").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    found = {
        file.relative_to(ROOT).as_posix()
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in writes
    }
    assert found == {"hpi/words/spreadsheet.py"}


def test_streamlit_writes_none() -> None:
    """Its tables would be written with the formulas in them."""
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert config["client"]["disableDataExport"] is True
