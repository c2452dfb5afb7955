"""The table that a session has open: from a file, an example, an own address or a link; revised, kept for a reload.

Draws nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from hpi import filters, readers
from hpi.errors import HpiError, LinkError
from hpi.readers import Wanted
from hpi.sharing import Snapshot, View
from hpi.table import TrialTable
from hpi.table.trials import task_labels
from pages import counting, shelf, uploads
from pages.asked import Asked
from pages.session import session
from pages.uploads import File

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
ELSEWHERE = (
    "The table of this address is not here: it was opened in another browser, or some days ago. Drop its file again, "
    "and it is shown as the address says. To show it to somebody else, make a link with Share."
)
AS_READ = "as_read"  # what the file itself, or the space beside it, chose
IN_ADDRESS = {"metric", "direction", "task"}  # what of a table stands in the address itself


def open_files(files: Sequence[File]) -> bool:
    """Read what was uploaded together as one table; return whether it is open now."""
    return _open_files(files, Wanted())


def open_part(part: str) -> None:
    """Open another study, sheet or table of the file that is open."""
    now = session()
    if now.table is not None and now.files:
        _open_files(now.files, Wanted(**{now.table.reading.part_is: part}))


def _open_files(files: Sequence[File], wanted: Wanted) -> bool:
    if not _read(lambda: uploads.read(files, wanted)):
        return False
    now = session()
    assert now.table is not None
    now.files = tuple(files) if len(now.table.reading.parts) > 1 else ()
    _keep()
    return True


def append(files: Sequence[File]) -> str | None:
    """Append the trials of further files to the table that is open; where they do not fit, keep it and return why."""
    now = session()
    assert now.table is not None
    try:
        table = readers.append(now.table, uploads.read(files, Wanted()))
    except HpiError as error:
        return str(error)
    asked, choices = now.asked, table.choices
    _put(table)
    now.asked, now.remembered[header(table)] = asked, choices
    _keep()
    return None


def open_example(name: str) -> bool:
    """Open an example with its search space, where that lies beside it; return whether it is open now."""
    path = EXAMPLES / name
    declared = path.with_suffix(".space.json")
    space = json.loads(declared.read_text("utf-8")) if declared.is_file() else None
    if not _read(lambda: readers.read(path, space=space)):
        return False
    session().example = name
    return True


def open_named(name: str, making: Callable[[], TrialTable]) -> bool:
    """Open a table that the operator has named; return whether it is open now."""
    if not _read(making):
        return False
    session().named = name
    return True


def open_own(token: str) -> bool:
    """Open a table that this visitor has kept; where there is none, say what to do."""
    now = session()
    try:
        table = shelf.own(token).table
    except LinkError:
        now.refused = ELSEWHERE
        return False
    except HpiError as error:
        now.refused = str(error)
        return False
    _put(table)
    now.draft = token
    now.remembered[header(table)] = table.choices
    return True


def open_link(token: str) -> bool:
    """Open what somebody has shared, to be read; where that cannot be, say why."""
    now = session()
    try:
        opened = shelf.shared(token)
    except HpiError as error:
        now.refused = str(error)
        return False
    _put(opened.snapshot.table)
    now.shared, now.arrived = opened, True
    return True


def explore() -> None:
    """Make an own view of what a link shows: with the same table, question and numbers, and free to be changed."""
    now = session()
    now.shared = None
    _keep()


def close_deleted() -> None:
    """Close a link that was deleted while it was read, and say so."""
    now = session()
    if now.shared is not None and not shelf.is_there(now.shared):
        now.shared = now.table = now.last = None
        now.refused = str(shelf.gone())


def _read(reading: Callable[[], TrialTable]) -> bool:
    """Read a table and ask about it from now on; where it is refused, keep what was there and say why."""
    now = session()
    now.refused, now.arrived = None, False
    try:
        table = reading()
    except HpiError as error:
        now.refused = str(error)
        return False
    as_read = table.choices
    table, remark = _as_remembered(table)
    _put(table, remark)
    now.kept[AS_READ] = as_read
    now.arrived = True
    return True


def _put(table: TrialTable, remark: str | None = None) -> None:
    """Have a table open in the place of another, with nothing asked of it yet."""
    now = session()
    now.table, now.remark, now.refused = table, remark, None
    now.asked, now.chosen, now.pair, now.last = Asked(), None, None, None
    now.example = now.draft = now.named = now.shared = now.share = now.made = None
    if now.looking is not None:
        now.looking.work.cancel()
        now.looking = None
    now.files, now.kept = (), {}


def _keep() -> None:
    """Keep the table for a reload; an example that is as it was needs no keeping, and a named one is the operator's."""
    now = session()
    assert now.table is not None
    if now.named is not None:
        return
    snapshot = Snapshot(now.table, View(now.table.metric, now.table.direction), "importance")
    if now.draft is not None:
        now.draft = shelf.keep_up(now.draft, snapshot)
    if now.draft is None:
        now.draft = shelf.keep(snapshot)
    if now.draft is not None:
        now.example = None


def revise(**changes: Any) -> None:  # noqa: ANN401
    """Change roles, metric, direction... of the table; where that is refused, keep the old ones and say why."""
    now = session()
    assert now.table is not None
    now.refused = now.remark = None
    try:
        table = now.table.revise(**changes)
    except HpiError as error:
        now.refused = str(error)
        return
    now.table = table
    now.remembered[header(table)] = table.choices
    if now.draft is not None or not set(changes) <= IN_ADDRESS:
        _keep()
    known = filters.filterable(table)
    now.asked = replace(now.asked, where=tuple(f for f in now.asked.where if f.name in known))


def header(table: TrialTable) -> str:
    """Return a digest of the names of the columns: a table with the same one gets the same roles."""
    return hashlib.sha256(repr([str(name) for name in table.frame.columns]).encode()).hexdigest()


def _as_remembered(table: TrialTable) -> tuple[TrialTable, str | None]:
    """Return the table with the roles that were chosen for its header before, and why not if they do not fit."""
    choices = session().remembered.get(header(table))
    if choices is None:
        return table, None
    try:
        return table.revise(**vars(choices)), None
    except HpiError as error:
        return table, f"The roles that were chosen before for such a table do not fit this one. {error}"


def tasks(table: TrialTable) -> tuple[str, ...]:
    """Return the tasks of a table, also where one was chosen; of one larger than memory those that were seen."""
    kept = session().tasks
    key = (table.fingerprint, replace(table.choices, task=None))
    if key not in kept:
        labels = _labels(table)
        kept.clear()
        kept[key] = () if labels is None else tuple(sorted(map(str, labels.dropna().unique())))
    return kept[key]


def _labels(table: TrialTable) -> pd.Series | None:
    """Return the task of each row or trial; None where nothing tells tasks apart."""
    if counting.is_large(table):  # always narrowed to one of its tasks
        return task_labels(table.parsed, table.columns, len(table.frame))
    return (table if table.choices.task is None else table.revise(task=None)).tasks
