"""The study: one viewer alone, many at once, many while a replica is killed; each part ends by itself."""

from __future__ import annotations

import asyncio
import os
import platform
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import streamlit

from benchmarks.serving import links
from benchmarks.serving.links import DATA, FINDINGS, IMPORTANCE, ONE, Link
from benchmarks.serving.team import Team, serving
from benchmarks.serving.viewer import Viewer, Visit
from hpi.store import Store, StoreSettings

ROUND = (ONE, FINDINGS, DATA, IMPORTANCE)  # the pages that a viewer goes to after the first one
HURRIED = (0.1, 0.3)  # seconds between the pages of one viewer alone
KILLED = 1  # number of the replica
COMES_BACK_WITHIN, LOOK_EVERY = 60.0, 0.05  # seconds
Links = dict[str, list[Link]]  # by the part that they are for


@dataclass(frozen=True)
class Plan:
    """How many viewers there are, how often each goes to another page, after how many seconds (from, to).

    `alone`: viewers of each link, one after the other. `killed_after`: seconds from the last first view of many
    viewers to the death of a replica. `n_trials`: of the table that is drawn.
    """

    viewers: int
    switches: int
    think: tuple[float, float]
    alone: int
    killed_after: float
    n_trials: int = 20_000

    @property
    def pages(self) -> tuple[str, ...]:
        """Where a viewer goes."""
        return tuple(ROUND[i % len(ROUND)] for i in range(self.switches))


FULL = Plan(viewers=50, switches=6, think=(2.0, 6.0), alone=6, killed_after=2.0)
QUICK = Plan(viewers=10, switches=4, think=(1.0, 3.0), alone=3, killed_after=1.0)
TINY = Plan(viewers=8, switches=2, think=(0.5, 2.0), alone=1, killed_after=0.0, n_trials=3000)


@dataclass(frozen=True)
class Part:
    """What came of some viewers.

    Attributes
    ----------
    visits
        All pages that were asked for.
    happened, away
        Connections lost and refused; seconds without one, each time it was lost.
    seconds, ours
        How long it took; seconds of a core that the viewers themselves took.
    memory
        The most that each replica had meanwhile, MB, by its number.
    """

    visits: tuple[Visit, ...]
    happened: Counter[str]
    away: tuple[float, ...]
    seconds: float
    ours: float
    memory: dict[int, float]


@dataclass
class Outcome:
    """All that was measured.

    Attributes
    ----------
    sizes
        Bytes in the store of each table, by its name.
    idle
        Memory of each replica before its first viewer, MB.
    parts
        By their names: cold, alone, at once, killed.
    broke
        What the servers complained of.
    came_back
        Seconds until the replica that was killed could work again; None where it could not.
    machine
        Where all of it ran.
    """

    plan: Plan
    sizes: dict[str, int]
    idle: dict[int, float] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)
    broke: list[str] = field(default_factory=list)
    came_back: float | None = None
    machine: str = ""


def run(plan: Plan) -> Outcome:
    """Start the servers, let the viewers look, and return what came of it."""
    with tempfile.TemporaryDirectory(prefix="hpi-load-") as name:
        folder = Path(name)
        store = Store(StoreSettings(folder / "store"))
        tables = {"example": links.example(), "drawn": links.drawn(plan.n_trials)}
        ready = [links.prepared(*table) for table in tables.items()]
        made = {part: [links.stored(store, one) for one in ready] for part in ("alone", "at once", "killed")}
        outcome = Outcome(plan, {link.name: link.size for link in made["alone"]}, machine=machine())
        with serving(folder) as team, ThreadPoolExecutor(plan.viewers) as threads:
            outcome.idle = team.memory()
            asyncio.run(_all(plan, made, team, threads, outcome))
            outcome.broke = complaints(team)
    return outcome


async def _all(plan: Plan, made: Links, team: Team, threads: Executor, outcome: Outcome) -> None:
    """Have the parts of the study follow each other."""

    async def one_by_one(viewers: Sequence[Viewer]) -> None:
        for viewer in viewers:
            await viewer.look(team.url, threads)

    async def at_once(viewers: Sequence[Viewer], before_last: asyncio.Event | None = None) -> None:
        await asyncio.gather(*(viewer.look(team.url, threads, before_last) for viewer in viewers))

    async def with_a_death(viewers: Sequence[Viewer]) -> None:
        death = asyncio.Event()
        outcome.came_back, _ = await asyncio.gather(_kill(plan, team, viewers, death), at_once(viewers, death))

    ways: dict[str, Callable[[Sequence[Viewer]], Awaitable[None]]]
    ways = {"cold": one_by_one, "alone": one_by_one, "at once": at_once, "killed": with_a_death}
    for name, viewers in _viewers(plan, made).items():
        part = outcome.parts[name] = await _part(team, viewers, ways[name])
        print(f"{name}: {len(part.visits)} pages in {part.seconds:.0f} s", flush=True)


def _viewers(plan: Plan, made: Links) -> dict[str, list[Viewer]]:
    """Return the viewers of each part; the many come to links that nobody has opened before."""
    alone = made["alone"]
    many = {
        part: [Viewer(i, made[part][i % len(made[part])], plan.pages, plan.think) for i in range(plan.viewers)]
        for part in ("at once", "killed")
    }
    return {
        "cold": [Viewer(0, link, (), HURRIED, replica) for link in alone for replica in ("1", "2")],
        "alone": [Viewer(i, link, ROUND, HURRIED, str(1 + i % 2)) for i in range(plan.alone) for link in alone],
    } | many


async def _part(team: Team, viewers: list[Viewer], how: Callable[[Sequence[Viewer]], Awaitable[None]]) -> Part:
    """Let viewers look, one by one or at once."""
    team.most.clear()
    began, ours = time.monotonic(), time.process_time()
    await how(viewers)
    return Part(
        tuple(visit for viewer in viewers for visit in viewer.visits),
        sum((viewer.happened for viewer in viewers), Counter()),
        tuple(seconds for viewer in viewers for seconds in viewer.away),
        time.monotonic() - began,
        time.process_time() - ours,
        dict(team.most),
    )


async def _kill(plan: Plan, team: Team, viewers: Sequence[Viewer], death: asyncio.Event) -> float | None:
    """Kill a replica while all look; return after how many seconds it could work again, None for never."""
    while not all(viewer.visits for viewer in viewers):
        await asyncio.sleep(LOOK_EVERY)
    await asyncio.sleep(plan.killed_after)
    died, (before, _) = time.monotonic(), team.replicas()[KILLED]
    team.kill(KILLED)
    death.set()
    while time.monotonic() - died < COMES_BACK_WITHIN:
        await asyncio.sleep(LOOK_EVERY)
        if team.replicas()[KILLED][0] != before and await asyncio.to_thread(team.is_ready, KILLED):
            return time.monotonic() - died
    return None


def complaints(team: Team) -> list[str]:
    """Return what the servers wrote down that should never happen: broken pages, replies from 500 on, tracebacks."""
    events = team.events()
    broken = [str(event) for event in events if event["event"] == "page broke"]
    failed = [f"{event['route']}: {event['status']}" for event in events if event.get("status", 0) >= 500]
    return broken + failed + [line for line in team.said() if line.startswith("Traceback")]


def machine() -> str:
    """Describe where it ran: cores, system, versions; how busy it was before."""
    busy = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"Streamlit {streamlit.__version__}; load average before the run {busy}"
    )
