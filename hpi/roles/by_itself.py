"""What a column is, seen by itself: by its export's mark, by its name, by its cells."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from hpi.roles import looks, outcomes, vocabulary
from hpi.roles.sources import Mark, Source
from hpi.roles.values import BOOLS, Values, shown
from hpi.roles.vocabulary import ContextKind, Direction, Role, one_of, words_of
from hpi.space import Kind

MOST_WORDS = 10_000  # different cells of text that may be levels
DONE = one_of("complete|completed|finished|success|successful|succeeded|ok|done|terminated|passed")
_NOT_DONE = one_of(
    "pruned|fail|failed|failure|running|waiting|crashed|killed|timeout|memout|memoryout|aborted|notevaluated|unknown|"
    "earlystopped|stopped|pending|error|errored|scheduled|created|invalid|abandoned|candidate|staged|new|cancelled|"
    "canceled|preempted|preempting|queued|dispatched|submitted|paused|metricsunavailable|interrupted|diverged|"
    "inprogress|stopping|terminating|idle|stale|usercanceled|syscanceled|capped|outofmemory|nodefail|skipped"
)
# Whose state or status a number can be: an lr_state may as well be a setting.
_WHO_ENDS = frozenset({"trial", "run", "job", "exit"})


@dataclass(frozen=True)
class Column:
    """One column and its role.

    Attributes
    ----------
    name
        As in the table.
    role
        What it is to the question.
    kind, log
        Of a hyperparameter: what its values are, and whether they are spread over a logarithm.
    direction
        Of the metric; None if it is not known.
    context
        Of a context column: what it says about a trial; None if it only serves to filter.
    reason
        A sentence that says why.
    outcome
        Whether it could be the metric: a result of the trial.
    fixed
        Whether it is a hyperparameter that takes no part as it has one value, or none.
    """

    name: str
    role: Role
    kind: Kind | None = None
    log: bool = False
    direction: Direction | None = None
    context: ContextKind | None = None
    reason: str = ""
    outcome: bool = False
    fixed: bool = False


def look(values: Values, source: Source | None) -> Column:
    """Return what the column is by itself; a hyperparameter is what is nothing else."""
    mark = None if source is None else source.mark(values.name)
    if source is not None and values.n_filled and (said := source.context(values.name)):
        return _context(values, said)
    glances = (_by_state, _by_mark, _by_name, _by_cells, _by_neighbours)
    found = next(filter(None, (glance(values, source, mark) for glance in glances)), None)
    if found is None:
        known = outcomes.is_known(words_of(values.name))
        why = "the name is that of a hyperparameter" if known else "it varies, and nothing marks it as anything else"
        found = Column(values.name, Role.HYPERPARAMETER, reason=why)
    settled = _by_emptiness(values, mark)
    if settled is None:
        return _without_wordy(found, values)
    would_be = found.role is Role.HYPERPARAMETER and (values.n_filled > 0 or mark is Mark.HYPERPARAMETER)
    return replace(settled, fixed=would_be)


def left_out(name: str, reason: str, outcome: bool = False) -> Column:
    """Return a column that takes no part."""
    return Column(name, Role.LEFT_OUT, reason=reason, outcome=outcome)


def _by_emptiness(values: Values, mark: Mark | None) -> Column | None:
    if values.n_filled == 0:
        return left_out(values.name, "every cell is empty")
    if values.n_distinct > 1:
        return None
    label = shown([values.first_label])
    where = "wherever it is not empty" if values.empty.any() else "in every row"
    outcome = values.is_numeric and (mark is Mark.METRIC or outcomes.outcome_of(values.name) is not None)
    return left_out(values.name, f"constant: {label} {where}", outcome)


def _without_wordy(found: Column, values: Values) -> Column:
    """Return what a column is, but leave text out that has too many different cells for levels."""
    if found.role is not Role.HYPERPARAMETER or values.n_distinct <= MOST_WORDS or not looks.is_text(values):
        return found
    return left_out(values.name, f"text with more than {MOST_WORDS:,} different cells: too many for levels")


def _by_state(values: Values, source: Source | None, mark: Mark | None) -> Column | None:
    if not is_state(values):
        return None
    # Which number is a success is known with the other columns only.
    then = "" if values.is_numeric else "; rows of trials that did not end well are left out"
    return left_out(values.name, f"says how each trial ended{then}")


def is_state(values: Values) -> bool:
    """Whether the column says how each trial ended: COMPLETE, FAILED, 1..."""
    words = words_of(values.name)
    if not words or words[-1] not in ("state", "status"):
        return False
    if values.is_numeric:
        small = bool(np.all((values.finite >= -1) & (values.finite <= 10)))
        codes = small or (words[-1] == "status" and values.n_distinct <= looks.MANY)
        return set(words[:-1]) <= _WHO_ENDS and values.is_integer and codes
    known = [ending(word) in DONE | _NOT_DONE for word in pd.unique(values.labels[~values.empty])]
    return 2 * sum(known) > len(known)


def ending(label: str) -> str:
    """Return a state's word without decoration: TrialState.COMPLETE -> complete, EARLY_STOPPED -> earlystopped."""
    return re.sub(r"[^a-z]", "", label.lower().rsplit(".", 1)[-1])


