"""PED-ANOVA: the estimator (`anova.py`) and its parts."""

from hpi.estimators.ped.anova import PedAnova

__all__ = ["PedAnova"]
