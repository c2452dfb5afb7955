"""The app without a browser: every page in its three states."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from hpi import readers
from hpi.table import build
from pages import state
from tests.pages.tables import as_upload, drop, search

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _in_process(request, monkeypatch):
    """Read uploads in this process, which takes a twentieth of the time; tests marked `apart` take the child."""
    if "apart" in request.keywords:
        return

    def read(files, choices=None, wanted=None, limits=None, note=None):
        loaded = readers.load_all([readers.Opened(name, content) for name, content in files], wanted, limits)
        return build(loaded.frame, loaded.name, choices, loaded.reading)

    monkeypatch.setattr(readers, "read_apart", read)


@pytest.fixture
def app() -> AppTest:
    """The start page of a new visitor."""
    return _clean(AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run())


@pytest.fixture
def open_table(app: AppTest) -> Callable[..., AppTest]:
    """A function that uploads a table on the start page: `open_table(frame)`."""

    def upload(frame: pd.DataFrame | None = None, name: str = "search.csv") -> AppTest:
        app.switch_page("pages/home.py").run()
        drop(app, as_upload(search() if frame is None else frame, name))
        if [heading.value for heading in _clean(app).title] == ["What decides it?"]:
            # the app has switched the page; AppTest would run the start page again at the next step
            app.switch_page("pages/importance.py").run()
        return _clean(app)

    return upload


def _clean(app: AppTest) -> AppTest:
    assert not app.exception, app.exception[0].message
    return app


@pytest.fixture
def show(open_table, monkeypatch):
    """A function that opens a table and the Findings page with given findings: `show(one_of_each())`."""

    def with_findings(shown, frame=None, page="pages/findings.py"):
        monkeypatch.setattr(state, "findings", lambda answer, tolerance=None, is_patient=False: shown)
        app = open_table(frame)
        return app.switch_page(page).run() if page != "pages/importance.py" else app

    return with_findings
