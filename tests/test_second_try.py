"""What `make test` does with tests that fail: few of them are run once more, and named; what fails twice fails."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[1] / "tools"
FLAKY = """
from pathlib import Path
import pytest
@pytest.mark.parametrize("k", range({times}))
def test_flaky(k):
    mark = Path(f"been-{{k}}")
    been = mark.exists()
    mark.touch()
    assert been
def test_steady():
    assert {steady}
"""


@pytest.fixture
def check(tmp_path, monkeypatch):
    """The module, for a folder of other tests."""
    monkeypatch.syspath_prepend(str(TOOLS))
    monkeypatch.delitem(sys.modules, "check", raising=False)
    import check

    monkeypatch.setattr(check, "ROOT", tmp_path)
    monkeypatch.setattr(check.ensure_services, "main", lambda: None)
    monkeypatch.setitem(check.STEPS, check.UNITS, [*check.PYTEST, "-q"])
    (tmp_path / "pytest.ini").write_text("[pytest]")
    monkeypatch.setattr(sys, "argv", ["check.py", "tests"])
    return check


@pytest.mark.parametrize(
    ("times", "steady", "code"),
    [(0, True, 0), (1, True, 0), (3, True, 0), (4, True, 1), (0, False, 1), (2, False, 1)],
)
def test_few_are_tried_once_more_and_named(check, tmp_path, capfd, times, steady, code):
    (tmp_path / "test_some.py").write_text(FLAKY.format(times=times, steady=steady))
    assert check.main() == code
    said = capfd.readouterr().out.partition("== what ran")[2]
    assert ("FAILED" in said) == bool(code)
    assert said.count("at the second try: test_some.py::test_flaky[") == (0 if code else times)


@pytest.mark.parametrize("text", ["import nothing_of_this_name", "", "raise SystemExit(1)"])
def test_what_is_no_failure_of_a_test_is_not_tried_again(check, tmp_path, capfd, text):
    (tmp_path / "test_some.py").write_text(FLAKY.format(times=1, steady=True))
    assert check.main() == 0
    (tmp_path / "test_some.py").write_text(text)  # what failed the last time is no excuse now
    assert check.main() == 1
    assert "once more" not in capfd.readouterr().out.rpartition("+ python")[2]
