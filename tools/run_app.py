"""Starts the app on 127.0.0.1 at the first free port, says where, and opens it where there is a screen."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
TRIED_PORTS = 100


def free_port(first: int) -> int:
    """The first port from `first` on that nobody listens at."""
    for port in range(first, min(first + TRIED_PORTS, 65536)):
        with socket.socket() as probe:
            # as the server does it: a port that was left a moment ago is free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(os.name == "posix"))
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    sys.exit(f"hpi: ports {first} to {first + TRIED_PORTS - 1} are all taken; name another one: make run PORT=9000")


def answers(url: str) -> bool:
    """Whether the server at `url` says that it is well."""
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def has_screen() -> bool:
    """Whether a browser could be opened for a person to see."""
    if os.environ.get("CI") or os.environ.get("SSH_CONNECTION") or not sys.stdout.isatty():
        return False
    return sys.platform in ("win32", "darwin") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def main() -> int:
    """Exit code of the server; 0 where the person stopped it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8501)
    wanted = parser.parse_args().port
    port = free_port(wanted)
    if port != wanted:
        print(f"port {wanted} is taken, using {port}")
    url = f"http://{HOST}:{port}"
    options = [f"--server.address={HOST}", f"--server.port={port}", "--server.headless=true"]
    options.append("--browser.gatherUsageStats=false")
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *options]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        while server.poll() is None and not answers(url):
            time.sleep(0.2)
        if server.poll() is None:
            print(f"\n  hpi is at {url}\n  Ctrl+C stops it.\n", flush=True)
            if has_screen():
                webbrowser.open(url)
        return server.wait()
    except KeyboardInterrupt:
        # the terminal has sent the same signal to the server
        server.wait(timeout=20)
        return 0


if __name__ == "__main__":
    sys.exit(main())
