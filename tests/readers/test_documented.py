"""docs/reading.md names every reader, and of every limit the default in force."""

from __future__ import annotations

from pathlib import Path

from hpi.readers import READERS, ReadLimits
from hpi.readers.limits import BOUNDS

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "reading.md").read_text("utf-8")
ROWS = {
    cells[0].strip(" `"): [cell.strip() for cell in cells]
    for cells in (line.strip("|").split("|") for line in TEXT.splitlines() if line.startswith("|"))
}


def test_every_reader_has_a_row():
    for reader in READERS:
        assert reader.name in ROWS


def test_every_limit_has_a_row_with_its_default():
    for field, variable, _, _ in BOUNDS:
        assert ROWS[variable][1] == f"{getattr(ReadLimits, field):,}"


def test_every_option_that_it_names_is_one(capsys):
    from hpi.__main__ import main

    for command in ("describe", "convert"):
        try:
            main([command, "--help"])
        except SystemExit:
            said = capsys.readouterr().out
        for option in ("--study", "--sheet", "--table", "--reduce", "--rank", "--repeats", "--json"):
            assert option in said
            assert option in TEXT or option == "--json"
