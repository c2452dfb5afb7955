"""The container file, without an engine: what it copies is enough, what it runs starts, its health check tells."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.browser.servers import ROOT, STARTS_WITHIN, own_environment


def steps() -> list[tuple[str, str]]:
    """Each instruction with what it says, lines that are continued put together."""
    text = (ROOT / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in lines)]


def only(name: str) -> str:
    (said,) = [rest for kind, rest in steps() if kind == name]
    return said


def copies() -> list[tuple[str, str]]:
    """Each thing that is copied, and where to."""
    found = []
    for kind, said in steps():
        if kind == "COPY":
            *sources, target = said.split()
            found += [(source, f"{target}{source}" if target.endswith("/") else target) for source in sources]
    return found


def command(said: str, port: int) -> list[str]:
    """The words of a CMD, for this Python and this port."""
    words = json.loads(said.removeprefix("CMD").strip())
    return [sys.executable, *(word.replace("8501", str(port)) for word in words[1:])]


@pytest.fixture
def inside(tmp_path):
    """A folder with what the container holds, and the environment of its process."""
    place = tmp_path / "opt"
    for source, target in copies():
        (place / target).parent.mkdir(parents=True, exist_ok=True)
        ignored = shutil.ignore_patterns("__pycache__")
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, place / target, ignore=ignored)
        else:
            shutil.copyfile(ROOT / source, place / target)
    environment = own_environment(tmp_path)
    environment["PYTHONPATH"] = ""  # nothing of the repository but what was copied
    return place, environment


def test_it_runs_as_nobody_in_particular_and_holds_no_secret():
    kinds = [kind for kind, _ in steps()]
    assert only("USER") == "hpi"
    assert kinds.index("USER") < kinds.index("CMD")
    assert "ADD" not in kinds
    text = (ROOT / "Containerfile").read_text("utf-8")
    assert not re.search(r"HPI_SECRET=|COPY.*secret|COPY \. ", text)
    assert all(not source.startswith(("/", "..")) for source, _ in copies())


def test_it_holds_nothing_but_what_the_app_needs():
    assert {source for source, _ in copies()} == {
        *("requirements.txt", "requirements-hosted.txt", "app.py", ".streamlit/config.toml", "examples", "hpi", "pages")
    }


def test_what_it_copies_is_enough_and_its_health_check_tells(inside):
    place, environment = inside
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    look = command(only("HEALTHCHECK").partition("CMD")[2], port)

    def is_healthy():
        return subprocess.run(look, cwd=place, env=environment, capture_output=True, check=False).returncode == 0

    assert not is_healthy()
    with (Path(place) / "said").open("wb") as said:
        server = subprocess.Popen(command(only("CMD"), port), cwd=place, env=environment, stdout=said, stderr=said)
    try:
        end = time.monotonic() + STARTS_WITHIN
        while not is_healthy():
            assert server.poll() is None, (place / "said").read_text("utf-8")
            assert time.monotonic() < end
            time.sleep(0.2)
    finally:
        server.terminate()
        server.wait(timeout=30)
    assert not is_healthy()
