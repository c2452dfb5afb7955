"""Findings for tests, made by hand: one of every kind, with numbers that are easy to follow."""

from __future__ import annotations

import dataclasses

from hpi.statements import Finding, FindingKind, Findings, Line, Picture, Point, Strength


def line(name: str = "", half: float = 0.01, n: int = 100, marked: tuple[str, ...] = (), **values: float) -> Line:
    """Groups by their label; every interval reaches `half` to both sides."""
    return Line(name, tuple(Point(at, value, value - half, value + half, n, at in marked) for at, value in
                            values.items()))  # fmt: skip


def picture(*lines: Line, across: str = "lr", measured: str = "val_accuracy", ordered: bool = True, **more) -> Picture:
    return Picture(across, measured, lines, ordered, **more)


STRETCHES = {"1e-5 to 1e-4": 0.80, "1e-4 to 1e-3": 0.88, "1e-3 to 1e-2": 0.93, "1e-2 to 1e-1": 0.85}
TREND = picture(line(**STRETCHES, marked=("1e-3 to 1e-2",)))
CONTRAST = picture(line(adam=0.91, sgd=0.88, marked=("adam", "sgd")), across="optimizer", ordered=False)
TWO_LINES = picture(
    line("optimizer = adam", **STRETCHES),
    line("optimizer = sgd", **dict(zip(STRETCHES, (0.78, 0.82, 0.89, 0.91), strict=True)), marked=tuple(STRETCHES)),
)
TOP = picture(
    line(**{"1e-5 to 1e-4": 0.01, "1e-4 to 1e-3": 0.08, "1e-3 to 1e-2": 0.24, "1e-2 to 1e-1": 0.05}, half=0.03,
         marked=("1e-3 to 1e-2",)),
    measured="share of trials among the best 10 %",
    is_share=True,
)  # fmt: skip


def finding(kind: FindingKind = FindingKind.TREND, **changes: object) -> Finding:
    """A strong trend of lr, or what `changes` make of it."""
    made = Finding(
        kind=kind,
        text="Values of lr between 1e-3 and 1e-2 are best: val_accuracy is better by 0.060 [0.052, 0.068] on average.",
        hyperparameters=("lr",),
        effect=0.060,
        low=0.052,
        high=0.068,
        unit="val_accuracy",
        p_adjusted=2e-9,
        n=400,
        strength=Strength.STRONG,
        exception=None,
        compared_with="lr from 1e-2 to 1e-1",
        picture=TREND,
    )
    return dataclasses.replace(made, **changes)


def findings(*found: Finding, **changes: object) -> Findings:
    made = Findings(found, (), 120, "val_accuracy", 0.004, 400)
    return dataclasses.replace(made, **changes)


def one_of_each() -> Findings:
    """Six findings, one a kind; the two last ones are weak."""
    weak = {"strength": Strength.WEAK, "p_adjusted": 0.03}
    return findings(
        finding(),
        finding(
            FindingKind.CONTRAST, text="optimizer = adam is better than sgd by 0.030 [0.021, 0.039] val_accuracy.",
            hyperparameters=("optimizer",), effect=0.030, low=0.021, high=0.039, compared_with="optimizer = sgd",
            picture=CONTRAST, exception="batch_size = 16",
        ),
        finding(
            FindingKind.TOP, text="Among the best 10 %, 9 of 10 have lr in 1e-3 to 1e-2; the odds are 4.1 times.",
            effect=4.1, low=2.2, high=7.6, unit="odds ratio", compared_with="other values of lr", picture=TOP,
        ),
        finding(
            FindingKind.EXCEPTION, text="Higher lr is better, except with optimizer = adam: there it is worse.",
            hyperparameters=("lr", "optimizer"), effect=-0.031, low=-0.05, high=-0.012, picture=TWO_LINES,
            exception="optimizer = adam", compared_with="optimizer = sgd",
        ),
        finding(
            FindingKind.INTERACTION, text="lr seems to matter more with optimizer = sgd; this depends on the scale.",
            hyperparameters=("lr", "optimizer"), effect=0.012, low=0.002, high=0.022, picture=TWO_LINES,
            by_scale=True, **weak,
        ),
        finding(
            FindingKind.SAME, text="dropout: between 0 and 0.5 the difference is less than 0.004 val_accuracy.",
            hyperparameters=("dropout",), effect=0.0005, low=-0.002, high=0.003, compared_with="a tolerance of 0.004",
            picture=picture(line(**{"0 to 0.25": 0.9, "0.25 to 0.5": 0.901}, half=0.002), across="dropout"), **weak,
        ),
        cannot_say=("batch_size = 16 has 5 trials only: nothing is said about it.",),
    )  # fmt: skip
