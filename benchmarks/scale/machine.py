"""Where it runs: cores, memory, versions, and how busy it was before."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = {"numpy": "NumPy", "pyarrow": "PyArrow", "pandas": "pandas", "duckdb": "DuckDB", "polars": "Polars"}


def described() -> str:
    """Return it in words."""
    versions = ", ".join(f"{title} {known}" for name, title in PACKAGES.items() if (known := _version(name)))
    return (
        f"{os.cpu_count()} cores, {_memory()}, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, {versions}; load average before the run {os.getloadavg()[0]:.1f}"
    )


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _memory() -> str:
    told = Path("/proc/meminfo").read_text(encoding="utf-8").splitlines()
    kib = next(int(line.split()[1]) for line in told if line.startswith("MemTotal:"))
    return f"{kib * 1024 / 1e9:.0f} GB of memory"
