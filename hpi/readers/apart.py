"""Reading in a child process with limits on time and memory: for what strangers send.

Whatever a file does to the libraries that parse it, it does there. What comes back is an Arrow file of numbers and
text.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from hpi.child import Child, End, Ending
from hpi.errors import HpiError, TableError
from hpi.readers.limits import ReadLimits
from hpi.readers.origin import too_large
from hpi.readers.protocol import Wanted
from hpi.roles import Choices, Reading
from hpi.table import TrialTable, cells
from hpi.table.table import assembled

WORKER = "hpi.readers.worker"
PREFIX = "hpi-read-"
FOUND = "found.arrow"


def read_apart(
    files: Sequence[tuple[str, bytes]],
    choices: Choices | None = None,
    wanted: Wanted | None = None,
    limits: ReadLimits | None = None,
    note: Callable[..., None] | None = None,
) -> TrialTable:
    """Return the table in one upload, or in several that belong together: names, which are only shown, and bytes.

    `note` is called with what a log should hold of a child that did not come to its end: no word of the data.

    Raises
    ------
    TableError, SpaceError
        As `hpi.read`; TableError also where reading takes more time or memory than is allowed.
    SettingsError
        If a limit makes no sense.
    """
    limits = limits or ReadLimits.from_environment()
    _check_sizes(files, limits)
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        for position, (_, content) in enumerate(files):
            (Path(folder) / str(position)).write_bytes(content)
        request = {
            "folder": folder,
            "names": [Path(name).name or "table" for name, _ in files],
            "wanted": asdict(wanted or Wanted()),
            "limits": asdict(limits),
        }
        ending = Child(WORKER, limits.of_child).run(request, lambda _: None)
        if ending.end is not End.DONE:
            raise _error(ending, limits, note)
        parsed, words = cells.read(Path(folder) / FOUND)
    return assembled(parsed, words["name"], choices or Choices(), Reading.parse(words["reading"]))


def _check_sizes(files: Sequence[tuple[str, bytes]], limits: ReadLimits) -> None:
    size = sum(len(content) for _, content in files)
    if size > limits.file_bytes:
        raise too_large(size, limits, "The file has" if len(files) == 1 else "The files have")


def _error(ending: Ending, limits: ReadLimits, note: Callable[..., None] | None) -> HpiError:
    """Return what to tell of a child that did not come to its end: a refusal verbatim, else why and what to do."""
    if ending.error is not None:
        return ending.error
    error_id = secrets.token_hex(4)
    if note is not None:
        note("reading ended", outcome=str(ending.end), error=error_id, **dict(ending.details))
    return TableError(f"{_reason(ending.end, limits)} (Error {error_id}.)")


def _reason(end: End, limits: ReadLimits) -> str:
    less = "Leave out columns or rows, or save it as Parquet"
    if end is End.TIME:
        return (
            f"Reading the file was ended after {limits.seconds:,} s, the most that it may take here. {less}; "
            "whoever runs this server can allow more with HPI_READ_SECONDS."
        )
    if end in (End.MEMORY, End.KILLED):
        return (
            f"Reading the file needed more than the {limits.memory_mb:,} MB of memory that it may take here. {less}; "
            "whoever runs this server can allow more with HPI_READ_MEMORY_MB."
        )
    return (
        "The file broke what reads it: it is damaged, or this is an error of the program. Save the table as CSV; "
        "the log holds the details under the number of the error."
    )
