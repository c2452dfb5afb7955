"""Where browsers get the scripts of charts from: this server, compressed once and kept by the browser from then on."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from functools import cache
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hpi.figures import library
from hpi.serving import LIBRARY

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
TYPE = "text/javascript; charset=utf-8"
CHART = [Path(__file__).parent / name for name in ("chart.js", "chart_data.js")]


def plotly() -> str:
    """Return the path of plotly.js as a browser asks for it; another version has another one."""
    return _below_base(_places()[0])


def chart() -> str:
    """Return the path of our own script as a browser asks for it; another one has another path."""
    return _below_base(_places()[1])


def routes(base: str) -> list[Route]:
    """Return the routes of both, at the root and below the path of the app."""
    roots = dict.fromkeys(("", base))
    return [Route(root + place, _give, methods=["GET"]) for root in roots for place in _places()]


async def _give(request: Request) -> Response:
    """Answer with a script, compressed where the browser takes that."""
    is_chart = request.url.path.endswith(_places()[1])
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(_script(is_chart), media_type=TYPE, headers=FOR_EVER)
    packed = await asyncio.to_thread(_packed, is_chart)
    return Response(packed, media_type=TYPE, headers=FOR_EVER | {"Content-Encoding": "gzip"})


def _below_base(place: str) -> str:
    base = st.get_option("server.baseUrlPath").strip("/")
    return f"/{base}{place}" if base else place


@cache
def _places() -> tuple[str, str]:
    digest = hashlib.sha256(_script(is_chart=True)).hexdigest()[:16]
    return f"{LIBRARY}plotly-{library.version()}.min.js", f"{LIBRARY}chart-{digest}.js"


def _script(is_chart: bool) -> bytes:
    """Return our own script, or plotly.js."""
    return b"\n".join(part.read_bytes() for part in CHART) if is_chart else library.script().read_bytes()


@cache
def _packed(is_chart: bool) -> bytes:
    return gzip.compress(_script(is_chart), 6, mtime=0)
