"""Tables for a spreadsheet: what it would run as a formula stays text."""

from __future__ import annotations

import csv
import io
import re

import pandas as pd

from hpi.estimators import by_name
from hpi.results import ImportanceResult

NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def bars_as_csv(result: ImportanceResult) -> str:
    """Return the bars as CSV."""
    return as_csv(result.frame())


def as_csv(frame: pd.DataFrame) -> str:
    """Return a table as CSV; text that a spreadsheet would run as a formula gets an apostrophe before it."""
    written = io.StringIO()
    writer = csv.writer(written)  # RFC 4180: lines end in CR LF, and a cell with either of them is quoted
    writer.writerow([_cell(name) for name in frame.columns])
    for row in frame.astype(object).itertuples(index=False):
        writer.writerow([_cell(value) for value in row])
    return written.getvalue()


def _cell(value: object) -> object:
    """Escape text alone: a number stays one, also where it stands among words, and what is not known an empty cell."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) and not NUMBER.fullmatch(value) else value
    return "" if value is None or value != value else value


def csv_name(result: ImportanceResult) -> str:
    """Name the file after the question: importance-best-10-of-100.csv, fanova-best-100.csv."""
    asked = result.subspace
    if not by_name(result.estimator).uses_target:
        return f"{result.estimator}-best-{100 * asked.region:g}.csv"
    return f"importance-best-{100 * asked.target:g}-of-{100 * asked.region:g}.csv"
