"""The study as Markdown: what was wanted, what was found, and every cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.special import betaincinv

from benchmarks.calibration.cells import NO_TOY, Cell, Found, toy_called
from benchmarks.calibration.peers import Versus
from hpi.estimators import by_name

WANTED = {True: 0.9, False: 0.8}  # coverage at 1,000 trials and more, and below
PLANTED = 0.05
ENOUGH = 1000
MOST_NAMED = 8
FEW_ANSWERS = 10


@dataclass(frozen=True)
class Study:
    """Everything that was measured."""

    cells: dict[Cell, Found]
    versus: Sequence[Versus]
    command: str
    peers: str | None
    missing: Sequence[str] = ()


def written(study: Study) -> str:
    """Return the report."""
    estimators = list(dict.fromkeys(cell.estimator for cell in study.cells))
    parts = [_head(study), _summary(study, estimators), _false_alarms(study, estimators), _versus(study)]
    return "\n\n".join([*parts, *(_details(study, name) for name in estimators)]) + "\n"


def _head(study: Study) -> str:
    missing = f"\n\n**Not measured yet:** {'; '.join(study.missing)}." if study.missing else ""
    return HEAD.format(command=study.command) + missing


def _summary(study: Study, estimators: Sequence[str]) -> str:
    lines = [SHORT]
    for name, pairs in product(estimators, (False, True)):
        title = f"{by_name(name).title}{', pairs' * pairs}"
        for n_trials in sorted({cell.n_trials for cell in _of(study, name, pairs=pairs)}):
            cells = _of(study, name, n_trials, pairs)
            rates = list(_rates(cells))
            if rates:
                lines.append(_summary_line(title, n_trials, rates, {cell.n_tables for cell in cells}))
    return "\n".join([*lines, "", WANTED_WORDS])


def _of(study: Study, estimator: str, n_trials: int | None = None, pairs: bool = False) -> dict[Cell, Found]:
    """Return the cells of an estimator, or those of its pairs; noise tables left out."""
    return {
        cell: found
        for cell, found in study.cells.items()
        if (cell.estimator, cell.pairs) == (estimator, pairs)
        and cell.toy != NO_TOY
        and n_trials in (None, cell.n_trials)
    }


def _rates(cells: dict[Cell, Found]) -> Iterator[tuple[float, str]]:
    for cell, found in cells.items():
        for j, name in enumerate(found.names):
            if found.answered[j] >= min(FEW_ANSWERS, cell.n_tables) and found.truth[j] is not None:
                rate = found.covered[j] / found.answered[j]
                yield rate, f"{cell.toy} {name} {rate:.2f}"


def _summary_line(title: str, n_trials: int, rates: list[tuple[float, str]], tables: set[int]) -> str:
    low = sorted(rate for rate in rates if rate[0] < WANTED[n_trials >= ENOUGH])
    which = "; ".join(said for _, said in low[:MOST_NAMED]) + ("; ..." if len(low) > MOST_NAMED else "")
    counts = f"{', '.join(map(str, sorted(tables)))} | {len(rates)} | {min(rates)[0]:.2f} | {len(low)}"
    return f"| {title} | {n_trials:,} | {counts} | {which} |"


def _false_alarms(study: Study, estimators: Sequence[str]) -> str:
    lines = [ALARMS]
    for name in estimators:
        for cell, found in study.cells.items():
            if cell.estimator == name and cell.toy == NO_TOY:
                power = _power(study, name, cell.n_trials)
                lines.append(
                    f"| {by_name(name).title} | {cell.n_trials:,} | {found.tables} | "
                    f"{_rate(found.any_marked, found.tables)} | "
                    f"{'' if found.any_pair is None else _rate(found.any_pair, found.tables)} | "
                    f"{'' if power is None else f'{power:.2f}'} |"
                )
    return "\n".join(lines)


def _power(study: Study, estimator: str, n_trials: int) -> float | None:
    """Share of planted effects (true importance of .05 and more) that are detected."""
    seen = [
        found.marked[j] / found.answered[j]
        for found in _of(study, estimator, n_trials).values()
        for j, truth in enumerate(found.truth)
        if found.answered[j] and truth is not None and truth >= PLANTED
    ]
    return float(np.mean(seen)) if seen else None


def _versus(study: Study) -> str:
    if not study.versus:
        return "## Beside Optuna\n\nNot measured: Optuna is not installed here."
    lines = [BESIDE.format(peers=study.peers)]
    for name, n_trials in dict.fromkeys((one.estimator, one.n_trials) for one in study.versus):
        mine = [one for one in study.versus if (one.estimator, one.n_trials) == (name, n_trials)]
        for one in mine:
            lines.append(_versus_line(name, f"{one.toy} | {one.n_trials:,} | {one.tables}", one.ours, one.theirs))
        for words, group in _groups(mine):
            ours, theirs = (float(np.mean([getattr(one, side) for one in group])) for side in ("ours", "theirs"))
            lines.append(_versus_line(name, f"**{words}** | {n_trials:,} |", ours, theirs))
    return "\n".join(lines)


def _versus_line(estimator: str, what: str, ours: float, theirs: float) -> str:
    ratio = f"{ours / theirs:.2f}" if theirs > 0 else ""
    return f"| {by_name(estimator).title} | {what} | {ours:.4f} | {theirs:.4f} | {ratio} |"


def _groups(rows: list[Versus]) -> Iterator[tuple[str, list[Versus]]]:
    """All functions; those of plain floats; those with a log scale or a category."""
    yield "mean of all", rows
    special = [one for one in rows if any(h.log or not h.is_ordered for h in toy_called(one.toy).hyperparameters)]
    for words, group in (
        ("mean of plain numbers", [one for one in rows if one not in special]),
        ("mean with log scales or categories", special),
    ):
        if group:
            yield words, group


def _details(study: Study, estimator: str) -> str:
    parts = []
    for pairs in (False, True):
        cells = _of(study, estimator, pairs=pairs)
        if cells:
            title = EVERY.format(title=f"{by_name(estimator).title}{', pairs' * pairs}")
            parts.append("\n".join([title, *(_row(c, f, j) for c, f in cells.items() for j in range(len(f.names)))]))
    return "\n\n".join(parts)


def _row(cell: Cell, found: Found, j: int) -> str:
    answered = found.answered[j]
    numbers = " | ".join(_n(values[j]) for values in (found.truth, found.mean, found.rmse, found.width))
    covered = "" if found.truth[j] is None else _rate(found.covered[j], answered)
    where = f"{cell.toy} | {found.names[j]} | {cell.n_trials:,} | {answered} of {found.tables}"
    return f"| {where} | {numbers} | {covered} | {_share(found.marked[j], answered)} |"


def _n(value: float | None) -> str:
    return "" if value is None else f"{value + 0.0:.3f}".replace("-0.000", "0.000")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else ""


def _rate(part: int, whole: int) -> str:
    """Write a rate with its exact binomial interval."""
    if not whole:
        return ""
    low = betaincinv(part, whole - part + 1, 0.025) if part else 0.0
    high = betaincinv(part + 1, whole - part, 0.975) if part < whole else 1.0
    return f"{part / whole:.3f} [{low:.2f}, {high:.2f}]"


HEAD = """# Are the numbers right?

