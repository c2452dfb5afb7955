"""What the pictures of two hyperparameters share: the number of a cell, its colour, its words, the two axes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from hpi.effects import Joint, TwoEffects
from hpi.effects.cuts import measure
from hpi.figures.axes import Scale, level_labels, log_ticks, said
from hpi.figures.heading import Fact
from hpi.figures.labels import number, percent, plain, short, shortened, wrapped
from hpi.figures.rows import metric_of
from hpi.figures.theme import Theme, blended, readable_on
from hpi.space import Floats

TICKS = 5
MANY_CELLS, FULL_NAME, CUT_NAME = 60, 80, 20  # cells, and columns of a name in the hover
VERY_MANY, SHORT_NAME = 400, 14
FEW_TRIALS = 5  # in a cell: its share is written as counts, and does not stretch the colours
PALE = 0.15  # of what the two do at all: ends of the colours of what is left are never nearer to 0
HUE = (0.35, 0.7, 1.0)  # of a colour, from little to much
CROWDED, CROWDED_COLUMNS = 12, 14  # levels on an axis; from here on their names are cut to so many columns


class Show(StrEnum):
    """What a cell shows: something of its trials, or of a forest's predictions with the other hyperparameters held."""

    MEDIAN = "median"
    BEST = "best"
    TARGET_SHARE = "share of target trials"
    HELD = "average prediction"
    LEFT = "what is left when both alone are taken out"

    @property
    def needs_forest(self) -> bool:
        """Whether it cannot be shown without a `Joint`."""
        return self in (Show.HELD, Show.LEFT)

    @property
    def brief(self) -> str:
        """A word or two for an axis."""
        return {Show.TARGET_SHARE: "share", Show.HELD: "average", Show.LEFT: "rest"}.get(self, str(self))


@dataclass(frozen=True, eq=False)
class Grid:
    """Numbers and colours of the cells.

    Attributes
    ----------
    value
        Shape (n_second, n_first); nan in an empty cell.
    worst, best
        Values of the two ends of the colours; what lies beyond them is coloured as they are.
    log
        Whether colours and heights follow the logarithm.
    colours
        From worst to best.
    title
        What the values are; not escaped.
    hover
        A sentence a cell, escaped, shape (n_second, n_first).
    base
        The value at which columns begin; None for a little below the worst.
    """

    value: Floats
    worst: float
    best: float
    log: bool
    colours: tuple[str, ...]
    title: str
    hover: list[list[str]]
    base: float | None = None

    def level(self, value: Floats | float) -> Floats:
        """Return what colours follow: values, or their logarithms; those beyond the ends at the ends."""
        held = np.clip(value, min(self.worst, self.best), max(self.worst, self.best))
        return np.asarray(np.log10(held) if self.log else held, dtype=float)

    def place(self, value: Floats | float) -> Floats:
        """Return where values lie between worst, 0, and best, 1."""
        worst, best = self.level(self.worst), self.level(self.best)
        return np.asarray((self.level(value) - worst) / (best - worst))

    def ink_on(self, value: float) -> str:
        """Return the colour of words that can be read on the colour of a value."""
        part = float(self.place(value)) * (len(self.colours) - 1)
        k = min(int(part), len(self.colours) - 2)
        return readable_on(blended(self.colours[k], self.colours[k + 1], part - k))

    @property
    def colour_scale(self) -> list[list[object]]:
        """Colours by their place between the lower and the higher end, as Plotly wants them."""
        ordered = self.colours if self.worst <= self.best else self.colours[::-1]
        return [[k / (len(ordered) - 1), colour] for k, colour in enumerate(ordered)]


def grid_of(effect: TwoEffects, show: Show, theme: Theme, joint: Joint | None = None) -> Grid:
    """Return the cells as `show` wants them; better is always the same end of the colours.

    Raises
    ------
    ValueError
        If what is shown is a forest's, and `joint` is missing or on another grid.
    """
    hover = _sentences(effect, joint)
    if show is Show.TARGET_SHARE:
        return _of_target(effect, theme, hover)
    if show.needs_forest:
        if joint is None or joint.surface.shape != effect.count.shape:
            raise ValueError(f"{show} needs the joint effect of the two on the grid that is drawn")
        if show is Show.LEFT:
            return _of_remainder(effect, joint, theme, hover)
        value, title = joint.surface, f"{show} with all others held fixed, {said(effect.outcome)}"
    else:
        value, title = (effect.median if show is Show.MEDIAN else effect.best), f"{show} {said(effect.outcome)}"
    scale = Scale.of(value[~np.isnan(value)], effect.outcome)
    worst, best = (scale.low, scale.high) if effect.outcome.maximize else (scale.high, scale.low)
    return Grid(value, worst, best, scale.log, theme.scale, title, hover)


def _of_target(effect: TwoEffects, theme: Theme, hover: list[list[str]]) -> Grid:
    value = effect.target_share
    title = f"share of trials that are in the target (overall {percent(effect.n_target / effect.n_region)})"
    colours = tuple(blended(theme.background, theme.target, 0.1 + 0.18 * k) for k in range(6))
    sure = value[effect.count >= FEW_TRIALS]
    most = float(np.nanmax(sure if len(sure) and sure.max() > 0 else value))
    return Grid(value, 0.0, most or 1.0, False, colours, title, hover)


