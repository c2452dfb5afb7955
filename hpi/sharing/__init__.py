"""Links: a table, what is asked of it and what was found, as an address and as a record of the store."""

from hpi.sharing.address import candidates, read
from hpi.sharing.snapshot import LONGEST_NOTE, Found, Snapshot, record_of, restore, save
from hpi.sharing.view import COMPARISONS, QUESTION, Query, View, write

__all__ = [
    "COMPARISONS",
    "LONGEST_NOTE",
    "QUESTION",
    "Found",
    "Query",
    "Snapshot",
    "View",
    "candidates",
    "read",
    "record_of",
    "restore",
    "save",
    "write",
]
