"""What cookies are signed with: as the operator says, else made once and kept beside the store."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from pathlib import Path

from hpi.errors import SettingsError

FILE = "secret"
WRITTEN = re.compile(r"[A-Za-z0-9_-]{43}")


def secret_of(given: str | None, folder: Path) -> bytes:
    """Return the secret that is given, else that of the folder: made there, for its owner alone to read, if none is.

    Servers that share the folder get the same, also where they start at the same moment.

    Raises
    ------
    SettingsError
        If it can be neither read nor made.
    """
    if given is not None:
        return given.encode()
    path = folder / FILE
    try:
        if not path.exists():
            _make(path)
        text = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"HPI_SECRET is not set and the file {FILE!r} in the folder of the store can be neither read nor made "
            f"({type(error).__name__}); set HPI_SECRET, or let HPI_STORE name a folder that can be written to."
        ) from error
    if not WRITTEN.fullmatch(text):
        raise SettingsError(
            f"HPI_SECRET is not set and the file {FILE!r} in the folder of the store is none of ours; remove that file "
            "(visitors will lose sight of their own links), or set HPI_SECRET."
        )
    return text.encode()


def _make(path: Path) -> None:
    """Write a new secret, whole or not at all, and never over one that somebody else has just made."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{FILE}-")  # mode 0600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(32))
            file.flush()
            os.fsync(file.fileno())
        _name(Path(name), path)
    finally:
        Path(name).unlink(missing_ok=True)


def _name(written: Path, path: Path) -> None:
    """Give a file its name, unless another has it by now."""
    try:
        os.link(written, path)
    except FileExistsError:
        return
    except OSError:  # a filesystem without links; two that start at the same moment are not kept apart there
        if not path.exists():
            written.replace(path)
