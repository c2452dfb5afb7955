"""The cookie of a visitor: signed, known again, never another's; and the secret behind it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import stat
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpi.errors import SettingsError
from hpi.serving import secret, visitor_of
from hpi.serving.secret import secret_of
from hpi.serving.visitor import new_cookie
from hpi.serving.visitors import Visitors
from tests.serving.asgi import Pages, ask

SECRET = b"k" * 43
SET = re.compile(
    r"hpi_visitor=([A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}); "
    r"Max-Age=34560000; Path=(\S*); HttpOnly; SameSite=Lax(; Secure)?"
)


def test_a_cookie_is_known_again_and_two_are_two():
    one, two = new_cookie(SECRET), new_cookie(SECRET)
    assert visitor_of(one, SECRET) == visitor_of(one, SECRET) != visitor_of(two, SECRET)
    assert re.fullmatch("[0-9a-f]{64}", visitor_of(one, SECRET))


def test_the_signature_is_hmac_sha256():
    mark, signature = new_cookie(SECRET).split(".")
    digest = hmac.new(SECRET, b"hpi visitor " + mark.encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(signature + "=") == digest


def test_a_visitor_cannot_be_turned_back_into_a_cookie():
    cookie = new_cookie(SECRET)
    assert cookie.split(".")[0] not in visitor_of(cookie, SECRET)
    assert visitor_of(visitor_of(cookie, SECRET), SECRET) is None


def test_another_secret_knows_nobody():
    assert visitor_of(new_cookie(SECRET), b"j" * 43) is None


@given(place=st.integers(0, 65), other=st.characters())
def test_one_changed_character_makes_it_nobodys(place, other):
    cookie = f"{'A' * 22}." + new_cookie(SECRET).split(".")[1]
    good = new_cookie(SECRET)
    changed = good[:place] + other + good[place + 1 :]
    assert visitor_of(changed, SECRET) is None or changed == good
    assert visitor_of(cookie, SECRET) is None


@given(st.one_of(st.none(), st.text()))
def test_any_text_is_nobodys(text):
    assert visitor_of(text, SECRET) is None


@pytest.mark.parametrize(("base", "path"), [("", "/"), ("/hpi", "/hpi")])
def test_a_page_that_is_loaded_without_a_cookie_sets_one(base, path):
    reply = ask(Visitors(Pages(), lambda: SECRET, base), f"{base}/one")
    cookie, where, secure = SET.fullmatch(reply["set-cookie"]).groups()
    assert visitor_of(cookie, SECRET)
    assert (where, secure) == (path, None)
    again = ask(
        Visitors(Pages(), lambda: SECRET, base), f"{base}/one", headers={"cookie": f"a=b; hpi_visitor={cookie}"}
    )
    assert again["set-cookie"] == ""


def test_behind_https_the_cookie_is_for_https_alone():
    class Https(Visitors):
        async def __call__(self, scope, receive, send):
            await super().__call__(scope | {"scheme": "https"}, receive, send)

    assert ask(Https(Pages(), lambda: SECRET, ""))["set-cookie"].endswith("; SameSite=Lax; Secure")


@pytest.mark.parametrize("bad", ["", "x", "A" * 22 + "." + "B" * 43, "\xff", "a;b", "=", "hpi_visitor"])
def test_a_forged_or_broken_cookie_is_replaced(bad):
    reply = ask(Visitors(Pages(), lambda: SECRET, ""), headers={"cookie": f"hpi_visitor={bad}"})
    assert SET.fullmatch(reply["set-cookie"])


@pytest.mark.parametrize(
    ("asked", "pages"),
    [
        ({"path": "/static/js/a.js"}, Pages(kind="text/javascript")),
        ({"path": "/_stcore/health"}, Pages(kind="text/plain")),
        ({"path": "/media/a"}, Pages()),
        ({"method": "HEAD"}, Pages()),
        ({}, Pages(status=404)),
    ],
)
def test_nothing_but_a_page_sets_the_cookie(asked, pages):
    assert ask(Visitors(pages, lambda: SECRET, ""), **asked)["set-cookie"] == ""


def test_without_a_secret_to_be_had_pages_come_without_a_cookie():
    def none():
        raise SettingsError("HPI_SECRET")

    reply = ask(Visitors(Pages(), none, ""), headers={"cookie": f"hpi_visitor={new_cookie(SECRET)}"})
    assert (reply.status, reply["set-cookie"]) == (200, "")


def test_a_replica_says_that_a_page_which_connects_is_its_own():
    connected = ask(Visitors(Pages(), lambda: SECRET, "/hpi", "2"), "/hpi/_stcore/stream", kind="websocket")
    assert connected["set-cookie"] == "hpi_replica=2; Path=/hpi; HttpOnly; SameSite=Lax"
    alone = ask(Visitors(Pages(), lambda: SECRET, ""), "/_stcore/stream", kind="websocket")
    assert alone["set-cookie"] == ""


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path):
    first = secret_of(None, tmp_path / "store")
    file = tmp_path / "store" / "secret"
    assert len(first) == 43
    assert secret_of(None, tmp_path / "store") == first == file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["secret"]


def test_servers_that_start_at_once_get_the_same_secret(tmp_path):
    together, found = threading.Barrier(8), []

    def start():
        together.wait()
        found.append(secret_of(None, tmp_path))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 43, b"x" * 500])
def test_a_damaged_secret_is_refused_and_not_used(tmp_path, content):
    (tmp_path / "secret").write_bytes(content)
    with pytest.raises(SettingsError, match="^HPI_SECRET"):
        secret_of(None, tmp_path)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"^HPI_SECRET.*HPI_STORE"):
        secret_of(None, tmp_path / "file" / "store")


def test_the_operator_says_the_secret_or_where_it_lies(tmp_path):
    assert secret({"HPI_SECRET": "s" * 32, "HPI_STORE": str(tmp_path)}) == b"s" * 32
    assert not list(tmp_path.iterdir())
    assert secret({"HPI_STORE": str(tmp_path)}) == (tmp_path / "secret").read_bytes()
