"""Roles: expected by hand for every kind of export, the real tables where they are, and names that mislead."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hpi
from hpi.errors import SpaceError, TableError
from hpi.readers import Opened, ReadLimits
from hpi.readers.loading import load_opened
from hpi.readers.protocol import Wanted
from hpi.roles import infer
from hpi.roles.by_itself import Column
from hpi.roles.choices import Choices, Declaration
from hpi.roles.meant import direction_of
from hpi.roles.measures import BAD, COSTLY, GOOD, THROUGHPUT
from hpi.roles.outcomes import outcome_of
from hpi.roles.sources import SOURCES, detect
from hpi.roles.vocabulary import ContextKind, Direction, Role, context_of, words_of
from hpi.space import Kind
from hpi.table import build
from hpi.words.spreadsheet import as_csv
from tests.readers.stored_studies import bohb_result, keras_trial, lines, packed, run_history, smac_run
from tests.strategies import made_up, searches


def short(column: Column) -> str:
    """One word a column: M min, M max, M ?; float, int, category, bool, with log; task, repeat, fidelity; -."""
    if column.role is Role.METRIC:
        return {Direction.MINIMIZE: "M min", Direction.MAXIMIZE: "M max", None: "M ?"}[column.direction]
    if column.role is Role.HYPERPARAMETER:
        return f"{column.kind}{' log' if column.log else ''}"
    if column.role is Role.CONTEXT:
        return str(column.context or "context")
    return "-"


def roles(frame: pd.DataFrame, choices: Choices | None = None) -> dict[str, str]:
    return {column.name: short(column) for column in infer(frame, choices)}


def the(frame: pd.DataFrame, name: str, choices: Choices | None = None) -> Column:
    return next(column for column in infer(frame, choices) if column.name == name)


def expected(text: str) -> dict[str, str]:
    """Roles written as 'name = short' lines."""
    return dict(re.fullmatch(r"\s*(.+?) = (.+?)\s*", line).groups() for line in text.strip().splitlines())


# ---------------------------------------------------------------- exports, by their headers

EXPORTS = {
    "optuna_trials_dataframe": """
        number = -
        value = M ?
        datetime_start = -
        datetime_complete = -
        duration = -
        params_depth = int
        params_lr = float log
        params_momentum = float
        params_opt = category
        user_attrs_acc = -
        system_attrs_tpe:relative_params:0 = -
        state = -""",
    "optuna_named": """
        number = -
        value_val_loss = M min
        datetime_start = -
        datetime_complete = -
        duration = -
        params_lr = float log
        state = -""",
    "optuna_multi": """
        number = -
        values_0 = M ?
        values_1 = -
        datetime_start = -
        datetime_complete = -
        duration = -
        params_x = float
        params_y = float
        state = -""",
    "optuna_multi_named": """
        number = -
        values_loss = -
        values_acc = M max
        datetime_start = -
        datetime_complete = -
        duration = -
        params_x = float
        params_y = float
        state = -""",
    "optuna_grid": """
        number = -
        value = M ?
        datetime_start = -
        datetime_complete = -
        duration = -
        params_x = float
        params_y = float
        system_attrs_grid_id = -
        system_attrs_search_space = -
        state = -""",
    "optuna_dashboard_csv": """
        Number = -
        State = -
        Value = M ?
        Param x = float
        Param y = float
        UserAttribute acc = -""",
    "sklearn_multi": """
        mean_fit_time = -
        std_fit_time = -
        mean_score_time = -
        std_score_time = -
        param_randomforestclassifier__min_samples_leaf = int
        param_randomforestclassifier__max_depth = int
        params = -
        split0_test_accuracy = -
        mean_test_accuracy = M max
        std_test_accuracy = -
        rank_test_accuracy = -
        mean_test_f1_macro = -""",
    "sklearn_halving": """
        iter = fidelity
        n_resources = fidelity
        mean_fit_time = -
        std_fit_time = -
        mean_score_time = -
        std_score_time = -
        param_min_samples_leaf = int
        param_max_depth = int
        params = -
        mean_test_score = M max
        rank_test_score = -""",
    "mlflow_search_runs": """
        run_id = -
        experiment_id = -
        status = -
        artifact_uri = -
        start_time = -
        end_time = -
        metrics.val_loss = M min
        params.lr = float log
        params.opt = category
        params.depth = int
        tags.mlflow.parentRunId = -
        tags.mlflow.user = -
        tags.mlflow.source.name = -
        tags.mlflow.source.type = -
        tags.stage = -
        tags.mlflow.runName = -""",
    "ray_resultgrid": """
        loss = -
        acc = M max
        timestamp = -
        checkpoint_dir_name = -
        done = -
        training_iteration = fidelity
        trial_id = -
        date = -
        time_this_iter_s = -
        time_total_s = -
        pid = -
        hostname = -
        node_ip = -
        time_since_restore = -
        iterations_since_restore = -
        config/lr = float log
        config/net/depth = int
        config/net/act = category
        logdir = -""",
    "ax_summarize": """
        trial_index = -
        arm_name = -
        trial_status = -
        generation_node = -
        loss = M min
        lr = float log
        opt = category""",
    "hyperopt_json_normalize": """
        state = -
        tid = -
        spec = -
        exp_key = -
        owner = -
        version = -
        book_time = -
        refresh_time = -
        result.loss = M min
        result.status = -
        result.acc = -
        misc.tid = -
        misc.cmd = -
        misc.workdir = -
        misc.idxs.depth = -
        misc.idxs.lr = -
        misc.vals.depth = int
        misc.vals.lr = float log""",
    "hiplot": """
        uid = -
        from_uid = -
        loss = M min
        lr = float log
        opt = category""",
    "wandb_ui": """
        Name = -
        Agent = -
        State = -
        Notes = -
        User = -
        Tags = -
        Created = -
        Runtime = -
        Sweep = -
        batch_size = int
        lr = float log
        method = -
        metric.goal = -
        metric.name = -
        model_type = category
        output_dir = -
        parameters.lr = -
        program = -
        wavelet = category
        best_loss = -
        best_metric = -
        epoch = fidelity
        eval/mse_mean = -
        train_loss = -
        val_loss = M min""",
    "katib_ui": """
        trialName = -
        Status = -
        Validation-accuracy = M max
        Train-accuracy = -
        lr = float log
        num-layers = int
        optimizer = category
        KFP Run = -""",
    "nni_csv": """
        lr = float log
        hidden = int
        reward = M max
        trialJobId = -
        intermediate = -""",
    "deepcave_csv": """
        config_id = -
        alpha = float
        depth = int
        metric:normal [0.0; 1.0] (maximize) = M max
        status = -
        start_time = -
        end_time = -
        budget = fidelity
        seed = repeat""",
}


@pytest.mark.parametrize("export", EXPORTS)
def test_roles_in_every_kind_of_export(export: str) -> None:
    wanted = expected(EXPORTS[export])
    assert roles(made_up(list(wanted))) == wanted


@pytest.mark.parametrize("export", EXPORTS)
def test_the_order_of_columns_does_not_matter(export: str) -> None:
    wanted = expected(EXPORTS[export])
    for names in (sorted(wanted), sorted(wanted, reverse=True)):
        assert roles(made_up(names)) == wanted


def test_the_headers_that_are_known_are_all_here(shared: Path) -> None:
    headers = json.loads((shared / "exports" / "headers.json").read_text())
    assert {name: list(expected(text)) for name, text in EXPORTS.items()} == headers


def test_every_source_is_recognised_by_some_header() -> None:
    found = {detect(expected(text)).title for text in EXPORTS.values()}
    others = {
        "Syne Tune": ["config_lr", "config_wd", "st_worker_time", "trial_id", "error"],
        "Nevergrad": ["lr", "#parametrization", "#num-ask", "#loss"],
        "TensorBoard": ["lr", "hparam/accuracy"],
        "Keras Tuner": ["trial_id", "hyperparameters.values.lr", "score"],
        "SMAC": ["config_id", "lr", "seed", "cost", "time", "status", "starttime", "endtime", "origin"],
        "BOHB": ["config_id", "lr", "budget", "loss", "duration_s", "state"],
        "": ["hp_config.lr", "hp_config.wd", "performance"],
    }
    assert {title: detect(names).title for title, names in others.items()} == {title: title for title in others}
    assert found | set(others) == {source.title for source in SOURCES}


def test_one_stray_prefix_makes_no_export() -> None:
    assert detect(["params_note", "lr", "loss"]) is None
    assert roles(made_up(["params_note", "lr", "loss"])) == {"params_note": "float", "lr": "float log", "loss": "M min"}


def test_none_that_scikit_learn_lost_comes_back() -> None:
    depth = [None, 3.0, 5.0] * 8
    frame = pd.DataFrame(
        {
            "param_max_depth": depth,
            "param_leaf": [1, 2, 3, 4] * 6,
            "params": [f"{{'max_depth': {d if d is None else int(d)}, 'leaf': 1}}" for d in depth],
            "mean_test_score": np.linspace(0, 1, 24),
        }
    )
    table = hpi.read(frame)
    assert table.hyperparameters[0].levels == ("3", "5", "None")
    assert hpi.read(frame.to_csv(index=False).encode()).hyperparameters[0].levels == ("3", "5", "None")


def test_lists_of_one_value_are_that_value() -> None:
    frame = made_up(["tid", "result.loss", "misc.vals.lr", "misc.idxs.lr"])
    frame["misc.vals.lr"] = [f"[{value}]" for value in frame["misc.vals.lr"]]
    frame["misc.vals.momentum"] = [f"[np.float64({i / 100})]" if i % 2 else "[]" for i in range(len(frame))]
    table = hpi.read(frame)
    assert {h.name: h.kind for h in table.hyperparameters} == {
        "misc.vals.lr": Kind.FLOAT,
        "misc.vals.momentum": Kind.FLOAT,
    }
    assert table.trials["misc.vals.momentum"].isna().sum() == 30


# ---------------------------------------------------------------- the real tables

TABLES = {
    "tables/aaa_random3000.csv": """
        gran = int
        kernel_size = int
        quantile = float
        selectivity = float
        metric = int
        f1_score = M max""",
    "tables/hiplot_ml1.csv": """
        uid = -
        from_uid = -
        dropout = float
        embedding_size = int
        epoch = fidelity
        lr = float log
        train f1 = -
        valid ppl = M min""",
    "tables/optuna_a2c_cartpole.csv": """
        Unnamed: 0 = -
        number = -
        value = M ?
        datetime_start = -
        datetime_complete = -
        duration = -
        params_activation_fn = category
        params_ent_coef = float log
        params_exponent_n_steps = int
        params_gae_lambda = float
        params_gamma = float
        params_lr = float log
        params_max_grad_norm = float
        params_net_arch = category
        params_ortho_init = bool
        user_attrs_gae_lambda_ = -
        user_attrs_gamma_ = -
        user_attrs_n_steps = -
        state = -""",
    # learning_rate spans a factor of 885 only, so it is no log by the rule
    "tables/bohb_conditional_run3.csv": """
        config_id = -
        budget = fidelity
        batch_size = int
        dropout = float
        kernel_size = int
        l2_decay = float log
        learning_rate = float
        lr_scheduler = category
        lr_scheduler_tmax = int
        num_channels = int
        num_levels = int
        use_augmentation = bool
        weight_decay = float log
        lr_scheduler_tmult = int
        loss = M min
        duration_s = -
        exception = -""",
    "tables/arl_cc_cartpole_dqn_final.csv": """
        run_id = -
        budget = -
        performance = M max
        hp_config.buffer_batch_size = int
        hp_config.buffer_prio_sampling = bool
        hp_config.buffer_size = int
        hp_config.initial_epsilon = float
        hp_config.learning_rate = float log
        hp_config.learning_starts = int
        hp_config.target_epsilon = float
        hp_config.use_target_network = bool
        hp_config.buffer_alpha = float
        hp_config.buffer_beta = float
        hp_config.buffer_epsilon = float log
        hp_config.target_update_interval = int
        seed = repeat""",
    "tables/quantile_DeepAR.csv": """
        hp_num_layers = float
        hp_num_cells = float
        hp_dropout_rate_log = float
        hp_learning_rate_log = float
        hp_num_batches_per_epoch_log = float
        hp_context_length_ratio_log = float
        dataset_time_freq = context
        dataset_prediction_length = context
        metric_CRPS = M min
        metric_train_loss = -
        metric_throughput = -
        metric_RMSE = -
        metric_time = -
        blackbox = -
        task = task""",
    "exports/optuna_trials_dataframe.csv": EXPORTS["optuna_trials_dataframe"].replace("float log", "float"),
    "exports/ray_resultgrid.csv": EXPORTS["ray_resultgrid"]
    .replace("loss = -", "loss = M min")
    .replace("acc = M max", "acc = -")
    .replace("training_iteration = fidelity", "training_iteration = -")
    .replace("float log", "float"),
    "golden/cat10.csv": "c = category\nx = float\nloss = M min",
    "golden/conditional_activation.csv": "c = float\nx = float\ny = float\nloss = M min",
    "golden/ishigami.csv": "x1 = float\nx2 = float\nx3 = float\nloss = M min",
    "golden/ped_toy_1000.csv": "x0 = float\nx1 = float\nx2 = float\nx3 = float\nloss = M min",
    "golden/mixed.csv": """
        lr = float log
        optimizer = category
        n_layers = int
        batch_size = int
        dropout = float
        weight_decay = -
        accuracy = M max""",
}


@pytest.mark.parametrize("path", TABLES)
def test_roles_in_the_real_tables(path: str, shared: Path) -> None:
    table = hpi.read(shared / path)
    assert {column.name: short(column) for column in table.columns} == expected(TABLES[path])


def test_every_real_table_has_an_expectation(shared: Path) -> None:
    found = {f"{folder}/{path.name}" for folder in ("tables", "exports") for path in (shared / folder).glob("*.csv")}
    assert found <= set(TABLES)


# ---------------------------------------------------------------- names that mislead


def names_in(text: str) -> list[str]:
    return text.split()


OUTCOMES = names_in(
    """accuracy acc val_acc valAccuracy test_auc AUC roc_auc f1 f1_score F1-macro mse RMSE val/mae error error_rate
