"""Headers as tuners and tuning services write them, with the right answer for each column: see `trackers.py`."""

from __future__ import annotations

from tests.roles.cells import header

SERVICES = (
    header(
        "syne_tune",
        """
trial_id | id | grid 3 0 ~ 1 ~ 2 ~ 3 ~ 4 ~ 5 ~ 6 ~ 7 ~ 8 ~ 9 ~ 10 ~ 11 ~ 12 ~ 13 ~ 14 ~ 15
st_worker_iter | meta fidelity outcome | grid 1 0 ~ 1 ~ 2
st_worker_timestamp | when | unix
st_worker_time | outcome meta | flat 1 900
st_worker_cost | outcome meta | flat 0.01 2
st_decision | meta | of CONTINUE ~ STOP ~ PAUSE
st_status | meta | of InProgress ~ Completed ~ Stopped
st_tuner_time | outcome meta when | flat 1 9000
epoch | fidelity | grid 1 1 ~ 2 ~ 3
val_error | min | flat 0.05 0.9
elapsed_time | outcome | flat 1 900
config_batch_size | hp | of 8 ~ 32 ~ 128
config_learning_rate | hp | log 1e-6 1e-1
config_momentum | hp | flat 0 0.99
config_weight_decay | hp | log 1e-6 1e-2
config_max_epochs | fixed | always 27""",
    ),
    header(
        "determined",
        """
trialId | id | count 101
experimentId | id | always 12
state | meta | of COMPLETED ~ COMPLETED ~ ERROR ~ CANCELED
startTime | when | when %Y-%m-%dT%H:%M:%S.%fZ
endTime | when | when %Y-%m-%dT%H:%M:%S.%fZ
totalBatchesProcessed | fidelity outcome meta | of 400 ~ 1600 ~ 6400
bestValidationMetric | min max metric outcome | flat 0.1 0.9
latestValidationMetric | outcome min max metric | flat 0.1 0.9
checkpointCount | outcome meta | int 1 6
totalCheckpointSize | outcome meta | int 100000 900000
searcherMetricValue | metric min max outcome | flat 0.1 0.9
restarts | meta outcome | of 0 ~ 0 ~ 1
wallClockTime | outcome | flat 100 900
hparams.learning_rate | hp | log 1e-5 1e-1
hparams.n_filters1 | hp | int 8 64
hparams.n_filters2 | hp | int 8 72
hparams.dropout1 | hp | flat 0.2 0.8
hparams.global_batch_size | fixed | always 64""",
    ),
    header(
        "sagemaker_tuner",
        """
Unnamed: 0 | id | count
eta | hp | flat 0 1
alpha | hp | flat 0 2
min_child_weight | hp | flat 1 10
max_depth | hp | int 1 10
TrainingJobName | id | hash 20
TrainingJobStatus | meta | of Completed ~ Completed ~ Stopped ~ Failed
FinalObjectiveValue | metric | flat 0.6 0.9; blank 0.1
TrainingStartTime | when | when %Y-%m-%d %H:%M:%S+00:00
TrainingEndTime | when | when %Y-%m-%d %H:%M:%S+00:00
TrainingElapsedTimeSeconds | outcome | flat 60 600""",
    ),
    header(
        "azure_ml",
        """
run_id | id | hash 20
experiment_id | id | always 0c7e
status | meta | of FINISHED ~ FINISHED ~ FAILED
artifact_uri | meta | path azureml
start_time | when | when %Y-%m-%d %H:%M:%S.%f+00:00
end_time | when | when %Y-%m-%d %H:%M:%S.%f+00:00
metrics.best_child_by_primary_metric | outcome | nothing
metrics.AUC_weighted | max outcome | flat 0.6 1
metrics.log_loss | outcome min | flat 0.1 1
params.--learning_rate | hp | log 1e-4 1; text
params.--boosting | hp | of gbdt ~ dart
params.--num_leaves | hp | int 8 128; text
tags.mlflow.rootRunId | id meta | always HD_41
tags.azureml.nodeid | id meta | hash
tags.hyperparameters | meta | wide
tags.mlflow.user | meta | always lena""",
    ),
    header(
        "vizier",
        """
id | id | count 1
state | meta | always COMPLETED
name | id meta | nothing
parameters.lr | hp | log 1e-5 1e-1
parameters.layers | hp | int 1 6
parameters.act | hp | of relu ~ tanh
final_measurement.metrics.accuracy | max | flat 0 1
final_measurement.elapsed_secs | outcome | flat 9 900
final_measurement.steps | fidelity outcome meta | of 100 ~ 300 ~ 900
creation_time | when | when
completion_time | when | when
infeasibility_reason | meta | nothing""",
    ),
    header(
        "keras_tuner_flat",
        """
trial_id | id | count
status | meta | of COMPLETED ~ COMPLETED ~ INVALID
score | metric max min | flat 0.5 1
best_step | outcome meta fidelity | int 0 20
message | meta | nothing
hyperparameters.values.units_0 | hp | of 32 ~ 64 ~ 128
hyperparameters.values.num_layers | hp | int 1 4
hyperparameters.values.learning_rate | hp | of 0.01 ~ 0.001 ~ 0.0001
hyperparameters.values.tuner/epochs | fidelity hp | of 2 ~ 4 ~ 10
hyperparameters.values.tuner/initial_epoch | fidelity meta hp | of 0 ~ 2 ~ 4
hyperparameters.values.tuner/bracket | meta id hp fidelity | of 0 ~ 1 ~ 2
hyperparameters.values.tuner/round | meta id hp fidelity | of 0 ~ 1 ~ 2""",
    ),
    header(
        "sigopt_like",
        """
id | id | count 90001
created | when | unix
completed | when | unix
state | meta | of completed ~ completed ~ failed
source | meta | of algorithm ~ manual ~ algorithm
Assignment.log_lr | hp | flat -9 -2
Assignment.hidden | hp | int 8 256
Assignment.activation | hp | of relu ~ tanh
Metric.accuracy | max | flat 0.4 1
Metric.inference_time | outcome | flat 1 9
Metadata.node | meta | of a ~ b""",
    ),
    header(
        "omniopt",
        """
trial_index | id | count
submit_time | when | unix
queue_time | outcome when | flat 1 90
start_time | when | unix
end_time | when | unix
run_time | outcome | flat 9 900
program_string | meta id | hash 40
exit_code | meta outcome | of 0 ~ 0 ~ 0 ~ 1
signal | meta outcome | nothing
hostname | meta | of taurus1 ~ taurus2
arm_name | id | name
trial_status | meta | of COMPLETED ~ COMPLETED ~ FAILED
generation_node | meta | grid 24 SOBOL ~ BOTORCH_MODULAR
RESULT | metric outcome | flat 0 1; blank 0.1
epochs | hp | int 10 100
lr | hp | log 1e-6 1e-1
dense_units | hp | of 8 ~ 16 ~ 32 ~ 64
OO_Info_runtime | outcome meta | flat 9 900
OO_Info_SLURM_JOB_ID | id meta | int 10000 90000""",
    ),
    header(
        "nevergrad",
        """
#parametrization | meta | always Dict(lr=Log,depth=Scalar)
#parametrization-version | meta | always 0
#generation | meta | int 0 9
#optimizer | meta | always NGOpt
#session | meta when outcome | flat 0 1
#num-ask | id meta outcome | count
#num-tell | id meta outcome | count 1
#num-tell-not-asked | meta outcome | always 0
#uid | id meta | hash
#lineage | id meta | hash
#loss | min | flat 0 1
lr | hp | log 1e-5 1e-1
depth | hp | int 1 9
opt | hp | of adam ~ sgd""",
    ),
)
