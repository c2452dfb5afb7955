"""What the words in a column's name say: context, identifier, time, place; and the words of the house for roles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum


class Role(StrEnum):
    """What a column is to the question."""

    METRIC = "metric"
    HYPERPARAMETER = "hyperparameter"
    CONTEXT = "context"
    LEFT_OUT = "left out"


class Direction(StrEnum):
    """Which end of a metric is good."""

    MINIMIZE = "minimize"
    MAXIMIZE = "maximize"


class ContextKind(StrEnum):
    """What a context column says about a trial."""

    TASK = "task"
    REPEAT = "repeat"
    FIDELITY = "fidelity"


def one_of(words: str) -> frozenset[str]:
    """Return the words between the bars."""
    return frozenset(words.split("|"))


def words_in(text: str) -> list[str]:
    """Return the words between the blanks."""
    return text.split()


_CONTEXTS: dict[tuple[str, ...], ContextKind] = {}
for _kind, _names in (
    (
        ContextKind.TASK,
        "dataset|data set|dataset name|dataset id|data name|task|task id|task name|openml task id|problem|problem id|"
        "problem name|benchmark|benchmark name|env|env id|env name|environment|environment name|scenario|"
        "openml id|openml dataset id",
    ),
    (
        ContextKind.REPEAT,
        "seed|random seed|random state|rng|rng seed|seed id|train seed|eval seed|fold|fold id|cv fold|outer fold|"
        "inner fold|k fold|kfold|instance|instance id|repeat|repeats|repeat id|repetition|repetitions|rep|rep id|"
        "replicate|replication|replica|split id|data seed|model seed|global seed",
    ),
    (
        ContextKind.FIDELITY,
        "budget|budgets|epoch|iteration|iter|training iteration|n resources|resource|resources|fidelity|step|"
        "global step|timestep|timesteps total|epoch number|epoch id|epochs done|epochs trained|n iterations done|"
        "curr epoch|current epoch|last epoch|final epoch|curr step|current step|last step|final step|last iteration|"
        "trainer global step|trainer step|train global step|train step|train epoch|train iteration|tuner epochs",
    ),
):
    for _name in _names.split("|"):
        _CONTEXTS[tuple(_name.split())] = _kind

IDENTIFIERS = frozenset(
    tuple(name.split())
    for name in one_of(
        "id|name|uid|uuid|guid|from uid|run id|run uuid|trial id|trial index|trial number|trial no|trial name|"
        "config id|config hash|configuration id|experiment id|experiment|experiment name|experiment tag|exp id|"
        "exp name|exp key|job id|job name|slurm id|tid|pid|arm name|run name|run no|run number|sweep|sweep id|study id|"
        "study name|project|user|owner|host|hostname|node ip|ip|machine|cmd|command|commit|git commit|git hash|git sha|"
        "sha|comment|comments|note|notes|tag|tags|description|message|error message|exception|traceback|hash|"
        "generation node|generation method|worker|worker id|parent id|parent run id|group id|model hash|"
        "checkpoint|checkpoint dir name|artifact uri|workdir|intermediate|bracket|rung|sweep name|program|agent|"
        "uploader|author|creator|username|user name|workspace|experiment key|run key|"
        "parent experiment|parent run|parent trial|parent"
    )
)
# One word that numbers rows where every cell is another whole number.
COUNTERS = one_of(
    "number|no|nr|num|index|idx|row|trial|trials|run|runs|iteration|iter|step|unnamed|i|n|counter|order|job|"
    "experiment|exp|arm|round|attempt|evaluation|eval|sample|point|config|configuration|model|epoch|level"
)
# A loss that is a word (hinge, log_loss) is a choice, not an outcome.
CHOICES = one_of("loss|metric|distance metric|eval metric|objective|error|target|precision|score|power")
# Beside a configuration under a mark that many use, these stand for themselves.
WHAT_IS_TRAINED = frozenset(
    (word,) for word in one_of("model|algorithm|algo|method|classifier|estimator|arch|architecture|backbone|learner")
)
# What Keras Tuner notes among the values: where in Hyperband a trial stood.
_STANDINGS = frozenset(tuple(f"tuner {name}".split()) for name in one_of("bracket|round|initial epoch|trial id"))
_EXITS = frozenset(
    tuple(name.split())
    for name in one_of("exit code|exitcode|return code|returncode|ret code|retcode|exit signal|errno|exit value")
)
# Names of what a trial ran on and with, which the trackers write down by themselves.
_MACHINES = frozenset(
    tuple(name.split())
    for name in one_of(
        "os|os version|python version|cuda version|torch version|driver version|gpu type|gpu name|gpu count|"
        "gpu model|cpu count|cpu type|cpu model|node name|host name|host ip|node in charge|machine name|machine type|"
        "instance type"
    )
)
_HARDWARE = frozenset(words_in("gpu cpu memory mem ram disk network proc process tpu power fan swap io uptime"))
_STAMPS = frozenset(
    words_in(
        "date datetime timestamp created updated started ended submitted finished completed modified launched uploaded "
        "queued start end starttime endtime"
    )
)
# Of these, words that are a choice's name too: a text under them must look like a moment.
_WEAK_STAMPS = frozenset(words_in("start end started ended finished completed submitted queued modified"))
_PATHS = frozenset(words_in("path dir logdir directory folder file filename uri url filepath"))


# What people who write in other languages call the same; accents are gone before these are looked up.
_ENGLISH = {
    foreign: english
    for english, others in {
        "loss": "verlust perte pertes perdida perdita perda",
        "accuracy": "genauigkeit exactitude exactitud accuratezza acuracia trefferquote nauwkeurigheid",
        "precision": "prazision precisione precisao",
        "recall": "rappel sensibilitat",
        "error": "fehler fehlerrate erreur errore erro",
        "score": "punktzahl puntuacion punteggio pontuacao",
        "result": "ergebnis resultat resultado risultato",
        "time": "zeit temps tiempo",
        "runtime": "laufzeit rechenzeit trainingszeit",
        "duration": "dauer duree duracion durata duracao",
        "seed": "graine semilla seme semente startwert",
        "epoch": "epoche epoque epoca",
        "trial": "versuch essai ensayo prova tentativa",
        "run": "lauf durchlauf",
        "date": "datum fecha",
        "task": "aufgabe tache tarea",
        "dataset": "datensatz",
    }.items()
    for foreign in others.split()
}


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a column's name in lower case: val_loss, "val loss" and valLoss are the same."""
    if not name.isascii():
        # A letter and its accent, a raised 2: the letter and the 2.
        name = "".join(mark for mark in unicodedata.normalize("NFKD", name) if not unicodedata.combining(mark))
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name.replace("IoU", "Iou"))
    found = re.findall(r"[a-z]+[0-9]*|[0-9]+", name.lower().replace("r^2", "r2").replace("ß", "ss"))
    return tuple(_ENGLISH.get(word, word) for word in found)