test_error err loss val_loss train_loss best_loss best_epoch eval/mse_mean eval_return reward episode_reward_mean
ep_rew_mean score mean_test_score cv_score time runtime time_total_s fit_time training_time duration duration_s
epoch_time wall_time latency_ms memory_mb throughput perplexity valid_ppl bleu rougeL acc@1 acc_top5 ndcg@10 recall_at_5
mAP mIoU dice psnr fid regret performance final_loss min_val_loss val test success_rate win_rate r2 R^2 r2_score
explained_variance neg_mean_squared_error log_loss log_likelihood crps brier_score silhouette_score matthews_corrcoef
sharpe_ratio n_params model_size_mb train_sec avg_wait_last_N total_pnl accuracy_drop acc_per_second epochs_to_90
loss_val validation_loss_epoch hypervolume accuracy_std entropy kl c_index exact_match
metrics/mAP50(B) metrics/mAP50-95(B) metrics/precision(B) metrics/recall(B) train/box_loss rollout/ep_len_mean
results.depth train/std train/approx_kl params(M) GFLOPs gflops total_flos bandwidth_GBs throughput_img_s tokens_per_sec
eval_samples_per_second train_steps_per_second latency_p99_ms inference_ms ttft_ms decode_us energy_j
early_stopped_epoch stopped_epoch epochs_run solved_at episodes_to_solve steps_to_converge n_clusters_found f_best
fbest_loss nfev
MASE NRMSE RMSSE MSIS OWA wQL pinball sMAPE chrF chrf++ pass@1 HR@10 maj@8 mmlu hellaswag_acc_norm mt_bench KID LPIPS
ARI NMI calinski_harabasz trustworthiness HD95 ASSD mDice pixAcc coverage novelty occupancy ILD gap
wer_clean psnr_y lpips_vgg auc_pr crps_sum tok/s it/s gpu_util top5 max_drawdown collision_rate feasible_rate
ep_len_mean episode_length mean_ep_length grad_norm makespan tour_length n_violations yield conversion"""
)

SETTINGS = names_in(
    """lr dropout_rate batch_size test_size val_split validation_fraction test_batch_size eval_every eval_freq
