"""One column of a table, parsed once: its numbers, its words, its empty cells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hpi.space import Floats, Integers, Mask

_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_PERCENT = _NUMBER + r"\s?%"
# Commas between thousands; not for sure in 1,024, which may be a decimal comma.
_THOUSANDS = r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?"
_SURELY_THOUSANDS = r"[+-]?[1-9][0-9]{0,2}(?:(?:,[0-9]{3}){2,}(?:\.[0-9]+)?|,[0-9]{3}\.[0-9]+)"
_COMMAS = r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?"
_WHOLE = r"^([+-]?[0-9]+)\.0+$"
# Hyperopt's lists of one value, or of none where inactive.
_LISTED = r"\[(?:[^\[\],]*)\]"
_NUMPY = r"^np\.\w+\((.*)\)$"
# Longer "numbers" are digits of something else, and parsing them costs time that grows with the square.
_LONGEST_NUMBER = 400
_EXACT = 2.0**53
_INTEGERS_END = 2.0**63
# Words that stand for "no number" among numbers.
NULL_WORDS = frozenset({"none", "null", "na", "n/a", "nan", "<na>", "nil", "inf", "-inf", "infinity", "-infinity"})
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
    """

    name: str
    numbers: Floats
    text: NDArray[np.object_] | None
    notices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Freeze the arrays: a frozen dataclass does not do it."""
        for array in (self.numbers, self.text):
            if array is not None:
                array.setflags(write=False)

    @classmethod
    def of(cls, name: str, column: pd.Series) -> Values:
        """Return the column parsed, whatever its dtype."""
        if pd.api.types.is_bool_dtype(column):
            return _parse(name, column.astype(object).map({True: "True", False: "False"}))
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_complex_dtype(column):
            numbers = column.to_numpy(dtype=float, na_value=np.nan)
            return cls(name, np.where(np.isnan(numbers), np.nan, numbers), None)
        return _parse(name, column)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.numbers)

    @cached_property
    def empty(self) -> Mask:
        """Whether each cell is empty, shape (n_rows,)."""
        if self.text is None:
            return np.isnan(self.numbers)
        return np.asarray(pd.isna(self.text))

    @cached_property
    def worded(self) -> Mask:
        """Whether each cell holds something that is no number, shape (n_rows,)."""
        return np.isnan(self.numbers) & ~self.empty

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The different cells that are no numbers, in order of appearance."""
        return () if self.text is None else tuple(pd.unique(self.text[self.worded]))

    @cached_property
    def codes(self) -> Integers:
        """Which of the different values each cell holds, shape (n_rows,), in their order; -1 where empty."""
        # Adding zero makes -0.0 and 0.0 one value.
        column = self.numbers + 0.0 if self.text is None else self.text
        return np.asarray(pd.factorize(column, sort=True)[0], dtype=np.int64)

    @cached_property
    def n_distinct(self) -> int:
        """Count the different values, the empty cell not among them."""
        return int(self.codes.max(initial=-1)) + 1

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
        known = self.numbers[~np.isnan(self.numbers)]
        return bool(len(known)) and bool(np.all(np.isfinite(known)) and np.all(known == np.rint(known)))

    @cached_property
    def finite(self) -> Floats:
        """The finite numbers, without the other cells."""
        return self.numbers[np.isfinite(self.numbers)]

    @cached_property
    def labels(self) -> NDArray[np.object_]:
        """Each cell as text, shape (n_rows,), None where empty; 5.0 and 5 are both 5."""
        if self.text is None:
            # The last one is where code -1, an empty cell, points to.
            different = [*map(label_of, np.unique(self.numbers[~self.empty])), None]
            return np.array(different, dtype=object)[self.codes]
        cells = pd.Series(self.text, dtype=object)
        if np.isnan(self.numbers).all():
            return self.text
        return cells.replace(_WHOLE, r"\1", regex=True).where(~self.empty, None).to_numpy(dtype=object)

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
        return frozenset(str(label).lower() for label in pd.unique(self.labels[~self.empty]))

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
            return pd.Series(self.text, name=self.name, dtype="str")
        whole = self.is_integer and not self.empty.any() and bool(np.all(np.abs(self.numbers) < _EXACT))
        return pd.Series(self.numbers.astype(np.int64) if whole else self.numbers, name=self.name)


def label_of(number: float) -> str:
    """Return a number as it is written in a sentence or as a level: 5.0 is 5."""
    return str(int(number)) if number == np.rint(number) and abs(number) < _EXACT else repr(float(number))


