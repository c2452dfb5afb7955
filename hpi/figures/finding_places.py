"""Where the groups of a finding's picture stand: beside each other or below each other, their labels and the range."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hpi.figures.axes import level_labels
from hpi.figures.labels import percent, plain, shortened, width, wrapped
from hpi.statements import Line, Picture, Point

# The server does not know the width of the screen: what must fit is laid out for the narrowest.
NARROWEST, COLUMN = 350, 6.6  # pixels of the chart, and of a character
VALUES = 62  # pixels of the labels of the metric, with the margins
GAP = 10  # pixels between two labels
NAME_COLUMNS = 17
MOST_FOLDED = 3
MOST_STEP = 3  # so many groups may share a label before they are put below each other
MOST_BESIDE, MOST_BELOW = 12, 30
PADDING = 0.06
STEPS = (1, 2, 2.5, 5, 10)
TO = " to "


@dataclass(frozen=True)
class Places:
    """Groups in their order, how they are written, and the part of the metric that is shown.

    Attributes
    ----------
    labels
        Of the groups that are shown; a group's place is its position here.
    ticks, tick_words
        Places with a label, and the labels, escaped.
    is_upright
        Whether groups stand beside each other and the metric goes upwards.
    low, high
        Ends of the axis of the metric.
    left_out
        How many groups are not shown.
    """

    labels: tuple[str, ...]
    ticks: tuple[int, ...]
    tick_words: tuple[str, ...]
    is_upright: bool
    low: float
    high: float
    left_out: int

    def shown(self, line: Line) -> list[tuple[int, Point]]:
        """Return the groups of a line with their places, in order."""
        place = {label: i for i, label in enumerate(self.labels)}
        return [(place[point.label], point) for point in line.points if point.label in place]


def places(picture: Picture, band: tuple[float, float] | None = None) -> Places:
    """Lay out a picture for the narrowest screen; `band`: values that it must hold besides."""
    points = [point for line in picture.lines for point in line.points]
    every = list(dict.fromkeys(point.label for point in points))
    labels = _kept(every, points) if picture.ordered else _by_value(_kept(every, points), points)
    low, high = _range([point for point in points if point.label in labels], picture.is_share, band)
    step, words = _beside(labels, len(picture.lines) > 1)
    is_upright = len(labels) <= MOST_BESIDE and step <= (MOST_STEP if picture.ordered else 1)
    if not is_upright:
        step, words = 1, level_labels(labels)
    ticks = range(_first(labels, step, points), len(labels), step)
    tick_words = tuple(words[i] for i in ticks)
    return Places(tuple(labels), tuple(ticks), tick_words, is_upright, low, high, len(every) - len(labels))


def _first(labels: list[str], step: int, points: list[Point]) -> int:
    """Return the first place that has a label, so that what the sentence speaks of has one."""
    marked = {point.label for point in points if point.marked}
    return max(range(step), key=lambda first: len(marked.intersection(labels[first::step])))


def _kept(labels: list[str], points: list[Point]) -> list[str]:
    """Keep the groups that the sentence speaks of, and of the others those with the most trials."""
    if len(labels) <= MOST_BELOW:
        return labels
    trials = dict.fromkeys(labels, 0)
    for point in points:
        trials[point.label] += point.n
    marked = {point.label for point in points if point.marked}
    first = sorted(labels, key=lambda label: (label not in marked, -trials[label]))[:MOST_BELOW]
    return [label for label in labels if label in first]


def _by_value(labels: list[str], points: list[Point]) -> list[str]:
    """Put groups without an order of their own into that of what they reach, the highest first."""
    values: dict[str, list[float]] = {label: [] for label in labels}
    for point in points:
        if point.label in values and math.isfinite(point.value):
            values[point.label].append(point.value)
    return sorted(labels, key=lambda label: -math.fsum(values[label]) / max(1, len(values[label])))


def _beside(labels: list[str], with_names: bool) -> tuple[int, list[str]]:
    """Return which labels fit beside each other (every one, every second...), and how they are written, escaped."""
    parts = [_broken(label) for label in labels]
    room = NARROWEST - VALUES - (COLUMN * NAME_COLUMNS if with_names else 0)
    widest = max((width(line) for lines in parts for line in lines), default=1)
    step = math.ceil((COLUMN * widest + GAP) / (room / max(1, len(labels))))
    return step, ["<br>".join(plain(line) for line in lines) for lines in parts]


def _broken(label: str) -> list[str]:
    """Break a stretch of values before its end: 1e-4 over to 3e-3."""
    first, to, last = label.partition(TO)
    return [first, f"to {last}"] if to and first.strip() and last.strip() else [label]


def _range(points: list[Point], is_share: bool, band: tuple[float, float] | None) -> tuple[float, float]:
    """Return ends that hold every value and what the sentence speaks of with its interval.

    An interval of another group may run out of the picture where it is far wider: it would leave the rest no room.
    """
    spoken_of = [one for one in points if one.marked] or points
    core = [one.value for one in points] + [end for one in spoken_of for end in (one.low, one.high)]
    core = [value for value in (*core, *(band or ())) if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(core), max(core)
    most = (high - low) or math.inf
    ends = [end for one in points for end in (one.low, one.high) if math.isfinite(end)]
    low, high = max(min([low, *ends]), low - most), min(max([high, *ends]), high + most)
    pad = PADDING * (high - low) or 0.1 * abs(high) or 0.5
    return (-PADDING * high if is_share else low - pad), high + pad


def round_ticks(low: float, high: float, is_share: bool) -> tuple[list[float], list[str]]:
    """Return three to six round values within two ends, and how they are written."""
    size = 10.0 ** math.floor(math.log10((high - low) / 4))
    step = next(size * times for times in STEPS if size * times * 5 >= high - low)
    first = 0 if is_share else math.ceil(low / step - 1e-9)
    ticks = [i * step for i in range(first, math.floor(high / step + 1e-9) + 1)]
    if is_share:
        return ticks, [plain(percent(round(tick, 9))) for tick in ticks]
    return ticks, [rounded(tick, step) for tick in ticks]


def rounded(value: float, step: float) -> str:
    """Write a number with the digits that tell it from another one a `step` away."""
    if not math.isfinite(value):
        return "unknown"
    largest = max(abs(value), step)
    if step < 1e-5 or largest >= 1e6:
        digits = max(0, math.floor(math.log10(largest)) - math.floor(math.log10(step) + 1e-9))
        mantissa, _, exponent = f"{value:.{min(digits + 1, 9)}e}".partition("e")
        return (f"{float(mantissa):g}e{int(exponent)}" if value else "0").replace("-", "\u2212")
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    digits += abs(round(step * 10**digits) - step * 10**digits) > 1e-6 * step * 10**digits  # a step of 2.5
    return f"{value + 0.0:,.{digits}f}".replace("-", "\u2212")


def common_name(lines: tuple[Line, ...], hyperparameters: tuple[str, ...]) -> str:
    """Return the hyperparameter that all names of lines begin with, if it is too long for each; else an empty word."""
    fitting = [name for name in hyperparameters if all(line.name.startswith(f"{name} ") for line in lines)]
    return next((name for name in fitting if width(name) > NAME_COLUMNS), "")


def names_of(lines: tuple[Line, ...], common: str = "") -> list[str]:
    """Return the names of lines, without what is `common`, in a few rows (of many lines in one), escaped, different."""
    rows = 3 if len(lines) <= MOST_FOLDED else 1
    names = [line.name.removeprefix(f"{common} ").removeprefix("= ") if common else line.name for line in lines]
    return [wrapped(name, NAME_COLUMNS) for name in shortened(names, rows * (NAME_COLUMNS - 1))]


def apart(wanted: list[float], room: float, low: float, high: float) -> list[float]:
    """Move values apart so that two differ by `room` or more, within two ends as far as there is room."""
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    placed = list(wanted)
    lowest = low + room / 2
    for i in order:
        placed[i] = max(wanted[i], lowest)
        lowest = placed[i] + room
    highest = high - room / 2
    for i in reversed(order):
        placed[i] = min(placed[i], highest)
        highest = placed[i] - room
    return placed
