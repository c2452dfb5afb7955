"""What is asked, by name: each answers the same question in its own way."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

NAMES = ("ours", "duckdb", "polars", "everything")
_MODULES = {"ours": "common", "duckdb": "sql", "polars": "expressions", "everything": "everything"}


def engine(name: str) -> ModuleType:
    """Return the module of an engine, which has `answer(folder, question)`; the package it needs is imported there."""
    return import_module(f"benchmarks.scale.engines.{_MODULES[name]}")