def _by_mark(values: Values, source: Source | None, mark: Mark | None) -> Column | None:
    if source is None or mark is None:
        return None
    if mark is Mark.META:
        # A run time among the bookkeeping can still be asked about.
        name = re.sub(r"^user_attrs[._]", "", values.name)
        moment = vocabulary.is_stamp(words_of(name))
        measured = values.is_numeric and not moment and outcomes.outcome_of(name) is not None
        return left_out(values.name, f"bookkeeping{source.said}", outcome=measured)
    if mark is Mark.METRIC:
        if np.isnan(values.numbers).all():
            return left_out(values.name, f"an outcome by its name ({source.title}), but it holds no number")
        return left_out(values.name, f"an outcome: the name is that of a result{source.said}", True)
    prefix = source.prefix(values.name)
    kind = vocabulary.context_of(words_of(values.name[len(prefix) :]))
    if kind in (ContextKind.TASK, ContextKind.REPEAT):
        return _context(values, kind)
    if looks.nearly_all_differ(values):
        return left_out(values.name, "an identifier: nearly every cell is a different text")
    return Column(values.name, Role.HYPERPARAMETER, reason=f"the name starts with {prefix.strip()}{source.said}")


_SAYS = {
    ContextKind.TASK: "names the task a trial was run on",
    ContextKind.REPEAT: "tells repeats of one configuration apart",
    ContextKind.FIDELITY: "says how far a trial was run",
}


def _context(values: Values, kind: ContextKind) -> Column:
    # A task of one trial compares nothing.
    if kind is ContextKind.TASK and 5 * values.n_distinct > 4 * values.n_filled:
        return left_out(values.name, "an identifier: nearly every row is another task")
    return Column(values.name, Role.CONTEXT, context=kind, reason=f"context: {_SAYS[kind]}")


