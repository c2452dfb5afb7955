"""The report: what was measured, whether it is what was wanted, and what follows for more rows on paper."""

from __future__ import annotations

import textwrap

from benchmarks.scale import app_report
from benchmarks.scale.app_report import Row
from benchmarks.scale.found import CPU, EVERYTHING, GROWTH, MOST_MEGABYTES, OURS, Folder, Study
from benchmarks.scale.plan import FULL
from benchmarks.scale.text import ABSENT, ESTIMATE, NAMES, SHORT, TEXT
from benchmarks.scale.trials import HYPERPARAMETERS
from hpi.space.rungs import RUNGS

MORE = (10**9, 10**11)
A_BLOCK = 240.0  # bytes of one row group in the list of them


def written(study: Study) -> str:
    """Return the report as Markdown."""
    n, last = len(HYPERPARAMETERS), study.folders[-1]
    text = TEXT.format(
        command=study.command,
        wanted="\n".join(f"| {what} | {aim} | {got} | {_met(study, met)} |" for what, aim, got, met in rows(study)),
        short="" if study.plan == FULL else SHORT,
        absent=ABSENT.format(names=", ".join(study.absent)) if study.absent else "",
        machine=study.machine,
        table=_table(study),
        rounds=" and ".join(
            f"{f.size.rounds} run{'s' if f.size.rounds > 1 else ''} at {f.size.rows:,} rows" for f in study.folders
        ),
        spread=_spread(study),
        cached=_cached(study),
        n_cells=study.n_counts[0],
        n_joint=study.n_counts[1],
        folders=" ".join(map(_made, study.folders)),
        group_rows=study.plan.group_rows,
        file_rows=study.plan.file_rows,
        n_rungs=len(RUNGS),
        n_pairs=n * (n - 1) // 2,
        estimate=_estimate(study),
        app=app_report.section(last),
        **NAMES,
    )
    return f"{_wrapped(text)}\n"


def rows(study: Study) -> list[Row]:
    """Return what was wanted, what came, and whether that is enough; None where there was nothing to compare with."""
    last = study.folders[-1]
    peer = study.best_peer(last)
    found: list[Row] = []
    if peer is not None:
        ratio = last.took(OURS).cpu / last.took(peer).cpu
        what = f"CPU time of the question at {last.size.rows:,} rows"
        found.append((what, f"at most {CPU:g} times the better of DuckDB and Polars",
                      f"{ratio:.2f} times that of {NAMES[peer].partition(',')[0]}", ratio <= CPU))  # fmt: skip
    for name in (OURS, EVERYTHING):
        if name in study.engines:
            grown, most = study.growth(name), last.took(name).megabytes
            found += [
                (f"Peak memory of {NAMES[name]}", f"below {MOST_MEGABYTES:,.0f} MB", f"{most:,.0f} MB",
                 most < MOST_MEGABYTES),
                (f"Its growth from {study.folders[0].size.rows:,} to {last.size.rows:,} rows", f"below {GROWTH:.0%}",
                 f"{grown:+.0%}", grown < GROWTH),
            ]  # fmt: skip
    same = "all counts and the threshold, in every run"
    return [*found, ("The same answer from every engine", "bit by bit", same, True), *app_report.rows(last)]


def _met(study: Study, met: bool | None) -> str:
    if study.plan != FULL or met is None:
        return ""
    return "yes" if met else "**no**"


def _table(study: Study) -> str:
    """Return the table of engines and sizes."""
    lines = ["| engine | rows | CPU | CPU for 10^8 rows | wall | peak | growth of the peak |", f"|{' --- |' * 7}"]
    for name in study.engines:
        for folder in study.folders:
            took = folder.took(name)
            grown = f"{study.growth(name):+.0%}" if folder is study.folders[-1] else ""
            lines.append(
                f"| {NAMES[name]} | {folder.size.rows:,} | {took.cpu:.1f} s | {folder.per_reference(name):.0f} s | "
                f"{took.wall:.1f} s | {took.megabytes:,.0f} MB | {grown} |"
            )
    return "\n".join(lines)


