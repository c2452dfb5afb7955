"""How trials ended, in the words of each tracker: counted as they stand, partial values never taken for results."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hpi
from hpi.roles import Role
from hpi.table import TrialTable
from tests.strategies import made_up

N = 60


def search(**columns: object) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"lr": 10 ** rng.uniform(-5, -1, N), "opt": rng.choice(["adam", "sgd"], N)})
    return frame.assign(**columns).assign(loss=rng.random(N))


def said(table: TrialTable, *words: str) -> None:
    assert any(all(word in notice for word in words) for notice in table.notices), table.notices


# ---------------------------------------------------------------- counted


def test_states_are_counted_as_they_stand_over_all_rows() -> None:
    state = ["TrialState.COMPLETE"] * 40 + ["TrialState.PRUNED"] * 10 + ["TrialState.FAIL"] * 5 + [None] * 5
    frame = search(state=state)
    frame.loc[:4, "loss"] = np.nan
    wanted = (("TrialState.COMPLETE", 40), ("TrialState.PRUNED", 10), ("(empty)", 5), ("TrialState.FAIL", 5))
    assert hpi.read(frame).states == wanted
    assert hpi.read(frame.sample(frac=1, random_state=0)).states == wanted
    assert hpi.read(frame, roles={"state": "context"}).states == wanted


def test_without_a_column_that_says_there_are_none() -> None:
    assert hpi.read(search()).states == ()
    assert hpi.read(search(state=["solid", "liquid", "gas"] * 20)).states == ()


def test_one_state_for_all_is_counted_too() -> None:
    assert hpi.read(search(status="FINISHED")).states == (("FINISHED", N),)


def test_words_are_counted_where_a_number_says_it_too() -> None:
    frame = made_up(["tid", "result.loss", "misc.vals.lr", "misc.tid"]).assign(state=[2] * 57 + [3] * 3)
    frame["result.status"] = ["ok"] * 57 + ["fail"] * 3
    table = hpi.read(frame)
    assert table.states == (("ok", 57), ("fail", 3))
    assert dict(table.excluded) == {"state is 3": 3}


# ---------------------------------------------------------------- the words of each tracker


@pytest.mark.parametrize(
    ("name", "done", "others"),
    [
        ("state", "COMPLETE", ["PRUNED", "FAIL", "RUNNING", "WAITING"]),
        ("state", "TrialState.COMPLETE", ["TrialState.PRUNED", "TrialState.FAIL"]),
        ("State", "finished", ["failed", "crashed", "running", "killed"]),
        ("status", "FINISHED", ["FAILED", "KILLED", "RUNNING", "SCHEDULED"]),
        ("Status", "Succeeded", ["EarlyStopped", "Failed", "MetricsUnavailable", "Killed", "Running"]),
        ("TrainingJobStatus", "Completed", ["Stopped", "Failed", "InProgress"]),
        ("status", "StatusType.SUCCESS", ["StatusType.CRASHED", "StatusType.TIMEOUT", "StatusType.MEMORYOUT"]),
        ("status", "SUCCESS", ["TIMEOUT", "MEMORYOUT", "CRASHED", "ABORTED", "NOT_EVALUATED", "UNKNOWN"]),
        ("trial_status", "COMPLETED", ["ABANDONED", "EARLY_STOPPED", "FAILED", "CANDIDATE"]),
        ("status", "TERMINATED", ["ERROR", "PENDING", "PAUSED"]),
        ("st_status", "completed", ["stopped", "failed", "in_progress"]),
    ],
    ids=["Optuna", "Optuna's enum", "W&B", "MLflow", "Katib", "SageMaker", "SMAC's enum", "SMAC", "Ax", "Ray",
         "Syne Tune"],
)  # fmt: skip
def test_a_partial_value_is_no_result(name: str, done: object, others: list[object]) -> None:
    n_each = 3
    ends = [other for other in others for _ in range(n_each)]
    frame = search(**{name: [done] * (N - len(ends)) + ends})
    frame.loc[N - len(ends) :, "loss"] = -1.0  # better than all, if it counted
    table = hpi.read(frame)
    assert dict(table.excluded) == {f"{name} is {other}": n_each for other in others}
    assert table.trials["loss"].min() >= 0
    assert dict(table.states) == {str(done): N - len(ends)} | {str(other): n_each for other in others}


def test_done_of_ray_is_no_failure() -> None:
    frame = made_up(["config/lr", "config/net/depth", "trial_id", "training_iteration", "time_total_s", "val_loss"])
    table = hpi.read(frame.assign(done=[True] * 20 + [False] * 40))
    assert len(table.trials) == N
    assert table.states == ()


def test_most_runs_of_weights_and_biases_may_have_failed() -> None:
    table = hpi.read(search(State=["failed"] * 50 + ["finished"] * 10))
    assert len(table.trials) == 10
    assert table.states == (("failed", 50), ("finished", 10))
    said(table, "Attention", "only 10 of the 60", "the other 50 were left out", "make State a context column")
    assert len(table.revise(roles=(("State", Role.CONTEXT),)).trials) == N


# ---------------------------------------------------------------- bare numbers


@pytest.mark.parametrize(
    ("name", "codes", "there"),
    [
        ("status", [0] * 40 + [1] * 20, "0: 40, 1: 20"), ("status", [1] * 50 + [2] * 10, "1: 50, 2: 10"),
        ("state", ["0"] * 59 + ["1"], "0: 59, 1: 1"), ("State", [1.0] * 30 + [0.0] * 25 + [None] * 5, "0: 25, 1: 30"),
        ("status", [0] * 57 + [137] * 3, "0: 57, 137: 3"), ("trial_state", [3, 0] * 30, "0: 30, 3: 30"),
        ("exit_status", [0] * 58 + [1] * 2, "0: 58, 1: 2"), ("run_status", [-1, 1] * 30, "-1: 30, 1: 30"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("shuffled", [False, True])
def test_of_a_bare_number_nobody_knows_whether_it_is_a_success(
    name: str, codes: list[object], there: str, shuffled: bool
) -> None:
    frame = search(**{name: codes})
    table = hpi.read(frame.sample(frac=1, random_state=0) if shuffled else frame)
    assert table.excluded == ()
    assert len(table.trials) == N
    assert [h.name for h in table.hyperparameters] == ["lr", "opt"]
    assert {f"{label}: {n}" for label, n in table.states if label != "(empty)"} == set(there.split(", "))
    about = [notice for notice in table.notices if notice.startswith(name)]
    assert about == [
        f"{name} holds bare numbers ({there}); which of them is a success is not known, so all rows were kept. "
        f"Filter them (make {name} a context column), or take those of failed trials out of the file."
    ]
    assert not any(name in notice for notice in table.revise(roles=((name, Role.CONTEXT),)).notices)


def test_one_number_for_all_leaves_nothing_to_ask() -> None:
    table = hpi.read(search(status=0))
    assert (table.states, len(table.trials)) == ((("0", N),), N)
    assert not any("bare numbers" in notice for notice in table.notices)


def test_words_beside_a_bare_number_decide() -> None:
    table = hpi.read(search(status=[0, 1] * 30, state=["COMPLETE"] * 55 + ["FAIL"] * 5))
    assert dict(table.excluded) == {"state is FAIL": 5}
    assert not any("bare numbers" in notice for notice in table.notices)


# smac.runhistory.StatusType, optuna.trial.TrialState, hyperopt.JOB_STATES, deepcave.runs.status.Status
@pytest.mark.parametrize(
    ("header", "name", "success", "others"),
    [
        (["config_id", "seed", "cost", "time", "starttime", "endtime", "lr", "depth"], "status", 1, [2, 3, 4, 5, 8]),
        (["config_id", "instance", "budget", "cost", "lr", "depth"], "status", 1, [2, 3]),
        (["number", "value", "params_lr", "params_opt"], "state", 1, [0, 2, 3, 4]),
        (["tid", "result.loss", "misc.vals.lr", "misc.tid"], "state", 2, [0, 1, 3, 4]),
        (["config_id", "metric:loss", "start_time", "end_time", "lr", "depth"], "status", 1, [2, 3, 4, 5, 6]),
    ],
    ids=["SMAC", "SMAC with instances", "Optuna", "Hyperopt", "DeepCAVE"],
)
def test_numbers_are_states_where_the_export_is_known(
    header: list[str], name: str, success: int, others: list[int]
) -> None:
    ends = [other for other in others for _ in range(3)]
    frame = made_up(header).assign(**{name: [success] * (N - len(ends)) + ends})
    assert dict(hpi.read(frame).excluded) == {f"{name} is {other}": 3 for other in others}
    # a number that the export does not write is somebody's own
    foreign = hpi.read(frame.replace({name: {others[-1]: 10}}))
    assert foreign.excluded == ()
    said(foreign, f"{name} holds bare numbers", f"{success}: {N - len(ends)}", "all rows were kept")


# ---------------------------------------------------------------- nothing ended well


@pytest.mark.parametrize(
    ("states", "what"),
    [
        (["PRUNED"] * N, "(PRUNED); all of them were kept, and partial values"),
        (["FAIL"] * 10 + ["PRUNED"] * 50, "(FAIL, PRUNED); all of them were kept, and partial values"),
        (["RUNNING"] * N, "(RUNNING); all of them were kept, and partial values"),
        (["FAIL"] * N, "(FAIL); all of them were kept, and values of trials that did not end well"),
    ],
)
def test_values_of_no_ended_trial_are_said_loudly(states: list[str], what: str) -> None:
    table = hpi.read(search(state=states))
    assert len(table.trials) == N
    wanted = f"Attention: state says of no trial with a finite metric that it ended well {what} are being counted"
    assert sum(notice.startswith(wanted) for notice in table.notices) == 1


def test_only_the_states_of_what_is_kept_are_named() -> None:
    frame = search(state=["PRUNED"] * 50 + ["COMPLETE"] * 10)
    frame.loc[50:, "loss"] = np.nan
    table = hpi.read(frame)
    assert len(table.trials) == 50
    said(table, "Attention: state says of no trial", "(PRUNED)", "partial values are being counted as results")


# ---------------------------------------------------------------- rows that hold no trial


def test_a_row_without_any_hyperparameter_is_no_trial() -> None:
    frame = made_up(["run_id", "status", "metrics.val_loss", "params.lr", "params.opt"]).astype(object)
    frame["status"] = "FINISHED"
    frame.loc[[0, 30], ["params.lr", "params.opt"]] = None
    frame.loc[0, "metrics.val_loss"] = None
    table = hpi.read(frame)
    assert dict(table.excluded) == {"no finite value of metrics.val_loss": 1, "no hyperparameter has a value": 1}
    assert not {0, 30} & set(table.trials.index)


def test_leaving_out_most_rows_for_want_of_a_hyperparameter_is_said_loudly() -> None:
    rng, hole = np.random.default_rng(0), np.arange(N) < 40
    frame = pd.DataFrame({"a": np.where(hole, np.nan, rng.random(N)), "b": np.where(hole, np.nan, rng.random(N))})
    said(hpi.read(frame.assign(loss=rng.random(N))), "Attention", "in 40 of 60 rows no hyperparameter has a value")


def test_rows_in_which_every_hyperparameter_may_be_none_are_trials() -> None:
    rng = np.random.default_rng(0)
    depth, features = rng.choice([0, 5, 10], N), rng.choice(["", "sqrt", "log2"], N)
    frame = pd.DataFrame({"max_depth": np.where(depth == 0, np.nan, depth), "max_features": features})
    frame = frame.assign(loss=rng.random(N))
    assert (frame["max_depth"].isna() & (frame["max_features"] == "")).any()
    assert len(hpi.read(frame).trials) == N


def test_a_row_with_a_hyperparameter_that_does_not_vary_is_a_trial() -> None:
    hole = np.arange(N) < 10
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": np.where(hole, np.nan, rng.random(N)), "b": np.where(hole, np.nan, rng.random(N))})
    reason = "no hyperparameter has a value"
    assert reason not in dict(hpi.read(frame.assign(depth=3, loss=rng.random(N))).excluded)
    assert dict(hpi.read(frame.assign(loss=rng.random(N))).excluded) == {reason: 10}


# ---------------------------------------------------------------- repeats that a reader knows


def test_instances_that_the_source_names_are_averaged_and_no_evidence_of_their_own() -> None:
    from hpi.roles import ContextKind, Reading
    from hpi.table import build

    rng = np.random.default_rng(0)
    n_rows = rng.integers(1, 6, 25)
    of = np.repeat(np.arange(25), n_rows)
    frame = pd.DataFrame({"lr": rng.random(25)[of], "which": [f"i{k}" for n in n_rows for k in range(n)]})
    frame = frame.assign(cost=rng.random(len(of)))
    reading = Reading("SMAC", contexts=(("which", ContextKind.REPEAT),))
    table = build(frame, "runhistory", None, reading)
    assert len(table.trials) == 25
    assert table.trials["cost"].tolist() == pytest.approx(frame.groupby(of)["cost"].mean().tolist(), abs=1e-15)
    said(table, "25 configurations, averaged over which, 1 to 5 rows each")
    kept = table.revise(repeats="keep")
    assert len(kept.trials) == len(frame)
    assert pd.Series(kept.unit).groupby(of).nunique().tolist() == [1] * 25


def test_the_pruned_trials_of_a_real_table_do_not_count(shared: Path) -> None:
    path = shared / "tables" / "optuna_a2c_cartpole.csv"
    table = hpi.read(path)
    raw = pd.read_csv(path)
    assert dict(table.states) == raw["state"].value_counts().to_dict()
    assert sorted(table.trials["value"]) == sorted(raw.loc[raw["state"] == "COMPLETE", "value"])
