"""Who wrote the table: the exports whose column names mark hyperparameters, metrics and their own bookkeeping."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hpi.roles.vocabulary import ContextKind


class Mark(StrEnum):
    """What an export's own convention says of a column."""

    HYPERPARAMETER = "hyperparameter"
    METRIC = "metric"
    META = "meta"


@dataclass(frozen=True)
class Source:
    """The column names of one kind of export, as regular expressions that match whole names.

    Attributes
    ----------
    title
        As people call it; "" for a prefix that many use.
    hyperparameter, metric, meta
        What the export marks; "" where it has no mark. The first group of `hyperparameter` is the prefix.
    needed
        How many columns must match before the table counts as such an export.
    signature
        Columns that give the export away, where a mark for hyperparameters is missing or others use it as well.
    maximize
        Whether its metrics are better when higher, always.
    primary
        The metric that the search itself looked at, if the export knows.
    open_ended
        The metrics of which the search was told which end is good, whatever they are called.
    contexts
        Which columns are context, also where every trial has the same.
    """

    title: str
    hyperparameter: str = ""
    metric: str = ""
    meta: str = ""
    needed: int = 2
    signature: str = ""
    maximize: bool = False
    primary: str = ""
    open_ended: str = ""
    contexts: tuple[tuple[str, ContextKind], ...] = ()

    def mark(self, name: str) -> Mark | None:
        """Return what the export says of the column `name`, None if nothing."""
        for pattern, mark in (
            (self.meta, Mark.META),
            (self.hyperparameter, Mark.HYPERPARAMETER),
            (self.metric, Mark.METRIC),
        ):
            if pattern and re.fullmatch(pattern, name, re.DOTALL):
                return mark
        return None

    def context(self, name: str) -> ContextKind | None:
        """Return what the export says that a context is of, None if it does not say that the column is one."""
        return dict(self.contexts).get(name)

    @property
    def said(self) -> str:
        """The title for the end of a sentence."""
        return f" ({self.title})" if self.title else ""

    def prefix(self, name: str) -> str:
        """Return the mark at the beginning of a hyperparameter's name, for instance params_."""
        match = re.fullmatch(self.hyperparameter, name, re.DOTALL) if self.hyperparameter else None
        return match.group(1) if match else ""

    def fits(self, names: Iterable[str]) -> bool:
        """Whether the names are those of such an export."""
        names = tuple(names)
        if self.signature and sum(bool(re.fullmatch(self.signature, name)) for name in names) < self.needed:
            return False
        if self.signature and not self.hyperparameter:
            return True
        marks = [self.mark(name) for name in names]
        key = Mark.HYPERPARAMETER if self.hyperparameter else Mark.METRIC
        return key in marks and sum(mark is not None for mark in marks) >= self.needed


_SKLEARN_META = r"params|(?:mean|std)_(?:fit|score)_time|std_.+|rank_.+|split\d+_.+|mean_train_.+"
_WANDB = (
    r"Name|Agent|State|Notes|User|Tags|Created|Runtime|Sweep|Updated|GPU Type|GPU Count|Hostname|ID|"
    r"End Time|Host|Group|Job Type|Commit|GitHub|GitHub URL|Git.*|OS|Python Version|CPU Count|Command|Description"
)
# What a run logs stands under a section, what it was told is nested with dots.
_WANDB_LOGGED = (
    r"(?:train|training|trainer|eval|evaluation|val|valid|validation|test|metrics?|loss|losses|rollout|time|timers?|"
    r"charts?|perf|stats?)/(?!.*(?:epoch|step)$).+|lr-[A-Z]\w+(?:/.+)?"
)
# The tag under which add_hparams is shown to write metrics; a setting under it is a setting.
_TENSORBOARD = r"hparam/(?!.*(?:lr|rate|batch|size|dropout|layer|unit|optim|decay|momentum|depth|width|dim)).+"
_AX = r"trial_index|arm_name|trial_status|generation_node|generation_method"
_OMNIOPT = r"submit_time|queue_time|start_time|end_time|program_string|exit_code|hostname|signal|OO_Info_.*|run_time"

_OPTUNA_NOTES = r"number|(?:user_attrs|system_attrs|distributions|intermediate_values)(?:\..+)?"
_SEARCHED = (("instance", ContextKind.REPEAT), ("seed", ContextKind.REPEAT), ("budget", ContextKind.FIDELITY))

