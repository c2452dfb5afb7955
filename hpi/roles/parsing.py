"""From the text of a column's cells to numbers and words: every rule looks at the different cells, each once."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hpi.roles.wording import counted, shown
from hpi.space import Floats, Integers, Mask

if TYPE_CHECKING:
    import pyarrow as pa

_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
# A blank of any script.
_BLANK = r"(?:\s|\pZ)"
_PERCENT = _NUMBER + _BLANK + "?%"
# Commas between thousands; not for sure in 1,024, which may be a decimal comma.
_THOUSANDS = r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?"
_SURELY_THOUSANDS = r"[+-]?[1-9][0-9]{0,2}(?:(?:,[0-9]{3}){2,}(?:\.[0-9]+)?|,[0-9]{3}\.[0-9]+)"
_EXPONENT = "(?:[eE][+-]?[0-9]+)?"
_DECIMAL_COMMA = r"[+-]?[0-9]+,[0-9]+" + _EXPONENT
_SURELY_DECIMAL = r"[+-]?(?:0[0-9]*,[0-9]+|[0-9]+,(?:[0-9]{1,2}|[0-9]{4,}))" + _EXPONENT
# Hyperopt's lists of one value, or of none where inactive.
_LISTED = r"\[(?:[^\[\],]*)\]"
_NUMPY = r"^np\.\w+\((.*)\)$"
_UNIT = (
    _NUMBER
    + _BLANK
    + r"?(?:[numµ]?s|secs?|mins?|h|hrs?|hours?|days?|[kKMGT]i?[bB]|bytes|[kMGT]?Hz|px|[mck]?m|[mk]?g|[mk]?W)"
    r"|[$€£]" + _BLANK + "?" + _NUMBER
)
# Not 0 as it is written, whatever a double holds of it.
_NOT_ZERO = r"[^eE]*[1-9].*"
_INTEGER = r"[+-]?[0-9]+"
# Longer "numbers" are digits of something else, and parsing them costs time that grows with the square.
_LONGEST_NUMBER = 400
_SIZE = re.compile("[1-9][0-9]{0,6}")
EXACT = 2.0**53
_INTEGERS_END = 2.0**63
# The ends of 64 bits stand for no number that its digits would tell from another.
_LARGEST = ("9223372036854775807", "-9223372036854775807", "-9223372036854775808", "18446744073709551615")
# Words that stand for "no number" among numbers.
NULL_WORDS = frozenset({"none", "null", "na", "n/a", "nan", "<na>", "nil", "inf", "-inf", "infinity", "-infinity"})


Coded = tuple[NDArray[np.int32], NDArray[np.object_]]


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of a column.

    Attributes
    ----------
    numbers
        Shape (n_rows,); nan where the cell is empty or no number.
    text
        Shape (n_rows,), without outer blanks and None where empty, equal cells one object; None if the column
        holds nothing but numbers.
    notices
        What was done to the cells and must be said.
    coded
        Which of the different texts each cell holds, shape (n_rows,), -1 where empty, and those, in order of
        appearance; None where nobody knows yet.
    """

    numbers: Floats
    text: NDArray[np.object_] | None = None
    notices: tuple[str, ...] = ()
    coded: Coded | None = None


def parsed(name: str, column: pd.Series) -> Cells:
    """Return the cells of a column of text or objects."""
    cells = _as_arrow(column)
    numbers = _plain_numbers(cells)
    if numbers is not None:
        return Cells(numbers)
    codes, different = _different(cells)
    weights = np.bincount(codes[codes >= 0], minlength=len(different))
    found = _understood(name, different, weights)
    # The last one is where code -1, an empty cell, points to.
    numbers = np.append(found.numbers, np.nan)[codes]
    if found.text is None:
        return Cells(numbers, None, found.notices)
    # What was different as it is written may have come to say the same, or nothing.
    known = len({*found.text, None}) == len(found.text) + 1
    coded = (codes, found.text) if known else None
    return Cells(numbers, np.array([*found.text, None], dtype=object)[codes], found.notices, coded)


def _as_arrow(column: pd.Series) -> pa.ChunkedArray:
    """Return the cells as strings, null where missing."""
    import pyarrow as pa

    if isinstance(column.dtype, pd.StringDtype) and column.dtype.storage == "pyarrow":
        cells = pa.array(column.array)
    else:
        if pd.api.types.is_datetime64_any_dtype(column) or pd.api.types.is_timedelta64_dtype(column):
            column = column.astype(str).where(column.notna(), None)
        cells = pa.array([_cell(value) for value in column], pa.large_string())
    return cells if isinstance(cells, pa.ChunkedArray) else pa.chunked_array([cells])


