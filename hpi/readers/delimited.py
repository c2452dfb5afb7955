"""Text tables: CSV, TSV and their relatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from hpi.errors import TableError
from hpi.readers.cutting import check_rows, cut
from hpi.readers.layout import layout_of, names_of
from hpi.readers.limits import ReadLimits
from hpi.readers.protocol import Loaded, Opened, Wanted
from hpi.readers.text import table_text
from hpi.roles.reading import Reading
from hpi.roles.values import shown

if TYPE_CHECKING:
    import pyarrow as pa

_WORDS = "(?i:none|null|na|n/a|nan|inf|-inf)"
_DECIMAL_COMMA = r"[+-]?[0-9]*,?[0-9]+(?:[eE][+-]?[0-9]+)?"
# 1.234,5: points between thousands, as the comma after them shows.
_POINTS = r"[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+"
_NAMED = 6


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
        names, about_names = names_of(header)
        if len(cells[0]) == 0:
            raise TableError("The file has a header and no rows; it needs one line a trial.")
        check_rows(len(cells[0]), len(names), limits)
        columns = _without_hollow(dict(zip(names, cells, strict=True)), header)
        if not columns:
            raise TableError("The file holds neither names nor cells; it needs a line of names and one line a trial.")
        commas: list[str] = []
        if layout.delimiter != "," and b"," in layout.data:
            columns, commas = _with_points(columns)
        notices = (*text.notices, *layout.notices, *about_names, *odd, *commas)
        return Loaded(_framed(columns), opened.name, Reading(self.name, notices))


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


def _with_points(columns: dict[str, pa.ChunkedArray]) -> tuple[dict[str, pa.ChunkedArray], list[str]]:
    """Return the columns with decimal commas turned into points, as commas do not separate cells here."""
    import pyarrow.compute as pc

    done, decimals, thousands = {}, [], []
    for name, cells in columns.items():
        done[name] = cells
        if not pc.any(pc.match_substring(cells, ",")).as_py():
            continue
        trimmed = pc.utf8_trim_whitespace(cells)
        if _all_match(trimmed, f"{_DECIMAL_COMMA}|{_WORDS}|"):
            decimals.append(name)
        elif _all_match(trimmed, f"{_POINTS}(?:,[0-9]*)?|{_DECIMAL_COMMA}|{_WORDS}|"):
            thousands.append(name)
            trimmed = pc.replace_substring(trimmed, ".", "")
        else:
            continue
        done[name] = pc.replace_substring(trimmed, ",", ".")
    notices = [
        f"{what} in {shown(names, _NAMED)}."
        for what, names in (
            ("The comma was read as the decimal point", decimals),
            (
                "The comma was read as the decimal point, and the points before it as separators of thousands,",
                thousands,
            ),
        )
        if names
    ]
    return done, notices


def _all_match(cells: pa.ChunkedArray, pattern: str) -> bool:
    import pyarrow.compute as pc

    return bool(pc.all(pc.match_substring_regex(cells, f"^(?:{pattern})$")).as_py())
