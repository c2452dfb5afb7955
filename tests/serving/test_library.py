"""The scripts of charts as a browser asks for them: compressed or not, kept for ever, below a path, and no other."""

from __future__ import annotations

import gzip
import re

import pytest
import streamlit as st
from plotly.offline import get_plotlyjs
from starlette.applications import Starlette

from hpi.serving.headers import policy
from hpi.serving.routes import kind_of
from pages import library
from tests.serving.asgi import ask

BASE = "/team/hpi"
OURS = "".join(path.read_text("utf-8") for path in library.CHART)


@pytest.fixture
def app():
    return Starlette(routes=library.routes(BASE))


@pytest.fixture
def below_base():
    st.config.set_option("server.baseUrlPath", BASE.strip("/"))
    yield
    st.config.set_option("server.baseUrlPath", "")


@pytest.mark.parametrize(("path", "holds"), [(library.plotly, get_plotlyjs()), (library.chart, OURS)])
def test_a_script_comes_compressed_or_not_and_is_kept(app, path, holds):
    plain, packed = (ask(app, path(), headers={"accept-encoding": way}.items()) for way in ("identity", "gzip, br"))
    assert plain.status == packed.status == 200
    assert plain["content-encoding"] == ""
    assert packed["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert int(packed["content-length"]) == len(packed.body) < len(plain.body) / 2
    assert plain.body.decode().replace("\n", "") == holds.replace("\n", "")
    for reply in (plain, packed):
        assert reply["cache-control"] == "public, max-age=31536000, immutable"
        assert reply["vary"] == "Accept-Encoding"
        assert reply["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.usefixtures("below_base")
@pytest.mark.parametrize("path", [library.plotly, library.chart])
def test_below_the_path_of_the_app(app, path):
    assert path().startswith(f"{BASE}/library/")
    assert ask(app, path()).status == 200
    assert ask(app, path().removeprefix(BASE)).body == ask(app, path()).body  # a proxy that takes the path away


def test_another_version_has_another_path_and_is_not_here(app):
    digest = re.fullmatch(r"/library/chart-([0-9a-f]{16})\.js", library.chart())
    assert digest is not None
    for other in (f"/library/chart-{digest[1][::-1]}.js", "/library/chart-.js", "/library/chart.js", "/library/"):
        assert ask(app, other).status == 404
    assert ask(app, library.chart(), method="POST").status == 405
    assert ask(app, f"{library.chart()}/../../app.py").status == 404


@pytest.mark.parametrize("base", ["", BASE])
@pytest.mark.parametrize("path", [library.plotly, library.chart])
def test_it_counts_as_static(path, base):
    assert kind_of({"path": base + path()}, base) == "static"


def test_the_policy_of_the_pages_takes_scripts_of_this_server_and_no_other():
    rules = dict(rule.split(" ", 1) for rule in policy("<script>1</script>", ("'self'",)).split("; "))
    sources = rules["script-src"].split()
    assert "'self'" in sources
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "https:", "data:"} & set(sources)
    assert not re.search(r"\beval\(|new Function|https?://|innerHTML|document\.write", OURS)
    # pictures are made of what the page holds itself, and saved from there
    assert {"data:", "blob:"} <= set(rules["img-src"].split())