def _by_name(values: Values, source: Source | None, mark: Mark | None) -> Column | None:
    name, words = values.name, words_of(values.name)
    if _counts(values, words):
        return left_out(name, "an identifier: it counts the rows")
    if vocabulary.is_stamp(words) and _may_be_moments(values, words):
        return left_out(name, "a timestamp: says when, not how")
    if words[-1:] == ("status",) or _ends_a_process(values, words):
        return left_out(name, "says how each trial stands")
    if vocabulary.is_standing(words):
        return left_out(name, "bookkeeping: where in Hyperband the trial stood")
    if vocabulary.is_machine(words):
        return left_out(name, "bookkeeping: says what a trial ran on")
    if _marks_the_best(values, words):
        return left_out(name, "marks the trials that came out best")
    kind = vocabulary.context_of(words)
    if kind is not None and not looks.nearly_all_differ(values) and _suits(values, kind, words):
        return _context(values, kind)
    if vocabulary.is_identifier(words):
        return left_out(name, "an identifier by its name")
    if vocabulary.is_path(words) and not values.is_numeric:
        return left_out(name, "a path by its name")
    if words in (("run",), ("trial",), ("job",)) and values.words:
        return left_out(name, "an identifier by its name")
    of_ids = words[-1:] in (("id",), ("hash",), ("uuid",), ("uid",))
    if of_ids and values.n_distinct > max(looks.MANY, values.n_filled // 4):
        return left_out(name, "an identifier: a name of its kind and many different values")
    if name.startswith("_"):
        return left_out(name, "bookkeeping: the name starts with an underscore")
    return _by_outcome(values, words)


def _may_be_moments(values: Values, words: tuple[str, ...]) -> bool:
    """Whether the cells under a moment's name can be moments: large numbers, or text with digits in it."""
    if values.words and vocabulary.is_weak_stamp(words):
        return all(re.search(r"\d", word) for word in values.words)
    surely = bool(values.words) or not {"time", "date", "starttime", "endtime"}.isdisjoint(words)
    return surely or bool(np.all(values.finite > 1e8))


def _marks_the_best(values: Values, words: tuple[str, ...]) -> bool:
    """Whether the column says yes or no to whether a trial was the best."""
    said = words[-1:] in (("best",), ("pareto",), ("optimal",)) and set(words[:-1]) <= {"is"}
    return said and (values.lowered in BOOLS or values.lowered <= {"0", "1"})


def _ends_a_process(values: Values, words: tuple[str, ...]) -> bool:
    """Whether the column is what a process ended with. A signal may be a period, too, unless some were sent none."""
    if words != ("signal",):
        return vocabulary.is_exit(words)
    sent = values.n_filled < len(values) or 0 in values.finite
    return looks.all_match(values, r"(?i:sig[a-z]{2,}\d?)") or (values.is_numeric and values.is_integer and sent)


def _suits(values: Values, kind: ContextKind, words: tuple[str, ...]) -> bool:
    """Whether the cells can be what the name says."""
    if kind is not ContextKind.FIDELITY or set(words) & {"budget", "budgets", "fidelity", "resource", "resources"}:
        return True
    return values.is_numeric and (values.is_integer or "epoch" in words)


def _by_outcome(values: Values, words: tuple[str, ...]) -> Column | None:
    why = outcomes.outcome_of(values.name)
    if why is None or (words == ("precision",) and values.is_integer):
        return None
    if values.n_distinct <= 2 and outcomes.is_flag(values.name, values.n_distinct, values.lowered in BOOLS):
        return None
    if not values.is_numeric and np.isfinite(values.numbers).sum() < values.worded.sum():
        if looks.are_spans(values):
            return left_out(values.name, "a duration: an outcome that is no number")
        if " ".join(words) in vocabulary.CHOICES or "time" in why:
            return None
        return left_out(values.name, f"an outcome by its name ({why}), but it holds no numbers")
    return left_out(values.name, f"an outcome: {why}", outcome=True)


def _counts(values: Values, words: tuple[str, ...]) -> bool:
    """Whether the column numbers the rows: integers, all different, under a name for numbers."""
    if not (values.is_numeric and values.is_integer) or values.n_distinct < len(values) or len(values) < 2:
        return False
    numbers = words[-1:] in (("id",), ("index",), ("idx",), ("number",), ("nr",), ("no",))
    return not words or words[0] == "unnamed" or numbers or (len(words) == 1 and words[0] in vocabulary.COUNTERS)


def _by_cells(values: Values, source: Source | None, mark: Mark | None) -> Column | None:
    if looks.are_moments(values) or looks.are_clock_readings(values):
        return left_out(values.name, "a timestamp: says when, not how")
    if looks.are_spans(values):
        return left_out(values.name, "a duration: an outcome that is no number")
    if looks.are_places(values):
        return left_out(values.name, "a path: every cell is a place on a disk or a network")
    if looks.nearly_all_differ(values):
        return left_out(values.name, "an identifier: nearly every cell is a different text")
    if looks.are_keys(values):
        return left_out(values.name, "an identifier: every cell is a key")
    return None


def _by_neighbours(values: Values, source: Source | None, mark: Mark | None) -> Column | None:
    """Say what a column without a mark is, in a table whose hyperparameters are marked."""
    if source is None or not source.hyperparameter:
        return None
    words = words_of(values.name)
    if not source.title and (words in vocabulary.WHAT_IS_TRAINED or (len(words) < 4 and outcomes.is_known(words))):
        return None
    reason = f"not marked as a hyperparameter, as others here are{source.said}"
    return left_out(values.name, reason, outcome=values.is_numeric)