def _parse(name: str, column: pd.Series) -> Values:
    text = _as_text(column)
    filled = text.notna()
    notices: list[str] = []
    if filled.any() and text[filled].str.fullmatch(_LISTED).all():
        text = _blank_to_missing(text.str.slice(1, -1).str.strip().str.replace(_NUMPY, r"\1", regex=True))
        filled = text.notna()
        notices.append(f"{name}: lists of one value were read as that value, and empty lists as empty cells.")
    looks = _looks_numeric(text)
    if not looks.any() and filled.any() and text[filled].str.fullmatch(_PERCENT).all():
        text, looks = text.str.rstrip("%").str.rstrip(), filled
        notices.append(f"{name}: the percent signs were dropped and the cells read as numbers.")
    if not looks.all() and _has_thousands(text[filled]):
        text = text.str.replace(",", "", regex=False)
        looks = _looks_numeric(text)
        notices.append(f"{name}: the commas were read as separators of thousands (1,234.5 is 1234.5).")
    numbers = np.full(len(text), np.nan)
    numbers[looks.to_numpy(dtype=bool)] = text[looks].to_numpy(dtype=object).astype(float)
    notices += _about_range(name, text[looks], numbers[looks.to_numpy(dtype=bool)])
    if _digits_matter(text[looks], numbers):
        notices.append(_about_digits(name, numbers))
    filled_mask = filled.to_numpy(dtype=bool)
    if not np.any(np.isnan(numbers) & filled_mask):
        return Values(name, numbers, None, tuple(notices))
    cells = text.astype(object).where(filled, None).to_numpy(dtype=object)
    return Values(name, numbers, cells, tuple(notices))


def _looks_numeric(text: pd.Series) -> pd.Series:
    return text.str.fullmatch(_NUMBER).fillna(False).astype(bool) & (text.str.len() <= _LONGEST_NUMBER)


def _has_thousands(text: pd.Series) -> bool:
    """Whether the cells are numbers (or words for none), some with commas that can only separate thousands."""
    separated = text.str.fullmatch(_THOUSANDS)
    if not (separated | _looks_numeric(text) | text.str.lower().isin(NULL_WORDS)).all():
        return False
    return bool(text[separated].str.fullmatch(_SURELY_THOUSANDS).any())


def _about_range(name: str, text: pd.Series, numbers: Floats) -> list[str]:
    """Return what must be said of numbers that a double cannot hold."""
    said = []
    if np.isinf(numbers).any():
        said.append(
            f"{name}: {counted(int(np.isinf(numbers).sum()), 'number')} beyond 1.8e308 (too large to be held) "
            "counted as infinite."
        )
    zeros = text[numbers == 0]
    if len(zeros) and zeros.str.contains(r"^[^eE]*[1-9]").any():
        said.append(f"{name}: numbers below 5e-324 (too small to be held) were read as 0.")
    return said


def _about_digits(name: str, numbers: Floats) -> str:
    """Forget the numbers where most digits are lost, and say what was done."""
    if np.nanmax(np.abs(numbers)) < _INTEGERS_END:
        return f"{name}: integers beyond 9,007,199,254,740,992 (2**53) were rounded: only so many digits are held."
    numbers[:] = np.nan
    return f"{name}: integers beyond 2**63 (too many digits to be held) were kept as text."


def _digits_matter(text: pd.Series, numbers: Floats) -> bool:
    """Whether integers are too long for a double, so that different ones may become equal."""
    large = np.abs(numbers) > _EXACT
    return bool(large.any()) and bool(text.str.fullmatch("[+-]?[0-9]+").all())


def _as_text(column: pd.Series) -> pd.Series:
    """Return the cells as text without outer blanks, missing where empty."""
    if pd.api.types.is_datetime64_any_dtype(column) or pd.api.types.is_timedelta64_dtype(column):
        column = column.astype(str).where(column.notna(), None)
    if not isinstance(column.dtype, pd.StringDtype):
        column = pd.Series([_cell(value) for value in column], index=column.index, dtype=object)
        column = column.astype("str")
    return _blank_to_missing(column.str.strip())


def _blank_to_missing(text: pd.Series) -> pd.Series:
    return text.where(text.str.len() > 0)


def _cell(value: Any) -> str | None:  # noqa: ANN401 - a cell of somebody's frame may be anything
    """Return one cell of a column of objects as text, None where it stands for nothing."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    # A lone surrogate cannot be stored or shown, so it becomes a question mark.
    return str(value).encode("utf-8", "replace").decode("utf-8")


def counted(n: int, what: str) -> str:
    """Write how many there are: 1 row, 1,024 rows."""
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def shown(labels: Iterable[str], limit: int = 5) -> str:
    """Write a few labels for a sentence, shortened."""
    cut = [label if len(label) <= 40 else label[:37] + "..." for label in labels]
    return ", ".join(cut[:limit]) + (f" and {len(cut) - limit} more" if len(cut) > limit else "")
