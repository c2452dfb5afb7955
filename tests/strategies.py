"""Tables with made-up values: one a kind of export (by its header), and those that hypothesis draws."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import strategies as st

N = 60


def _moments(n: int) -> list[str]:
    return [f"2026-03-01 10:{i // 60:02d}:{i % 60:02d}.5" for i in range(n)]


def cells(name: str, n: int, rng: np.random.Generator) -> object:
    """Made-up cells such as an export has them under this name; floats where the name says nothing."""
    makers = {
        "counter": lambda: np.arange(n),
        "moment": lambda: _moments(n),
        "span": lambda: [f"0 days 00:00:{i % 60:02d}.001" for i in range(n)],
        "state": lambda: ["COMPLETE"] * (n - 3) + ["PRUNED", "FAIL", "RUNNING"],
        "key": lambda: [f"{i * 7919 % 104729:08x}" for i in range(n)],
        "word": lambda: rng.choice(["north", "south"], n),
        "level": lambda: rng.choice(["adam", "rmsprop", "sgd"], n),
        "few": lambda: rng.integers(1, 9, n),
        "fidelity": lambda: rng.choice([1, 3, 9], n),
        "stamp": lambda: rng.integers(1_790_000_000, 1_790_100_000, n),
        "lr": lambda: 10 ** np.linspace(-5, -1, n)[rng.permutation(n)],
        "text": lambda: [str({"x": i}) for i in range(n)],
        "path": lambda: [f"/tmp/run/{i}" for i in range(n)],
        "mostly empty": lambda: [0.1, 0.2] + [None] * (n - 2),
        "seed": lambda: rng.integers(0, 1000, n),
        "flag": lambda: rng.choice([True, False], n),
        "goal": lambda: ["minimize"] * n,
        "metric name": lambda: ["val_loss"] * n,
    }
    return makers[OF[name]]() if name in OF else rng.random(n)


OF = {
    name: maker
    for maker, names in {
        "counter": "number Number tid misc.tid trial_index system_attrs_grid_id",
        "moment": "datetime_start datetime_complete start_time end_time book_time refresh_time Created date",
        "span": "duration",
        "state": "state State status trial_status Status",
        "key": "run_id trial_id trialName trialJobId arm_name Name uid from_uid logdir checkpoint_dir_name Notes "
        "artifact_uri tags.mlflow.parentRunId tags.mlflow.runName config_id",
        "word": "experiment_id tags.mlflow.user tags.mlflow.source.name tags.mlflow.source.type tags.stage Agent User "
        "Tags Sweep method program generation_node hostname node_ip spec exp_key owner version misc.cmd misc.workdir "
        "best_metric done system_attrs_search_space",
        "level": "params_opt params.opt opt optimizer model_type wavelet config/net/act",
        "few": "params_depth params.depth depth param_max_depth param_min_samples_leaf batch_size hidden num-layers "
        "param_randomforestclassifier__min_samples_leaf param_randomforestclassifier__max_depth config/net/depth "
        "rank_test_accuracy rank_test_score misc.vals.depth Runtime",
        "fidelity": "epoch budget training_iteration iter n_resources",
        "stamp": "timestamp pid",
        "lr": "lr params_lr params.lr config/lr misc.vals.lr",
        "text": "params intermediate system_attrs_tpe:relative_params:0",
        "path": "output_dir",
        "mostly empty": "parameters.lr",
        "seed": "seed",
        "goal": "metric.goal",
        "metric name": "metric.name",
    }.items()
    for name in names.split()
} | {"KFP Run": "key"}


def made_up(names: list[str], n: int = N, seed: int = 0) -> pd.DataFrame:
    """A table with this header, the same for every order of the names."""
    return pd.DataFrame({name: cells(name, n, np.random.default_rng([seed, *name.encode()])) for name in names})


_KINDS = ("float", "log", "int", "level", "flag", "conditional")


def _drawn(kind: str, n: int, rng: np.random.Generator) -> object:
    if kind == "float":
        return rng.normal(size=n)
    if kind == "log":
        return 10 ** rng.uniform(-6, 0, n)
    if kind == "int":
        return rng.integers(1, 6, n)
    if kind == "level":
        return rng.choice(["a", "b", "None", "NA"], n)
    if kind == "flag":
        return rng.choice([True, False], n)
    return np.where(rng.random(n) < 0.4, np.nan, rng.random(n))


@st.composite
def searches(draw: st.DrawFn, min_rows: int = 20, max_rows: int = 60) -> pd.DataFrame:
    """A search: hyperparameters of mixed kinds, context, outcomes that are partly missing, in any order of columns."""
    n = draw(st.integers(min_rows, max_rows))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kinds = draw(st.lists(st.sampled_from(_KINDS), min_size=1, max_size=5))
    columns = {f"h{i}_{kind}": _drawn(kind, n, rng) for i, kind in enumerate(kinds)}
    for name, maker in {
        "seed": lambda: rng.integers(0, 3, n),
        "dataset": lambda: rng.choice(["x", "y"], n),
        "epoch": lambda: rng.integers(1, 4, n),
        "state": lambda: rng.choice(["COMPLETE", "FAIL"], n, p=[0.9, 0.1]),
        "runtime": lambda: rng.random(n),
        "weight_decay": lambda: np.full(n, 0.1),
    }.items():
        if draw(st.booleans()):
            columns[name] = maker()
    columns["val_loss"] = np.where(rng.random(n) < 0.05, np.nan, np.round(rng.normal(size=n), 2))
    return pd.DataFrame({name: columns[name] for name in draw(st.permutations(sorted(columns)))})
