"""A Streamlit server for the browser tests: started on a free port, waited for, ended by its process id.

Also how their Chromium is started; benchmarks and tools start both in the same way.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
# of a Chromium without a window
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # a second lock beside the routes below: no name but this machine's can be resolved
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
]
STARTS_WITHIN = 90  # seconds; 2 to 3 where nothing else runs


class Server(NamedTuple):
    """Where a running server answers and what it has said."""

    url: str
    log: Path

    def said(self) -> str:
        """All that the server wrote until now."""
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def running(script: Path, folder: Path, more: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server of `script` whose home, store and log lie in `folder`; `more` is added to its environment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Server(f"http://127.0.0.1:{port}", folder / "server.log")
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += [f"--{name}={value}" for name, value in options.items()]
    environment = own_environment(folder) | dict(more or {})
    with server.log.open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait(server, process)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def own_environment(home: Path) -> dict[str, str]:
    """The environment without the settings of whoever runs the tests; what a server keeps lies in `home`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STREAMLIT_", "HPI_"))}
    return kept | {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "HPI_STORE": str(home / "store"),
        "PYTHONUNBUFFERED": "1",
    }


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended at once:\n{server.said()}")
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the server did not answer within {STARTS_WITHIN} s:\n{server.said()}")
