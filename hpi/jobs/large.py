"""Tasks on tables larger than memory: a look at every row, and a count of all trials. Each reads every block."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from hpi.blocks import cluster, large
from hpi.blocks.asking import Counting
from hpi.blocks.look import Look
from hpi.blocks.source import Source
from hpi.estimators import Report
from hpi.filters import Filter
from hpi.roles import Choices


@dataclass(frozen=True, eq=False)
class LookAt:
    """What there is at an address; answered by its `Source` and what a look at every row found."""

    address: str

    name: ClassVar[str] = "look"
    has_others: ClassVar[bool] = False
    reads_all: ClassVar[bool] = True
    title: ClassVar[str] = "Looking at the table"

    @property
    def size(self) -> Mapping[str, int]:
        """Nothing is known of it yet."""
        return {}

    def refuse(self) -> None:
        """Refuse nothing: what lies there is found out by looking."""

    def run(self, report: Report) -> tuple[Source, Look]:
        """Return what was found; raises TableError where it cannot be read, BlockError where workers were lost."""
        report(0, "finding its files")
        return large.looked_at(self.address, cluster.executor_from(os.environ), report)


@dataclass(frozen=True, eq=False)
class Count:
    """All trials of a table in the cells of its hyperparameters; answered by `hpi.blocks.asking.Counting`.

    `fractions`: those asked for beside the rungs. `where`: only trials that pass are counted.
    """

    source: Source
    seen: Look
    choices: Choices
    table: str
    where: tuple[Filter, ...] = ()
    fractions: tuple[float, ...] = ()

    name: ClassVar[str] = "count"
    has_others: ClassVar[bool] = False
    reads_all: ClassVar[bool] = True

    @property
    def title(self) -> str:
        """How much is counted."""
        return f"Counting {self.source.n_rows:,} trials"

    @property
    def size(self) -> Mapping[str, int]:
        """How much is read."""
        return {"trials": self.source.n_rows, "blocks": len(self.source.blocks)}

    def refuse(self) -> None:
        """Refuse nothing: whether a trial passes the filters is found out by counting."""

    def run(self, report: Report) -> Counting:
        """Return what was counted; raises HpiError as `LargeTable.counted` does."""
        executor = cluster.executor_from(os.environ)
        table = large.made(self.source, self.seen, self.choices, self.table, executor)
        return large.counted(table, self.where, self.fractions, report)
