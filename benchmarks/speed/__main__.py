"""Measure what is not measured yet, and write benchmarks/speed.md and benchmarks/speed.svg.

    python -m benchmarks.speed [--fresh]

QUICK=1 in the environment takes tiny tables, and writes into test-results/speed. Rows that the same code has measured
before are taken from there, too; --fresh measures all of them anew.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.speed import against, growth, ours, peers, report
from benchmarks.speed.growth import Grown
from benchmarks.speed.picture import picture
from benchmarks.speed.thresholds import Thresholds, thresholds
from hpi.estimators import ESTIMATORS

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "benchmarks"
KEPT = ROOT / "test-results" / "speed"
TABLES = ((100_000, 20), (1_000_000, 20))
QUICK_TABLES = ((600, 5), (1_200, 5))
QUICK_QUESTION = (200, 5)
QUICK_SIZES = {"TRIALS": (100, 200), "HYPERPARAMETERS": (4,)}


def main(arguments: list[str] | None = None) -> None:
    """Measure every row, then write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fresh", action="store_true", help="measure every row anew")
    if parser.parse_args(arguments).fresh:
        shutil.rmtree(KEPT, ignore_errors=True)
    quick = os.environ.get("QUICK") == "1"
    rows = _against(quick)
    sizes = QUICK_TABLES if quick else TABLES
    timed = _kept(f"thresholds-{sizes}", lambda: [table.as_json() for table in thresholds(sizes)])
    further = [Thresholds.from_json(each) for each in timed]
    grown = [
        Grown(**each)
        for estimator in ESTIMATORS
        for each in _kept(f"growth-{estimator.name}-{quick}", lambda name=estimator.name: _grown(name, quick))
    ]
    out = KEPT if quick else OUT
    (out / "speed.svg").write_text(picture(grown))
    (out / "speed.md").write_text(report.written(rows, further, grown))
    print(f"wrote speed.md and speed.svg in {out.name}")


def _against(quick: bool) -> list[against.Row]:
    """Compare with the peers, where they are installed, in every question that we have an estimator for."""
    if not peers.installed():
        print("the peers are not installed here: make bench installs them into .venv-bench")
        return []
    rows = []
    for name, (compare, full) in against.QUESTIONS.items():
        if ours.has(name):
            size = QUICK_QUESTION if quick else full
            kept = _kept(f"{name}-{size}", lambda c=compare, s=size: [row.as_json() for row in c(*s)])
            rows += [against.Row.from_json(each) for each in kept]
    return rows


def _grown(name: str, quick: bool) -> list[dict[str, Any]]:
    sizes = QUICK_SIZES if quick else {"TRIALS": growth.TRIALS, "HYPERPARAMETERS": growth.HYPERPARAMETERS}
    return [vars(each) for each in growth.grow(name, sizes["TRIALS"], sizes["HYPERPARAMETERS"])]


def _kept(name: str, measure: Callable[[], Any]) -> Any:  # noqa: ANN401
    """Return what the same code measured before, or measure it and keep it."""
    path = KEPT / f"{name}-{_code()}.json"
    if not path.exists():
        print(name, flush=True)
        measured = json.dumps(measure())
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(measured)
    return json.loads(path.read_text())


def _code() -> str:
    """Digest all code that is measured or measures."""
    files = sorted([*(ROOT / "hpi").rglob("*.py"), *(ROOT / "benchmarks" / "speed").glob("*.py")])
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


if __name__ == "__main__":
    main()
