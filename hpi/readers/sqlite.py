"""A SQLite file read where nothing in it can do harm: in memory, read only, with limits on cells and time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from hpi.errors import TableError
from hpi.readers.limits import MEGABYTE
from hpi.readers.studies import in_line

MAGIC = b"SQLite format 3\x00"
SECONDS = 10
LARGEST_CELL = 8 * MEGABYTE
_WAL = b"\x02\x02"
_ABOUT_WAL = (
    "The database was in write-ahead mode: what its program had not yet put into the file itself, but in a second one "
    "beside it (-wal), was not seen. Close the program, or run PRAGMA wal_checkpoint, and give the file again."
)
_STEPS = 10_000
_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_PRAGMA})
_FUNCTIONS = frozenset({"count", "length", "typeof", "sum", "max", "min"})


class Database:
    """A database that was checked; every question to it ends within SECONDS."""

    def __init__(self, connection: sqlite3.Connection, tables: dict[str, str]) -> None:
        self._connection, self._tables = connection, tables

    @property
    def tables(self) -> dict[str, str]:
        """What there is by name: "table", or what stands in the place of one ("view", "virtual table")."""
        return self._tables

    def columns(self, table: str) -> list[str]:
        """Return the names of a table's columns."""
        return [str(row[1]) for row in self.rows(f'PRAGMA table_xinfo("{table}")', (), table)]

    def rows(self, question: str, values: Sequence[Any], table: str) -> list[tuple[Any, ...]]:
        """Return the answer to a SELECT; raises TableError, which names the table, where there is none."""
        with _refusals(f"Its table {table}"):
            self._set_timer()
            return self._connection.execute(question, tuple(values)).fetchall()

    def _set_timer(self) -> None:
        end = time.monotonic() + SECONDS
        self._connection.set_progress_handler(lambda: int(time.monotonic() > end), _STEPS)


@contextmanager
def opened(data: bytes) -> Iterator[tuple[Database, tuple[str, ...]]]:
    """Give the database in the bytes of a file, and what must be said of it.

    Raises
    ------
    TableError
        If it is damaged.
    """
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        in_wal = data[18:20] == _WAL
        with _refusals("The file"):
            # a copy in memory has no second file beside it, and SQLite opens none in that mode without one
            connection.deserialize(data[:18] + b"\x01\x01" + data[20:] if in_wal else data)
            _disarm(connection)
            database = Database(connection, {})
            database._set_timer()
            database = Database(connection, _tables(connection))
            database._set_timer()
            problem = connection.execute("PRAGMA quick_check(1)").fetchone()
        if problem is None or problem[0] != "ok":
            raise TableError(_damaged("its pages contradict each other"))
        connection.set_authorizer(_authorized)
        yield database, (_ABOUT_WAL,) * in_wal
    finally:
        connection.close()


def _disarm(connection: sqlite3.Connection) -> None:
    """Forbid all that a hostile schema could use."""
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    for limit, most in (
        (sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_CELL),
        (sqlite3.SQLITE_LIMIT_SQL_LENGTH, 1_000_000),
        (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
        (sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 1),
        (sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100),
    ):
        connection.setlimit(limit, most)
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA query_only=ON")
    connection.execute("PRAGMA cell_size_check=ON")


def _tables(connection: sqlite3.Connection) -> dict[str, str]:
    found = {}
    for kind, name, statement in connection.execute("SELECT type, name, sql FROM sqlite_master"):
        if kind in ("table", "view"):
            virtual = " ".join(str(statement).split()).upper().startswith("CREATE VIRTUAL")
            found[str(name)] = "virtual table" if virtual else str(kind)
    return found


def _authorized(action: int, first: str | None, second: str | None, *_: object) -> int:
    """Allow reading, and nothing that a schema could smuggle in."""
    if action not in _ALLOWED or (action == sqlite3.SQLITE_FUNCTION and second not in _FUNCTIONS):
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and first != "table_xinfo":
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


@contextmanager
def _refusals(what: str) -> Iterator[None]:
    """Turn what SQLite raises into a refusal; its own words stay, as they name no path."""
    try:
        yield
    except sqlite3.Error as error:
        words = in_line(str(error))
        if "interrupted" in words:
            raise TableError(
                f"{what} takes longer than {SECONDS} seconds to be read; export the study with trials_dataframe()."
            ) from None
        if "too big" in words or "too large" in words:
            most = LARGEST_CELL // MEGABYTE
            raise TableError(
                f"{what} holds a cell that is too large: at most {most} MB are read of one. "
                "Export the study with trials_dataframe()."
            ) from None
        if "no such column" in words:
            raise TableError(f"{what} is not as it should be: {words}. Give the file that the search wrote.") from None
        raise TableError(_damaged(words)) from None
    except UnicodeDecodeError:
        raise TableError(_damaged("its names are no text")) from None
    except (OverflowError, MemoryError):
        raise TableError(f"{what} does not fit into memory; export the study with trials_dataframe().") from None


def _damaged(words: str) -> str:
    return (
        f"The file begins as a SQLite database and cannot be read as one: {words}. "
        "It may be damaged or not wholly copied; copy it again when no program writes to it."
    )
