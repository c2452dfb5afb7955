"""How trials ended: which states count as an end, how many rows have each, which rows hold no trial at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from hpi.roles.by_itself import DONE, Column, ending, is_state
from hpi.roles.sources import detect
from hpi.roles.values import Values, shown
from hpi.roles.vocabulary import Role
from hpi.space import Mask
from hpi.table.rows import Ledger

EMPTY = "(empty)"


def counts(parsed: Mapping[str, Values], columns: Sequence[Column]) -> tuple[tuple[str, int], ...]:
    """Return each state, as it stands in the file, and its number of rows, the most frequent first; () without one."""
    names = [c.name for c in columns if c.role in (Role.LEFT_OUT, Role.CONTEXT) and is_state(parsed[c.name])]
    if not names:
        return ()
    # Where a number and a word say it, the word says more.
    name = min(names, key=lambda name: (parsed[name].is_numeric, name))
    found = pd.Series(parsed[name].labels, dtype=object).fillna(EMPTY).value_counts()
    return tuple(sorted(((str(label), int(n)) for label, n in found.items()), key=lambda pair: (-pair[1], pair[0])))


def complete(parsed: Mapping[str, Values], columns: Sequence[Column], keep: Mask, finite: Mask, ledger: Ledger) -> Mask:
    """Whether each row still counts, shape (n_rows,): those of trials that did not end well do not, unless none did."""
    for column in columns:
        if column.role is Role.LEFT_OUT and is_state(parsed[column.name]):
            keep = _by_one(parsed, column.name, keep, finite, ledger)
    return keep


def _by_one(parsed: Mapping[str, Values], name: str, keep: Mask, finite: Mask, ledger: Ledger) -> Mask:
    done, labels = _done(parsed[name], parsed), pd.Series(parsed[name].labels, dtype=object)
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
    empty = [parsed[name].empty for name in names]
    if len(empty) < 2:
        return keep
    blank = np.asarray(np.logical_and.reduce(empty))
    if not blank.any() or all((one & ~blank).any() for one in empty):
        return keep
    ledger.leave_out("no hyperparameter has a value", int((keep & blank).sum()))
    return np.asarray(keep & ~blank)
