"""The benchmark of tables beyond memory: its trials, its question, its engines against counting by hand, its report."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.scale import __main__ as scale
from benchmarks.scale import measuring, report, trials
from benchmarks.scale.answer import Answer
from benchmarks.scale.engines import engine
from benchmarks.scale.found import EVERYTHING, OURS, Folder, Phases, Study
from benchmarks.scale.measuring import Spent
from benchmarks.scale.picture import picture, round_steps
from benchmarks.scale.plan import FULL, QUICK, TINY, Plan, Size
from benchmarks.scale.question import Axis, Question, question
from hpi.space import drawing

ROWS = 7_000
only_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux says in /proc what a process holds")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Return a folder of two files: three row groups and two."""
    into = tmp_path_factory.mktemp("trials")
    for k, start in enumerate((0, 4_200)):
        with pq.ParquetWriter(into / f"part-{k}.parquet", trials.SCHEMA) as writer:
            for group in range(start, min(start + 4_200, ROWS), 1_400):
                writer.write_table(trials.trials(group, 1_400))
    return into


@pytest.fixture(scope="module")
def asked(folder) -> Question:
    return question(ROWS, pq.read_table(folder).slice(0, 3_000))


def by_hand(folder: Path, asked: Question) -> Answer:
    """Count with sorting, comparing with each end, and loops."""
    frame = pq.read_table(folder).to_pandas()
    threshold = np.sort(frame["loss"])[asked.rank - 1]
    found, inside = Answer.empty(asked, float(threshold)), (frame["loss"] <= threshold).to_numpy().astype(int)
    cells = [_cells(frame[axis.name], axis) for axis in asked.axes]
    for j, cell in enumerate(cells):
        for one, side in zip(cell, inside, strict=True):
            found.cells[j][side, one] += 1
    for counts, (a, b) in zip(found.pairs, asked.pairs, strict=True):
        for first, second, side in zip(cells[a], cells[b], inside, strict=True):
            if first < asked.axes[a].n and second < asked.axes[b].n:
                counts[side, asked.axes[a].joint[first], asked.axes[b].joint[second]] += 1
    return found


def _cells(column, axis: Axis) -> list[int]:
    if axis.levels:
        return [axis.levels.index(level) for level in column]
    x = column.to_numpy(dtype=float)
    beyond = (x[:, None] > np.array(axis.ends[:-1])).sum(axis=1)
    return np.where(np.isnan(x), axis.n, beyond).tolist()


def test_trials_are_within_bounds_and_always_the_same():
    group = trials.trials(3_000_000, 5_000)
    assert group.equals(trials.trials(3_000_000, 5_000))
    assert not group["mixup"].equals(trials.trials(4_000_000, 5_000)["mixup"])
    for name, (low, high) in {**trials.UNIFORM, **trials.LOGARITHMIC, "layers": trials.LAYERS}.items():
        x = group[name].cast(pa.float64()).to_numpy()
        assert low <= x.min() < low + 0.1 * (high - low)
        assert high - 0.1 * (high - low) < x.max() <= high
    rate = np.log10(group["learning_rate"].to_numpy())
    assert np.quantile(rate, [0.25, 0.5, 0.75]) == pytest.approx([-4, -3, -2], abs=0.1)
    with_momentum = np.isin(group["optimizer"].to_pylist(), ("rmsprop", "sgd"))
    assert (group["momentum"].is_null().to_numpy() == ~with_momentum).all()


def test_the_trials_that_are_drawn_while_they_are_made_are_those_drawn_of_all(tmp_path, monkeypatch):
    monkeypatch.setattr(drawing, "MOST_DRAWN", 500)
    path = tmp_path / "part.parquet"
    kept = trials._write(path, range(10_000, 30_000), 5_000, 40_000)
    position = np.arange(10_000, 30_000)
    drawn = drawing.drawn(drawing.hashes(position), 250)  # half of all trials lie in this file
    rows = kept.filter(pa.array(np.isin(kept["position"].to_numpy(), position[drawn])))
    assert rows.num_rows == 250
    assert rows.drop_columns("position").equals(pq.read_table(path).take(drawn))
    assert pq.ParquetFile(path).metadata.num_row_groups == 4


def test_folders_are_made_by_several_processes(tmp_path):
    made = trials.made(tmp_path, 25_000, replace(TINY, file_rows=20_000), workers=2)
    assert (made.rows, made.files, made.groups) == (25_000, 2, 3)
    whole = pq.read_table(tmp_path)
    assert made.drawn.equals(whole)  # fewer than are drawn
    assert whole.slice(20_000).equals(trials.trials(20_000, 5_000))
    assert made.megabytes == pytest.approx(sum(path.stat().st_size for path in tmp_path.iterdir()) / 1e6)


