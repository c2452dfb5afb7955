"""From the cells of a piece to what is counted, as a table in memory has it: loss, rows that count, positions.

Every row that counts is a trial of its own: rows of one configuration are not averaged, epochs not reduced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa

from hpi.blocks import cells, columns, rules
from hpi.blocks.axes import Axis
from hpi.blocks.cells import Codes, Words
from hpi.blocks.look import Look
from hpi.blocks.reach import Reach
from hpi.blocks.rules import Rule
from hpi.blocks.source import Block, Files, Source
from hpi.errors import SpaceError, SubspaceError
from hpi.roles import Direction, Role
from hpi.space import Floats, Hyperparameter, Integers, Mask
from hpi.table import TrialTable


class Condition(Protocol):
    """A filter of trials by one of their columns: `hpi.filters.Between` or `OneOf`."""

    @property
    def name(self) -> str:
        """Name of the column."""
        ...

    def mask(self, column: pd.Series) -> Mask:
        """Whether each cell passes."""
        ...


@dataclass(frozen=True, eq=False)
class Translation:
    """How pieces of a source become arrays; it travels to where they are read.

    Attributes
    ----------
    axes
        The hyperparameters and their cells, in column order.
    logs
        Whether the measure of each is that of the logarithm.
    metric, maximize
        Whose values make the loss, and whether high ones are good.
    words
        Of each column of text that is needed.
    rules, failures, blank
        Which rows count: by cells of some columns, by numbers of the metric that stand for a failure, by columns of
        which one must have a cell.
    shown
        What filters and parents see of each code of a column of text, an empty cell at the end.
    filterable
        Columns that a filter may name.
    whole
        The values that all rows take, whether they count or not.
    notices
        What must be said.
    """

    axes: tuple[Axis, ...]
    logs: tuple[bool, ...]
    metric: str
    maximize: bool
    words: Mapping[str, Words]
    rules: tuple[Rule, ...]
    failures: Floats
    blank: tuple[str, ...]
    shown: Mapping[str, pd.Series]
    filterable: tuple[str, ...]
    whole: Reach
    notices: tuple[str, ...]

    @classmethod
    def of(cls, table: TrialTable, source: Source, seen: Look) -> Translation:
        """Return the translation of a source, from the table of the rows that were looked at.

        Bounds and levels that nobody declared are those of all rows, whether they count or not; see `within`.

        Raises
        ------
        TableError
            If metric or direction are not known, the metric is a rank of several outcomes, or there are several tasks.
        """
        rules.check(table)
        assert table.metric is not None
        places = {name: k for k, (name, _) in enumerate(source.columns)}
        words = cells.words_of(source, seen)
        declared = dict(table.reading.under(table.choices).space)
        axes = tuple(
            Axis.of(h, declared.get(h.name), table.parsed[h.name], words.get(h.name)) for h in table.hyperparameters
        )
        logs = {column.name: column.log for column in table.columns}
        roles = {column.name: column.role for column in table.columns}
        wanted, keep = rules.rules(table, words)
        blank = rules.blank(table, seen, places, words)
        needed = {*table.trials, *blank, *(rule.name for rule in wanted)}
        one = cls(
            axes,
            tuple(logs[axis.hyperparameter.name] for axis in axes),
            table.metric,
            table.direction is Direction.MAXIMIZE,
            {name: own for name, own in words.items() if name in needed},
            wanted,
            rules.failures(table, seen, places[table.metric], words.get(table.metric), keep),
            blank,
            cells.shown(table, words),
            tuple(name for name in map(str, table.trials) if roles[name] in (Role.HYPERPARAMETER, Role.CONTEXT)),
            Reach.of(axes, seen, places),
            rules.notices(table),
        )
        return one._leniently()

    @property
    def hyperparameters(self) -> tuple[Hyperparameter, ...]:
        """The hyperparameters with bounds and levels as far as they are known, in column order."""
        return tuple(axis.hyperparameter for axis in self.axes)

    def within(self, reach: Reach) -> Translation:
        """Return the translation with bounds and levels of the rows that count, if `reach` is theirs.

        Where all rows count, that is `whole`. Declared bounds and levels stay.

        Raises
        ------
        SpaceError
            If a value contradicts its declaration.
        """
        several = zip(self.axes, reach.ends, reach.seen, self.logs, strict=True)
        return replace(self, axes=tuple(axis.within(ends, seen, log) for axis, ends, seen, log in several))

    def _leniently(self) -> Translation:
        """Return the translation with bounds of all rows where these do not contradict what is declared."""
        axes = []
        for axis, ends, seen, log in zip(self.axes, self.whole.ends, self.whole.seen, self.logs, strict=True):
            try:
                axes.append(axis.within(ends, seen, log))
            except SpaceError:
                # the row in question may not count
                axes.append(axis)
        return replace(self, axes=tuple(axes))

    def loss_names(self, where: Sequence[Condition] = ()) -> tuple[str, ...]:
        """Return the columns that loss, counting rows and filters need."""
        rest = [rule.name for rule in self.rules] + [condition.name for condition in where]
        return tuple(dict.fromkeys([self.metric, *rest, *self.blank]))

    def names(self, where: Sequence[Condition] = ()) -> tuple[str, ...]:
        """Return the columns that a count of all needs."""
        parents = [name for h in self.hyperparameters for domain in h.domains for name, _ in domain.when]
        return tuple(dict.fromkeys([*self.loss_names(where), *(h.name for h in self.hyperparameters), *parents]))

    def loss(self, piece: pa.Table, where: Sequence[Condition] = ()) -> tuple[Floats, Mask]:
        """Return loss (lower is better) of each row, and whether the row counts and passes filters, (n_rows,)."""
        metric = self._numbers(piece, self.metric)
        # -0.0 and 0.0 are one loss
        loss = (-metric if self.maximize else metric) + 0.0
        counts = np.isfinite(metric)
        for rule in self.rules:
            counts &= rule.keeps(
                self._codes(piece, rule.name) if rule.codes is not None else self._raw(piece, rule.name)
            )
        if len(self.failures):
            counts &= ~np.isin(metric, self.failures)
        if self.blank:
            counts &= ~np.logical_and.reduce([self._empty(piece, name) for name in self.blank])
        return loss, counts & self.passes(piece, where) if where else counts

    def passes(self, piece: pa.Table, where: Sequence[Condition]) -> Mask:
        """Whether each row passes all filters, shape (n_rows,), counting or not.

        Raises
        ------
        SubspaceError
            If a filter names no hyperparameter or context column.
        """
        passes = np.ones(len(piece), dtype=bool)
        for condition in where:
            self.check(condition)
            if condition.name in self.words:
                passes &= condition.mask(self.shown[condition.name])[self._codes(piece, condition.name)]
            else:
                passes &= condition.mask(self._seen(piece, condition.name))
        return passes

    def check(self, condition: Condition) -> None:
        """Raise SubspaceError where a filter names no hyperparameter or context column."""
        if condition.name not in self.filterable:
            known = ", ".join(self.filterable)
            raise SubspaceError(
                f"The filter {condition} names no hyperparameter or context column; there are: {known}."
            )

    def column(self, piece: pa.Table, j: int) -> Floats | Codes:
        """Return what hyperparameter j has in each row, shape (n_rows,): a number in its own unit, nan where inactive.

        Where `positions` has a table for it, that is a code, -1 where empty.
        """
        axis = self.axes[j]
        name = axis.hyperparameter.name
        if axis.cells is None:
            numbers = self._raw(piece, name)
            finite = np.isfinite(numbers)
            return numbers if finite.all() else np.where(finite, numbers, np.nan)
        return self._codes(piece, name) if axis.codes_of is None else axis.codes(self._raw(piece, name))

    def positions(self, j: int) -> Floats | None:
        """Return the position of each code of hyperparameter j, as `Axis.positions` has it; None of numbers."""
        return self.axes[j].positions

    def regime(self, piece: pa.Table, rows: Mask | None = None) -> Integers | None:
        """Return the domain of each value as `Design` has it, (n_rows, n_hyperparameters), -1 in rows not wanted.

        None where no hyperparameter has domains. `rows`: which are wanted, None: those that count. Raises SpaceError
        where a value lies outside its domain.
        """
        if not any(axis.hyperparameter.domains for axis in self.axes):
            return None
        regime = np.full((len(piece), len(self.axes)), -1, dtype=np.int64)
        chosen = self.loss(piece)[1] if rows is None else rows
        for j, hyperparameter in enumerate(self.hyperparameters):
            parents = [name for domain in hyperparameter.domains for name, _ in domain.when]
            held = {name: self._seen(piece, name)[chosen] for name in dict.fromkeys([hyperparameter.name, *parents])}
            regime[chosen, j] = hyperparameter.regimes(pd.DataFrame(held))
        return regime

    def reach(self, piece: pa.Table, rows: Mask) -> Reach:
        """Return the values that some rows take, shape (n_rows,): those that count say where bounds and levels are."""
        return Reach.taken(self.axes, [self.column(piece, j)[rows] for j in range(len(self.axes))])

    def reached(self, source: Source, blocks: Sequence[Block]) -> Reach:
        """Return the values that rows of some blocks take that count; reads what `names` says.

        Raises TableError where a block cannot be read.
        """
        found = Reach.none(self.axes)
        with Files(source) as files:
            for block in blocks:
                for _, piece in files.read(block, self.names()):
                    found = found.merged(self.reach(piece, self.loss(piece)[1]))
        return found

    def _raw(self, piece: pa.Table, name: str) -> Floats:
        return columns.numbers_of(piece[name])

    def _codes(self, piece: pa.Table, name: str) -> Codes:
        return self.words[name].codes(piece[name])

    def _numbers(self, piece: pa.Table, name: str) -> Floats:
        return self.words[name].numbers[self._codes(piece, name)] if name in self.words else self._raw(piece, name)

    def _empty(self, piece: pa.Table, name: str) -> Mask:
        if name in self.words:
            return np.asarray(self.words[name].empty[self._codes(piece, name)])
        return np.isnan(self._raw(piece, name))

    def _seen(self, piece: pa.Table, name: str) -> pd.Series:
        """Return a column as the trials of a table in memory have it."""
        if name in self.words:
            seen = self.shown[name]
            codes = self._codes(piece, name)
            return seen.iloc[np.where(codes < 0, len(seen) - 1, codes)].reset_index(drop=True)
        for j, axis in enumerate(self.axes):
            if axis.hyperparameter.name == name:
                column = self.column(piece, j)
                return pd.Series(column if axis.cells is None else axis.cells[column])
        return pd.Series(self._raw(piece, name))
