"""A real server without a browser: what stands between the network and the pages stands there."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from tests.browser.servers import ROOT, own_environment, running

LIMITS = {
    "HPI_UPLOADS": "3",
    "HPI_WEBSOCKETS": "12",
    "HPI_WEBSOCKETS_OF_ONE": "10",
    "HPI_ACCESS_LOG": "all",
}
SECURE = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "X-Frame-Options",
    "Permissions-Policy",
)
SESSIONS = "session_events_total"  # as Streamlit calls it
TOKEN = "A1b2C3d4E5f6G7h8I9j0K1"


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    with running(ROOT / "app.py", folder, LIMITS | {"HPI_LOG": str(folder / "log.jsonl")}) as server:
        yield server, folder


@pytest.fixture
def url(started):
    return started[0].url


def reply_of(url, method="GET", data=None, **headers):
    """Status, headers and body, whatever the status is."""
    request = urllib.request.Request(url, data, {name.replace("_", "-"): text for name, text in headers.items()})
    request.method = method
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.status, reply.headers, reply.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.headers, refused.read()


def raw(url, *lines, wait=True):
    """The first line of the reply to a request as it is written here; or the open connection."""
    address = urlsplit(url)
    connection = socket.create_connection((address.hostname, address.port), timeout=30)
    connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
    if not wait:
        return connection
    with closing(connection), connection.makefile("rb") as reply:
        return reply.readline().decode().strip()


def opening(url, host=None, origin=None, query=""):
    host = host or urlsplit(url).netloc
    return [
        f"GET /_stcore/stream{query} HTTP/1.1",
        f"Host: {host}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        f"Origin: {origin or f'http://{host}'}",
    ]


def metric(url, name):
    """A number of Streamlit's own."""
    said = reply_of(f"{url}/_stcore/metrics")[2].decode()
    return sum(float(line.rsplit(" ", 1)[1]) for line in said.splitlines() if line.startswith(name))


@pytest.mark.parametrize(
    "path", ["/", "/one", "/nopage", "/_stcore/health", "/healthz", "/_stcore/nothing", "/media/x"]
)
def test_every_reply_has_the_security_headers(url, path):
    _, headers, _ = reply_of(url + path)
    assert [name for name in SECURE if len(headers.get_all(name, ())) != 1] == []


def test_u27_a_query_beyond_4096_bytes_is_refused(url):
    assert reply_of(f"{url}/?{'x' * 4096}")[0] == 200
    assert reply_of(f"{url}/?{'x' * 4097}")[0] == 414


@pytest.mark.parametrize("query", ["%ff%zz", "%00", "top=%ed%a0%80", "debug=1&_trace=1&embed=true"])
def test_u29_u30_odd_queries_get_the_page(url, query):
    assert reply_of(f"{url}/?{query}")[0] == 200


@pytest.mark.parametrize(
    "path", ["/nopage", "//evil.example/", "/%5Cevil.example", "/\\evil.example", "/..%2f..%2fetc/passwd"]
)
def test_u32_an_unknown_page_leads_nowhere_else(url, path):
    status = raw(url, f"GET {path} HTTP/1.1", f"Host: {urlsplit(url).netloc}", "Connection: close")
    assert status.split(" ")[1] in ("200", "400", "404")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_u33_a_forged_upload_is_refused(url, method):
    status, headers, _ = reply_of(f"{url}/_stcore/upload_file/forged/file", method, b"x")
    assert status in (400, 403)
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "evil@localhost"])
def test_u35_a_foreign_host_gets_nothing(url, host):
    assert raw(url, "GET / HTTP/1.1", f"Host: {host}", "Connection: close").split(" ")[1] == "400"
    assert raw(url, *opening(url, host)).split(" ")[1] == "400"


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:3000"])
def test_u35_a_foreign_page_opens_no_line(url, origin):
    assert raw(url, *opening(url, origin=origin)).split(" ")[1] == "403"
    assert raw(url, *opening(url)).split(" ")[1] == "101"


