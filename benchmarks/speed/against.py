"""Ours beside theirs: a row each, on the same table in the same process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import hpi
from benchmarks.speed import ours, peers, tables
from benchmarks.speed.measure import Timed, same_ranking, timed

BARE = {"permutations": 0, "pairs": "no"}


@dataclass(frozen=True)
class Row:
    """Seconds of ours and theirs for one question, and how many times faster ours is wanted to be."""

    question: str
    table: str
    peer: str
    ours: Timed
    theirs: Timed
    wanted: float
    agree: bool

    @property
    def ratio(self) -> float:
        """How many times faster ours is."""
        return self.theirs.seconds / self.ours.seconds

    def as_json(self) -> dict[str, Any]:
        """Return the row as JSON keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Row:
        """Read a row that was kept."""
        return cls(**{**kept, "ours": Timed(**kept["ours"]), "theirs": Timed(**kept["theirs"])})


def ped_anova(n_trials: int, n_hyperparameters: int) -> list[Row]:
    """PED-ANOVA from encoded cells and from the raw table, against Optuna with its study built and unbuilt."""
    trials = tables.frame(n_trials, n_hyperparameters)
    design = tables.design(trials)
    bare, full = (ours.estimator("ped-anova", **settings) for settings in (BARE, {"pairs": "no"}))
    short, found = timed(lambda: ours.answer(design, bare).importance)
    whole, _ = timed(lambda: ours.answer(design, full))
    raw, _ = timed(
        lambda: hpi.importance(hpi.read(trials, metric=tables.METRIC), estimator=full, subspace=ours.DEFAULT)
    )
    building, study = timed(lambda: peers.study(trials))
    asking, theirs = timed(lambda: peers.optuna_ped_anova(study))
    both = Timed(building.seconds + asking.seconds, building.runs)
    table, agree = _size(n_trials, n_hyperparameters), same_ranking(found, theirs)
    return [
        Row("PED-ANOVA from encoded cells, no noise floor", table, "Optuna, study built", short, asking, 50, agree),
        Row("PED-ANOVA from encoded cells, intervals, floor", table, "Optuna, study built", whole, asking, 20, agree),
        Row(
            "PED-ANOVA from the raw table, intervals, floor", table, "Optuna, building the study", raw, both, 10, agree
        ),
    ]


def fanova(n_trials: int, n_hyperparameters: int) -> list[Row]:
    """f-ANOVA of 64 trees: main effects, and those with all pairs, against Optuna's main effects."""
    trials = tables.frame(n_trials, n_hyperparameters)
    study, design = peers.study(trials), tables.design(trials)
    theirs, theirs_found = timed(lambda: peers.optuna_fanova(study))
    rows = []
    for what, pairs, wanted in (("main effects", 0, 40), ("main effects and all pairs", n_hyperparameters, 8)):
        asked = ours.estimator("fanova", trees=peers.TREES, pairs_of=pairs)
        mine, found = timed(lambda asked=asked: ours.answer(design, asked).importance)
        agree = same_ranking(found, theirs_found)
        table = _size(n_trials, n_hyperparameters)
        rows.append(Row(f"f-ANOVA, 64 trees, {what}", table, "Optuna, main effects", mine, theirs, wanted, agree))
    return rows


def relieff(n_trials: int, n_hyperparameters: int) -> list[Row]:
    """RReliefF against the ReliefF of scikit-rebate, both with 10 equal neighbours; and ours with its defaults."""
    trials = tables.frame(n_trials, n_hyperparameters)
    design, table = tables.design(trials), _size(n_trials, n_hyperparameters)
    theirs, theirs_found = timed(lambda: peers.skrebate_relieff(trials))
    rows = []
    for what, settings in (
        ("10 equal neighbours", {"k": 10, "weights": "equal"}),
        ("70 ranked neighbours", {}),
    ):
        asked = ours.estimator("n-rrelieff", **settings)
        mine, found = timed(lambda asked=asked: ours.answer(design, asked).importance)
        wanted, agree = (0 if rows else 10), same_ranking(found, theirs_found)
        rows.append(
            Row(f"RReliefF, {what}, intervals, floor", table, "scikit-rebate, ReliefF", mine, theirs, wanted, agree)
        )
    return rows


QUESTIONS: dict[str, tuple[Callable[[int, int], list[Row]], tuple[int, int]]] = {
    "ped-anova": (ped_anova, (100_000, 8)),
    "fanova": (fanova, (1_000, 8)),
    "n-rrelieff": (relieff, (3_000, 8)),
}


def _size(n_trials: int, n_hyperparameters: int) -> str:
    return f"{n_trials:,} x {n_hyperparameters}"
