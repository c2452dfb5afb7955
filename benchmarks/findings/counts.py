"""What is counted over tables: rates with their intervals, false discoveries, wrong signs, coverage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import betaincinv

Table = dict[str, Any]


@dataclass(frozen=True)
class Counted:
    """Sentences about tables with planted effects.

    Attributes
    ----------
    tables, claims, false, wrong
        How many; a wrong sign is false too.
    fdr, fdr_se
        Mean over tables of false / max(1, claims), and its standard error.
    with_interval, covered
        Sentences whose interval has a truth, and those whose interval holds it.
    wanted, found
        Planted effects, and those of which a true sentence was said.
    """

    tables: int
    claims: int
    false: int
    wrong: int
    fdr: float
    fdr_se: float
    with_interval: int
    covered: int
    wanted: int
    found: int


def counted(tables: Iterable[Table], kind: str | None = None, strength: str | None = None) -> Counted:
    """Count the sentences of some tables: all of them, or those of one kind or strength."""
    every = list(tables)
    kept = [[one for one in t["said"] if kind in (None, one["kind"]) and strength in (None, one["strength"])]
            for t in every]  # fmt: skip
    said = [one for table in kept for one in table]
    shares = np.array([sum(one["is_false"] for one in table) / max(1, len(table)) for table in kept])
    known = [one["covered"] for one in said if one["covered"] is not None]
    return Counted(
        tables=len(every),
        claims=len(said),
        false=sum(one["is_false"] for one in said),
        wrong=sum(one["is_wrong"] for one in said),
        fdr=float(shares.mean()) if len(shares) else float("nan"),
        fdr_se=float(shares.std(ddof=1) / np.sqrt(len(shares))) if len(shares) > 1 else float("nan"),
        with_interval=len(known),
        covered=sum(known),
        wanted=sum(t["wanted"][0] for t in every),
        found=sum(t["wanted"][1] for t in every),
    )


def rate(part: int, whole: int) -> str:
    """Write a rate with its exact binomial interval (Clopper and Pearson 1934)."""
    if not whole:
        return ""
    low, high = limits(part, whole)
    return f"{part / whole:.3f} [{low:.3f}, {high:.3f}]"


def limits(part: int, whole: int) -> tuple[float, float]:
    """Return the ends of the exact 95 % interval of a rate."""
    low = float(betaincinv(part, whole - part + 1, 0.025)) if part else 0.0
    high = float(betaincinv(part + 1, whole - part, 0.975)) if part < whole else 1.0
    return low, high


def share(part: int, whole: int) -> str:
    """Write a rate in two digits; nothing where there is none."""
    return f"{part / whole:.2f}" if whole else ""


def rows(header: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """Write a table in Markdown; every line has a cell for each column."""
    every = [header, ["---"] * len(header), *lines]
    return "\n".join(
        "| " + " | ".join(str(cell) for cell, _ in zip(line, header, strict=True)) + " |" for line in every
    )
