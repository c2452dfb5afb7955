"""Headers of result tables in public repositories (named at each), with the right answer for each column.

The names of the columns are theirs; the cells are made up after theirs. The rules were tuned on these, too.
"""

from __future__ import annotations

from tests.roles.cells import header

FOUND_TUNED = (
    # arshinsikka/CS4248_G02_QA: results/hparam_search.csv
    header(
        "qa_search",
        """
label | hp | grid 35 top2 ~ top3 ~ top5
alpha | hp | grid 5 0.2 ~ 0.3 ~ 0.4 ~ 0.5 ~ 0.6 ~ 0.7 ~ 0.8
min_gap | hp | grid 1 0.15 ~ 0.2 ~ 0.25 ~ 0.3 ~ 0.35
exact | outcome max | flat 75 85
f1 | max | flat 86 91
changed | outcome | int 0 2400
changed_orig_incorrect_new_correct | outcome | int 0 280
changed_orig_correct_new_incorrect | outcome | int 0 1190
changed_orig_incorrect_new_incorrect | outcome | int 0 500
changed_orig_correct_new_correct | outcome | int 0 460
time_sec | outcome | flat 0.32 0.43""",
        n=105,
    ),
    # ds-brx/QTT: hpo_results.csv
    header(
        "curves_in_columns",
        """
batch_size | hp | of 4 ~ 8
learning_rate | hp | of 1e-5 ~ 5e-5 ~ 1e-4 ~ 5e-4 ~ 0.01
momentum | hp | of 0.0 ~ 0.8 ~ 0.9 ~ 0.95 ~ 0.99
weight_decay | hp | of 0.0 ~ 0.0001 ~ 0.001 ~ 0.01 ~ 0.1
lr_warmup_epochs | hp | of 0 ~ 5 ~ 10
model | hp | of fcn_resnet50 ~ lraspp_mobilenet_v3_large
training_time | outcome | flat 39 46
epoch_{1,2,3,4,5,6,7,8,9,10} | outcome metric min | flat 0.1 3.4""",
        n=24,
    ),
    # Thinkminator/franka_tray_rl: tuning_results.csv
    header(
        "robot_gains",
        """
kp | hp | grid 16 20 ~ 30 ~ 40 ~ 50
kd | hp | grid 4 2 ~ 5 ~ 8 ~ 12
max_inc | hp | grid 1 0.003 ~ 0.005 ~ 0.008 ~ 0.012
avg_reward | max | flat -12.1 -6.1
drop_rate | outcome fixed | always 0.0
avg_min_offset | outcome | flat 0.015 0.02
n_episodes | fixed | always 6""",
        n=64,
    ),
    # ievaaR/RecBole_DSAIT4335_Group_18: tuning_results.csv
    header(
        "recbole",
        """
model | hp | of BPR ~ ItemKNN ~ FISM
parameters | meta id | wide
valid_recall@10 | max outcome | flat 0.1 0.22
valid_mrr@10 | outcome max | flat 0.2 0.4
valid_ndcg@10 | outcome max | flat 0.1 0.24
valid_hit@10 | outcome max | flat 0.5 0.77
valid_precision@10 | outcome max | flat 0.09 0.17""",
        n=24,
    ),
    # FatihSenturk/teacher-logit-scaling-kd: runs.csv
    header(
        "distillation",
        """
run_name | id | name
timestamp | when | when %Y-%m-%d-%H-%M-%S
family | hp task meta | of baseline ~ mechanism_ablation
teacher | hp | of vae9182 ~ primary ~ stage1
manipulation | hp | of none ~ adaptive_t ~ ctkd ~ gate
t_scale | fixed | always 1.0
student_head | fixed | always vich
width_mult | fixed | always 1.0
student_pretrained | fixed | always True
capacity_tag | fixed meta | always w100
gate_signal | hp | of mean_logvar ~ oracle_error; only manipulation = gate
preregistration_block | meta hp | of A7 ~ A12 ~ B2; blank 0.6
seed | repeat | of 1 ~ 42 ~ 43
epochs | hp fidelity | of 200 ~ 400
swa_start | hp | of 90 ~ 200; blank 0.2
kd_temperature | hp | of 4 ~ 6
alpha | hp | of 0.25 ~ 0.3
class_weight_mode | hp | of none ~ effective_number
best_epoch | outcome fidelity meta | int 125 399
acc | max | flat 88 90
ece | outcome min | flat 0.02 0.2
ece_source | fixed meta | always cached
macro_f1 | outcome max | flat 82 85
params_m | outcome | of 2.248291 ~ 3.1
flops_g | outcome | of 0.328584384 ~ 0.429148224
run_dir | meta | path unified_students""",
    ),
    # SadiaTabassum1216/GAT-LLM: optuna_trials.csv
    header(
        "gat_llm",
        """
trial_number | id | count
lrate | hp | log 1e-5 1e-2
wdecay | hp | log 1e-6 1e-2
optimizer | hp | of Adam ~ Ranger ~ AdamW
clip | hp | flat 0.1 10
llm_layer | hp | int 1 5
U | hp | int 1 5
batch_size | hp | of 32 ~ 64 ~ 128
loss | min | flat 22 44""",
    ),
    # aiejvn/parameter-golf: sweep_results.csv
    header(
        "heads_sweep",
        """
n_heads | hp | of 2 ~ 4 ~ 8 ~ 16 ~ 32
head_dim | hp | of 256 ~ 128 ~ 64 ~ 32
params | outcome fixed | always 32987776
train_loss | outcome | flat 32.2 32.3
val_loss | min outcome | flat 32.6 32.7
val_bpb | outcome min | flat 2.211 2.213
train_min | outcome | flat 45 121""",
        n=24,
    ),
    # doas3140/ocr-benchmark: hyperparameter_results.csv
    header(
        "ocr_ray",
        """
trial_id | id | hash
p | outcome metric | flat 15 50
r | outcome metric | flat 0 50
l | outcome metric | flat 1.2 14
time_total_s | outcome | flat 0.7 1.5
config.clahe | hp | of True ~ False
config.normalize | hp | of 4 ~ 32; blank 0.3
config.blur | hp | of 3 ~ 5 ~ 7; blank 0.2
config.thresh | hp | int 12 250""",
    ),
    # Luqhhh/Noise-aware-Parameter-Efficient-CLIP-Fine-tuning: results/ablation.csv
    header(
        "clip_ablation",
        """
exp_id | id | hash 4
description | id meta | hash 20
head_type | fixed | always linear
freeze_clip | hp | of true ~ false
lr | hp | of 0.001 ~ 0.003 ~ 0.005 ~ 0.0003
bb_lr | hp | of 1e-5 ~ 3e-5; only freeze_clip = false
dropout | hp | of 0 ~ 0.1 ~ 0.2 ~ 0.3
aug | hp | of a0 ~ a1 ~ a2
epochs | hp fidelity | of 20 ~ 50; blank 0.2
val_acc | max | flat 0.6 0.81; blank 0.2
result_status | meta | of historical_valid ~ incomplete ~ invalid_stage_leakage
validation_protocol | hp meta | of independent_split ~ per_experiment_split
parent_experiment | id meta | of E0 ~ D3 ~ F1; blank 0.5
val_overlap_with_parent | meta outcome | of ? ~ 8902/10116 (88.0%) ~ 0/10316 (0%); blank 0.5
notes | meta id | hash 30""",
        n=24,
    ),
    # maryskal/mamography_uoc: hyperparameter_results.csv
    header(
        "mammography",
        """
Unnamed: 0 | id | count
model_name | hp | of EfficientNetB3 ~ Xception ~ InceptionV3
frozen_proportion | hp | of 0 ~ 0.3 ~ 0.6 ~ 1
learning_rate | hp | of 1e-5 ~ 1e-4 ~ 1e-3
val_auc | max outcome | flat 0.5 0.9
val_accuracy | outcome max | flat 0.5 0.9
val_loss | outcome min | flat 0.3 1
val_precision | outcome max | flat 0.5 0.9""",
        n=36,
    ),
)
