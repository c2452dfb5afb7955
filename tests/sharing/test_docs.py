"""docs/sharing.md names every key of an address, and no other."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from hpi.estimators import ESTIMATORS
from hpi.figures import Show
from hpi.filters import Between
from hpi.roles import Direction
from hpi.sharing import COMPARISONS, View, write
from hpi.statements import FindingKind
from pages import link

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "sharing.md").read_text("utf-8")
EVERYTHING = View(
    "m", Direction.MINIMIZE, "t", 0.5, 0.1, (Between("a", 0.0, 1.0),), "linear", (), 1, "a", ("a", "b"), Show.BEST,
    True, "a", (FindingKind.TREND,), True, 0.5, "two", 0.5, 0.1, "fanova",
)  # fmt: skip


def test_every_key_is_in_the_table_and_no_other():
    rows = re.findall(r"^\| (`.*?) \|", TEXT, re.MULTILINE)
    assert {key for row in rows for key in re.findall(r"`(\w+)`", row)} == {*write(EVERYTHING), *link.SOURCES}
    assert all(getattr(EVERYTHING, field.name) != field.default for field in fields(View) if field.name != "settings")


def test_every_word_that_a_key_takes_is_there():
    shows = (show.name.lower() for show in Show)
    for word in (*(one.name for one in ESTIMATORS), *shows, *link.KNOWN_EXAMPLES, *COMPARISONS):
        assert f"`{word}`" in TEXT
