"""What is no table of trials although it looks like one: the points of a chart, what a search stores beside them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hpi.errors import TableError
from hpi.readers.naming import listed
from hpi.roles.values import counted

# An axis or two, and what an index makes: Step, Relative Time (Process), Unnamed: 0.
_MOST_OTHERS = 3
_WANDB_AXES = frozenset({
    *("step", "_step", "epoch", "global_step", "trainer/global_step", "wall time", "_timestamp", "_runtime"),
    *("relative time (process)", "relative time (wall)"),
})  # fmt: skip
_TENSORBOARD = frozenset({"wall time", "step", "value"})

_RUNS = (
    "Export the runs instead: the Runs table of the project, its download button, CSV Export; or in Python: "
    "import pandas, wandb; pandas.DataFrame([{**run.config, **run.summary} for run in "
    "wandb.Api().runs('entity/project')]).to_csv('runs.csv')."
)
# Keys that give a document away, what it is, and what to do.
_BESIDE = (
    (
        {"hyperparameters", "conditions", "forbiddens"},
        "the search space of a study (ConfigSpace)",
        "Zip it together with the trials: SMAC's runhistory.json lies beside it.",
    ),
    (
        {"deterministic", "crash_cost", "walltime_limit"},
        "SMAC's scenario",
        "Give the runhistory.json beside it, zipped together with configspace.json.",
    ),
    (
        {"incumbent_ids", "trajectory"},
        "the state of SMAC's intensifier",
        "Give the runhistory.json beside it, zipped together with configspace.json.",
    ),
    (
        {"ongoing_trials", "tried_so_far"},
        "the state of Keras Tuner's oracle",
        "Zip the whole folder of the project, with its trial_* folders.",
    ),
)


def check(names: Sequence[str]) -> None:
    """Do nothing unless the columns are those of a chart.

    Raises
    ------
    TableError
        If they are: whose, and how to get the runs themselves.
    """
    lines = _wandb_lines(names)
    if lines:
        raise TableError(
            f"This is a chart exported from Weights & Biases ({counted(len(lines), 'line')}, such as "
            f"{listed(lines)}; one row a step), which does not hold the hyperparameters. {_RUNS}"
        )
    if {name.lower() for name in names} == _TENSORBOARD:
        raise TableError(
            "This is one curve exported from TensorBoard (Wall time, Step, Value), which does not hold the "
            "hyperparameters. Export the runs instead: the HParams tab, Table View, Download data as CSV."
        )


def check_document(keys: Collection[str]) -> None:
    """Do nothing unless a JSON object with these keys is what a search stores beside its trials.

    Raises
    ------
    TableError
        If it is: what, and which file to give.
    """
    for marks, what, advice in _BESIDE:
        if marks <= set(keys):
            raise TableError(f"This is {what}, which does not hold the trials. {advice}")


def _wandb_lines(names: Sequence[str]) -> list[str]:
    """Return the columns "run - metric" of a chart, [] if there is more than those.

    They have __MIN and __MAX beside them; or, of groups ("lr: 0.1 - loss"), one metric and an axis first.
    """
    there = set(names)
    lines = [name for name in names if " - " in name and {f"{name}__MIN", f"{name}__MAX"} <= there]
    if lines:
        return lines if len(names) - 3 * len(lines) <= _MOST_OTHERS else []
    axis, *lines = names or [""]
    metrics = {name.rpartition(" - ")[2] if " - " in name else None for name in lines}
    return lines if axis.lower() in _WANDB_AXES and len(metrics) == 1 and None not in metrics else []
