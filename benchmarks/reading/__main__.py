"""Run the study and write benchmarks/reading.md: `make study-reading`, `QUICK=1` for its short form."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from benchmarks.reading import memory, timing
from benchmarks.reading.plan import FULL, QUICK, TINY, Plan
from benchmarks.reading.report import Study, machine, written

OUT = Path(__file__).resolve().parents[1] / "reading.md"
PLANS = {"": FULL, "1": QUICK, "tiny": TINY}


def main() -> None:
    """Measure, and write the report."""
    quick = os.environ.get("QUICK", "")
    study = run(PLANS[quick], f"{'QUICK=1 ' if quick == '1' else ''}make study-reading")
    OUT.write_text(written(study), encoding="utf-8")
    print(f"wrote {OUT.name}")


def run(plan: Plan, command: str) -> Study:
    """Return what came: times first, as nothing else runs then."""
    where = machine()
    with tempfile.TemporaryDirectory(prefix="hpi-reading-") as folder:
        times = timing.measured(plan, Path(folder))
        held = memory.measured(plan, Path(folder))
    return Study(plan, command, where, times, held)


if __name__ == "__main__":
    main()
