"""The right answers for the columns of real tables, which are read from beside the repository where they are."""

from __future__ import annotations

from tests.roles.cells import Header, header

# The tables bring their own cells: no recipe is used.
TABLES: dict[str, Header] = {
    "aaa_random3000.csv": header(
        "aaa_random3000",
        """
{gran,kernel_size,quantile,selectivity,metric} | hp | nothing
f1_score | max""",
    ),
    "hiplot_ml1.csv": header(
        "hiplot_ml1",
        """
uid | id
from_uid | id
{dropout,embedding_size,lr} | hp | nothing
epoch | fidelity
train f1 | outcome
valid ppl | min""",
    ),
    "optuna_a2c_cartpole.csv": header(
        "optuna_a2c_cartpole",
        """
Unnamed: 0 | id
number | id
value | metric max
datetime_start | when
datetime_complete | when
duration | meta outcome | nothing
params_{activation_fn,ent_coef,exponent_n_steps,gae_lambda,gamma,lr,max_grad_norm,net_arch,ortho_init} | hp | nothing
user_attrs_{gae_lambda_,gamma_,n_steps} | meta outcome | nothing
state | meta | nothing""",
    ),
    "bohb_conditional_run3.csv": header(
        "bohb_conditional_run3",
        """
config_id | id
budget | fidelity
{batch_size,dropout,kernel_size,l2_decay,learning_rate,lr_scheduler,lr_scheduler_tmax} | hp | nothing
{num_channels,num_levels,use_augmentation,weight_decay,lr_scheduler_tmult} | hp | nothing
loss | min
duration_s | outcome
exception | meta | nothing""",
    ),
    "arl_cc_cartpole_dqn_final.csv": header(
        "arl_cc_cartpole_dqn",
        """
run_id | id repeat
budget | fidelity meta
performance | max
hp_config.{buffer_batch_size,buffer_prio_sampling,buffer_size,initial_epsilon,learning_rate} | hp | nothing
hp_config.{learning_starts,target_epsilon,use_target_network,buffer_alpha,buffer_beta} | hp | nothing
hp_config.{buffer_epsilon,target_update_interval} | hp | nothing
seed | repeat""",
    ),
    "quantile_DeepAR.csv": header(
        "quantile_DeepAR",
        """
hp_{num_layers,num_cells,dropout_rate_log,learning_rate_log} | hp | nothing
hp_{num_batches_per_epoch_log,context_length_ratio_log} | hp | nothing
dataset_time_freq | context | nothing
dataset_prediction_length | context | nothing
metric_CRPS | min outcome
metric_train_loss | outcome
metric_throughput | outcome
metric_RMSE | outcome min
metric_time | outcome
blackbox | meta | nothing
task | task""",
    ),
}
