"""What the study found, as benchmarks/reading.md says it."""

from __future__ import annotations

import os
import platform
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

import numpy
import pandas
import pyarrow
import streamlit

from benchmarks.reading.memory import AGAIN, BEFORE, CLOSED, FRESH, LEFT, OPEN, SETTLES, Memory
from benchmarks.reading.plan import FULL, Plan
from benchmarks.reading.tables import COLUMNS
from benchmarks.reading.timing import APART, GZIP, LARGE, LOADED, PANDAS, PARQUET, READ, SMALL, Timed

TIMES, SECONDS = 1.5, 1.0  # reading may take this many times as long as pandas, and this much longer
LEFT_BEHIND = 150.0  # MB


@dataclass(frozen=True)
class Study:
    """All that was measured: times by kind of file, the memory or why there is none, where it ran."""

    plan: Plan
    command: str
    machine: str
    times: Mapping[str, Timed]
    memory: Memory | str


def machine() -> str:
    """Describe where it runs: cores, system, versions; how busy it is now."""
    busy = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"pandas {pandas.__version__}, NumPy {numpy.__version__}, PyArrow {pyarrow.__version__}, "
        f"Streamlit {streamlit.__version__}; load average before the run {busy}"
    )


def written(study: Study) -> str:
    """Return the text of the report."""
    plan, pandas_ = study.plan, study.times[LARGE].ways[PANDAS]
    text = TEXT.format(
        command=study.command,
        wanted=_wanted(study),
        short="" if plan == FULL else SHORT.format(rows=FULL.rows),
        machine=study.machine,
        rows=plan.rows,
        columns=COLUMNS,
        megabytes=study.times[LARGE].megabytes,
        rounds=plan.rounds,
        small_rounds=plan.small_rounds,
        times="\n".join(_timed(kind, study.times[kind]) for kind in (LARGE, PARQUET, GZIP, SMALL)),
        child=_seconds(study.times[SMALL].ways[APART].best),
        spread=100 * (pandas_.slowest / pandas_.best - 1),
        memory=_memory(study.memory, plan),
    )
    return f"{_wrapped(text)}\n"


def _wanted(study: Study) -> str:
    """Write the table of what was wanted; only the long form can meet it."""
    large = study.times[LARGE]
    ours, theirs = large.ways[READ].best, large.ways[PANDAS].best
    allowed = TIMES * theirs + SECONDS
    rows = [
        (
            f"Reading {large.rows:,} x {COLUMNS} from CSV",
            f"at most {TIMES:g} times pandas.read_csv plus {SECONDS:g} s: {_seconds(allowed)}",
            f"{_seconds(ours)}, {_ratio(ours / theirs)} times pandas' {_seconds(theirs)}; {_apart(ours / allowed)}",
            ours <= allowed,
        )
    ]
    if isinstance(study.memory, Memory):
        rows += [
            (what, f"at most {LEFT_BEHIND:.0f} MB more than before", _more(study.memory.more(moment)),
             study.memory.more(moment) <= LEFT_BEHIND)
            for what, moment in ((f"Memory after a CSV of {study.memory.megabytes:.0f} MB was closed", CLOSED),
                                 ("Memory after a page was closed in which it was open", LEFT))
        ]  # fmt: skip
    full = study.plan == FULL
    return "\n".join(
        f"| {what} | {aim} | {found} | {('yes' if met else 'no') if full else ''} |" for what, aim, found, met in rows
    )


def _apart(share: float) -> str:
    """Say how far something is from what is allowed, as a share of that."""
    return f"{100 * abs(share - 1):.0f} % {'over' if share > 1 else 'below'} what is allowed"


def _more(megabytes: float) -> str:
    """Write a difference with its sign, and none where it rounds to nothing."""
    return f"{megabytes:+.0f} MB" if round(megabytes) else "0 MB"


def _timed(kind: str, timed: Timed) -> str:
    """Write a line of the table for each way to read a file."""
    theirs = timed.ways[PANDAS].best
    size = f"{kind}, {timed.rows:,} x {COLUMNS} | {_size(timed.megabytes)}"
    return "\n".join(
        f"| {size} | {way} | {_seconds(one.best)} | {_seconds(one.slowest)} | {_ratio(one.best / theirs)} | "
        f"{_seconds(one.best - theirs, '+') if way != PANDAS else ''} |"
        for way, one in ((way, timed.ways[way]) for way in (PANDAS, LOADED, READ, APART))
    )


