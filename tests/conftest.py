"""What all tests share: the profiles of hypothesis, the shared folder, and a last line that says what ran."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy  # noqa: F401  # loads the libraries that the next call limits
import pytest
from hypothesis import HealthCheck, settings
from threadpoolctl import threadpool_limits

from tests.corpus.report import told

threadpool_limits(limits=1)  # as hpi.importance does; tests that call an estimator themselves get the same

TESTS = Path(__file__).parent
SHARED = TESTS.parent.parent / "shared"

# "fast" draws the same examples at every run, so that a change is the only thing that can break it.
settings.register_profile(
    "fast",
    max_examples=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "nightly",
    max_examples=2000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))


@pytest.fixture(autouse=True)
def _main() -> Iterator[None]:
    """Put the main module back: Streamlit leaves its page there, and spawned processes begin with what is there."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real tables beside the repository; a test that wants it is skipped elsewhere."""
    if not SHARED.is_dir():
        pytest.skip("no ../shared here")
    return SHARED


def _kind(nodeid: str) -> str:
    for folder, kind in (("tests/browser/", "browser"), ("tests/pages/", "page")):
        if nodeid.startswith(folder):
            return kind
    return "unit and contract"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what came of the corpus of bad files, and how many tests of which kind ran."""
    judged = told([report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, [])])
    if judged:
        terminalreporter.section("bad files")
    for line in judged:
        terminalreporter.write_line(line)
    ran, skipped = Counter(), Counter()
    for outcome, counter in (("passed", ran), ("failed", ran), ("skipped", skipped)):
        counter.update(_kind(report.nodeid) for report in terminalreporter.stats.get(outcome, []))
    for heading, counter in (("tests that ran", ran), ("tests skipped", skipped)):
        if counter:
            said = ", ".join(f"{number} {kind}" for kind, number in counter.items())
            terminalreporter.write_line(f"{heading}: {said}")
