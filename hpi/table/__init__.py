"""A table of trials, validated once.

`table` builds it, `trials` says which rows are one trial, `repeats` whether equal configurations were planned, `gaps`
which empty cells nothing explains, `notices` what must be said of it.
"""

from hpi.table.table import TrialTable, build

__all__ = ["TrialTable", "build"]
