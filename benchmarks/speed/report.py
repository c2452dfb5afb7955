"""The report on speed: what was measured, and whether it is what was wanted."""

from __future__ import annotations

import os
from collections.abc import Sequence

from benchmarks.speed import peers
from benchmarks.speed.against import Row
from benchmarks.speed.growth import FEW_HYPERPARAMETERS, FEW_TRIALS, Grown
from benchmarks.speed.measure import Timed
from benchmarks.speed.thresholds import WANTED_GROWTH, WANTED_PART, Thresholds


def written(rows: Sequence[Row], further: Sequence[Thresholds], grown: Sequence[Grown]) -> str:
    """Return the report as Markdown."""
    return "\n\n".join([HEAD.format(cores=os.cpu_count()), *_against(rows), *_further(further), *_grown(grown)]) + "\n"


def _against(rows: Sequence[Row]) -> list[str]:
    if not rows:
        return [
            "## Beside the packages people use\n\nNot measured: they are not installed. `make bench` installs them."
        ]
    table = _table(
        "question | table | beside | ours | theirs | ratio | wanted | met | same ranking",
        [
            f"{r.question} | {r.table} | {r.peer} | {_time(r.ours)} | {_time(r.theirs)} | {_ratio(r.ratio)} | "
            f"{_wanted(r)} | {_yes(r.agree)}"
            for r in rows
        ],
    )
    return [AGAINST.format(versions=peers.versions()), table]


def _further(further: Sequence[Thresholds]) -> list[str]:
    table = _table(
        "table | reading | first answer | further threshold, intervals | first / further | wanted "
        "| with the noise floor, too | first / further",
        [
            f"{t.n_trials:,} x {t.n_hyperparameters} | {_time(t.reading)} | {_time(t.first)} | {_time(t.further)} | "
            f"{t.first.seconds / t.further.seconds:.0f} | {_part(t, further)} | {_time(t.with_floor)} | "
            f"{t.first.seconds / t.with_floor.seconds:.0f}"
            for t in further
        ],
    )
    small, large = further[0], further[-1]
    growth = [getattr(large, name).seconds / getattr(small, name).seconds for name in ("further", "with_floor")]
    times = GROWTH.format(small=small.n_trials, large=large.n_trials, times=growth, wanted=WANTED_GROWTH)
    return [FURTHER, table, times]


def _part(table: Thresholds, tables: Sequence[Thresholds]) -> str:
    """What is wanted of the largest table."""
    return f"≥ {WANTED_PART}" if table is tables[-1] else ""


def _grown(grown: Sequence[Grown]) -> list[str]:
    names = list(dict.fromkeys(g.estimator for g in grown))
    by = {
        f"trials ({FEW_HYPERPARAMETERS} hyperparameters)": [
            (g.n_trials, g) for g in grown if g.n_hyperparameters == FEW_HYPERPARAMETERS
        ],
        f"hyperparameters ({FEW_TRIALS:,} trials)": [
            (g.n_hyperparameters, g) for g in grown if g.n_trials == FEW_TRIALS
        ],
    }
    tables = []
    for what, measured in by.items():
        cells = {(size, g.estimator): f"{_seconds(g.seconds)}, {g.mebibytes:,.0f} MiB" for size, g in measured}
        sizes = sorted({size for size, _ in measured})
        lines = [f"{size:,} | " + " | ".join(cells.get((size, name), "") for name in names) for size in sizes]
        tables.append(_table(" | ".join([what, *names]), lines))
    return [GROWN, *tables]


def _table(head: str, lines: Sequence[str]) -> str:
    rule = "|".join("---" for _ in head.split("|"))
    return "\n".join(f"|{line}|" if line == rule else f"| {line} |" for line in (head, rule, *lines))


def _ratio(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"


def _wanted(row: Row) -> str:
    return f"≥ {row.wanted:g} | {_yes(row.ratio >= row.wanted)}" if row.wanted else "|"


def _time(timed: Timed) -> str:
    return _seconds(timed.seconds) + ("" if timed.runs > 1 else " (one run)")


def _seconds(seconds: float) -> str:
    value, unit = (seconds, "s") if seconds >= 1 else (1000 * seconds, "ms")
    return f"{value:,.0f} {unit}" if value >= 10 else f"{value:.2g} {unit}"


def _yes(true: bool) -> str:
    return "yes" if true else "**no**"


HEAD = """# Speed

Made by `make bench` on {cores} cores. Medians of up to five runs, as many as 20 seconds allow. Seconds differ between
machines and with what else they do; the ratios come from one process and are what counts."""

AGAINST = """## Beside the packages people use

{versions}. Tables of floats of which four matter, each half as much as the one before; target 0.1,
region 1. Ours hold intervals and, but for the row that says so, the noise floor of 200 shuffles; theirs have neither.
Same ranking: any two hyperparameters that we find clearly different (one at least twice the other, and a tenth of the
largest) stand in the same order in theirs."""

FURTHER = """## Every further threshold

PED-ANOVA. Reading goes from a DataFrame to a table with roles, checked. The first answer is encoding, sorting, cells,
intervals and noise floor. A further threshold is what moving the slider costs."""

GROWTH = """From {small:,} to {large:,} trials a further threshold takes {times[0]:.2f} times as long with intervals
(wanted: less than {wanted:g} times), and {times[1]:.2f} times as long with the noise floor, too."""

GROWN = """## Growth

One answer of each estimator with its defaults: time, and how far the memory of its process rises meanwhile. Cells are
empty where a smaller table already took over 12 seconds. The same as a picture: ![growth](speed.svg)"""
