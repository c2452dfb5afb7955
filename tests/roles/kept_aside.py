"""Realistic headers that were kept aside until the rules were done, with the right answers: see `held_out.py`."""

from __future__ import annotations

from tests.roles.cells import header

KEPT_ASIDE = (
    header(
        "wandb_vision",
        """
Name | id | name
State | meta | of finished ~ finished ~ crashed ~ failed
Notes | meta | nothing
User | meta | always ada
Tags | meta | of baseline ~ ablation
Created | when | when %Y-%m-%dT%H:%M:%S.000Z
Runtime | outcome meta | int 2000 40000
Sweep | meta id | always x1y2z3
arch | hp | of resnet18 ~ convnext_tiny ~ vit_small
aug.mixup | hp | flat 0 0.8
aug.cutmix | hp | flat 0 1
aug.randaug_magnitude | hp | int 3 12
base_lr | hp | log 1e-5 1e-2
clip_grad | hp | of 0 ~ 1 ~ 5
drop_path | hp | flat 0 0.4
ema_decay | hp | of 0.99 ~ 0.999 ~ 0.9999
epochs | fixed | always 100
img_size | hp | of 176 ~ 224
layer_decay | hp | flat 0.6 1
local_rank | fixed meta | always 0
output_dir | meta | path out
resume | meta fixed | nothing
warmup_epochs | hp | of 0 ~ 5 ~ 10
world_size | fixed meta | always 8
Epoch | fidelity outcome | int 50 100
Best val/top1 | max outcome | flat 60 82
val/top1 | max outcome | flat 60 82
val/top5 | outcome max | flat 85 96
val/loss | outcome min | flat 0.7 2
train/loss | outcome | flat 0.7 4
train/lr | outcome meta | log 1e-8 1e-4
train/grad_norm | outcome | flat 0 9
throughput_img_s | outcome | flat 400 3000
gpu_mem_gb | outcome | flat 9 70""",
    ),
    header(
        "sb3_zoo",
        """
number | id | count
value | metric max | normal 100 60
datetime_start | when | when
datetime_complete | when | when
duration | outcome meta | span
params_batch_size | hp | of 8 ~ 64 ~ 512
params_n_steps | hp | of 8 ~ 128 ~ 2048
params_net_arch | hp | of tiny ~ small ~ medium
params_activation_fn | hp | of tanh ~ relu
params_gamma | hp | of 0.9 ~ 0.99 ~ 0.9999
params_learning_rate | hp | log 1e-5 1
params_clip_range | hp | of 0.1 ~ 0.2 ~ 0.4
params_seed | repeat hp | int 0 9
user_attrs_n_params | outcome meta | int 1000 90000
user_attrs_failed_reason | meta | nothing
intermediate_values_1 | outcome meta | normal 90 50; blank 0.2
intermediate_values_2 | outcome meta | normal 90 50; blank 0.4
state | meta | of COMPLETE ~ COMPLETE ~ PRUNED""",
    ),
    header(
        "automl_table",
        """
fold | repeat | of 0 ~ 1 ~ 2 ~ 3 ~ 4
classifier | hp | of rf ~ svm ~ xgb
rf__n_estimators | hp | int 50 500; only classifier = rf
rf__max_depth | hp | int 2 20; only classifier = rf
svm__C | hp | log 1e-3 1e3; only classifier = svm
xgb__eta | hp | log 1e-3 0.5; only classifier = xgb
scaler | hp | of standard ~ minmax ~ none
balanced_accuracy | max outcome | flat 0.5 1
mcc | outcome max | flat 0 1
log_loss | outcome min | flat 0.1 1
brier | outcome min | flat 0 0.3
fit_seconds | outcome | flat 0.1 90
predict_seconds | outcome | flat 0.01 3
model_size_kb | outcome | flat 10 9000
error_msg | meta | nothing
created_at | when | when""",
    ),
    header(
        "retrieval_rag",
        """
exp | id | count 1
chunk_size | hp | of 256 ~ 512 ~ 1024
chunk_overlap | hp | of 0 ~ 64 ~ 128
embedder | hp | of bge ~ e5 ~ gte
top_k | hp | of 3 ~ 5 ~ 10
rerank | hp | of True ~ False
temperature | hp | of 0 ~ 0.3 ~ 0.7
llm | hp | of small ~ large
context_precision | outcome max | flat 0 1
context_recall | outcome max | flat 0 1
faithfulness | outcome max | flat 0 1
answer_relevancy | outcome max | flat 0 1
hit_rate | outcome max | flat 0 1
avg_latency | outcome min | flat 0.3 4
cost_usd | outcome min | flat 0.01 2
prompt_tokens | outcome | int 900 9000
n_questions | context fixed meta | always 100
run_at | when | when""",
    ),
    header(
        "time_series",
        """
model | hp | of lstm ~ tcn ~ nbeats
horizon | hp context task | of 1 ~ 12 ~ 24
lookback | hp | of 24 ~ 48 ~ 96
hidden | hp | of 32 ~ 64
lr | hp | log 1e-4 1e-2
patience | fixed | always 5
MAPE | min outcome | flat 3 30
sMAPE | outcome min | flat 3 30
MASE | outcome min | flat 0.5 2
WQL | outcome min | flat 0.1 1
CRPS | outcome min | flat 0.1 1
train_time | outcome | flat 20 900
stopped_epoch | outcome fidelity meta | int 5 90""",
    ),
    header(
        "segmentation",
        """
Experiment | id | hash
Backbone | hp | of r50 ~ swin_t
Crop | hp | of 512 ~ 769
Loss | hp | of ce ~ dice ~ focal
Optim | hp | of sgd ~ adamw
LR | hp | of 0.01 ~ 0.001
WD | hp | of 0.0001 ~ 0.05
Iters | fidelity hp | of 40000 ~ 80000
mIoU | max | flat 60 84
mAcc | outcome max | flat 70 90
aAcc | outcome max | flat 90 97
Dice | outcome max | flat 60 90
HD95 | outcome min | flat 2 30
Inf. time (fps) | outcome | flat 5 40
Mem (GB) | outcome | flat 4 20
Comments | meta | nothing""",
    ),
    header(
        "mlflow_ui_download",
        """
Start Time | when | when %Y-%m-%d %H:%M:%S
Duration | outcome meta | of 1.2min ~ 55.3s ~ 2.4min ~ 3.1min
Run ID | id | hash 32
Name | id meta | name
Source Type | meta | always LOCAL
Source Name | meta | always train.py
User | meta | always sam
Status | meta | of FINISHED ~ FINISHED ~ FAILED
alpha | hp | log 1e-4 10
l1_ratio | hp | flat 0 1
mae | outcome min | flat 0.4 1
r2 | outcome max | flat 0 1
rmse | min outcome | flat 0.4 1""",
    ),
    header(
        "speech",
        """
exp_id | id | hash
tokenizer | hp | of bpe ~ char
vocab_size | hp | of 500 ~ 1000 ~ 5000
n_mels | hp | of 40 ~ 80
specaug | hp | of True ~ False
encoder_layers | hp | int 4 16
ctc_weight | hp | flat 0 0.5
peak_lr | hp | log 1e-4 1e-2
beam_size | hp | of 1 ~ 5 ~ 10
dev_clean_wer | min outcome | flat 3 9
dev_other_wer | outcome min | flat 8 20
test_clean_wer | outcome min | flat 3 9
test_other_wer | outcome min | flat 8 20
cer | outcome min | flat 1 5
rtf | outcome min | flat 0.01 0.5
train_hours | outcome | flat 3 90
date | when | when %Y-%m-%d""",
    ),
)
