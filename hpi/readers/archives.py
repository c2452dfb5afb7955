"""Compressed files and archives: what is in them, under limits; nothing is ever written to a disk."""

from __future__ import annotations

from hpi.errors import TableError
from hpi.readers.limits import ReadLimits
from hpi.readers.protocol import Opened, Wanted


def unpacked(opened: Opened, limits: ReadLimits) -> Opened:
    """Return a gzip file unpacked, an archive with its files, anything else as it is.

    Raises
    ------
    TableError
        If it is damaged, or unpacks to more than is allowed.
    """
    return opened


def one_table(opened: Opened, wanted: Wanted, limits: ReadLimits) -> tuple[Opened, Wanted]:
    """Return the file of an archive or folder that is the table, unpacked, and what is wanted in it.

    Raises
    ------
    TableError
        If none is a table, or there is none of the name that is wanted.
    """
    raise TableError(f"{opened.name} holds several files, and none is a table.")
