"""A table larger than memory: the rows that were looked at stand in for it, and what is counted comes from all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from hpi.blocks import asking, cells, refusing
from hpi.blocks.asking import Counting, Somewhere
from hpi.blocks.look import Look
from hpi.blocks.passes import Over
from hpi.blocks.running import Report, quiet
from hpi.blocks.source import Source, find
from hpi.blocks.translation import Condition, Translation
from hpi.errors import TableError
from hpi.roles import Choices
from hpi.roles.by_itself import MOST_WORDS
from hpi.roles.reading import Reading
from hpi.roles.values import Values, shown
from hpi.space import Design, Floats, Hyperparameter, Tallies, drawing
from hpi.table import TrialTable, frames
from hpi.table.table import validated
from hpi.table.trials import Grouping

READER = "Parquet, in blocks"
OF_ALL = ("not declared.", "with --metric.")  # ends of notices that hold of every row: on the space, and on names
LEFT_OUT = "no finite metric, or a state, task or value that does not count"


@dataclass(frozen=True, eq=False, kw_only=True)
class LargeTable(TrialTable):
    """A table of which some rows are at hand, and all can be counted.

    `frame` and `trials` hold the rows at hand, drawn by a hash of their position, which is their index.

    Attributes
    ----------
    source
        Where all rows are.
    seen
        The rows that were looked at first, and what is known of all.
    translation
        How cells of any row become what is counted; None where metric or direction is not known.
    n_counting
        How many of all rows count; None where they were not counted yet.
    executor
        Where passes over the rows run; None: threads.
    """

    source: Source
    seen: Look
    translation: Translation | None
    n_counting: int | None = None
    executor: Somewhere = None

    @property
    def n_rows(self) -> int:
        """Count the rows of the source."""
        return self.source.n_rows

    @property
    def n_trials(self) -> int:
        """Count the trials, as far as it is known: those at hand before all were counted."""
        return len(self.trials) if self.n_counting is None else self.n_counting

    @cached_property
    def loss(self) -> Floats:
        """The loss of each trial at hand, shape (n_trials,); raises TableError as that of a table in memory does."""
        wordy = cells.left_out(self.source, self.seen)
        if self.metric is None and wordy:
            about = refusing.about_wordy(list(wordy))
            raise TableError(f"The metric is not known: {about}, or choose another column as the metric.")
        return super().loss

    @cached_property
    def _counted(self) -> dict[tuple[Condition, ...], tuple[Counting, LargeTable]]:
        return {}

    def counted(
        self, where: tuple[Condition, ...] = (), fractions: Sequence[float] = (), report: Report = quiet
    ) -> tuple[Counting, LargeTable]:
        """Return counts of all trials that pass the filters, and the table of those at hand; passes over all rows.

        What was counted last is kept: only new filters, or a fraction that is no rung, take passes again.

        Raises
        ------
        TableError
            If metric or direction is not known, or a block is damaged.
        SubspaceError
            If no trial passes.
        BlockError
            If a worker is lost again and again.
        """
        if not self.has_counted(where, fractions):
            self.keep(where, counted(self, where, fractions, report))
        return self._counted[where]

    def known(self) -> Translation:
        """Return how cells become what is counted; raises TableError where metric or direction is not known."""
        if self.translation is None:
            _ = self.loss  # says what is not known
            raise TableError("Metric and direction must be known.")
        return self.translation

    def has_counted(self, where: tuple[Condition, ...] = (), fractions: Sequence[float] = ()) -> bool:
        """Whether a question can be answered without a pass."""
        if where not in self._counted:
            return False
        tallies = self._counted[where][0].tallies
        return tallies is None or all(tallies.knows(part) for part in fractions)

    def keep(self, where: tuple[Condition, ...], found: Counting) -> None:
        """Take what was counted elsewhere for these filters, in the place of what was counted before."""
        self._counted.clear()
        self._counted[where] = (found, self._at_hand(found))

    def _at_hand(self, found: Counting) -> LargeTable:
        """Return this table with the trials of a counting at hand."""
        frame, trials = self._frames(found.rows)
        left_out = self.n_rows - found.counting
        excluded = ((LEFT_OUT, left_out),) if left_out else ()
        each = np.ones(len(trials), dtype=np.int64)
        return replace(
            self, frame=frame, trials=trials, n_repeats=each, excluded=excluded, n_counting=found.counting, tasks=None,
            unit=None, hyperparameters=found.hyperparameters,
        )  # fmt: skip

    def _frames(self, rows: Look) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return rows as they are shown and as trials, with their positions as index."""
        parsed = cells.parsed(self.source, rows, cells.words_of(self.source, self.seen))
        each = np.arange(len(rows.position))
        choices = self.reading.under(self.choices)
        trials = frames.trials_of(parsed, self.columns, Grouping(each, each, each, each), choices)
        frame = frames.displayed(parsed)
        frame.index = trials.index = pd.Index(rows.position)
        return frame, trials

    def design_of(self, rows: Look, hyperparameters: tuple[Hyperparameter, ...]) -> Design:
        """Return rows that count as a design of hyperparameters, with bounds and levels of all rows that count."""
        trials = self._frames(rows)[1]
        return replace(self, trials=trials, hyperparameters=hyperparameters, tasks=None, unit=None).design

    def standing_for(self, tallies: Tallies) -> Design:
        """Return those of the trials at hand that stand for all that were counted; kept."""
        if tallies is not self._stand[0]:
            position = self.trials.index.to_numpy(dtype=np.int64)[self.design.row]
            self._stand[:] = [tallies, replace(self.design, position=position).standing_for(tallies)]
        return self._stand[1]  # type: ignore[no-any-return]

    @cached_property
    def _stand(self) -> list[Any]:
        return [None, None]

    def revise(self, **changes: Any) -> LargeTable:  # noqa: ANN401 - the fields of Choices
        """Return the same table with other choices."""
        return made(self.source, self.seen, replace(self.choices, **changes), self.name, self.executor)


