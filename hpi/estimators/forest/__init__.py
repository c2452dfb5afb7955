"""f-ANOVA (`fanova.py`) and permutation importance (`permutation.py`) of one random forest."""

from hpi.estimators.forest.fanova import Fanova

__all__ = ["Fanova"]
