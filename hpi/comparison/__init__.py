"""One question put to several estimators: how far their orders agree, and why two of them do not."""

from hpi.comparison.asking import Agreement, Comparison, agreement, compare
from hpi.comparison.difference import Change, Difference, difference
from hpi.comparison.ranks import ranks

__all__ = ["Agreement", "Change", "Comparison", "Difference", "agreement", "compare", "difference", "ranks"]
