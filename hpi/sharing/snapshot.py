"""A table with a question and what was found, as a record and blobs of the store and back.

The record is JSON, the table Parquet, the results JSON and arrays; nothing else is ever read back. What another
version wrote and this one cannot understand falls back with a notice, as it does in an address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hpi.curve import Curve
from hpi.effects import AdjustedEffects
from hpi.errors import HpiError
from hpi.packing import from_bytes, pack, to_bytes, unpack
from hpi.results import ImportanceResult
from hpi.roles import Choices, Role
from hpi.sharing.address import read
from hpi.sharing.view import QUESTION, View, write
from hpi.statements import Findings
from hpi.table import TrialTable
from hpi.table.stored import from_parquet, to_parquet
from hpi.version import VERSION

FORM = 1
TABLE, RESULTS = "table", "results"  # the blobs
LONGEST_NOTE = 2000
ODD = (LookupError, TypeError, ValueError, AttributeError)  # what a record of another form runs into


@dataclass(frozen=True, eq=False)
class Found:
    """What was worked out; None for what was not.

    `findings` hold for the `tolerance` that was asked for (None: the default), `adjusted` also for a `pair`.
    """

    result: ImportanceResult
    findings: Findings | None = None
    tolerance: float | None = None
    curve: Curve | None = None
    adjusted: AdjustedEffects | None = None
    pair: tuple[str, str] | None = None


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What a link shows.

    Attributes
    ----------
    page
        The page that was shown, by the name of its file.
    found
        Results as they were worked out by `version`; None where there are none that this version can read.
    note
        What the author wrote, plain text.
    notices
        What could not be taken over.
    """

    table: TrialTable
    view: View
    page: str
    found: Found | None = None
    note: str = ""
    version: str = VERSION
    notices: tuple[str, ...] = ()


def save(snapshot: Snapshot) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the record and the blobs of a snapshot."""
    table, found = snapshot.table, snapshot.found
    blobs = {TABLE: to_parquet(table)}
    if found is not None:
        blobs[RESULTS] = to_bytes(tuple(vars(found).values()))
    return record_of(snapshot), blobs


def record_of(snapshot: Snapshot) -> dict[str, Any]:
    """Return the record of a snapshot, which holds everything but cells and results."""
    table = snapshot.table
    return {
        "form": FORM,
        "version": snapshot.version,
        "page": snapshot.page,
        "note": snapshot.note[:LONGEST_NOTE],
        "file": table.name,
        "rows": len(table.frame),
        "trials": len(table.trials),
        "fingerprint": table.fingerprint,
        "choices": pack(table.choices, {}),
        "roles": {column.name: str(column.role) for column in table.columns},
        "view": write(snapshot.view),
    }


def restore(record: Mapping[str, Any], blobs: Mapping[str, bytes]) -> Snapshot:
    """Return the snapshot of a record and its blobs.

    Raises
    ------
    HpiError
        If this version cannot understand the table.
    """
    notices: list[str] = []
    if record.get("form") != FORM:
        notices.append("The link was made by another version of hpi; what this one does not know is left out.")
    asked = _query(record.get("view"))
    table, view, bad = read(asked, _table(record, blobs[TABLE], notices), is_limited=False)
    found = _found(blobs[RESULTS], notices) if RESULTS in blobs else None
    if found is not None and _is_other(asked, view):
        found = None
        notices.append("This version of hpi cannot ask what was asked; the numbers are worked out anew.")
    note = _text(record, "note")[:LONGEST_NOTE]
    return Snapshot(table, view, _text(record, "page"), found, note, _text(record, "version"), (*notices, *bad))


def _table(record: Mapping[str, Any], content: bytes, notices: list[str]) -> TrialTable:
    """Return the table with the roles that its columns had when it was stored."""
    name = _text(record, "file") or "table"
    try:
        choices = unpack(_with_reduce(record["choices"]), {})
        if not isinstance(choices, Choices):
            raise TypeError
        table = from_parquet(content, name, choices)
    except (HpiError, *ODD):
        table = from_parquet(content, name, Choices())
        notices.append("The roles that were chosen for the columns cannot be taken over; they are inferred anew.")
    return _as_understood(table, record.get("roles"), notices)


def _with_reduce(choices: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return packed choices with what links meant before it could be chosen: the last epoch of a trial counted."""
    return {**choices, "fields": {"reduce": "last", **choices["fields"]}}


def _as_understood(table: TrialTable, roles: object, notices: list[str]) -> TrialTable:
    """Return the table with the roles that another version had inferred, where this one infers others."""
    if not isinstance(roles, Mapping):
        return table
    known = {role.value: role for role in Role}
    other = {
        column.name: known[roles[column.name]]
        for column in table.columns
        if roles.get(column.name) in known and roles[column.name] != column.role
    }
    if not other:
        return table
    try:
        return table.revise(roles=tuple((dict(table.choices.roles) | other).items()))
    except HpiError:
        notices.append("This version of hpi takes some columns for something else than the one that made the link.")
        return table


def _found(content: bytes, notices: list[str]) -> Found | None:
    try:
        found = Found(*from_bytes(content))
        if not isinstance(found.result, ImportanceResult):
            raise TypeError
        return found
    except ODD:
        notices.append("This version of hpi cannot read the stored numbers; they are worked out anew.")
        return None


def _is_other(asked: Mapping[str, list[str]], view: View) -> bool:
    """Whether a view asks another question than the one whose numbers were stored."""
    written = write(view)
    return any(written.get(key, []) != asked.get(key, []) for key in QUESTION)


def _query(view: object) -> dict[str, list[str]]:
    """Return what of a stored view has the shape of an address."""
    given = view.items() if isinstance(view, Mapping) else ()
    shaped = {str(key): values for key, values in given if isinstance(values, list)}
    return {key: [text for text in values if isinstance(text, str)] for key, values in shaped.items()}


def _text(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    return value if isinstance(value, str) else ""
