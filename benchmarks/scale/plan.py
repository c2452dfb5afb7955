"""How many trials are made and how often each engine is asked, in the long form of the benchmark and the short ones."""

from __future__ import annotations

from dataclasses import dataclass

MILLION = 1_000_000


@dataclass(frozen=True)
class Size:
    """One folder of trials.

    Attributes
    ----------
    rows
        Trials in all.
    rounds
        How often every engine has its turn.
    """

    rows: int
    rounds: int


@dataclass(frozen=True)
class Plan:
    """What is measured.

    Attributes
    ----------
    sizes
        Ascending: growth is that from the first to the last one.
    group_rows, file_rows
        Trials of a row group and of a file, at most.
    engines
        Names of those that are asked, where they are installed.
    read_rows
        Rows above which hpi takes a folder for larger than memory; None: as it does by itself.
    presses
        How often the slider is moved in the app, which opens the largest folder; 0 leaves the app out.
    """

    sizes: tuple[Size, ...]
    group_rows: int = MILLION
    file_rows: int = 10 * MILLION
    engines: tuple[str, ...] = ("ours", "duckdb", "polars", "everything")
    read_rows: int | None = None
    presses: int = 20

    @property
    def settings(self) -> dict[str, str]:
        """Return what hpi is told by its environment."""
        return {} if self.read_rows is None else {"HPI_READ_ROWS": str(self.read_rows)}


FULL = Plan((Size(10 * MILLION, 3), Size(100 * MILLION, 2)))
QUICK = Plan((Size(MILLION, 3), Size(4 * MILLION, 3)), read_rows=MILLION // 2)
TINY = Plan((Size(20_000, 1), Size(60_000, 1)), group_rows=10_000, file_rows=30_000, read_rows=MILLION // 2, presses=0)
