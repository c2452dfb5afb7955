"""What was measured and not chosen, though its name says nothing: by its numbers, beside those that were chosen."""

from __future__ import annotations

from hpi.roles.by_itself import left_out
from hpi.roles.by_others import Columns, Parsed, looks_measured, names_with
from hpi.roles.measures import set_of
from hpi.roles.outcomes import is_setting
from hpi.roles.vocabulary import Role, words_of

# Hyperparameters that every search draws from a range, unless somebody wrote their levels down.
_RANGED = set_of(
    "lr rate dropout decay wd momentum gamma alpha beta lambda eps epsilon eta tau temperature l1 l2 reg "
    "regularization subsample colsample clip"
)


def beside_levels(columns: Columns, parsed: Parsed, marked: frozenset[str]) -> Columns:
    """Return the columns with those taken for outcomes that vary freely where what was searched has few levels.

    Where even a learning rate or a dropout takes few values, somebody wrote the levels down; a number without a
    known name that differs in most rows, and is not round, was then not chosen but measured.
    """
    names = names_with(columns, Role.HYPERPARAMETER)
    ranged = [name for name in names if set(words_of(name)) & _RANGED and parsed[name].is_numeric]
    if not ranged or any(looks_measured(parsed[name]) for name in ranged):
        return columns
    reason = "an outcome: nearly every cell is another number, and the hyperparameters that are known take few values"
    return columns | {
        name: left_out(name, reason, outcome=True)
        for name in names
        if name not in marked
        and not is_setting(words_of(name))
        and looks_measured(parsed[name])
        and 2 * parsed[name].n_distinct > parsed[name].n_filled
    }
