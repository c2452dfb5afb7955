"""One JSON line an event: what jobs took and how they ended, never a name or a value of the data."""

from __future__ import annotations

import contextlib
import json
import logging
import logging.handlers
import os
from datetime import UTC, datetime

from hpi.errors import SettingsError

LARGEST, BEFORE = 5_000_000, 3  # bytes of a file, and how many older ones are kept


class _Following(logging.handlers.RotatingFileHandler):
    """Writes to the file of that name, also where another log of this process has begun it anew."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; what goes wrong with the file is logging's to handle."""
        with contextlib.suppress(OSError, ValueError):
            if self.stream is not None and not self._is_current(self.stream.fileno()):
                self.stream.close()
                self.stream = self._open()
        super().emit(record)

    def _is_current(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), os.stat(self.baseFilename))
        except FileNotFoundError:
            return False


class Log:
    """Writes to the file that HPI_LOG names, which is begun anew when it is large; to standard error without one.

    Raises
    ------
    SettingsError
        If the file cannot be written.
    """

    def __init__(self, path: str | None = None) -> None:
        path = path or os.environ.get("HPI_LOG")
        self._handler: logging.Handler = logging.StreamHandler()
        if path:
            try:
                self._handler = _Following(path, maxBytes=LARGEST, backupCount=BEFORE)
            except OSError as error:
                raise SettingsError(
                    f"HPI_LOG names a file that cannot be written ({error.strerror}); name one in a folder that exists."
                ) from error

    def write(self, event: str, **facts: object) -> None:
        """Add a line."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": now, "event": event} | facts, default=str)
        self._handler.handle(logging.makeLogRecord({"msg": line, "levelno": logging.INFO}))

    def close(self) -> None:
        """Close the file."""
        self._handler.close()
