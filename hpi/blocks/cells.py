"""Cells of pieces as the rest of the house has them: each different word of a column is parsed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hpi.blocks import columns
from hpi.blocks.look import Look
from hpi.blocks.source import Source
from hpi.errors import TableError
from hpi.roles import Role, kinds
from hpi.roles.values import Values
from hpi.space import Floats, Mask
from hpi.table import TrialTable

Codes = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Words:
    """All different cells of a column of text, parsed.

    Attributes
    ----------
    name
        Of the column.
    words
        As they stand in the files, sorted.
    values
        The same cells as `Values`, one row a word.
    """

    name: str
    words: tuple[str, ...]
    values: Values

    @classmethod
    def of(cls, name: str, words: tuple[str, ...]) -> Words:
        """Return the words parsed together, as the column would be."""
        text = pd.Series(list(words), dtype=pd.StringDtype("pyarrow", na_value=np.nan))
        return cls(name, words, Values.of(name, text))

    def codes(self, column: Any) -> Codes:  # noqa: ANN401 - pyarrow has no types
        """Return which word each cell of a piece holds, shape (n_rows,), -1 where empty.

        Raises
        ------
        TableError
            If there is another word than before.
        """
        known = pa.array(self.words, pa.large_string())
        parts = [np.zeros(0, np.int32)]
        for chunk in column.chunks:
            found = pc.index_in(chunk.dictionary, value_set=known).fill_null(-2).to_numpy()
            parts.append(np.append(found, -1).astype(np.int32)[columns.codes_of(chunk)])
        codes = parts[1] if len(parts) == 2 else np.concatenate(parts)
        if len(codes) and codes.min() < -1:
            raise TableError(
                f"The column {self.name} holds a word that it did not hold when the table was opened; its files have "
                "changed. Open the table anew."
            )
        return codes

    @property
    def numbers(self) -> Floats:
        """The number of each code, nan where it is none, shape (n_words + 1,); the last one is an empty cell."""
        return np.append(self.values.numbers, np.nan)

    @property
    def empty(self) -> Mask:
        """Whether each code is an empty cell, shape (n_words + 1,)."""
        return np.append(self.values.empty, True)

    def taken(self, codes: Codes) -> Values:
        """Return the column whose rows have these codes, parsed."""
        text = self.values.text
        cells = None if text is None else with_empty(text)[codes]
        return Values(self.name, self.numbers[codes], cells, self.values.notices)


def with_empty(cells: NDArray[Any]) -> NDArray[Any]:
    """Return cells, numbers or labels, with an empty one at the end, which is where code -1 points to."""
    empty = np.array([np.nan if cells.dtype == np.float64 else None], dtype=cells.dtype)
    return np.concatenate([cells, empty])


def words_of(source: Source, seen: Look) -> dict[str, Words]:
    """Return the words of each column of text that has not too many of them, by name."""
    pairs = zip(source.columns, seen.words, strict=True)
    return {name: Words.of(name, words) for (name, _), words in pairs if words is not None}


def parsed(source: Source, seen: Look, known: Mapping[str, Words] | None = None) -> dict[str, Values]:
    """Return the columns of the kept rows, parsed as in a table of all rows; without those with too many words.

    `known` are the words of `words_of`, if somebody has them already.
    """
    known = words_of(source, seen) if known is None else known
    columns_: dict[str, Values] = {}
    for (name, kind), cells in zip(source.columns, seen.cells, strict=True):
        if kind == columns.NUMBER:
            columns_[name] = Values(name, np.where(np.isnan(cells), np.nan, cells), None)
        elif name in known:
            columns_[name] = known[name].taken(cells)
    return columns_


def shown(table: TrialTable, words: Mapping[str, Words]) -> dict[str, pd.Series]:
    """Return what the trials of a table in memory have for each word, and for an empty cell, by column."""
    declared = dict(table.reading.under(table.choices).space)
    found: dict[str, pd.Series] = {}
    for column in table.columns:
        if column.name not in words or column.name not in table.trials:
            continue
        values = words[column.name].values
        if column.role is Role.CONTEXT and values.is_numeric:
            found[column.name] = pd.Series(with_empty(values.numbers))
        elif column.role is Role.CONTEXT:
            texts = values.column.to_numpy(dtype=object)
            found[column.name] = pd.Series(with_empty(np.where(pd.isna(texts), np.array(None), texts)), dtype="str")
        else:
            kind = column.kind or kinds.kind_of(values)
            found[column.name] = pd.Series(with_empty(kinds.cells_of(values, kind, declared.get(column.name))))
    return found


def left_out(source: Source, seen: Look) -> tuple[str, ...]:
    """Return the columns of text with too many different words, which are not read."""
    pairs = zip(source.columns, seen.words, strict=True)
    return tuple(name for (name, kind), words in pairs if kind != columns.NUMBER and words is None)
