"""`python -m tests.roles.score`: the published numbers; with `-v`, every column that is wrong."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.roles import scored
from tests.roles.by_hand import BY_HAND
from tests.roles.found import FOUND_TUNED
from tests.roles.found_later import FOUND_LATER
from tests.roles.headers import EXPORTS
from tests.roles.held_out import HELD_OUT
from tests.roles.real import TABLES
from tests.roles.trackers import TRACKERS

TUNED = {"exports": EXPORTS, "trackers": TRACKERS, "by hand": BY_HAND, "found": (*FOUND_TUNED, *FOUND_LATER)}
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
    if "--held-out" in said:
        groups["held out"] = [scored.score(header) for header in HELD_OUT]
    for name, scores in groups.items():
        print(f"\n{name}\n{scored.table(scores)}")
        if "-v" in said and not name.startswith("all"):
            print("\n".join(f"  {miss}" for one in scores for miss in one.misses))


if __name__ == "__main__":
    main(sys.argv[1:])
