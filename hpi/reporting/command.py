"""`python -m hpi report`: a table in, one file out."""

from __future__ import annotations

import argparse
import io
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hpi import options as asked
from hpi import output
from hpi.errors import HpiError
from hpi.reporting.contents import contents
from hpi.reporting.numbers import as_csv, as_json

PRINTED = "-"


def add_command(commands: Any) -> None:  # noqa: ANN401 - what argparse returns has no public name
    """Add `report` to the commands."""
    command = commands.add_parser("report", help="write everything as one HTML file, or all numbers as JSON or CSV")
    asked.add_table(command)
    asked.add_question(command)
    asked.add_estimator(command)
    asked.add_tolerance(command)
    command.add_argument("--note", help="words of the author, at the beginning of the report")
    command.add_argument(
        "-o", "--output", default="report.html", metavar="FILE",
        help="an .html, .json or .csv file (default report.html), or - to print the report",
    )  # fmt: skip
    command.set_defaults(answer=_answer, json=False)


def _answer(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    write = _writer(options.output)
    table = asked.read(options)
    found = contents(
        table,
        asked.subspace(table, options),
        asked.estimator(options.estimator, options.set),
        options.seed,
        tolerance=options.tolerance,
        note=options.note,
        made=datetime.now(UTC),
    )
    text = write(found)
    if options.output == PRINTED:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", newline="")
        return {}, text
    output.save(Path(options.output), text.encode())
    return {}, f"Written to {options.output} ({len(text.encode()):,} bytes)."


def _writer(output: str) -> Any:  # noqa: ANN401
    from hpi.reporting import as_html

    writers: dict[str, Any] = {".html": as_html, ".htm": as_html, ".json": as_json, ".csv": as_csv}
    suffix = ".html" if output == PRINTED else Path(output).suffix.lower()
    if suffix not in writers:
        raise HpiError(f"The report cannot be written to {Path(output).name!r}: name an .html, .json or .csv file.")
    return writers[suffix]
