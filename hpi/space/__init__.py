"""The search space, and the trials as arrays: what a hyperparameter is, and where each trial lies in [0, 1]."""

from hpi.space.cells import MAX_CELLS, Cells, Edges
from hpi.space.design import Design
from hpi.space.hyperparameter import Domain, Floats, Hyperparameter, Integers, Kind, Mask, label_of
from hpi.space.ladder import Ladder
from hpi.space.tallies import Tallies

__all__ = [
    "MAX_CELLS",
    "Cells",
    "Design",
    "Domain",
    "Edges",
    "Floats",
    "Hyperparameter",
    "Integers",
    "Kind",
    "Ladder",
    "Mask",
    "Tallies",
    "label_of",
]
