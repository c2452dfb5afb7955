"""A child keeps its limits, says how it ended, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from hpi.child import Child, End, Limits
from hpi.errors import SpaceError

ROOT = Path(__file__).resolve().parents[1]
ROOMY = Limits(60, 1024)
MODULE = "tests.doing"


def run(how: str, limits: Limits = ROOMY, **more: object):
    """How a child ended that did so, and what it told."""
    told: list[dict[str, object]] = []
    ending = Child(MODULE, limits).run({"how": how, **more}, told.append)
    return ending, told


def alive(pid: int) -> bool:
    """Whether a process runs; one that nobody has waited for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_gone(pid: int) -> None:
    end = time.monotonic() + 20
    while alive(pid):
        assert time.monotonic() < end, f"process {pid} is still there"
        time.sleep(0.02)


def started(how: str, limits: Limits = ROOMY):
    """A child that has said its first word, the thread that runs it, and the list that its ending comes to."""
    child, spoke, endings, told = Child(MODULE, limits), threading.Event(), [], []

    def heard(message: dict[str, object]) -> None:
        told.append(message)
        spoke.set()

    thread = threading.Thread(target=lambda: endings.append(child.run({"how": how}, heard)))
    thread.start()
    assert spoke.wait(60)
    return child, thread, endings, told


def test_messages_come_in_order_and_what_is_printed_is_none_of_them():
    ending, told = run("tell", words=["a", "ä\nb", "\udc80"])
    assert [message["word"] for message in told] == ["a", "ä\nb", "\udc80"]
    assert ending.end is End.DONE


def test_a_refusal_keeps_its_kind_and_its_words():
    ending, _ = run("refuse", text="log: nonsense")
    assert ending.end is End.REFUSED
    assert type(ending.error) is SpaceError
    assert str(ending.error) == "log: nonsense"


def test_a_crash_tells_where_and_not_what():
    ending, _ = run("crash", text="a secret")
    assert ending.end is End.CRASH
    details = dict(ending.details)
    assert details["kind"] == "ValueError"
    assert details["where"][-1].startswith("doing.py:")
    assert "secret" not in str(ending)


def test_a_child_that_dies_without_a_word_has_crashed_where_it_was():
    ending, _ = run("die", signal=int(signal.SIGSEGV))
    assert ending.end is End.CRASH
    assert dict(ending.details)["exit"] == -signal.SIGSEGV
    assert any("die" in frame for frame in dict(ending.details)["where"])


def test_a_child_that_somebody_else_kills_was_killed():
    assert run("die", signal=int(signal.SIGKILL))[0].end is End.KILLED


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a limit on memory")
def test_memory_beyond_the_limit_is_refused_and_below_it_is_not():
    assert run("fill", Limits(60, 128), megabytes=64)[0].end is End.DONE
    assert run("fill", Limits(60, 128), megabytes=256)[0].end is End.MEMORY


def test_a_child_that_takes_too_long_is_ended():
    assert run("sleep", Limits(0.5, 1024))[0].end is End.TIME


def test_a_module_that_is_not_there_is_a_crash():
    assert Child("tests.nothing_of_that_name", ROOMY).run({}, print).end is End.CRASH


@pytest.mark.parametrize("how", ["sleep", "deaf"])
def test_stopping_ends_it_even_where_it_does_not_listen(how):
    child, thread, endings, _ = started(how)
    pid = child.pid
    child.stop()
    thread.join(20)
    assert endings[0].end is End.STOPPED
    assert not alive(pid)
    assert child.pid is None
    child.stop()  # a second time changes nothing


def test_stopping_ends_what_it_has_started():
    child, thread, _, told = started("start another")
    child.stop()
    thread.join(20)
    wait_until_gone(told[0]["pid"])


def test_what_it_leaves_behind_is_ended_with_it():
    ending, told = run("leave another")
    assert ending.end is End.DONE
    wait_until_gone(told[0]["pid"])


def test_a_child_that_was_stopped_before_it_began_never_begins():
    child = Child(MODULE, ROOMY)
    child.stop()
    assert child.run({"how": "tell", "words": ["a"]}, pytest.fail).end is End.STOPPED


@pytest.mark.parametrize("how", ["sleep", "busy"])
def test_a_child_ends_when_its_parent_is_killed(how):
    code = (
        "from hpi.child import Child, Limits\n"
        f"Child({MODULE!r}, Limits(100, 1024)).run({{'how': {how!r}}}, lambda m: print(m['pid'], flush=True))"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert alive(pid)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    wait_until_gone(pid)
