"""Headers as trackers write them, with the right answer for each column.

Realistic, not copied: the names follow each tool's documented conventions, the hyperparameters and cells are made up.
The rules were tuned on these, as on all but `held_out.py`, `kept_aside.py` and `fresh.py`, which
they saw only once they were done.
"""

from __future__ import annotations

from tests.roles.cells import header

TRACKERS = (
    header(
        "wandb_sweep_small",
        """
Name | id | name
State | meta | of finished ~ finished ~ crashed ~ running
Notes | meta | nothing
User | meta | always jo
Tags | meta | nothing
Created | when | when %Y-%m-%dT%H:%M:%S.000Z
Runtime | outcome meta | int 100 4000
Sweep | meta id | always bayes-3
batch_size | hp | of 32 ~ 64 ~ 128
dropout | hp | flat 0 0.6
epochs | fixed | always 20
fc_layer_size | hp | of 128 ~ 256 ~ 512
learning_rate | hp | log 1e-4 1e-1
optimizer | hp | of adam ~ sgd
loss | min outcome | flat 0.1 2; blank 0.1""",
    ),
    header(
        "wandb_system_metrics",
        """
Name | id | name
State | meta | of finished ~ finished ~ failed
Created | when | when %Y-%m-%dT%H:%M:%S.000Z
Runtime | outcome meta | int 100 90000
GPU Type | meta | of NVIDIA A100-SXM4-40GB ~ Tesla V100-SXM2-16GB
GPU Count | meta | of 1 ~ 2
Hostname | meta | of gpu-a ~ gpu-b
ID | id | hash
Commit | meta id | hash 40
GitHub URL | meta | path git
OS | meta | always Linux-5.15-x86_64
Python Version | meta | always 3.11.4
model.hidden_dim | hp | of 64 ~ 128 ~ 256
model.num_layers | hp | int 1 6
model.dropout | hp | flat 0 0.5
optimizer.name | hp | of adamw ~ lion
optimizer.lr | hp | log 1e-5 1e-2
optimizer.weight_decay | hp | log 1e-6 1e-1
scheduler.warmup_steps | hp | of 0 ~ 500 ~ 2000
trainer.max_epochs | fixed | always 50
trainer.gradient_clip_val | hp | of 0 ~ 0.5 ~ 1
trainer.accelerator | fixed | always gpu
data.batch_size | hp | of 16 ~ 32 ~ 64
data.num_workers | hp fixed | always 8
data.root | meta | always /data/cifar
seed | repeat | of 1 ~ 2 ~ 3
ckpt_path | meta | path ckpt
train/loss_step | outcome | flat 0 2
train/loss_epoch | outcome | flat 0 2
train/acc | outcome | flat 0 1
val/loss | min outcome | flat 0 2
val/acc | max outcome | flat 0 1
val/acc_best | outcome max | flat 0 1
test/acc | outcome | flat 0 1; blank 0.4
lr-AdamW | outcome meta | log 1e-6 1e-2
epoch | fidelity outcome | int 3 50
trainer/global_step | fidelity outcome meta | int 1000 50000
grad_norm | outcome | flat 0 4
_step | fidelity meta outcome | int 1000 50000
_runtime | outcome meta | flat 100 90000
_timestamp | when | unix
_wandb | meta | wide
system.gpu.{0,1}.gpu | outcome meta | flat 0 100
system.gpu.{0,1}.memory | outcome meta | flat 0 100
system.gpu.{0,1}.memoryAllocated | outcome meta | flat 0 100
system.gpu.{0,1}.temp | outcome meta | flat 30 90
system.gpu.{0,1}.powerWatts | outcome meta | flat 30 400
system.gpu.{0,1}.powerPercent | outcome meta | flat 10 100
system.gpu.process.{0,1}.gpu | outcome meta | flat 0 100
system.cpu | outcome meta | flat 0 100
system.memory | outcome meta | flat 0 100
system.disk | outcome meta | flat 0 100
system.proc.memory.availableMB | outcome meta | flat 1000 90000
system.proc.memory.rssMB | outcome meta | flat 1000 9000
system.proc.memory.percent | outcome meta | flat 0 100
system.proc.cpu.threads | outcome meta | int 10 99
system.network.{sent,recv} | outcome meta | flat 1000 1000000""",
    ),
    header(
        "wandb_transformers",
        """
Name | id | name
State | meta | of finished ~ finished ~ failed
Created | when | when %Y-%m-%dT%H:%M:%S.000Z
Runtime | outcome meta | int 100 9000
learning_rate | hp | log 1e-6 1e-3
per_device_train_batch_size | hp | of 4 ~ 8 ~ 16
per_device_eval_batch_size | fixed | always 8
gradient_accumulation_steps | hp | of 1 ~ 2 ~ 4
num_train_epochs | hp | of 1 ~ 2 ~ 3
weight_decay | hp | flat 0 0.3
warmup_ratio | hp | flat 0 0.2
lr_scheduler_type | hp | of linear ~ cosine
adam_beta1 | fixed | always 0.9
adam_epsilon | hp | log 1e-9 1e-6
max_grad_norm | hp | flat 0.5 2
hidden_dropout_prob | hp | flat 0 0.3
attention_probs_dropout_prob | hp | flat 0 0.3
label_smoothing_factor | hp | flat 0 0.2
fp16 | hp | bool
seed | repeat | of 1 ~ 2 ~ 3
metric_for_best_model | fixed meta | always eval_f1
greater_is_better | fixed meta | always True
output_dir | meta | path out
logging_dir | meta | path log
run_name | id meta | name
_name_or_path | meta fixed | always bert-base-uncased
eval/loss | outcome min | flat 0 1
eval/accuracy | outcome max | flat 0.5 1
eval/f1 | max outcome | flat 0.5 1
eval/runtime | outcome | flat 2 9
eval/samples_per_second | outcome | flat 90 900
eval/steps_per_second | outcome | flat 9 90
train/loss | outcome | flat 0 1
train/learning_rate | outcome meta | log 1e-9 1e-5
train/epoch | fidelity outcome | of 1 ~ 2 ~ 3
train/global_step | fidelity outcome meta | int 300 3000
train/total_flos | outcome | flat 1e14 1e16
train/train_loss | outcome | flat 0 1
train/train_runtime | outcome | flat 90 900
train/train_samples_per_second | outcome | flat 90 900
train/grad_norm | outcome | flat 0 4""",
    ),
    header(
        "ray_old",
        """
episode_reward_mean | max | flat -200 300
episode_reward_max | outcome | flat 0 300
episode_reward_min | outcome | flat -300 0
episode_len_mean | outcome | flat 20 500
episodes_this_iter | outcome meta | int 5 90
episodes_total | outcome meta fidelity | int 500 9000
timesteps_total | fidelity outcome | of 10000 ~ 30000 ~ 90000
training_iteration | fidelity | of 10 ~ 30 ~ 90
done | meta | bool
trial_id | id | hash
experiment_id | id | hash 32
experiment_tag | id | hash 30
date | when | when %Y-%m-%d_%H-%M-%S
timestamp | when | unix
{time_this_iter_s,time_total_s} | outcome | flat 3 400
time_since_restore | outcome meta | flat 3 400
timesteps_since_restore | outcome meta fidelity | of 10000 ~ 30000 ~ 90000
iterations_since_restore | outcome meta fidelity | of 10 ~ 30 ~ 90
pid | id meta | int 1000 9999
hostname | meta | of node1 ~ node2
node_ip | meta | of 10.0.0.1 ~ 10.0.0.2
config.lr | hp | log 1e-5 1e-2
config.gamma | hp | flat 0.9 0.999
config.train_batch_size | hp | of 1000 ~ 4000
config.model.fcnet_hiddens | hp | of [64, 64] ~ [256, 256]
config.num_workers | fixed | always 4
config.env | task meta fixed | always CartPole-v1
logdir | meta id | path ray_results""",
    ),
    header(
        "rllib_new",
        """
env_runners/episode_return_mean | max | flat -200 300
env_runners/episode_len_mean | outcome | flat 20 500
env_runners/num_env_steps_sampled | outcome meta fidelity | int 1000 90000
learners/default_policy/policy_loss | outcome | flat -1 1
learners/default_policy/vf_loss | outcome | flat 0 9
learners/default_policy/entropy | outcome | flat 0 2
learners/default_policy/mean_kl_loss | outcome | flat 0 0.1
num_env_steps_sampled_lifetime | fidelity outcome meta | of 10000 ~ 30000 ~ 90000
timers/training_step | outcome | flat 1 9
training_iteration | fidelity | of 10 ~ 30 ~ 90
done | meta | bool
trial_id | id | hash
date | when | when %Y-%m-%d_%H-%M-%S
timestamp | when | unix
time_this_iter_s | outcome | flat 3 40
time_total_s | outcome | flat 3 400
pid | id meta | int 1000 9999
hostname | meta | of node1 ~ node2
perf/cpu_util_percent | outcome | flat 2 90
perf/ram_util_percent | outcome | flat 2 90
config/lr | hp | log 1e-5 1e-2
config/lambda_ | hp | flat 0.9 1
config/clip_param | hp | flat 0.1 0.4
config/seed | repeat | of 1 ~ 2 ~ 3
logdir | meta id | hash""",
    ),
    header(
        "clearml",
        """
id | id | hash 32
name | id meta | name
status | meta | of completed ~ completed ~ failed ~ aborted
started | when | when
last_update | when | when
last_iteration | fidelity outcome meta | of 10 ~ 30 ~ 90
user.name | meta | of jo ~ lena
hyperparams.Args.lr | hp | log 1e-5 1e-1; text
hyperparams.Args.batch_size | hp | of 32 ~ 64 ~ 128; text
hyperparams.Args.dropout | hp | flat 0 0.5; text
hyperparams.General.layers | hp | of 2 ~ 3 ~ 4; text
last_metrics.validation.loss | min outcome | flat 0 2
last_metrics.validation.accuracy | max outcome | flat 0 1""",
    ),
    header(
        "neptune",
        """
sys/id | id | hash 6
sys/name | meta id | nothing
sys/owner | meta | always jo
sys/state | meta | always Inactive
sys/failed | meta | of True ~ False
sys/creation_time | when | when
sys/modification_time | when | when
sys/running_time | outcome meta | flat 90 9000
sys/monitoring_time | outcome meta | flat 90 9000
sys/size | outcome meta | flat 1000 9000
sys/tags | meta | nothing
parameters/lr | hp | log 1e-5 1e-1
parameters/batch_size | hp | of 32 ~ 64 ~ 128
parameters/dropout | hp | flat 0 0.5
parameters/use_augmentation | hp | bool
metrics/train/loss | outcome | flat 0 2
metrics/val/loss | min outcome | flat 0 2
metrics/val/f1 | max outcome | flat 0 1
monitoring/cpu | outcome meta | flat 0 100
monitoring/memory | outcome meta | flat 0 100
source_code/entrypoint | meta | always train.py
source_code/git | meta | hash 40""",
    ),
    header(
        "comet",
        """
experimentKey | id | hash 32
Name | id meta | name
Project | meta | always vision
Workspace | meta | always lab
Start Time | when | when %d/%m/%Y %H:%M
Duration | outcome meta | of 01:12:09 ~ 00:55:31 ~ 02:02:10 ~ 01:40:01
Tags | meta | nothing
lr | hp | log 1e-5 1e-1
batch_size | hp | of 32 ~ 64 ~ 128
optimizer | hp | of adam ~ sgd
train_loss | outcome | flat 0 1
validate_accuracy | max | flat 0.4 1
sys.gpu.0.utilization | outcome meta | flat 0 100
sys.cpu.percent.avg | outcome meta | flat 0 100
curr_epoch | fidelity outcome | of 10 ~ 20 ~ 30""",
    ),
    header(
        "tensorboard_hparams",
        """
lr | hp | log 1e-5 1e-1
bsize | hp | of 16 ~ 32 ~ 64
use_bn | hp | of true ~ false
optimizer | hp | of adam ~ sgd
hparam/accuracy | max | flat 0.4 1
hparam/loss | outcome min | flat 0 2""",
    ),
)
