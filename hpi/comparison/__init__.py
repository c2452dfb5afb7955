"""One question put to several estimators: how far their orders agree, and why two of them do not."""

from hpi.comparison.asking import Agreement, Comparison, agreement, compare
from hpi.comparison.ranks import ranks

__all__ = ["Agreement", "Comparison", "agreement", "compare", "ranks"]