def _cell(value: Any) -> str | None:  # noqa: ANN401 - a cell of somebody's frame may be anything
    """Return one cell of a column of objects as text, None where it stands for nothing."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    # A lone surrogate cannot be stored or shown, so it becomes a question mark.
    return str(value).encode("utf-8", "replace").decode("utf-8")


def _plain_numbers(cells: pa.ChunkedArray) -> Floats | None:
    """Return the numbers where every cell is a plain one or empty, so that no rule has anything to change or to say."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if (pc.max(pc.binary_length(cells)).as_py() or 0) > _LONGEST_NUMBER:
        return None
    numbers = _cast(cells)
    if numbers is None:
        cells = pc.utf8_trim_whitespace(cells)
        numbers = _cast(cells)
    if numbers is None:
        return None
    # nan, inf and what is too large are left to the rules.
    if int(np.count_nonzero(np.isfinite(numbers))) != len(cells) - cells.null_count:
        return None
    zero = numbers == 0
    if zero.any() and pc.any(pc.match_substring_regex(cells.filter(pa.array(zero)), f"^{_NOT_ZERO}$")).as_py():
        return None
    large = max(np.fmax.reduce(numbers, initial=0), -np.fmin.reduce(numbers, initial=0)) >= EXACT
    if large and pc.all(pc.match_substring_regex(cells, f"^{_INTEGER}$")).as_py():
        return None
    return numbers if numbers.flags.writeable else numbers.copy()


def _cast(cells: pa.ChunkedArray) -> Floats | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        return np.asarray(pc.cast(cells, pa.float64()).to_numpy())
    except pa.ArrowInvalid:
        return None


def _different(cells: pa.ChunkedArray) -> tuple[NDArray[np.int32], pd.Series]:
    """Return which of the different cells each is, -1 where empty, and those, without outer blanks."""
    import pyarrow.compute as pc

    encoded = pc.dictionary_encode(pc.utf8_trim_whitespace(cells)).combine_chunks()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    different = pd.Series(pd.array(encoded.dictionary, dtype="str"))
    blank = np.flatnonzero((different == "").to_numpy(dtype=bool))
    if len(blank):
        codes = np.where(codes == blank[0], -1, codes - (codes > blank[0])).astype(np.int32)
        different = different[different != ""].reset_index(drop=True)
    return codes, different


def _understood(name: str, text: pd.Series, weights: Integers) -> Cells:
    """Return what different cells, none of them empty, say; `weights` are how many cells each stands for."""
    notices: list[str] = []
    if len(text) and _match(text, _LISTED).all():
        text = _blank_to_missing(text.str.slice(1, -1).str.strip().str.replace(_NUMPY, r"\1", regex=True))
        notices.append(f"{name}: lists of one value were read as that value, and empty lists as empty cells.")
    filled = text.notna().to_numpy(dtype=bool)
    looks = _looks_numeric(text)
    if not looks.any() and filled.any() and _match(text[filled], _PERCENT).all():
        text, looks = text.str.rstrip("%").str.rstrip(), filled
        notices.append(f"{name}: the percent signs were dropped and the cells read as numbers.")
    if not looks.all() and has_decimal_commas(text[filled]):
        text = text.str.replace(",", ".", regex=False)
        looks = _looks_numeric(text)
        notices.append(f"{name}: the comma was read as the decimal point (0,5 is 0.5).")
    if not looks.all() and _has_thousands(text[filled]):
        text = text.str.replace(",", "", regex=False)
        looks = _looks_numeric(text)
        notices.append(f"{name}: the commas were read as separators of thousands (1,234.5 is 1234.5).")
    numbers = np.full(len(text), np.nan)
    numbers[looks] = _floats(text[looks])
    notices += _about_range(name, text[looks], numbers[looks], weights[looks])
    if _digits_matter(text[looks], numbers[looks]):
        notices.append(_about_digits(name, text, numbers))
    if not np.any(np.isnan(numbers) & filled):
        return Cells(numbers, None, tuple(notices))
    notices += _about_units(name, text[filled])
    cells = text.astype(object).where(filled, None).to_numpy(dtype=object)
    return Cells(numbers, cells, tuple(notices))


