"""What goes wrong below the store, in words that may be shown to anybody: no path, no address, no SQL."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from hpi.errors import LinkError, StoreError

GONE = "This link does not exist, has expired or was deleted."
FULL = "The disk of the store is full, nothing was stored. Whoever runs this server can make room, then try again."
READ_ONLY = (
    "The store cannot be written, nothing was stored. Whoever runs this server should look at the rights of its "
    "folder (HPI_STORE)."
)
BUSY = "The store is busy, nothing was stored. Try again in a minute."
BROKEN = (
    "The index of the store is damaged. Whoever runs this server should run `python -m hpi store check` and restore "
    "a backup."
)
AWAY = (
    "The store cannot be reached, nothing was stored or read. Try again in a minute, or tell whoever runs this server."
)
SLOW = "Storing took longer than an hour and was given up. Try again."
NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NO_RIGHT = {errno.EROFS, errno.EACCES, errno.EPERM}
# SQLite says these in English only; what stands first wins
SAID = (
    ("disk is full", FULL),
    ("readonly database", READ_ONLY),
    ("unable to open", READ_ONLY),
    ("is locked", BUSY),
    ("malformed", BROKEN),
    ("not a database", BROKEN),
    ("no such table", BROKEN),
    ("no such column", BROKEN),
)


def gone() -> LinkError:
    """Return the one error for links that are malformed, unknown, expired or deleted."""
    return LinkError(GONE)


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what files and databases raise into a StoreError; the cause stays on it for the log."""
    try:
        yield
    except OSError as error:
        raise StoreError(_of_files(error)) from error
    except SQLAlchemyError as error:
        raise StoreError(_of_index(error)) from error


def _of_files(error: OSError) -> str:
    if error.errno in NO_SPACE:
        return FULL
    return READ_ONLY if error.errno in NO_RIGHT or isinstance(error, NotADirectoryError) else AWAY


def _of_index(error: SQLAlchemyError) -> str:
    said = str(error.orig) if isinstance(error, DBAPIError) else ""
    return next((words for part, words in SAID if part in said), AWAY)
