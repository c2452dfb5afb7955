"""Two logs of one server write to one file: nothing is lost when either begins it anew."""

from __future__ import annotations

import json
from pathlib import Path

from hpi.jobs import Log, log


def lines(path: Path):
    return [json.loads(line)["event"] for line in path.read_text("utf-8").splitlines()]


def test_a_log_goes_on_in_the_new_file_when_another_has_begun_it(tmp_path, monkeypatch):
    monkeypatch.setattr(log, "LARGEST", 2000)
    path = tmp_path / "log.jsonl"
    seldom, often = Log(str(path)), Log(str(path))
    try:
        seldom.write("first")
        for number in range(30):
            often.write(f"request {number}")
        seldom.write("last")
        assert lines(path)[-1] == "last"
        often.write("after")
        assert lines(path)[-2:] == ["last", "after"]
    finally:
        seldom.close()
        often.close()


def test_a_file_that_was_taken_away_is_begun_again(tmp_path):
    path = tmp_path / "log.jsonl"
    one = Log(str(path))
    try:
        one.write("before")
        path.rename(tmp_path / "kept")
        one.write("after")
        assert (lines(tmp_path / "kept"), lines(path)) == (["before"], ["after"])
    finally:
        one.close()
