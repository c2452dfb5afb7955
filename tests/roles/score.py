"""`python -m tests.roles.score`: how many columns are understood, a line a table; with `-v`, those that are not."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.roles import scored
from tests.roles.benchmarks import BENCHMARKS
from tests.roles.by_hand import BY_HAND
from tests.roles.found import FOUND_TUNED
from tests.roles.found_later import FOUND_LATER
from tests.roles.fresh import FRESH
from tests.roles.headers import EXPORTS
from tests.roles.held_out import HELD_OUT
from tests.roles.real import TABLES
from tests.roles.services import SERVICES
from tests.roles.trackers import TRACKERS

TUNED = {
    "exports": EXPORTS,
    "trackers": TRACKERS,
    "tuners and services": SERVICES,
    "by hand": BY_HAND,
    "benchmarks and papers": BENCHMARKS,
    "found": (*FOUND_TUNED, *FOUND_LATER),
}
# What these scored when they were new is written in their files: what they score now is no news.
ASIDE = {"kept aside": HELD_OUT, "fresh": FRESH}
SHARED = Path(__file__).parents[2].parent / "shared" / "tables"


def of_real_tables(folder: Path) -> list[scored.Score]:
    """Return the scores of the real tables in the folder, () of those that are not there."""
    there = {name: header for name, header in TABLES.items() if (folder / name).is_file()}
    return [scored.score(header, folder / name) for name, header in there.items()]


def main(said: list[str]) -> None:
    """Print one table a group, and the misses where asked for."""
    groups = {name: [scored.score(header) for header in headers] for name, headers in TUNED.items()}
    if real := of_real_tables(SHARED):
        groups["real tables"] = real
    groups["all that the rules were tuned on"] = [one for scores in groups.values() for one in scores]
    groups |= {name: [scored.score(header) for header in headers] for name, headers in ASIDE.items()}
    for name, scores in groups.items():
        print(f"\n{name}\n{scored.table(scores)}")
        if "-v" in said and not name.startswith("all"):
            print("\n".join(f"  {miss}" for one in scores for miss in one.misses))


if __name__ == "__main__":
    main(sys.argv[1:])