def test_the_long_form_fits_the_disk_it_may_take():
    """At most 6 GB, by what a row group of a hundredth of its size takes; larger ones take less a row."""
    sink = pa.BufferOutputStream()
    pq.write_table(trials.trials(0, FULL.group_rows // 4), sink, compression="zstd", use_dictionary=False)
    a_row = len(sink.getvalue()) / (FULL.group_rows // 4)
    assert a_row * FULL.sizes[-1].rows < 6e9


def test_the_question_comes_back_to_the_last_digit(asked, tmp_path):
    asked.write(tmp_path / "question.json")
    assert Question.read(tmp_path / "question.json") == asked
    assert asked.rank == ROWS / 10
    assert [axis.n for axis in asked.axes] == [256] * 8 + [48, 5, 256]
    assert [axis.n_joint for axis in asked.axes] == [24] * 9 + [5, 24]
    assert [len(axis.joint_ends) for axis in asked.axes] == [24] * 9 + [0, 24]
    assert len(asked.pairs) == 10


@pytest.mark.parametrize("name", ["ours", "duckdb", "polars"])
def test_every_engine_counts_what_is_counted_by_hand(name, folder, asked):
    if name != "ours":
        pytest.importorskip(name, reason="it lives in the environment of make bench-scale")
    found = engine(name).answer(folder, asked)
    assert by_hand(folder, asked).differences(found) == []
    assert found.n_counts == (2 * (8 * 257 + 49 + 6 + 257), 2 * 24 * (8 * 24 + 5 + 5))


def test_what_hpi_counts_as_anybody_runs_it_holds_the_answer(folder, monkeypatch):
    """Opened in blocks, with limits lowered: the trials that are drawn say where cells end, there and here."""
    monkeypatch.setattr(drawing, "MOST_DRAWN", 2_000)
    monkeypatch.setenv("HPI_READ_ROWS", "1000")
    drawn = pq.read_table(folder).take(drawing.drawn(drawing.hashes(np.arange(ROWS))))
    asked = question(ROWS, drawn)
    assert by_hand(folder, asked).differences(engine("everything").answer(folder, asked)) == []


def test_one_count_less_is_a_difference(asked, tmp_path):
    one, other = (Answer.empty(asked, 0.5) for _ in range(2))
    assert one.differences(other) == []
    other.pairs[3][1, 2, 2] += 1
    one.write(tmp_path / "one.npz")
    assert Answer.read(tmp_path / "one.npz").differences(other) == ["pairs_3"]
    assert one.differences(Answer.empty(asked, np.nextafter(0.5, 1))) == ["threshold"]


@only_linux
def test_what_a_process_and_its_children_take_is_seen(tmp_path):
    """Two processes hold 60 MB each and work for 0.3 s each; the parent waits."""
    work = "import time; x = b'1' * 60_000_000\nwhile time.process_time() < 0.3: pass\ntime.sleep(0.3)"
    both = f"[subprocess.Popen([sys.executable, '-c', {work!r}]) for _ in 'ab']"
    code = f"import subprocess, sys; [one.wait() for one in {both}]"
    took = measuring.spent([sys.executable, "-c", code], {}, tmp_path / "said.txt")
    assert took.cpu >= 0.6
    assert took.wall >= 0.6
    assert 120 < took.megabytes < 300


@only_linux
def test_a_process_that_fails_ends_the_run_with_what_it_said(tmp_path):
    with pytest.raises(measuring.FailedError, match="no such thing"):
        measuring.spent([sys.executable, "-c", "raise SystemExit('no such thing')"], {}, tmp_path / "said.txt")


@only_linux
def test_the_shortest_form_measures_compares_and_removes_what_it_made(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("QUICK", "tiny")
    (tmp_path / "place").mkdir()
    monkeypatch.setenv(scale.FOLDER, str(tmp_path / "place"))
    monkeypatch.setattr(scale, "SHORT_OUT", tmp_path / "out")
    monkeypatch.setitem(scale.PLANS, "tiny", replace(TINY, engines=("ours",)))
    scale.main()
    assert "wrote scale.md and scale.svg" in capsys.readouterr().out
    assert list((tmp_path / "place").iterdir()) == []
    text = (scale.SHORT_OUT / "scale.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| ours, the question \| ([\d,]+) \|", text, re.MULTILINE) == ["20,000", "60,000"]
    assert "nan" not in text
    assert "| yes |" not in text


@only_linux
def test_engines_that_differ_end_the_run_and_nothing_is_left(tmp_path, monkeypatch):
    monkeypatch.setenv(scale.FOLDER, str(tmp_path))

    def asked_of(folder: Path, plan: Plan, name: str) -> Spent:
        found = Answer.empty(Question.read(folder / "question.json"), 0.5)
        for counts in found.cells:
            counts[0, 0] = 20_000
        found.cells[4][:, 0] += (0, 0) if name == "ours" else (-1, 1)
        found.write(folder / f"{name}.npz")
        return Spent(1.0, 1.0, 1.0)

    monkeypatch.setattr(scale, "_asked", asked_of)
    with pytest.raises(scale.DifferentError, match=r"^ours and everything differ in cells_4$"):
        scale.run(replace(TINY, engines=("ours", "everything")), "make bench-scale")
    assert list(tmp_path.iterdir()) == []


def study(ours: float = 40.0, peak: float = 500.0, everything: float = 900.0, plan=FULL) -> Study:
    """Return a study by hand: 10 million rows take a tenth, and 5 s; a row is 44 bytes."""
    took = {OURS: (ours, 400.0, peak), "duckdb": (100.0, 500.0, 1_500.0), "polars": (80.0, 1_300.0, 3_000.0),
            EVERYTHING: (200.0, 800.0, everything)}  # fmt: skip
    small = {name: [Spent(cpu / 10, 1.0, few)] * 3 for name, (cpu, few, _) in took.items()}
    large = {name: [Spent(cpu, 9.0, many)] for name, (cpu, _, many) in took.items()}
    folders = (
        Folder(Size(10_000_000, 3), 1, 10, 440.0, 5.0, small),
        Folder(Size(100_000_000, 1), 10, 100, 4_400.0, 50.0, large, Phases(3, 12.0, 36.0)),
    )
    return Study(plan, "make bench-scale", "here", folders, (4_000, 9_000))


def test_the_report_says_what_was_wanted_beside_what_came():
    assert report.rows(study()) == [
        ("CPU time of the question at 100,000,000 rows", "at most 1 times the better of DuckDB and Polars",
         "0.50 times that of Polars", True),
        ("Peak memory of ours, the question", "below 1,000 MB", "500 MB", True),
        ("Its growth from 10,000,000 to 100,000,000 rows", "below 20%", "+25%", False),
        ("Peak memory of ours, everything", "below 1,000 MB", "900 MB", True),
        ("Its growth from 10,000,000 to 100,000,000 rows", "below 20%", "+12%", True),
        ("The same answer from every engine", "bit by bit", "all counts and the threshold, in every run", True),
    ]  # fmt: skip
    worse = dict((what, met) for what, _, _, met in report.rows(study(ours=81.0, everything=1_000.0)))
    assert not worse["CPU time of the question at 100,000,000 rows"]
    assert not worse["Peak memory of ours, everything"]


def test_the_report_says_what_is_extrapolated():
    """4 s and 40 s: 0.4 microseconds a row and nothing beside; everything takes five times that."""
    text = report.written(study())
    assert "| 1,000,000,000 | 400 s | 500 MB or more | 33 min | 900 MB or more | 44.0 GB | extrapolated |" in text
    assert "| 100,000,000,000 | 11.1 h | 500 MB or more | 55.6 h | 900 MB or more | 4.4 TB | extrapolated |" in text
    assert "| 100,000,000 | 40 s | 500 MB | 200 s | 900 MB | 4.4 GB | measured |" in text
    assert "takes 110 MB/s for each core" in text  # 44 bytes in 0.4 microseconds
    assert "it took 3, 4.0 s of CPU each; each one more adds 8% to the question" in " ".join(text.split())
    assert max(len(line) for line in text.splitlines() if not line.startswith("|")) <= 120
    assert "| **no** |" in text
    assert "| **no** |" not in report.written(study(plan=QUICK))


def test_the_picture_has_a_bar_for_each_engine_and_size():
    drawn = ElementTree.fromstring(picture(study()))
    bars = [float(one.get("width")) for one in drawn.findall(".//{*}g/{*}rect")]
    assert len(bars) == 2 * 4 * 2
    assert max(bars) == bars[7] == 270.0  # of everything at the larger size: 200 s
    assert bars[1] == pytest.approx(270 * 40 / 200, abs=0.1)
    assert [one.text for one in drawn.findall(".//{*}text") if "wanted" in one.text] == ["1,000 MB wanted"]


@pytest.mark.parametrize(("most", "steps"), [(200, (0, 50, 100, 150, 200)), (0.9, (0, 0.2, 0.4, 0.6, 0.8)),
                                             (11_149, (0, 5_000, 10_000))])  # fmt: skip
def test_lines_of_the_grid_stand_at_round_numbers(most, steps):
    assert tuple(round_steps(most)) == pytest.approx(steps)
