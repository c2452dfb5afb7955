"""Run the study and write benchmarks/app.md: `make bench-app`, `QUICK=1` for its short form."""

from __future__ import annotations

import os
from pathlib import Path

from benchmarks.app.plan import FULL, QUICK, TINY
from benchmarks.app.report import written
from benchmarks.app.study import run

OUT = Path(__file__).resolve().parents[1] / "app.md"
PLANS = {"": FULL, "1": QUICK, "tiny": TINY}


def main() -> None:
    """Measure, and write the report, also where what is wanted was not reached."""
    quick = os.environ.get("QUICK", "")
    study = run(PLANS[quick], f"{'QUICK=1 ' if quick == '1' else ''}make bench-app")
    OUT.write_text(written(study), encoding="utf-8")
    print(f"wrote {OUT.name}")


if __name__ == "__main__":
    main()
