"""Who is on the page, and what stands there until somebody has signed in; the provider's answers are made up here."""

from __future__ import annotations

import hashlib
import time
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from hpi import serving
from hpi.errors import SettingsError, StoreError
from pages import shelf, sign_in, who
from tests.browser.servers import ROOT
from tests.pages.tables import HOSTILE

ISSUER = "https://login.example"
AUTH = {
    "redirect_uri": "https://hpi.example/oauth2callback",
    "cookie_secret": "c" * 32,
    "client_id": "hpi",
    "client_secret": "password",
    "server_metadata_url": f"{ISSUER}/.well-known/openid-configuration",
}
SECRET = b"s" * 43


@pytest.fixture
def says(monkeypatch):
    """A function that sets what Streamlit says of who is here: `says(name="Ann")`; `says(iat=...)`."""

    def set_claims(**claims):
        known = {"is_logged_in": True, "iss": ISSUER, "sub": "ann", "iat": time.time(), "name": "Ann"}
        said = {key: value for key, value in (known | claims).items() if value is not None}
        monkeypatch.setattr(who, "_said", lambda: said)

    return set_claims


@pytest.fixture
def asks(monkeypatch):
    """A function that sets whom the pages ask to sign in: `asks("authors")`."""

    def set_mode(mode, auth=AUTH):
        monkeypatch.setenv("HPI_SIGN_IN", mode)
        monkeypatch.setattr(sign_in, "_auth", lambda: dict(auth))

    return set_mode


@pytest.fixture
def open_app(asks):
    """A function that opens the app as a server that asks for sign-in by `mode`; the address has `query`."""

    def opened(mode, auth=AUTH, **query):
        asks(mode, auth)
        fresh = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        fresh.query_params.update(query)
        fresh.run()
        assert not fresh.exception
        return fresh

    return opened


def keys(app):
    """Keys of the buttons that are drawn."""
    return {button.key for button in app.button}


def texts(app):
    """What stands on the page as plain text."""
    return [text.value for text in app.text]


def test_nobody_is_asked_by_default(app, monkeypatch):
    monkeypatch.delenv("HPI_SIGN_IN", raising=False)
    app.run()
    assert {key for key in keys(app) if "sign" in key} == set()
    assert who.may_author()
    assert not who.needs_sign_in()
    assert who.owner() is None
    assert who.name() is None


def test_off_takes_nobody_for_signed_in_whatever_streamlit_says(asks, says):
    asks("off")
    says()
    assert (who.owner(), who.name(), who.is_signed_in(), who.may_author()) == (None, None, False, True)


def test_everybody_sees_nothing_before_the_sign_in(open_app, says):
    says(is_logged_in=False)
    app = open_app("everybody")
    assert keys(app) == {"sign_in-primary-default"}
    assert texts(app) == [sign_in.WHY["everybody"]]
    assert not app.selectbox
    assert not app.get("file_uploader")
    assert not app.get("page_link")


def test_everybody_sees_the_page_after_it(open_app, says):
    says()
    app = open_app("everybody")
    assert "signed in as Ann" in texts(app)
    assert {"sign_out", "example-digits_mlp.csv"} <= keys(app)


def test_authors_are_known_or_offered_a_sign_in(open_app, says):
    says(is_logged_in=False)
    app = open_app("authors")
    assert "sign_in-tertiary-default" in keys(app)
    assert not who.may_author()
    assert not who.needs_sign_in()
    says()
    assert "sign_out" in keys(open_app("authors"))
    assert who.may_author()


def test_an_owner_is_the_hash_of_issuer_and_subject_alone(asks, says):
    asks("authors")
    says()
    expected = hashlib.sha256(b'["https://login.example", "ann"]').hexdigest()
    assert who.owner() == expected
    says(name="Another Name", email="ann@example.org", iat=time.time() - 3600)
    assert who.owner() == expected
    others = [{"sub": "ben"}, {"iss": "https://other.example"}, {"iss": 'https://login.example", "a', "sub": "nn"}]
    for claims in others:
        says(**claims)
        assert who.owner() not in (None, expected)


