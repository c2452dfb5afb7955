"""What the study runs: sizes and numbers of tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """Sizes and numbers of tables of a study.

    Attributes
    ----------
    idle
        Tables without any effect; in blocks of `block` a cell.
    sizes, trials, tables
        Of planted effects in units of the noise, of trials, and tables for each number of trials.
    scale_sizes, scale_trials, scale_tables
        The same of additive functions seen through a transformation.
    halvings
        How often each real table is cut in halves.
    correlations, unlike_sizes, unlike_trials, unlike_tables
        Of trials that were not drawn independently.
    """

    idle: int
    block: int
    sizes: tuple[float, ...]
    tables: dict[int, int]
    scale_sizes: tuple[float, ...]
    scale_trials: tuple[int, ...]
    scale_tables: int
    halvings: int
    correlations: tuple[float, ...]
    unlike_sizes: tuple[float, ...]
    unlike_trials: tuple[int, ...]
    unlike_tables: int


FULL = Plan(
    idle=2000,
    block=100,
    sizes=(0.1, 0.25, 0.5, 1.0, 2.0),
    tables={200: 80, 1000: 60, 5000: 24},
    scale_sizes=(2.0, 6.0),
    scale_trials=(300, 1000, 3000),
    scale_tables=30,
    halvings=10,
    correlations=(0.5, 0.9, 0.99),
    unlike_sizes=(0.5, 2.0),
    unlike_trials=(300, 1000, 3000),
    unlike_tables=25,
)
QUICK = Plan(
    idle=490,
    block=35,
    sizes=(0.1, 0.5, 2.0),
    tables={200: 40, 1000: 24, 5000: 4},
    scale_sizes=(2.0, 6.0),
    scale_trials=(300, 1000),
    scale_tables=16,
    halvings=2,
    correlations=(0.5, 0.99),
    unlike_sizes=(2.0,),
    unlike_trials=(300, 1000),
    unlike_tables=8,
)
TINY = Plan(
    idle=7,
    block=7,
    sizes=(2.0,),
    tables={120: 1},
    scale_sizes=(2.0,),
    scale_trials=(120,),
    scale_tables=1,
    halvings=1,
    correlations=(0.9,),
    unlike_sizes=(1.0,),
    unlike_trials=(120,),
    unlike_tables=1,
)
