"""A second lot of headers that were kept aside, of result tables in public repositories, with the right answers.

They were found, labelled and scored once, after everything else, what the first lot had missed being mended by then:
89 of 91 columns were right (97.8 %), and nothing was taken for a hyperparameter that is none. In `lora_ner` one of six
accuracies was taken for the metric instead of f1. No rule was changed after that.
"""

from __future__ import annotations

from tests.roles.cells import header

FRESH = (
    # tratom/fcul-dl-project: hyperparam_results.csv
    header(
        "lstm_grid",
        """
hidden_size | hp | grid 18 128 ~ 256 ~ 512
num_layers | hp | grid 6 1 ~ 2 ~ 3
dropout | hp | grid 2 0.3 ~ 0.5 ~ 0.7
bidirectional | hp | grid 1 False ~ True
best_val_acc | max | of 0.52 ~ 0.56 ~ 0.6 ~ 0.64 ~ 0.68 ~ 0.72 ~ 0.76""",
        n=54,
    ),
    # NiccoloCase/BoVW-Image-Classification: hyperparam_results.csv
    header(
        "visual_words",
        """
detector | hp | of SIFT ~ ORB
nfeatures | hp | of 500 ~ 1000
upscale_factor | hp | of 2 ~ 4
num_visual_words | hp | of 500 ~ 1000
training_subset_size | hp | of 0.3 ~ 0.4
svm_kernel | hp | of linear ~ rbf
svm_C | hp | of 0.1 ~ 1.0
svm_gamma | hp | of scale ~ 0.01
mAP | max | flat 0.22 0.47
training_time | outcome | flat 1.6 8.7
vocabulary_time | outcome | flat 1.8 22
total_time | outcome | flat 3.7 27""",
        n=96,
    ),
    # difadlyaulhaq/lora-roberta-frankenstein-ner: results/grid_search_results.csv
    header(
        "lora_ner",
        """
rank | hp | grid 3 4 ~ 8 ~ 16 ~ 32
alpha | hp | grid 1 16 ~ 32 ~ 64
f1 | max | flat 0.67 0.76
precision | outcome | flat 0.65 0.74
recall | outcome | flat 0.7 0.78
training_time_sec | outcome | flat 4900 9300
peak_vram_gb | outcome fixed | always 0.0
muc5_{COR,INC,MIS,SPU} | outcome | int 10 280
eLen_{short,long}_acc | outcome | flat 0.5 0.8
eCon_{consistent,inconsistent}_acc | outcome | flat 0.67 0.82
eFre_{few_shot,many_shot}_acc | outcome | flat 0.57 0.84""",
        n=12,
    ),
    # henatic/CSS586_Project: results/grid_search_results.csv
    header(
        "pruning",
        """
Pipeline | hp | of Baseline ~ MagnitudePruner ~ StructuredPruner ~ DynamicQuantizer
Size (MB) | outcome | of 42.71 ~ 42.73
Sparsity (%) | hp outcome | of 0.00 ~ 25.00 ~ 50.00
Accuracy | max | flat 0.08 0.14
Latency (ms) | outcome | flat 1.2 1.9""",
        n=24,
    ),
    # armin2080/protein-secondary-structure-npe: results/hyperparameter_search.csv
    header(
        "posterior_estimation",
        """
name | id hp meta | of deeper_flow ~ higher_lr ~ baseline ~ adam_no_decay ~ stronger_reg ~ lower_lr
optimizer_name | hp | of adamw ~ adam
initial_learning_rate | hp | of 0.0002 ~ 0.0005 ~ 0.001
weight_decay | hp | of 0.0 ~ 0.001 ~ 0.005
depth | hp | of 6 ~ 10
final_train_loss | outcome | flat -100 -58
final_val_loss | min outcome | flat -108 -64
masked_mae | outcome min | flat 0.137 0.154
masked_corr | outcome max | flat 0.32 0.41""",
        n=24,
    ),
    # andredemedeiros/weld-quality-prediction: results/hyperparameter_search.csv
    header(
        "weld_quality",
        """
target | task context hp fixed | grid 60 yield_strength ~ impact_energy
model | hp | of Ridge ~ kNN ~ SVR RBF ~ XGBoost
outer_fold | repeat | grid 1 1 ~ 2 ~ 3 ~ 4 ~ 5
params | meta hp | of {"alpha": 0.1} ~ {"alpha": 1} ~ {"C": 10, "gamma": 0.01} ~ {"max_depth": 4}
inner_MAE | min | flat 27 74""",
        n=120,
    ),
    # Technologia-X/Hpo-ML-GPU: trials.csv
    header(
        "forest_ray",
        """
test_accuracy | max | flat 0.77 0.84
train_time | outcome | flat 30 88
infer_time | outcome | flat 0.7 9.4
is_bad | outcome meta | always False
done | meta | always True
timesteps_total | meta outcome fidelity | nothing
episodes_total | meta outcome fidelity | nothing
training_iteration | fidelity | of 1 ~ 3
experiment_id | id | hash 32
date | when | when %Y-%m-%d_%H-%M-%S
timestamp | when | unix
{time_this_iter_s,time_total_s} | outcome | flat 35 240
pid | id meta | int 20000 23000
hostname | meta | always product-name
node_ip | meta | always 192.168.0.199
time_since_restore | outcome meta | flat 35 240
timesteps_since_restore | meta outcome | always 0
iterations_since_restore | meta outcome fidelity | of 1 ~ 3
trial_id | id | hash
experiment_tag | id | hash 40
config/max_depth | hp | flat 10 19
config/max_features | hp | flat 0.5 1
config/n_estimators | hp | flat 540 1500
logdir | meta id | path ray""",
        n=24,
    ),
    # angelpedruiz/f16-adaptive-rl: optuna_trials.csv
    header(
        "f16_optuna",
        """
number | id | count
value | metric | flat 3636000 3980000
datetime_start | when | when
datetime_complete | when | when
duration | outcome meta | span
params_action_bins | hp | int 10 50
params_gamma | hp | flat 0.8 1
params_learning_rate | hp | log 0.001 0.1
params_obs_bins | hp | int 5 51
state | meta | always COMPLETE""",
    ),
    # kasey-purvor/Deception_ML_Model: tuning_results.csv
    header(
        "deception_models",
        """
Model | hp | of Logistic Regression ~ SVM ~ Random Forest ~ Gradient Boosting ~ KNN
Mean Accuracy | max | flat 0.67 0.92
Params | meta | wide""",
        n=24,
    ),
)