def test_no_two_people_are_the_same_text():
    assert who.owner_of('a", "b', "c") != who.owner_of("a", 'b", "c')


@pytest.mark.parametrize(
    "claims",
    [
        {"is_logged_in": False},
        {"is_logged_in": None},
        {"is_logged_in": "True"},
        {"iss": None},
        {"iss": ""},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"iat": None},
        {"iat": True},
        {"iat": "now"},
        {"iat": float("nan")},
        {"iat": time.time() + 3600},
        {"iat": time.time() - 720 * 3600 - 60},
    ],
)
def test_who_cannot_be_told_is_nobody(asks, says, claims):
    asks("everybody")
    says(**claims)
    assert not who.is_signed_in()
    assert not who.may_author()
    assert who.needs_sign_in()
    assert who.owner() is None


def test_a_sign_in_counts_as_long_as_the_setting_says(asks, says, monkeypatch):
    asks("authors")
    monkeypatch.setenv("HPI_SIGN_IN_HOURS", "2")
    says(iat=time.time() - 2 * 3600 + 60)
    assert who.is_signed_in()
    says(iat=time.time() - 2 * 3600 - 60)
    assert not who.is_signed_in()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_plain_text(open_app, says, name):
    says(name=name)
    app = open_app("authors")
    assert f"signed in as {name}" in texts(app)
    drawn = [element.value for kind in ("markdown", "title", "header", "caption") for element in app.get(kind)]
    assert not [text for text in drawn if name in text]


@pytest.mark.parametrize(
    ("claims", "shown"),
    [
        ({"name": "Ann\u202eexe.\n\tExample\u0000"}, "Annexe. Example"),
        ({"name": "A" * 500}, "A" * 59 + "…"),
        ({"name": " \u200b ", "preferred_username": "ann7"}, "ann7"),
        ({"name": None, "email": "ann@example.org"}, "ann@example.org"),
        ({"name": None}, "somebody without a name"),
        ({"name": 7}, "somebody without a name"),
        ({"name": "Žofie 小林"}, "Žofie 小林"),
    ],
)
def test_a_name_is_one_line_of_what_can_be_seen(asks, says, claims, shown):
    asks("authors")
    says(**claims)
    assert who.name() == shown


def test_a_visitor_is_known_by_a_cookie_of_this_server_alone(monkeypatch):
    cookie = serving.visitor.new_cookie(SECRET)
    held = {}
    monkeypatch.setattr(serving, "secret", lambda: SECRET)
    monkeypatch.setattr(who, "st", SimpleNamespace(context=SimpleNamespace(cookies=held), user=st.user))
    assert who.owner() is None
    held["hpi_visitor"] = cookie
    owner = who.owner()
    assert owner == hashlib.sha256(f"hpi visitor {cookie[:22]}".encode()).hexdigest()
    held["hpi_visitor"] = cookie[:-1] + ("A" if cookie[-1] != "A" else "Q")
    assert who.owner() is None
    monkeypatch.setattr(serving, "secret", lambda: b"t" * 43)
    held["hpi_visitor"] = cookie
    assert who.owner() is None


def test_an_address_opens_no_table_for_whoever_should_sign_in_first(open_app, says):
    says(is_logged_in=False)
    app = open_app("authors", example="known_function")
    assert app.session_state["hpi"].table is None
    assert sign_in.WHY["authors"] in texts(app)
    assert "example-known_function.csv" not in keys(app)
    says()
    assert open_app("authors", example="known_function").session_state["hpi"].table is not None


def test_nothing_is_shared_once_the_sign_in_has_ended(asks, says):
    asks("authors")
    says(iat=time.time() - 720 * 3600 - 1)
    with pytest.raises(StoreError, match="^Nothing is shared: whoever shares has to be signed in"):
        shelf.publish(None, 1)


