"""From a source to a table as it stands there: open, unpack, find the reader by content, load, finish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from hpi.errors import TableError
from hpi.readers import archives, choosing, finishing, frame, magic, origin
from hpi.readers.appending import appended
from hpi.readers.bohb import BohbReader
from hpi.readers.delimited import DelimitedReader
from hpi.readers.excel import ExcelReader
from hpi.readers.keras_tuner import KerasTunerReader
from hpi.readers.limits import ReadLimits
from hpi.readers.optuna import OptunaReader
from hpi.readers.optuna_journal import OptunaJournalReader
from hpi.readers.parquet import ParquetReader
from hpi.readers.protocol import Loaded, Opened, Reader, Wanted
from hpi.readers.records import JSON, LINES
from hpi.readers.smac import SmacReader
from hpi.roles.reading import Reading

SEVERAL = {"study": "studies", "sheet": "sheets", "table": "tables"}
# The first that accepts a source reads it, so the most particular comes first.
READERS: tuple[Reader, ...] = (
    OptunaReader(),
    OptunaJournalReader(),
    SmacReader(),
    BohbReader(),
    KerasTunerReader(),
    ParquetReader(),
    ExcelReader(),
    LINES,
    JSON,
    DelimitedReader(),
)


def load(source: object, wanted: Wanted | None = None, limits: ReadLimits | None = None) -> Loaded:
    """Return the table in a path, bytes, open file, upload, folder or DataFrame, with different plain column names.

    Raises
    ------
    TableError
        If it cannot be understood, or passes a limit.
    """
    wanted, limits = wanted or Wanted(), limits or ReadLimits.from_environment()
    if isinstance(source, pd.DataFrame):
        loaded = frame.load(source)
        check_taken(loaded.reading, "a DataFrame", wanted)
        return finishing.finished(loaded, limits)
    return load_opened(origin.opened(source, limits), wanted, limits)


def load_all(sources: Sequence[object], wanted: Wanted | None = None, limits: ReadLimits | None = None) -> Loaded:
    """Return one source's table; of several the study whose files they are, else their tables appended.

    Raises
    ------
    TableError
        As `load` and `appended`.
    """
    wanted, limits = wanted or Wanted(), limits or ReadLimits.from_environment()
    if len(sources) > 1 and not any(isinstance(source, pd.DataFrame) for source in sources):
        opened = [origin.opened(source, limits) for source in sources]
        whole = Opened(f"{len(opened)} files", b"", origin.Several(_by_name(opened)))
        if _reader_of(whole) is not None:
            return load_opened(whole, wanted, limits)
        sources = opened
    return appended([load(source, wanted, limits) for source in sources], limits)


def _by_name(opened: Sequence[Opened]) -> dict[str, bytes]:
    """Return the contents by name; files of one name are kept apart as if each lay in a folder."""
    names = [one.name for one in opened]
    apart = len(set(names)) < len(names)
    return {f"{i}/{one.name}" if apart else one.name: one.data for i, one in enumerate(opened)}


def load_opened(opened: Opened, wanted: Wanted, limits: ReadLimits) -> Loaded:
    """Return the table in what was opened; raises as `load` does."""
    opened = archives.unpacked(opened, limits)
    reader = _reader_of(opened)
    if reader is None and opened.files is not None:
        # no study is in it as a whole: one of its files is the table
        opened, wanted_in_it = choosing.one_table(opened, wanted, limits)
        reader = _reader_of(opened)
        wanted = wanted_in_it
    if reader is None:
        raise TableError(magic.refusal(opened))
    loaded = reader.load(opened, wanted, limits)
    check_taken(loaded.reading, opened.name, wanted, opened.parts)
    notices = (*opened.notices, *magic.misnamed(opened.name, reader.name), *loaded.reading.notices)
    reading = replace(loaded.reading, reader=reader.name, notices=notices)
    if len(opened.parts) > 1:
        reading = replace(reading, part_is="table", part=opened.part, parts=opened.parts)
    return finishing.finished(replace(loaded, reading=reading), limits)


def check_taken(reading: Reading, name: str, wanted: Wanted, parts: Sequence[str] = ()) -> None:
    """Raise TableError where a part was asked for that such a source does not have."""
    has = {reading.part_is} | ({"table"} if parts else set())
    for part_is, asked in vars(wanted).items():
        if asked is not None and part_is not in has:
            there = f"; it has the {reading.part_is} {reading.part!r}" if reading.part is not None else ""
            raise TableError(f"The {part_is} {asked!r} was asked for, but {name} has no {SEVERAL[part_is]}{there}.")


def _reader_of(opened: Opened) -> Reader | None:
    return next((reader for reader in READERS if reader.accepts(opened)), None)
