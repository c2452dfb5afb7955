"""Which metrics a search looked at: said by the source, by an export's own marks, or the one that is explained."""

from __future__ import annotations

import numpy as np
import pandas as pd

import hpi
from hpi.roles import Direction, Objective
from hpi.roles.searched import ends_of

RNG = np.random.default_rng(0)


def table(*names: str) -> hpi.TrialTable:
    return hpi.read(pd.DataFrame({name: RNG.random(30) for name in names}))


def test_an_export_of_optuna_marks_what_the_study_optimised():
    found = table("number", "values_loss", "values_acc", "params_x", "params_y")
    assert [one.name for one in found.objectives] == ["values_loss", "values_acc"]
    assert found.objectives[0] == Objective("values_loss", Direction.MINIMIZE)


def test_what_mlflow_logged_is_not_what_a_search_looked_at():
    found = table("run_id", "metrics.val_loss", "metrics.train_time", "params.lr", "params.depth")
    assert [one.name for one in found.objectives] == ["metrics.val_loss"]


def test_a_plain_table_has_its_metric_and_one_without_has_none():
    assert table("lr", "depth", "val_loss").objectives == (Objective("val_loss", Direction.MINIMIZE),)
    nothing = hpi.read(pd.DataFrame({"a": list("xyxyxyxy"), "b": [1, 2, 1, 2, 3, 3, 1, 1]}))
    assert nothing.objectives == ()


def test_only_outcomes_with_a_known_end_can_be_ranked_together():
    found = table("lr", "val_loss", "accuracy", "metrics.thing")
    ends = ends_of(found.columns, found.objectives)
    assert ends["val_loss"] is Direction.MINIMIZE
    assert ends["accuracy"] is Direction.MAXIMIZE
    assert "metrics.thing" not in ends
    assert "lr" not in ends
