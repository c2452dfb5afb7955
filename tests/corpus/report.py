"""The table of what comes of each bad file: python -m tests.corpus.report [ID...]."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import hpi
from tests.corpus.cases import CASES
from tests.corpus.judge import Verdict, judged

# under these names the tests hand over what came of a case
KEY, APART = "bad file", "bad file, in a child"
WIDTHS = (6, 34, 24, 60)


def row(*cells: str, seconds: str, right: str) -> str:
    """One line of the table."""
    cut = [
        f"{' '.join(cell.split())[:width].encode('ascii', 'replace').decode():{width}}"
        for cell, width in zip(cells, WIDTHS, strict=True)
    ]
    return f"{right:5} {'  '.join(cut)}  {seconds:>6}"


def cells_of(verdict: Verdict) -> list[str]:
    """Return a verdict as texts, so that it passes between processes."""
    case = verdict.case
    return [case.id, case.what, str(case.wanted), verdict.outcome, f"{verdict.seconds:.2f}", " / ".join(verdict.faults)]


def table(verdicts: list[list[str]]) -> list[str]:
    """Return the lines of the table, and of what is not as wanted."""
    found = [row("id", "what", "wanted", "outcome", seconds="s", right="")]
    for *cells, seconds, faults in sorted(verdicts):
        found.append(row(*cells, seconds=seconds, right="NOT" if faults else "ok"))
    return [*found, *summed(verdicts)]


def summed(verdicts: list[list[str]], where: str = "") -> list[str]:
    """Return how many come out as wanted, and what is wrong with the others."""
    wrong = [f"{cells[0]}: {cells[-1][:300]}" for cells in sorted(verdicts) if cells[-1]]
    return [f"{len(verdicts) - len(wrong)} of {len(verdicts)} bad files come out as wanted{where}", *wrong]


def told(reports: Iterable[object]) -> list[str]:
    """Return what the tests of the corpus have handed over, as lines; [] where none of them ran."""
    handed = [pair for report in reports for pair in getattr(report, "user_properties", [])]
    here, apart = ([cells for key, cells in handed if key == name] for name in (KEY, APART))
    return [*(table(here) if here else []), *(summed(apart, " when a child reads them") if apart else [])]


def main() -> int:
    """Exit code: 0 where all come out as wanted."""
    found = []
    for case in CASES:
        if sys.argv[1:] and case.id not in sys.argv[1:]:
            continue
        with tempfile.TemporaryDirectory() as folder:
            source = case.source(Path(folder))
            found.append(cells_of(judged(case, lambda source=source: hpi.read(source))))
    print(*table(found), sep="\n")
    return int(any(cells[-1] for cells in found))


if __name__ == "__main__":
    sys.exit(main())
