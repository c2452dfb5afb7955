"""How trials ended: which states count as an end, how many rows have each, which rows hold no trial at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from hpi.roles.by_itself import DONE, Column, ending, is_state
from hpi.roles.sources import detect
from hpi.roles.values import Values, shown
from hpi.roles.vocabulary import Role
from hpi.space import Integers, Mask
from hpi.table.rows import Ledger

EMPTY = "(empty)"
# What a row of a trial says that went on.
_RUNNING = frozenset({"running", "inprogress", "pending", "paused", "waiting"})


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
    for name in those_that_say(parsed, columns):
        done, labels = _done(parsed[name], parsed), pd.Series(parsed[name].labels, dtype=object)
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
    """Return the columns that say how trials ended."""
    return [c.name for c in columns if c.role is Role.LEFT_OUT and is_state(parsed[c.name])]


def _by_one(name: str, done: Mask, labels: pd.Series, keep: Mask, finite: Mask, ledger: Ledger) -> Mask:
    good, all_ = int((keep & finite & done).sum()), int((keep & finite).sum())
    if done.all() or all_ == 0:
        return keep
    if good == 0:
        ledger.notices.append(
            f"{name} says of no trial with a finite metric that it ended well "
            f"({shown(map(str, labels.dropna().unique()))}); all of them were kept."
        )
        return keep
    for label, count in labels[keep & ~done].value_counts().items():
        ledger.leave_out(f"{name} is {label}", int(count))
    if 2 * good < all_:
        ledger.notices.append(
            f"Attention: by {name} only {good:,} of the {all_:,} trials with a finite metric ended well; "
            f"the other {all_ - good:,} were left out. To keep them, make {name} a context column."
        )
    return keep & done


def _done(values: Values, parsed: Mapping[str, Values]) -> Mask:
    """Whether each trial ended well or says nothing, shape (n_rows,)."""
    if values.is_numeric:
        source = detect(parsed)
        code = 2 if source is not None and source.title == "Hyperopt" else 1
        return np.asarray((values.numbers == code) | values.empty)
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
