"""Two replicas of the app behind nginx, as tools/serve.py starts them: started, waited for, killed, ended by id."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.servers import ROOT, STARTS_WITHIN, own_environment
from tools import ensure_services

BASE = "hpi"


@dataclass(frozen=True)
class Team:
    """Where a team's server answers, what it has said, and its replicas."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def log(self) -> Path:
        """The file that all processes write to."""
        return self.folder / "server.log"

    def said(self) -> str:
        """All that was written until now."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def requests(self) -> list[dict[str, Any]]:
        """The lines of the access logs."""
        lines = (line for line in self.said().splitlines() if line.startswith('{"time"'))
        return [line for line in map(json.loads, lines) if line["event"] == "request"]

    def replicas(self) -> dict[int, dict[str, int]]:
        """Process id and port of each replica, by its number."""
        said = json.loads((self.folder / "run" / "replicas.json").read_text("utf-8"))
        return {one["number"]: one for one in said}

    def direct(self, number: int) -> str:
        """Address of a replica past nginx."""
        return f"http://127.0.0.1:{self.replicas()[number]['port']}/{BASE}"

    def of(self, page: Page) -> int:
        """Number of the replica that holds the session of a page."""
        return next(int(one["value"]) for one in page.context.cookies() if one["name"] == "hpi_replica")

    def kill(self, number: int) -> None:
        """End a replica as the kernel would where memory runs out; what looks after it starts it again."""
        os.kill(self.replicas()[number]["pid"], signal.SIGKILL)

    def wait_until_ready(self) -> None:
        """Wait until every replica answers."""
        end = time.monotonic() + STARTS_WITHIN
        while not all(answers(f"{self.direct(number)}/readyz") for number in self.replicas()):
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError(f"the replicas did not become ready:\n{self.said()}")
            time.sleep(0.2)


def answers(url: str) -> bool:
    """Whether an address answers with 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:
            return reply.status == 200
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def serving(
    folder: Path, *options: str, more: Mapping[str, str] | None = None, secrets: Callable[[int], str] | None = None
) -> Iterator[Team]:
    """Two replicas whose home, store and log lie in `folder`; `more` is added to their environment.

    `secrets`: what their secrets.toml holds, by the port of nginx.
    """
    if ensure_services.skipped():
        pytest.skip("HPI_NO_SERVICES is set")
    if ensure_services.nginx() is None:
        pytest.fail(ensure_services.ADVICE.format("nginx-light"), pytrace=False)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, str(ROOT / "tools" / "serve.py"), "--base-path", BASE, "--port", str(port), *options]
    command += ["--folder", str(folder / "run")]
    if secrets is not None:
        (folder / ".streamlit").mkdir()
        (folder / ".streamlit" / "secrets.toml").write_text(secrets(port))
    folder.chmod(0o711)  # the workers of nginx are nobody where the tests run as root
    with (folder / "server.log").open("wb") as log:
        environment = own_environment(folder) | dict(more or {})
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    team = Team(f"http://127.0.0.1:{port}/{BASE}", folder, process)
    try:
        end = time.monotonic() + 2 * STARTS_WITHIN
        while not answers(f"{team.url}/_stcore/health"):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the team's server did not start:\n{team.said()}")
            time.sleep(0.2)
        yield team
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
