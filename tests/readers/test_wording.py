"""Counts as they stand in a sentence."""

from __future__ import annotations

import pytest

from hpi.roles.wording import ordinal


@pytest.mark.parametrize(
    ("n", "written"),
    [
        *((1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (10, "10th"), (11, "11th"), (12, "12th"), (13, "13th")),
        *((21, "21st"), (22, "22nd"), (103, "103rd"), (111, "111th"), (112, "112th"), (1_001, "1,001st")),
    ],
)
def test_ordinals_end_as_they_are_spoken(n: int, written: str) -> None:
    assert ordinal(n) == written