# The most telling mark first: the first that fits is taken.
SOURCES: tuple[Source, ...] = (
    Source(
        "DeepCAVE",
        metric=r"metric:.+",
        meta=r"config_id|status|start_time|end_time|additional.*",
        primary=r"metric:.+",
    ),
    Source(
        "Hyperopt",
        hyperparameter=r"(misc\.vals\.).+",
        metric=r"result\.(?!status).+",
        meta=r"misc\.(?!vals\.).+|tid|state|spec|exp_key|owner|version|book_time|refresh_time|result\.status",
        primary=r"result\.loss",
    ),
    Source(
        "Optuna",
        hyperparameter=r"(params_).+",
        metric=r"values?(?:_.+)?",
        meta=r"number|datetime_.+|duration|(?:user|system)_attrs_.+|state|study_(?:id|name)|trial_id",
        primary=r"values?(?:_.+)?",
    ),
    # Its trials as JSON.
    Source(
        "Optuna",
        hyperparameter=r"(params\.).+",
        metric=r"values?(?:[._].+)?",
        meta=rf"{_OPTUNA_NOTES}|datetime_.+|duration|state|study_(?:id|name)|trial_id|directions?",
        signature=rf"{_OPTUNA_NOTES}|values?(?:[._].+)?|datetime_(?:start|complete)",
        primary=r"values?(?:[._].+)?",
    ),
    Source(
        "Optuna Dashboard",
        hyperparameter=r"(Param ).+",
        metric=r"Value|Objective \d+",
        meta=r"Number|State|UserAttribute .+",
        primary=r"Value|Objective \d+",
    ),
    Source(
        "MLflow",
        hyperparameter=r"(params\.).+",
        metric=r"metrics\..+",
        meta=r"run_id|experiment_id|status|artifact_uri|start_time|end_time|tags\..+",
        needed=1,
        signature=r"metrics\..+|run_id|experiment_id|artifact_uri|tags\..+",
        primary=r"metrics\..+",
    ),
    Source(
        "scikit-learn",
        hyperparameter=r"(param_).+",
        metric=r"mean_test_.+",
        meta=_SKLEARN_META,
        maximize=True,
        primary=r"mean_test_.+",
    ),
    Source(
        "Ray Tune",
        hyperparameter=r"(config/).+",
        meta=r"timestamp|checkpoint_dir_name|done|trial_id|date|time_\w+|pid|hostname|node_ip|\w+_since_restore|"
        r"logdir|experiment_tag|should_checkpoint|trial_name|checkpoint_path",
    ),
    Source("TensorBoard", metric=_TENSORBOARD, needed=1),
    Source(
        "Weights & Biases",
        metric=_WANDB_LOGGED,
        meta=rf"{_WANDB}|_\w+|method|program|metric\.(?:goal|name)|sweep_id|entity|project",
        needed=3,
        signature=_WANDB + r"|metric\.(?:goal|name)|_runtime|_timestamp|_wandb",
    ),
    Source("", hyperparameter=r"(config\.).+", metric=r"summary[./].+", meta=r"_\w+"),
    Source(
        "Syne Tune",
        hyperparameter=r"(config_)(?!(?:id|hash|name|idx|index)$).+",
        meta=r"st_\w+|trial_id",
        needed=3,
    ),
    Source(
        "Keras Tuner",
        hyperparameter=r"(hyperparameters\.values\.).+",
        metric=r"score|metrics\..+",
        meta=r"trial_id|status|best_step|message|hyperparameters\.space|"
        r"hyperparameters\.values\.tuner/(?!epochs$).+",
        open_ended="score",
    ),
    # The studies that hpi itself reads, as it writes their tables.
    Source(
        "Keras Tuner",
        metric=r"score|default_objective|multi_objective|metrics\..+",
        meta=r"trial_id|status|best_step|message|tuner/(?!epochs$).+",
        needed=4,
        signature="trial_id|score|best_step|status",
        primary="score",
        open_ended="score",
        contexts=(("tuner/epochs", ContextKind.FIDELITY),),
    ),
    Source(
        "SMAC",
        metric=r"cost(?:_\d+)?|time|cpu_time",
        meta="config_id|status|starttime|endtime|origin",
        needed=5,
        signature="config_id|seed|time|cpu_time|status|starttime|endtime|origin",
        primary=r"cost(?:_\d+)?",
        contexts=_SEARCHED,
    ),
    Source(
        "BOHB",
        metric="loss|duration_s",
        meta="config_id|model_based_pick|exception|state",
        needed=5,
        signature="config_id|budget|loss|duration_s|model_based_pick|exception|state",
        primary="loss",
        contexts=_SEARCHED[2:],
    ),
    Source(
        "",
        hyperparameter=r"((?i:hp_config[._/]|hp[._/:]|hparams?[._/:]|hyper_?param(?:eter)?s?[._/:]|"
        r"param(?:eter)?s?[./:]|params? |args?[./]|cfg[._/]|flag[:.]|assignments?[._/])).+",
        metric=r"(?i:metrics?[._/:]|results?[./]|outputs?[./]).+",
        meta=r"(?i:sys|meta|metadata|monitoring|source_code|git|host|provenance)[./].+",
        needed=2,
    ),
    Source("Ax", meta=rf"{_AX}|{_OMNIOPT}", signature=_AX),
    Source("NNI", metric=r"reward|default", meta=r"trialJobId|intermediate|sequence", needed=1, signature="trialJobId"),
    Source("Katib", meta=r"trialName|Status|KFP Run", needed=2, signature=r"trialName|Status|KFP Run"),
    Source("HiPlot", meta="uid|from_uid", signature="uid|from_uid"),
    Source(
        "Nevergrad",
        metric="#loss",
        meta=r"#(?!loss$).+",
        needed=3,
        signature=r"#(?:parametrization|optimizer|session|num-ask|num-tell|generation|uid|loss)",
        primary="#loss",
    ),
)


def detect(names: Iterable[str]) -> Source | None:
    """Return the export that the column names are those of, None if they are nobody's."""
    names = tuple(names)
    return next((source for source in SOURCES if source.fits(names)), None)
