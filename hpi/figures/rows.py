"""What each figure shows, as a table for a file: names as they are, numbers in their own units, nothing for unknown.

A figure carries it itself, as layout.meta["rows"]; pages/chart_data.js writes it. Of the keys, `columns` and `rows` say
it all, but for what would double the size of a message: `words` are the labels that the numbers in a column stand for,
and `points` names traces whose `customdata` hold rows too, behind the name of the trace.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from hpi.comparison import Across, Agreement, Difference
from hpi.comparison.places import places
from hpi.comparison.ranks import relative_strengths
from hpi.curve import Curve
from hpi.effects import History, OneEffect, Outcome, ProfileAxis, TargetProfile, TwoEffects
from hpi.effects.cuts import measure
from hpi.estimators import by_name
from hpi.results import ImportanceResult, PairScore
from hpi.space import Floats, Kind
from hpi.statements import Picture

Value = str | float | int | bool | None
Rows = dict[str, object]
TOLD = "told apart from chance"
INTERVAL = ("low", "high")
DIGITS = 9  # of what a picture has many of
FEW_DIGITS = 6  # of the numbers of very many cells
MANY_CELLS = 400


def carried(
    columns: Sequence[str],
    rows: Iterable[Sequence[Value]],
    words: Mapping[int, Sequence[Value]] | None = None,
    points: Sequence[str] = (),
) -> Rows:
    """Return the part of the `meta` of a layout that holds these rows; no two columns have the same name."""
    table: Rows = {"columns": _different(columns), "rows": [[_cell(value) for value in row] for row in rows]}
    if words:
        table["words"] = {str(column): list(labels) for column, labels in words.items()}
    if points:
        table["points"] = list(points)
    return {"rows": table}


def _different(names: Sequence[str]) -> list[str]:
    seen: Counter[str] = Counter()
    different: list[str] = []
    for name in names:
        own = name
        while own in different or (own != name and own in names):
            seen[name] += 1
            own = f"{name} ({seen[name] + 1})"
        different.append(own)
    return different


def _cell(value: Value) -> Value:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def brief(value: float, digits: int = DIGITS) -> float:
    """Return a number in so many digits, so that many of them make no large message."""
    return float(f"{value:.{digits}g}")


def metric_of(outcome: Outcome) -> str:
    """Name the metric at the head of a column, as it is."""
    return f"rank of {outcome.name} in its task" if outcome.ranked else outcome.name


def of_importance(result: ImportanceResult) -> Rows:
    """Every bar."""
    columns = ("hyperparameter", "importance", *INTERVAL, "noise floor", "share", "p-value", TOLD, "note")
    return carried(
        columns,
        [
            (one.name, one.importance, one.low, one.high, one.floor, one.share, one.p_value, one.detectable, one.note)
            for one in result.hyperparameters
        ],
    )


def of_pairs(cells: Iterable[tuple[tuple[str, str], PairScore | None]]) -> Rows:
    """Every cell of the triangle; nothing but the names where a pair was not estimated."""
    columns = ("first", "second", "importance", *INTERVAL, "noise floor", "p-value", TOLD)
    rows = [
        (*names, one.importance, one.low, one.high, one.floor, one.p_value, one.detectable)
        if one is not None
        else (*names, None, None, None, None, None, None)
        for names, one in cells
    ]
    return carried(columns, rows)


def of_curve(curve: Curve) -> Rows:
    """Nothing but the heads: each line has the name of a hyperparameter and carries its numbers."""
    columns = ("hyperparameter", "target in %", "trials in the target", "importance", *INTERVAL)
    return carried(columns, [], points=curve.names)


def of_trials(effect: OneEffect, lines: Sequence[tuple[str, Sequence[Floats]]], points: Sequence[str]) -> Rows:
    """The lines, each of (places, middle, low, high), and the trials that are drawn, from traces called `points`.

    Their `customdata` are trial, metric and value; values are the numbers of levels where there are levels.
    """
    columns = ("series", "trial", metric_of(effect.outcome), effect.hyperparameter.name, *INTERVAL)
    rows = [
        (series, None, *(brief(float(one)) for one in (middle, at, low, high)))
        for series, four in lines
        for at, middle, low, high in zip(*four, strict=True)
    ]
    labels = None if effect.levels is None else {3: (*effect.levels.labels, "inactive")}
    return carried(columns, rows, labels, points)


def of_spread(effect: OneEffect) -> Rows:
    """Target and region in each cell: trials, shares, and the trials that chance would put there."""
    compared = effect.compared
    heads, held = of_cut(effect.hyperparameter.name, compared.cut.labels, compared.cut.edges)
    columns = (*heads, "target trials", "region trials", "share of the target", "share of the region")
    arrays = (compared.target, compared.region, compared.target_share, compared.region_share)
    chance = (compared.chance_low, compared.chance_high)
    rows = [
        (*(one[k] for one in held), *(each[k].item() for each in (*arrays, *chance))) for k in range(len(compared.cut))
    ]
    return carried((*columns, "by chance at least", "by chance at most"), rows)


def of_cut(name: str, labels: Sequence[str], edges: Floats | None) -> tuple[list[str], list[list[Value]]]:
    """Return the columns that say which cell it is, and what they hold cell by cell: words, and the ends of bins."""
    if edges is None:
        return [name], [list(labels)]
    nothing: list[Value] = [None] * (len(labels) + 1 - len(edges))
    ends = [[*map(float, part), *nothing] for part in (edges[:-1], edges[1:])]
    return [name, f"{name} from", f"{name} to"], [list(labels), *ends]


def of_ranks(agreement: Agreement, names: Sequence[str]) -> Rows:
    """Every hyperparameter by every estimator: the places that it may have, and its importance."""
    columns = ("hyperparameter", "estimator", "best place", "worst place", TOLD, "importance", *INTERVAL, "strength")
    rows = [
        (name, by_name(result.estimator).title, *places(result).get(name, (None, None)), one.detectable,
         one.importance, one.low, one.high, relative_strengths(result).get(name))
        for name in names
        for result in agreement.results
        for one in result.hyperparameters
        if one.name == name
    ]  # fmt: skip
    return carried(columns, rows)


def of_finding(picture: Picture, shown: Sequence[str]) -> Rows:
    """Every group that is shown, of each line."""
    columns = ("among", picture.across, picture.measured, *INTERVAL, "trials", "in the sentence")
    rows = [
        (line.name, one.label, one.value, one.low, one.high, one.n, one.marked)
        for line in picture.lines
        for one in line.points
        if one.label in shown
    ]
    return carried(columns, rows)


def of_across(found: Across, names: Sequence[str], noun: str) -> Rows:
    """Every cell, and a row with the mean over all values behind those of each hyperparameter."""
    columns = ("series", "hyperparameter", noun, "importance", *INTERVAL, "sd", "rank", "p-value", TOLD, "note")
    rows: list[Sequence[Value]] = []
    for row in found.hyperparameters:
        if row.name not in names:
            continue
        for value, cell in zip(found.values, row.cells, strict=True):
            ends = (cell.importance, cell.low, cell.high)
            rows.append(("value", row.name, value.name, *ends, None, cell.rank, cell.p_value, cell.told, cell.note))
        rows.append(("mean", row.name, None, row.mean, row.low, row.high, row.sd, row.mean_rank, None, None, None))
    return carried(columns, rows)


def of_difference(found: Difference, n_shown: int) -> Rows:
    """Both values of each hyperparameter that is shown, and the difference."""
    sides = [f"{which} {what}" for which in ("first", "second") for what in (found.measure, *INTERVAL)]
    columns = (
        "hyperparameter",
        *sides,
        "difference",
        "difference low",
        "difference high",
        "p-value",
        "differs",
        "note",
    )
    rows = []
    for change in found.changes[:n_shown]:
        both = [
            end
            for side in (change.first, change.second)
            for end in ((None, None, None) if side is None else (side.value, side.low, side.high))
        ]
        difference = (change.difference, change.low, change.high, change.p_value)
        rows.append((change.name, *both, *difference, change.differs, change.note))
    return carried(columns, rows)


def of_cells(effect: TwoEffects, value: Floats, shown: str) -> Rows:
    """Every cell, row by row: which it is, its trials, and what is shown of it."""
    heads: list[str] = []
    held: list[list[Value]] = []
    for one, cut in zip(effect.hyperparameters, effect.cuts, strict=True):
        own, words = of_cut(one.name, cut.labels, cut.edges)
        heads, held = [*heads, *own], [*held, *words]
    n_first = len(of_cut("", effect.cuts[0].labels, effect.cuts[0].edges)[0])
    rows = [
        (*[j] * n_first, *[i] * (len(heads) - n_first), *map(int, (effect.count[i, j], effect.target[i, j])),
         brief(float(value[i, j]), FEW_DIGITS if value.size > MANY_CELLS else DIGITS))
        for i, j in np.ndindex(value.shape)
    ]  # fmt: skip
    return carried((*heads, "trials", "target trials", shown), rows, dict(enumerate(held)))


def of_profile(profile: TargetProfile) -> Rows:
    """Every line: the trial, its metric and its values."""
    columns = ("trial", metric_of(profile.outcome), *(axis.hyperparameter.name for axis in profile.axes))
    values = [_on_axis(axis) for axis in profile.axes]
    trials = zip(profile.row + 1, profile.metric, strict=True)
    rows = [(int(trial), brief(float(metric)), *(one[k] for one in values)) for k, (trial, metric) in enumerate(trials)]
    words = {k: axis.labels for k, axis in enumerate(profile.axes, 2) if axis.ends is None}
    return carried(columns, rows, words)


def _on_axis(axis: ProfileAxis) -> list[Value]:
    """Values of the lines in the hyperparameter's own unit, numbers of levels; None where inactive."""
    if axis.ends is None:
        values = axis.place * len(axis.labels) - 0.5
    else:
        low, high = measure(axis.hyperparameter, np.array(axis.ends))
        along = low + axis.place * (high - low)
        values = 10**along if axis.hyperparameter.log else along
    is_whole = axis.ends is None or axis.hyperparameter.kind is Kind.INT
    return [None if math.isnan(one) else round(one) if is_whole else brief(one) for one in values.tolist()]


def of_history(history: History) -> Rows:
    """Nothing but the heads: the trials that are drawn and the steps of the best carry their numbers."""
    return carried(("series", "trial", metric_of(history.outcome), "since trial"), [], points=("trials", "best so far"))
