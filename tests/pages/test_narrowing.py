"""A range drawn over a picture is a filter that keeps the trials inside; a click on the curve asks about its target."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hpi import subspace
from hpi.effects import one_effect, two_effects
from hpi.errors import SubspaceError
from hpi.figures.places import COARSEST, PARTS, _between, axis_of_values, is_slip
from hpi.filters import Between, OneOf
from hpi.space import Hyperparameter, Kind
from hpi.subspace import Subspace
from hpi.table import build
from pages import narrowing, threshold
from pages import undo as undoing
from pages.chart import Picked
from tests.pages.drawn import charts, figures
from tests.pages.tables import search

FEWEST = 16


@cache
def table(seed):
    """A table with a hyperparameter of every kind: labels few and many, numbers few and many, wide and narrow."""
    rng, n = np.random.default_rng(seed), 300
    solver = rng.choice(["adam", "sgd", "rms, prop"], n)
    columns = {
        "rate": 10 ** rng.uniform(-5, -1, n),
        "part": rng.uniform(0, 0.5, n),
        "below": rng.uniform(-3e7, -1, n),
        "far": rng.uniform(0, 1, n) - 4e6,
        "depth": rng.integers(1, 7, n),
        "width": rng.integers(1, 2001, n),
        "few": rng.choice(np.arange(12) / 7, n),
        "units": np.round(2 ** rng.uniform(2, 17, n)).astype(int),
        "solver": solver,
        "long": rng.choice(["a name that takes room", "another name that does", "and a third one of these"], n),
        "many": [f"level {i}" for i in np.minimum(rng.geometric(0.05, n), 60)],
        "flag": rng.choice([True, False], n),
        "momentum": np.where(solver == "sgd", rng.uniform(0, 1, n), np.nan),
        "nesterov": np.where(solver == "sgd", rng.choice(["yes", "no"], n), None),
        "decay": np.where(solver == "adam", rng.choice([0.1, 0.5234567890123456, 0.9], n), np.nan),
    }
    columns["loss"] = np.log10(columns["rate"]) ** 2 + rng.normal(0, 0.1, n)
    return build(pd.DataFrame(columns), "search.csv")


NAMES = [hyperparameter.name for hyperparameter in table(0).hyperparameters]
SEEDS = st.integers(0, 3)
PLACES = st.tuples(st.floats(-0.1, 1.1), st.floats(-0.1, 1.1)).map(sorted).filter(lambda ends: ends[1] - ends[0] > 0.02)


def test_the_table_has_every_kind_of_picture():
    kinds = {one.name: (one.kind, one.log) for one in table(0).hyperparameters}
    assert set(NAMES) == set(table(0).frame.columns) - {"loss"}
    assert kinds["rate"] == (Kind.FLOAT, True)
    assert kinds["units"] == (Kind.INT, True)
    assert kinds["width"] == (Kind.INT, False)
    assert kinds["flag"][0] is Kind.BOOL
    sample = subspace.select(table(0), Subspace())
    assert {axis_of_values(one_effect(table(0), sample, name)) for name in NAMES} == {"x", "y"}
    assert one_effect(table(0), sample, "many").levels.n_grouped


def sampled(of, where):
    """The sample of some filters; nothing is drawn where they leave no answer."""
    try:
        sample = subspace.select(of, Subspace(where=where))
    except SubspaceError:
        sample = None
    assume(sample is not None and len(sample.design) >= FEWEST)
    return sample


def along(effect, places, on_trials):
    """Ends of a range, given as parts of the axis, in its units; or the values of the trials nearest to them."""
    ends = unrounded(effect, places)
    values = effect.value[~np.isnan(effect.value)]
    return tuple(float(values[np.abs(values - end).argmin()]) for end in ends) if on_trials else ends


def unrounded(effect, places):
    if effect.levels is not None:
        last = len(effect.levels) - 1 + bool(np.isnan(effect.value).any())
        return tuple(-0.6 + part * (last + 1.2) for part in places)
    low, high = effect.bounds
    if effect.hyperparameter.log:
        return tuple(10 ** (math.log10(low) + part * math.log10(high / low)) for part in places)
    return tuple(low + part * (high - low) for part in places)


def drawn(effect, ends):
    return Picked(x=ends, y=(0.0, 1.0)) if axis_of_values(effect) == "x" else Picked(x=(0.0, 1.0), y=ends)


def asked(of, before, wanted):
    """The filters after some were drawn over a picture of those trials that passed the filters before."""
    where = {one.name: one for one in before}
    where |= {one.name: narrowing.within(where.get(one.name), one, of.trials[one.name]) for one in wanted}
    return tuple(where.values())


def kept(of, where):
    """Which trials pass, as positions in the table."""
    try:
        return set(subspace.filtered(of, where).row.tolist())
    except SubspaceError:
        return set()


def by_pandas(of, where):
    """The same by pandas alone, from the words of the filters."""
    passes = pd.Series(True, index=of.trials.index)
    for one in where:
        column = of.trials[one.name]
        if isinstance(one, Between):
            low = -math.inf if one.low is None else one.low
            passes &= column.between(low, math.inf if one.high is None else one.high)
        elif pd.api.types.is_numeric_dtype(column):
            passes &= column.isin([float(level) for level in one.levels])
        else:
            passes &= column.isin(one.levels)
    return set(np.flatnonzero(passes.to_numpy()).tolist())


def stretched(hyperparameter, ends, shown):
    """The same range as far as rounding may have moved its ends."""
    if hyperparameter.log:
        factor = (shown[1] / shown[0]) ** COARSEST * (1 + 1e-9)
        return ends[0] / factor, ends[1] * factor
    room = (shown[1] - shown[0]) / PARTS * (1 + 1e-6)
    return ends[0] - room, ends[1] + room


def told(call):
    """What a call returns, or the words of its refusal."""
    try:
        return call(), ""
    except SubspaceError as refused:
        return None, str(refused)


def cells_in(ends, n):
    """Cells whose middle lies in a range, else the nearest to its middle; both where two are as near."""
    inside = [{k for k in range(n) if ends[0] <= k <= ends[1]}]
    away = [abs(k - sum(ends) / 2) for k in range(n)]
    return inside if inside[0] else [{k} for k in range(n) if away[k] <= min(away) + 1e-9]


@pytest.mark.parametrize("name", NAMES)
@given(SEEDS, PLACES, PLACES, st.booleans())
def test_a_range_keeps_the_trials_inside_and_after_another_one_those_inside_both(name, seed, first, second, on_trials):
    of, where = table(seed), ()
    for places in (first, second):
        sample = sampled(of, where)
        effect, before = one_effect(of, sample, name), set(sample.design.row.tolist())
        ends = along(effect, places, on_trials)
        assume(not is_slip(effect, ends))
        wanted, why_not = told(lambda effect=effect, ends=ends: narrowing.of_one(effect, drawn(effect, ends)))
        if wanted is None:
            assert "only trials in which" in why_not
            assert ends[0] > len(effect.levels) - 1
            return
        then, why_not = told(lambda where=where, wanted=wanted: asked(of, where, wanted))
        if then is None:
            assert "No value of" in why_not
            assert not of.trials[name].iloc[sorted(before)].between(*ends).any()
            return
        now, where = kept(of, then), then
        assert now == by_pandas(of, then)
        assert now <= before
        if effect.levels is None:
            check_numbers(of.trials[name].iloc[sorted(before)], effect, ends, now)
        else:
            check_levels(effect, ends, now)


def check_numbers(values, effect, ends, now):
    """Every trial in the range is kept, and none but those within the rounding."""
    rows = pd.Series(values.to_numpy(), index=sorted(effect.row.tolist()))
    hyperparameter, (low, high) = effect.hyperparameter, effect.bounds
    clipped = [min(max(end, low), high) for end in ends]
    assert now >= set(rows[rows.between(*clipped)].index)
    wide = stretched(hyperparameter, clipped, effect.bounds)
    if hyperparameter.kind is Kind.INT:  # between two whole numbers both are meant
        wide = math.floor(wide[0]), math.ceil(wide[1])
    whole = clipped[0] == low and clipped[1] == high
    assert now <= set(rows[rows.between(*wide) | whole].index)


def check_levels(effect, ends, now):
    """The trials of the levels in the range are kept, and no others; all where it holds all levels."""
    codes = pd.Series(effect.levels.code, index=effect.row)
    n = len(effect.levels)
    meant = [cells - {n} for cells in cells_in(ends, n + bool((codes < 0).any()))]
    assert now in [set(codes[codes.isin(cells) | (len(cells) == n)].index) for cells in meant if cells]


@given(SEEDS, st.lists(st.sampled_from(NAMES), min_size=2, max_size=2, unique=True), PLACES, PLACES)
def test_a_box_over_the_heat_map_keeps_the_trials_of_its_cells(seed, names, across, upwards):
    of = table(seed)
    sample = sampled(of, ())
    effect = two_effects(of, sample, *names)
    ends = [
        tuple(-0.5 + part * len(cut) for part in parts)
        for cut, parts in zip(effect.cuts, (across, upwards), strict=True)
    ]
    wanted, why_not = told(lambda: narrowing.of_two(effect, Picked(x=ends[0], y=ends[1])))
    if wanted is None:
        assert "only trials in which" in why_not
        off = [{k for k, label in enumerate(cut.labels) if label == "inactive"} for cut in effect.cuts]
        assert any(
            cells == one
            for one, cut, at in zip(off, effect.cuts, ends, strict=True)
            for cells in cells_in(at, len(cut))
        )
        return
    assert kept(of, asked(of, (), wanted)) == by_pandas(of, asked(of, (), wanted))
    for which, name in enumerate(names):
        alone = kept(of, asked(of, (), [one for one in wanted if one.name == name]))
        check_cells(of.trials[name], effect, which, sample.design.row, ends[which], alone)


def check_cells(values, effect, which, row, ends, now):
    """The trials of the cells in the range are kept; beyond the ends of bins those within the rounding."""
    cut, codes = effect.cuts[which], pd.Series(effect.cuts[which].code, index=row)
    active = {k for k, label in enumerate(cut.labels) if label != "inactive"}
    meant = [cells & active for cells in cells_in(ends, len(cut)) if cells & active]
    trials = [set(codes[codes.isin(cells) | (cells == active)].index) for cells in meant]
    if cut.edges is None:
        assert now in trials
        return
    (cells,), (inside,) = meant[:1], trials[:1]
    if len(meant) == 1:
        edges = cut.edges[min(cells)], cut.edges[max(cells) + 1]
        wide = stretched(effect.hyperparameters[which], edges, (cut.edges[0], cut.edges[-1]))
        assert now >= inside
        assert cells == active or values.iloc[sorted(now)].between(*wide).all()


def hyperparameter(low, high, kind=Kind.FLOAT, log=False):
    return Hyperparameter("x", kind, low, high, log)


@pytest.mark.parametrize(
    ("of", "ends", "wanted"),
    [
        (hyperparameter(1e-5, 1e-1, log=True), (0.000141137, 0.00261644), Between("x", 0.00014, 0.0027)),
        (hyperparameter(1e-5, 1e-1, log=True), (0.1e-3, 1e-3), Between("x", 0.0001, 0.001)),
        (hyperparameter(1e-3, 1e-2, log=True), (0.0014113, 0.0026164), Between("x", 0.00141, 0.00262)),
        (hyperparameter(1e-5, 1e-1, log=True), (1e-6, 0.00261644), Between("x", None, 0.0027)),
        (hyperparameter(1e-5, 1e-1, log=True), (0.00261644, 0.5), Between("x", 0.0026, None)),
        (hyperparameter(0.0, 0.5), (0.12345, 0.37891), Between("x", 0.123, 0.379)),
        (hyperparameter(0.0, 0.5), (-0.1, 0.6), None),
        (hyperparameter(0.0, 0.5), (0.1, 0.3), Between("x", 0.1, 0.3)),
        (hyperparameter(0.0, 1000.0), (123.45, 378.91), Between("x", 120, 380)),
        (hyperparameter(-2e9, 2e9), (-123456789.0, 3.0), Between("x", -130e6, 10e6)),
        (hyperparameter(1, 1000, Kind.INT), (37.2, 511.8), Between("x", 38, 511)),
        (hyperparameter(1, 20, Kind.INT), (2.2, 2.8), Between("x", 2, 3)),
        (hyperparameter(1, 20, Kind.INT), (0.4, 2.8), Between("x", None, 2)),
        (hyperparameter(1, 100_000, Kind.INT, log=True), (37.2, 51_180.0), Between("x", 38, 52_000)),
    ],
)
def test_numbers_are_those_that_a_person_would_type(of, ends, wanted):
    assert _between(of, ends, of.ends) == wanted


def test_what_a_filter_before_has_left_out_stays_out():
    numbers, labels = pd.Series([0.1, 0.2, 0.3]), pd.Series(["a", "b", None])
    both = [
        (None, Between("x", 0.1, None), numbers, Between("x", 0.1, None)),
        (Between("x", 0.15, 0.35), Between("x", None, 0.3), numbers, Between("x", 0.15, 0.3)),
        (Between("x", 0.15, None), Between("x", 0.1, 0.3), numbers, Between("x", 0.15, 0.3)),
        (OneOf("x", ("0.1", "0.3")), Between("x", 0.2, None), numbers, OneOf("x", ("0.3",))),
        (Between("x", 0.15, None), OneOf("x", ("0.2",)), numbers, OneOf("x", ("0.2",))),
        (OneOf("x", ("b",)), OneOf("x", ("a", "b")), labels, OneOf("x", ("b",))),
    ]
    for before, wanted, column, expected in both:
        assert narrowing.within(before, wanted, column) == expected
    with pytest.raises(SubspaceError, match="No value of x that is asked about lies in this range"):
        narrowing.within(OneOf("x", ("0.1",)), Between("x", 0.2, None), numbers)


def test_numbers_that_a_picture_rounds_are_those_of_the_table():
    of = table(0)
    effect = two_effects(of, subspace.select(of, Subspace()), "decay", "rate")
    (one,) = narrowing.of_two(effect, Picked(x=(0.6, 1.4), y=(-0.5, 99.0)))
    where = asked(of, (), [one])
    assert where == (OneOf("decay", ("0.5234567890123456",)),)
    assert len(kept(of, where)) == (of.trials["decay"] == 0.5234567890123456).sum()


def test_a_range_over_the_strip_of_colours_means_nothing():
    of = table(0)
    effect = two_effects(of, subspace.select(of, Subspace()), "part", "rate")
    assert narrowing.of_two(effect, Picked(x=None, y=None)) == []


def test_a_range_that_is_drawn_back_to_where_it_began_means_nothing():
    of = table(0)
    sample = subspace.select(of, Subspace())
    for name, ends, longer in (
        ("rate", (0.001, 0.00101), (0.001, 0.002)),
        ("part", (0.2, 0.202), (0.2, 0.21)),
        ("solver", (1.1, 1.12), (1.1, 1.2)),
    ):
        effect = one_effect(of, sample, name)
        assert narrowing.of_one(effect, drawn(effect, ends)) == []
        assert narrowing.of_one(effect, drawn(effect, longer))
    effect = two_effects(of, sample, "part", "rate")
    assert narrowing.of_two(effect, Picked(x=(1.3, 1.31), y=(2.0, 2.01))) == []
    assert narrowing.of_two(effect, Picked(x=(1.3, 1.31), y=(2.0, 4.0)))


def test_a_range_over_inactive_trials_alone_is_refused_and_says_why():
    of = table(0)
    sample = subspace.select(of, Subspace())
    effect = two_effects(of, sample, "momentum", "rate")
    last = len(effect.cuts[0]) - 1
    with pytest.raises(SubspaceError, match="only trials in which momentum is inactive"):
        narrowing.of_two(effect, Picked(x=(last - 0.4, last + 0.4), y=(0.0, 1.0)))


# ---- pages


def session(app):
    return app.session_state["hpi"]


def said(app):
    assert not app.exception, app.exception[0].message
    return "\n".join(text.value for text in app.text).replace("\u00a0", " ")


@pytest.fixture
def pick(monkeypatch):
    """A function that has a chart report once what was done to it: `pick("metric_against", Picked(x=(0, 1)))`."""
    waiting = {}
    plain = narrowing.look.chart

    def chart(figure, key, **more):
        plain(figure, key, **more)
        return waiting.pop(key, None)

    monkeypatch.setattr(narrowing.look, "chart", chart)
    return waiting.__setitem__


def test_a_range_on_one_hyperparameter_is_asked_about_and_undone(open_table, pick):
    frame = search()
    app = open_table(frame)
    app.switch_page("pages/one.py").run()
    assert "Drag along the values to ask about these alone." in said(app)
    assert [chart["ranges"] for chart in charts(app)] == ["x", "x"]
    pick("metric_against", Picked(x=(0.000141137, 0.00261644), y=(0.0, 1.0)))
    app.run()
    assert session(app).asked.where == (Between("lr", 0.00014, 0.0027),)
    assert app.multiselect(key="filters").value == ["lr from 0.00014 to 0.0027"]
    assert f"Only {frame['lr'].between(0.00014, 0.0027).sum()} of 400 trials:" in said(app)
    pick("distribution", Picked(x=(0.0005, 1.0)))
    app.run()
    assert session(app).asked.where == (Between("lr", 0.0005, 0.0027),)
    for where in ((Between("lr", 0.00014, 0.0027),), ()):
        app.button(key="undo").click().run()
        assert session(app).asked.where == where


def test_a_range_that_leaves_too_few_trials_says_so_and_can_be_undone(open_table, pick):
    frame = search()
    app = open_table(frame)
    app.switch_page("pages/one.py").run()
    before = figures(app)
    pick("metric_against", Picked(x=(0.001, 0.0012)))
    app.run()
    assert "at least 16 are needed" in said(app) or "No trial passes" in said(app)
    assert figures(app) == before
    pick("metric_against", Picked(x=(0.001, 0.01)))  # over the picture that is left
    app.run()
    assert session(app).asked.where == (Between("lr", 0.001, 0.01),)
    assert "at least 16 are needed" not in said(app)
    app.button(key="undo").click().run()
    app.button(key="undo").click().run()
    assert session(app).asked.where == ()
    assert figures(app) == before


def test_all_of_an_axis_changes_nothing(open_table, pick):
    app = open_table()
    app.switch_page("pages/one.py").run()
    pick("metric_against", Picked(x=(1e-9, 9.0)))
    app.run()
    assert session(app).asked.where == ()
    assert undoing.KEPT in session(app).kept
    assert len(session(app).kept[undoing.KEPT].steps) == 1


def test_a_box_over_two_is_two_filters(open_table, pick):
    app = open_table()
    app.switch_page("pages/two.py").run()
    session(app).pair = ("optimizer", "batch_size")
    app.run()
    assert charts(app)[0]["ranges"] == "xy"
    assert "Drag over cells to ask about these alone." in said(app)
    pick("heat_map", Picked(x=(-0.4, 0.3), y=(0.7, 2.4)))
    app.run()
    first, second = session(app).asked.where
    assert first.name == "optimizer"
    assert len(first.levels) == 1
    assert second == OneOf("batch_size", ("32", "64"))


def test_a_click_on_the_curve_asks_about_its_target(open_table, pick):
    app = open_table()
    found = session(app).kept[threshold.KEPT][1]
    assert "Click a line at a target to ask about that one." in said(app)
    pick("threshold", Picked([1.0, 2.0], (float(found.targets[-3]), 0.2)))
    app.run()
    assert session(app).asked.target == pytest.approx(100 * found.targets[-3], abs=1e-9)
    assert app.number_input(key="target").value == session(app).asked.target
    app.button(key="undo").click().run()
    assert session(app).asked.target is None


@pytest.mark.parametrize("page", ["pages/importance.py", "pages/one.py", "pages/two.py"])
def test_what_can_only_be_read_cannot_be_narrowed(open_table, monkeypatch, page):
    monkeypatch.setattr(narrowing, "is_free", lambda: False)
    app = open_table()
    app.switch_page(page).run()
    assert {chart["ranges"] for chart in charts(app)} == {""}
    assert "Asks about a target" not in {chart["clickable"] for chart in charts(app)}
    for words in ("Drag", "Click a line"):
        assert words not in said(app)
