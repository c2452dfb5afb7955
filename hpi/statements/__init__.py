"""Sentences about a table, each with its evidence (public name: hpi.findings)."""

from __future__ import annotations

from hpi.statements.asking import findings, state, with_notices
from hpi.statements.finding import Finding, FindingKind, Findings, Line, Picture, Point, Strength

__all__ = [
    "Finding",
    "FindingKind",
    "Findings",
    "Line",
    "Picture",
    "Point",
    "Strength",
    "findings",
    "state",
    "with_notices",
]
