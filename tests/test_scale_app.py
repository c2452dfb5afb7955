"""What the benchmark of tables beyond memory says of the app: its report from numbers by hand, its watch on memory."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace

import pytest

from benchmarks.app.slider import Slid
from benchmarks.app.stopwatch import Lap
from benchmarks.scale import app_report, in_app, report
from benchmarks.scale.found import Folder, Study
from benchmarks.scale.in_app import COUNTING, LOOKING, InApp, NotMeasured, Opened
from benchmarks.scale.measuring import Spent, descendants
from benchmarks.scale.plan import FULL, Size
from benchmarks.scale.watching import Held, watched

SAID = [
    (0.2, LOOKING, "Opening trials begins."),
    (3.04, LOOKING, "Opening trials: looking at 100 rows, 1 of 10 blocks, 10 %"),
    (9.0, LOOKING, "Opening trials: looking at 100 rows, 9 of 10 blocks, 90 %"),
    (11.0, COUNTING, "Counting 100 trials begins."),
    (12.0, COUNTING, "Counting 100 trials: ranking, 1 of 10 blocks, 5 %"),
    (13.0, COUNTING, "Counting 100 trials: ranking, 2 of 10 blocks, 7 %"),
    (14.0, COUNTING, "Counting 100 trials: counting, 10 of 10 blocks, 100 %"),
]


def app(bars: float = 300.0, jobs: dict[str, int] | None = None, said=SAID) -> InApp:
    """Return what came of three moves, by hand: a rerun takes 150 ms."""
    slid = Slid(
        [Lap({"bars": bars + more, "rest": bars + 50 + more}, {}) for more in (-10.0, 0.0, 20.0)],
        [Lap({"rest": took}, {}) for took in (140.0, 150.0, 200.0)],
    )
    opened = Opened(said, 10.5, 12.75, 15.25)
    return InApp("Chromium 1", opened, slid, Held(410.0, 690.6), jobs or {"look": 1, "count": 1, "findings": 4})


def folder(of: InApp | NotMeasured | None) -> Folder:
    runs = {"ours": [Spent(40.0, 20.0, 500.0)]}
    return Folder(Size(100_000_000, 1), 10, 100, 4_400.0, 50.0, runs, app=of)


def test_what_was_wanted_of_the_app_stands_beside_what_came():
    aim, progress = "at most 2.5 times a rerun that changes nothing", "words change at least 2 times each"
    slid, watch = "Slider to bars in the app, 100,000,000 x 11", "Its progress, while rows are looked at and counted"
    again = "Rows read again by moves of the slider"
    assert app_report.rows(folder(app())) == [
        (slid, aim, "2.00 times", True), (watch, progress, "2 and 3 times", True), (again, "never", "never", True),
    ]  # fmt: skip
    assert app_report.rows(folder(app(390.0, {"look": 1, "count": 4}, SAID[:5]))) == [
        (slid, aim, "2.60 times", False), (watch, progress, "2 and 1 times", False),
        (again, "never", "3 times", False),
    ]  # fmt: skip
    assert app_report.rows(folder(NotMeasured("there is no browser"))) == [
        (slid, aim, "not measured: there is no browser", None)
    ]
    assert app_report.rows(folder(NotMeasured("it failed (no bars)", failed=True)))[0][3] is False
    assert app_report.rows(folder(None)) == []


def test_the_section_says_seconds_multiples_and_memory():
    text = app_report.section(folder(app()))
    assert "| the first words that say how far it is | 3.0 s |" in text  # "begins" does not say how far
    assert "the page of the table is open | 10.5 s |" in text
    assert "dimmed | 12.8 s |" in text
    assert "the bars are drawn | 15.2 s |" in text
    assert "server's process, at most | 410 MB |" in text
    assert "of its jobs, at most | 691 MB |" in text
    assert "| rerun, ms | 150 (195) |" in text  # between 150 and 200, nine tenths of the way
    assert "| bars, ms | 300 (318) |" in text
    assert "| times the rerun | 2.00 (1.63) |" in text
    assert "| whole page after a key of the slider, ms | 350 (368) |" in text
    assert "The 4 other jobs worked out findings" in " ".join(text.split())
    assert "2 looks and 1 counts" in app_report.section(folder(app(jobs={"look": 2, "count": 1})))
    assert app_report.section(folder(NotMeasured("there is no browser"))) == "Not measured: there is no browser."
    assert "some presses came before" not in text.lower()
    restless = app()
    restless.slid.rested = False
    assert "Some presses came before the page was at rest." in app_report.section(folder(restless))


def test_the_report_holds_the_section_of_the_largest_folder():
    small = replace(folder(None), size=Size(10_000_000, 1), runs={"ours": [Spent(4.0, 2.0, 500.0)]})
    study = Study(FULL, "make bench-scale", "here", (small, folder(app())), (4_000, 9_000))
    text = report.written(study)
    assert "| Slider to bars in the app, 100,000,000 x 11 | at most 2.5 times a rerun" in text
    assert "has the folder of 100,000,000 trials under a name" in text
    assert max(len(line) for line in text.splitlines() if not line.startswith("|")) <= 120


def test_where_no_browser_can_be_had_the_part_is_left_out_and_why(tmp_path, monkeypatch):
    monkeypatch.setenv("HPI_NO_BROWSER", "1")
    left_out = in_app.measured(tmp_path, 2, {})
    assert isinstance(left_out, NotMeasured)
    assert not left_out.failed
    assert left_out.why in ("HPI_NO_BROWSER is set", "Playwright is not installed")
    assert in_app.measured(tmp_path, 0, {}) == NotMeasured("this form of the benchmark leaves it out")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says in /proc what a process holds")
def test_what_a_server_and_its_children_hold_is_seen_apart():
    """The parent holds 40 MB, its child 90 MB, and both wait to be ended."""
    child = "x = b'1' * 90_000_000; print(1, flush=True); import time; time.sleep(60)"
    parent = f"import subprocess, sys; x = b'1' * 40_000_000; subprocess.run([sys.executable, '-c', {child!r}])"
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with watched(process.pid) as held:
            end = time.monotonic() + 30
            while held.children < 90 and time.monotonic() < end:
                time.sleep(0.05)
        for one in reversed(descendants(process.pid)):
            subprocess.run(["kill", str(one)], check=False)
    assert 40 < held.server < 80
    assert 90 < held.children < 130
