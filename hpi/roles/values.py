"""One column of a table, parsed once: its numbers, its words, its empty cells."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hpi.roles.parsing import EXACT, NULL_WORDS, Coded, parsed
from hpi.roles.wording import counted, shown
from hpi.space import Floats, Integers, Mask

__all__ = ["BOOLS", "FALSE", "NULL_WORDS", "TRUE", "Values", "counted", "label_of", "shown"]

_COMMAS = r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?"
_WHOLE = re.compile(r"([+-]?[0-9]+)\.0+")
# Up to so many different integers are counted in a table instead of being sorted.
_SPAN = 100_000
# Rows that are looked at together: few enough to stay in a processor's cache.
_BLOCK = 8_192
# From so many cells on it pays to parse two columns at once.
_MANY_CELLS = 1_000_000
_THREADS = 2
_FALSE_TRUE = (("false", "true"), ("no", "yes"), ("off", "on"), ("f", "t"), ("n", "y"))
BOOLS = frozenset(frozenset(pair) for pair in _FALSE_TRUE)
FALSE = frozenset(pair[0] for pair in _FALSE_TRUE)
TRUE = frozenset(pair[1] for pair in _FALSE_TRUE)


@dataclass(frozen=True, eq=False)
class Values:
    """A column of a table.

    Attributes
    ----------
    name
        As in the table.
    numbers
        Shape (n_rows,); nan where the cell is empty or no number.
    text
        Shape (n_rows,), text without outer blanks and None where empty; None if the column holds
        nothing but numbers.
    notices
        What was done to the cells and must be said.
    coded
        Which of the different texts each cell holds, shape (n_rows,), -1 where empty, and those, in order of
        appearance; None where that is not known yet.
    """

    name: str
    numbers: Floats
    text: NDArray[np.object_] | None
    notices: tuple[str, ...] = ()
    coded: Coded | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Freeze the arrays: a frozen dataclass does not do it."""
        for array in (self.numbers, self.text):
            if array is not None:
                array.setflags(write=False)

    @classmethod
    def of(cls, name: str, column: pd.Series) -> Values:
        """Return the column parsed, whatever its dtype."""
        if pd.api.types.is_bool_dtype(column):
            column = column.astype(object).map({True: "True", False: "False"})
        elif pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_complex_dtype(column):
            numbers = column.to_numpy(dtype=float, na_value=np.nan)
            return cls(name, np.where(np.isnan(numbers), np.nan, numbers), None)
        cells = parsed(name, column)
        return cls(name, cells.numbers, cells.text, cells.notices, cells.coded)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.numbers)

    @cached_property
    def empty(self) -> Mask:
        """Whether each cell is empty, shape (n_rows,)."""
        if self.text is None:
            return np.isnan(self.numbers)
        return np.asarray(self._coded[0] < 0)

    @cached_property
    def worded(self) -> Mask:
        """Whether each cell holds something that is no number, shape (n_rows,)."""
        if self.text is None:
            return np.zeros(len(self), dtype=bool)
        return np.isnan(self.numbers) & ~self.empty

    @cached_property
    def _coded(self) -> Coded:
        if self.coded is not None:
            return self.coded
        codes, different = pd.factorize(np.asarray(self.text, dtype=object))
        return codes.astype(np.int32), np.asarray(different, dtype=object)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The different cells that are no numbers, in order of appearance."""
        if self.text is None:
            return ()
        codes, different = self._coded
        worded = np.zeros(len(different), dtype=bool)
        worded[codes[self.worded]] = True
        return tuple(different[worded])

    @cached_property
    def codes(self) -> Integers:
        """Which of the different values each cell holds, shape (n_rows,), in their order; -1 where empty."""
        if self.text is None:
            return _ranks(self.numbers)
        codes, different = self._coded
        rank = np.full(len(different) + 1, -1)
        rank[_order(different)] = np.arange(len(different))
        return np.asarray(rank[codes])

    @cached_property
    def n_distinct(self) -> int:
        """Count the different values, the empty cell not among them."""
        if self.text is not None:
            return len(self._coded[1])
        if "codes" in self.__dict__:
            return int(self.codes.max(initial=-1)) + 1
        return _n_different(self.numbers)

    @property
    def n_filled(self) -> int:
        """Count the cells that are not empty."""
        return len(self) - int(self.empty.sum())

    @property
    def is_numeric(self) -> bool:
        """Whether the cells are numbers or empty, and at least one is a number."""
        return not self.words and bool((~self.empty).any())

    @cached_property
    def is_integer(self) -> bool:
        """Whether every number is an integer."""
        known = False
        for start in range(0, len(self), _BLOCK):
            part = self.numbers[start : start + _BLOCK]
            part = part[~np.isnan(part)]
            if not _are_integers(part):
                return False
            known = known or len(part) > 0
        return known

    @cached_property
    def finite(self) -> Floats:
        """The finite numbers, without the other cells."""
        finite = np.isfinite(self.numbers)
        return self.numbers if finite.all() else self.numbers[finite]

    @cached_property
    def labels(self) -> NDArray[np.object_]:
        """Each cell as text, shape (n_rows,), None where empty; 5.0 and 5 are both 5."""
        # The last one is where code -1, an empty cell, points to.
        if self.text is None:
            different = [*map(label_of, np.unique(self.numbers[~self.empty])), None]
            return np.array(different, dtype=object)[self.codes]
        if np.isnan(self.numbers).all():
            return self.text
        codes, texts = self._coded
        labels = [_WHOLE.sub(r"\1", text) if _WHOLE.fullmatch(text) else text for text in texts]
        return np.array([*labels, None], dtype=object)[codes]

    @property
    def about_commas(self) -> str:
        """What to say of numbers with commas that were kept as text, "" if there are none."""
        found = [word for word in self.words if "," in word and re.fullmatch(_COMMAS, word)]
        if not found:
            return ""
        return (
            f"{self.name} holds numbers with commas (such as {found[0]}), which were kept as text: "
            "thousands or decimals? Write them without commas."
        )

    @property
    def first_label(self) -> str:
        """The first cell that is not empty, as text."""
        first = int(np.argmin(self.empty))
        return label_of(self.numbers[first]) if self.text is None else str(self.text[first])

    @property
    def lowered(self) -> frozenset[str]:
        """The different labels in small letters."""
        if self.text is None:
            return frozenset(map(label_of, np.unique(self.numbers[~self.empty])))
        labels = self.labels if self.labels is not self.text else self._coded[1]
        return frozenset(str(label).lower() for label in pd.unique(labels) if label is not None)

    def filled(self, where: Mask, label: str) -> Values:
        """Return the column with `label` in the cells where the mask, shape (n_rows,), is true."""
        return Values(self.name, self.numbers, np.where(where, label, self.labels), self.notices)

    def taken(self, rows: Integers) -> Values:
        """Return the column with these rows, in their order."""
        return Values(self.name, self.numbers[rows], None if self.text is None else self.text[rows], self.notices)

    @property
    def column(self) -> pd.Series:
        """The column for display: integers, floats or text, missing where empty."""
        if not self.is_numeric:
            if self.text is None:
                return pd.Series([None] * len(self), name=self.name, dtype="str")
            return pd.Series(_spelled(*self._coded), name=self.name)
        whole = self.is_integer and not self.empty.any() and bool(np.all(np.abs(self.numbers) < EXACT))
        return pd.Series(self.numbers.astype(np.int64) if whole else self.numbers, name=self.name, copy=False)


def columns_of(frame: pd.DataFrame) -> dict[str, Values]:
    """Return each column of a frame with different names, parsed, by name, in file order."""
    columns = [(str(name), frame[name]) for name in frame.columns]
    if frame.size < _MANY_CELLS:
        return {name: Values.of(name, column) for name, column in columns}
    # Arrow and NumPy let another thread work while they do.
    with ThreadPoolExecutor(_THREADS) as threads:
        parsed_columns = threads.map(lambda column: Values.of(*column), columns)
        return dict(zip((name for name, _ in columns), parsed_columns, strict=True))


def label_of(number: float) -> str:
    """Return a number as it is written in a sentence or as a level: 5.0 is 5."""
    return str(int(number)) if number == np.rint(number) and abs(number) < EXACT else repr(float(number))


def _are_integers(numbers: Floats) -> bool:
    return bool(np.all(np.isfinite(numbers) & (numbers == np.rint(numbers))))


def _n_different(numbers: Floats) -> int:
    ordered = np.sort(numbers[~np.isnan(numbers)])
    return int(np.count_nonzero(ordered[1:] != ordered[:-1])) + bool(len(ordered))


def _ranks(numbers: Floats) -> Integers:
    """Return which of the different numbers each is, in their order, -1 where nan."""
    known = ~np.isnan(numbers)
    low, high = (float(numbers[known].min()), float(numbers[known].max())) if known.any() else (0.0, 0.0)
    ranks = np.full(len(numbers), -1, dtype=np.int64)
    if high - low < _SPAN and _are_integers(numbers[known]):
        places = (numbers[known] - low).astype(np.int64)
        there = np.bincount(places) > 0
        ranks[known] = (np.cumsum(there) - 1)[places]
        return ranks
    order = np.argsort(numbers)[: int(known.sum())]
    ordered = numbers[order]
    ranks[order[1:]] = np.cumsum(ordered[1:] != ordered[:-1])
    ranks[order[:1]] = 0
    return ranks


def _order(texts: NDArray[np.object_]) -> Integers:
    """Return the positions of different texts in their order, by code point, which is the order of UTF-8 as well."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return np.asarray(pc.array_sort_indices(pa.array(texts, pa.large_string())), dtype=np.int64)


def _spelled(codes: NDArray[np.int32], different: NDArray[np.object_]) -> pd.api.extensions.ExtensionArray:
    """Return a column of text for display, missing where the code is -1."""
    import pyarrow as pa

    texts = pa.array(different, pa.large_string()).take(pa.array(codes, mask=codes < 0))
    column: pd.api.extensions.ExtensionArray = pd.array(texts, dtype="str")
    return column
