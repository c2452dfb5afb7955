"""Which hyperparameters decide whether a trial is among the best, and how sure that is.

>>> import hpi
>>> table = hpi.read("trials.csv")                                     # doctest: +SKIP
>>> hpi.importance(table, subspace=hpi.Subspace(target=0.05)).frame()  # doctest: +SKIP
"""

from hpi.comparison import Across, Agreement, Change, Comparison, Difference, across, agreement, difference
from hpi.errors import EstimatorError, HpiError, SpaceError, SubspaceError, TableError
from hpi.estimators import ESTIMATORS
from hpi.readers import READERS, read
from hpi.reporting import report
from hpi.results import ImportanceResult, PairScore, Score
from hpi.roles import Direction, Role
from hpi.scoring import importance
from hpi.space import Hyperparameter, Kind
from hpi.statements import Finding, Findings, findings
from hpi.subspace import Between, OneOf, Subspace
from hpi.table import TrialTable
from hpi.version import VERSION as __version__

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
