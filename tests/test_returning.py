"""Where a sign-in leads: back to the page asked for, never out of this app; Streamlit's own answers are stubs here."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpi.serving.returning import Returning

PROVIDER = ("location", "https://provider.example/authorize?state=x")
KNOWN = ("set-cookie", "_streamlit_user=eyJ.x.y; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax")
GONE = ("set-cookie", '_streamlit_user=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=lax')


def ask(path, answer, query="", **headers):
    """Status, location, cookies and body of what `answer` (status, headers) becomes on its way out."""
    status, given_headers = answer
    sent = []

    async def streamlit(scope, receive, send):
        raw = [(name.encode(), value.encode()) for name, value in [*given_headers, ("content-length", "5")]]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": b"plain"})

    async def send(message):
        sent.append(message)

    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": raw}
    with pytest.raises(StopIteration):  # nothing here ever waits, so no loop is needed
        Returning(streamlit)(scope, None, send).send(None)
    found = [(name.decode().lower(), value.decode("latin-1")) for name, value in sent[0]["headers"]]
    cookies = {value.partition("=")[0]: value for name, value in found if name == "set-cookie"}
    return sent[0]["status"], dict(found).get("location"), cookies, b"".join(part["body"] for part in sent[1:])


def noted(referer, base=""):
    """What the cookie holds after the visitor left for the provider from a page."""
    _, location, cookies, _ = ask(f"{base}/auth/login", (302, [PROVIDER]), referer=referer)
    assert location == PROVIDER[1]
    return cookies["hpi_return"].partition(";")[0].removeprefix("hpi_return=")


@pytest.mark.parametrize("base", ["", "/hpi", "/a/b"])
@pytest.mark.parametrize("place", ["/", "/one", "/one?metric=val%20acc&hp=lr", "/?s=abcdefghijklmnopqrstuv"])
def test_a_sign_in_leads_back_to_where_it_began(base, place):
    cookie = noted(f"https://hpi.example{base}{place}", base)
    assert cookie == base + place
    status, location, cookies, _ = ask(
        f"{base}/oauth2callback",
        (302, [("location", f"{base}/"), KNOWN]),
        "code=c&state=s",
        cookie=f"hpi_return={cookie}",
    )
    assert (status, location) == (302, base + place)
    assert "Max-Age=0" in cookies["hpi_return"]
    assert cookies["_streamlit_user"] == KNOWN[1]


def test_the_cookie_is_short_lived_and_only_for_the_way_back():
    _, _, cookies, _ = ask("/hpi/auth/login", (302, [PROVIDER]), referer="http://h/hpi/one")
    attributes = "Max-Age=600; Path=/hpi/oauth2callback; HttpOnly; SameSite=Lax"
    assert cookies["hpi_return"] == f"hpi_return=/hpi/one; {attributes}"


def test_signs_that_would_end_a_cookie_mean_the_same_afterwards():
    place = urlsplit(noted("http://h/one?where=a,b;c&hp=lr"))
    assert parse_qs(place.query) == parse_qs("where=a%2Cb%3Bc&hp=lr")


@pytest.mark.parametrize(
    "referer",
    [
        "",
        "http://h",
        "http://h//evil.example/",
        "http://h/\\evil.example",
        "http://h/one?a=b c",
        "http://h/one?a=%s" % ("x" * 4000),
        "http://h/auth/login?provider=x",
        "javascript:alert(1)",
        "http://[",
    ],
)
def test_what_is_no_page_of_this_app_is_not_noted(referer):
    assert noted(referer) == ""


def test_a_page_outside_the_base_path_is_not_noted():
    assert noted("http://h/other/one", "/hpi") == ""
    assert noted("http://h/hpi.evil/one", "/hpi") == ""


@pytest.mark.parametrize("cookie", ["", "//evil.example", "https://evil.example/", "/other", "/hpi/a\\b", "/hpi/a b"])
def test_a_forged_cookie_leads_to_the_start_page(cookie):
    answer = (302, [("location", "/hpi/"), KNOWN])
    _, location, _, _ = ask("/hpi/oauth2callback", answer, "code=c&state=s", cookie=f"hpi_return={cookie}")
    assert location == "/hpi/"


@given(referer=st.text(max_size=60), base=st.sampled_from(["", "/hpi"]), tail=st.text(max_size=40))
def test_no_text_leads_out_of_this_app(referer, base, tail):
    clean = re.sub("[\r\n\0]", "", f"{referer}//{tail}").encode("latin-1", "ignore").decode("latin-1")
    for header in (clean, f"http://h{base}/{clean}"):
        cookie = noted(header, base)
        for text in (cookie, clean):
            answer = (302, [("location", f"{base}/"), KNOWN])
            _, location, _, _ = ask(f"{base}/oauth2callback", answer, "state=s", cookie=f"hpi_return={text}")
            parts = urlsplit(location)
            assert (parts.scheme, parts.netloc) == ("", "")
            assert location.startswith(f"{base}/")
            assert not re.match(r"[/\\]{2}", location)
            assert re.fullmatch(r"[!-~]+", location)


@pytest.mark.parametrize("status", [400, 500, 503])
def test_a_provider_that_does_not_answer_leads_back_with_a_notice(status):
    answer = (status, [("content-type", "text/plain")])
    status, location, cookies, body = ask("/auth/login", answer, referer="http://h/one?hp=lr&sign_in=failed")
    assert (status, location, body) == (303, "/one?hp=lr&sign_in=unreachable", b"")
    assert "hpi_return" not in cookies


def test_a_button_that_has_grown_old_leads_back_with_a_notice():
    _, location, _, _ = ask("/auth/login", (302, [("location", "/")]), referer="http://h/one")
    assert location == "/one?sign_in=failed"


@pytest.mark.parametrize("query", ["state=s&error=access_denied", "code=c&state=unknown"])
def test_a_sign_in_that_fails_leads_back_with_a_notice(query):
    answer = (302, [("location", "/hpi/"), GONE])
    _, location, cookies, _ = ask("/hpi/oauth2callback", answer, query, cookie="hpi_return=/hpi/two?pair=a&pair=b")
    assert location == "/hpi/two?pair=a&pair=b&sign_in=failed"
    assert "Max-Age=0" in cookies["hpi_return"]


def test_an_error_on_the_way_back_is_no_white_page():
    status, location, _, body = ask("/oauth2callback", (500, []), "code=c&state=s")
    assert (status, location, body) == (303, "/?sign_in=failed", b"")


def test_a_sign_out_by_way_of_the_provider_says_nothing():
    _, location, _, _ = ask("/oauth2callback", (302, [("location", "/")]), "")
    assert location == "/"


@pytest.mark.parametrize("path", ["/", "/one", "/auth/logout", "/_stcore/health"])
def test_other_routes_pass_unchanged(path):
    answer = (302, [("location", "/x"), KNOWN])
    assert ask(path, answer, referer="http://h/one") == (302, "/x", {"_streamlit_user": KNOWN[1]}, b"plain")
