"""Headers of benchmarks, papers and programs' own records, with the right answer for each column: see `by_hand.py`."""

from __future__ import annotations

from tests.roles.cells import header

BENCHMARKS = (
    header(
        "paper_table",
        """
Model | hp | of ResNet-18 ~ ResNet-50 ~ ViT-S
LR | hp | of 0.1 ~ 0.03 ~ 0.01
BS | hp | of 128 ~ 256 ~ 512
Epochs | fidelity hp | of 100 ~ 200 ~ 300
Aug | hp | of RandAug ~ AutoAug ~ none
Top-1 | max | flat 70 84
Top-5 | outcome | flat 90 97
Params (M) | outcome | flat 11 90
FLOPs (G) | outcome | flat 1 20
Throughput (img/s) | outcome | flat 100 3000""",
    ),
    header(
        "openml_runs",
        """
run_id | id | count 10500000
task_id | task | of 3 ~ 31 ~ 3945
flow_id | id meta | always 6969
setup_id | id | count 8200000
uploader | meta id | of 1 ~ 86
upload_time | when | when %Y-%m-%d %H:%M:%S
sklearn.ensemble.RandomForestClassifier(8)_max_features | hp | flat 0.1 0.9
sklearn.ensemble.RandomForestClassifier(8)_min_samples_leaf | hp | int 1 20
sklearn.ensemble.RandomForestClassifier(8)_criterion | hp | of gini ~ entropy
sklearn.ensemble.RandomForestClassifier(8)_bootstrap | hp | of true ~ false
predictive_accuracy | max outcome | flat 0.5 1
area_under_roc_curve | outcome max | flat 0.5 1
usercpu_time_millis | outcome | flat 100 90000""",
    ),
    header(
        "lcbench_like",
        """
OpenML_task_id | task | of 3945 ~ 7593 ~ 34539
config_id | id | grid 3 0 ~ 1 ~ 2 ~ 3 ~ 4 ~ 5 ~ 6 ~ 7 ~ 8 ~ 9 ~ 10 ~ 11 ~ 12 ~ 13 ~ 14 ~ 15
epoch | fidelity | grid 1 1 ~ 12 ~ 50
batch_size | hp | log 16 512
learning_rate | hp | log 1e-4 1e-1
max_dropout | hp | flat 0 1
max_units | hp | log 64 1024
momentum | hp | flat 0.1 0.99
num_layers | hp | int 1 6
weight_decay | hp | log 1e-5 1e-1
time | outcome | flat 2 900
val_accuracy | max outcome | flat 40 99
val_cross_entropy | outcome min | flat 0.1 3
val_balanced_accuracy | outcome max | flat 0.3 0.9
test_accuracy | outcome | flat 40 99
test_cross_entropy | outcome | flat 0.1 3""",
    ),
    header(
        "nas_table",
        """
arch_index | id | count
op_0_1 | hp | of none ~ skip_connect ~ nor_conv_3x3 ~ avg_pool_3x3
op_0_2 | hp | of none ~ skip_connect ~ nor_conv_3x3 ~ avg_pool_3x3
op_1_2 | hp | of none ~ skip_connect ~ nor_conv_3x3 ~ avg_pool_3x3
n_params | outcome | int 100000 1500000
flops | outcome | flat 7 220
latency_ms | outcome | flat 10 60
train_loss | outcome | flat 0 2
valid_acc | max | flat 10 92
test_acc | outcome | flat 10 94""",
    ),
    header(
        "json_flattened",
        """
trial_id | id | hash
config.lr | hp | log 1e-5 1e-1
config.layers | hp | of [64, 64] ~ [128] ~ [32, 32, 32]
config.augment.flip | hp | of true ~ false
config.augment.crop | hp | of none ~ random ~ center
config.seed | repeat | of 0 ~ 1 ~ 2
result.val.loss | min outcome | flat 0 2
result.val.acc | max outcome | flat 0 1
result.duration | outcome | flat 9 900
started_at | when | when %Y-%m-%dT%H:%M:%SZ
finished_at | when | when %Y-%m-%dT%H:%M:%SZ
git.commit | id meta | hash 40
git.dirty | meta | of true ~ false
host.name | meta | of a ~ b""",
    ),
    header(
        "hyperparameters_flattened",
        """
hyperparameters.lr | hp | log 1e-5 1e-1; text
hyperparameters.depth | hp | of 2 ~ 4 ~ 6; text
hyperparameters.solver | hp | of lbfgs ~ sgd ~ adam
scores.mae | min outcome | flat 1 9
scores.r2 | max outcome | flat 0 1
meta.started | when | when
meta.seconds | outcome meta | flat 3 90
meta.host | meta | of a ~ b""",
    ),
    header(
        "llm_finetuning",
        """
run_name | id | name
base_model | hp task | of llama-7b ~ mistral-7b
dataset | task | of alpaca ~ dolly
lora_r | hp | of 8 ~ 16 ~ 64
lora_alpha | hp | of 16 ~ 32
lora_dropout | hp | of 0 ~ 0.05 ~ 0.1
lr | hp | of 1e-4 ~ 2e-4 ~ 3e-4
lr_scheduler | hp | of cosine ~ linear
warmup_steps | hp | of 0 ~ 100
max_seq_len | hp | of 512 ~ 1024
tokens_seen | fidelity outcome | int 100000 900000
train_loss | outcome | flat 0.5 2
eval_loss | min outcome | flat 0.5 2
perplexity | outcome min | flat 2 9
mmlu | outcome max | flat 30 60
gsm8k_acc | outcome max | flat 5 40
tokens_per_sec | outcome | flat 900 9000
gpu_hours | outcome | flat 1 20
peak_mem_gb | outcome | flat 20 80
notes | meta | nothing""",
    ),
    header(
        "simulation",
        """
run_id | id | count
mesh_size | hp | flat 0.1 1
time_step | hp | log 1e-5 1e-2
solver | hp | of gmres ~ cg ~ bicgstab
tolerance | hp | log 1e-10 1e-4
max_iterations | hp | of 100 ~ 500 ~ 1000
n_iterations | outcome hp | int 10 1000
residual | min outcome | log 1e-9 1e-2
cpu_time | outcome min | flat 1 90
wall_time | outcome min | flat 1 90
converged | outcome meta | of True ~ False""",
    ),
    header(
        "recommender",
        """
model | hp | of BPR ~ NeuMF ~ LightGCN
embedding_dim | hp | of 32 ~ 64 ~ 128
n_neg | hp | of 1 ~ 4 ~ 8
reg | hp | log 1e-6 1e-2
loss | hp | of bpr ~ bce ~ ccl
recall@10 | max outcome | flat 0 0.3
recall@20 | outcome max | flat 0 0.3
ndcg@10 | outcome max | flat 0 0.3
hit@10 | outcome max | flat 0 0.6
MRR | outcome max | flat 0 0.3
coverage | outcome | flat 0 1
best_epoch | outcome fidelity meta | int 5 200""",
    ),
)
