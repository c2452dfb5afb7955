"""How much one visitor may send (U34): counted while it comes, and until it is taken away or the page is gone."""

from __future__ import annotations

import asyncio

import pytest

from hpi.serving.uploads import MEGABYTE, Uploads
from hpi.serving.visitors import VISITOR
from tests.serving.asgi import Pages, ask, asking

MB = b"x" * MEGABYTE


class Kept(Pages):
    """Stands for Streamlit, which keeps what it is sent."""

    def __init__(self, status=204):
        super().__init__(status=status)


def put(app, file, session="s", address="10.0.0.1", **options):
    return ask(app, f"/_stcore/upload_file/{session}/{file}", method="PUT", address=address, **options).status


def delete(app, file, session="s", address="10.0.0.1"):
    return ask(app, f"/_stcore/upload_file/{session}/{file}", method="DELETE", address=address).status


def limited(pages=None, files=3, megabytes=5, open_pages=("s", "t")):
    return Uploads(pages or Kept(), files, megabytes, "", lambda session, _: session in open_pages)


def test_u34_of_1000_files_those_beyond_the_limit_do_not_reach_the_pages():
    pages = Kept()
    app = limited(pages, files=100)
    found = [put(app, f"file{number}") for number in range(1000)]
    assert found == [204] * 100 + [429] * 900
    assert len(pages.reached) == 100


def test_u34_bytes_beyond_the_limit_are_refused_though_nobody_announced_them():
    app = limited()
    assert put(app, "a", body=[MB] * 3) == 204
    assert put(app, "b", body=[MB] * 3) == 429
    assert put(app, "c", body=[MB] * 2) == 204  # what was refused does not count
    assert put(app, "d", body=[b"x"]) == 429


def test_u34_what_is_announced_is_refused_before_it_is_read():
    pages = Kept()
    assert put(limited(pages), "a", headers={"content-length": str(6 * MEGABYTE)}, body=[MB] * 6) == 429
    assert (pages.read, pages.reached) == (0, [])


@pytest.mark.parametrize("lie", ["-5", "٣", "1e9", "0", "9" * 5000, ""])
def test_a_lie_about_the_length_changes_nothing(lie):
    headers = {"content-length": lie} if lie.isascii() else {}
    assert put(limited(), "a", headers=headers, body=[MB] * 6) == 429


def test_u34_files_under_way_count():
    async def together():
        pages = Slow()
        app = Uploads(pages, 100, 5, "", lambda session, file: True)
        path, options = "/_stcore/upload_file/s/", {"method": "PUT", "body": [MB] * 2}
        sending = [asyncio.create_task(asking(app, f"{path}{number}", **options)) for number in range(4)]
        await asyncio.sleep(0.05)
        pages.go_on.set()
        return [reply.status for reply in await asyncio.gather(*sending)]

    assert sorted(asyncio.run(together())) == [204, 204, 429, 429]


class Slow(Kept):
    """Reads everything, and replies later."""

    def __init__(self):
        super().__init__()
        self.go_on = asyncio.Event()

    async def __call__(self, scope, receive, send):
        async def late(message):
            await self.go_on.wait()
            await send(message)

        await super().__call__(scope, receive, late)


def test_what_is_taken_away_makes_room():
    app = limited()
    assert [put(app, name, body=[MB]) for name in "abcd"] == [204, 204, 204, 429]
    assert delete(app, "b") == 204
    assert put(app, "d", body=[MB]) == 204
    assert delete(app, "never") == 204
    assert put(app, "e", body=[MB]) == 429


def test_what_another_takes_away_makes_no_room():
    app = limited()
    assert [put(app, name) for name in "abc"] == [204] * 3
    delete(app, "a", address="10.0.0.2")
    assert put(app, "d") == 429


def test_the_same_file_again_takes_its_own_place():
    app = limited()
    assert [put(app, "a", body=[MB] * 4) for _ in range(10)] == [204] * 10


def test_what_the_pages_refuse_does_not_count():
    assert {put(limited(Kept(status=403)), f"file{number}", body=[MB]) for number in range(20)} == {403}


def test_one_visitor_does_not_use_up_the_room_of_another():
    app = limited()
    assert [put(app, name) for name in "abcd"] == [204] * 3 + [429]
    assert put(app, "a", address="10.0.0.2") == 204

    async def of(visitor, file):
        async def known(scope, receive, send):
            await app(scope | {VISITOR: visitor}, receive, send)

        return (await asking(known, f"/_stcore/upload_file/s/{file}", method="PUT")).status

    assert [asyncio.run(of("v", name)) for name in "abcd"] == [204] * 3 + [429]
    assert asyncio.run(of("w", "a")) == 204


def test_files_count_until_the_pages_have_let_go_of_them():
    kept = set("abcde")
    app = Uploads(Kept(), 3, 5, "", lambda session, file: session == "s" and file in kept)
    assert [put(app, name) for name in "abcd"] == [204] * 3 + [429]
    kept.remove("b")  # it was read, and is not needed any longer
    assert [put(app, name) for name in "de"] == [204, 429]


def test_other_requests_are_let_through():
    app = limited(files=1)
    assert put(app, "a") == 204
    assert ask(app, "/").status == 204
    assert ask(app, "/_stcore/upload_file/s/b", method="OPTIONS").status == 204
