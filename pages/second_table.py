"""A second table, opened beside the one that is asked: to be compared with, and closed again.

Keys of the widgets: second-<n>, close_second.
"""

from __future__ import annotations

import streamlit as st

from hpi import subspace
from hpi.comparison.alike import Alike, alike, as_asked, same_trials
from hpi.errors import HpiError, SubspaceError
from hpi.readers import Wanted
from hpi.space import Integers
from hpi.subspace import Sample, Subspace
from hpi.table import TrialTable
from hpi.words.writing import listed
from pages import look, other_answer, sign_in, state, uploads, who, words

KEPT, REFUSED, ASKED, SHARED = "second_table", "second_refused", "second_asked", "second_shared"
FEW = 6  # names in one sentence
LABEL = "A second table with some of the same hyperparameters and the same metric"
ASKS = (
    "The same question is put to it: region, target and filters as above. Names of columns must be equal. It goes to "
    "this server and nowhere else, and is closed with this table."
)


def draw(first: TrialTable) -> TrialTable | None:
    """Draw the place to drop it, or which one it is; return it as it is asked, None where there is none."""
    second: TrialTable | None = state.session().kept.get(KEPT)
    if second is None:
        _place(first)
        return None
    with st.container(horizontal=True, vertical_alignment="center", key="second"):
        st.text(f"Compared with: {words.identity(second)}")
        st.button("Close it", key="close_second", type="tertiary", on_click=_close)
    try:
        second = _asked(first, second)
    except HpiError as error:
        look.refusal(str(error), "refused-tables")
        return None
    look.quiet("alike", *said(alike(first, second)), *_left_open(second))
    return second


def _asked(first: TrialTable, second: TrialTable) -> TrialTable:
    """Return the second table as it is asked; kept, since reading roles anew takes as long as at first."""
    kept, key = state.session().kept, (first.fingerprint, first.choices, second.fingerprint)
    if ASKED not in kept or kept[ASKED][0] != key:
        kept[ASKED] = key, as_asked(first, second)
    return kept[ASKED][1]  # type: ignore[no-any-return]


def sample(second: TrialTable, asked: Sample) -> Sample:
    """Return the trials of the second table that the same question is about.

    Raises
    ------
    SubspaceError
        If it has not the columns that a filter names, or no trial passes.
    """
    try:
        passing = subspace.filtered(second, asked.subspace.where)
    except SubspaceError as error:
        raise SubspaceError(f"In {second.name}: {error}") from None
    return subspace.cut(passing, Subspace(asked.subspace.region, asked.subspace.target, asked.subspace.where))


def shared(first: TrialTable, second: TrialTable) -> tuple[Integers, Integers] | None:
    """Return which trials are in both tables, kept as long as they are the same two; None where they are one."""
    if first.fingerprint == second.fingerprint:
        return None
    kept, key = state.session().kept, (first.fingerprint, first.choices, second.fingerprint, second.choices)
    if SHARED not in kept or kept[SHARED][0] != key:
        kept[SHARED] = key, same_trials(first, second)
    return kept[SHARED][1]  # type: ignore[no-any-return]


def said(found: Alike) -> list[str]:
    """Say what two tables share, and what was searched otherwise, a line each."""
    n = len(found.both)
    lines = [f"{n} hyperparameter{'' if n == 1 else 's'} in both: {_few(found.both)}."]
    for word, names in (("first", found.only_first), ("second", found.only_second)):
        if names:
            lines.append(f"Only in the {word}: {_few(names)}.")
    lines += [f"{name} was searched otherwise: {how}." for name, how in found.searched_otherwise[:FEW]]
    more = len(found.searched_otherwise) - FEW
    if more > 0:
        lines.append(f"{more} more {'was' if more == 1 else 'were'} searched otherwise.")
    if found.searched_otherwise:
        lines.append("An importance belongs to the values that were tried: tried in a narrow range, it seems smaller.")
    return lines


def _few(names: tuple[str, ...]) -> str:
    more = len(names) - FEW
    return listed([*names[:FEW], f"{more} more"]) if more > 0 else listed(names)


def _left_open(second: TrialTable) -> list[str]:
    """Say what of the file was chosen without asking."""
    reading = second.reading
    if len(reading.parts) < 2:
        return []
    return [f"The file holds {len(reading.parts):,} {reading.part_is}s; this is {reading.part}."]


def _place(first: TrialTable) -> None:
    now = state.session()
    if not who.may_author():
        sign_in.gate()
        return
    files = uploads.drop(LABEL, key=f"second-{now.n_uploads}")
    look.quiet("second", ASKS)
    if files:
        with st.spinner("Reading the table ..."):
            now.kept[REFUSED] = _open(files, first)
        now.n_uploads += 1
        st.rerun()
    look.refusal(now.kept.get(REFUSED), "refused-second")


def _open(files: list[uploads.File], first: TrialTable) -> str | None:
    """Open the second table; where it cannot be asked the same, return why."""
    try:
        second = uploads.read(files, Wanted())
        as_asked(first, second)
    except HpiError as error:
        return str(error)
    state.session().kept[KEPT] = second
    return None


def _close() -> None:
    for name in (KEPT, ASKED, SHARED):
        state.session().kept.pop(name, None)
    other_answer.forget("tables")
