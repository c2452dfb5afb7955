"""`python -m hpi convert`: any source in, one plain table out, as it was understood."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from hpi import options as asked
from hpi import output
from hpi.errors import HpiError, TableError
from hpi.roles import Objective, Reading, Role
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
    table = asked.read(options, _beyond_memory)
    content = write(table)
    output.save(Path(options.output), content)
    rows, columns = table.frame.shape
    notices = [*table.notices, *_lost(table, Path(options.output).suffix.lower())]
    said = {"output": options.output, "rows": rows, "columns": columns, "notices": notices}
    text = f"Written to {options.output}: {rows:,} rows, {columns:,} columns, read as {table.reading.reader}."
    return said, "\n".join([text, *notices])


def _beyond_memory(name: str, n_rows: int) -> TableError:
    return TableError(
        f"{name} is larger than memory ({n_rows:,} rows), and Parquet already; filter it where it was made."
    )


def _lost(table: TrialTable, suffix: str) -> list[str]:
    """Return what must be said of what a CSV cannot hold."""
    told = _told(table)
    if suffix != ".csv" or not (told.objectives or told.space or told.roles):
        return []
    end = "" if table.direction is None else f" (--metric, --{table.direction})"
    return [
        f"A CSV holds names and cells alone: metric and direction{end}, roles and search space are inferred anew where "
        "it is read, or given again. A .parquet keeps them."
    ]


def _told(table: TrialTable) -> Reading:
    """Return what is known of a table, be it from its source or from who converts it, for whoever reads it next."""
    choices = table.reading.under(table.choices)
    others = [one for one in table.objectives if one.name != table.metric and one.name in table.parsed]
    metric = table.metric if table.metric in table.parsed else None  # a rank is no column of the file
    first = [] if metric is None else [Objective(metric, table.direction)]
    return replace(
        table.reading,
        objectives=(*first, *others) if first else table.reading.objectives,
        space=choices.space,
        roles=tuple((name, role) for name, role in choices.roles if role is not Role.METRIC),
        contexts=choices.contexts,
    )


def _writer(name: str) -> Callable[[TrialTable], bytes]:
    writers = {".csv": _csv, ".parquet": _parquet}
    suffix = Path(name).suffix.lower()
    if suffix not in writers:
        raise HpiError(f"The table cannot be written to {Path(name).name!r}: name a .csv or .parquet file.")
    return writers[suffix]


def _csv(table: TrialTable) -> bytes:
    return as_csv(table.frame).encode()


def _parquet(table: TrialTable) -> bytes:
    return to_parquet(replace(table, reading=_told(table)))
