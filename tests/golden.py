"""Tables of ../shared/golden with their declared spaces and expected numbers; skipped where they are not there."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import hpi

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "golden"


def _floats(low: float, high: float, names: str) -> dict[str, Any]:
    return {name: {"kind": "float", "low": low, "high": high} for name in names.split()}


def _by_c(first: tuple[float, float], second: tuple[float, float]) -> dict[str, Any]:
    domains = [
        {"when": {"c": list(c)}, "low": low, "high": high} for c, (low, high) in (((0, 0.5), first), ((0.5, 1), second))
    ]
    return {"kind": "float", "domains": domains}


SPACES: dict[str, dict[str, Any]] = {
    "ped_toy_1000": _floats(-5, 5, "x0 x1 x2 x3"),
    "ped_toy_10000": _floats(-5, 5, "x0 x1 x2 x3"),
    "ishigami": _floats(-math.pi, math.pi, "x1 x2 x3"),
    "additive": _floats(0, 1, "a b c d"),
    "xor": _floats(0, 1, "p q r"),
    "conditional_activation": {**_floats(0, 1, "c"), **_floats(-5, -2, "x"), **_floats(2, 5, "y")},
    "conditional_domain": {
        **_floats(0, 1, "c"),
        "x": _by_c((-7, -2), (2, 7)),
        "y": _by_c((-5, -2), (2, 5)),
    },
    "mixed": {
        "lr": {"kind": "float", "low": 1e-5, "high": 0.1, "log": True},
        "optimizer": {"kind": "category", "levels": ["sgd", "adam", "rmsprop"]},
        "n_layers": {"kind": "int", "low": 1, "high": 6},
        "batch_size": {"kind": "int", "low": 16, "high": 512, "log": True},
        "dropout": {"kind": "float", "low": 0, "high": 0.6},
    },
    "cat10": {"c": {"kind": "category", "levels": [f"k{i}" for i in range(10)]}, **_floats(0, 1, "x")},
}


def expected(name: str) -> dict[str, Any]:
    """All that is known of a table."""
    if not FOLDER.exists():
        pytest.skip("the reference numbers are not here")
    return json.loads((FOLDER / "expected.json").read_text())[name]


@cache
def table(name: str) -> hpi.TrialTable:
    """The table with its declared space."""
    if not FOLDER.exists():
        pytest.skip("the reference numbers are not here")
    metric = "accuracy" if name == "mixed" else "loss"
    direction = "maximize" if name == "mixed" else "minimize"
    return hpi.read(FOLDER / f"{name}.csv", space=SPACES[name], metric=metric, direction=direction)
