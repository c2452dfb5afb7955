"""Each of the 42 odd addresses has a test that carries its number: test_u07_..., test_u17_u18_..."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parent
CASES = {f"u{number:02d}" for number in range(1, 43)}


def test_every_odd_address_has_its_test():
    names = [
        name
        for path in TESTS.rglob("test_*.py")
        for name in re.findall(r"^def test_(\w+)", path.read_text("utf-8"), re.M)
    ]
    covered = {case for name in names for case in re.match(r"(?:u\d\d_)*", name)[0].split("_")} - {""}
    assert covered == CASES