def _spread(study: Study) -> str:
    """Say how far the runs of one engine lay apart, at most."""
    apart = [
        max(run.cpu for run in runs) / min(run.cpu for run in runs) - 1
        for folder in study.folders
        for runs in folder.runs.values()
        if len(runs) > 1
    ]
    return f"CPU seconds of one engine at one size differed by at most {max(apart):.0%}." if apart else ""


def _cached(study: Study) -> str:
    largest = study.folders[-1].megabytes
    return (
        f"All files were read once before the first run: with {largest / 1000:.1f} GB at most they fit in the system's "
        "cache where that much memory is free, and no disk was waited for."
    )


def _made(folder: Folder) -> str:
    return (
        f"{folder.size.rows:,} trials of {len(HYPERPARAMETERS)} hyperparameters and a loss: "
        f"{_count(folder.files, 'file')}, {_count(folder.groups, 'row group')}, {_size(folder.megabytes * 1e6)}, "
        f"made in {folder.making:.0f} s."
    )


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'s' if n > 1 else ''}"


def _estimate(study: Study) -> str:
    first, last = study.folders[0], study.folders[-1]
    names = [name for name in (OURS, EVERYTHING) if name in study.engines]
    bytes_row = last.megabytes * 1e6 / last.size.rows
    head = ["rows", *(f"{NAMES[name]}: {what}" for name in names for what in ("CPU", "memory")), "disk", "is"]
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    for n in (first.size.rows, last.size.rows, *MORE):
        measured = next((folder for folder in study.folders if folder.size.rows == n), None)
        cells = []
        for name in names:
            start, a_row = study.line(name)
            cpu = measured.took(name).cpu if measured else start + a_row * n
            cells += [_hours(cpu), f"{(measured or last).took(name).megabytes:,.0f} MB{'' if measured else ' or more'}"]
        size = _size(measured.megabytes * 1e6 if measured else bytes_row * n)
        lines.append(f"| {n:,} | {' | '.join(cells)} | {size} | {'measured' if measured else 'extrapolated'} |")
    rate, rate_all = (bytes_row / study.line(name)[1] / 1e6 for name in (names[0], names[-1]))
    return ESTIMATE.format(
        first=first.size.rows, last=last.size.rows, table="\n".join(lines), rate=rate, rate_all=rate_all,
        ranking=_ranking(last), groups_mb=MORE[-1] / 1e6 * A_BLOCK / 1e6, bytes_row=bytes_row, a_block=A_BLOCK,
    )  # fmt: skip


def _ranking(folder: Folder) -> str:
    """Say what the threshold alone takes, and how that may grow."""
    said = "Passes over the losses find the threshold: from two to six, as bits of doubles are told apart."
    if folder.phases is None:
        return said
    a_pass = folder.phases.ranking / folder.phases.passes
    part = a_pass / (folder.phases.ranking + folder.phases.counting)
    return (
        f"{said} With {folder.size.rows:,} rows it took {folder.phases.passes}, {a_pass:.1f} s of CPU each; each one "
        f"more adds {part:.0%} to the question."
    )


def _hours(seconds: float) -> str:
    if seconds < 3600:
        return f"{seconds:.0f} s" if seconds < 600 else f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def _size(n_bytes: float) -> str:
    for unit, size in (("TB", 1e12), ("GB", 1e9)):
        if n_bytes >= size:
            return f"{n_bytes / size:.1f} {unit}"
    return f"{n_bytes / 1e6:.0f} MB"


def _wrapped(text: str) -> str:
    """Return a text with no line over 120 characters but in tables; an item of a list is a paragraph of its own."""
    return "\n\n".join(_paragraph(one) for one in filter(None, map(str.strip, text.split("\n\n"))))


def _paragraph(text: str) -> str:
    if text.startswith(("|", "#", "!")):
        return text
    if not text.startswith("- "):
        return textwrap.fill(" ".join(text.split()), 120, break_long_words=False, break_on_hyphens=False)
    items = [" ".join(item.split()) for item in text.removeprefix("- ").split("\n- ")]
    return "\n".join(
        textwrap.fill(f"- {item}", 120, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
        for item in items
    )
