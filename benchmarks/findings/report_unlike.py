"""The parts of the report beyond fresh random tables: other scales, real tables, trials that depend on each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Protocol

from benchmarks.findings.cells import Cell
from benchmarks.findings.counts import Table, rate, rows
from benchmarks.findings.real import MADE, SOURCES

PAIR = "interaction"
STRENGTHS = ("strong", "weak")
MOST = 0.05
Cells = dict[Cell, list[Table]]


class HasParts(Protocol):
    """What was measured, by part."""

    def of(self, part: str) -> Cells:
        """Return the tables of a part, cell by cell."""


def summary(study: HasParts) -> Iterator[Sequence[str]]:
    """Return the lines of the summary: what, wanted, measured, met."""
    scaled = [table for cell, tables in study.of("scale").items() if cell.name != "none" for table in tables]
    if scaled:
        said, labelled, unlabelled = _pairs(scaled)
        words = (
            f"{labelled} of {said} claims labelled; without a label in {rate(unlabelled, len(scaled))} of the tables"
        )
        met = "yes" if unlabelled <= MOST * len(scaled) else "**no**"
        yield (
            "Additive functions seen through a transformation: interactions claimed",
            "labelled as depending on the scale; others in at most 5 %",
            words,
            met,
        )
    tried = list(_tried({cell: t for cell, t in study.of("real").items() if not _is_drawn(cell.name)}))
    if tried:
        strong, weak = (_held(tried, strength, "same_sign") for strength in STRENGTHS)
        again = [_held(tried, strength, "again") for strength in STRENGTHS]
        words = f"same sign {_of(strong)} of strong, {_of(weak)} of weak; said again {_of(again[0])}, {_of(again[1])}"
        met = all(a[0] * b[1] > b[0] * a[1] for a, b in ((strong, weak), (again[0], again[1])))
        yield (
            "Real tables: found on one half, holds on the other",
            "strong more often",
            words,
            "yes" if met else "**no**",
        )


def _of(counts: tuple[int, int]) -> str:
    return f"{counts[0] / counts[1]:.3f} ({counts[0]:,} of {counts[1]:,})" if counts[1] else "none"


# --- other scales


def scale(cells: Cells) -> str:
    """Return the part on additive functions seen through monotone transformations."""
    if not cells:
        return ""
    lines = []
    for name, size, n in dict.fromkeys((cell.name, cell.size, cell.n_trials) for cell in cells):
        tables = [t for c, mine in cells.items() if (c.name, c.size, c.n_trials) == (name, size, n) for t in mine]
        any_said = sum(any(one["kind"] == PAIR for one in table["said"]) for table in tables)
        said, labelled, unlabelled = _pairs(tables)
        lines.append([name, f"{size:g}", f"{n:,}", len(tables), any_said, said, labelled, unlabelled])
    return f"{SCALE}\n\n{rows(SCALE_ROW, sorted(lines, key=lambda line: str(line[0])))}"


def _pairs(tables: list[Table]) -> tuple[int, int, int]:
    """Count claimed interactions, labelled ones, and tables in which one has no label."""
    said = [[one for one in table["said"] if one["kind"] == PAIR] for table in tables]
    labelled = sum(one["by_scale"] for table in said for one in table)
    return sum(map(len, said)), labelled, sum(any(not one["by_scale"] for one in table) for table in said)


SCALE_ROW = (
    "transformation", "size", "trials", "tables", "tables with an interaction", "interactions claimed", "labelled",
    "tables with one without a label",
)  # fmt: skip
SCALE = """## An additive function, seen through a transformation of the metric

