"""The studies run and write what they measured; their long forms are run by hand."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import hpi
from benchmarks import edges
from benchmarks.app import found, smallest, switching
from benchmarks.app import load as load_study
from benchmarks.app import plan as app_plan
from benchmarks.app import report as app_report
from benchmarks.app.messages import Messages
from benchmarks.app.slider import Slid
from benchmarks.app.stopwatch import Lap
from benchmarks.app.switching import Switched
from benchmarks.reading import __main__ as reading
from benchmarks.reading import memory, tables, timing
from benchmarks.reading import report as reading_report
from benchmarks.reading.memory import AGAIN, BEFORE, CLOSED, FRESH, LEFT, OPEN, Memory
from benchmarks.reading.plan import FULL, QUICK, Plan
from benchmarks.reading.timing import APART, GZIP, LARGE, LOADED, PANDAS, PARQUET, READ, SMALL, Spent
from benchmarks.reading.timing import Timed as Read
from benchmarks.speed import __main__ as speed
from benchmarks.speed import against, ours, peers, report, thresholds
from benchmarks.speed.measure import Timed, alternating, same_ranking
from hpi.estimators import PedAnova


def timed_rows(rows: int) -> list[against.Row]:
    return [against.Row("a question", "9 x 2", "a peer", Timed(0.1, 5), Timed(2.0, 1), 10, agree=True)] * rows


def test_speed_in_its_short_form_measures_growth_and_both_thresholds(tmp_path, monkeypatch):
    """Of one estimator, as each is measured in processes of its own; QUICK=1 make bench takes them all."""
    monkeypatch.setenv("QUICK", "1")
    monkeypatch.setattr(speed, "ESTIMATORS", (PedAnova,))
    monkeypatch.setattr(speed, "KEPT", tmp_path)
    monkeypatch.setattr(peers, "installed", lambda: False)
    speed.main([])
    written = (tmp_path / "speed.md").read_text()
    assert "Not measured: they are not installed" in written
    assert re.findall(r"^\| ([\d,]+) x 5 \|", written, re.MULTILINE) == ["600", "1,200"]
    assert "| trials (8 hyperparameters) | ped-anova |" in written
    drawn = ElementTree.parse(tmp_path / "speed.svg").getroot()
    assert len(drawn.findall(".//{*}polyline")) == 4


def test_what_the_same_code_measured_is_not_measured_again(tmp_path, monkeypatch):
    monkeypatch.setattr(speed, "KEPT", tmp_path)
    assert speed._kept("row", lambda: [1.5]) == [1.5]
    assert speed._kept("row", lambda: [2.5]) == [1.5]
    monkeypatch.setattr(speed, "_code", lambda: "changed")
    assert speed._kept("row", lambda: [2.5]) == [2.5]


def test_what_is_compared_runs_in_turn():
    ran = []
    timed = alternating([lambda: ran.append("a"), lambda: ran.append("b")], runs=3)
    assert ran == ["a", "b"] * 3
    assert [time.runs for time in timed] == [3, 3]


@pytest.mark.parametrize(
    ("theirs", "same"),
    [((9, 4, 1, 0), True), ((3, 2, 0, 1), True), ((4, 9, 1, 0), False), ((9, 0, 1, 2), False)],
)
def test_only_clearly_different_hyperparameters_must_rank_alike(theirs, same):
    """Ours: .6 and .25 are clear, .05 and .04 are neither a tenth of .6 nor twice each other."""
    assert same_ranking(np.array([0.6, 0.25, 0.05, 0.04]), np.array(theirs, dtype=float)) is same


def test_a_row_says_how_many_times_faster_and_whether_that_was_wanted(monkeypatch):
    monkeypatch.setattr(peers, "versions", lambda: "peer 1.0")
    table = thresholds.Thresholds(1000, 5, Timed(3.0, 1), Timed(1.0, 5), Timed(0.01, 5), Timed(0.02, 5))
    written = report.written(timed_rows(1), [table, table], [])
    assert "| a question | 9 x 2 | a peer | 100 ms | 2 s (one run) | 20 | ≥ 10 | yes | yes |" in written
    assert "| 1,000 x 5 | 3 s (one run) | 1 s | 10 ms | 100 | ≥ 50 | 20 ms | 50 |" in written


def test_a_row_is_kept_and_read_back():
    row = timed_rows(1)[0]
    assert against.Row.from_json(json.loads(json.dumps(row.as_json()))) == row


@pytest.mark.skipif(not peers.installed(), reason="the peers live in the environment of make bench")
@pytest.mark.parametrize("question", against.QUESTIONS)
def test_the_peers_agree_on_a_small_table(question):
    if not ours.has(question):
        pytest.skip("we have no such estimator yet")
    compare, _ = against.QUESTIONS[question]
    assert all(row.agree for row in compare(400, 5))


def test_the_study_of_edges_compares_with_and_without_steps(tmp_path, monkeypatch):
    monkeypatch.setattr(edges, "OUT", tmp_path / "edges.md")
    monkeypatch.setattr(edges, "TOYS", ("window",))
    monkeypatch.setattr(edges, "SIZES", (1000,))
    edges.main(["--tables", "8"])
    (row,) = re.findall(r"\| window \| x \| 0.81\d \| (\S+) -> (\S+) \|", (tmp_path / "edges.md").read_text())
    assert float(row[0]) < -0.04
    assert abs(float(row[1])) < 0.06


def test_the_study_of_reading_times_every_way_to_read_every_file(tmp_path, monkeypatch):
    """Without the app, which QUICK=1 make study-reading opens; it fails where a cell is not what was written."""
    monkeypatch.setenv("QUICK", "tiny")
    monkeypatch.setattr(reading, "OUT", tmp_path / "reading.md")
    reading.main()
    text = (tmp_path / "reading.md").read_text()
    ways = re.findall(r"^\| ([^|]+), ([\d,]+) x 12 \| [^|]+ \| ([^|]+) \|", text, re.MULTILINE)
    sizes = {LARGE: "2,000", PARQUET: "2,000", GZIP: "2,000", SMALL: "200"}
    assert ways == [(kind, size, way) for kind, size in sizes.items() for way in (PANDAS, LOADED, READ, APART)]
    assert "Not measured: this form of the study leaves it out." in text
    assert "| yes |" not in text
    assert "nan" not in text


def reading_study(plan: Plan = FULL, ours: float = 4.0, closed: float = 400.0, left: float = 400.0) -> str:
    """Return the report of a hand-made study: pandas takes 2 s, so 4 s are allowed; 250 MB before, so 400 are."""
    ways = {PANDAS: Spent((2.5, 2.0)), LOADED: Spent((1.0,)), READ: Spent((9.0, ours)), APART: Spent((6.0,))}
    read = {kind: Read(1_000_000, 154.3, ways) for kind in (LARGE, PARQUET, GZIP, SMALL)}
    held = {FRESH: 200.0, BEFORE: 250.0, OPEN: 700.0, CLOSED: closed, AGAIN: 701.0, LEFT: left}
    return reading_report.written(
        reading_report.Study(plan, "make study-reading", "here", read, Memory(189.8, held, most=1100.0))
    )


def test_reading_may_take_half_as_long_again_as_pandas_and_a_second():
    line = "| Reading 1,000,000 x 12 from CSV | at most 1.5 times pandas.read_csv plus 1 s: 4.00 s | "
    assert f"{line}4.00 s, 2.00 times pandas' 2.00 s; 0 % below what is allowed | yes |" in reading_study()
    assert f"{line}4.40 s, 2.20 times pandas' 2.00 s; 10 % over what is allowed | no |" in reading_study(ours=4.4)
    assert f"{line}3.00 s, 1.50 times pandas' 2.00 s; 25 % below what is allowed |  |" in reading_study(QUICK, ours=3.0)


def test_a_closed_table_may_leave_150_megabytes_behind():
    assert re.findall(r"at most 150 MB more than before \| (.+) \|", reading_study()) == ["+150 MB | yes"] * 2
    worse = reading_study(closed=401.0, left=249.0)
    assert re.findall(r"at most 150 MB more than before \| (.+) \|", worse) == ["+151 MB | no", "-1 MB | yes"]
    assert "| the CSV is open, its bars are drawn | 700 MB | +450 MB |" in worse
    assert max(len(line) for line in worse.splitlines() if not line.startswith("|")) <= 120


def test_what_is_read_is_held_against_what_was_written():
    frame = tables.made(300)
    assert timing.same(hpi.read(frame), frame)
    for column, cell in (("h5", 0.5), ("k2", 100), ("act", "gelu"), ("loss", 2.0)):
        changed = frame.copy()
        changed.loc[299, column] = cell
        assert not timing.same(hpi.read(changed), frame)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says in /proc what a process holds")
def test_memory_that_a_process_takes_is_seen():
    held = 100_000_000
    code = f"print(flush=True); input(); x = b'1' * {held}; print(flush=True); input()"
    command = [sys.executable, "-c", code, "--mark=7"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as one:
        assert one.stdin
        assert one.stdout
        one.stdout.readline()
        assert memory.started_with("--mark=7") == one.pid
        before = memory.status(one.pid, "VmRSS")
        one.stdin.write("\n")
        one.stdin.flush()
        one.stdout.readline()
        assert memory.status(one.pid, "VmRSS") - before == pytest.approx(held / 1e6, abs=5)
        assert memory.status(one.pid, "VmHWM") >= memory.status(one.pid, "VmRSS")
        one.stdin.write("\n")


def laps(*took: float, name: str = "bars", remounts: int = 0) -> list[Lap]:
    return [Lap({name: one, "rest": 2 * one}, {"importance": remounts} if remounts else {}) for one in took]


def app_study(**parts) -> found.Study:
    """Return a study by hand: a key takes 300 ms (median), a rerun 200; every page 150, the smallest 100."""
    slid = Slid(laps(300, 290, 400), laps(100, 90, 110))  # a rerun rests after twice these
    menu = {title: laps(150, 150, name="chart") for title in switching.PAGES}
    smallest = {title: laps(100, 100, name="chart") for title in switching.PAGES}
    seen = Messages({"importance": 17_000, "surface": 200_000}, {"dataframe": 258_000})
    slid_of = {100_000: slid, 1_000_000: Slid(laps(502), laps(100), rested=False)}
    given = dict(slid=slid_of, switched=Switched(menu, smallest), messages=seen) | parts
    return found.Study(app_plan.FULL, "make bench-app", "here", **given)


def test_median_and_95th_percentile_of_times():
    """Of 1 to 21 the 95th percentile is the 20th; of two values it lies 95 % of the way between them."""
    assert found.spread(range(21, 0, -1)) == (11, 20)
    assert found.spread((100, 300)) == pytest.approx((200, 290))


def test_the_report_of_the_app_says_what_is_wanted_beside_what_was_got():
    assert app_report.rows(app_study()) == [
        ("Slider to bars, 100,000 x 12", "at most 1.6 times", "1.50 times", True),
        ("Slider to bars, 1,000,000 x 12", "at most 2.5 times", "2.51 times", False),
        *((f"Menu to {title}", "at most 2 times", "1.50 times", True) for title in switching.PAGES),
        ("Largest message with a chart", "at most 200 kB", "200 kB (surface)", True),
        ("A chart put anew by one change", "at most 1 time", "0 times", True),
    ]
    text = app_report.written(app_study())
    assert "| 100,000 x 12 | 200 (218) | 300 (390) | 1.50 (1.79) | 600 (780) | 3.00 (3.58) |" in text
    assert "With 1,000,000 trials some presses came before the page was at rest." in text
    assert "| Data | history | 100 (100) | 150 (150) | 1.50 (1.50) | 300 (300) |" in text
    assert text.count("Not measured: this run left it out.") == 2
    assert max(len(line) for line in text.splitlines() if not line.startswith("|")) <= 120


def test_the_report_of_the_app_is_not_silent_about_what_was_missed():
    slid = {100_000: Slid(laps(330, remounts=2), laps(100))}
    started = found.Started([3.1, 3.1], [2.0, 2.0])
    load = found.Load([[100, 100], [200, 200]], [[100, 500], [300, 300]], 200, 250, 262, 100, 3, 0.5)
    study = app_study(slid=slid, started=started, load=load)
    missed = {what: got for what, _, got, met in app_report.rows(study) if not met}
    assert missed == {
        "Slider to bars, 100,000 x 12": "1.65 times",
        "A chart put anew by one change": "2 times",
        "Start to the first bars": "1.55 times",
        "Memory of a session at rest": "12.0 MB",
    }
    assert load.ratios == pytest.approx([4.8, 1.5])
    text = app_report.written(study)
    assert "| Start to the first bars | at most 1.5 times | 1.55 times | **no** |" in text
    assert "| 2 sessions, the longest wait | at most 5 times | 4.8 times | yes |" in text
    assert "one grew in 50 % of that time, and 3 came to their end" in text


def test_the_smallest_apps_of_the_study_draw_one_chart_a_page(tmp_path, monkeypatch):
    figure = {"data": [{"type": "bar", "x": [1, 2], "y": {"dtype": "f8", "bdata": "AAAAAAAA8D8AAAAAAAAAQA=="}}]}
    monkeypatch.syspath_prepend(str(tmp_path / "menu"))
    for script, key in ((smallest.with_menu(tmp_path / "menu", {"one": figure}), "one"),
                        (smallest.alone(tmp_path / "alone"), smallest.BARS)):  # fmt: skip
        app = AppTest.from_file(str(script)).run(timeout=20)
        assert not app.exception
        (chart,) = app.get("plotly_chart")
        assert chart.proto.id.endswith(f"-{key}")


def test_forests_that_grew_while_all_sessions_moved_are_counted():
    """In ten seconds one ends after four (it began before), one takes the last five and ends later."""
    began = datetime(2026, 1, 1, tzinfo=UTC)
    ended = [("estimate", 4, 6.0), ("findings", 5, 1.0), ("estimate", 12, 7.0)]
    said = "\n".join(
        json.dumps({"time": (began + timedelta(seconds=at)).isoformat(), "event": "ended", "task": task,
                    "outcome": "done", "seconds": seconds})
        for task, at, seconds in ended
    )  # fmt: skip
    assert load_study.grown(f"Uvicorn\n{said}", began, began + timedelta(seconds=10)) == (1, pytest.approx(0.9))
