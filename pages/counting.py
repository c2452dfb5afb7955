"""The trials that a question is about: of a table in memory at once, of a larger one as soon as all are counted.

Counts answer every threshold in steps of the slider, and those that were typed between them; other filters, and other
roles, ask for other counts. A job counts, and what it found is held once for all visitors. Draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeGuard

import streamlit as st

from hpi import subspace
from hpi.blocks.asking import Counting
from hpi.blocks.large import LargeTable
from hpi.errors import JobError, SubspaceError
from hpi.estimators import Estimator
from hpi.filters import Filter
from hpi.jobs import Count
from hpi.space import Design, Tallies
from hpi.space.rungs import RUNGS, with_asked
from hpi.subspace import Sample, Subspace
from hpi.table import TrialTable
from pages import work
from pages.recent import Recent
from pages.session import session

AT_ONCE = 4  # counts that are held, about 100 MB each
BETWEEN = (
    "That threshold lies between the steps of the slider, and only the question above is counted there: choose a "
    "multiple of 0.5 %."
)


@dataclass(frozen=True, eq=False)
class Counted:
    """What was counted for one set of filters: the table of the trials at hand, those of them that stand for all.

    `tallies`: counts of all that pass; None where all of them are at hand.
    """

    table: LargeTable
    design: Design
    tallies: Tallies | None

    @classmethod
    def of(cls, table: LargeTable, where: tuple[Filter, ...], found: Counting) -> Counted:
        """Return what a job has counted of a table."""
        own, tallies = replace(table), found.tallies  # what a table keeps is not for several sessions at once
        own.keep(where, found)
        here = own.counted(where)[1]
        return cls(here, here.design if tallies is None else here.standing_for(tallies), tallies)

    def cut(self, wanted: Subspace) -> Sample:
        """Return region and target of a question whose fractions were counted; raises SubspaceError."""
        if self.tallies is None:
            return subspace.cut(self.design, wanted)
        return subspace.standing_for(self.design, self.tallies, wanted)


class Awaited(Exception):  # noqa: N818
    """The answer is being worked out."""


def is_large(table: TrialTable | None) -> TypeGuard[LargeTable]:
    """Whether a table is larger than memory, so that its trials have to be counted."""
    return isinstance(table, LargeTable)


def design(table: TrialTable, where: tuple[Filter, ...]) -> Design:
    """Return the trials that pass the filters, of those in memory; kept: the slider need not sort them again."""
    kept = session().designs
    key = (table.fingerprint, table.choices, where)
    if key not in kept:
        passing = subspace.filtered(table, where)
        kept.clear()
        kept[key] = passing
    return kept[key]


def sampled(table: TrialTable, wanted: Subspace, begins: bool = True) -> tuple[TrialTable, Sample]:
    """Return region and target of a question, and the table that holds their trials.

    Parameters
    ----------
    begins
        Whether a job may count for it, where that was not done yet; else it is refused then.

    Raises
    ------
    Awaited
        If a job counts its trials.
    HpiError
        If it makes no sense, or its trials could not be counted.
    """
    if not is_large(table):
        let_go()
        return table, subspace.cut(design(table, wanted.where), wanted)
    table.known()  # raises where metric or direction is not
    found = _counted(table, wanted, begins)
    if found.tallies is not None and wanted.target is None:  # few trials have a usual target of their own
        whole = wanted.resolved(found.tallies.n_trials)
        found = found if _between(whole) == _between(wanted) else _counted(table, whole, begins)
    return found.table, found.cut(wanted)


def at_hand(table: LargeTable, wanted: Subspace) -> Sample:
    """Return region and target of a question among the trials at hand, before all are counted.

    They were drawn by a hash of their position, so what they say is a fair estimate. Raises HpiError as `sampled`.
    """
    return subspace.cut(subspace.filtered(table, wanted.where), wanted)


def cut(sample: Sample, wanted: Subspace) -> Sample:
    """Return region and target of another question about the same trials; raises SubspaceError."""
    if sample.tallies is None:
        return subspace.cut(sample.design, wanted)
    whole = wanted.resolved(sample.whole.trials)
    if not all(sample.tallies.knows(part) for part in (whole.region, whole.target) if part is not None):
        raise SubspaceError(BETWEEN)
    return subspace.standing_for(sample.design, sample.tallies, wanted)


def passing(table: TrialTable, where: tuple[Filter, ...]) -> int | None:
    """Return how many trials pass the filters; None where nobody has counted yet. Raises SubspaceError."""
    if not is_large(table):
        return len(design(table, where))
    found = next((one for key, one in _counts().items() if key[:3] == _key(table, where)[:3]), None)
    if found is None:
        return None
    return len(found.design) if found.tallies is None else found.tallies.n_trials


def known(table: TrialTable) -> TrialTable:
    """Return a table as it is known after its trials were counted, if they were."""
    return next((one.table for key, one in _counts().items() if key[:2] == _key(table, ())[:2]), table)


def light(sample: Sample) -> Sample:
    """Return a sample for methods that look at its trials, without the counts of all in cells, which are large."""
    if sample.tallies is None:
        return sample
    counted = replace(sample.tallies.counted, cells=(), regimes=(), pairs=())
    return replace(sample, tallies=replace(sample.tallies, counted=counted))


def light_for(method: Estimator, sample: Sample) -> Sample:
    """Return what a method needs of a sample: some read the counts of all."""
    return sample if method.counts_all else light(sample)


def let_go() -> None:
    """Wait no longer for trials that are being counted."""
    now = session()
    if now.counting is not None:
        now.counting.let_go()
        now.counting = None


def _counted(table: LargeTable, wanted: Subspace, begins: bool) -> Counted:
    """Return the trials of a question and their counts, as far as they were counted."""
    now, key = session(), _key(table, wanted.where, _between(wanted))
    found = _counts().get(key)
    if not begins and found is None:
        raise SubspaceError(BETWEEN)
    if begins and now.counting is not None and (found is not None or now.counting.question != key):
        let_go()
    if found is None:
        found = Counted.of(table, wanted.where, _of_job(table, wanted, key))
        _counts().put(key, found)
        now.counting = None
    return found


def _of_job(table: LargeTable, wanted: Subspace, key: Any) -> Counting:  # noqa: ANN401
    """Return what a job has counted; raises Awaited before that."""
    now = session()
    if now.counting is None or now.counting.was_lost:
        task = Count(table.source, table.seen, table.choices, table.name, wanted.where, _between(wanted))
        now.counting = work.begin(key, task, now.visitor)
    if now.counting.is_open:
        raise Awaited
    if now.counting.was_cancelled:
        raise JobError(f"{now.counting.title} was cancelled.")
    counting: Counting = now.counting.answer()
    return counting


def _between(wanted: Subspace) -> tuple[float, ...]:
    """Return the fractions of a question that are counted only where somebody asks for them."""
    asked = with_asked(part for part in (wanted.region, wanted.target) if part is not None)
    return tuple(part for part in asked if part not in RUNGS)


def _key(table: TrialTable, where: tuple[Filter, ...], between: tuple[float, ...] = ()) -> tuple[Any, ...]:
    return (table.fingerprint, table.choices, where, between)


@st.cache_resource(show_spinner=False)
def _counts() -> Recent[Counted]:
    return Recent(AT_ONCE)
