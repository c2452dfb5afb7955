"""How much is measured, in the long form of the study and in the short ones."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """What is measured.

    Attributes
    ----------
    sizes, presses
        Trials of the tables whose slider is moved; how often the key is pressed, as often as the page is rerun.
    rounds
        How often each page is opened by the menu.
    starts
        How often either server is started.
    sessions, trials, every, seconds, alone
        Sessions at once on tables of that many trials, each of which moves its slider every so many seconds for that
        long; before that each moves it that often while the others rest. 0 sessions leave the load out.
    """

    sizes: tuple[int, ...] = (10_000, 100_000, 1_000_000)
    presses: int = 12
    rounds: int = 6
    starts: int = 5
    sessions: int = 25
    trials: int = 10_000
    every: float = 5.0
    seconds: float = 60.0
    alone: int = 3


FULL = Plan()
QUICK = Plan(sizes=(10_000, 100_000), presses=8, rounds=4, starts=3, sessions=10, seconds=30.0, alone=3)
TINY = Plan(sizes=(400,), presses=2, rounds=1, starts=1, sessions=2, trials=400, every=1.0, seconds=4.0, alone=1)
