"""How much slow work may take: read once from the environment, refused where it makes no sense."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from hpi import child
from hpi.environment import numbers
from hpi.errors import SettingsError

BOUNDS = (
    # field, variable, lowest, highest
    ("seconds", "HPI_JOB_SECONDS", 1, 86_400),
    ("memory_mb", "HPI_JOB_MEMORY_MB", 64, 1_000_000),
    ("count_seconds", "HPI_COUNT_SECONDS", 1, 86_400),
    ("running", "HPI_JOBS", 1, 256),
    ("waiting", "HPI_JOBS_WAITING", 0, 10_000),
    ("kept", "HPI_JOBS_KEPT", 1, 10_000),
    ("patience", "HPI_JOB_PATIENCE_SECONDS", 5, 86_400),
)


@dataclass(frozen=True)
class JobLimits:
    """Limits of the jobs of one server.

    Parameters
    ----------
    seconds, memory_mb
        What one job may take.
    count_seconds
        What one may take that reads every row of a table larger than memory.
    running, waiting
        Jobs at a time, and in the queue behind them.
    kept
        Results that are kept.
    patience
        Seconds after which somebody who has not asked how a job stands is taken to have gone.
    """

    seconds: float = 300
    memory_mb: int = 2048
    count_seconds: float = 3600
    running: int = 1
    waiting: int = 20
    kept: int = 32
    patience: float = 90

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> JobLimits:
        """Return what HPI_JOB_SECONDS, HPI_JOBS... say; as many jobs as cores but one where they say nothing.

        Raises
        ------
        SettingsError
            If a variable is no whole number within its bounds, or none of these though it looks like one.
        """
        known = {variable for _, variable, _, _ in BOUNDS}
        for variable in environment:
            if variable.startswith("HPI_JOB") and variable not in known:
                raise SettingsError(f"{variable} is no setting; there are: {', '.join(sorted(known))}.")
        given: dict[str, int] = {"running": max(1, (os.cpu_count() or 1) - 1)}
        return cls(**(given | numbers(BOUNDS, environment)))

    def of_child(self, reads_all: bool = False) -> child.Limits:
        """Return what one child may take; `reads_all`: whether it reads every row of a table larger than memory."""
        return child.Limits(self.count_seconds if reads_all else self.seconds, self.memory_mb)
