"""In what way two hyperparameters act together: the four cells that show it most, and how they read.

The four cells are chosen among all that two groups of each make; the interval of what they show is widened for that.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from hpi.statements import pairs, words
from hpi.statements.additive import Effect
from hpi.statements.basis import Basis
from hpi.statements.finding import Picture
from hpi.statements.groups import Groups
from hpi.statements.words import Tone

SURE = 2.0  # standard errors from which on a gain counts as one


class Way(StrEnum):
    """How two act together."""

    TURNS = "what is better with one is worse with the other"
    ONLY = "one matters only where the other is in one group"
    MOSTLY = "one matters there twice as much as elsewhere, or more"
    REINFORCE = "both together gain more than the sum"
    REPLACE = "both together gain less than the sum"
    DEPENDS = "what one does depends on the other"


@dataclass(frozen=True)
class Shape:
    """Four cells, and how they read.

    Attributes
    ----------
    acting, by
        The hyperparameter whose effect is spoken of, and the one that it depends on.
    worse, better
        Groups of the acting one: from the one to the other something is gained where `there`.
    there, elsewhere
        Groups of the other: where more is gained, and where less.
    gain, otherwise
        What is gained there, and elsewhere, in the metric's own unit with ends of intervals; negative is a loss.
    extra
        How much the two gains differ.
    p
        Two-sided p-value of that, times the number of four cells that they were chosen from.
    """

    way: Way
    acting: int
    by: int
    worse: int
    better: int
    there: int
    elsewhere: int
    gain: tuple[float, float, float]
    otherwise: tuple[float, float, float]
    extra: tuple[float, float, float]
    p: float


def of(basis: Basis, cells: pairs.Table, j: int, k: int) -> Shape | None:
    """Return how hyperparameters j and k act together; None where no four cells show it for sure."""
    chosen = _four(cells)
    if chosen is None:
        return None
    (a, b), (c, d), n_tried = chosen
    low, high = _extra(cells, a, b, c, d).interval(0.05 / n_tried)
    if not (low > 0 or high < 0):
        return None
    readings = [_read(basis, cells, (j, k), (a, b), (c, d), n_tried, turned) for turned in (False, True)]
    order = list(Way)
    return min(readings, key=lambda shape: (order.index(shape.way), -shape.gain[0]))


def _extra(cells: pairs.Table, a: int, b: int, c: int, d: int) -> Effect:
    """Return how much more going from row a to row b lowers the loss in column d than in column c."""
    return cells.sum({(a, d): 1.0, (b, d): -1.0, (a, c): -1.0, (b, c): 1.0})


def _four(cells: pairs.Table) -> tuple[tuple[int, int], tuple[int, int], int] | None:
    """Return the rows and columns whose difference of differences is the surest, and how many were tried."""
    n_rows, n_columns = cells.count.shape
    tried = []
    for a, b in combinations(range(n_rows), 2):
        for c, d in combinations(range(n_columns), 2):
            t = _extra(cells, a, b, c, d).t
            if t == t:
                tried.append((-abs(t), (a, b), (c, d)))
    if not tried:
        return None
    _, rows, columns = min(tried)
    return rows, columns, len(tried)


def _read(
    basis: Basis,
    cells: pairs.Table,
    names: tuple[int, int],
    rows: tuple[int, int],
    columns: tuple[int, int],
    n_tried: int,
    turned: bool,
) -> Shape:
    """Read four cells as an effect of the row's hyperparameter that depends on the column's, or `turned`."""
    acting, by = names[::-1] if turned else names
    groups, others = (columns, rows) if turned else (rows, columns)
    own = cells.turned if turned else cells  # rows are the acting one's groups

    def gain(worse: int, better: int, at: int) -> Effect:
        return _difference(own, worse, better, at) * basis.trials.unit

    # Spoken of is the larger of the two gains, in the direction in which it is one.
    ways = [(worse, better, there) for worse, better in (groups, groups[::-1]) for there in others]
    worse, better, there = max(ways, key=lambda way: gain(*way).value)
    elsewhere = others[0] if there == others[1] else others[1]
    here, away = gain(worse, better, there), gain(worse, better, elsewhere)
    four = _extra(cells, *rows, *columns)
    reach = (four * basis.trials.unit).interval(0.05 / n_tried)
    width = (reach[1] - reach[0]) / 2
    extra = here.value - away.value
    return Shape(
        _way(basis, own, here, away, (worse, better), (there, elsewhere)),
        acting,
        by,
        worse,
        better,
        there,
        elsewhere,
        (here.value, *here.interval()),
        (away.value, *away.interval()),
        (extra, extra - width, extra + width),
        min(1.0, n_tried * four.p),
    )


def _way(
    basis: Basis, cells: pairs.Table, here: Effect, away: Effect, groups: tuple[int, int], others: tuple[int, int]
) -> Way:
    """Say how the acting hyperparameter's gain depends on the other; rows of the cells are its groups."""
    if away.t < -SURE and here.t > SURE:
        return Way.TURNS
    unit, (there, elsewhere) = basis.trials.unit, others
    rest = [_difference(cells, a, b, at) * unit for at in range(cells.count.shape[1]) if at != there
            for a, b in combinations(range(cells.count.shape[0]), 2)]  # fmt: skip
    reach = [max(map(abs, one.interval())) for one in rest]
    # nan, where a cell is thin, is not below anything
    if basis.tolerance is not None and max(reach) < basis.tolerance and all(abs(one.t) <= SURE for one in rest):
        return Way.ONLY
    if all(abs(one.value) < here.value / 2 for one in rest):
        return Way.MOSTLY
    if away.t <= SURE:
        return Way.DEPENDS
    # Both gain in the same direction: the other hyperparameter's own gain says whether they add to each other.
    own = sum(cells.sum({(g, elsewhere): 1.0, (g, there): -1.0}).value for g in groups)
    return Way.REINFORCE if own > 0 else Way.REPLACE


