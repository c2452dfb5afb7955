"""Run the study and write benchmarks/serving.md: `make study-serving`, `QUICK=1` for its short form."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from benchmarks.serving.report import written, wrong
from benchmarks.serving.study import FULL, QUICK, TINY, run

OUT = Path(__file__).resolve().parents[1] / "serving.md"
PLANS = {"": FULL, "1": QUICK, "tiny": TINY}


def main() -> int:
    """Exit code: 1 where a page was not as it must be."""
    quick = os.environ.get("QUICK", "")
    outcome = run(PLANS[quick])
    command = f"{'QUICK=1 ' if quick == '1' else ''}make study-serving"
    OUT.write_text(written(outcome, command), encoding="utf-8")
    found = [*wrong(outcome.parts.values()), *outcome.broke]
    print(f"wrote {OUT.name}", *sorted(set(found)), sep="\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
