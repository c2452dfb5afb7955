"""A PostgreSQL and an S3 server of the tests' own, on this machine alone; they end with the process that began them."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from tools import ensure_services

BUCKET = "tables"
# ends its command as soon as nobody holds its standard input any more, also when that process was killed
GUARD = """
import json, signal, subprocess, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
child = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, **json.loads(sys.argv[1]))
sys.stdin.read()
child.send_signal(signal.SIGINT)
try:
    child.wait(20)
except subprocess.TimeoutExpired:
    child.kill()
    child.wait()
"""


def postgres_programs() -> Path:
    """The folder of initdb and postgres; a test that needs them is skipped or fails where there are none."""
    if ensure_services.skipped():
        pytest.skip("HPI_NO_SERVICES is set")
    found = ensure_services.postgres()
    if found is None:
        pytest.fail(ensure_services.ADVICE.format("PostgreSQL"), pytrace=False)
    return found


@contextmanager
def postgres() -> Iterator[str]:
    """Address of a new, empty PostgreSQL that listens on a socket in a temporary folder."""
    programs = postgres_programs()
    folder = Path(tempfile.mkdtemp(prefix="hpi-pg-", dir="/tmp"))  # a socket's path must be short
    try:
        who = _other_user()
        if who:
            shutil.chown(folder, who["user"])
        data = folder / "data"
        initdb = [programs / "initdb", "-D", data, "-U", "hpi", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(initdb, check=True, capture_output=True, cwd=folder, **who)
        settings = {"listen_addresses": "", "unix_socket_directories": folder, "fsync": "off", "max_connections": 60}
        options = [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]
        with guarded([programs / "postgres", "-D", data, *options], cwd=str(folder), **who):
            address = f"postgresql://hpi@/postgres?host={folder}"
            _wait(lambda: psycopg.connect(address).close())
            yield address.replace("postgresql://", "postgresql+psycopg://")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def object_store() -> Iterator[str]:
    """Address (http) of a new, empty S3 server on loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with guarded([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]):
        bucket = urllib.request.Request(f"{address}/{BUCKET}", method="PUT")
        _wait(lambda: urllib.request.urlopen(bucket, timeout=30).close())
        yield address


def s3_environment(address: str) -> dict[str, str]:
    """What S3 clients read."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@contextmanager
def guarded(command: list[str | Path], **options: object) -> Iterator[None]:
    """Run a server as long as the block lasts, and no longer than this process; options are those of Popen."""
    line = [sys.executable, "-c", GUARD, json.dumps(options), *map(str, command)]
    with tempfile.TemporaryFile() as said:
        server = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=said, stderr=said)
        try:
            yield
        except BaseException:
            said.seek(0)
            sys.stderr.write(said.read()[-4000:].decode("utf-8", "replace"))
            raise
        finally:
            server.stdin.close()
            server.wait(30)


def _other_user() -> dict[str, object]:
    """PostgreSQL refuses to run as root: options of Popen for another user, or none."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            found = pwd.getpwnam(name)
            return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise LookupError("root, and no user to run PostgreSQL as")


def _wait(ask: Callable[[], object], seconds: float = 120) -> None:
    """Ask until there is an answer."""
    end = time.monotonic() + seconds
    while True:
        try:
            ask()
            return
        except (OSError, psycopg.OperationalError):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
