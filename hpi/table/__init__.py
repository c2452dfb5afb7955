"""A table of trials, validated once.

`table` builds it. `trials` says which rows are one trial: `states` which ended well, `sentinels` whose metric stands
for a failure, `runs` which are epochs of one run, `epochs` which of these counts, `repeats` whether equal
configurations were planned. `fronts` ranks trials by several outcomes; `gaps` says which empty cells nothing explains,
`notices` what must be said. `frames` holds the cells of rows and trials, `fingerprint` tells tables apart.
"""

from hpi.table.table import TrialTable, build

__all__ = ["TrialTable", "build"]
