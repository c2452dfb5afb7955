"""Run the study and write benchmarks/findings.md: `make study-findings`, `QUICK=1` for its short form.

What was measured is kept in benchmarks/.findings, a file a cell, so a stopped run goes on where it was; what was
measured with other code is measured again. Cells are shared out among the cores.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path

from benchmarks.findings import cells
from benchmarks.findings.cells import Cell
from benchmarks.findings.laws import TRANSFORMATIONS
from benchmarks.findings.real import SOURCES
from benchmarks.findings.report import Study, written
from benchmarks.findings.scenarios import SCENARIOS
from benchmarks.findings.setup import FULL, QUICK, TINY, Plan
from benchmarks.measuring import measure

HERE = Path(__file__).resolve().parents[1]
ROOT = HERE.parent
KEPT, OUT = HERE / ".findings", HERE / "findings.md"
PLANS = {"": FULL, "1": QUICK, "tiny": TINY}
# What can change a sentence or the verdict on it.
ENGINE = (
    "hpi/statements",
    "hpi/space",
    "hpi/filters.py",
    "hpi/subspace.py",
    "hpi/checks.py",
    "hpi/effects/cuts.py",
    "hpi/toys/base.py",
)
STUDY = ("cells", "claims", "judge", "laws", "population", "scenarios", "tables", "unselected")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is missing, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", action="append", help="only this one (can be repeated)")
    parser.add_argument("--report", action="store_true", help="measure nothing: write what there is")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    KEPT.mkdir(exist_ok=True)
    quick = os.environ.get("QUICK", "")
    todo = [cell for cell in planned(PLANS[quick]) if not options.part or cell.part in options.part]
    if not options.report:
        measure({_file(cell): partial(cells.run, cell) for cell in todo}, options.workers)
    command = f"{'QUICK=1 ' if quick == '1' else ''}make study-findings"
    OUT.write_text(written(_read(todo, command)), encoding="utf-8")
    print(f"wrote {OUT.name}")


def planned(plan: Plan) -> list[Cell]:
    """Return every cell of the study, in the order in which it is measured."""
    block = plan.block
    idle = [Cell("idle", "nothing", 0, 0, min(block, plan.idle - k), k) for k in range(0, plan.idle, block)]
    scale = [
        Cell("scale", name, size, n_trials, plan.scale_tables)
        for n_trials in plan.scale_trials
        for size in plan.scale_sizes
        for name in TRANSFORMATIONS
    ]
    real = [Cell("real", one.name, 0, 0, 1, k) for k in range(plan.halvings) for one in SOURCES if one.is_here]
    planted = [
        Cell("planted", one.name, size, n_trials, n_tables)
        for n_trials, n_tables in plan.tables.items()
        for size in plan.sizes
        for one in SCENARIOS
    ]
    unlike = [
        cell
        for n_trials in plan.unlike_trials
        for size in plan.unlike_sizes
        for cell in (
            *(Cell("twins", "x", size, n_trials, plan.unlike_tables, 0, one) for one in plan.correlations),
            Cell("aimed", "x z", size, n_trials, plan.unlike_tables),
        )
    ]
    return [*idle, *planted, *scale, *real, *unlike]


def _file(cell: Cell) -> Path:
    return KEPT / f"{cell}-{_code(cell.part)}.json"


@cache
def _code(part: str) -> str:
    """Digest of all that can change what is said and counted."""
    here = [Path(__file__).parent / f"{name}.py" for name in (*STUDY, *(["real"] if part == "real" else []))]
    paths = [*(ROOT / name for name in ENGINE), *here]
    files = [path for one in paths for path in (sorted(one.rglob("*.py")) if one.is_dir() else [one])]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:8]


def _read(todo: Sequence[Cell], command: str) -> Study:
    found = {cell: json.loads(_file(cell).read_text("utf-8")) for cell in todo if _file(cell).exists()}
    absent = [one.name for one in SOURCES if not one.is_here]
    return Study(found, command, [cell for cell in todo if cell not in found], absent)


if __name__ == "__main__":
    main()
