"""The index: which shares there are and which blobs they hold, in SQLite or PostgreSQL by the same statements.

Writers come one after the other: in SQLite by BEGIN IMMEDIATE, in PostgreSQL by the lock on the one row of hpi_form.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, make_url, select
from sqlalchemy.exc import IntegrityError, InternalError, ProgrammingError

from hpi.errors import StoreError
from hpi.store import places
from hpi.store.failures import in_words
from hpi.store.tables import FORM, TABLES, form

FILE = "index.sqlite"
WAIT = 30.0  # seconds for another writer
REACH = 10  # seconds for a server to answer
AWAY = 60  # seconds after which PostgreSQL lets go of a writer that says nothing, such as one whose machine is gone
TRIES, PAUSE = 40, 0.05
WRITES = "hpi_writes"


class Index:
    """One index; nothing is opened before it is needed, nothing is made before the first write."""

    def __init__(self, address: str | None, folder: Path) -> None:
        url = make_url(address or f"sqlite:///{folder / FILE}")
        self.url = url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url
        self.file = Path(str(url.database)).absolute() if url.drivername == "sqlite" else None
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._seen: object = None  # which file the engine has open
        self._made = False

    def exists(self) -> bool:
        """Whether anything was written yet."""
        with in_words():
            if self.file is not None and not self.file.exists():
                return False
            engine = self._opened()
            if not self._made:
                self._made = inspect(engine).has_table(form.name)
        return self._made

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of an index that exists; nothing can be written through it."""
        with in_words(), self._opened().connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                _understood(connection.scalar(select(form.c.version)))
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection that nobody else writes beside; what it did counts when the block ends without error."""
        if not self.exists():
            self._make()
        with in_words(), self._opened().connect() as connection:
            connection.execution_options(**{WRITES: True})
            with connection.begin():
                _understood(connection.scalar(select(form.c.version).with_for_update()))
                yield connection

    def close(self) -> None:
        """Close what is open; it is opened again when it is needed."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
            self._engine, self._seen, self._made = None, None, False

    def _make(self) -> None:
        """Make the tables; several processes may do so at once."""
        with in_words():
            if self.file is not None:
                _make_file(self.file)
            for tries_left in reversed(range(TRIES)):
                try:
                    with self._opened().connect() as connection:
                        connection.execution_options(**{WRITES: True})
                        with connection.begin():
                            TABLES.create_all(connection)
                            if connection.scalar(select(form.c.version)) is None:
                                connection.execute(insert(form).values(version=FORM))
                    return
                except (IntegrityError, InternalError, ProgrammingError):
                    # PostgreSQL refuses to make a table that another process makes at this moment
                    if not tries_left:
                        raise
                    time.sleep(PAUSE)

    def _opened(self) -> Engine:
        with self._lock:
            seen = _identity(self.file)
            if self._engine is not None and seen != self._seen:
                # A folder that was deleted and made anew holds another file: what is written to the old one is lost.
                self._engine.dispose()
                self._engine, self._made = None, False
            if self._engine is None:
                self._engine, self._seen = self._connected(), seen
            return self._engine

    def _connected(self) -> Engine:
        # what is stored must not appear in messages of errors
        if self.file is None:
            engine = create_engine(
                self.url, hide_parameters=True, pool_pre_ping=True, connect_args={"connect_timeout": REACH}
            )
            event.listen(engine, "connect", _limit)
            return engine
        if places.on_network(self.file):
            raise StoreError(
                "The index of the store would lie on a network file system, where SQLite loses data. Use PostgreSQL "
                "(HPI_STORE_INDEX), or a folder on a disk of this machine (HPI_STORE)."
            )
        engine = create_engine(self.url, hide_parameters=True, connect_args={"timeout": WAIT})
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        return engine


def _understood(version: int | None) -> None:
    if version is not None and version > FORM:
        raise StoreError(
            f"The store was written by a newer hpi (its index has form {version}, this one reads up to {FORM}); "
            "update hpi."
        )


def _identity(file: Path | None) -> object:
    try:
        return file and (file.stat().st_dev, file.stat().st_ino)
    except FileNotFoundError:
        return None


def _make_file(file: Path) -> None:
    """Make the folder and an empty file that only this user can read; SQLite gives its other files the same rights."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))


def _limit(connection: Any, _: object) -> None:  # noqa: ANN401 - psycopg is there only where it is used
    connection.execute(f"SET lock_timeout = {int(WAIT * 1000)}")
    connection.execute(f"SET idle_in_transaction_session_timeout = {AWAY * 1000}")
    connection.commit()


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # transactions begin where _begin says so
    for pragma in ("foreign_keys=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    for _ in range(TRIES):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                return  # a store that can only be read stays as it is
            time.sleep(PAUSE)


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes then could not wait for another writer.
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
