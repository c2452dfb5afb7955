"""`python -m hpi convert`: any source in, one plain table out, as it was understood."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hpi import options as asked
from hpi import output
from hpi.errors import HpiError
from hpi.table import TrialTable
from hpi.table.stored import to_parquet
from hpi.words.spreadsheet import as_csv


def add_command(commands: Any) -> None:  # noqa: ANN401 - what argparse returns has no public name
    """Add `convert` to the commands."""
    command = commands.add_parser("convert", help="write the table as it was understood, as CSV or Parquet")
    asked.add_table(command)
    command.add_argument(
        "-o", "--output", required=True, metavar="FILE", help="a .csv or .parquet file; every row and column goes there"
    )
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command.set_defaults(answer=_answer)


def _answer(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    write = _writer(options.output)
    table = asked.read(options)
    content = write(table)
    output.save(Path(options.output), content)
    rows, columns = table.frame.shape
    said = {"output": options.output, "rows": rows, "columns": columns, "notices": list(table.notices)}
    text = f"Written to {options.output}: {rows:,} rows, {columns:,} columns, read as {table.reading.reader}."
    return said, "\n".join([text, *table.notices])


def _writer(name: str) -> Callable[[TrialTable], bytes]:
    writers = {".csv": _csv, ".parquet": to_parquet}
    suffix = Path(name).suffix.lower()
    if suffix not in writers:
        raise HpiError(f"The table cannot be written to {Path(name).name!r}: name a .csv or .parquet file.")
    return writers[suffix]


def _csv(table: TrialTable) -> bytes:
    return as_csv(table.frame).encode()
