"""Rows on their way to trials, and the books that say where the others went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from hpi.roles.by_itself import Column
from hpi.roles.vocabulary import ContextKind, Role
from hpi.space import Integers, Mask


@dataclass
class Ledger:
    """What happened to the rows: who was left out and why, and what must be said."""

    excluded: dict[str, int] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)

    def leave_out(self, reason: str, n: int) -> None:
        """Count n rows as left out for a reason."""
        if n:
            self.excluded[reason] = self.excluded.get(reason, 0) + n


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows that still count.

    Attributes
    ----------
    rows
        Positions in the table, ascending, shape (n,).
    configuration, cell
        Shape (n,): which combination of hyperparameter values each has, and which of these and a task.
    repeated
        Whether configurations come back more often than independent draws would.
    """

    rows: Integers
    configuration: Integers
    cell: Integers
    repeated: bool

    def keep(self, mask: Mask) -> Rows:
        """Return those where the mask, shape (n,), is true."""
        return replace(self, rows=self.rows[mask], configuration=self.configuration[mask], cell=self.cell[mask])


def named(columns: Sequence[Column], role: Role, context: ContextKind | None = None) -> list[str]:
    """Return the names of the columns with this role (and kind of context), in file order."""
    return [c.name for c in columns if c.role is role and (context is None or c.context is context)]
