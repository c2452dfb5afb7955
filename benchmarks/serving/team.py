"""Two replicas of the app behind nginx, as tools/serve.py starts them: started, watched, one of them killed, ended."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BASE, HERE = "hpi", "127.0.0.1"
STARTS_WITHIN, ENDS_WITHIN = 180.0, 30.0
EVERY = 0.1  # seconds between two looks at the memory
KIB = 1024


@dataclass
class Team:
    """A team's server.

    Attributes
    ----------
    url, folder, process
        Where it answers; where its store and its log lie; tools/serve.py.
    most
        The most memory that each replica has had so far, MB (10^6 bytes), by its number; empty where it is not known.
    """

    url: str
    folder: Path
    process: subprocess.Popen[bytes]
    most: dict[int, float] = field(default_factory=dict)

    def replicas(self) -> dict[int, tuple[int, int]]:
        """Return process id and port of each replica, by its number."""
        said = json.loads((self.folder / "run" / "replicas.json").read_text("utf-8"))
        return {one["number"]: (one["pid"], one["port"]) for one in said}

    def kill(self, number: int) -> None:
        """End a replica as the kernel does where memory runs out; tools/serve.py starts it again."""
        os.kill(self.replicas()[number][0], signal.SIGKILL)

    def is_ready(self, number: int) -> bool:
        """Whether a replica can work."""
        return answers(self.replicas()[number][1], f"/{BASE}/readyz")

    def memory(self) -> dict[int, float]:
        """Return what each replica holds now, MB; without those of which it is not known."""
        found = {number: resident(pid) for number, (pid, _) in self.replicas().items()}
        return {number: held for number, held in found.items() if held is not None}

    def watch(self, ended: threading.Event) -> None:
        """Note the most memory of each replica until it ends."""
        while not ended.wait(EVERY):
            for number, held in self.memory().items():
                self.most[number] = max(held, self.most.get(number, 0.0))

    def said(self) -> list[str]:
        """Return the lines that were written until now."""
        return (self.folder / "server.log").read_text("utf-8", errors="replace").splitlines()

    def events(self) -> list[dict[str, Any]]:
        """Return the lines of the log of hpi, without what a replica that was killed has not written to its end."""
        lines = [line for line in self.said() if line.startswith('{"time"')]
        return [json.loads(line) for line in lines if line.endswith("}") and line.count('"time"') == 1]


def resident(pid: int) -> float | None:
    """Return the memory that a process holds, MB; None where the system does not say it (only Linux does so)."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii", errors="replace").splitlines()
    except OSError:
        return None
    found = next((line.split()[1] for line in lines if line.startswith("VmRSS:")), None)
    return None if found is None else int(found) * KIB / 1e6


def answers(port: int, path: str) -> bool:
    """Whether something at this port answers with 200."""
    connection = http.client.HTTPConnection(HERE, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def environment(folder: Path) -> dict[str, str]:
    """Return the environment without anybody's settings; what the server keeps lies in `folder`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STREAMLIT_", "HPI_"))}
    return kept | {"HOME": str(folder), "HPI_STORE": str(folder / "store"), "PYTHONUNBUFFERED": "1"}


@contextmanager
def serving(folder: Path) -> Iterator[Team]:
    """Two replicas behind nginx, ready; ended at the end, also where something failed."""
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        port = probe.getsockname()[1]
    command = [sys.executable, str(ROOT / "tools" / "serve.py"), "--base-path", BASE, "--port", str(port)]
    command += ["--replicas", "2", "--folder", str(folder / "run")]
    folder.chmod(0o711)  # nginx's workers are nobody where root runs this
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(folder), stdout=log, stderr=subprocess.STDOUT)
    team, ended = Team(f"http://{HERE}:{port}/{BASE}", folder, process), threading.Event()
    watching = threading.Thread(target=team.watch, args=(ended,))
    try:
        _wait(team, port)
        watching.start()
        yield team
    finally:
        ended.set()
        if watching.is_alive():
            watching.join()
        _end(process)


def _wait(team: Team, port: int) -> None:
    """Wait until nginx leads to a replica, and every replica can work."""
    end = time.monotonic() + STARTS_WITHIN
    while not (answers(port, f"/{BASE}/_stcore/health") and all(map(team.is_ready, team.replicas()))):
        if team.process.poll() is not None or time.monotonic() > end:
            raise RuntimeError("\n".join(["the server did not start:", *team.said()[-20:]]))
        time.sleep(0.2)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
