"""What was found, which of it a visitor wants to see, and the files of it. Draws nothing.

Key of st.session_state: findings_chosen.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hpi.statements import Finding, FindingKind, Findings, Strength, with_notices
from pages import state, words

HELD = "findings_chosen"
AT_ONCE = 8  # pictures


@dataclass
class Chosen:
    """Which findings a visitor wants to see of a table, how many at once, and what does not matter to them.

    `tolerance` is in units of the metric, None for the default. `last`: the last findings of the table that there were.
    """

    table: Hashable
    about: str | None = None
    kinds: tuple[FindingKind, ...] = ()
    strong_only: bool = False
    shown: int = AT_ONCE
    tolerance: float | None = None
    last: Findings | None = None

    def keeps(self, finding: Finding) -> bool:
        """Whether a finding passes the filters."""
        return (
            (self.about is None or self.about in finding.hyperparameters)
            and (not self.kinds or finding.kind in self.kinds)
            and (not self.strong_only or finding.strength is Strength.STRONG)
        )

    def choose(self, **changes: Any) -> None:  # noqa: ANN401
        """Set filters, and begin with the first findings again."""
        for name, value in changes.items():
            setattr(self, name, value)
        self.shown = AT_ONCE


def chosen() -> Chosen:
    """Return what was chosen for the table that is open; nothing yet for another one."""
    table = state.session().table
    assert table is not None
    key = (table.fingerprint, table.choices)
    kept = state.session().kept.get(HELD)
    if kept is None or kept.table != key:
        kept = state.session().kept[HELD] = Chosen(key)
    return kept  # type: ignore[no-any-return]


def findings(answer: state.Answer, is_patient: bool = False) -> Findings | None:
    """Return what the trials of an answer say; None while it is worked out or where it is refused.

    Then `job.beside(state.FINDINGS)` says which of both.
    """
    said = state.findings(answer, chosen().tolerance, is_patient)
    chosen().last = said or chosen().last
    return said


def known(answer: state.Answer) -> Findings | None:
    """Return what the trials of an answer say, if that was found out already; asks for nothing."""
    done = state.finished(state.FINDINGS, answer)
    if done is None or done.question[-1] != chosen().tolerance:
        return None
    return with_notices(done.found, answer.table)


def is_refused() -> bool:
    """Whether there will be no findings, or none before somebody asks again; `job.beside(state.FINDINGS)` says why."""
    asked = state.session().beside.get(state.FINDINGS)
    return asked is not None and asked.refused is not None


def last() -> Findings | None:
    """Return what was found of this table before, to be shown dimmed while the findings are worked out; else None."""
    asked = state.session().beside.get(state.FINDINGS)
    return chosen().last if asked is not None and asked.is_open else None


def kinds(found: Findings) -> list[FindingKind]:
    """Return the kinds that there are, and those that are asked for, in their order."""
    there = {finding.kind for finding in found.findings} | set(chosen().kinds)
    return [kind for kind in FindingKind if kind in there]


def named(found: Findings, hyperparameters: list[str]) -> dict[str, int]:
    """Return how many findings name each hyperparameter, the most first."""
    count = Counter(name for finding in found.findings for name in finding.hyperparameters)
    return {name: count[name] for name in sorted(hyperparameters, key=lambda name: -count[name])}


def as_csv(found: Findings) -> str:
    """Return a row a finding as CSV."""
    rows = [
        finding.to_dict()
        | {
            "hyperparameters": ", ".join(finding.hyperparameters),
            "compared_with": finding.compared_with,
            "by_scale": finding.by_scale,
        }
        for finding in found.findings
    ]
    columns = ["kind", "strength", "text", "hyperparameters", "effect", "low", "high", "unit", "p_adjusted", "n",
               "compared_with", "except", "by_scale"]  # fmt: skip
    return words.as_csv(pd.DataFrame(rows, columns=columns, dtype=object))


def as_json(found: Findings) -> str:
    """Return everything that was found, and what cannot be said, as JSON; what is not known is null."""
    return json.dumps(found.to_dict(), indent=1, ensure_ascii=False, allow_nan=False)
