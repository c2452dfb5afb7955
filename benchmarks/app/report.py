"""What the study found, as benchmarks/app.md says it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from benchmarks.app.found import A_SESSION, BUSY, LARGEST, REMOUNTS, SLIDER, START, SWITCH, Study, remounts, spread
from benchmarks.app.plan import FULL
from benchmarks.app.switching import PAGES
from benchmarks.app.tables import COLUMNS
from benchmarks.app.text import LOAD, NOT_MEASURED, SHORT, TEXT

Row = tuple[str, str, str, bool]  # what, what is wanted, what was measured, whether that is met


def written(study: Study) -> str:
    """Return the text of the report."""
    text = TEXT.format(
        command=study.command,
        machine=study.machine,
        short="" if study.plan == FULL else SHORT,
        wanted="\n".join(map(_wanted, rows(study))),
        presses=study.plan.presses,
        columns=COLUMNS,
        slider="\n".join(_slider(study)),
        unrested=_unrested(study),
        rounds=study.plan.rounds,
        menu="\n".join(_menu(study)),
        charts="\n".join(_sizes(study.messages.charts, "")),
        others="\n".join(_sizes(study.messages.largest, ", no chart", 4)),
        start=_start(study),
        load=_load(study),
    )  # fmt: skip
    return f"{_wrapped(text)}\n"


def rows(study: Study) -> list[Row]:
    """Return what is wanted, what was measured, and whether that is met."""
    found = [_slid(study, size, most) for size, most in SLIDER.items() if size in study.slid]
    found += [_switched(study, title) for title in PAGES]
    largest = max(study.messages.charts, key=lambda name: study.messages.charts[name])
    size, times = study.messages.charts[largest], remounts(study)
    found += [
        ("Largest message with a chart", f"at most {LARGEST / 1000:.0f} kB", f"{size / 1000:.0f} kB ({largest})",
         size <= LARGEST),
        ("A chart put anew by one change", f"at most {REMOUNTS} time", f"{times} times", times <= REMOUNTS),
    ]  # fmt: skip
    if study.started is not None:
        ratio = spread(study.started.ours)[0] / spread(study.started.smallest)[0]
        found.append(("Start to the first bars", _at_most(START), f"{ratio:.2f} times", ratio <= START))
    if study.load is not None:
        found += _loaded(study)
    return found


def _wanted(row: Row) -> str:
    what, aim, got, met = row
    return f"| {what} | {aim} | {got} | {'yes' if met else '**no**'} |"


def _slid(study: Study, size: int, most: float) -> Row:
    slid = study.slid[size]
    ratio = spread(slid.bars())[0] / spread(slid.unchanged())[0]
    return f"Slider to bars, {size:,} x {COLUMNS}", _at_most(most), f"{ratio:.2f} times", ratio <= most


def _switched(study: Study, title: str) -> Row:
    ours, smallest = (
        spread([lap.took["chart"] for lap in of[title]])[0] for of in (study.switched.ours, study.switched.smallest)
    )
    return f"Menu to {title}", _at_most(SWITCH), f"{ours / smallest:.2f} times", ours <= SWITCH * smallest


def _loaded(study: Study) -> list[Row]:
    load = study.load
    assert load is not None
    worst = max(load.ratios)
    return [
        (f"{len(load.alone)} sessions, the longest wait", _at_most(BUSY), f"{worst:.1f} times", worst <= BUSY),
        ("Memory of a session at rest", f"at most {A_SESSION:.0f} MB", f"{load.a_session:.1f} MB",
         load.a_session <= A_SESSION),
    ]  # fmt: skip


def _at_most(times: float) -> str:
    return f"at most {times:g} times"


def _slider(study: Study) -> list[str]:
    """Write a line for each table: bars, the whole page, and the rerun that both are held against."""
    lines = []
    for size, slid in study.slid.items():
        reference = slid.unchanged()
        cells = [_cell(reference), *(f"{_cell(of)} | {_times(of, reference)}" for of in (slid.bars(), slid.whole()))]
        lines.append(f"| {size:,} x {COLUMNS} | {' | '.join(cells)} |")
    return lines


def _unrested(study: Study) -> str:
    restless = [f"{size:,}" for size, slid in study.slid.items() if not slid.rested]
    if not restless:
        return "Every press found the page at rest."
    return f"With {' and '.join(restless)} trials some presses came before the page was at rest."


def _menu(study: Study) -> list[str]:
    """Write a line for each page: its chart, the smallest page's chart, and the whole page."""
    lines = []
    for title, key in PAGES.items():
        laps = study.switched.ours[title]
        smallest = [lap.took["chart"] for lap in study.switched.smallest[title]]
        chart, whole = ([lap.took[name] for lap in laps] for name in ("chart", "rest"))
        lines.append(
            f"| {title} | {key} | {_cell(smallest)} | {_cell(chart)} | {_times(chart, smallest)} | {_cell(whole)} |"
        )
    return lines


def _sizes(sizes: dict[str, int], note: str, n: int = 100) -> list[str]:
    largest = sorted(sizes, key=lambda name: (-sizes[name], name))[:n]
    return [f"| {name}{note} | {sizes[name] / 1000:.1f} kB |" for name in largest]


def _start(study: Study) -> str:
    if study.started is None:
        return NOT_MEASURED
    ours, smallest = study.started.ours, study.started.smallest
    lines = [f"| {name} | {spread(of)[0]:.2f} s | {spread(of)[1]:.2f} s | {spread(of)[0] / spread(smallest)[0]:.2f} |"
             for name, of in (("smallest page", smallest), ("the app", ours))]  # fmt: skip
    return "\n".join(
        [f"| {len(ours)} starts each | median | 95th percentile | times |", "| --- | --- | --- | --- |", *lines]
    )


def _load(study: Study) -> str:
    load = study.load
    if load is None:
        return NOT_MEASURED
    ratios = load.ratios
    return LOAD.format(
        sessions=len(load.alone),
        trials=study.plan.trials,
        every=study.plan.every,
        seconds=study.plan.seconds,
        steps=sum(map(len, load.busy)),
        alone=_cell([value for of in load.alone for value in of]),
        busy=_cell([value for of in load.busy for value in of]),
        median=spread(ratios)[0],
        worst=max(ratios),
        forests=load.forests,
        growing=100 * load.growing,
        a_step=load.a_step,
        needed=load.a_step * len(load.alone) / study.plan.every / 10,
        fresh=load.fresh,
        first=load.first,
        idle=load.idle,
    )


def _cell(milliseconds: Sequence[float]) -> str:
    """Write median and 95th percentile."""
    half, most = spread(milliseconds)
    return f"{half:.0f} ({most:.0f})"


def _times(ours: Sequence[float], reference: Sequence[float]) -> str:
    """Write how many times the reference: of the medians, and of the 95th percentiles."""
    half, most = (a / b for a, b in zip(spread(ours), spread(reference), strict=True))
    return f"{half:.2f} ({most:.2f})"


def _wrapped(text: str) -> str:
    """Return a text with no line over 120 characters but in tables."""
    return "\n\n".join(
        one
        if one.startswith(("|", "#", "-"))
        else textwrap.fill(one, 120, break_long_words=False, break_on_hyphens=False)
        for one in filter(None, map(str.strip, text.split("\n\n")))
    )