Made by `{command}` (seeded; a stopped run goes on where it was). Fresh random tables of functions with known
importances (`hpi/toys`), target 0.1 (category-10: 0.05), region 1. **Coverage** is how often the 95 % interval holds
the truth, with its own 95 % interval (Clopper and Pearson 1934) in brackets. Truth: for PED-ANOVA the share S of the
variance of "is in the target"; for f-ANOVA the first-order Sobol share; for permutation importance the total Sobol
share; for the linear model the population's drop in explained variance. N-RReliefF has no truth of its own: its mean
weight over the fresh tables stands in, 0 where that is negative. A pair of PED-ANOVA has a lower end only: its coverage
is how often that end lies below the truth. Answers that were refused (a forest that does not predict) are not counted;
*answered* says how many there were."""

SHORT = """## Coverage in short

| estimator | trials | tables a cell | intervals | worst | below the wanted coverage | which |
|---|---|---|---|---|---|---|"""

WANTED_WORDS = f"""Wanted: at least {WANTED[True]:.0%} at {ENOUGH:,} trials and more, {WANTED[False]:.0%} below. An
interval counts where at least {FEW_ANSWERS} tables were answered; it is below the wanted coverage where its
measured rate is, by chance or not."""

ALARMS = """## False alarms and power

Tables of pure noise, 8 hyperparameters of mixed kinds: how often any of them, and any pair of them, is called
detectable (wanted: at most 5 % each; a forest that does not predict noise says so instead). Beside it, over the
functions of the study, how often one with a true importance of at least .05 is detected.

| estimator | trials | noise tables | any detectable | any pair detectable | power |
|---|---|---|---|---|---|"""

BESIDE = """## Beside Optuna

Mean absolute error against the truth, on the same tables in the same run ({peers}): for PED-ANOVA of the shares that
sum to 1, for f-ANOVA of the shares of variance. Functions on which no hyperparameter explains anything alone have no
shares and are left out for PED-ANOVA.

| estimator | function | trials | tables | ours | Optuna | ratio |
|---|---|---|---|---|---|---|"""

EVERY = """## {title}: every cell

| function | hyperparameter | trials | answered | truth | mean | RMSE | mean width | coverage | detected |
|---|---|---|---|---|---|---|---|---|---|"""
