"""Text tables: CSV, TSV and their relatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from hpi.errors import TableError
from hpi.readers.cutting import check_rows, cut
from hpi.readers.layout import Layout, in_two_rows, layout_of, names_of
from hpi.readers.limits import ReadLimits
from hpi.readers.naming import listed
from hpi.readers.protocol import Loaded, Opened, Wanted
from hpi.readers.text import table_text
from hpi.roles.parsing import has_decimal_commas
from hpi.roles.reading import Reading
from hpi.roles.values import shown

if TYPE_CHECKING:
    import pyarrow as pa

_WORDS = "(?i:none|null|na|n/a|nan|inf|-inf)"
_DECIMAL_COMMA = r"[+-]?[0-9]*,?[0-9]+(?:[eE][+-]?[0-9]+)?"
# 1.234,5: points between thousands, as the comma after them shows.
_POINTS = r"[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+"
_SMALL = r"[+-]?[0-9]{1,3}"
_NAMED = 6
# How a column is written, as it is said.
_DECIMALS = "The comma was read as the decimal point"
_BOTH = "The comma was read as the decimal point, and the points before it as separators of thousands,"
_THOUSANDS = "The points were read as separators of thousands (4.749 is 4749), as the comma is the decimal sign,"


@dataclass(frozen=True)
class DelimitedReader:
    """Reads CSV, TSV, and text with semicolons, pipes or blanks between the cells."""

    name: str = "delimited text"

    def accepts(self, opened: Opened) -> bool:
        """Whether the source is one file: what is no text is refused when it is read."""
        return opened.files is None

    def load(self, opened: Opened, wanted: Wanted, limits: ReadLimits) -> Loaded:
        """Return the cells as text, missing where empty; raises TableError as every reader does."""
        text = table_text(opened.data)
        layout = layout_of(text)
        header, cells, odd = cut(layout, limits)
        header, cells, joined = _whole_header(header, cells)
        names, about_names = names_of(header)
        if len(cells[0]) == 0:
            raise TableError("The file has a header and no rows; it needs one line a trial.")
        check_rows(len(cells[0]), len(names), limits)
        columns = _without_hollow(dict(zip(names, cells, strict=True)), header)
        if not columns:
            raise TableError("The file holds neither names nor cells; it needs a line of names and one line a trial.")
        columns, commas = _with_points(columns, layout)
        notices = (*text.notices, *layout.notices, *joined, *about_names, *odd, *commas)
        return Loaded(_framed(columns), opened.name, Reading(self.name, notices))


def _whole_header(
    header: list[str], cells: list[pa.ChunkedArray]
) -> tuple[list[str], list[pa.ChunkedArray], list[str]]:
    """Return the header, joined where it stands in two rows, the columns below it, and notices."""
    if len(cells[0]) < 2:
        return header, cells, []
    second, third = ([column[row].as_py() or "" for column in cells] for row in range(2))
    joined = in_two_rows(header, second, third)
    if joined is None or any(_comes_again(word, column) for word, column in zip(second, cells, strict=True)):
        return header, cells, []
    example = next(name for name, above in zip(joined, header, strict=True) if name != above.strip())
    notice = f"The header stands in two rows: its names were joined by underscores, such as {listed([example])}."
    return joined, [column.slice(1) for column in cells], [notice]


def _comes_again(word: str, cells: pa.ChunkedArray) -> bool:
    """Whether the word in the first cell stands in one below, as a trial's value does and a name does not."""
    import pyarrow.compute as pc

    return bool(word) and not word.strip().isdecimal() and (pc.any(pc.equal(cells.slice(1), word)).as_py() or False)


def _framed(columns: dict[str, pa.ChunkedArray]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(pd.array(cells, dtype="str"), copy=False) for name, cells in columns.items()})


def _without_hollow(columns: dict[str, pa.ChunkedArray], header: Sequence[str]) -> dict[str, pa.ChunkedArray]:
    """Return the columns without nameless ones in which every cell is empty."""
    import pyarrow.compute as pc

    return {
        name: cells
        for (name, cells), title in zip(columns.items(), header, strict=True)
        if title.strip()
        or (cells.null_count < len(cells) and pc.any(pc.not_equal(pc.utf8_trim_whitespace(cells), "")).as_py())
    }


def _with_points(columns: dict[str, pa.ChunkedArray], layout: Layout) -> tuple[dict[str, pa.ChunkedArray], list[str]]:
    """Return the columns with decimal commas turned into points; beside those, 4.749 is read as thousands."""
    import pyarrow.compute as pc

    if b"," not in layout.data or (layout.delimiter == "," and b'"' not in layout.data):
        return columns, []
    written = {name: _written(cells, layout.delimiter == ",") for name, cells in columns.items()}
    if not set(written.values()) - {None}:
        return columns, []
    for name, cells in columns.items():
        written[name] = written[name] or _points_alone(cells)
    done = dict(columns)
    for name, how in written.items():
        cells = columns[name] if how is None else pc.utf8_trim_whitespace(columns[name])
        cells = pc.replace_substring(cells, ".", "") if how in (_BOTH, _THOUSANDS) else cells
        done[name] = cells if how is None else pc.replace_substring(cells, ",", ".")
    named = {how: [name for name, one in written.items() if one == how] for how in (_DECIMALS, _BOTH, _THOUSANDS)}
    return done, [f"{how} in {shown(names, _NAMED)}." for how, names in named.items() if names]


def _written(cells: pa.ChunkedArray, is_rare: bool) -> str | None:
    """Return how the commas in a column are to be read, None where there are none, or they stand in words.

    Where commas separate the cells, a column of decimal ones `is_rare`, and has to be one for sure.
    """
    import pyarrow.compute as pc

    if not pc.any(pc.match_substring(cells, ",")).as_py():
        return None
    trimmed = pc.utf8_trim_whitespace(cells)
    if is_rare:
        if not _all_match(trimmed, f"{_DECIMAL_COMMA}|{_WORDS}|"):
            return None
        different = pd.Series(pd.array(pc.unique(trimmed).drop_null(), dtype="str"))
        return _DECIMALS if has_decimal_commas(different[different != ""]) else None
    if _all_match(trimmed, f"{_DECIMAL_COMMA}|{_WORDS}|"):
        return _DECIMALS
    return _BOTH if _all_match(trimmed, f"{_POINTS}(?:,[0-9]*)?|{_DECIMAL_COMMA}|{_WORDS}|") else None


def _points_alone(cells: pa.ChunkedArray) -> str | None:
    """Return that points separate thousands if they cannot be told from that, in a file with decimal commas."""
    import pyarrow.compute as pc

    if not pc.any(pc.match_substring(cells, ".")).as_py():
        return None
    return _THOUSANDS if _all_match(pc.utf8_trim_whitespace(cells), f"{_POINTS}|{_SMALL}|{_WORDS}|") else None


def _all_match(cells: pa.ChunkedArray, pattern: str) -> bool:
    import pyarrow.compute as pc

    return bool(pc.all(pc.match_substring_regex(cells, f"^(?:{pattern})$")).as_py())
