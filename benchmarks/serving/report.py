"""What the study found, as benchmarks/serving.md says it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

import numpy as np

from benchmarks.serving.study import KILLED, Outcome, Part
from benchmarks.serving.viewer import LONGEST, Visit

NOT_KNOWN = "not known"


def written(outcome: Outcome, command: str) -> str:
    """Return the text of the report."""
    alone, many, killed = (outcome.parts[name] for name in ("alone", "at once", "killed"))
    plan, one = outcome.plan, quantiles([visit.seconds for visit in switches(alone)])[0]
    text = TEXT.format(
        command=command,
        viewers=plan.viewers,
        switches=plan.switches,
        think=f"{plan.think[0]:g} to {plan.think[1]:g}",
        n_trials=f"{plan.n_trials:,}",
        sizes=" and ".join(f"{size / 1e6:.2g} MB" for size in outcome.sizes.values()),
        killed_after=f"{plan.killed_after:g}",
        machine=outcome.machine,
        met=_met(outcome),
        first=_latency("first view", firsts(alone), firsts(many), firsts(killed)),
        switch=_latency("page switch", switches(alone), switches(many), switches(killed)),
        alone=f"{len(firsts(alone))} first views and {len(switches(alone))} page switches",
        longest=f"{LONGEST:.0f}",
        killed=KILLED,
        loaded=f"{quantiles([visit.loaded for visit in firsts(many)])[0]:.2f} s (median)",
        cold=f"{max(visit.seconds for visit in outcome.parts['cold'].visits):.1f}",
        in_turn=_in_turn(alone, many, plan.viewers),
        pace=f"{len(many.visits) / many.seconds:.0f}",
        asked=f"{plan.viewers / (sum(plan.think) / 2 + one):.0f}",
        one=f"{1 / one:.0f}",
        ours=f"{100 * many.ours / many.seconds:.0f}",
        memory=_memory(outcome),
        death=_death(outcome, killed),
    )
    return f"{_wrapped(text)}\n"


def firsts(part: Part) -> list[Visit]:
    """Return the first views."""
    return [visit for visit in part.visits if visit.is_first]


def switches(part: Part) -> list[Visit]:
    """Return the page switches."""
    return [visit for visit in part.visits if not visit.is_first]


def wrong(parts: Iterable[Part]) -> list[str]:
    """Return what was wrong with pages."""
    return [visit.wrong for part in parts for visit in part.visits if visit.wrong is not None]


def refused(part: Part) -> int:
    """Count the attempts to connect that were refused or got no answer."""
    return sum(times for what, times in part.happened.items() if what.startswith("refused"))


def quantiles(seconds: Sequence[float]) -> tuple[float, float, float]:
    """Return median, 95th percentile and maximum."""
    half, most, longest = np.quantile(seconds, (0.5, 0.95, 1.0))
    return float(half), float(most), float(longest)


def _met(outcome: Outcome) -> str:
    """Write the table of what must hold on any machine."""
    many, killed = (outcome.parts[name] for name in ("at once", "killed"))
    wanted = outcome.plan.viewers * (1 + outcome.plan.switches)
    rows = [
        ("Pages that were wrong, broke or did not come, all parts", f"0 of {_pages(outcome):,}",
         f"{len(wrong(outcome.parts.values())):,} of {_pages(outcome):,}", not wrong(outcome.parts.values())),
        ("Of these with wrong numbers or sentences", "0", str(_count(outcome, "wrong numbers", "wrong sentences")),
         not _count(outcome, "wrong numbers", "wrong sentences")),
        ("Connections lost or refused, all at once", "0", str(many.happened["lost"] + refused(many)),
         not many.happened["lost"] + refused(many)),
        ("Pages drawn to their end, one replica killed", f"{wanted:,}",
         f"{len(killed.visits) - len(wrong([killed])):,}", len(killed.visits) - len(wrong([killed])) == wanted),
        ("Broken pages, replies from 500 on and tracebacks in the servers' logs", "0", str(len(outcome.broke)),
         not outcome.broke),
    ]  # fmt: skip
    return "\n".join(f"| {what} | {aim} | {found} | {'yes' if met else 'no'} |" for what, aim, found, met in rows)


def _pages(outcome: Outcome) -> int:
    return sum(len(part.visits) for part in outcome.parts.values())


def _count(outcome: Outcome, *beginnings: str) -> int:
    return sum(why.startswith(beginnings) for why in wrong(outcome.parts.values()))


def _latency(name: str, alone: list[Visit], *others: list[Visit]) -> str:
    """Write a line a part: seconds, and how many times the median of one viewer alone."""
    one = quantiles([visit.seconds for visit in alone])
    lines = [_cells(name, "one alone", one, one[0])]
    for part, visits in zip(("all at once", "all at once, a replica killed"), others, strict=True):
        lines.append(_cells(name, part, quantiles([visit.seconds for visit in visits]), one[0]))
    return "\n".join(lines)


def _cells(name: str, part: str, seconds: tuple[float, float, float], unit: float) -> str:
    times = " | ".join(f"{value / unit:.1f} ({value:.2f} s)" for value in seconds)
    return f"| {name} | {part} | {times} |"


def _in_turn(alone: Part, many: Part, viewers: int) -> str:
    """Say how the last of all first views compares with a server that serves one after the other."""
    one = quantiles([visit.seconds for visit in firsts(alone)])[0]
    last = quantiles([visit.seconds for visit in firsts(many)])[2]
    return f"{last / one:.0f} times the median of one alone, where {viewers} served one after the other take {viewers}"


def _memory(outcome: Outcome) -> str:
    """Write a line a replica: what it had, MB, and as a multiple of what it had idle."""
    lines = []
    for number, idle in sorted(outcome.idle.items()):
        cells = [f"{idle:.0f} MB"]
        for name in ("alone", "at once", "killed"):
            held = outcome.parts[name].memory.get(number)
            cells.append(NOT_KNOWN if held is None else f"{held:.0f} MB ({held / idle:.2f})")
        lines.append(f"| {number} | {' | '.join(cells)} |")
    return "\n".join(lines) or f"| all | {' | '.join([NOT_KNOWN] * 4)} |"


def _death(outcome: Outcome, killed: Part) -> str:
    """Say what became of those who were connected to the replica that died."""
    lost = killed.happened["lost"]
    if not lost or not killed.away:
        return "Nobody was connected to the replica that died, so this part says nothing."
    half, _, longest = quantiles(killed.away)
    back = "did not come back" if outcome.came_back is None else f"could work again {outcome.came_back:.1f} s later"
    redone = sum(visit.lost > 0 for visit in killed.visits)
    return (
        f"{lost} connections were lost; {redone} pages were being drawn then and were drawn again. The viewers were "
        f"without a connection for {half:.2f} s (median; at most {longest:.2f} s), with {refused(killed)} attempts to "
        f"connect that were refused meanwhile. The replica {back}."
    )


def _wrapped(text: str) -> str:
    """Return a text with no line over 120 characters but in tables."""
    paragraphs = text.split("\n\n")
    return "\n\n".join(
        one if one.startswith(("|", "#")) else textwrap.fill(one, 120, break_long_words=False, break_on_hyphens=False)
        for one in map(str.strip, paragraphs)
    )


TEXT = """# Many viewers at once