@pytest.mark.parametrize("said", ["failed", "unreachable"])
def test_a_sign_in_that_failed_is_said_once_and_leaves_the_address(open_app, says, said):
    says(is_logged_in=False)
    app = open_app("everybody", sign_in=said, metric="val")
    assert texts(app) == [sign_in.NOTICES[said], sign_in.WHY["everybody"]]
    assert dict(app.query_params) == {"metric": "val"}
    says()
    assert sign_in.NOTICES[said] not in texts(open_app("everybody", sign_in=said))


def test_nothing_else_in_that_place_of_the_address_is_said(open_app, says):
    says(is_logged_in=False)
    app = open_app("everybody", sign_in="<b>you won</b>")
    assert texts(app) == [sign_in.WHY["everybody"]]


def test_several_providers_have_a_button_each(open_app, says):
    says(is_logged_in=False)
    named = {name: {key: AUTH[key] for key in sign_in.OF_PROVIDER} for name in ("work", "home")}
    auth = {key: AUTH[key] for key in ("redirect_uri", "cookie_secret")} | named
    app = open_app("everybody", auth)
    assert [button.label for button in app.button] == ["Sign in with work", "Sign in with home"]
    sign_in.check_sign_in()


def test_what_is_complete_starts(asks):
    for mode in ("off", "authors", "everybody"):
        asks(mode)
        sign_in.check_sign_in()


def test_off_needs_neither_secrets_nor_modules(asks, monkeypatch):
    asks("off", {})
    monkeypatch.setattr(sign_in.importlib.util, "find_spec", lambda name: None)
    sign_in.check_sign_in()


@pytest.mark.parametrize("mode", ["authors", "everybody"])
@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"redirect_uri": None}, "missing there: redirect_uri;"),
        ({"cookie_secret": None}, "missing there: cookie_secret;"),
        ({"client_id": None}, "client_id"),
        ({"client_secret": ""}, "client_secret"),
        ({"server_metadata_url": None}, "server_metadata_url"),
        (dict.fromkeys(AUTH), "redirect_uri, cookie_secret, client_id, client_secret, server_metadata_url"),
        ({"cookie_secret": "short"}, "32 characters"),
        ({"redirect_uri": "https://hpi.example/"}, "https://the.host.of.this.server/oauth2callback"),
        ({"redirect_uri": "https://hpi.example/x/oauth2callback"}, "https://the.host.of.this.server/oauth2callback"),
        ({"redirect_uri": "http://hpi.example/oauth2callback"}, "https://the.host.of.this.server/oauth2callback"),
        ({"redirect_uri": "http://[/oauth2callback"}, "https://the.host.of.this.server/oauth2callback"),
        ({"server_metadata_url": "http://login.example/"}, "https://"),
    ],
)
def test_what_is_missing_is_named_before_the_server_starts(asks, mode, changes, named):
    auth = {key: value for key, value in (AUTH | changes).items() if value is not None}
    asks(mode, auth)
    with pytest.raises(SettingsError, match="^HPI_SIGN_IN is '") as refused:
        sign_in.check_sign_in()
    assert named in str(refused.value)
    assert AUTH["client_secret"] not in str(refused.value)
    assert AUTH["cookie_secret"] not in str(refused.value)


@pytest.mark.parametrize(("module", "title"), [("authlib", "Authlib"), ("httpx", "httpx")])
def test_a_missing_module_is_named_before_the_server_starts(asks, monkeypatch, module, title):
    asks("authors")
    monkeypatch.setattr(sign_in.importlib.util, "find_spec", lambda name: None if name == module else object())
    with pytest.raises(SettingsError, match=f"needs {title}: install requirements-hosted.txt"):
        sign_in.check_sign_in()


def test_the_base_path_belongs_into_the_address_of_the_way_back(asks, monkeypatch):
    asks("authors", AUTH | {"redirect_uri": "https://hpi.example/team/oauth2callback"})
    monkeypatch.setattr(
        sign_in.config, "get_option", lambda key: {"server.baseUrlPath": "/team/", "server.port": 8501}.get(key, True)
    )
    sign_in.check_sign_in()