def _match(text: pd.Series, pattern: str) -> Mask:
    """Whether the whole of each cell matches, shape (n,); False where it is missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pc.match_substring_regex(pa.array(text.array), f"^(?:{pattern})$")
    return np.asarray(pc.fill_null(found, False), dtype=bool)


def _blank_to_missing(text: pd.Series) -> pd.Series:
    return text.where(text.str.len() > 0)


def _looks_numeric(text: pd.Series) -> Mask:
    short = (text.str.len() <= _LONGEST_NUMBER).to_numpy(dtype=bool)
    return _match(text, _NUMBER) & short


def _floats(text: pd.Series) -> Floats:
    """Return text that looks numeric as numbers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        return np.asarray(pc.cast(pa.array(text.array), pa.float64()))
    except pa.ArrowInvalid:  # earlier versions refuse a plus sign
        return np.asarray(text.to_numpy(dtype=object).astype(float))


def _has_thousands(text: pd.Series) -> bool:
    """Whether the cells are numbers (or words for none), some with commas that can only separate thousands."""
    separated = _match(text, _THOUSANDS)
    if not separated.any() or not (separated | _looks_numeric(text) | _says_none(text)).all():
        return False
    return bool(_match(text[separated], _SURELY_THOUSANDS).any())


def has_decimal_commas(text: pd.Series) -> bool:
    """Whether the filled cells are numbers (or words for none), some with a comma that cannot separate thousands."""
    commas = _match(text, _DECIMAL_COMMA)
    if not commas.any() or not _match(text[commas], _SURELY_DECIMAL).any():
        return False
    return bool((commas | _match(text, _INTEGER + _EXPONENT) | _says_none(text)).all()) and not _are_pairs(text[commas])


def _are_pairs(text: pd.Series) -> bool:
    """Whether the cells are rather two sizes each, such as the layers 64,32 or the kernel 3,3."""
    pairs = [cell.split(",") for cell in text]
    return all(map(_is_size, itertools.chain(*pairs))) or all(one == other != "0" for one, other in pairs)


def _is_size(digits: str) -> bool:
    """Whether this is a power of two or a multiple of ten, as the fraction of a number is by chance only."""
    return bool(_SIZE.fullmatch(digits)) and (int(digits).bit_count() == 1 or int(digits) % 10 == 0)


def _says_none(text: pd.Series) -> Mask:
    return text.str.lower().isin(NULL_WORDS).to_numpy(dtype=bool)


def _about_range(name: str, text: pd.Series, numbers: Floats, weights: Integers) -> list[str]:
    """Return what must be said of numbers that a double cannot hold."""
    said = []
    infinite = np.isinf(numbers)
    if infinite.any():
        said.append(
            f"{name}: {counted(int(weights[infinite].sum()), 'number')} beyond 1.8e308 (too large to be held) "
            "counted as infinite."
        )
    zeros = text[numbers == 0]
    if len(zeros) and _match(zeros, _NOT_ZERO).any():
        said.append(f"{name}: numbers below 5e-324 (too small to be held) were read as 0.")
    return said


def _digits_matter(text: pd.Series, numbers: Floats) -> bool:
    """Whether integers are too long for a double, so that different ones may become equal."""
    large = np.abs(numbers) >= EXACT
    # 2**53 itself is held, and the next integer would be rounded to it.
    return bool((text[large].str.lstrip("+-0") != str(int(EXACT))).any()) and bool(_match(text, _INTEGER).all())


def _about_digits(name: str, text: pd.Series, numbers: Floats) -> str:
    """Forget the numbers where most digits are lost, and say what was done."""
    if text[np.abs(numbers) >= _INTEGERS_END].isin(_LARGEST).all():
        return f"{name}: integers beyond 9,007,199,254,740,992 (2**53) were rounded: only so many digits are held."
    numbers[:] = np.nan
    return f"{name}: integers beyond 2**63 (too many digits to be held) were kept as text."


def _about_units(name: str, text: pd.Series) -> list[str]:
    """Return what must be said of numbers with units, which are no numbers here."""
    united = _match(text, _UNIT)
    if not united.any() or not (united | _says_none(text)).all():
        return []
    return [
        f"{name} holds numbers with units (such as {shown([str(text[united].iloc[0])])}), which were kept as labels: "
        "write plain numbers in one unit to have them read as numbers."
    ]