def _size(megabytes: float) -> str:
    return f"{megabytes:.0f} MB" if megabytes >= 1 else f"{1000 * megabytes:.0f} kB"


def _seconds(seconds: float, sign: str = "") -> str:
    return f"{seconds:{sign}.2f} s" if abs(seconds) >= 0.1 else f"{1000 * seconds:{sign}.1f} ms"


def _ratio(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}"


def _memory(memory: Memory | str, plan: Plan) -> str:
    if isinstance(memory, str):
        return f"Not measured: {memory}."
    moments = {
        FRESH: "the start page was drawn, for the first time",
        BEFORE: f"before: a small table was opened, and its page closed {plan.seconds_after:.0f} s ago",
        OPEN: "the CSV is open, its bars are drawn",
        CLOSED: f'"Close this table" was clicked {SETTLES:.0f} s ago',
        AGAIN: "the same CSV is open in another page",
        LEFT: f"that page was closed {plan.seconds_after:.0f} s ago",
    }
    rows = "\n".join(
        f"| {words} | {memory.held[key]:.0f} MB | {_beside(memory, key)} |" for key, words in moments.items()
    )
    return MEMORY.format(
        megabytes=memory.megabytes,
        rows=plan.app_rows,
        table=rows,
        most=memory.most,
        above=memory.most - memory.held[BEFORE],
    )


def _beside(memory: Memory, moment: str) -> str:
    return "" if moment == BEFORE else _more(memory.more(moment))


def _wrapped(text: str) -> str:
    """Return a text with no line over 120 characters but in tables."""
    return "\n\n".join(
        one if one.startswith(("|", "#")) else textwrap.fill(one, 120, break_long_words=False, break_on_hyphens=False)
        for one in filter(None, map(str.strip, text.split("\n\n")))
    )


SHORT = """This is the short form. What is wanted is wanted of {rows:,} rows and of a CSV of nearly 200 MB, so nothing
is said to be met."""

TEXT = """# Reading

Made by `{command}`; it stops by itself. How long reading takes beside pandas, in one process and on the same files; and
what a large table leaves behind in the app's memory.

| what | wanted | measured | met |
| --- | --- | --- | --- |
{wanted}

{short}

Seconds and megabytes are those of this machine and of what else ran on it: {machine}.

## How long it takes

A table is drawn: six hyperparameters of floats with all their digits, three of whole numbers, two of labels, and a
loss. `hpi.read` returns it with roles, checked: every line has as many cells as the header, every cell is parsed, and
what repeats or is missing is explained. Loading alone is what it does until the cells are text in columns; pandas has
numbers in them by then. In a child process is what the app does with an upload: the same reading with limits on time
and memory, from the start of the process until the table is back. Before anything was timed, what was read was held
against what was drawn: every cell is the same, to the last digit.

Every way has its turn in each of {rounds} rounds ({small_rounds} of the small table), one after the other, with the
file in the system's cache. Best and slowest of all rounds; ratio and difference are of the best ones. pandas' own
slowest read of the large CSV took {spread:.0f} % longer than its best. pandas 3.1 reads a large CSV that
is not compressed on several cores, pandas 3.0 on one; ratios are those of the versions and cores above.

| file | size | way | best | slowest | best / pandas | best - pandas |
| --- | --- | --- | --- | --- | --- | --- |
{times}

What a child process takes of a small table ({child}) is its start, nearly all of it: Python, pandas and PyArrow are
loaded anew.

## What memory it leaves behind

{memory}
"""

MEMORY = """A Chromium uploads a CSV of {megabytes:.0f} MB ({rows:,} rows) to the app on a server of its own, as a
person would, and waits for the bars. One visitor closes the table on the start page; another one opens the same file
and closes the page, which the app keeps for a minute as it was, since a page can come back. Resident memory (VmRSS) of
the server's process, MB of 10^6 bytes, as Linux says it in /proc; this part runs nowhere else.

| when | resident | more than before |
| --- | --- | --- |
{table}

The most that it held at any moment was {most:,.0f} MB (VmHWM), {above:,.0f} MB more than before."""
