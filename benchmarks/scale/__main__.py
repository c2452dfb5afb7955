"""Make the trials, ask every engine, and write benchmarks/scale.md and scale.svg: `make bench-scale`, `QUICK=1`: short.

The trials (4.4 GB in the long form) are written to a temporary folder and removed at the end, also when something
fails; HPI_BENCH_FOLDER says in which folder it is made. The largest folder is opened in the app, too, where there is a
browser. QUICK=1 writes into test-results/scale.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from benchmarks.scale import in_app, machine, measuring, report, trials
from benchmarks.scale.answer import Answer
from benchmarks.scale.found import PEERS, Folder, Phases, Study
from benchmarks.scale.measuring import Spent
from benchmarks.scale.picture import picture
from benchmarks.scale.plan import FULL, QUICK, TINY, Plan, Size
from benchmarks.scale.question import Question, question

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "benchmarks"
SHORT_OUT = ROOT / "test-results" / "scale"
PLANS = {"": FULL, "1": QUICK, "tiny": TINY}
FOLDER = "HPI_BENCH_FOLDER"
THREADS = 2
ENVIRONMENT = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS", "HPI_BLOCK_THREADS"), str(THREADS)
)
SPARE = 1.3  # times the room that the files take
BYTES_A_ROW = 44


class DifferentError(Exception):
    """Two engines did not give the same answer."""


def main() -> None:
    """Measure, and write the report."""
    quick = os.environ.get("QUICK", "")
    if not measuring.available():
        sys.exit("make bench-scale needs Linux: only there does /proc say what a process holds.")
    study = run(PLANS[quick], f"{'QUICK=1 ' if quick == '1' else ''}make bench-scale")
    out = SHORT_OUT if quick else OUT
    out.mkdir(parents=True, exist_ok=True)
    (out / "scale.svg").write_text(picture(study), encoding="utf-8")
    (out / "scale.md").write_text(report.written(study), encoding="utf-8")
    print(f"wrote scale.md and scale.svg in {out.name}")


def run(plan: Plan, command: str) -> Study:
    """Return what came of all sizes.

    Raises
    ------
    DifferentError
        If two engines do not agree in every number.
    FailedError
        If one ended with an error.
    """
    where = machine.described()
    absent = tuple(name for name in plan.engines if name in PEERS and find_spec(name) is None)
    engines = [name for name in plan.engines if name not in absent]
    folders = []
    for size in plan.sizes:
        with tempfile.TemporaryDirectory(prefix="hpi-scale-", dir=os.environ.get(FOLDER)) as folder:
            folders.append(_measured(Path(folder), plan, size, engines))
            n_counts = Answer.read(_places(Path(folder), engines[0])[2]).n_counts
    return Study(plan, command, where, tuple(folders), n_counts, absent)


def _measured(folder: Path, plan: Plan, size: Size, engines: list[str]) -> Folder:
    """Make trials, and ask each engine in its turn."""
    needed, free = SPARE * BYTES_A_ROW * size.rows, shutil.disk_usage(folder).free
    if free < needed:
        raise OSError(
            f"{needed / 1e9:.1f} GB are needed, and {free / 1e9:.1f} GB are free; {FOLDER} names another place."
        )
    started = time.monotonic()
    (folder / "trials").mkdir()
    made = trials.made(folder / "trials", size.rows, plan)
    question(size.rows, made.drawn).write(folder / "question.json")
    _warm(folder / "trials")
    making = time.monotonic() - started
    print(f"{size.rows:,} trials: {made.megabytes:,.0f} MB, made in {making:.0f} s", flush=True)
    runs: dict[str, list[Spent]] = {name: [] for name in engines}
    for _ in range(size.rounds):
        for name in engines:
            took = _asked(folder, plan, name)
            runs[name].append(took)
            print(f"  {name}: {took.cpu:.1f} s of processor, {took.wall:.1f} s, {took.megabytes:,.0f} MB", flush=True)
            _compare(folder, engines[0], name)
    app = in_app.measured(folder / "trials", plan.presses, plan.settings) if size == plan.sizes[-1] else None
    return Folder(size, made.files, made.groups, made.megabytes, making, runs, _phases(folder), app)


def _warm(folder: Path) -> None:
    """Write out what was written, and read all files once, so that those that fit are in the system's cache."""
    os.sync()
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            while file.read(1 << 24):
                pass


def _asked(folder: Path, plan: Plan, name: str) -> Spent:
    command = [sys.executable, "-m", "benchmarks.scale.asked", name, *map(str, _places(folder, name))]
    return measuring.spent(command, {**ENVIRONMENT, **plan.settings, "PYTHONPATH": str(ROOT)}, folder / f"{name}.txt")


def _places(folder: Path, name: str) -> tuple[Path, Path, Path]:
    return folder / "trials", folder / "question.json", folder / f"{name}.npz"


def _compare(folder: Path, first: str, other: str) -> None:
    """Hold an answer against the first one, number by number."""
    answers = [Answer.read(_places(folder, name)[2]) for name in (first, other)]
    asked = Question.read(folder / "question.json")
    if any(int(counts.sum()) != asked.rows for counts in answers[1].cells):
        raise DifferentError(f"{other} did not count every trial in each hyperparameter")
    if different := answers[0].differences(answers[1]):
        raise DifferentError(f"{first} and {other} differ in {', '.join(different)}")


def _phases(folder: Path) -> Phases | None:
    """Return what our kernels said of themselves in their last run."""
    said = folder / "ours.txt"
    lines = said.read_text(encoding="utf-8").splitlines() if said.exists() else []
    told = [json.loads(line) for line in lines if line.startswith("{")]
    return Phases(**told[-1]) if told else None


if __name__ == "__main__":
    # so that a run that is ended from outside removes its files, too
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    main()