loss_weight reward_scale time_steps n_timesteps time_limit warmup_time time_embed_dim score_threshold f1_weight
error_tolerance lambda_loss value_loss_coef entropy_coef train_batch_size n_epochs max_iter n_estimators max_depth
label_smoothing ccp_alpha patience reward_clip train_freq kernel_size accuracy_threshold power_t cv n_splits train_size
replay_memory_size temperature top_k top_p n_bits val_check_interval loss_scale target_kl power map_size weight_decay
cache_mb n_steps_per_epoch window_s drop gain
precision_weight validation_interval test_frequency max_leaf_nodes p C gamma
loss_function time_embedding_dim max_grad_norm acc_threshold n_best save_best n_trees inertia
selectivity max_evals eval_steps save_steps frame_length_ms hop_ms window_ms delay_ms prior_mean init_mean noise_std
train/lr train/batch_size train/weight_decay test/batch_size eval.batch_size early_stopping stop_threshold yield_weight
reward_norm max_requests_per_second bandwidth laser_power stirring_speed pin_memory std_init top_rate hv_weight
accuracy_target latency_budget wer_weight psnr_threshold
lr_steps_to_skip epochs n_steps gap_penalty coverage_weight diversity_penalty
box cls dfl hsv_h k_best"""
)


@pytest.mark.parametrize("name", OUTCOMES)
def test_an_outcome_is_never_a_hyperparameter(name: str) -> None:
    frame = made_up(["lr", "depth", name])
    frame[name] = np.random.default_rng(3).random(len(frame))
    assert roles(frame)[name].startswith("M ")
    frame["accuracy_of_all"], frame["val_accuracy"] = 0.0, np.random.default_rng(4).random(len(frame))
    assert the(frame, name).role is not Role.HYPERPARAMETER


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_with_an_outcome_word_stays_a_hyperparameter(name: str) -> None:
    frame = made_up(["lr" if name != "lr" else "wd", "depth", name, "val_accuracy"])
    assert the(frame, name).role is Role.HYPERPARAMETER
    assert the(frame, "val_accuracy").role is Role.METRIC


@pytest.mark.parametrize(
    "name",
    ["normalize_reward", "use_score", "log_loss_flag", "val_f1_smoothing", "grad_norm", "coverage", "mmlu", "gap"],
)
def test_two_or_three_values_under_a_doubtful_name_are_a_setting(name: str) -> None:
    frame = made_up(["lr", "depth", name, "val_accuracy"])
    for cells in (["True", "False", "True"], [0, 1, 0], [0.5, 1.0, 5.0]):
        frame[name] = np.resize(cells, len(frame))
        if name not in ("normalize_reward", "use_score") or len(set(cells)) == 2:
            assert the(frame, name).role is Role.HYPERPARAMETER, cells


def test_a_flag_that_says_how_a_trial_ended_is_no_hyperparameter() -> None:
    for name in ("early_stopped", "converged", "success", "solved"):
        assert the(search(**{name: [True, False] * 30}), name).role is Role.LEFT_OUT


def test_what_was_spent_is_an_outcome_where_nearly_every_cell_differs() -> None:
    rng = np.random.default_rng(0)
    for name in ("evals", "func_evals", "cycles"):
        assert the(search(**{name: rng.permutation(9999)[:N]}), name).outcome
        assert the(search(**{name: rng.integers(1, 5, N)}), name).role is Role.HYPERPARAMETER


@pytest.mark.parametrize(
    ("name", "beside"),
    [("IS", "FID"), ("ND", "MASE"), ("inertia", "n_clusters"), ("selectivity", "yield")],
)
def test_some_names_are_outcomes_in_some_company_only(name: str, beside: str) -> None:
    rng = np.random.default_rng(0)
    cells = {name: rng.random(N), beside: rng.integers(2, 9, N) + rng.random(N)}
    assert the(search(**cells), name).outcome
    assert the(search(**{name: cells[name]}), name).role is Role.HYPERPARAMETER


NOUNS = st.sampled_from([*GOOD, *BAD, *sorted(COSTLY), *sorted(THROUGHPUT)])
PREFIXES = st.sampled_from(["val", "valid", "test", "train", "best", "mean", "final", "eval", "cv", "max", "avg"])


@given(
    prefix=PREFIXES,
    noun=NOUNS,
    suffix=st.sampled_from(["", "_mean", "_std", "_macro", "_epoch", "_1", "@5", "_final"]),
    sep=st.sampled_from(["_", " ", "/", "-", "."]),
    cells=st.sampled_from(["float", "int", "few", "missing"]),
)
def test_any_outcome_name_keeps_a_column_from_being_a_hyperparameter(
    prefix: str, noun: str, suffix: str, sep: str, cells: str
) -> None:
    frame = made_up(["lr", "depth", "opt", "val_loss_of_all"])
    rng = np.random.default_rng(5)
    numbers = {
        "float": rng.random(len(frame)),
        "int": rng.integers(0, 1000, len(frame)),
        "few": rng.integers(0, 3, len(frame)),
        "missing": np.where(rng.random(len(frame)) < 0.3, np.nan, rng.random(len(frame))),
    }
    name = f"{prefix}{sep}{noun}{suffix}"
    frame.insert(1, name, numbers[cells])
    assert the(frame, name).role is not Role.HYPERPARAMETER


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("loss", "minimize"), ("val_rmse", "minimize"), ("valid ppl", "minimize"), ("test_error_rate", "minimize"),
        ("runtime", "minimize"), ("cost", "minimize"), ("accuracy", "maximize"), ("val/f1_macro", "maximize"),
        ("neg_mean_squared_error", "maximize"), ("neg_log_loss", "maximize"), ("log_loss", "minimize"),
        ("log_likelihood", "maximize"), ("negative_log_likelihood", "minimize"), ("nll", "minimize"),
        ("brier_score", "minimize"), ("reward", "maximize"), ("episode_reward_mean", "maximize"),
        ("performance", "maximize"), ("throughput", "maximize"), ("r2", "maximize"), ("bleu", "maximize"),
        ("metrics/mAP50-95(B)", "maximize"), ("ARI", "maximize"), ("NMI", "maximize"), ("chrF", "maximize"),
        ("pass@1", "maximize"), ("HR@10", "maximize"), ("yield", "maximize"), ("tokens_per_sec", "maximize"),
        ("MASE", "minimize"), ("NRMSE", "minimize"), ("KID", "minimize"), ("LPIPS", "minimize"), ("HD95", "minimize"),
        ("latency_p99_ms", "minimize"), ("makespan", "minimize"), ("energy_j", "minimize"), ("ttft_ms", "minimize"),
        ("episodes_to_solve", "minimize"), ("wer_clean", "minimize"),
        ("psnr_y", "maximize"), ("IS", "maximize"), ("gflops", None), ("stopped_epoch", None),
        ("value", None), ("objective", None), ("val", None), ("n_params", None), ("accuracy_std", None),
    ],
)  # fmt: skip
def test_direction_from_the_name(name: str, direction: str | None) -> None:
    assert direction_of(name) == direction


def test_words_of_names() -> None:
    assert (
        words_of("valLoss") == words_of("val_loss") == words_of("Val Loss") == words_of("val/loss") == ("val", "loss")
    )
    assert words_of("F1-score") == ("f1", "score")
    assert words_of("") == words_of("学习率") == ()


def test_context_names() -> None:
    assert context_of(words_of("random_state")) is ContextKind.REPEAT
    assert context_of(words_of("Dataset Name")) is ContextKind.TASK
    assert context_of(words_of("training_iteration")) is ContextKind.FIDELITY
    assert context_of(words_of("epochs")) is None


# ---------------------------------------------------------------- columns by their cells


def search(**columns: object) -> pd.DataFrame:
    """A random search of 60 trials with the given columns added before its loss."""
    frame = made_up(["lr", "depth", "opt"])
    return frame.assign(**columns).assign(loss=np.random.default_rng(1).random(len(frame)))


N = 60


def test_a_constant_is_left_out_with_its_value() -> None:
    assert the(search(budget=[50000] * N), "budget").reason == "constant: 50000 in every row"
    assert the(search(note=["same"] * 9 + [None] * (N - 9)), "note").reason == "constant: same wherever it is not empty"
    assert the(search(nothing=[None] * N), "nothing").reason == "every cell is empty"


@pytest.mark.parametrize(
    "name", ["id", "index", "trial", "Unnamed: 0", "run", "iteration", "number", "step", "model_id"]
)
def test_a_column_that_counts_the_rows_is_left_out(name: str) -> None:
    order = np.random.default_rng(0).permutation(N)
    assert the(search(**{name: np.arange(N)}), name).role is Role.LEFT_OUT
    assert the(search(**{name: order + 1}), name).role is Role.LEFT_OUT


def test_text_with_more_cells_than_can_be_levels_is_left_out_and_can_be_chosen() -> None:
    words, numbers = [f"v{i}" for i in range(10_001)] * 3, [float(i) for i in range(10_001)] * 3
    frame = pd.DataFrame(
        {"text": words, "params_text": words, "few": [*words[:10_000], "v0"] * 3, "x": numbers, "loss": numbers[::-1]}
    )
    said = "text with more than 10,000 different cells: too many for levels"
    assert [name for name in frame if the(frame, name).reason == said] == ["text", "params_text"]
    assert the(frame[["text", "x", "loss"]], "text").role is Role.LEFT_OUT
    chosen = Choices(roles=(("text", Role.HYPERPARAMETER),))
    assert the(frame[["text", "x", "loss"]], "text", chosen).kind is Kind.CATEGORY


def test_texts_that_are_nearly_all_different_are_identifiers_but_floats_are_not() -> None:
    frame = search(
        code=[f"k{i}" for i in range(N)],
        momentum=np.linspace(0, 1, N)[::-1] ** 3,
        width=np.random.default_rng(4).permutation(N) * 8,
    )
    found = roles(frame)
    assert (found["code"], found["momentum"], found["width"]) == ("-", "float", "int")


@pytest.mark.parametrize(
    ("cells", "word"),
    [
        ([f"2026-01-{1 + i % 28:02d}T10:00:00" for i in range(N)], "timestamp"),
        ([f"{1 + i % 28:02d}.01.2026" for i in range(N)], "timestamp"),
        ([f"0 days 00:00:{i:02d}" for i in range(N)], "duration"),
        ([f"{i}:30" for i in range(N)], "duration"),
        ([f"/models/net{i % 3}" for i in range(N)], "path"),
        ([f"s3://bucket/{i}" for i in range(N)], "path"),
        ([f"C:\\runs\\{i}" for i in range(N)], "path"),
    ],
)
def test_moments_spans_and_paths_are_left_out(cells: list[str], word: str) -> None:
    assert word in the(search(thing=cells), "thing").reason


def test_duplicates_keep_the_shortest_name() -> None:
    rng = np.random.default_rng(2)
    wd = 10 ** rng.uniform(-6, -1, N)
    frame = search(wd=wd, log_wd=np.log10(wd), weight_decay_again=wd, inverse_wd=1 / wd, scaled=3 * wd + 1)
    found = roles(frame)
    assert found["wd"] == "float log"
    assert {found[name] for name in ("log_wd", "weight_decay_again", "inverse_wd", "scaled")} == {"-"}
    assert the(frame, "weight_decay_again").reason == "a duplicate: every cell equals that of wd"
    assert the(frame, "log_wd").reason == "a duplicate: each value goes with exactly one of wd"


def test_a_relabelled_level_is_a_duplicate() -> None:
    frame = search()
    frame["opt_code"] = frame["opt"].map({"adam": 2, "rmsprop": 0, "sgd": 1})
    assert the(frame, "opt_code").role is Role.LEFT_OUT
    assert the(frame, "opt").role is Role.HYPERPARAMETER


def test_two_columns_without_returning_values_are_no_duplicates() -> None:
    rng = np.random.default_rng(2)
    found = roles(search(a=rng.random(N), b=rng.random(N), width=rng.permutation(1000)[:N]))
    assert (found["a"], found["b"], found["width"]) == ("float", "float", "int")


def test_repeats_do_not_make_independent_floats_duplicates() -> None:
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(
        {
            "a": np.repeat(rng.random(30), 10),
            "b": np.repeat(rng.random(30), 10),
            "seed": list(range(10)) * 30,
            "loss": rng.random(300),
        }
    )
    assert roles(frame) == {"a": "float", "b": "float", "seed": "repeat", "loss": "M min"}


def test_a_column_that_orders_the_rows_like_an_outcome_is_one() -> None:
    frame = search()
    frame["secret"] = -3 * frame["loss"] + 7
    assert "exactly as loss does" in the(frame, "secret").reason


def grid(**axes: list[object]) -> pd.DataFrame:
    return pd.DataFrame(list(itertools.product(*axes.values())), columns=list(axes))


def test_a_number_beside_a_complete_grid_was_measured() -> None:
    frame = grid(model=["lstm", "gru", "mlp"], horizon=[1, 4, 8, 16], half=[True, False])
    rng = np.random.default_rng(0)
    frame = frame.assign(AQL=rng.random(24), width=rng.random(24))
    assert roles(frame) == {"model": "category", "horizon": "int", "half": "bool", "AQL": "M ?", "width": "-"}
    assert "complete grid" in the(frame, "width").reason
    # without one cell it is no grid: then the last column is a guess, and the other a hyperparameter
    assert roles(frame[1:])["AQL"] == "float"


def test_a_grid_in_every_task_or_under_every_seed_is_a_grid() -> None:
    frame = grid(seed=[0, 1, 2], depth=[1, 2, 3], width=[8, 16])
    frame = frame.assign(quality_of_fit=np.random.default_rng(0).random(18), AQL=np.random.default_rng(1).random(18))
    assert {roles(frame)[name] for name in ("quality_of_fit", "AQL")} == {"-", "M ?"}


def test_a_property_of_the_task_is_context() -> None:
    tasks = np.repeat(["iris", "wine", "digits"], N // 3)
    frame = search(task=tasks, n_rows=pd.Series(tasks).map({"iris": 150, "wine": 178, "digits": 1797}).to_numpy())
    assert roles(frame)["n_rows"] == "context"
    assert roles(frame)["task"] == "task"
    assert roles(frame)["depth"] == "int"


def test_a_run_number_is_a_repeat_where_configurations_come_back() -> None:
    frame = pd.DataFrame(
        {
            "x": np.repeat(np.linspace(0, 1, 20), 3),
            "k": np.tile(np.repeat([1, 2, 3, 4], 3), 5),
            "run": list(range(3)) * 20,
        }
    ).assign(score=np.random.default_rng(0).random(60))
    assert roles(frame)["run"] == "repeat"
    frame["run"] = np.repeat(np.arange(20), 3)
    assert roles(frame)["run"] == "-"


def test_a_seed_under_a_prefix_is_still_a_seed() -> None:
    names = ["config/lr", "config/seed", "config/dataset", "acc"]
    frame = made_up(names).assign(**{"config/seed": [0, 1, 2] * 20, "config/dataset": ["a", "b"] * 30})
    assert roles(frame) == {"config/lr": "float log", "config/seed": "repeat", "config/dataset": "task", "acc": "M max"}


def test_what_a_sweep_was_told_is_no_hyperparameter_but_a_used_value_is() -> None:
    frame = made_up(["Name", "State", "Created", "Runtime", "parameters.wd", "parameters.lr", "lr", "val_loss"])
    found = roles(frame)
    assert (found["parameters.wd"], found["parameters.lr"], found["lr"]) == ("float", "-", "float log")


# ---------------------------------------------------------------- which metric


@pytest.mark.parametrize(
    ("names", "metric"),
    [
        (["train_acc", "val_acc", "test_acc"], "val_acc"),
        (["train_loss", "test_loss"], "test_loss"),
        (["loss", "accuracy", "runtime"], "accuracy"),
        (["val_loss", "train_accuracy"], "val_loss"),
        (["runtime", "objective"], "objective"),
        (["runtime"], "runtime"),
        (["metric", "time"], "metric"),
        (["value", "id"], "value"),
        (["y"], "y"),
        (["accuracy", "accuracy_std"], "accuracy"),
        (["val/box_loss", "val/cls_loss", "metrics/mAP50(B)"], "metrics/mAP50(B)"),
        (["policy_loss", "value_loss", "ep_rew_mean"], "ep_rew_mean"),
        (["nfev", "stopped_epoch", "f_best"], "f_best"),
    ],
)
def test_the_metric_that_is_meant(names: list[str], metric: str) -> None:
    rng = np.random.default_rng(0)
    for order in (names, names[::-1]):
        frame = made_up(["lr", "depth"]).assign(**{name: rng.random(N) for name in order})
        assert [name for name, role in roles(frame).items() if role.startswith("M ")] == [metric]


def test_a_hyperparameter_called_metric_is_no_metric() -> None:
    frame = made_up(["lr"]).assign(metric=np.tile(np.arange(6), 10), f1_score=np.random.default_rng(0).random(N))
    assert roles(frame) == {"lr": "float log", "metric": "int", "f1_score": "M max"}
    frame["metric"] = ["cosine", "euclidean", "l1"] * 20
    assert roles(frame)["metric"] == "category"


def test_a_loss_that_is_a_word_is_a_choice() -> None:
    frame = made_up(["lr"]).assign(loss=["hinge", "log_loss"] * 30, accuracy=np.random.default_rng(0).random(N))
    assert roles(frame) == {"lr": "float log", "loss": "category", "accuracy": "M max"}


def test_y_beside_a_loss_is_a_coordinate() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.random(N), "y": rng.random(N), "loss": rng.random(N)})
    assert roles(frame) == {"x": "float", "y": "float", "loss": "M min"}


def test_the_last_column_of_many_values_is_the_metric_where_no_name_tells() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.random(N), "b": rng.integers(0, 3, N), "c": rng.random(N)})
    assert roles(frame) == {"a": "float", "b": "int", "c": "M ?"}
    assert "last column" in the(frame, "c").reason
    frame["c"] = rng.integers(0, 3, N)
    assert roles(frame) == {"a": "float", "b": "int", "c": "int"}


def test_a_constant_outcome_is_better_than_a_guess() -> None:
    frame = made_up(["lr", "alpha"]).assign(loss=1.0, depth=np.random.default_rng(0).random(N))
    assert roles(frame)["loss"] == "M min"
    assert roles(frame)["depth"] == "float"


def test_the_sweep_says_metric_and_goal() -> None:
    frame = made_up(["Name", "State", "Created", "lr", "depth", "metric.goal", "metric.name", "val_acc"])
    frame = frame.assign(**{"metric.name": "test_score", "test_score": frame["depth"] * frame["val_acc"]})
    assert roles(frame)["val_acc"] == "-"
    assert roles(frame)["test_score"] == "M min"


@pytest.mark.parametrize("goal", ["minimize", "maximize"])
def test_the_header_of_deepcave_says_the_direction(goal: str) -> None:
    name = f"metric:thing [0; 1] ({goal})"
    assert the(made_up(["config_id", "lr", "status", name]), name).direction == goal


# ---------------------------------------------------------------- kinds


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ([0.5, 1.5, 2.5] * 20, "float"),
        ([1, 2, 3] * 20, "int"),
        ([1.0, 2.0, None] * 20, "int"),
        (["1", "2", "3"] * 20, "int"),
        (["0.1", "1e-3", "5"] * 20, "float"),
        ([0, 1] * 30, "int"),
        ([True, False] * 30, "bool"),
        (["true", "false"] * 30, "bool"),
        (["yes", "no", None] * 20, "bool"),
        (["True", "false", "TRUE"] * 20, "bool"),
        (["TRUE", "yes", "0"] * 20, "category"),
        (["small", "medium", "large"] * 20, "category"),
        (["None", "NA", "null", "nan"] * 15, "category"),
        (["None", "5", "10", "20"] * 15, "category"),
        (["auto", "1", "2"] * 20, "category"),
        ([*map(str, range(30)), *["None"] * 30], "int"),
        ([*(f"{i / 7}" for i in range(50)), *["nan"] * 10], "float"),
        ([*(f"{i / 7}" for i in range(50)), *["auto"] * 10], "float"),
        (["0x10", "0x20"] * 30, "category"),
        (["[64, 64]", "[32]", "(1, 2)"] * 20, "category"),
        (['{"a": 1}', '{"a": 2}'] * 30, "category"),
        (["5ms", "10ms"] * 30, "category"),
        (["10%", "20%"] * 30, "int"),
        ([str(2**70 + i) for i in range(3)] * 20, "category"),
    ],
)
def test_kinds(cells: list[object], wanted: str) -> None:
    order = np.random.default_rng(8).permutation(N)
    frame = search(thing=pd.Series(cells, dtype=object)[order].to_numpy())
    assert roles(frame)["thing"] == wanted


@pytest.mark.parametrize(
    ("values", "log"),
    [
        (np.geomspace(1e-5, 1e-1, N), True),
        (np.geomspace(1, 999, N), False),
        (np.geomspace(1, 1000, N), True),
        (np.linspace(0, 1, N), False),
        (np.resize(np.geomspace(1, 1e6, 10), N), False),
        (np.resize(np.geomspace(1, 1e6, 11), N), True),
        (-np.geomspace(1, 1e6, N), False),
    ],
)
def test_log_is_assumed_over_three_decades_and_ten_values(values: np.ndarray, log: bool) -> None:
    assert the(search(thing=values[np.random.default_rng(0).permutation(N)]), "thing").log is log


# ---------------------------------------------------------------- choices


def test_a_role_can_be_changed() -> None:
    frame = search(seed=np.random.default_rng(0).integers(0, 5, N))
    changed = Choices(roles=(("seed", Role.HYPERPARAMETER), ("lr", Role.LEFT_OUT), ("opt", Role.CONTEXT)))
    found = roles(frame, changed)
    assert (found["seed"], found["lr"], found["opt"]) == ("int", "-", "context")
    assert the(frame, "seed", changed).reason == "chosen by hand"


def test_another_metric_can_be_chosen_and_the_first_becomes_an_outcome() -> None:
    frame = search(accuracy=np.random.default_rng(0).random(N))
    assert roles(frame)["accuracy"] == "M max"
    for choices in (Choices(metric="loss"), Choices(roles=(("loss", Role.METRIC),))):
        found = roles(frame, choices)
        assert (found["loss"], found["accuracy"]) == ("M min", "-")
    assert roles(frame, Choices(direction=Direction.MINIMIZE))["accuracy"] == "M min"


def test_a_metric_that_was_left_out_makes_room_for_the_next() -> None:
    frame = search(accuracy=np.random.default_rng(0).random(N))
    assert roles(frame, Choices(roles=(("accuracy", Role.LEFT_OUT),)))["loss"] == "M min"


def test_a_context_can_be_told_its_kind() -> None:
    frame = search(site=["a", "b"] * 30)
    assert the(frame, "site", Choices(contexts=(("site", ContextKind.TASK),))).context is ContextKind.TASK


def test_a_constant_never_becomes_a_hyperparameter() -> None:
    assert roles(search(width=[8] * N), Choices(roles=(("width", Role.HYPERPARAMETER),)))["width"] == "-"


def test_a_declared_column_is_a_hyperparameter_of_its_kind() -> None:
    frame = search(runtime=np.resize([1, 2, 3], N))
    declared = Choices(space=(("runtime", Declaration(Kind.ORDINAL, levels=("1", "2", "3"))),))
    assert roles(frame, declared)["runtime"] == "ordinal"


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        (Choices(metric="losss"), "no column 'losss'; the table has loss"),
        (Choices(metric="opt"), "opt holds no finite number"),
        (Choices(roles=(("nope", Role.CONTEXT),)), "no column 'nope'"),
        (Choices(metric="loss", roles=(("lr", Role.METRIC),)), "Two metrics"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(choices: Choices, words: str) -> None:
    with pytest.raises(TableError, match=words):
        infer(search(), choices)


def test_a_declared_metric_is_refused() -> None:
    with pytest.raises(SpaceError, match="declared as a hyperparameter and chosen as the metric"):
        infer(search(), Choices(metric="loss", space=(("loss", Declaration(Kind.FLOAT)),)))


# ---------------------------------------------------------------- whatever comes


@given(searches(), st.randoms(use_true_random=False))
def test_permuting_columns_changes_no_role(frame: pd.DataFrame, random: object) -> None:
    names = list(frame.columns)
    random.shuffle(names)
    one, other = infer(frame), infer(frame[names])
    assert {column.name: column for column in one} == {column.name: column for column in other}


@given(searches())
def test_permuting_rows_changes_no_role(frame: pd.DataFrame) -> None:
    assert roles(frame) == roles(frame.iloc[::-1].reset_index(drop=True))


@given(searches())
def test_every_column_has_one_role_and_a_reason(frame: pd.DataFrame) -> None:
    columns = infer(frame)
    assert [column.name for column in columns] == list(frame.columns)
    assert all(column.reason and not column.reason.endswith(".") for column in columns)
    assert sum(column.role is Role.METRIC for column in columns) <= 1
    assert all((column.kind is not None) == (column.role is Role.HYPERPARAMETER) for column in columns)


def test_outcome_words_are_reasons() -> None:
    assert outcome_of("val_loss") == "the name ends in loss"
    assert outcome_of("lr") is None


def test_a_uniform_draw_that_begins_near_zero_is_not_on_a_log_scale():
    """10 ** uniform is even on the logarithm; uniform itself is not, however small its smallest value is."""
    rng = np.random.default_rng(0)
    frame = search(lr=10 ** rng.uniform(-5, -1, N), drop=np.append(rng.random(N - 1), 1e-6))
    assert roles(frame)["lr"] == "float log"
    assert roles(frame)["drop"] == "float"


@pytest.mark.parametrize(
    ("name", "cells", "reason"),
    [
        ("ts", [1_790_000_000 + 977 * i for i in range(N)], "timestamp"),
        ("when_ms", [1.79e12 + 977_000 * i for i in range(N)], "timestamp"),
        ("date", [20260301 + i % 28 for i in range(N)], "timestamp"),
        ("stamped", [f"20260301_10{i:02d}00" for i in range(N)], "timestamp"),
        ("stamped", [f"2026-03-01-10-{i:02d}-00" for i in range(N)], "timestamp"),
        ("stamped", [f"{1 + i % 28}-Mar-2026" for i in range(N)], "timestamp"),
        ("which", [f"{i % 5:04x}beef" for i in range(N)], "identifier"),
        ("which", [f"0badcafe-0000-4000-8000-00000000000{i % 5:x}" for i in range(N)], "identifier"),
        ("run", [f"run-{i % 6}" for i in range(N)], "identifier"),
    ],
)
def test_moments_and_keys_under_any_name_are_no_hyperparameters(name: str, cells: list[object], reason: str) -> None:
    column = the(search(**{name: cells}), name)
    assert column.role is Role.LEFT_OUT
    assert reason in column.reason
    assert not column.outcome


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("start", ["zeros", "random", "warm"] * 20),
        ("n_rows", [1_000_000_000, 2_000_000_000, 3_000_000_000] * 20),
        ("salt", list(np.random.default_rng(0).integers(10**9, 4 * 10**9, N))),
        ("code", ["face", "cafe", "abc1"] * 20),
    ],
)
def test_what_only_looks_a_little_like_a_moment_or_a_key_stays(name: str, cells: list[object]) -> None:
    assert the(search(**{name: cells}), name).role is Role.HYPERPARAMETER


def test_a_number_that_always_differs_beside_written_levels_was_measured() -> None:
    rng = np.random.default_rng(0)
    levels = pd.DataFrame({"lr": [1e-4, 1e-3, 1e-2] * 20, "dropout": [0.1, 0.2, 0.3, 0.4, 0.5] * 12})
    frame = levels.assign(jargon=rng.random(N), wiggle=rng.integers(0, 4, N), val_loss=rng.random(N))
    assert roles(frame) == {"lr": "float", "dropout": "float", "jargon": "-", "wiggle": "int", "val_loss": "M min"}
    assert the(frame, "jargon").outcome
    drawn = frame.assign(lr=10 ** rng.uniform(-5, -1, N))
    assert roles(drawn)["jargon"] == "float"


def test_what_a_format_marks_is_no_outcome_for_its_numbers() -> None:
    frame = made_up(["params_lr", "params_depth", "params_jargon", "value"])
    assert roles(frame.assign(params_lr=[1e-3, 1e-2] * 30))["params_jargon"] == "float"


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("Verlust", "min"), ("pérdida", "min"), ("perte de validation", "min"), ("Genauigkeit", "max"),
        ("Précision", "max"), ("Laufzeit", "min"), ("R²", "max"), ("erreur", "min"),
    ],
)  # fmt: skip
def test_results_in_other_languages(name: str, english: str) -> None:
    frame = made_up(["lr", "depth"]).assign(**{name: np.random.default_rng(3).random(N)})
    assert roles(frame)[name] == f"M {english}"


def test_words_of_letters_with_accents() -> None:
    assert words_of("Précision") == ("precision",)
    assert words_of("R²") == ("r2",)
    assert words_of("Größe") == ("grosse",)


def test_the_reason_of_a_hyperparameter_says_whether_its_name_is_known() -> None:
    assert the(search(dropout=np.linspace(0, 1, N)[::-1]), "dropout").reason == "the name is that of a hyperparameter"
    assert the(search(wiggle=np.linspace(0, 1, N)[::-1]), "wiggle").reason.startswith("it varies")


# ---------------------------------------------------------------- a study as a CSV


def tuned(n: int = 24) -> Opened:
    """A project of Keras Tuner that Hyperband searched."""
    rng, files = np.random.default_rng(0), {}
    for k in range(n):
        own = {"tuner/epochs": 3 + 6 * (k % 2), "tuner/initial_epoch": 3 * (k % 2), "tuner/bracket": k % 3}
        own |= {"tuner/round": k % 2} | ({"tuner/trial_id": f"{k - 1:04d}"} if k % 2 else {})
        values = {
            "lr": 10.0 ** rng.uniform(-4, -1),
            "units": 32 * int(rng.integers(1, 5)),
            "opt": ["sgd", "adam"][k % 2],
        }
        one = keras_trial(k, values | own, float(rng.uniform()))
        one["metrics"]["metrics"]["default_objective"] = one["metrics"]["metrics"].pop("val_accuracy")  # type: ignore[index]
        files[f"p/trial_{k}/trial.json"] = one
    return packed(files)


def configured(seeds: tuple[int, ...], n: int = 30, **fields: object) -> Opened:
    """A run of SMAC with the moments in seconds since it began, each configuration under every seed."""
    rng = np.random.default_rng(0)
    configs = {str(k): {"lr": 10.0 ** rng.uniform(-4, 0), "depth": int(rng.integers(1, 9))} for k in range(1, n + 1)}
    data = [
        smac_run(k, float(rng.uniform()), seed=seed, starttime=10 * k, endtime=10 * k + 5, **fields)
        for k in range(1, n + 1)
        for seed in seeds
    ]
    return packed({"runhistory.json": run_history(data, configs)})


def halved(n: int = 30) -> Opened:
    """A search of BOHB, of which every third configuration was run further, and some of these failed."""
    rng = np.random.default_rng(0)
    configs = [
        [[k, 0, 0], {"lr": 10.0 ** rng.uniform(-4, 0), "x": rng.uniform()}, {"model_based_pick": k > 6}]
        for k in range(n)
    ]
    results = [bohb_result([k, 0, 0], 1.0, float(rng.uniform())) for k in range(n)]
    results += [bohb_result([k, 0, 0], 3.0, float(rng.uniform()) if k % 4 else None) for k in range(0, n, 3)]
    return packed({"results.json": lines(*results), "configs.json": lines(*configs)})


def study_and_csv(table: hpi.TrialTable) -> tuple[dict[str, str], dict[str, str]]:
    """The roles of a study and of the CSV of it, without the scales that only a declared space tells."""
    back = hpi.read(as_csv(table.frame).encode())
    assert len(back.trials) == len(table.trials)
    there, here = ({column.name: short(column).removesuffix(" log") for column in one.columns} for one in (table, back))
    return there, here


@pytest.mark.parametrize(
    "opened",
    [configured((7,)), configured((7, 8)), configured((7, 8), budget=3.0, instance="a"), halved()],
    ids=["SMAC", "SMAC, two seeds", "SMAC, a budget", "BOHB"],
)
def test_the_csv_of_a_study_has_the_roles_of_the_study(opened: Opened) -> None:
    loaded = load_opened(opened, Wanted(), ReadLimits())
    there, here = study_and_csv(build(loaded.frame, loaded.name, reading=loaded.reading))
    assert here == there
    assert "M min" in there.values()


def test_the_csv_of_a_keras_tuner_has_its_roles_and_asks_for_the_direction() -> None:
    loaded = load_opened(tuned(), Wanted(), ReadLimits())
    there, here = study_and_csv(build(loaded.frame, loaded.name, reading=loaded.reading))
    assert (there["score"], here["score"]) == ("M max", "M ?")
    assert here | {"score": "M max"} == there
    assert {name: there[name] for name in there if name.startswith("tuner/") or name == "default_objective"} == {
        "tuner/epochs": "fidelity", "tuner/initial_epoch": "-", "tuner/bracket": "-", "tuner/round": "-",
        "tuner/trial_id": "-", "default_objective": "-",
    }  # fmt: skip


@pytest.mark.parametrize(("study", "metric"), [("smac", "cost"), ("keras_tuner", "score")])
def test_the_csv_of_a_real_study_has_its_roles(shared: Path, study: str, metric: str) -> None:
    there, here = study_and_csv(hpi.read(shared / "exports" / study))
    assert there.pop(metric) == "M min"
    assert here.pop(metric) == ("M ?" if study == "keras_tuner" else "M min")
    assert here == there


def test_several_costs_of_smac_are_outcomes_and_the_first_is_the_metric() -> None:
    names = ["config_id", "lr", "depth", "seed", "cost_0", "cost_1", "time", "status", "starttime", "endtime"]
    frame = made_up(names).assign(status="SUCCESS", starttime=np.arange(60), endtime=np.arange(60) + 5)
    found = roles(frame)
    assert (found["cost_0"], found["cost_1"], found["endtime"]) == ("M min", "-", "-")
    assert the(frame, "cost_1").outcome


def test_what_keras_tuner_notes_among_the_values_is_no_hyperparameter() -> None:
    frame = search(**{"tuner/epochs": [2, 4, 10] * (N // 3), "tuner/round": [0, 1, 2] * (N // 3)})
    assert {name: roles(frame)[name] for name in ("tuner/epochs", "tuner/round")} == {
        "tuner/epochs": "fidelity", "tuner/round": "-",
    }  # fmt: skip


# ---------------------------------------------------------------- codes, tasks of one row, attributes


@pytest.mark.parametrize(
    "name", ["exit_code", "exit code", "exitCode", "return_code", "returncode", "job_exit_code", "errno", "signal"]
)
def test_what_a_process_ended_with_is_no_hyperparameter(name: str) -> None:
    column = the(search(**{name: [0, 1, 9] * (N // 3)}), name)
    assert (column.role, column.outcome) == (Role.LEFT_OUT, False)


def test_a_signal_may_be_a_name_or_a_period() -> None:
    assert roles(search(signal=["SIGKILL", "SIGTERM", None] * (N // 3)))["signal"] == "-"
    assert roles(search(signal=[7, 9, 12] * (N // 3)))["signal"] == "int"
    assert roles(search(signal=["sine", "square", "step"] * (N // 3)))["signal"] == "category"


@pytest.mark.parametrize("name", ["Task ID", "task_id", "task", "Task", "problem", "dataset_id"])
@pytest.mark.parametrize("is_text", [True, False], ids=["text", "numbers"])
def test_a_task_of_one_row_is_an_identifier(name: str, is_text: bool) -> None:
    cells = [f"t{k}" if is_text else k for k in range(N)]
    assert roles(search(**{name: cells}))[name] == "-"
    nearly = [cells[max(k, 3)] for k in range(N)]
    assert roles(search(**{name: nearly}))[name] == "-"
    assert roles(search(**{name: cells[: N // 6] * 6}))[name] == "task"


def test_a_task_of_one_row_under_a_prefix_is_an_identifier() -> None:
    frame = made_up(["config/lr", "config/depth", "acc"])
    assert roles(frame.assign(**{"config/dataset": np.arange(N)}))["config/dataset"] == "-"
    assert roles(frame.assign(**{"config/dataset": np.arange(N) // 6}))["config/dataset"] == "task"


@pytest.mark.parametrize("cells", [["[1, 2]"] * N, [f"[{k}, 2]" for k in range(N)]], ids=["constant", "different"])
@pytest.mark.parametrize("mark", [".", "_"])
def test_what_somebody_noted_beside_a_trial_is_never_the_metric(mark: str, cells: list[str]) -> None:
    rng = np.random.default_rng(0)
    lr, k, t, acc = (name.replace(".", mark) for name in ("params.lr", "params.k", "user_attrs.t", "user_attrs.acc"))
    frame = pd.DataFrame({"number": range(N), lr: rng.random(N), k: rng.integers(1, 9, N), "values": cells})
    frame = frame.assign(**{"state": "COMPLETE", t: rng.random(N), acc: rng.random(N)})
    assert roles(frame) == dict.fromkeys(frame.columns, "-") | {lr: "float", k: "int"}
    assert the(frame, acc).outcome
    assert the(frame, acc, Choices(metric=acc)).direction is Direction.MAXIMIZE
    frame["values"] = rng.random(N)
    assert roles(frame)["values"] == "M ?"


def test_a_note_is_not_the_metric_where_nothing_is_marked() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.random(N), "lr": rng.random(N), "w": rng.random(N), "user_attrs.acc": rng.random(N)})
    assert not any(role.startswith("M") for role in roles(frame).values())


@pytest.mark.parametrize("values", [None, [], "nan"])
def test_json_trials_without_values_ask_for_the_metric(values: object) -> None:
    trials = [
        {"number": k, "params": {"lr": 0.1 / (k + 1), "k": k % 5}, "values": values, "state": "COMPLETE",
         "user_attrs": {"t": k / 7, "acc": k * 37 % N / 9}}
        for k in range(N)
    ]  # fmt: skip
    table = hpi.read(json.dumps(trials).encode())
    assert table.metric is None
    assert [h.name for h in table.hyperparameters] == ["params.lr", "params.k"]
    listed = [trial | {"values": [trial["number"], 2]} for trial in trials]
    assert hpi.read(json.dumps(listed).encode()).metric in (None, "values_0", "values.0")
