"""The tables that a server opens by a name: HPI_TABLES="sweeps=/data/sweeps; nightly=s3://bucket/nightly/*.parquet".

A visitor chooses one of the names; where a table lies is nobody's to type but the operator's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import PurePath

from hpi.errors import SettingsError

VARIABLE = "HPI_TABLES"
MOST = 100
LONGEST = 1000  # characters of an address
NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?", re.DOTALL)
FORM = "sweeps=/data/sweeps; nightly=s3://bucket/nightly/*.parquet"


def tables_from(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the address of each table of HPI_TABLES by its name, in the order of the setting; none where it is unset.

    Whether anything lies there is not looked at: a disk or a bucket may be away for a moment.

    Raises
    ------
    SettingsError
        If an entry is not NAME=ADDRESS, a name is given twice or is no name, or an address is neither a full path nor
        one of a bucket; the message begins with HPI_TABLES.
    """
    entries = [entry.strip() for entry in re.split(r"[;\n]", environment.get(VARIABLE, ""))]
    found: dict[str, str] = {}
    for entry in filter(None, entries):
        name, address = _entry(entry)
        if name in found:
            raise SettingsError(f"{VARIABLE} gives {name!r} twice; each table needs a name of its own.")
        found[name] = address
    if len(found) > MOST:
        raise SettingsError(f"{VARIABLE} names {len(found)} tables; it must be at most {MOST}.")
    return found


def _entry(entry: str) -> tuple[str, str]:
    """Return name and address; the first "=" parts them, since a folder may have one in its name."""
    name, is_pair, address = (part.strip() for part in entry.partition("="))
    if not is_pair:
        raise SettingsError(f"{VARIABLE} has the entry {entry!r}; it must be NAME=ADDRESS, with ; between them: {FORM}")
    if not NAME.fullmatch(name):
        raise SettingsError(f"{VARIABLE} has the name {name!r}; it must be 1 to 40 letters, digits, _ or -.")
    if not _is_address(address):
        raise SettingsError(
            f"{VARIABLE} gives {name!r} the address {address!r}; it must be a full path of this machine or one of a "
            f"bucket, in at most {LONGEST:,} characters: {FORM}"
        )
    return name, address


def _is_address(address: str) -> bool:
    if len(address) > LONGEST or not address.isprintable():
        return False
    return BUCKET.fullmatch(address) is not None if "://" in address else PurePath(address).is_absolute()
