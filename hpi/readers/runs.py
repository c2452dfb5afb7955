"""From runs, each with a configuration and what the tool noted of it, to a table that says which column is which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from hpi.readers.declaring import Told, declared
from hpi.readers.limits import ReadLimits
from hpi.readers.studies import cell_of, check_size, column_of, plain_names
from hpi.roles.reading import Objective, Reading
from hpi.roles.vocabulary import ContextKind, Direction, Role


@dataclass
class Runs:
    """Runs of one study.

    Attributes
    ----------
    before, after
        What the tool noted: the names of the columns to the left and to the right of the hyperparameters, in order.
    notes
        One a run, by those names: cells.
    configurations
        One a run: the values of the hyperparameters that are active in it, as JSON has them.
    told
        What is declared of the hyperparameters.
    objectives, contexts
        Which of the notes are objectives, and which a context; the others only label the run.
    notices
        What must be said.
    """

    before: Sequence[str]
    after: Sequence[str]
    notes: list[dict[str, Any]] = field(default_factory=list)
    configurations: list[Mapping[str, Any]] = field(default_factory=list)
    told: Mapping[str, Told | None] = field(default_factory=dict)
    objectives: Mapping[str, Direction | None] = field(default_factory=dict)
    contexts: Mapping[str, ContextKind] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    def table(self, limits: ReadLimits) -> tuple[pd.DataFrame, Reading]:
        """Return the frame and what is said of its columns; raises TableError where there are too many of them."""
        names = self._hyperparameters()
        noted = {name for note in self.notes for name, value in note.items() if value is not None}
        own = [name for name in (*self.before, *self.after) if name in self.objectives or name in noted]
        check_size(len(self.notes), len(names) + len(own), limits)
        plain = plain_names(names)
        called = beside(own, plain.values())
        columns = {called[name]: self._note(name) for name in own if name in self.before}
        for name in names:
            columns[plain[name]] = column_of([cell_of(one.get(name)) for one in self.configurations])
        columns |= {called[name]: self._note(name) for name in own if name not in self.before}
        frame = pd.DataFrame(columns)
        space, said = declared(frame, {plain[name]: self.told[name] for name in names if name in self.told})
        labels = [called[name] for name in own if name not in self.objectives and name not in self.contexts]
        free = [plain[name] for name in names if plain[name] not in dict(space)]
        return frame, Reading(
            notices=(*self.notices, *said),
            objectives=tuple(Objective(called[name], end) for name, end in self.objectives.items()),
            space=space,
            roles=(*((name, Role.LEFT_OUT) for name in labels), *((name, Role.HYPERPARAMETER) for name in free)),
            contexts=tuple((called[name], kind) for name, kind in self.contexts.items() if name in own),
        )

    def _hyperparameters(self) -> list[str]:
        """Return the hyperparameters that some run has, those declared first."""
        seen = dict.fromkeys(name for one in self.configurations for name in one)
        return [*(name for name in self.told if name in seen), *(name for name in seen if name not in self.told)]

    def _note(self, name: str) -> pd.Series:
        return column_of([cell_of(note.get(name)) for note in self.notes])


def beside(own: Sequence[str], hyperparameters: Iterable[str]) -> dict[str, str]:
    """Return what to call the columns of the notes: as they are, or run_x where a hyperparameter is called x."""
    plain = plain_names(own)
    taken = set(hyperparameters)
    for name in own:
        while plain[name] in taken:
            plain[name] = f"run_{plain[name]}"
        taken.add(plain[name])
    return plain
