"""What goes wrong below the store, in words that may be shown to anybody: no path, no address, no SQL."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnection

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
NO_RIGHT = {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST}
# what the messages of databases hold
SAID = (
    ("disk is full", FULL),
    ("readonly database", READ_ONLY),
    ("unable to open", READ_ONLY),
    ("is locked", BUSY),
    ("lock timeout", BUSY),
    ("malformed", BROKEN),
    ("not a database", BROKEN),
    ("no such table", BROKEN),
    ("permission denied", READ_ONLY),
)
OUR_BUGS = (DataError, IntegrityError, ProgrammingError)


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
    except NoConnection as error:  # all connections were in use
        raise StoreError(BUSY) from error
    except DBAPIError as error:
        words = next((words for part, words in SAID if part in str(error.orig)), None)
        if words is None and isinstance(error, OUR_BUGS):
            raise
        raise StoreError(words or AWAY) from error


def _of_files(error: OSError) -> str:
    if error.errno in NO_SPACE:
        return FULL
    # s3fs raises PermissionError without a number
    return READ_ONLY if error.errno in NO_RIGHT or isinstance(error, PermissionError) else AWAY