def _of_remainder(effect: TwoEffects, joint: Joint, theme: Theme, hover: list[list[str]]) -> Grid:
    """Differences from a sum: better in one hue, worse in another, as far to either side.

    What is little beside what the two do at all stays pale, so that a forest's unrest is no pattern.
    """
    known = ~np.isnan(joint.surface)
    span = float(np.ptp(joint.surface[known])) if known.any() else 0.0
    end = max(float(np.abs(joint.remainder[known]).max(initial=0)), PALE * span) or 1.0
    worst = -end if effect.outcome.maximize else end
    colours = tuple(blended(theme.background, theme.attention, part) for part in HUE[::-1])
    colours += (blended(theme.background, theme.text, 0.04),)
    colours += tuple(blended(theme.background, theme.target, part) for part in HUE)
    part = "" if joint.share is None else f"; {percent(round(joint.share, 3))} of the variance over both"
    title = f"{Show.LEFT}, in {short(effect.outcome.name, 26)}: of the average prediction{part}"
    return Grid(joint.remainder, worst, -worst, False, colours, title, hover, 0.0)


def shown(effect: TwoEffects, show: Show) -> str:
    """Name what is shown at the head of a column."""
    return str(show) if show is Show.TARGET_SHARE else f"{show}, {metric_of(effect.outcome)}"


def facts(effect: TwoEffects, grid: Grid) -> list[Fact]:
    """What stands above the picture."""
    beyond = (grid.value < min(grid.worst, grid.best)) | (grid.value > max(grid.worst, grid.best))
    n_empty, n_beyond = int((effect.count == 0).sum()), int(beyond.sum())
    said_of = [
        grid.title,
        f"{effect.n_region:,} trials of the region, {effect.n_target:,} of them in the target",
        f"{np.median(effect.count[effect.count > 0]):.0f} trials in a typical cell",
        *([f"{n_empty:,} of {effect.count.size:,} cells are empty"] if n_empty else []),
        *([f"{n_beyond:,} cells lie beyond the colours"] if n_beyond else []),
    ]
    for hyperparameter, cut in zip(effect.hyperparameters, effect.cuts, strict=True):
        if cut.n_grouped:
            said_of.append(f"the {cut.n_grouped:,} rarest levels of {short(hyperparameter.name, 20)} are one group")
    return list(map(Fact, said_of))


def cell_axis(effect: TwoEffects, which: int) -> tuple[list[float], list[str]]:
    """Ticks of an axis on which cell k stands at k: names of levels, round values between bins."""
    hyperparameter, cut = effect.hyperparameters[which], effect.cuts[which]
    if cut.edges is None:
        crowded = len(cut) > CROWDED
        labels = (
            [plain(name) for name in shortened(cut.labels, CROWDED_COLUMNS)] if crowded else level_labels(cut.labels)
        )
        return [float(k) for k in range(len(cut))], labels
    values, texts = round_values(float(cut.edges[0]), float(cut.edges[-1]), hyperparameter.log)
    edges = measure(hyperparameter, cut.edges)
    places = np.interp(measure(hyperparameter, np.array(values)), edges, np.arange(len(edges)) - 0.5)
    ticks = [float(place) for place in places]
    n_bins = len(cut.edges) - 1
    if len(cut) > n_bins:
        return [*ticks, float(n_bins)], [*texts, plain(cut.labels[-1])]
    return ticks, texts


def round_values(low: float, high: float, log: bool) -> tuple[list[float], list[str]]:
    """Return a few round numbers between two, and how they are written."""
    if log:
        return log_ticks(low, high)
    size = 10.0 ** np.floor(np.log10((high - low) / TICKS))
    step = next(size * f for f in (1, 2, 5, 10) if (high - low) / (size * f) <= TICKS)
    values = [float(k * step) for k in range(int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9)) + 1)]
    return values, [number(value) for value in values]


def _sentences(effect: TwoEffects, joint: Joint | None) -> list[list[str]]:
    """What is in each cell; of many, names are cut, of very many they stand at the axes alone; messages stay small."""
    rows, columns = effect.count.shape
    n = rows * columns
    most = FULL_NAME if n <= MANY_CELLS else CUT_NAME if n <= VERY_MANY else SHORT_NAME
    names = ["" if n > VERY_MANY else f"{short(one.name, most)}: " for one in effect.hyperparameters]
    labels = [
        [f"{name}{label}" for label in shortened(cut.labels, most)]
        for name, cut in zip(names, effect.cuts, strict=True)
    ]
    return [[_sentence(effect, joint, i, j, (labels[0][j], labels[1][i])) for j in range(columns)] for i in range(rows)]


def _sentence(effect: TwoEffects, joint: Joint | None, i: int, j: int, at: tuple[str, str]) -> str:
    where = list(at)
    n, n_target = int(effect.count[i, j]), int(effect.target[i, j])
    if n:
        metric = (
            f"{short(effect.outcome.name, 40)}: median {number(effect.median[i, j])}, best {number(effect.best[i, j])}"
        )
        where += [f"{n:,} trials, {n_target:,} in the target ({percent(n_target / n)})", metric]
    else:
        where.append("no trial")
    if joint is not None and not np.isnan(joint.surface[i, j]):
        rest = signed(float(joint.remainder[i, j]))
        where.append(f"all others held fixed: {number(joint.surface[i, j])}, beyond both alone: {rest}")
    return "<br>".join(wrapped(line, 46) for line in where)


def signed(value: float) -> str:
    """Write a difference in two digits, with its sign."""
    written = number(float(f"{value:.2g}"))
    return f"+{written}" if value > 0 else written
