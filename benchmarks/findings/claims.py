"""What a sentence compares, taken from its picture and its words: which trials are said to be better than which."""

from __future__ import annotations

import re
from dataclasses import dataclass

from benchmarks.findings.population import Cell
from hpi.statements.finding import Finding, FindingKind, Line

# How two hyperparameters act together, as the sentence says it.
WAYS = (
    "turns round",
    "matters only with",
    "matters above all with",
    "depends on",
    "reinforce",
    "make up for each other",
)
MIDDLE = re.compile(r" (?:is|seems) (best|worst) (?:between|at) ")


@dataclass(frozen=True)
class Compared:
    """Two sides of a comparison.

    Attributes
    ----------
    better, worse
        Cells of trials; an effect is the mean loss of the worse ones less that of the better ones.
    parts
        Cells that are all claimed to be worse than `better` (or better than `worse`, where `is_worst`), one by one:
        the two sides of "best between". Empty where the comparison itself is the claim.
    is_worst
        The stretch in the middle is the worst.
    """

    better: tuple[Cell, ...]
    worse: tuple[Cell, ...]
    parts: tuple[tuple[Cell, ...], ...] = ()
    is_worst: bool = False


def compared(finding: Finding, maximize: bool = False) -> Compared:
    """Return what a sentence compares; for "no difference" and the top, `better` are the groups spoken of.

    `maximize`: a high metric is good.
    """
    if finding.kind is FindingKind.TREND:
        return _trend(finding)
    if finding.kind is FindingKind.CONTRAST:
        (name,) = finding.hyperparameters
        behind = finding.compared_with.removeprefix(f"{name} = ")
        ahead = next(label for label in marked(finding.picture.lines[0]) if label != behind)
        return Compared((((name, ahead),),), (((name, behind),),))
    if finding.kind is FindingKind.EXCEPTION:
        return _exception(finding)
    if finding.kind is FindingKind.INTERACTION:
        return _interaction(finding, maximize)
    (name,) = finding.hyperparameters
    line = finding.picture.lines[0]
    spoken = marked(line) or [point.label for point in line.points]
    return Compared(tuple(((name, label),) for label in spoken), ())


def way(finding: Finding) -> str | None:
    """Return the words of an interaction that say how the two act together."""
    found = [one for one in WAYS if one in finding.text and finding.kind is FindingKind.INTERACTION]
    return found[0] if found else None


def marked(line: Line) -> list[str]:
    """Labels of the marked groups of a line."""
    return [point.label for point in line.points if point.marked]


def _trend(finding: Finding) -> Compared:
    (name,) = finding.hyperparameters
    labels = [point.label for point in finding.picture.lines[0].points]
    middle = MIDDLE.search(finding.text)
    if middle is None:
        first, last = ((name, labels[0]),), ((name, labels[-1]),)
        ends = (first, last) if finding.compared_with == f"{name} {labels[-1]}" else (last, first)
        return Compared((ends[0],), (ends[1],))
    cells = [((name, label),) for label in labels]
    at = [point.marked for point in finding.picture.lines[0].points]
    start, end = at.index(True), len(at) - at[::-1].index(True)
    inside, sides = tuple(cells[start:end]), (tuple(cells[:start]), tuple(cells[end:]))
    if middle[1] == "best":
        return Compared(inside, sides[0] + sides[1], sides)
    return Compared(sides[0] + sides[1], inside, sides, is_worst=True)


def _exception(finding: Finding) -> Compared:
    first, second = finding.hyperparameters
    (line,) = [line for line in finding.picture.lines if marked(line)]
    within = (second, line.name.removeprefix(f"{second} "))
    better_elsewhere = re.sub(rf"^{re.escape(first)} (= )?|, which is better in general$", "", finding.compared_with)
    (better,) = [label for label in marked(line) if label != better_elsewhere]
    return Compared((((first, better), within),), (((first, better_elsewhere), within),))


def _interaction(finding: Finding, maximize: bool) -> Compared:
    """Return the diagonals of the four marked cells, so that what the sentence reports is positive.

    `better` is the diagonal whose marked values are together the better ones: its mean loss is lower. The first of
    each side are the two cells between which more is gained.
    """
    acting = finding.picture.across
    (other,) = [name for name in finding.hyperparameters if name != acting]
    lines = [line for line in finding.picture.lines if marked(line)]
    if [len(marked(line)) for line in lines] != [2, 2]:
        return Compared((), ())
    cells = [
        ((acting, label), (other, line.name.removeprefix(f"{other} "))) for line in lines for label in marked(line)
    ]
    values = [point.value for line in lines for point in line.points if point.marked]
    diagonals = (cells[0], cells[3]), (cells[1], cells[2])
    falls = values[0] + values[3] < values[1] + values[2]
    better, worse = diagonals if falls is not maximize else diagonals[::-1]
    if worse[0][1] != better[0][1]:
        worse = worse[::-1]
    if abs(values[0] - values[1]) < abs(values[2] - values[3]):
        better, worse = better[::-1], worse[::-1]
    return Compared(better, worse)
