"""How much a table may take: read once from the environment, refused where it makes no sense."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from hpi import child
from hpi.environment import numbers

MEGABYTE = 1_000_000
BOUNDS = (
    # field, variable, lowest, highest
    ("file_mb", "HPI_READ_FILE_MB", 1, 100_000),
    ("unpacked_mb", "HPI_READ_UNPACKED_MB", 1, 100_000),
    ("rows", "HPI_READ_ROWS", 2, 1_000_000_000),
    ("columns", "HPI_READ_COLUMNS", 2, 100_000),
    ("cells", "HPI_READ_CELLS", 4, 10_000_000_000),
    ("seconds", "HPI_READ_SECONDS", 1, 86_400),
    ("memory_mb", "HPI_READ_MEMORY_MB", 64, 1_000_000),
)


@dataclass(frozen=True)
class ReadLimits:
    """Limits of one table.

    Parameters
    ----------
    file_mb, unpacked_mb
        Megabytes (10^6 bytes) of a file, and of what an archive or a compressed file unpacks to.
    rows, columns, cells
        Of one table, and of all tables that are appended to each other.
    seconds, memory_mb
        What the child process that reads an upload may take.
    """

    file_mb: int = 200
    unpacked_mb: int = 200
    rows: int = 5_000_000
    columns: int = 1_000
    cells: int = 100_000_000
    seconds: int = 60
    memory_mb: int = 4096

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> ReadLimits:
        """Return what HPI_READ_ROWS, HPI_READ_CELLS... say, and the defaults where they say nothing.

        Raises
        ------
        SettingsError
            If a variable is no whole number within its bounds.
        """
        return cls(**numbers(BOUNDS, environment))

    @property
    def of_child(self) -> child.Limits:
        """What one child may take."""
        return child.Limits(self.seconds, self.memory_mb)

    @property
    def file_bytes(self) -> int:
        """Bytes of a file."""
        return self.file_mb * MEGABYTE

    @property
    def unpacked_bytes(self) -> int:
        """Bytes of what a file unpacks to."""
        return self.unpacked_mb * MEGABYTE
