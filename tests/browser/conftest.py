"""Fixtures of the browser tests: a real Chromium, a real server, and pages that may not misbehave unseen.

`server` and `fresh_server` are the address of the app; `team` is two replicas of it behind nginx, with one store.
`page` is an empty page of the wide size, `new_page` opens others. A test fails where a page asked a host other than
this machine or wrote an error to its console, or where the server wrote a traceback.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Route, expect, sync_playwright

from tests.browser.charts import WITHIN
from tests.browser.servers import ARGUMENTS, ROOT, Server, running
from tests.browser.teams import Team, serving
from tools import ensure_browser

OUTSIDE = re.compile(r"^(https?|wss?)://(?!(127\.0\.0\.1|localhost|\[::1\])([:/?#]|$))", re.IGNORECASE)
# On a deep link Streamlit asks below the page's own path before it asks at the root: two harmless 404s.
DEEP_LINK_404 = re.compile(r"^http://[^/]+/[^?]+/_stcore/(health|host-config)$")
PICTURES = ROOT / "test-results"
# What a browser says while the server that it was talking to is gone.
SERVER_LOST = re.compile(r"WebSocket connection to |Failed to load resource: ")
SERVERS: pytest.StashKey[dict[str, Server | Team]] = pytest.StashKey()
PAGES: pytest.StashKey[list[Page]] = pytest.StashKey()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if ensure_browser.skipped():
                item.add_marker(pytest.mark.skip(reason="HPI_NO_BROWSER is set"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of this machine; the one that Playwright would download is never used."""
    program = ensure_browser.find()
    if program is None:
        pytest.fail(ensure_browser.ADVICE, pytrace=False)
    with sync_playwright() as playwright:
        expect.set_options(timeout=WITHIN)
        chromium = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the app on a server that all tests share."""
    yield from _serve(request.config, tmp_path_factory.mktemp("server"))


@pytest.fixture
def fresh_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of the app on a server that nobody has asked anything yet."""
    yield from _serve(request.config, tmp_path)


def _serve(config: pytest.Config, folder: Path) -> Iterator[str]:
    with running(ROOT / "app.py", folder) as started:
        config.stash.setdefault(SERVERS, {})[started.url] = started
        yield started.url
        config.stash[SERVERS].pop(started.url)


@pytest.fixture(scope="session")
def _team(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    with serving(tmp_path_factory.mktemp("team")) as started:
        request.config.stash.setdefault(SERVERS, {})[started.url] = started
        yield started
        request.config.stash[SERVERS].pop(started.url)


@pytest.fixture
def team(_team: Team) -> Team:
    """Two replicas behind nginx that all tests share; both are ready, also where the last test has killed one."""
    _team.wait_until_ready()
    return _team


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """An empty page of 1280 x 900 in a session of its own."""
    return new_page()


@pytest.fixture
def new_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """A function that opens a page: `new_page(width=400, color_scheme="dark")`; `loses_server`: it may say so."""
    # Asked for here, so that the servers outlive the pages: a page that loses its server complains.
    wanted = [name for name in ("server", "fresh_server") if name in request.fixturenames]
    servers = [request.config.stash[SERVERS][request.getfixturevalue(name)] for name in wanted]
    servers += [request.getfixturevalue("team")] if "team" in request.fixturenames else []
    said_before = {one.url: len(one.said()) for one in servers}
    contexts: list[BrowserContext] = []
    trouble: list[str] = []
    pages = request.node.stash.setdefault(PAGES, [])

    def open_page(width: int = 1280, height: int = 900, loses_server: bool = False, **options: Any) -> Page:  # noqa: ANN401
        context = browser.new_context(viewport={"width": width, "height": height}, service_workers="block", **options)
        contexts.append(context)
        _watch(context, trouble, SERVER_LOST if loses_server else None)
        pages.append(context.new_page())
        return pages[-1]

    yield open_page
    for context in contexts:
        context.close()
    said_since = [one.said()[said_before[one.url] :] for one in servers]
    trouble += [f"the server said:\n{said}" for said in said_since if "Traceback (most recent" in said]
    assert not trouble, "\n".join(trouble)


def _watch(context: BrowserContext, trouble: list[str], expected: re.Pattern[str] | None = None) -> None:
    """Write down in `trouble` what no page may do; console messages that begin as `expected` are no trouble."""

    def refuse(route: Route) -> None:
        trouble.append(f"asked an outside host: {route.request.url}")
        route.abort()

    def listen(message: ConsoleMessage) -> None:
        is_expected = expected is not None and expected.match(message.text)
        if message.type == "error" and not is_expected and not DEEP_LINK_404.match(message.location["url"]):
            trouble.append(f"console: {message.text} ({message.location['url']})")

    context.route(OUTSIDE, refuse)
    context.route_web_socket(OUTSIDE, lambda socket: trouble.append(f"asked an outside host: {socket.url}"))
    context.on("console", listen)
    context.on("weberror", lambda error: trouble.append(f"error in the page: {error.error}"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Show with a failure what the server said, and keep a picture of each page."""
    report = yield
    if report.failed:
        for started in item.config.stash.get(SERVERS, {}).values():
            report.sections.append((f"server log of {started.url}", started.said()[-8000:]))
        for number, shown in enumerate(item.stash.get(PAGES, [])):
            if not shown.is_closed():
                picture = PICTURES / f"{re.sub('[^a-zA-Z0-9_]+', '-', item.name)}-{number}.png"
                with suppress(Error):  # a page that hangs must not hide why its test failed
                    shown.screenshot(path=picture)
                    report.sections.append(("picture of the page", str(picture)))
    return report
