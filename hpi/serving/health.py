"""/healthz: the process answers. /readyz: it can do its work. Named checks, and no word of what they found."""

from __future__ import annotations

import asyncio
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from hpi.serving.routes import ALIVE, READY

FRESH = 1.0  # seconds for which a finding is told again
A_PROCESS = 10.0  # seconds between two trials to start one
TOO_LONG = 20.0

Check = Callable[[], bool]
FRESHLY = {"Cache-Control": "no-store"}


class Health:
    """Answers both; `checks` are asked in a thread, at most once a second however many ask."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self.checks = dict(checks)
        self._found: dict[str, bool] = {}
        self._at = -math.inf
        self._lock = asyncio.Lock()

    def routes(self, base: str) -> list[Route]:
        """Return the routes, at the root and below the path of the app."""
        places = dict.fromkeys(("", base))
        return [
            *(Route(place + ALIVE, self.alive, methods=["GET"]) for place in places),
            *(Route(place + READY, self.ready, methods=["GET"]) for place in places),
        ]

    async def alive(self, request: Request) -> JSONResponse:
        """Say that the process answers."""
        return JSONResponse({"alive": True}, headers=FRESHLY)

    async def ready(self, request: Request) -> JSONResponse:
        """Say what works, 503 where something does not."""
        async with self._lock:
            if time.monotonic() - self._at >= FRESH:
                self._found = {name: await asyncio.to_thread(_holds, check) for name, check in self.checks.items()}
                self._at = time.monotonic()
        is_ready = all(self._found.values())
        said = {name: "ok" if holds else "failed" for name, holds in self._found.items()}
        return JSONResponse({"ready": is_ready, "checks": said}, 200 if is_ready else 503, headers=FRESHLY)


def _holds(check: Check) -> bool:
    try:
        return check()
    except Exception:  # whatever is wrong, the answer is that it does not work
        return False


class CanWork:
    """Whether slow work could be done now: a process can be started, and there is room for what it writes."""

    def __init__(self) -> None:
        self._worked_at = -math.inf

    def __call__(self) -> bool:
        """Try it, unless it has worked a moment ago."""
        if time.monotonic() - self._worked_at >= A_PROCESS:
            with tempfile.TemporaryFile() as file:
                file.write(b"0" * 4096)
                file.flush()
                subprocess.run([sys.executable, "-I", "-S", "-c", ""], check=True, timeout=TOO_LONG)
            self._worked_at = time.monotonic()
        return True
