"""The packages people use, each as a function from a table to importances in column order.

They are imported where they are used: they live in an environment of their own (requirements-peers.txt).
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.speed.tables import METRIC
from hpi.space import Floats

if TYPE_CHECKING:
    from optuna import Study

TREES = 64


def installed() -> bool:
    """Whether the peers are there."""
    return all(find_spec(name) is not None for name in ("optuna", "skrebate"))


def versions() -> str:
    """Name the peers with their versions."""
    from importlib.metadata import version

    return ", ".join(f"{name} {version(name)}" for name in ("optuna", "skrebate"))


def study(trials: pd.DataFrame) -> Study:
    """Return an Optuna study in memory that holds the trials of a table."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    space = {str(name): optuna.distributions.FloatDistribution(0, 1) for name in trials.columns if name != METRIC}
    built = optuna.create_study(direction="minimize")
    built.add_trials(
        [
            optuna.trial.create_trial(
                params={name: value for name, value in row.items() if name != METRIC},
                distributions=space,
                value=row[METRIC],
            )
            for row in trials.to_dict("records")
        ]
    )
    return built


def optuna_ped_anova(study: Study) -> Floats:
    """Ask Optuna for its PED-ANOVA of the best tenth."""
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances

    return _ordered(get_param_importances(study, evaluator=PedAnovaImportanceEvaluator(target_quantile=0.1)))


def optuna_fanova(study: Study) -> Floats:
    """Ask Optuna for its f-ANOVA: main effects of 64 trees."""
    from optuna.importance import FanovaImportanceEvaluator, get_param_importances

    return _ordered(get_param_importances(study, evaluator=FanovaImportanceEvaluator(n_trees=TREES, seed=0)))


def skrebate_relieff(trials: pd.DataFrame) -> Floats:
    """Ask scikit-rebate for the weights of its ReliefF, 10 neighbours, on the metric itself."""
    from skrebate import ReliefF

    fitted = ReliefF(n_features_to_select=1, n_neighbors=10, n_jobs=1).fit(
        trials.drop(columns=METRIC).to_numpy(), trials[METRIC].to_numpy()
    )
    return np.asarray(fitted.feature_importances_, dtype=float)


def _ordered(importances: dict[str, float]) -> Floats:
    """Optuna sorts by importance: bring the values back into column order."""
    return np.array([importances[name] for name in sorted(importances)])
