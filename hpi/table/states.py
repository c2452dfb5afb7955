"""How trials ended: which states count as an end, how many rows have each, which rows hold no trial at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hpi.roles.by_itself import DONE, Column, ending, is_state
from hpi.roles.sources import detect
from hpi.roles.values import Values, label_of, shown
from hpi.roles.vocabulary import Role
from hpi.space import Integers, Mask
from hpi.table.rows import Ledger

EMPTY = "(empty)"
# What a row of a trial says that went on.
_RUNNING = frozenset({"running", "inprogress", "pending", "paused", "waiting"})
# What it says of a trial whose metric is that of a part of it.
_PARTIAL = _RUNNING | {"pruned", "earlystopped", "stopped", "interrupted", "capped", "timeout"}


@dataclass(frozen=True)
class _Codes:
    """The column in which an export writes states as numbers, those that there are, and that of a success.

    Optuna's TrialState, Hyperopt's JOB_STATE_..., the StatusType of SMAC and the Status of DeepCAVE.
    """

    name: str
    known: range
    success: int


_CODES = {
    "Optuna": _Codes("state", range(5), 1),
    "Hyperopt": _Codes("state", range(5), 2),
    "DeepCAVE": _Codes("status", range(1, 10), 1),
}
_SMAC = _Codes("status", range(1, 10), 1)
# A run history of SMAC as a table marks nothing: it is told by three of its columns, one of them its own.
_OF_SMAC = frozenset({"config_id", "starttime", "endtime", "additional_info"})
_WITH_SMAC = _OF_SMAC | {"instance", "seed", "budget", "cost", "time", "cpu_time"}


def counts(parsed: Mapping[str, Values], columns: Sequence[Column]) -> tuple[tuple[str, int], ...]:
    """Return each state, as it stands in the file, and its number of rows, the most frequent first; () without one."""
    names = [c.name for c in columns if c.role in (Role.LEFT_OUT, Role.CONTEXT) and is_state(parsed[c.name])]
    if not names:
        return ()
    # Where a number and a word say it, the word says more.
    name = min(names, key=lambda name: (parsed[name].is_numeric, name))
    found = pd.Series(parsed[name].labels, dtype=object).fillna(EMPTY).value_counts()
    return tuple(sorted(((str(label), int(n)) for label, n in found.items()), key=lambda pair: (-pair[1], pair[0])))


def complete(
    parsed: Mapping[str, Values],
    columns: Sequence[Column],
    keep: Mask,
    finite: Mask,
    ends: Integers | None,
    ledger: Ledger,
) -> Mask:
    """Whether each row still counts, shape (n_rows,): those of trials that did not end well do not, unless none did.

    Parameters
    ----------
    ends
        Shape (n_rows,): the last row of each one's run, which says how a run ended that was running before.
    """
    telling = those_that_say(parsed, columns)
    if not telling:
        _say_unknown(parsed, columns, ledger)
    for name in telling:
        done, labels = ended_well(parsed[name], parsed), pd.Series(parsed[name].labels, dtype=object)
        if ends is not None:
            running = labels.isin([label for label in labels.dropna().unique() if ending(label) in _RUNNING])
            at = np.where(running, ends, np.arange(len(done)))
            done, labels = done[at], pd.Series(labels.to_numpy()[at], dtype=object)
        keep = _by_one(name, done, labels, keep, finite, ledger)
    return keep


def go_on(parsed: Mapping[str, Values], columns: Sequence[Column]) -> bool:
    """Whether a row says that its trial was still running, and another one that a trial ended."""
    endings = [{ending(word) in _RUNNING for word in parsed[name].words} for name in those_that_say(parsed, columns)]
    return any(len(found) > 1 for found in endings)


def those_that_say(parsed: Mapping[str, Values], columns: Sequence[Column]) -> list[str]:
    """Return the columns that say how trials ended, in words or in numbers whose meaning is known."""
    names = _left_out(parsed, columns)
    return [name for name in names if not parsed[name].is_numeric or _success(name, parsed) is not None]


def _left_out(parsed: Mapping[str, Values], columns: Sequence[Column]) -> list[str]:
    return [c.name for c in columns if c.role is Role.LEFT_OUT and is_state(parsed[c.name])]


def _success(name: str, parsed: Mapping[str, Values]) -> int | None:
    """Return the number that a trial which ended well has in the column, None where nobody knows."""
    source = detect(parsed)
    codes = _CODES.get(source.title) if source is not None else None
    if codes is None and _OF_SMAC & parsed.keys() and len(_WITH_SMAC & parsed.keys()) > 2:
        codes = _SMAC
    if codes is None or codes.name != name or not np.isin(parsed[name].finite, codes.known).all():
        return None
    return codes.success


def _say_unknown(parsed: Mapping[str, Values], columns: Sequence[Column], ledger: Ledger) -> None:
    """Say which columns hold numbers for states that only their writer understands."""
    for name in _left_out(parsed, columns):
        numbers, counts = np.unique(parsed[name].finite, return_counts=True)
        if len(numbers) < 2:
            continue
        there = shown(f"{label_of(number)}: {n:,}" for number, n in zip(numbers.tolist(), counts, strict=True))
        ledger.notices.append(
            f"{name} holds bare numbers ({there}); which of them is a success is not known, so all rows were kept. "
            f"Filter them (make {name} a context column), or take those of failed trials out of the file."
        )


def _by_one(name: str, done: Mask, labels: pd.Series, keep: Mask, finite: Mask, ledger: Ledger) -> Mask:
    good, all_ = int((keep & finite & done).sum()), int((keep & finite).sum())
    if done.all() or all_ == 0:
        return keep
    if good == 0:
        ledger.notices.append(_about_none(name, labels[keep & finite].unique().tolist()))
        return keep
    for label, count in labels[keep & ~done].value_counts().items():
        ledger.leave_out(f"{name} is {label}", int(count))
    if 2 * good < all_:
        ledger.notices.append(
            f"Attention: by {name} only {good:,} of the {all_:,} trials with a finite metric ended well; "
            f"the other {all_ - good:,} were left out. To keep them, make {name} a context column."
        )
    return keep & done


def _about_none(name: str, labels: Sequence[str]) -> str:
    """Say that no trial ended well, and what is counted instead."""
    partial = any(ending(label) in _PARTIAL for label in labels)
    what = "partial values" if partial else "values of trials that did not end well"
    return (
        f"Attention: {name} says of no trial with a finite metric that it ended well ({shown(labels)}); "
        f"all of them were kept, and {what} are being counted as results."
    )


def ended_well(values: Values, parsed: Mapping[str, Values]) -> Mask:
    """Whether each trial ended well or says nothing, shape (n_rows,)."""
    if values.is_numeric:
        return np.asarray((values.numbers == _success(values.name, parsed)) | values.empty)
    good = {label for label in pd.unique(values.labels[~values.empty]) if ending(label) in DONE}
    return np.asarray(pd.Series(values.labels).isin(good).to_numpy() | values.empty)


def with_values(parsed: Mapping[str, Values], columns: Sequence[Column], keep: Mask, ledger: Ledger) -> Mask:
    """Whether each row still counts, shape (n_rows,): one without any value of a hyperparameter is no trial.

    Such is the parent run of a sweep. Rows in which each hyperparameter may well be None are told apart by the
    hyperparameters that are empty in other rows, too: at least one must be empty in these alone.
    """
    names = [c.name for c in columns if c.role is Role.HYPERPARAMETER or c.fixed]
    names += [c.name for c in columns if c.role is Role.CONTEXT and c.context is None]
    blank = keep.copy()
    for name in names:
        blank &= parsed[name].empty
        if len(names) < 2 or not blank.any():
            return keep
    blank = np.logical_and.reduce([parsed[name].empty for name in names])
    if all((parsed[name].empty & ~blank).any() for name in names):
        return keep
    n, n_kept = int((keep & blank).sum()), int(keep.sum())
    ledger.leave_out("no hyperparameter has a value", n)
    if 2 * n > n_kept:
        ledger.notices.append(f"Attention: in {n:,} of {n_kept:,} rows no hyperparameter has a value: left out.")
    return np.asarray(keep & ~blank)
