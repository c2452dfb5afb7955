"""Headers as people and papers write them, with the right answer for each column.

Realistic, not copied. The rules were tuned on these, as on `headers.py` and `trackers.py`.
"""

from __future__ import annotations

from tests.roles.cells import header

BY_HAND = (
    header(
        "keras_csvlogger_merged",
        """
run | id repeat meta | grid 4 0 ~ 1 ~ 2 ~ 3 ~ 4 ~ 5 ~ 6 ~ 7 ~ 8 ~ 9 ~ 10 ~ 11
units | hp | grid 4 32 ~ 64 ~ 128 ~ 256
dropout_rate | hp | grid 4 0.1 ~ 0.2 ~ 0.3 ~ 0.4 ~ 0.5 ~ 0.1
init_lr | hp | grid 4 0.1 ~ 0.01 ~ 0.001 ~ 0.0001 ~ 0.03
epoch | fidelity | grid 1 0 ~ 1 ~ 2 ~ 3
accuracy | outcome | flat 0.3 1
loss | outcome | flat 0 2
lr | outcome meta hp | log 1e-6 1e-2
val_accuracy | max outcome | flat 0.3 1
val_loss | min outcome | flat 0 2""",
    ),
    header(
        "sklearn_pipeline",
        """
Unnamed: 0 | id | count
mean_fit_time | outcome | flat 0.01 4
std_fit_time | outcome | flat 0.01 4
mean_score_time | outcome | flat 0.01 4
std_score_time | outcome | flat 0.01 4
param_clf__C | hp | of 0.1 ~ 1 ~ 10 ~ 100
param_clf__gamma | hp | of scale ~ auto ~ 0.01 ~ 0.1
param_scale__with_mean | hp | of True ~ False
param_reduce__n_components | hp | of 2 ~ 4 ~ 8 ~ None
params | meta | record param_clf__C param_clf__gamma param_scale__with_mean param_reduce__n_components
split{0,1,2,3,4}_test_roc_auc | outcome | flat 0.5 1
mean_test_roc_auc | max outcome | flat 0.5 1
std_test_roc_auc | outcome | flat 0 0.05
rank_test_roc_auc | outcome meta | count 1
split{0,1,2,3,4}_test_neg_log_loss | outcome | flat -1 0
mean_test_neg_log_loss | outcome max | flat -1 0
std_test_neg_log_loss | outcome | flat 0 0.05
rank_test_neg_log_loss | outcome meta | count 1
split{0,1,2,3,4}_train_roc_auc | outcome | flat 0.5 1
mean_train_roc_auc | outcome | flat 0.5 1
std_train_roc_auc | outcome | flat 0 0.05""",
    ),
    header(
        "skopt",
        """
x0_learning_rate | hp | log 1e-6 1e-2
x1_num_dense_layers | hp | int 1 6
x2_num_dense_nodes | hp | int 5 513
x3_activation | hp | of relu ~ sigmoid
func_vals | min metric | flat -0.99 -0.5""",
    ),
    header(
        "hyperopt_choice_index",
        """
tid | id | count
loss | min | flat 0.1 1
status | meta | always ok
vals.booster | hp | of 0 ~ 1
vals.max_depth | hp | int 0 9
vals.eta | hp | log 1e-3 1
vals.colsample_bytree | hp | flat 0.5 1
eval_time | outcome | flat 1 90
book_time | when | when""",
    ),
    header(
        "xgboost_by_hand",
        """
max_depth | hp | grid 16 3 ~ 6 ~ 9
eta | hp | grid 4 0.01 ~ 0.1 ~ 0.3 ~ 0.5
subsample | hp | grid 1 0.5 ~ 0.75 ~ 0.9 ~ 1
logloss | min | flat 0.2 0.7
time | outcome | flat 2 60""",
    ),
    header(
        "lightgbm_by_hand",
        """
id | id | count 1
num_leaves | hp | of 15 ~ 31 ~ 63 ~ 127
learning_rate | hp | log 1e-3 0.3
min_data_in_leaf | hp | int 5 200
feature_fraction | hp | flat 0.4 1
bagging_fraction | hp | flat 0.4 1
bagging_freq | hp | int 0 8
lambda_l1 | hp | log 1e-8 10
lambda_l2 | hp | log 1e-8 10
max_bin | hp | of 63 ~ 127 ~ 255
boosting_type | hp | of gbdt ~ dart ~ goss
objective | fixed | always binary
metric | fixed | always auc
early_stopping_rounds | fixed | always 50
best_iteration | outcome meta fidelity | int 40 900
n_trees | outcome hp | int 40 900
train_auc | outcome | flat 0.7 1
valid_auc | max | flat 0.7 1
auc_std | outcome | flat 0 0.04
elapsed | outcome | flat 2 90""",
    ),
    header(
        "rl_by_hand",
        """
env | task | of CartPole-v1 ~ LunarLander-v2 ~ Acrobot-v1
seed | repeat | of 0 ~ 1 ~ 2 ~ 3
gamma | hp | of 0.9 ~ 0.99 ~ 0.999
n_steps | hp | of 128 ~ 512 ~ 2048
gae_lambda | hp | of 0.9 ~ 0.95 ~ 1
ent_coef | hp | log 1e-8 0.1
total_timesteps | fidelity fixed | always 100000
ep_rew_mean | max | flat -500 500
ep_len_mean | outcome | flat 10 500
success_rate | outcome | flat 0 1
fps | outcome | flat 300 3000""",
    ),
    header(
        "german",
        """
Versuch | id | count 1
Lernrate | hp | log 1e-5 1e-1
Stapelgröße | hp | of 16 ~ 32 ~ 64
Schichten | hp | int 1 6
Optimierer | hp | of Adam ~ SGD
Verlust | min outcome | flat 0.1 2
Genauigkeit | max outcome | flat 0.4 1
Laufzeit | outcome | flat 20 900
Datum | when | when %d.%m.%Y %H:%M""",
    ),
    header(
        "french",
        """
essai | id | count 1
taux_apprentissage | hp | log 1e-5 1e-1
taille_lot | hp | of 16 ~ 32 ~ 64
couches | hp | int 1 6
graine | repeat | of 1 ~ 2 ~ 3
perte | min outcome | flat 0.1 2
précision | max outcome | flat 0.4 1
durée (s) | outcome | flat 20 900
date | when | when %d/%m/%Y %H:%M""",
    ),
    header(
        "spanish",
        """
ensayo | id | count 1
tasa_aprendizaje | hp | log 1e-5 1e-1
tamaño_lote | hp | of 16 ~ 32 ~ 64
capas | hp | int 1 6
semilla | repeat | of 1 ~ 2 ~ 3
pérdida | min outcome | flat 0.1 2
exactitud | max outcome | flat 0.4 1
tiempo | outcome | flat 20 900
fecha | when | when %d/%m/%Y %H:%M""",
    ),
    header(
        "with_units",
        """
# | id | count 1
lr [log10] | hp | flat -5 -1
hidden size (units) | hp | of 64 ~ 128 ~ 256
temperature [K] | hp | flat 270 400
Batch size | hp | of 8 ~ 16 ~ 32
RMSE (test) | min outcome | flat 0.1 3
RMSE (train) | outcome | flat 0.1 3
R² (test) | outcome max | flat 0 1
time (s) | outcome | flat 3 90
Peak mem. (GB) | outcome | flat 1 40""",
    ),
    header(
        "grid_of_svm",
        """
kernel | hp | of rbf ~ poly ~ linear
C | hp | of 0.1 ~ 1 ~ 10 ~ 100
gamma | hp | of 0.001 ~ 0.01 ~ 0.1; only kernel = rbf ~ poly
degree | hp | of 2 ~ 3 ~ 4; only kernel = poly
class_weight | hp | of none ~ balanced
Accuracy | max outcome | flat 0.5 1
Precision | outcome max | flat 0.5 1
Recall | outcome max | flat 0.5 1
F1 | outcome max | flat 0.5 1
Fit time | outcome | flat 0.1 9""",
    ),
    header(
        "optuna_by_hand",
        """
trial | id | count
val_rmse | min | flat 1 9
n_estimators | hp | int 50 1000
max_features | hp | of sqrt ~ log2 ~ 0.5
min_samples_split | hp | int 2 20
bootstrap | hp | of True ~ False
params | meta | record n_estimators max_features min_samples_split bootstrap
test_rmse | outcome | flat 1 9
test_r2 | outcome | flat 0 1
cv_std | outcome | flat 0 0.5
train_time_s | outcome | flat 1 99
predict_time_s | outcome | flat 0.1 2
best | meta outcome | of True ~ False
timestamp | when | when""",
    ),
    header(
        "as_text",
        """
learning_rate | hp | log 1e-5 1e-1; text
momentum | hp | flat 0 1; text
nesterov | hp | of True ~ False; text
layers | hp | of [64, 64] ~ [128] ~ [32, 32, 32]; text
augmentation | hp | of {"flip": true} ~ {"flip": true, "crop": 4} ~ {}; text
depth | hp | int 1 9; text
score | max | flat 0 1; text""",
    ),
)
