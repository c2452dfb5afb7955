"""f-ANOVA (`fanova.py`) and permutation importance (`permutation.py`) of one random forest."""

from hpi.estimators.forest.fanova import Fanova
from hpi.estimators.forest.permutation import Permutation

__all__ = ["Fanova", "Permutation"]
