"""docs/serving.md says of every setting what the code says: name, default, bounds."""

from __future__ import annotations

from dataclasses import fields

import pytest

from hpi.jobs import limits
from hpi.jobs.limits import JobLimits
from hpi.readers import limits as of_reading
from hpi.readers.limits import ReadLimits
from hpi.serving import ServerSettings, known, settings
from hpi.store.settings import VARIABLES
from tests.browser.servers import ROOT

TEXT = (ROOT / "docs" / "serving.md").read_text("utf-8")
ROWS = {
    cells[0].strip("` "): [cell.strip() for cell in cells]
    for cells in (line.strip("|").split("|") for line in TEXT.splitlines() if line.startswith("| `HPI_"))
}
NUMBERS = [
    (part, *row)
    for part, rows in (
        (ServerSettings, settings.NUMBERS), (JobLimits, limits.BOUNDS), (ReadLimits, of_reading.BOUNDS),
    )
    for row in rows
]  # fmt: skip


def test_every_setting_but_those_of_the_store_has_a_row_and_there_are_no_others():
    assert set(ROWS) == set(known()) - set(VARIABLES)


@pytest.mark.parametrize(("part", "name", "variable", "low", "high"), NUMBERS, ids=lambda value: str(value))
def test_default_and_bounds_are_those_of_the_code(part, name, variable, low, high):
    default = next(field.default for field in fields(part) if field.name == name)
    _, said, bounds, _ = ROWS[variable]
    assert bounds == f"{low:,} to {high:,}"
    assert said == ("cores less one" if variable == "HPI_JOBS" else f"{default:,}")


@pytest.mark.parametrize(
    ("variable", "words"), [("HPI_SIGN_IN", settings.SIGN_IN), ("HPI_ACCESS_LOG", settings.ACCESS_LOG)]
)
def test_words_that_are_allowed_are_those_of_the_code(variable, words):
    assert ROWS[variable][2] == ", ".join(words)


def test_options_of_the_command_are_those_that_there_are():
    code = (ROOT / "tools" / "serve.py").read_text("utf-8")
    for option in (
        "--address",
        "--base-path",
        "--replicas",
        "--port",
        "--certificate",
        "--key",
        "--folder",
        "--print-nginx",
    ):
        assert f'"{option}"' in code
        assert option in TEXT