def _difference(cells: pairs.Table, a: int, b: int, at: int) -> Effect:
    return cells.sum({(a, at): 1.0, (b, at): -1.0})


def says(basis: Basis, shape: Shape, by_scale: bool, tone: Tone, exception: str | None) -> str:
    """Return the sentence."""
    acting, by = basis.thirds[shape.acting], basis.thirds[shape.by]
    there, elsewhere = pairs.where(by, shape.there), pairs.where(by, shape.elsewhere)
    step = _step(acting, shape.worse, shape.better)
    gain, otherwise = words.amount(*shape.gain), words.amount(*shape.otherwise)
    metric, moves = basis.measured, "improves" if shape.otherwise[1] > 0 else "changes"
    if shape.way is Way.TURNS:
        loss = words.amount(-shape.otherwise[0], -shape.otherwise[2], -shape.otherwise[1])
        how = f"what is better for {acting.name} turns round with {by.name}"
        body = f"with {there} {metric} improves by {gain} {step}, with {elsewhere} it worsens by {loss}"
    elif shape.way in (Way.ONLY, Way.MOSTLY):
        degree = "only" if shape.way is Way.ONLY else "above all"
        how = f"{acting.name} matters {degree} with {there}"
        body = f"there {metric} improves by {gain} {step}; with {elsewhere} it {moves} by {otherwise}"
    elif shape.way is Way.DEPENDS:
        how = f"what {acting.name} does depends on {by.name}"
        body = f"with {there} {metric} improves by {gain} {step}; with {elsewhere} it {moves} by {otherwise}"
    else:
        does = "reinforce each other" if shape.way is Way.REINFORCE else "make up for each other in part"
        how = f"{acting.name} and {by.name} {does}"
        body = f"{metric} improves by {gain} {step} with {there}, by {otherwise} with {elsewhere}"
    tail = " It is a small effect." if tone is Tone.SLIGHT else ""
    tail += " In the ranks of the trials this is not seen: it depends on the scale of the metric." if by_scale else ""
    seems = f"It seems that {how}" if tone is Tone.UNSURE else how
    # Not the name of a hyperparameter: it stands as it is written in the table.
    begun = f"W{how[1:]}" if seems.startswith("what ") else seems
    return f"{begun}: {body}, on average.{tail}"


def _step(groups: Groups, worse: int, better: int) -> str:
    if groups.is_ordered:
        return f"from {groups.name} {groups.typical[worse]} to {groups.typical[better]}"
    return f"from {groups.name} = {groups.labels[worse]} to {groups.labels[better]}"


def picture(basis: Basis, cells: pairs.Table, shape: Shape) -> Picture:
    """Return a line of the acting hyperparameter for each group of the one that it depends on."""
    marked = tuple((g, at) for g in (shape.worse, shape.better) for at in (shape.there, shape.elsewhere))
    rows = cells.turned if shape.acting > shape.by else cells
    return pairs.picture(basis, rows, shape.acting, shape.by, marked)
