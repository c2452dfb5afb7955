"""Run the study and write benchmarks/calibration.md: `make study-importance`, `QUICK=1` for its short form.

What was measured is kept in benchmarks/.calibration, a file a cell, so a stopped run goes on where it was; what was
measured with other code is measured again. Cells are shared out among the cores.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path

from benchmarks.calibration import cells, peers
from benchmarks.calibration.cells import NO_TOY, Cell, Found
from benchmarks.calibration.peers import Versus
from benchmarks.calibration.report import Study, written
from benchmarks.calibration.setup import CHEAP, FULL, ON_NOISE, QUICK, SETTINGS, TINY, Plan
from benchmarks.measuring import measure
from hpi.estimators import ESTIMATORS, by_name
from hpi.toys import TOYS

HERE = Path(__file__).resolve().parents[1]
ROOT = HERE.parent
KEPT, OUT = HERE / ".calibration", HERE / "calibration.md"
# What an estimator needs from elsewhere.
BESIDE = {
    "ped-anova": ("counts.py",),
    "fanova": ("surrogate.py", "estimators/ped/series.py"),
    "permutation": ("surrogate.py", "estimators/ped/series.py"),
}
LINEAR_TRUTH = ROOT / "hpi" / "toys" / "linear.py"
PLANS = {"": FULL, "1": QUICK, "tiny": TINY}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is missing, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--estimator", action="append", help="only this one (can be repeated)")
    parser.add_argument("--report", action="store_true", help="measure nothing: write what there is")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    KEPT.mkdir(exist_ok=True)
    quick = os.environ.get("QUICK", "")
    names = options.estimator or [estimator.name for estimator in ESTIMATORS]
    todo = [*planned(PLANS[quick], names), *against(PLANS[quick], names)]
    if not options.report:
        measure({_file(work): partial(_found, work) for work in todo}, options.workers)
    command = f"{'QUICK=1 ' if quick == '1' else ''}make study-importance"
    OUT.write_text(written(_read(todo, command)), encoding="utf-8")
    print(f"wrote {OUT.name}")


def planned(plan: Plan, names: Sequence[str]) -> list[Cell]:
    """Return every cell of the study, cheap ones first."""
    found = []
    for name in names:
        cheap = name in CHEAP
        noise = plan.cheap_noise if cheap else plan.dear_noise
        found += [Cell(name, NO_TOY, n_trials, noise) for n_trials in plan.noise_sizes]
        for n_trials in plan.sizes:
            tables = plan.cheap_tables if cheap else plan.dear_tables[n_trials]
            found += [Cell(name, toy.name, n_trials, tables) for toy in TOYS]
        for n_trials in plan.pair_sizes if name in plan.pair_tables else ():
            found += [Cell(name, toy.name, n_trials, plan.pair_tables[name], pairs=True) for toy in TOYS]
    return sorted(found, key=lambda cell: (cell.estimator not in CHEAP, cell.pairs, cell.n_trials))


def against(plan: Plan, names: Sequence[str]) -> list[tuple[str, str, int, int, int]]:
    """Return what is compared with Optuna: estimator, function, trials, tables, trees."""
    if not peers.installed():
        return []
    sizes = {"ped-anova": plan.ped_peers, "fanova": plan.fanova_peers}
    return [
        (name, toy.name, n_trials, n_tables, plan.fanova_peer_trees)
        for name in names
        for n_trials, n_tables in sizes.get(name, {}).items()
        for toy in TOYS
        if peers.comparable(name, toy)
    ]


def _file(work: Cell | tuple[str, str, int, int, int]) -> Path:
    name = str(work) if isinstance(work, Cell) else "-".join(["versus", *map(str, work)])
    return KEPT / f"{name}-{_code(work.estimator if isinstance(work, Cell) else work[0])}.json"


@cache
def _code(estimator: str) -> str:
    """Digest of all that can change what the estimator says."""
    package = ROOT.joinpath(*by_name(estimator).__module__.split(".")[:3])
    files = [package, *(ROOT / "hpi" / name for name in ("chance.py", "space", "toys", *BESIDE.get(estimator, ())))]
    every = [path for file in files for path in (sorted(file.rglob("*.py")) if file.is_dir() else [file])]
    sources = [path for path in every if estimator == "linear" or path != LINEAR_TRUTH]
    asked = repr((SETTINGS.get(estimator), ON_NOISE.get(estimator))).encode()
    return hashlib.sha256(asked + b"".join(path.read_bytes() for path in sources)).hexdigest()[:8]


def _found(work: Cell | tuple[str, str, int, int, int]) -> dict[str, object]:
    """Measure one part."""
    return asdict(cells.run(work) if isinstance(work, Cell) else peers.versus(*work))


def _read(todo: Sequence[Cell | tuple[str, str, int, int, int]], command: str) -> Study:
    def kept() -> Iterator[tuple[Cell | tuple[str, str, int, int, int], dict[str, object]]]:
        yield from ((work, json.loads(_file(work).read_text("utf-8"))) for work in todo if _file(work).exists())

    found = {work: Found(**said) for work, said in kept() if isinstance(work, Cell)}  # type: ignore[arg-type]
    versus = [Versus(**said) for work, said in kept() if not isinstance(work, Cell)]  # type: ignore[arg-type]
    order = {estimator.name: place for place, estimator in enumerate(ESTIMATORS)}
    toys = {name: place for place, name in enumerate([NO_TOY, *(toy.name for toy in TOYS)])}
    ordered = sorted(found, key=lambda cell: (order[cell.estimator], cell.pairs, toys[cell.toy], cell.n_trials))
    return Study({cell: found[cell] for cell in ordered}, versus, command, _versions(), _missing(todo))


def _missing(todo: Sequence[Cell | tuple[str, str, int, int, int]]) -> list[str]:
    """Say which parts of the study a stopped run has left out, a line for each estimator and size."""
    counted: dict[str, int] = {}
    for work in todo:
        if not _file(work).exists():
            name, trials = (work.estimator, work.n_trials) if isinstance(work, Cell) else (work[0], work[2])
            what = f"{by_name(name).title}{_kind(work)} at {trials:,} trials"
            counted[what] = counted.get(what, 0) + 1
    return [f"{what} ({n} cells)" for what, n in counted.items()]


def _kind(work: Cell | tuple[str, str, int, int, int]) -> str:
    if not isinstance(work, Cell):
        return " beside Optuna"
    return ", pairs," if work.pairs else ""


def _versions() -> str | None:
    if not peers.installed():
        return None
    from importlib.metadata import version

    return f"Optuna {version('optuna')}"


if __name__ == "__main__":
    main()
