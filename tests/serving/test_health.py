"""/healthz and /readyz: named checks and nothing else, asked once a second however many ask."""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette

from hpi.serving import CanWork, Health, health
from tests.serving.asgi import ask, asking


def served(checks, base=""):
    return Starlette(routes=Health(checks).routes(base))


@pytest.mark.parametrize("path", ["/healthz", "/hpi/healthz"])
def test_u41_alive_says_that_and_nothing_else(path):
    reply = ask(served({"store": lambda: False}, "/hpi"), path)
    assert (reply.status, json.loads(reply.body)) == (200, {"alive": True})
    assert reply["cache-control"] == "no-store"


def test_ready_where_every_check_holds():
    reply = ask(served({"store": lambda: True, "jobs": lambda: True}), "/readyz")
    assert (reply.status, json.loads(reply.body)) == (200, {"ready": True, "checks": {"store": "ok", "jobs": "ok"}})


def test_u41_what_failed_is_named_but_not_why():
    def broken():
        raise OSError("/home/somebody/secret-path is read-only")

    reply = ask(served({"store": broken, "jobs": lambda: True}), "/readyz")
    found = {"ready": False, "checks": {"store": "failed", "jobs": "ok"}}
    assert (reply.status, json.loads(reply.body)) == (503, found)


def test_a_thousand_that_ask_at_once_cost_one_check(monkeypatch):
    monkeypatch.setattr(health, "FRESH", 60.0)  # so many take longer than a second where much else runs
    asked = []

    def slow():
        time.sleep(0.02)
        asked.append(1)
        return True

    async def together(app):
        return await asyncio.gather(*(asking(app, "/readyz") for _ in range(1000)))

    replies = asyncio.run(together(served({"store": slow})))
    assert {reply.status for reply in replies} == {200}
    assert len(asked) == 1


def test_it_is_asked_again_after_a_second(monkeypatch):
    now, holds = [50.0], [True]
    monkeypatch.setattr(health, "time", SimpleNamespace(monotonic=lambda: now[0]))
    app = served({"store": lambda: holds[0]})
    assert ask(app, "/readyz").status == 200
    holds[0] = False
    assert ask(app, "/readyz").status == 200
    now[0] += 1.1
    assert ask(app, "/readyz").status == 503


def test_work_can_be_done_here_until_no_process_can_be_started(monkeypatch):
    can_work = CanWork()
    assert can_work()

    def refused(*arguments, **options):
        raise BlockingIOError

    monkeypatch.setattr(subprocess, "run", refused)
    assert can_work()  # it worked a moment ago
    with pytest.raises(BlockingIOError):
        CanWork()()
