"""The search space, and the trials as arrays: what a hyperparameter is, and where each trial lies in [0, 1]."""

from hpi.space.design import MAX_CELLS, Cells, Design
from hpi.space.hyperparameter import Domain, Floats, Hyperparameter, Integers, Kind, Mask, label_of
from hpi.space.ladder import Ladder

__all__ = [
    "MAX_CELLS",
    "Cells",
    "Design",
    "Domain",
    "Floats",
    "Hyperparameter",
    "Integers",
    "Kind",
    "Ladder",
    "Mask",
    "label_of",
]
