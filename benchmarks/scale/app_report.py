"""What came of the largest folder in the app, as the report says it."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.app.found import spread
from benchmarks.scale.found import CHANGES, RERUNS, Folder
from benchmarks.scale.in_app import COUNTING, LOOKING, InApp, NotMeasured
from benchmarks.scale.text import AGAIN, APP, NOT_IN_APP, ONCE
from benchmarks.scale.trials import HYPERPARAMETERS
from benchmarks.scale.watching import EVERY

Row = tuple[str, str, str, bool | None]


def rows(folder: Folder) -> list[Row]:
    """Return what was wanted of the app, what came, and whether that is enough; nothing where it was left out."""
    app, aim = folder.app, f"at most {RERUNS:g} times a rerun that changes nothing"
    what = f"Slider to bars in the app, {folder.size.rows:,} x {len(HYPERPARAMETERS)}"
    if app is None:
        return []
    if isinstance(app, NotMeasured):
        return [(what, aim, f"not measured: {app.why}", False if app.failed else None)]
    ratio = spread(app.slid.bars())[0] / spread(app.slid.unchanged())[0]
    changes, again = [app.opened.changes(job) for job in (LOOKING, COUNTING)], _again(app)
    return [
        (what, aim, f"{ratio:.2f} times", ratio <= RERUNS),
        ("Its progress, while rows are looked at and counted", f"words change at least {CHANGES} times each",
         f"{changes[0]} and {changes[1]} times", min(changes) >= CHANGES),
        ("Rows read again by moves of the slider", "never", f"{again} times" if again else "never", again == 0),
    ]  # fmt: skip


def section(folder: Folder) -> str:
    """Return the section of the report."""
    app = folder.app
    if not isinstance(app, InApp):
        return NOT_IN_APP.format(why="it was not asked for" if app is None else app.why)
    opened, slid = app.opened, app.slid
    rerun, moved = slid.unchanged(), slid.bars()
    times = [mine / other for mine, other in zip(spread(moved), spread(rerun), strict=True)]
    return APP.format(
        rows=folder.size.rows,
        first="never" if opened.first is None else f"{opened.first:.1f} s",
        after=opened.after,
        at_hand=opened.at_hand,
        bars=opened.bars,
        looking=opened.changes(LOOKING),
        counting=opened.changes(COUNTING),
        server=app.held.server,
        children=app.held.children,
        presses=len(moved),
        unrested="" if slid.rested else "Some presses came before the page was at rest.",
        rerun=_cell(rerun),
        moved=_cell(moved),
        times=f"{times[0]:.2f} ({times[1]:.2f})",
        whole=_cell(slid.whole()),
        passes=_passes(app),
        every=EVERY,
        browser=app.browser,
    )


def _again(app: InApp) -> int:
    """Return how many jobs read the rows beside the one look and the one count of opening."""
    return max(0, app.jobs.get("look", 0) + app.jobs.get("count", 0) - 2)


def _passes(app: InApp) -> str:
    look, count = (app.jobs.get(task, 0) for task in ("look", "count"))
    if _again(app):
        return AGAIN.format(look=look, count=count)
    return ONCE.format(others=sum(app.jobs.values()) - look - count)


def _cell(milliseconds: Sequence[float]) -> str:
    """Write median and 95th percentile."""
    half, most = spread(milliseconds)
    return f"{half:.0f} ({most:.0f})"
