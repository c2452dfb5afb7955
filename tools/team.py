"""The processes of a team's server: replicas of the app that are started again when they die, and nginx before them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
HERE = "127.0.0.1"
READY_WITHIN = 180  # seconds; 3 where nothing else runs
ENDS_WITHIN = 15
LOOK_EVERY = 0.2
LONGEST_WAIT = 30.0  # seconds before a replica that dies again and again is started once more
GOOD_WHILE = 60.0  # seconds after which one that dies is taken to have worked
ENDING = (signal.SIGTERM, signal.SIGINT)


@dataclass
class Replica:
    """One process of the app, and how often it died lately."""

    number: int
    port: int
    environment: dict[str, str]
    options: list[str]
    process: subprocess.Popen[bytes] | None = None
    begun: float = 0.0
    wait: float = 0.0
    again_at: float = 0.0

    def start(self) -> None:
        """Start it."""
        command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), *self.options]
        command += [f"--server.port={self.port}", f"--server.address={HERE}", "--server.headless=true"]
        command += ["--server.fileWatcherType=none", "--browser.gatherUsageStats=false"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL)
        self.begun = time.monotonic()

    @property
    def is_running(self) -> bool:
        """Whether its process is there."""
        return self.process is not None and self.process.poll() is None

    @property
    def is_ready(self) -> bool:
        """Whether it says that it can work."""
        try:
            with urllib.request.urlopen(f"http://{HERE}:{self.port}/readyz", timeout=5) as reply:
                return bool(reply.status == 200)
        except (urllib.error.URLError, OSError):
            return False


@dataclass
class Team:
    """The replicas and the nginx before them."""

    replicas: list[Replica]
    folder: Path
    program: str
    nginx: subprocess.Popen[bytes] | None = None
    asked: list[int] = field(default_factory=list)  # signals that have come and wait to be heard

    def hear(self, number: int, frame: FrameType | None) -> None:
        """Note a signal; the loop sees to it."""
        self.asked.append(number)

    def start(self) -> str | None:
        """Start the replicas, then nginx; why it did not work, where it did not."""
        for replica in self.replicas:
            replica.start()
        self.note()
        for replica in self.replicas:
            if not self.has_become_ready(replica):
                return f"replica {replica.number} did not start; what it said stands above"
        self.nginx = subprocess.Popen([self.program, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")])
        time.sleep(2 * LOOK_EVERY)
        return None if self.nginx.poll() is None else "nginx did not start; what it said stands above"

    def has_become_ready(self, replica: Replica) -> bool:
        """Wait for a replica, unless all of it is to end: whether it can work."""
        end = time.monotonic() + READY_WITHIN
        while time.monotonic() < end and replica.is_running and not self.is_to_end:
            if replica.is_ready:
                return True
            time.sleep(LOOK_EVERY)
        return False

    @property
    def is_to_end(self) -> bool:
        """Whether a signal has come that ends it."""
        return any(number in self.asked for number in ENDING)

    def look_after(self) -> int:
        """Keep all of it running until a signal ends it; exit code."""
        while not self.is_to_end:
            if signal.SIGHUP in self.asked:
                self.asked.remove(signal.SIGHUP)
                self.renew()
            for replica in self.replicas:
                self.revive(replica)
            if self.nginx is not None and self.nginx.poll() is not None:
                print("hpi: nginx has ended", file=sys.stderr)
                return 1
            time.sleep(LOOK_EVERY)
        return 0

    def revive(self, replica: Replica) -> None:
        """Start a replica that has died; the sooner it dies again, the later."""
        now = time.monotonic()
        if replica.is_running:
            return
        if replica.process is not None:
            print(f"hpi: replica {replica.number} ended ({replica.process.returncode})", file=sys.stderr, flush=True)
            replica.wait = 0.0 if now - replica.begun > GOOD_WHILE else min(LONGEST_WAIT, 2 * replica.wait + 0.5)
            replica.process, replica.again_at = None, now + replica.wait
        if now >= replica.again_at:
            replica.start()
            self.note()

    def renew(self) -> None:
        """Start the replicas anew, one after the other: the others go on meanwhile."""
        for replica in self.replicas:
            _end(replica.process)
            replica.start()
            self.note()
            if not self.has_become_ready(replica):
                if self.is_to_end:
                    return
                print(f"hpi: replica {replica.number} is not ready; the others are left alone", file=sys.stderr)
                return

    def note(self) -> None:
        """Write down which process is which."""
        said = [
            {"number": replica.number, "pid": replica.process.pid, "port": replica.port}
            for replica in self.replicas
            if replica.process is not None
        ]
        path = self.folder / "replicas.json"
        path.with_suffix(".new").write_text(json.dumps(said), "utf-8")
        path.with_suffix(".new").replace(path)

    def end(self) -> None:
        """End what was started."""
        for process in (self.nginx, *(replica.process for replica in self.replicas)):
            if process is not None and process.poll() is None:
                process.terminate()
        for process in (self.nginx, *(replica.process for replica in self.replicas)):
            _end(process)


def _end(process: subprocess.Popen[bytes] | None) -> None:
    """End a process, gently at first."""
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