.4 x + .3 (2 z - 1)^2 + .3 (arch = a), times the size, with Gaussian noise of width 1, put on a standard scale s, then
exp(s), sign(s + 3) (s + 3)^2, log(log(1 + exp(2 s))), 1 / (1 + exp(-2 s)), or s + 6 (s > 1). All trials stand in the
same order as without it, so an interaction that is there lies in the scale; a claimed one should be labelled so."""


# --- real tables


def real(cells: Cells, absent: Sequence[str]) -> str:
    """Return the part on real tables cut in halves."""
    parts = [REAL]
    if absent:
        parts.append(f"Not run, because the tables are not here: {', '.join(absent)}.")
    every = list(_tried(cells))
    if not every:
        return "\n\n".join(parts)
    lines = []
    for words, is_drawn in (("all that were measured", False), ("all that were drawn from a function", True)):
        mine = list(_tried({cell: tables for cell, tables in cells.items() if _is_drawn(cell.name) == is_drawn}))
        lines += [_real_row(words, mine)] if mine else []
    for name in dict.fromkeys(cell.name for cell in cells):
        mine = list(_tried({cell: tables for cell, tables in cells.items() if cell.name == name}))
        lines.append(_real_row(f"{name}{' (drawn)' * _is_drawn(name)}{' (elsewhere)' * (name not in MADE)}", mine))
    lines += [_real_row(f"said: {k}", [o for o in every if o["kind"] == k]) for k in sorted({o["kind"] for o in every})]
    return "\n\n".join([*parts, rows(REAL_ROW, lines)])


def _is_drawn(name: str) -> bool:
    return any(one.name == name and one.is_drawn for one in SOURCES)


def _tried(cells: Cells) -> Iterator[Table]:
    for table in chain.from_iterable(cells.values()):
        yield from table["said"]


def _held(tried: Sequence[Table], strength: str, how: str) -> tuple[int, int]:
    """Count sentences that held, and those that could be tried."""
    known = [one[how] for one in tried if one["strength"] == strength and one[how] is not None]
    return sum(known), len(known)


def _real_row(words: str, tried: Sequence[Table]) -> list[object]:
    shares: list[object] = []
    for strength in STRENGTHS:
        counts = [_held(tried, strength, how) for how in ("same_sign", "clear", "again")]
        shares += [counts[2][1], *(f"{held / n:.3f}" if n else "" for held, n in counts)]
    return [words, *shares]


REAL_ROW = ("table", *(f"{s}{w}" for s in STRENGTHS for w in ("", ": same sign", ": clear", ": said again")))
REAL = """## Real tables, cut in halves

Each table is cut in two random halves several times (trials of one configuration stay together); what one half says is
tried on the other. *Same sign*: the trials of the other half that lie in the groups the sentence names differ in the
same direction (mean metric within Tukey's outer fences, nothing held fixed; the odds ratio for the top). *Clear*: by
more than 1.645 standard errors. *Said again*: the other half has a sentence of the same kind about the same
hyperparameters (levels) in the same direction. Tables marked (elsewhere) are not part of this repository;
those marked (drawn) were drawn from a function, the others are results of searches."""


# --- trials that depend on each other


def dependent(study: HasParts) -> str:
    """Return the part on twins and on trials that an optimiser chose."""
    lines = []
    for cell, tables in sorted((study.of("twins") | study.of("aimed")).items()):
        idle = [any(_idle(name) for one in table["said"] for name in one["names"]) for table in tables]
        strong = [any(_idle(n) for o in t["said"] if o["strength"] == "strong" for n in o["names"]) for t in tables]
        active = [any(not _idle(name) for one in table["said"] for name in one["names"]) for table in tables]
        how = f"twin, correlation {cell.correlation:g}" if cell.part == "twins" else "chosen by an optimiser"
        shares = (f"{sum(found) / len(tables):.2f}" for found in (active, idle, strong))
        kinds = sorted({o["kind"] for t in tables for o in t["said"] if any(map(_idle, o["names"]))})
        lines.append([how, f"{cell.size:g}", f"{cell.n_trials:,}", len(tables), *shares, ", ".join(kinds)])
    return f"{DEPENDENT}\n\n{rows(DEPENDENT_ROW, lines)}" if lines else ""


def _idle(name: str) -> bool:
    return name == "twin" or name.startswith("idle")


DEPENDENT_ROW = (
    "trials", "size", "number", "tables", "a sentence about what moves the metric", "about an idle one",
    "a strong one about an idle one", "of kind",
)  # fmt: skip
DEPENDENT = """## Trials that were not drawn independently

*Twin*: the loss is x times the size, and an idle hyperparameter is drawn together with x (correlation of the normal
variables behind them). *Optimiser*: a fifth of the trials at random, the others near one of the best tenth so far; x
and z move the loss, five hyperparameters are idle. No target: the shares say how far such a table can be read."""