def looked_at(address: str, executor: Somewhere = None, report: Report = quiet) -> tuple[Source, Look]:
    """Return what there is at an address, and what one pass over all of its rows finds.

    Raises
    ------
    TableError
        If nothing can be read there, or a block is damaged.
    BlockError
        If a worker is lost again and again.
    """
    source = find(address)
    return source, asking.looked_at(source, executor, report)


def counted(
    table: LargeTable, where: tuple[Condition, ...] = (), fractions: Sequence[float] = (), report: Report = quiet
) -> Counting:
    """Return counts of all trials that pass the filters, at every rung and at these fractions; raises as `looked_at`.

    Raises also SubspaceError where no trial passes.
    """
    translation = table.known()
    for condition in where:
        translation.check(condition)
    over = Over(table.source, translation, where)
    return asking.counted(over, table.seen, table.loss, table.design_of, fractions, table.executor, report)


def made(
    source: Source, seen: Look, choices: Choices | None = None, name: str = "", executor: Somewhere = None
) -> LargeTable:
    """Return the table of a source whose rows were looked at; reads nothing.

    Raises
    ------
    TableError
        If the table or a choice cannot be understood.
    SpaceError
        If the declared space contradicts the rows.
    """
    choices = replace(choices or Choices(), repeats="each")
    refusing.check(source, choices)
    choices = refusing.without_wordy(source, seen, choices)
    drawn = seen.taken(drawing.drawn(drawing.hashes(seen.position)))
    parsed = cells.parsed(source, drawn, cells.words_of(source, seen))
    table = _validated(source, seen, parsed, choices, name)
    fields = {one: getattr(table, one) for one in table.__dataclass_fields__}
    fields |= {**_placed(table, drawn), "notices": _of_part(table, source)}
    translation = None
    if table.metric is not None and table.direction is not None:
        translation = Translation.of(table, source, drawn)
        fields["hyperparameters"] = translation.hyperparameters
        fields["notices"] = (*fields["notices"], *translation.notices)
    return LargeTable(**fields, source=source, seen=seen, translation=translation, executor=executor)


def _about_part(source: Source, seen: Look, n: int) -> list[str]:
    """Say which columns were not read, and which rows what is said of rows is said of."""
    wordy = cells.left_out(source, seen)
    said = [f"Text with more than {MOST_WORDS:,} different cells was left out: {shown(wordy)}."] if wordy else []
    if n == source.n_rows:
        return said
    return [
        *said,
        f"Of {source.n_rows:,} rows {n:,} are at hand, drawn by a hash of their position: what is said of cells and "
        "rows was seen in these. Importances of PED-ANOVA count all.",
    ]


def _of_part(table: TrialTable, source: Source) -> tuple[str, ...]:
    """Return the notices of a table; those that were seen in its rows say of which rows they speak."""
    n = len(table.frame)
    if n == source.n_rows:
        return table.notices
    known = {*table.reading.notices, *(notice for notice in table.notices if notice.endswith(OF_ALL))}
    return tuple(one if one in known else f"Of the {n:,} rows at hand: {one}" for one in table.notices)


def _placed(table: TrialTable, drawn: Look) -> dict[str, Any]:
    """Return frame and trials with the rows of the source as their index."""
    rows = pd.Index(drawn.position)
    return {"frame": table.frame.set_axis(rows), "trials": table.trials.set_axis(rows[table.trials.index])}


def _validated(source: Source, seen: Look, parsed: dict[str, Values], choices: Choices, name: str) -> TrialTable:
    """Return the table of the drawn rows; of several tasks that of most rows, where none is chosen."""
    frame = frames.displayed(parsed)
    reading = Reading(READER).said(*source.notices, *_about_part(source, seen, len(frame)))
    try:
        table = validated(parsed, frame, name, choices, reading, source.fingerprint)
    except TableError:
        if choices.task is not None:
            whole = validated(parsed, frame, name, replace(choices, task=None), reading, source.fingerprint)
            refusing.check_task(choices.task, whole, source, seen)
        raise
    if table.tasks is None:
        return table
    times = table.tasks.value_counts()
    task, others = str(times.index[0]), shown(map(str, times.index[1:]))
    said = f"Of the tasks, {task} is looked at, which most rows belong to; others can be chosen: {others}."
    return validated(parsed, frame, name, replace(choices, task=task), reading.said(said), source.fingerprint)
