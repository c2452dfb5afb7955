"""Which hyperparameters decide whether a trial is among the best, and how sure that is.

>>> import hpi
>>> table = hpi.read("trials.csv")                                     # doctest: +SKIP
>>> hpi.importance(table, subspace=hpi.Subspace(target=0.05)).frame()  # doctest: +SKIP
"""

import importlib
from typing import TYPE_CHECKING, Any

from hpi.version import VERSION as __version__

if TYPE_CHECKING:
    from hpi.comparison import Across, Agreement, Change, Comparison, Difference, agreement
    from hpi.comparison.across import across
    from hpi.comparison.difference import difference
    from hpi.errors import EstimatorError, HpiError, SpaceError, SubspaceError, TableError
    from hpi.estimators import ESTIMATORS
    from hpi.filters import Between, OneOf
    from hpi.readers import READERS, read
    from hpi.reporting import report
    from hpi.results import ImportanceResult, PairScore, Score
    from hpi.roles import Direction, Role
    from hpi.scoring import importance
    from hpi.space import Hyperparameter, Kind
    from hpi.statements import Finding, Findings, findings
    from hpi.subspace import Subspace
    from hpi.table import TrialTable

# Imported when they are asked for: a child process that works for a page, and a page that is waited for, need some of
# them, and all together take a second.
_HOMES = (
    ("comparison", "Across", "Agreement", "Change", "Comparison", "Difference", "across", "agreement", "difference"),
    ("errors", "EstimatorError", "HpiError", "SpaceError", "SubspaceError", "TableError"),
    ("estimators", "ESTIMATORS"),
    ("filters", "Between", "OneOf"),
    ("readers", "READERS", "read"),
    ("reporting", "report"),
    ("results", "ImportanceResult", "PairScore", "Score"),
    ("roles", "Direction", "Role"),
    ("scoring", "importance"),
    ("space", "Hyperparameter", "Kind"),
    ("statements", "Finding", "Findings", "findings"),
    ("subspace", "Subspace"),
    ("table", "TrialTable"),
)

__all__ = [
    "ESTIMATORS",
    "READERS",
    "Across",
    "Agreement",
    "Between",
    "Change",
    "Comparison",
    "Difference",
    "Direction",
    "EstimatorError",
    "Finding",
    "Findings",
    "HpiError",
    "Hyperparameter",
    "ImportanceResult",
    "Kind",
    "OneOf",
    "PairScore",
    "Role",
    "Score",
    "SpaceError",
    "Subspace",
    "SubspaceError",
    "TableError",
    "TrialTable",
    "__version__",
    "across",
    "agreement",
    "difference",
    "findings",
    "importance",
    "read",
    "report",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Return what is public, and keep it; raises AttributeError for anything else."""
    for home, *names in _HOMES:
        if name in names:
            found = getattr(importlib.import_module(f"hpi.{home}"), name)
            globals()[name] = found
            return found
    raise AttributeError(f"module 'hpi' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return what is public."""
    return sorted(__all__)
