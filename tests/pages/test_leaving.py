"""What visitors leave behind: a closed page's session is emptied after a while, a closed table at once."""

from __future__ import annotations

import asyncio
import gc
import weakref

from pages import leaving
from pages.leaving import PATIENCE, Visits
from pages.session import Session
from tests.pages.tables import as_upload, drop, search


class Pages:
    """Which pages are open."""

    def __init__(self, *names: str) -> None:
        self.names = set(names)

    def __call__(self, name: str) -> bool:
        return name in self.names


def test_a_closed_page_may_come_back_for_a_minute_and_is_then_emptied():
    visits, mine = Visits(), Session(refused="something")
    visits.note("a", mine)
    pages = Pages("a")
    assert visits.left(pages, 0) == []
    pages.names.clear()
    assert visits.left(pages, 1000) == []
    assert visits.left(pages, 1000 + PATIENCE) == []
    assert mine.refused == "something"
    assert visits.left(pages, 1001 + PATIENCE) == ["a"]
    assert mine.refused is None
    assert visits.known == {}


def test_a_page_that_came_back_begins_its_minute_anew():
    visits, mine = Visits(), Session()
    visits.note("a", mine)
    assert visits.left(Pages(), 0) == []
    assert visits.left(Pages("a"), PATIENCE) == []
    assert visits.left(Pages(), PATIENCE + 10) == []
    assert visits.left(Pages(), 2 * PATIENCE) == []
    assert visits.left(Pages(), 2 * PATIENCE + 11) == ["a"]


def test_sessions_are_not_kept_alive_and_pages_that_are_open_are_left_alone():
    visits, mine = Visits(), Session()
    gone = weakref.ref(mine)
    visits.note("a", mine)
    visits.note("b", other := Session(refused="other"))
    del mine
    gc.collect()
    assert gone() is None
    assert visits.left(Pages("b"), 0) == []
    assert visits.left(Pages("b"), PATIENCE + 1) == ["a"]
    assert other.refused == "other"


def test_a_table_that_is_closed_is_gone(app):
    drop(app, as_upload(search()))
    app.switch_page("pages/data.py").run()
    app.switch_page("pages/home.py").run()
    table = weakref.ref(app.session_state["hpi"].table)
    app.button(key="close_table").click().run()
    assert app.session_state["hpi"].table is None
    assert not [text for text in app.text if "Open now" in text.value]
    app.run()
    gc.collect()
    assert table() is None
    drop(app, as_upload(search(seed=1)))
    assert app.session_state["hpi"].table is not None


def test_roles_that_were_chosen_are_remembered_after_a_table_was_closed(open_table):
    app = open_table(search())
    app.session_state["hpi"].remembered["header"] = "choices"
    app.switch_page("pages/home.py").run()
    app.button(key="close_table").click().run()
    assert app.session_state["hpi"].remembered == {"header": "choices"}


def test_memory_is_given_back_on_any_system():
    leaving.give_back()


def test_without_a_runtime_the_watch_only_passes_on():
    asked = []

    async def app(scope, receive, send):
        asked.append(scope["path"])

    watch = leaving.Watch(app)
    asyncio.run(watch({"type": "http", "path": "/x"}, None, None))  # type: ignore[arg-type]
    assert asked == ["/x"]
