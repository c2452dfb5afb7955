"""What a reader says of a table, beside its cells: who wrote it, what its search looked at, what it declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hpi.roles.choices import Choices, Space, parse_space, plain_space
from hpi.roles.vocabulary import ContextKind, Direction, Role


@dataclass(frozen=True)
class Objective:
    """A metric that the search itself looked at; the direction is None where the source does not say."""

    name: str
    direction: Direction | None = None


@dataclass(frozen=True)
class Reading:
    """What a source says of itself; what a person chooses goes before it, what is inferred comes after.

    Attributes
    ----------
    reader
        The reader's name: what kind of source it was.
    notices
        What was assumed, skipped or changed while reading.
    objectives
        The metrics that the search looked at, in its order; () where the source does not say.
    space
        Hyperparameters that the source declares.
    roles, contexts
        What the format itself says of a column.
    part_is, part, parts
        Where the source holds several tables: what one is called ("study", "sheet", "table"), the one that was
        taken, and all of them.
    files
        The names of the files whose rows were appended; () for one file.
    """

    reader: str = "DataFrame"
    notices: tuple[str, ...] = ()
    objectives: tuple[Objective, ...] = ()
    space: Space = ()
    roles: tuple[tuple[str, Role], ...] = ()
    contexts: tuple[tuple[str, ContextKind], ...] = ()
    part_is: str = ""
    part: str | None = None
    parts: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def under(self, choices: Choices) -> Choices:
        """Return the choices with what the source says where nobody chose; the metric's direction is not among it."""
        chosen = {name for name, _ in (*choices.roles, *choices.space)} | {choices.metric}
        space = (*(pair for pair in self.space if pair[0] not in chosen), *choices.space)
        roles = (*(pair for pair in self.roles if pair[0] not in chosen), *choices.roles)
        contexts = dict(self.contexts) | dict(choices.contexts)
        return replace(choices, space=space, roles=roles, contexts=tuple(contexts.items()))

    def said(self, *notices: str) -> Reading:
        """Return the reading with further notices."""
        return replace(self, notices=(*self.notices, *notices))

    def plain(self) -> dict[str, Any]:
        """Return the reading as JSON has it."""
        return {
            "reader": self.reader,
            "notices": list(self.notices),
            "objectives": [[one.name, one.direction] for one in self.objectives],
            "space": plain_space(self.space),
            "roles": [[name, str(role)] for name, role in self.roles],
            "contexts": [[name, str(kind)] for name, kind in self.contexts],
            "part": [self.part_is, self.part, list(self.parts)],
            "files": list(self.files),
        }

    @classmethod
    def parse(cls, plain: Mapping[str, Any]) -> Reading:
        """Return the reading that `plain` gave; raises LookupError, ValueError or TypeError for anything else."""
        part_is, part, parts = plain["part"]
        return cls(
            str(plain["reader"]),
            tuple(map(str, plain["notices"])),
            tuple(Objective(str(name), end if end is None else Direction(end)) for name, end in plain["objectives"]),
            parse_space(plain["space"]),
            tuple((str(name), Role(role)) for name, role in plain["roles"]),
            tuple((str(name), ContextKind(kind)) for name, kind in plain["contexts"]),
            str(part_is),
            None if part is None else str(part),
            tuple(map(str, parts)),
            tuple(map(str, plain.get("files", ()))),
        )
