"""The linear model with interactions: says whether a regression would do."""

from hpi.estimators.linear.model import Linear

__all__ = ["Linear"]
