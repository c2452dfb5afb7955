"""What is refused before it reaches the pages. U27... are the cases of the plan of sharing."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpi.serving.access import AccessLog
from hpi.serving.guards import Hosts, Inside, Queries, is_allowed, name_of
from hpi.serving.headers import SecurityHeaders, policy
from hpi.serving.routes import address_of, kind_of
from hpi.serving.settings import LOCAL
from hpi.serving.sockets import Sockets
from tests.serving.asgi import SHELL, Pages, ask, asking

STREAM, UPLOAD = "/_stcore/stream", "/_stcore/upload_file/session/file"
NAMED = ("hpi.example.org", "*.lab.example.org")


@pytest.mark.parametrize(("length", "status"), [(0, 200), (4096, 200), (4097, 414), (1_000_000, 414)])
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_u27_a_query_is_refused_beyond_4096_bytes(length, status, kind):
    pages = Pages()
    reply = ask(Queries(pages, 4096), query="x" * length, kind=kind)
    assert reply.status == {200: 101 if kind == "websocket" else 200}.get(status, status)
    assert bool(pages.reached) == (status == 200)


def test_u28_five_thousand_keys_do_not_reach_the_pages():
    query = "&".join(f"a{number}=1" for number in range(5000))
    assert ask(Queries(Pages(), 4096), query=query).status == 414


@pytest.mark.parametrize("query", [b"%ff%zz", b"%00", b"\xff\xfe", b"top=%ed%a0%80", b"debug=1&embed=true&_trace=1"])
def test_u29_u30_queries_that_are_no_text_or_nobodys_keys_are_let_through_for_the_pages_to_ignore(query):
    everything = Hosts(Queries(Inside(Pages(), ""), 4096), LOCAL, "")
    assert ask(everything, query=query).status == 200


@pytest.mark.parametrize(
    ("frames", "rule", "old"),
    [
        (("'self'",), "frame-ancestors 'self'", "SAMEORIGIN"),
        (("'none'",), "frame-ancestors 'none'", "DENY"),
        (("'self'", "https://wiki.example.org"), "frame-ancestors 'self' https://wiki.example.org", ""),
    ],
)
def test_u31_frames_are_allowed_by_the_settings_alone(frames, rule, old):
    reply = ask(SecurityHeaders(Pages(), policy(SHELL, frames), frames))
    assert rule in reply["content-security-policy"].split("; ")
    assert reply["x-frame-options"] == old


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("hpi.example.org", 200),
        ("HPI.example.org.", 200),
        ("hpi.example.org:8443", 200),
        ("a.lab.example.org", 200),
        ("lab.example.org", 400),
        ("evillab.example.org", 400),
        ("hpi.example.org.evil.example", 400),
        ("evil.example", 400),
        ("evil@hpi.example.org", 400),
        ("hpi.example.org@evil.example", 400),
        ("hpi.example.org:0", 400),
        ("hpi.example.org:99999", 400),
        ("hpi.example.org/", 400),
        ("hpi.example.org#", 400),
        ("hpi.example.org, evil.example", 400),
        ("localhost", 400),
        ("", 400),
        (None, 400),
    ],
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_u35_a_foreign_host_is_refused(host, status, kind):
    pages = Pages()
    reply = ask(Hosts(pages, NAMED, ""), headers={"host": host}, kind=kind)
    assert (reply.status == 400) == (status == 400) == (not pages.reached)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST:1"])
def test_this_machine_answers_to_its_own_names(host):
    assert ask(Hosts(Pages(), LOCAL, ""), headers={"host": host}).status == 200


@pytest.mark.parametrize(
    ("origin", "is_ours"),
    [
        ("http://localhost:8501", True),
        ("https://localhost:8501", True),
        ("https://hpi.example.org", True),  # named as allowed, so another name for the same server
        ("http://localhost:3000", False),  # something else on the machine of the reader
        ("http://localhost", False),
        ("http://evil.example", False),
        ("http://localhost:8501.evil.example", False),
        ("http://localhost:8501@evil.example", False),
        ("null", False),
        ("", False),
        ("http://[", False),
        (None, True),  # no browser
    ],
)
@pytest.mark.parametrize(("path", "method", "kind"), [(STREAM, "GET", "websocket"), (UPLOAD, "PUT", "http")])
def test_u35_a_foreign_page_opens_no_line_and_sends_no_file(origin, is_ours, path, method, kind):
    pages = Pages()
    headers = {"origin": origin}
    reply = ask(Hosts(pages, (*LOCAL, "hpi.example.org"), ""), path, headers=headers, method=method, kind=kind)
    assert (reply.status == 403) == (not is_ours) == (not pages.reached)


def test_any_host_does_not_mean_any_page():
    foreign = {"host": "hpi.example.org", "origin": "https://evil.example"}
    own = {"host": "hpi.example.org", "origin": "https://hpi.example.org"}
    assert ask(Hosts(Pages(), ("*",), ""), STREAM, headers=foreign, kind="websocket").status == 403
    assert ask(Hosts(Pages(), ("*",), ""), STREAM, headers=own, kind="websocket").status == 101


def test_what_watches_the_server_may_ask_by_address():
    for path in ("/healthz", "/readyz", "/hpi/healthz"):
        assert ask(Hosts(Pages(), NAMED, "/hpi"), path, headers={"host": "10.0.0.7:8501"}).status == 200


@given(st.text())
def test_any_host_is_a_name_or_none_and_no_name_is_allowed_nowhere(host):
    name = name_of(host)
    assert name != ""
    assert not is_allowed(name, NAMED) or host.lower().startswith(("hpi.example.org", name))
    assert is_allowed(name, ("*",)) == (name is not None)


@pytest.mark.parametrize(
    ("path", "address", "headers", "status"),
    [
        ("/_stcore/metrics", "127.0.0.1", {}, 200),
        ("/_stcore/metrics", "::1", {}, 200),
        ("/_stcore/metrics", "10.0.0.7", {}, 404),
        ("/_stcore/metrics", "127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, 404),
        ("/_stcore/metrics", "127.0.0.1", {"forwarded": "for=127.0.0.1"}, 404),
        ("/_stcore/agent/openapi.json", "127.0.0.1", {}, 404),
        ("/_stcore/agent/interact", "127.0.0.1", {}, 404),
        ("/_stcore/script-health-check", "127.0.0.1", {}, 404),
        ("/_stcore/health", "10.0.0.7", {}, 200),
        ("/_stcore/host-config", "10.0.0.7", {}, 200),
    ],
)
@pytest.mark.parametrize("base", ["", "/hpi"])
def test_u41_what_is_nothing_for_visitors_is_not_there(path, address, headers, status, base):
    assert ask(Inside(Pages(), base), base + path, address=address, headers=headers).status == status


def test_u38_every_reply_keeps_addresses_from_other_hosts_and_types_from_being_guessed():
    app = SecurityHeaders(Hosts(Queries(Pages(), 4096), LOCAL, ""), policy(SHELL, ("'self'",)), ("'self'",))
    replies = [ask(app), ask(app, query="x" * 5000), ask(app, headers={"host": "evil.example"})]
    refused = ask(app, STREAM, headers={"host": "evil.example"}, kind="websocket")
    assert [reply.status for reply in (*replies, refused)] == [200, 414, 400, 400]
    for reply in (*replies, refused):
        assert reply["referrer-policy"] == "no-referrer"
        assert reply["x-content-type-options"] == "nosniff"
        assert reply["content-security-policy"].startswith("default-src 'none'; ")


def test_where_people_sign_in_a_page_says_to_its_own_host_alone_where_it_came_from():
    app = SecurityHeaders(Pages(), policy(SHELL, ("'self'",)), ("'self'",), leads_back=True)
    assert ask(app)["referrer-policy"] == "same-origin"


def test_scripts_come_from_the_server_or_stand_in_the_page_from_the_start():
    rules = dict(rule.split(" ", 1) for rule in policy(SHELL, ("'self'",)).split("; "))
    # echo -n 'let a = 1' | openssl dgst -sha256 -binary | openssl base64
    assert rules["script-src"] == "'self' 'sha256-LAfYd7pbFUgwfQu8b4q135PeTG2z+/coPEUYCd74eCQ=' blob:"
    assert rules["object-src"] == "'none'"
    assert not any("*" in sources or "http" in sources or "unsafe-eval" in sources for sources in rules.values())


def test_u36_of_200_pages_at_once_from_one_address_those_beyond_the_limit_are_told_that_it_is_busy():
    async def together():
        pages = Pages(hold=asyncio.Event())
        app = Sockets(pages, most=150, most_of_one=100, base="")
        opening = [asyncio.create_task(asking(app, STREAM, kind="websocket", address="10.0.0.1")) for _ in range(200)]
        await asyncio.sleep(0)
        others = [asyncio.create_task(asking(app, STREAM, kind="websocket", address=f"10.0.1.{n}")) for n in range(60)]
        await asyncio.sleep(0)
        page = [await asking(app, "/one", address=address) for address in ("10.0.0.1", "10.0.9.9")]
        fixed = await asking(app, "/static/js/a.js", address="10.0.0.1")
        assert len(pages.reached) == 100 + 50 + 1  # what is beyond never reaches the pages
        pages.hold.set()
        opened, more = await asyncio.gather(*opening), await asyncio.gather(*others)
        later = [await asking(app, STREAM, kind="websocket", address="10.0.0.1") for _ in range(150)]
        return opened, more, page, fixed, later

    opened, more, page, fixed, later = asyncio.run(together())
    assert [reply.status for reply in opened].count(101) == 100
    assert {reply.status for reply in opened} == {101, 503}
    assert [reply.status for reply in more].count(101) == 50
    assert [(reply.status, "Busy" in reply.body.decode()) for reply in page] == [(503, True), (503, True)]
    assert page[0]["retry-after"] == "10"
    assert fixed.status == 200
    assert {reply.status for reply in later} == {101}  # those that are closed count no longer


def test_a_page_that_breaks_off_counts_no_longer():
    class Broken(Pages):
        async def __call__(self, scope, receive, send):
            raise ConnectionResetError

    app = Sockets(Broken(), most=1, most_of_one=1, base="")
    for _ in range(3):
        with pytest.raises(ConnectionResetError):
            ask(app, STREAM, kind="websocket")


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::1", "::2", True),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("10.0.0.1", "10.0.0.2", False),
    ],
)
def test_a_network_of_ipv6_is_one_address(one, other, are_one):
    found = [address_of({"client": (address, 1)}) for address in (one, other)]
    assert (found[0] == found[1]) == are_one


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "page"),
        ("/one", "page"),
        ("/static", "page"),
        ("/static/js/a.js", "static"),
        ("/favicon.png", "page"),
        ("/media/abc", "media"),
        ("/component/x/y.js", "component"),
        ("/_stcore/bidi-components/x/y.js", "component"),
        (STREAM, "websocket"),
        (UPLOAD, "upload"),
        ("/_stcore/health", "health"),
        ("/_stcore/anything", "inside"),
        ("/one/_stcore/health", "other"),
        ("/healthz", "probe"),
        ("/auth/login", "sign-in"),
    ],
)
def test_a_path_has_a_kind_also_below_a_base(path, kind):
    assert kind_of({"path": path}) == kind
    assert kind_of({"path": f"/hpi{path}"}, "/hpi") == kind


def test_outside_of_the_base_is_no_page():
    assert [kind_of({"path": path}, "/hpi") for path in ("/", "/one", "/hpix", "/hpi")] == ["other"] * 3 + ["page"]


TOKEN, NAME = "A1b2C3d4E5f6G7h8I9j0K1", "my-secret-column"


def test_the_log_of_requests_says_how_they_ended_and_nothing_of_whom_or_what():
    written = []
    app = AccessLog(Hosts(Queries(Pages(), 4096), LOCAL, ""), lambda event, **facts: written.append((event, facts)), "")
    telling = {"cookie": f"hpi_visitor={TOKEN}", "referer": f"http://localhost/?s={TOKEN}", "user-agent": NAME}
    ask(app, f"/{NAME}", f"s={TOKEN}", headers=telling, address="10.0.0.7")
    ask(app, f"/media/{TOKEN}", method=NAME, headers=telling)
    ask(app, f"/_stcore/upload_file/{TOKEN}/{NAME}", method="PUT", body=[b"x" * 10], headers=telling)
    ask(app, STREAM, f"s={TOKEN}", kind="websocket", headers=telling)
    ask(app, query="x" * 5000)
    ask(app, headers={"host": f"{NAME}.example"})
    kept = [(facts["method"], facts["route"], facts["status"], facts.get("refused")) for _, facts in written]
    assert kept == [
        ("GET", "page", 200, None),
        ("other", "media", 200, None),
        ("PUT", "upload", 200, None),
        ("GET", "websocket", 101, None),
        ("GET", "page", 414, "query"),
        ("GET", "page", 400, "host"),
    ]
    assert {event for event, _ in written} == {"request"}
    assert all(set(facts) <= {"method", "route", "status", "ms", "bytes", "refused"} for _, facts in written)
    assert [facts["bytes"] for _, facts in written[:3]] == [4, 4, 4]
    said = json.dumps(written)
    assert not any(secret in said for secret in (TOKEN, NAME, "10.0.0.7", "localhost"))


def test_a_request_that_breaks_is_written_down_as_such():
    class Broken(Pages):
        async def __call__(self, scope, receive, send):
            raise ZeroDivisionError

    written = []
    with pytest.raises(ZeroDivisionError):
        ask(AccessLog(Broken(), lambda event, **facts: written.append(facts["status"]), ""))
    assert written == [500]


@pytest.mark.parametrize(("is_all", "number"), [(True, 3), (False, 2)])
def test_fixed_parts_that_are_found_are_written_down_where_all_is(is_all, number):
    written = []

    def write(event, **facts):
        written.append(facts["route"])

    ask(AccessLog(Pages(), write, "", is_all), "/static/js/a.js")
    ask(AccessLog(Pages(status=404), write, "", is_all), "/static/js/b.js")
    ask(AccessLog(Pages(), write, "", is_all), "/")
    assert len(written) == number
