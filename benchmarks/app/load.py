"""Many sessions at once, each of which moves its slider every few seconds, while forests are grown beside them."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from streamlit.proto.WidgetStates_pb2 import WidgetState

import hpi
from benchmarks.app.browser import APP
from benchmarks.app.client import Client
from benchmarks.app.found import Load
from benchmarks.app.plan import Plan
from benchmarks.app.tables import made
from hpi.estimators import Fanova
from hpi.sharing import Snapshot, View, save
from hpi.store import Store, StoreSettings

if TYPE_CHECKING:
    from hpi.table import TrialTable

LOWEST, HIGHEST, STEP = 10.0, 100.0, 0.5  # percent: the target before the first step, the region of all trials
WITHIN = 120.0  # seconds for a page and for an answer
RESTS_WITHIN = 20.0
TICK = 0.01  # seconds of a processor's time, in /proc


@dataclass
class Visitor:
    """A session with the question of its own that it moves on."""

    client: Client
    region: float
    target: float = LOWEST
    alone: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)

    async def begin(self) -> None:
        """Make a copy of what the link shows, and ask among other trials than anybody else."""
        await self.client.first_bars(WITHIN)
        await self.client.send([WidgetState(id=self.client.widgets["explore"], trigger_value=True)])
        while "subspace" not in self.client.widgets:
            await asyncio.sleep(0.02)
        await self.client.rests(WITHIN)
        await self.step()
        await self.client.rests(RESTS_WITHIN)

    async def step(self) -> float:
        """Move the target on by a step; return the milliseconds until the bars are there."""
        self.target += STEP
        slider = WidgetState(id=self.client.widgets["subspace"])
        slider.double_array_value.data[:] = [self.target, self.region]
        return 1000 * await self.client.bars(slider, within=WITHIN)

    async def work(self, begins: float, every: float, ends: float) -> None:
        """Move the slider every so many seconds; one whose answer is late moves it at its next turn."""
        due = begins
        while due < ends:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            self.busy.append(await self.step())
            while due < time.monotonic():
                due += every


def measured(plan: Plan, folder: Path) -> Load:
    """Return what came of the sessions of a plan; the server and its store lie in the folder."""
    from benchmarks.reading.memory import started_with, status
    from tests.browser.servers import running

    table = hpi.read(made(plan.trials), metric="loss", direction="minimize")
    forests = [View(table.metric, table.direction, estimator=Fanova.name, seed=i) for i in range(int(plan.seconds))]
    links = _stored(folder, table, [View(table.metric, table.direction), *forests])
    with running(APP, folder) as server:
        pid = started_with(f"--server.port={server.url.rsplit(':', 1)[1]}")
        crowd = Crowd(plan, server.url, lambda: status(pid, "VmRSS"), lambda: _processor(pid))
        asyncio.run(crowd.meet(links))
        said = server.said()
    return crowd.load(*grown(said, *crowd.window))


@dataclass
class Crowd:
    """The sessions, and what was noted of the server meanwhile."""

    plan: Plan
    url: str
    memory: Any
    processor: Any
    visitors: list[Visitor] = field(default_factory=list)
    held: list[float] = field(default_factory=list)
    a_step: float = 0.0
    window: tuple[datetime, datetime] = (datetime.min, datetime.min)

    async def meet(self, links: Sequence[str]) -> None:
        """Open all sessions, have each move its slider alone, and then all at once."""
        plain, *forests = links
        self.held.append(self.memory())
        async with AsyncExitStack() as open_:
            for i in range(self.plan.sessions):
                client = await open_.enter_async_context(Client(self.url, f"s={plain}"))
                self.visitors.append(Visitor(client, HIGHEST - STEP * (i + 1)))
                await self.visitors[-1].begin()
                self.held.append(self.memory())
                _say(f"session {i + 1} is open: {self.held[-1]:.0f} MB")
            await self._alone()
            _say("each has moved its slider alone")
            await self._at_once(forests)
        wrong = [what for visitor in self.visitors for what in visitor.client.wrong]
        if wrong:
            raise RuntimeError(f"on the pages there was: {sorted(set(wrong))}")

    async def _alone(self) -> None:
        before, steps = self.processor(), 0
        for visitor in self.visitors:
            for _ in range(self.plan.alone):
                visitor.alone.append(await visitor.step())
                await visitor.client.rests(RESTS_WITHIN)
                steps += 1
        self.a_step = 1000 * (self.processor() - before) / steps

    async def _at_once(self, forests: Sequence[str]) -> None:
        began, now = datetime.now(UTC), time.monotonic()
        ends, apart = now + self.plan.seconds, self.plan.every / self.plan.sessions
        growing = asyncio.create_task(_grow(self.url, forests, ends))
        await asyncio.gather(
            *(visitor.work(now + i * apart, self.plan.every, ends) for i, visitor in enumerate(self.visitors))
        )
        self.window = began, datetime.now(UTC)
        with suppress(TimeoutError):  # the last one is let grow to its end, so that the log says how long it took
            await asyncio.wait_for(growing, WITHIN)

    def load(self, forests: int, share: float) -> Load:
        """Return what came of it."""
        return Load(
            [visitor.alone for visitor in self.visitors], [visitor.busy for visitor in self.visitors],
            self.held[0], self.held[1], self.held[-1], self.a_step, forests, share,
        )  # fmt: skip


async def _grow(url: str, links: Sequence[str], ends: float) -> None:
    """Ask for one forest after the other."""
    for link in links:
        if time.monotonic() > ends:
            return
        async with Client(url, f"s={link}") as client:
            await client.first_bars(WITHIN)


def _stored(folder: Path, table: TrialTable, views: Sequence[View]) -> list[str]:
    """Store a link for each view of a table, and return their tokens."""
    store = Store(StoreSettings(folder / "store"))
    tokens = []
    for view in views:
        record, blobs = save(Snapshot(table, view, "importance"))
        tokens.append(store.save("share", record, blobs, owner=None, days=1).token)
    return tokens


def grown(said: str, began: datetime, ended: datetime) -> tuple[int, float]:
    """Return how many forests came to their end between two moments, and the share of the time in which one grew."""
    jobs, seconds = 0, 0.0
    for line in said.splitlines():
        if not line.startswith('{"time"'):
            continue
        event = json.loads(line)
        if event["event"] != "ended" or event["task"] == "findings":
            continue
        until = datetime.fromisoformat(event["time"])
        since = until - timedelta(seconds=event.get("seconds", 0.0))
        seconds += max(0.0, (min(until, ended) - max(since, began)).total_seconds())
        jobs += event.get("outcome") == "done" and began <= until <= ended
    return jobs, seconds / max(1e-9, (ended - began).total_seconds())


def _processor(pid: int) -> float:
    """Return the seconds of a core that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii", errors="replace").rsplit(")", 1)[1].split()
    return TICK * (int(fields[11]) + int(fields[12]))


def _say(text: str) -> None:
    print(f"load: {text}", file=sys.stderr, flush=True)
