"""The kinds of export, by the names that their tools write, with the right answer for each column.

The names are those that Optuna 5.0, scikit-learn 1.9, MLflow 3.17, Ray 2.60, hyperopt 0.3, HiPlot 0.1, Ax, Katib,
NNI, DeepCAVE and the run table of W&B give to their columns; the cells are made up, with the traps that these exports
are known for. The answers were written before the rules were tried on them.
"""

from __future__ import annotations

from tests.roles.cells import header

_OPTUNA_TIMES = """
datetime_start | when | when
datetime_complete | when | when; blank 0.05
duration | outcome meta | span; blank 0.05"""

_SEARCHED = """
lr | hp | log 1e-5 1e-1
opt | hp | of adam ~ sgd ~ rmsprop"""

EXPORTS = (
    header(
        "optuna_trials_dataframe",
        f"""
number | id | count
value | metric | flat 0 1; blank 0.05
{_OPTUNA_TIMES.strip()}
params_depth | hp | int 1 9; blank 0.1
params_lr | hp | log 1e-5 1e-1
params_opt | hp | of adam ~ sgd ~ rmsprop
params_momentum | hp | flat 0 1; only params_opt = sgd
user_attrs_acc | outcome | flat 0 1
system_attrs_tpe:relative_params:0 | meta | wide
state | meta | of COMPLETE ~ COMPLETE ~ COMPLETE ~ PRUNED ~ FAIL""",
    ),
    header(
        "optuna_named",
        f"""
number | id | count
value_val_loss | min | flat 0.2 3; blank 0.05
{_OPTUNA_TIMES.strip()}
params_lr | hp | log 1e-5 1e-1
state | meta | of COMPLETE ~ COMPLETE ~ PRUNED""",
    ),
    header(
        "optuna_multi",
        f"""
number | id | count
values_0 | metric outcome | flat 0 1
values_1 | outcome metric | flat 5 90
{_OPTUNA_TIMES.strip()}
params_x | hp | flat -5 5
params_y | hp | flat -5 5
state | meta | always COMPLETE""",
    ),
    header(
        "optuna_multi_named",
        f"""
number | id | count
values_loss | min outcome | flat 0 3
values_acc | max outcome | flat 0 1
{_OPTUNA_TIMES.strip()}
params_x | hp | flat -5 5
params_y | hp | flat -5 5
state | meta | of COMPLETE ~ RUNNING ~ COMPLETE""",
    ),
    header(
        "optuna_grid",
        f"""
number | id | count
value | metric | flat 0 1
{_OPTUNA_TIMES.strip()}
params_x | hp | grid 6 -5 ~ -3 ~ -1 ~ 0 ~ 1 ~ 3 ~ 4 ~ 5
params_y | hp | grid 1 -5 ~ -2 ~ 0 ~ 1 ~ 2 ~ 5
system_attrs_grid_id | id meta | count
system_attrs_search_space | meta | always dict(x=[-5, 5], y=[-5, 5])
state | meta | always COMPLETE""",
    ),
    header(
        "optuna_dashboard_csv",
        """
Number | id | count
State | meta | of Complete ~ Complete ~ Pruned ~ Fail
Value | metric | flat 0 1; blank 0.1
Param x | hp | flat 0 10
Param y | hp | flat 0 10
UserAttribute acc | outcome | flat 0 1; blank 0.1""",
    ),
    header(
        "sklearn_multi",
        """
{mean_fit_time,std_fit_time,mean_score_time,std_score_time} | outcome | flat 0.01 4
param_randomforestclassifier__min_samples_leaf | hp | grid 8 1 ~ 2 ~ 4 ~ 8 ~ 16 ~ 32
param_randomforestclassifier__max_depth | hp | grid 1 None ~ 2 ~ 3 ~ 5 ~ 8 ~ 10 ~ 12 ~ 20
params | meta | record param_randomforestclassifier__min_samples_leaf param_randomforestclassifier__max_depth
split0_test_accuracy | outcome | flat 0.6 1
mean_test_accuracy | max | flat 0.6 1
std_test_accuracy | outcome | flat 0 0.05
rank_test_accuracy | outcome meta | count 1
mean_test_f1_macro | outcome max | flat 0.5 1""",
    ),
    header(
        "sklearn_halving",
        """
iter | fidelity | grid 24 0 ~ 1
n_resources | fidelity | grid 24 50 ~ 150
{mean_fit_time,std_fit_time,mean_score_time,std_score_time} | outcome | flat 0.01 4
param_min_samples_leaf | hp | of 1 ~ 2 ~ 4 ~ 8
param_max_depth | hp | of None ~ 3 ~ 5 ~ 10
params | meta | record param_min_samples_leaf param_max_depth
mean_test_score | max | flat 0.6 1
rank_test_score | outcome meta | count 1""",
    ),
    header(
        "mlflow_search_runs",
        """
run_id | id | hash 32
experiment_id | id meta | always 3
status | meta | of FINISHED ~ FINISHED ~ FINISHED ~ FAILED ~ RUNNING
artifact_uri | meta | path mlruns
start_time | when | when %Y-%m-%d %H:%M:%S.%f+00:00
end_time | when | when %Y-%m-%d %H:%M:%S.%f+00:00
metrics.val_loss | min | flat 0.1 3; blank 0.1
params.lr | hp | log 1e-5 1e-1; text
params.opt | hp | of adam ~ sgd ~ None
params.depth | hp | of 2 ~ 4 ~ 8; text
tags.mlflow.parentRunId | id meta | always 0badcafe
tags.mlflow.user | meta | always lena
tags.mlflow.source.name | meta | always train.py
tags.mlflow.source.type | meta | always LOCAL
tags.stage | meta | of dev ~ prod
tags.mlflow.runName | id meta | name""",
    ),
    header(
        "ray_resultgrid",
        """
loss | min outcome | flat 0 3
acc | max outcome | flat 0 1
timestamp | when | unix
checkpoint_dir_name | meta id | nothing
done | meta | bool
training_iteration | fidelity | of 10 ~ 30 ~ 90
trial_id | id | hash
date | when | when %Y-%m-%d_%H-%M-%S
{time_this_iter_s,time_total_s} | outcome | flat 3 400
pid | id meta | int 1000 9999
hostname | meta | of node1 ~ node2
node_ip | meta | of 10.0.0.1 ~ 10.0.0.2
time_since_restore | outcome meta | flat 3 400
iterations_since_restore | meta outcome fidelity | of 10 ~ 30 ~ 90
config/lr | hp | log 1e-5 1e-1
config/net/depth | hp | int 1 6
config/net/act | hp | of relu ~ tanh
logdir | meta id | hash""",
    ),
    header(
        "ax_summarize",
        f"""
trial_index | id | count
arm_name | id | name
trial_status | meta | of COMPLETED ~ COMPLETED ~ FAILED ~ RUNNING
generation_node | meta | grid 24 Sobol ~ MBM
loss | min | flat 0 3; blank 0.05
{_SEARCHED.strip()}""",
    ),
    header(
        "hyperopt_json_normalize",
        """
state | meta | always 2
tid | id | count
spec | meta | nothing
exp_key | meta id | nothing
owner | meta | nothing
version | meta | always 0
book_time | when | when
refresh_time | when | when
result.loss | min | flat 0 3
result.status | meta | always ok
result.acc | outcome | flat 0 1
misc.tid | id | count
misc.cmd | meta | always ('domain_attachment', 'FMinIter_Domain')
misc.workdir | meta | nothing
misc.idxs.depth | meta id | count
misc.idxs.lr | meta id | count
misc.vals.depth | hp | int 0 4
misc.vals.lr | hp | log 1e-5 1e-1""",
    ),
    header(
        "hiplot",
        f"""
uid | id | hash
from_uid | id | hash; blank 0.1
loss | min | flat 0 3
{_SEARCHED.strip()}""",
    ),
    header(
        "wandb_ui",
        """
Name | id | name
Agent | id meta | of a81k ~ c02x ~ k9zz
State | meta | of finished ~ finished ~ finished ~ crashed
Notes | meta | always -
User | meta | always lena
Tags | meta | nothing
Created | when | when %Y-%m-%dT%H:%M:%S.000Z
Runtime | outcome meta | int 200 4000
Sweep | meta id | always q2z8x1aa
batch_size | hp | of 16 ~ 32 ~ 64
lr | hp | log 1e-5 1e-1
method | meta | always bayes
metric.goal | meta | always minimize
metric.name | meta | always val_loss
model_type | hp | of lstm ~ gru ~ tcn
output_dir | meta | path out
parameters.lr | meta | nothing
program | meta | always train.py
wavelet | hp | of db4 ~ haar ~ sym5
best_loss | outcome | flat 0 2
best_metric | outcome meta | of 0.71 (epoch 12) ~ 0.73 (epoch 9) ~ 0.69 (epoch 3)
epoch | fidelity outcome | int 5 50
eval/mse_mean | outcome | flat 0 1
train_loss | outcome | flat 0 1
val_loss | min | flat 0 1; blank 0.05""",
    ),
    header(
        "katib_ui",
        """
trialName | id | hash
Status | meta | of Succeeded ~ Succeeded ~ EarlyStopped ~ Failed
Validation-accuracy | max | flat 0.5 1; blank 0.05
Train-accuracy | outcome | flat 0.5 1; blank 0.05
lr | hp | flat 0.01 0.03
num-layers | hp | of 2 ~ 3 ~ 4 ~ 5
optimizer | hp | of sgd ~ adam ~ ftrl
KFP Run | id meta | nothing""",
    ),
    header(
        "nni_csv",
        """
lr | hp | log 1e-4 1e-1
hidden | hp | of 128 ~ 256 ~ 512 ~ 1024
reward | max | flat 0.5 1
trialJobId | id | hash 5
intermediate | meta outcome | wide""",
    ),
    header(
        "deepcave_csv",
        """
config_id | id | count
alpha | hp | flat 0 1
depth | hp | int 1 9
metric:normal [0.0; 1.0] (maximize) | max | flat 0 1
status | meta | of SUCCESS ~ SUCCESS ~ CRASHED ~ TIMEOUT
start_time | when | unix
end_time | when | unix
budget | fidelity | of 1 ~ 3 ~ 9 ~ 27
seed | repeat | of 0 ~ 1 ~ 2""",
    ),
)