def test_u36_pages_beyond_the_limit_are_told_that_it_is_busy(url):
    opened = [raw(url, *opening(url), wait=False) for _ in range(30)]
    try:
        statuses = []
        for connection in opened:
            with connection.makefile("rb") as reply:
                statuses.append(reply.readline().split(b" ")[1])
        assert sorted(statuses) == [b"101"] * 10 + [b"503"] * 20
        status, headers, body = reply_of(url)
        assert (status, headers["Retry-After"], b"Busy" in body) == (503, "10", True)
        assert reply_of(f"{url}/healthz")[0] == 200
    finally:
        for connection in opened:
            connection.close()
    for _ in range(100):
        if reply_of(url)[0] == 200:
            return
    pytest.fail("the pages that were closed still count")


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_u37_a_preview_of_a_link_starts_no_session(url, method):
    before = metric(url, SESSIONS)
    for _ in range(5):
        status, headers, body = reply_of(f"{url}/?s={TOKEN}", method, User_Agent="Slackbot-LinkExpanding 1.0")
        assert status == 200
        assert TOKEN not in str(headers) + body.decode()
    assert metric(url, SESSIONS) == before
    assert "noindex" in headers["X-Robots-Tag"]
    raw(url, *opening(url))
    assert metric(url, SESSIONS) > before  # a browser that opens a line does


def test_u41_what_is_said_about_the_server_names_nothing(url):
    assert json.loads(reply_of(f"{url}/healthz")[2]) == {"alive": True}
    assert json.loads(reply_of(f"{url}/readyz")[2]) == {"ready": True, "checks": {"store": "ok", "jobs": "ok"}}
    assert reply_of(f"{url}/_stcore/metrics", X_Forwarded_For="203.0.113.9")[0] == 404
    for path in ("agent/openapi.json", "agent/interact", "agent/mcp", "script-health-check"):
        assert reply_of(f"{url}/_stcore/{path}")[0] == 404


def test_a_visitor_gets_a_cookie_once(url):
    _, headers, _ = reply_of(url)
    cookie = next(text for text in headers.get_all("Set-Cookie") if text.startswith("hpi_visitor=")).split(";")[0]
    _, again, _ = reply_of(url, Cookie=cookie)
    assert not [text for text in again.get_all("Set-Cookie", ()) if text.startswith("hpi_visitor=")]


def test_the_log_has_no_token_query_cookie_or_address(started):
    server, folder = started
    cookie = f"hpi_visitor={TOKEN}"
    reply_of(f"{server.url}/one?s={TOKEN}", Cookie=cookie, User_Agent=TOKEN, Referer=f"{server.url}/?s={TOKEN}")
    reply_of(f"{server.url}/media/{TOKEN}")
    raw(server.url, *opening(server.url, query=f"?s={TOKEN}"))
    said = (folder / "log.jsonl").read_text("utf-8")
    lines = [json.loads(line) for line in said.splitlines()]
    assert {"page", "media"} <= {line["route"] for line in lines if line["event"] == "request"}
    assert not any(secret in said for secret in (TOKEN, "hpi_visitor", "127.0.0.1", "Mozilla", "?"))
    assert TOKEN not in server.said()


@pytest.mark.parametrize(("variable", "value"), [("HPI_UPLOADZ", "3"), ("HPI_JOBS", "many"), ("HPI_SECRET", "s")])
def test_a_bad_setting_stops_the_server_in_one_line(tmp_path, variable, value):
    assert said_at_the_end(tmp_path, {variable: value}).startswith(f"hpi: {variable} ")
    assert not (tmp_path / "store").exists()


def test_settings_may_stand_among_the_secrets_of_streamlit(tmp_path):
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text('HPI_UPLOADS = "a few"\n')
    assert said_at_the_end(tmp_path, {}).startswith("hpi: HPI_UPLOADS is 'a few'")


def said_at_the_end(home, more):
    """The only line that a server wrote before it ended by itself."""
    options = ["--server.port=0", "--server.headless=true", "--browser.gatherUsageStats=false"]
    ran = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "app.py", *options],
        cwd=ROOT,
        env=own_environment(home) | more,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode != 0
    (line,) = [line for line in ran.stderr.splitlines() if line.strip()]
    return line
