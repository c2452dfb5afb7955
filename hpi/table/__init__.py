"""A table of trials, validated once.

`table` builds it, `trials` says which rows are one trial, `repeats` whether equal configurations were planned, `gaps`
which empty cells nothing explains.
"""

from hpi.table.table import TrialTable, build

__all__ = ["TrialTable", "build"]