Made by `{command}` in a minute or two; it stops by itself. Two replicas behind nginx below a path of their own, as
`make serve` starts them, with a store of their own; links to two tables are stored in it: the example of 1,200 trials
and 10 hyperparameters, and one of {n_trials} trials and 12 that is drawn ({sizes} in the store). Then {viewers}
viewers come at the same moment, half of them to each link, which nobody has opened before. Each is a client of its own
with cookies of its own: it loads the page and the 64 or so files that the page names, with an empty cache, opens the
websocket and speaks Streamlit's protocol as a browser does. It looks at the bars, and then goes to {switches} pages
more (One hyperparameter, Findings, Data, Importance, and so on), {think} s after each was drawn.

What each page shows is held against what was stored: the bars' importances and noise floors, all traces of all
figures, and the sentences of the findings, to the last digit. What is expected was worked out in another process,
before it was stored.

## What must hold on any machine

| what | wanted | measured | met |
| --- | --- | --- | --- |
{met}

A page counts as one that did not come after {longest} s.

## How long it takes

In multiples of the median of one viewer alone, measured before in the same run ({alone}, one after the other, of links
that each replica has opened before), and in seconds. A first view is everything from the first request to the end of
the page with its bars; a page switch is what is between the click and the end of the page.

| what | viewers | median | 95th percentile | maximum |
| --- | --- | --- | --- | --- |
{first}
{switch}

All {viewers} first views begin at the same moment: the last one was there after {in_turn}. Loading page and files was
{loaded} of their seconds. The first view after the servers had started took {cold} s at most. All in all {pace} pages
were drawn a second; the viewers themselves took {ours} % of a core beside the servers, on the same machine. With these
pauses {viewers} viewers would ask for {asked} pages a second if none of them ever had to wait, and one alone is served
at the pace of {one}: on a few cores this is a test of overload, not of a usual day.

Seconds are those of this machine and of what else ran on it: {machine}. The multiples depend on its cores, too: fewer
than one for each replica and the viewers make them larger, more make them smaller. What has to be the same on every
machine is in the first table. No browser draws anything here: what a reader's own machine takes to draw a chart comes
on top, and does not grow with the number of readers.

## What memory it takes

Resident memory of each replica at most in each part, and in multiples of what it had before its first viewer. A
session is kept for two minutes after its page is closed, so the parts add up; a replica that was killed begins anew.

| replica | idle | one alone | all at once | all at once, one killed |
| --- | --- | --- | --- | --- |
{memory}

## A replica is killed

{viewers} more viewers come, to links that are new again. {killed_after} s after the last of them has seen the bars,
replica {killed} is killed as the kernel does it where memory runs out (SIGKILL), while all go on from page to page.
{death}
"""
