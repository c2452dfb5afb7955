"""What is refused of choices about a table larger than memory, and why: before any row is read where that can be."""

from __future__ import annotations

from dataclasses import replace

from hpi.blocks import cells
from hpi.blocks.look import Look
from hpi.blocks.source import Source
from hpi.errors import TableError
from hpi.roles import Choices, Role
from hpi.roles.by_itself import MOST_WORDS
from hpi.roles.inference import check_names
from hpi.roles.values import shown
from hpi.roles.vocabulary import ContextKind
from hpi.table import TrialTable


def check(source: Source, choices: Choices) -> None:
    """Refuse what needs no row to be refused; raises TableError, or SpaceError for the declared space."""
    if choices.rank:
        raise TableError("The rank of a trial needs all trials in memory, and this table is larger; name one metric.")
    check_names(source.kinds, choices)


def without_wordy(source: Source, seen: Look, choices: Choices) -> Choices:
    """Return the choices that are about columns that were read; raises TableError where one needs another column."""
    wordy = set(cells.left_out(source, seen))
    roles = tuple((name, role) for name, role in choices.roles if name not in wordy or role is not Role.LEFT_OUT)
    asked = [choices.metric, *(name for name, _ in (*roles, *choices.contexts, *choices.space))]
    missing = [name for name in dict.fromkeys(asked) if name in wordy]
    if missing:
        raise TableError(f"{about_wordy(missing)}.")
    return replace(choices, roles=roles)


def about_wordy(names: list[str]) -> str:
    """Say why columns of text are not there."""
    hold, it = ("holds", "it") if len(names) == 1 else ("hold", "them")
    return (
        f"{shown(names)} {hold} text with more than {MOST_WORDS:,} different cells, which is not read beyond "
        f"memory; write {it} as numbers"
    )


def check_task(task: str, whole: TrialTable, source: Source, seen: Look) -> None:
    """Raise TableError where a task is one of the table, but of none of the rows that were looked at.

    `whole` is the table of all tasks.
    """
    words = dict(zip(source.kinds, seen.words, strict=True))
    names = [column.name for column in whole.columns if column.context is ContextKind.TASK]
    of = [name for name in names if task in (words.get(name) or ())]
    if of:
        raise TableError(
            f"No row that was looked at is of the task {task!r} ({shown(of)}): {len(whole.frame):,} rows of all were, "
            "drawn by a hash, and few are of it. Write its rows to a table of their own."
        )
