"""Files that a command writes: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hpi.errors import HpiError


def save(path: Path, content: bytes) -> None:
    """Write a file; one that is there is replaced, and stays as it is where that fails.

    Raises
    ------
    HpiError
        If it cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.chmod(name, 0o666 & ~_umask())
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise HpiError(f"{path} cannot be written: {error.strerror}; name a file in a folder that exists.") from None


def _umask() -> int:
    now = os.umask(0o077)
    os.umask(now)
    return now
