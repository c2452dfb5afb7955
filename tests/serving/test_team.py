"""A team's server without a browser: replicas that die or are renewed while others ask, and all of it ended at last."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from tests.browser.servers import ROOT, STARTS_WITHIN, own_environment
from tests.browser.teams import serving
from tools import ensure_services

SERVE = [sys.executable, str(ROOT / "tools" / "serve.py")]


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("team")) as started:
        yield started


@contextmanager
def asking_all_the_time(url):
    """A list that what is replied meanwhile is added to."""
    found, is_over = [], threading.Event()

    def ask():
        while not is_over.wait(0.02):
            try:
                with urllib.request.urlopen(url, timeout=10) as reply:
                    found.append(reply.status)
            except urllib.error.HTTPError as refused:
                found.append(refused.code)
            except OSError as error:
                found.append(type(error).__name__)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield found
    finally:
        is_over.set()
        thread.join()


def wait_until(holds):
    end = time.monotonic() + STARTS_WITHIN
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def pids(team):
    return {number: one["pid"] for number, one in team.replicas().items()}


def is_there(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_replica_that_is_killed_is_started_again_and_nobody_notices(team):
    team.wait_until_ready()
    before = pids(team)
    with asking_all_the_time(f"{team.url}/") as found:
        team.kill(1)
        wait_until(lambda: pids(team)[1] != before[1])
        team.wait_until_ready()
    assert pids(team)[2] == before[2]
    assert len(found) > 5
    assert set(found) == {200}


def test_a_signal_renews_the_replicas_one_after_the_other_and_nobody_notices(team):
    team.wait_until_ready()
    before = pids(team)
    with asking_all_the_time(f"{team.url}/") as found:
        team.process.send_signal(signal.SIGHUP)
        wait_until(lambda: pids(team)[1] != before[1])
        assert pids(team)[2] == before[2]
        wait_until(lambda: pids(team)[2] != before[2])
        team.wait_until_ready()
    assert set(found) == {200}


@pytest.mark.parametrize("path", ["_stcore/metrics", "_stcore/agent/openapi.json", "_stcore/script-health-check"])
def test_u41_what_is_nothing_for_visitors_is_not_there_through_the_proxy(team, path):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{team.url}/{path}", timeout=10)


def test_u27_the_longest_query_comes_through_the_proxy_and_a_longer_one_does_not(team):
    with urllib.request.urlopen(f"{team.url}/?{'x' * 4096}", timeout=10) as reply:
        assert reply.status == 200
    with pytest.raises(urllib.error.HTTPError, match="414"):
        urllib.request.urlopen(f"{team.url}/?{'x' * 4097}", timeout=10)


def test_nobody_can_say_to_come_from_elsewhere(team):
    forged = {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "Forwarded": "for=127.0.0.1"}
    request = urllib.request.Request(f"{team.direct(1)}/_stcore/metrics", headers=forged)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(request, timeout=10)


def test_the_base_path_leads_to_its_page_and_keeps_the_query(team):
    with urllib.request.urlopen(f"{team.url}?s=x", timeout=10) as reply:
        assert reply.url == f"{team.url}/?s=x"
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(team.url.removesuffix("/hpi"), timeout=10)


def test_no_process_writes_down_a_query(team):
    token = "A1b2C3d4E5f6G7h8I9j0K1"
    with urllib.request.urlopen(f"{team.url}/one?s={token}", timeout=10) as reply:
        assert reply.status == 200
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{team.url}/media/{token}", timeout=10)
    wait_until(lambda: "media" in {line["route"] for line in team.requests()})
    assert token not in team.said()
    kept = [path for path in team.folder.rglob("*") if path.is_file() and token.encode() in path.read_bytes()]
    assert kept == []


def test_one_signal_ends_everything(tmp_path):
    with serving(tmp_path) as team:
        started = [*pids(team).values(), int((team.folder / "run" / "nginx.pid").read_text())]
        assert all(map(is_there, started))
    assert team.process.returncode == 0
    assert [pid for pid in started if is_there(pid)] == []


def test_behind_a_certificate_the_cookie_is_for_https_alone(tmp_path):
    if ensure_services.nginx() is None or shutil.which("openssl") is None:
        pytest.skip("no nginx or no openssl")
    made = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout key.pem -out chain.pem"
    made += " -addext subjectAltName=DNS:localhost"
    subprocess.run(made.split(), cwd=tmp_path, check=True, capture_output=True)
    port, folder = free_port(), tmp_path / "run"
    options = ["--replicas", "1", "--certificate", str(tmp_path / "chain.pem"), "--key", str(tmp_path / "key.pem")]
    tmp_path.chmod(0o711)
    server = subprocess.Popen(
        [*SERVE, "--port", str(port), "--folder", str(folder), *options],
        env=own_environment(tmp_path),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    trusting = ssl.create_default_context(cafile=tmp_path / "chain.pem")

    def cookie():
        assert server.poll() is None
        try:
            with urllib.request.urlopen(f"https://localhost:{port}/", timeout=10, context=trusting) as reply:
                return reply.headers["Set-Cookie"]
        except urllib.error.URLError:
            return None

    try:
        wait_until(lambda: cookie() is not None)
        assert cookie().startswith("hpi_visitor=")
        assert cookie().endswith("; Secure")
    finally:
        server.terminate()
        assert server.wait(timeout=30) == 0


@pytest.mark.parametrize(
    ("options", "more", "said"),
    [
        (["--base-path", "a b"], {}, "--base-path is 'a b'"),
        (["--base-path", "x; return 301 http://evil.example"], {}, "--base-path"),
        (["--replicas", "0"], {}, "--replicas"),
        (["--certificate", "x.pem"], {}, "--certificate and --key belong together"),
        ([], {"HPI_JOBS": "many"}, "HPI_JOBS is 'many'"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_left_running(tmp_path, options, more, said):
    if ensure_services.nginx() is None:
        pytest.skip("no nginx")
    folder = tmp_path / "run"
    ran = subprocess.run(
        [*SERVE, "--port", str(free_port()), "--folder", str(folder), *options],
        env=own_environment(tmp_path) | more,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode in (1, 2)
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (folder / "nginx.pid").exists()


def test_a_port_that_is_taken_is_refused_at_once(tmp_path):
    if ensure_services.nginx() is None:
        pytest.skip("no nginx")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [*SERVE, "--port", str(taken.getsockname()[1])]
        ran = subprocess.run(command, env=own_environment(tmp_path), capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "somebody does already" in ran.stderr


@pytest.mark.parametrize(
    "options", [[], ["--base-path", "a/b"], ["--address", "0.0.0.0", "--replicas", "5"], ["--address", "::1"]]
)
def test_nginx_understands_what_is_written_for_it(tmp_path, options):
    program = ensure_services.nginx()
    if program is None:
        pytest.skip("no nginx")
    command = [*SERVE, "--print-nginx", "--folder", str(tmp_path), "--port", str(free_port()), *options]
    printed = subprocess.run(command, env=own_environment(tmp_path), capture_output=True, text=True, check=True).stdout
    assert "@" not in printed.replace("@down", "")
    assert "access_log off;" in printed
    assert "error_log stderr alert;" in printed
    (tmp_path / "nginx.conf").write_text(printed)
    tried = subprocess.run(
        [program, "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert tried.returncode == 0, tried.stderr


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
