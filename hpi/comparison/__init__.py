"""One question put to several estimators, or to every dataset: how far the answers agree, and why two do not."""

from hpi.comparison.across import Across, across
from hpi.comparison.asking import Agreement, Comparison, agreement, compare
from hpi.comparison.difference import Change, Difference, difference
from hpi.comparison.parts import Parts, columns, divided
from hpi.comparison.ranks import ranks

__all__ = [
    "Across",
    "Agreement",
    "Change",
    "Comparison",
    "Difference",
    "Parts",
    "across",
    "agreement",
    "columns",
    "compare",
    "difference",
    "divided",
    "ranks",
]