def context_of(words: Sequence[str]) -> ContextKind | None:
    """Return the kind of context that a name stands for, None if it names none: OpenML_task_id is a task's, too."""
    found = _CONTEXTS.get(tuple(words))
    if found is None and len(words) > 2 and words[-1] in ("id", "name"):
        end = _CONTEXTS.get(tuple(words[-2:]))
        return end if end is ContextKind.TASK else None
    return found


def is_identifier(words: Sequence[str]) -> bool:
    """Whether the name is one that trackers and people give to what labels a run."""
    return tuple(words) in IDENTIFIERS or (len(words) > 2 and tuple(words[-2:]) in IDENTIFIERS)


def is_run_key(name: str) -> bool:
    """Whether rows of one run may share the cell: an identifier, or a name that ends in id."""
    words = words_of(name)
    return is_identifier(words) or (bool(words) and words[-1] in ("id", "uid", "run", "trial", "index", "number"))


def is_exit(words: Sequence[str]) -> bool:
    """Whether the name is that of what a process ended with: exit_code, returncode, job_exit_code."""
    return tuple(words) in _EXITS or tuple(words[-2:]) in _EXITS


def is_standing(words: Sequence[str]) -> bool:
    """Whether the name is that of a trial's place in a tournament of Keras Tuner: tuner/bracket."""
    return tuple(words) in _STANDINGS


def is_attribute(name: str) -> bool:
    """Whether the name is that of what somebody noted beside a trial of Optuna: user_attrs_acc, user_attrs.acc."""
    return re.fullmatch(r"(?:user_attrs[._]|UserAttribute ).+", name, re.DOTALL) is not None


def is_stamp(words: Sequence[str]) -> bool:
    """Whether the name is that of a moment: start_time, Created, timestamp."""
    moment = {"time", "at", "date", "on", "day"}
    edges = one_of(
        "start|end|begin|submit|queue|book|refresh|complete|completion|finish|creation|modification|upload|update|"
        "launch|schedule|stop"
    )
    return bool(words) and (
        (set(words) <= _STAMPS | moment and bool(set(words) & _STAMPS))
        or (words[-1] in moment and bool(set(words) & (edges | _STAMPS)))
    )


def is_weak_stamp(words: Sequence[str]) -> bool:
    """Whether a moment's name may be a choice's as well, for instance start (zeros, random)."""
    return bool(words) and set(words) <= _WEAK_STAMPS


def is_machine(words: Sequence[str]) -> bool:
    """Whether the name is that of what a trial ran on: GPU Type, system.cpu, monitoring/memory."""
    watched = bool(words) and words[0] in ("system", "sys", "monitoring")
    return tuple(words) in _MACHINES or (watched and bool({re.sub(r"[0-9]+$", "", word) for word in words} & _HARDWARE))


def is_path(words: Sequence[str]) -> bool:
    """Whether the name is that of a place on a disk or a network."""
    return bool(words) and words[-1] in _PATHS
