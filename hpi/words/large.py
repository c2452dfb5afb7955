"""Sentences about a table that is larger than memory: how many trials there are, and on which of them things rest."""

from __future__ import annotations

from collections.abc import Iterable

from hpi import checks
from hpi.blocks.large import LargeTable
from hpi.subspace import Sample
from hpi.table import TrialTable

NO_LINK = (
    "A link would hold a copy of the table, and this one is larger than memory. The address of this page opens it for "
    "whoever may open tables on this server; the report below holds the answer for everybody else."
)
NO_MORE = (
    "No file can be added here: this table lies with whoever runs the server. Files that are put beside it there are "
    "read when it is opened again."
)
NOT_KEPT = "What is changed here holds until this page is reloaded: nothing is written to this table."
NO_FINDINGS = "Findings follow once all trials are counted."
NO_SECOND = "A table that is larger than memory is not compared with another one trial by trial."


def size(table: TrialTable) -> str:
    """Say how many trials a table has; of one larger than memory how many rows until its trials were counted."""
    if not isinstance(table, LargeTable):
        return f"{len(table.trials):,} trials"
    return f"{table.n_rows:,} rows" if table.n_counting is None else f"{table.n_trials:,} trials"


def n_rows(table: TrialTable) -> int:
    """Count the rows that a table has, wherever they are."""
    return table.n_rows if isinstance(table, LargeTable) else len(table.frame)


def source(table: LargeTable) -> list[str]:
    """Say how large a table is, in a line."""
    files, blocks = len(table.source.files), len(table.source.blocks)
    where = "one file" if files == 1 else f"{files:,} files"
    parts = "one row group" if blocks == 1 else f"{blocks:,} row groups"
    return [f"{table.name}: {table.n_rows:,} rows in {where} of Parquet, {parts}"]


def fingerprinted(table: TrialTable) -> str:
    """Say of what a table's fingerprint is one: of every cell, or of what is known of files without reading them."""
    return "the names, sizes and footers of its files" if isinstance(table, LargeTable) else "its cells"


def where(table: TrialTable) -> str | None:
    """Say what has to be filled in where Python is to read the table again; None where that is a file."""
    if not isinstance(table, LargeTable):
        return None
    return f"Write the address of the table in the place of {table.name!r}: whoever runs this server knows it."


def listed(sample: Sample) -> str | None:
    """Say which of all trials a list of them shows; None where it shows them all."""
    if sample.tallies is None:
        return None
    return (
        f"{sample.whole.trials:,} trials count; {len(sample.design):,} of them, drawn evenly over the metric by a hash "
        "of their position, stand here for all."
    )


def meanwhile(table: TrialTable, sample: Sample) -> str:
    """Say on which of all rows rests what is shown before all trials were counted."""
    return (
        f"Below is what {len(sample.design):,} trials say, drawn from {n_rows(table):,} rows by a hash of their "
        "position, until all are counted."
    )


def in_time(table: TrialTable, sample: Sample) -> str | None:
    """Say which of all trials a picture of the search over time shows; None where it shows them all."""
    if sample.tallies is None:
        return None
    return f"{len(table.trials):,} of {sample.whole.trials:,} trials, drawn by a hash of their position."


def rests_on(sample: Sample, bars_count_all: bool = False) -> str | None:
    """Say on how many of all trials a page rests; None where it rests on all of them.

    `bars_count_all`: whether it shows bars, too, for which all were counted.
    """
    if sample.tallies is None:
        return None
    if not bars_count_all:
        return checks.standing(sample)
    return (
        f"The bars count all {sample.whole.trials:,} trials. Findings and pictures of single trials are from "
        f"{len(sample.design):,} of them, drawn evenly over the metric: what that costs is in the intervals."
    )


def beside(table: TrialTable, sample: Sample, said: Iterable[str]) -> list[str]:
    """Return sentences without those that say again which part of the trials a page rests on."""
    if not isinstance(table, LargeTable) or sample.tallies is None:
        return list(said)
    again = f"Of {table.n_rows:,} rows ", str(checks.standing(sample))
    return [sentence for sentence in said if not sentence.startswith(again)]


def compared_on(sample: Sample) -> str | None:
    """Say on how many of all trials different methods rest; None where all rest on all of them."""
    if sample.tallies is None:
        return None
    return (
        f"PED-ANOVA counts all {sample.whole.trials:,} trials; other methods look at {len(sample.design):,} of them, "
        "drawn evenly over the metric: what that costs is in the intervals."
    )
