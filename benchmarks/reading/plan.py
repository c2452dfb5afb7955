"""How large the tables are and how often each is read, in the long form of the study and in the short ones."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """What is measured.

    Attributes
    ----------
    rows, rounds
        Of the table whose reading is timed; how often each way has its turn.
    small_rows, small_rounds
        The same of a table of usual size.
    app_rows
        Of the table that the app opens; 0 leaves the app out.
    seconds_after
        Between a page's end and the look at the memory: a closed page is kept for a minute.
    """

    rows: int = 1_000_000
    rounds: int = 7
    small_rows: int = 1_000
    small_rounds: int = 20
    app_rows: int = 1_230_000
    seconds_after: float = 80.0


FULL = Plan()
QUICK = Plan(rows=100_000, rounds=3, small_rounds=5, app_rows=200_000)
TINY = Plan(rows=2_000, rounds=2, small_rows=200, small_rounds=2, app_rows=0)
