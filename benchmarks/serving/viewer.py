"""A viewer: opens a link, looks at its bars, goes from page to page; notes how long each took and what was wrong."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from concurrent.futures import Executor
from dataclasses import dataclass, field

from benchmarks.serving.arrived import HOME, judged, query_of
from benchmarks.serving.browser import GONE, Browser, Refused
from benchmarks.serving.links import IMPORTANCE, Link

LONGEST, A_MOMENT = 60.0, 0.05  # seconds: for one page; between two looks at what has to happen first


@dataclass(frozen=True)
class Visit:
    """A page that was asked for.

    Attributes
    ----------
    link, page
        Names of both.
    is_first
        Whether it is the first of its viewer: with everything from the first request on.
    seconds
        Until it was drawn to its end; `loaded` of them for the page's own files.
    replica
        Number of the replica that drew it.
    lost
        Connections that were lost meanwhile.
    wrong
        What was not as it must be; None where nothing was.
    """

    link: str
    page: str
    is_first: bool
    seconds: float
    loaded: float
    replica: str
    lost: int
    wrong: str | None


@dataclass
class Viewer:
    """Somebody who looks at a link of a server, and what came of it; `replica`: where an earlier visit had led to."""

    number: int
    link: Link
    pages: tuple[str, ...]
    think: tuple[float, float]
    replica: str | None = None
    visits: list[Visit] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    away: list[float] = field(default_factory=list)

    async def look(self, url: str, threads: Executor, before_last: asyncio.Event | None = None) -> None:
        """Look at the pages one after the other; at the last one not before something has happened."""
        rng, browser = random.Random(self.number), Browser(url, threads, self.replica)
        self.happened, self.away = browser.happened, browser.away
        try:
            await self._visit(browser, IMPORTANCE, is_first=True)
            for left, page in zip(reversed(range(len(self.pages))), self.pages, strict=True):
                await browser.idle(rng.uniform(*self.think))
                while left == 0 and before_last is not None and not before_last.is_set():
                    await browser.idle(A_MOMENT)
                await self._visit(browser, page, is_first=False)
        finally:
            await browser.close()

    async def _visit(self, browser: Browser, page: str, is_first: bool) -> None:
        began, lost, loaded = time.monotonic(), browser.happened["lost"], 0.0
        try:
            async with asyncio.timeout(LONGEST):
                if is_first:
                    await browser.load(query_of(self.link))
                    loaded = time.monotonic() - began
                    await browser.ask(HOME, query_of(self.link))
                else:
                    await browser.ask(*browser.arrived.onward(page))
            wrong = judged(browser.arrived, self.link, page)
        except TimeoutError:
            wrong = f"not drawn after {LONGEST:.0f} s"
        except (Refused, LookupError, StopIteration, *GONE) as why:
            wrong = f"not drawn: {type(why).__name__} {why}"
        seconds, lost = time.monotonic() - began, browser.happened["lost"] - lost
        self.visits.append(
            Visit(self.link.name, page, is_first, seconds, loaded, browser.replica, lost, wrong)
        )  # fmt: skip
