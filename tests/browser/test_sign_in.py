"""Sign-in in a real browser, against an OpenID provider on this machine: what is shown before, after, and to whom."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

import httpx
import pytest
from itsdangerous import URLSafeTimedSerializer
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from playwright.sync_api import BrowserContext, Page, expect

from pages.sign_in import NOTICES, WHY
from tests import openid
from tests.browser.charts import wait_for_chart, wait_until_idle
from tests.browser.servers import ROOT, Server, running
from tests.browser.steps import BARS, widget
from tests.browser.teams import BASE, serving
from tests.openid import ANN, BEN
from tests.pages.tables import HOSTILE

USER = "_streamlit_user"
NONE = "You have no link that opens."
PLACE = "/two?pair=a&pair=b"
UPLOAD = "[data-testid=stFileUploader] input[type=file]"
MENU = ".st-key-menu a"


@dataclass
class Signed:
    """A server that asks people to sign in, and the provider that knows them."""

    server: Server
    provider: openid.Provider

    @property
    def url(self) -> str:
        """Where the server answers."""
        return self.server.url


@pytest.fixture(scope="module")
def known() -> Iterator[openid.Provider]:
    """The provider of this module."""
    with openid.provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def servers(known, tmp_path_factory) -> Iterator[Callable[[str], Server]]:
    """A function that starts a server in a mode, once."""
    started: dict[str, Server] = {}
    with ExitStack() as stack:

        def start(mode: str) -> Server:
            if mode not in started:
                folder = tmp_path_factory.mktemp(mode)
                (folder / ".streamlit").mkdir()
                (folder / ".streamlit" / "secrets.toml").write_text(known.secrets_toml())
                started[mode] = stack.enter_context(running(ROOT / "app.py", folder, {"HPI_SIGN_IN": mode}))
            return started[mode]

        yield start


@pytest.fixture
def signed_server(servers, known) -> Iterator[Callable[[str], Signed]]:
    """A function that gives a server in a mode, with a provider that nobody has spoiled: `signed_server("authors")`."""
    people, key = dict(known.people), known.key
    known.asked.clear()
    yield lambda mode: Signed(servers(mode), known)
    known.people, known.key, known.published, known.spoiled, known.is_down = people, key, None, {}, False


def gate(page: Page) -> None:
    """Wait for the page that shows nothing but the way in."""
    expect(page.get_by_text(WHY["everybody"])).to_be_visible()
    wait_until_idle(page)
    for something in (UPLOAD, MENU, "[data-testid=stPageLink]", ".st-key-sign_out"):
        expect(page.locator(something)).to_have_count(0)


def press_sign_in(page: Page) -> None:
    """Press the first button that leads to the provider."""
    page.get_by_role("button", name="Sign in", exact=True).first.click()


def sign_in(page: Page, person: str) -> None:
    """Sign in at the provider as a person, and come back."""
    press_sign_in(page)
    page.get_by_role("button", name=person, exact=True).click()
    expect(widget(page, "sign_out")).to_be_visible()
    wait_until_idle(page)


def share(page: Page) -> str:
    """Open an example, make a link of what is shown, and return it."""
    page.get_by_role("button", name="known_function.csv").click()
    wait_for_chart(page, selector=BARS)
    widget(page, "share_menu").get_by_role("button").click()
    widget(page, "make_link").get_by_role("button").click()
    return page.get_by_text(re.compile(r"^http://[^ ]+s=[A-Za-z0-9_-]{22}$")).first.inner_text()


def user_cookie(context: BrowserContext) -> dict[str, str] | None:
    """The cookie by which Streamlit knows who is signed in."""
    return next((cookie for cookie in context.cookies() if cookie["name"] == USER), None)


def set_user(context: BrowserContext, url: str, value: str) -> None:
    """Give the browser a cookie of our own making."""
    context.add_cookies([{"name": USER, "value": value, "url": url}])


def test_nobody_is_asked_by_default(server, page):
    page.goto(server)
    expect(page.locator(UPLOAD)).to_be_attached()
    wait_until_idle(page)
    expect(page.get_by_text(re.compile("sign(ed)? in", re.IGNORECASE))).to_have_count(0)


def test_everybody_signs_in_before_anything_is_shown_and_comes_back(signed_server, page):
    signed = signed_server("everybody")
    for path in ("/", "/data"):
        page.goto(signed.url + path)
        gate(page)
    place = f"{signed.url}/one?hp=a%20b&hp=c"
    page.goto(place)
    gate(page)
    sign_in(page, ANN)
    expect(page).to_have_url(place)
    expect(page.get_by_text("signed in as Ann Example")).to_be_visible()
    expect(page.locator(UPLOAD)).to_be_attached()
    expect(page.locator(MENU)).to_have_count(8)
    assert "Traceback" not in signed.server.said()


def test_authors_sign_in_to_open_a_table_and_two_of_them_delete_their_own_links_alone(signed_server, new_page):
    signed = signed_server("authors")
    ann, ben, reader = new_page(), new_page(), new_page()
    ann.goto(signed.url)
    expect(ann.get_by_text(WHY["authors"])).to_be_visible()
    wait_until_idle(ann)
    for something in (UPLOAD, "[class*=st-key-example-]"):
        expect(ann.locator(something)).to_have_count(0)
    expect(ann.locator(MENU)).to_have_count(8)
    sign_in(ann, ANN)
    hers = share(ann)
    ben.goto(f"{signed.url}/links")
    sign_in(ben, BEN)
    expect(ben.get_by_text("signed in as Ben Example")).to_be_visible()
    expect(ben.get_by_text(NONE)).to_be_visible()
    reader.goto(hers)  # a link opens for everybody, to be read
    assert wait_for_chart(reader, selector=BARS)
    expect(reader.get_by_text("Read-only")).to_be_visible()
    for key in ("sign_out", "explore"):
        expect(widget(reader, key)).to_have_count(0)
    ann.goto(f"{signed.url}/links")
    row = ann.locator("[class*=st-key-link-]").filter(has_text="known_function.csv")
    expect(row).to_have_count(1)
    row.get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
    ben.goto(hers)
    expect(ben.get_by_text("This link does not exist, has expired or was deleted.")).to_be_visible()


def test_a_sign_out_ends_it_in_every_tab_that_is_loaded_again(signed_server, page):
    signed = signed_server("everybody")
    page.goto(f"{signed.url}/data")
    sign_in(page, ANN)
    other = page.context.new_page()
    other.goto(f"{signed.url}/one")
    expect(widget(other, "sign_out")).to_be_visible()
    widget(page, "sign_out").get_by_role("button").click()
    gate(page)
    assert user_cookie(page.context) is None
    assert "/end" in signed.provider.asked
    page.go_back()
    gate(page)
    other.reload()
    gate(other)


def test_a_forged_cookie_is_nobody(signed_server, page):
    signed = signed_server("everybody")
    claims = {"is_logged_in": True, "iss": signed.provider.url, "sub": BEN, "iat": int(time.time())}
    claims |= {"origin": signed.url, "provider": "default", "name": "Forged"}
    said = json.dumps(claims)
    for value in ("x", said.replace('"', "'"), URLSafeTimedSerializer("guessed", salt=USER).dumps(said)):
        set_user(page.context, signed.url, value)
        page.goto(signed.url)
        gate(page)
    page.context.clear_cookies()
    page.goto(signed.url)
    sign_in(page, ANN)
    cookie = user_cookie(page.context)
    assert cookie is not None
    other = URLSafeTimedSerializer("guessed", salt=USER).dumps(said)
    set_user(page.context, signed.url, other.rsplit(".", 2)[0] + "." + cookie["value"].split(".", 2)[-1])
    page.reload()
    gate(page)


def test_a_cookie_of_another_server_is_nobody(signed_server, page):
    authors, everybody = signed_server("authors"), signed_server("everybody")
    page.goto(authors.url)
    sign_in(page, ANN)
    page.goto(everybody.url)  # the same machine: the browser sends it along
    gate(page)


def answer_to(signed: Signed, client: httpx.Client, person: str) -> str:
    """Sign in as a person without a browser, from a page of two hyperparameters; the address of the way back."""
    claims = {"provider": "default", "exp": int(time.time()) + 60}
    carried = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(openid.COOKIE_SECRET))
    left = client.get(f"{signed.url}/auth/login?provider={carried}", headers={"Referer": signed.url + PLACE})
    request = re.search('name="request" value="([^"]+)"', client.get(left.headers["location"]).text)
    assert request is not None
    chosen = client.post(f"{signed.provider.url}/choose", data={"request": request[1], "who": person})
    return chosen.headers["location"]


def test_without_a_browser_the_way_there_and_back_is_the_same(signed_server):
    signed = signed_server("everybody")
    with httpx.Client() as client:
        address = answer_to(signed, client, ANN)
        back = client.get(address)
        assert back.headers["location"] == PLACE
        assert client.cookies.get(USER)
        set_by = next(text for text in back.headers.get_list("set-cookie") if text.startswith(f"{USER}="))
        assert {"httponly", "path=/", "samesite=lax"} <= set(set_by.lower().split("; "))
        again = client.get(address)  # a code works once
        assert again.headers["location"].endswith("sign_in=failed")


NOW = int(time.time())
SPOILED = {
    "expired": {"exp": NOW - 3600, "iat": NOW - 7200},
    "for another client": {"aud": "another"},
    "of another provider": {"iss": "https://login.example"},
    "of another request": {"nonce": "another"},
    "of nobody": {"sub": None},
}


@pytest.mark.parametrize("spoiled", [*SPOILED, "with another signature"])
def test_a_token_that_is_no_good_signs_nobody_in(signed_server, spoiled):
    signed = signed_server("everybody")
    signed.provider.spoiled = SPOILED.get(spoiled, {})
    if spoiled not in SPOILED:
        signed.provider.published = signed.provider.key
        signed.provider.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
    with httpx.Client() as client:
        back = client.get(answer_to(signed, client, ANN))
        assert back.headers["location"] == f"{PLACE}&sign_in=failed"
        assert USER not in client.cookies


def test_who_says_no_at_the_provider_comes_back_with_nothing(signed_server, page):
    signed = signed_server("everybody")
    page.goto(signed.url + PLACE)
    press_sign_in(page)
    page.get_by_role("button", name="nobody", exact=True).click()
    expect(page.get_by_text(NOTICES["failed"])).to_be_visible()
    gate(page)
    expect(page).to_have_url(signed.url + PLACE)
    assert user_cookie(page.context) is None
    page.reload()
    gate(page)
    expect(page.get_by_text(NOTICES["failed"])).to_have_count(0)


def test_a_provider_that_is_down_is_said_calmly(signed_server, page):
    signed = signed_server("everybody")
    page.goto(f"{signed.url}/one?hp=lr")
    signed.provider.is_down = True
    press_sign_in(page)
    expect(page.get_by_text(NOTICES["unreachable"])).to_be_visible()
    gate(page)
    expect(page).to_have_url(f"{signed.url}/one?hp=lr")
    expect(page.get_by_text("Traceback")).to_have_count(0)
    signed.provider.is_down = False
    sign_in(page, ANN)
    expect(page.get_by_text(NOTICES["unreachable"])).to_have_count(0)
    signed.provider.is_down = True
    widget(page, "sign_out").get_by_role("button").click()
    gate(page)
    assert user_cookie(page.context) is None


def test_the_answer_to_somebody_elses_request_is_refused(signed_server, page):
    signed = signed_server("everybody")
    with httpx.Client() as client:
        his = answer_to(signed, client, BEN)
    page.goto(his)
    expect(page.get_by_text(NOTICES["failed"])).to_be_visible()
    gate(page)
    assert user_cookie(page.context) is None
    assert "/token" not in signed.provider.asked
    for query in ("code=x&state=x", "state=", "", "error=<b>x</b>&state=x"):
        back = httpx.get(f"{signed.url}/oauth2callback?{query}")
        assert back.headers["location"] in ("/", "/?sign_in=failed")
        assert USER not in back.cookies


def test_a_hostile_name_is_text(signed_server, page):
    signed = signed_server("everybody")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    hostile = " ".join(HOSTILE[:1] + HOSTILE[3:4]) + "<img src=x onerror=alert(1)>"
    signed.provider.people = {"x": {"name": hostile}}
    page.goto(signed.url)
    sign_in(page, "x")
    shown = widget(page, "who")
    expect(shown.get_by_text(f"signed in as {hostile[:20]}")).to_be_visible()
    expect(shown.locator("img, b, a")).to_have_count(0)
    assert not [address for address in asked if ":9/" in address or address.endswith("/x")]


def test_behind_nginx_both_replicas_know_who_signed_in_through_one(known, signed_server, page, tmp_path):
    signed_server("everybody")  # nobody has spoiled the provider
    words = random.Random(0)
    groups = [f"{words.getrandbits(128):032x}" for _ in range(200)]  # as a large company says: cookies in pieces
    known.people[ANN] = {"name": "Ann Example", "groups": groups}
    secrets = partial(known.secrets_toml, f"/{BASE}")
    with serving(tmp_path, more={"HPI_SIGN_IN": "everybody"}, secrets=secrets) as team:
        team.wait_until_ready()
        page.goto(f"{team.url}/one?hp=a%20b")
        sign_in(page, ANN)
        expect(page).to_have_url(f"{team.url}/one?hp=a%20b")
        assert {f"{USER}_1", f"{USER}_2"} <= {cookie["name"] for cookie in page.context.cookies()}
        first = team.of(page)
        other = {"name": "hpi_replica", "value": str(3 - first), "domain": "127.0.0.1", "path": f"/{BASE}"}
        page.context.add_cookies([other])
        page.reload()
        expect(page.get_by_text("signed in as Ann Example")).to_be_visible()
        assert team.of(page) == 3 - first
        widget(page, "sign_out").get_by_role("button").click()
        gate(page)
        assert [cookie for cookie in page.context.cookies() if cookie["name"].startswith(USER)] == []
        page.goto("about:blank")  # a page that loses its server complains
