"""Counts of all trials of a large table at every rung, against pandas, one trial after the other.

The limit of 131,072 trials is lowered to 400, so that a table of a few thousand is a large one.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from math import ceil

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpi.errors import EstimatorError
from hpi.estimators.ped import PedAnova
from hpi.space import Design, Domain, Hyperparameter, Kind, drawing, rungs, tallies
from hpi.subspace import Subspace, cut, reduced, standing_for

MOST = 400
N = 3000
LEVELS = tuple("abcdefghijklmno")
SPACE = (
    Hyperparameter("float", Kind.FLOAT, 0, 1),
    Hyperparameter("log", Kind.FLOAT, 1e-5, 0.1, log=True),
    Hyperparameter("few", Kind.INT, 1, 5),
    Hyperparameter("many", Kind.INT, 1, 1000),
    Hyperparameter("steps", Kind.ORDINAL, levels=("low", "middle", "high")),
    Hyperparameter("level", Kind.CATEGORY, levels=LEVELS),
    Hyperparameter("flag", Kind.BOOL, levels=("False", "True")),
    Hyperparameter("child", Kind.FLOAT, 0, 1),
    Hyperparameter("halved", Kind.FLOAT, domains=(Domain((("few", (1, 2)),), 0, 1), Domain((("few", (3, 5)),), 1, 8))),
)
NAMES = [hyperparameter.name for hyperparameter in SPACE]


@pytest.fixture(autouse=True)
def few_are_drawn(monkeypatch):
    monkeypatch.setattr(drawing, "MOST_DRAWN", MOST)


def is_drawn(position: np.ndarray, most: int = MOST) -> np.ndarray:
    """Whether a row is among those with the smallest hashes; that these are right, tests/test_drawing.py says."""
    return np.isin(position, position[np.argsort(drawing.hashes(position))[:most]])


def trials(seed: int = 0, n: int = N) -> pd.DataFrame:
    """A frame of every kind of hyperparameter; "o" is a level that no drawn trial has, and the loss has many ties."""
    rng = np.random.default_rng(seed)
    few, flag = rng.integers(1, 6, n), rng.random(n) < 0.3
    drawn = is_drawn(np.arange(n))
    level = rng.choice(LEVELS[:-1], n, p=np.arange(1, 15) / 105)
    level[np.flatnonzero(~drawn)[:9]] = "o"
    frame = pd.DataFrame(
        {
            "float": rng.random(n).round(3),
            "log": 10 ** rng.uniform(-5, -1, n),
            "few": few.astype(float),
            "many": rng.integers(1, 1001, n).astype(float),
            "steps": rng.choice(["low", "middle", "high"], n),
            "level": level,
            "flag": np.where(flag, "True", "False"),
            "child": np.where(flag, rng.random(n), np.nan),
            "halved": np.where(few <= 2, rng.random(n), 1 + 7 * rng.random(n)),
        }
    )
    frame["loss"] = (frame["float"] + 0.2 * frame["few"] + 0.5 * frame["child"].fillna(0) + rng.random(n)).round(2)
    return frame


def built(frame: pd.DataFrame) -> Design:
    return Design.build(SPACE, frame, frame["loss"].to_numpy())


def cells_of(column: pd.Series, hyperparameter: Hyperparameter, drawn: np.ndarray) -> pd.Series:
    """The cell of every value in the column's own unit; missing where inactive.

    A category has one for each level. Else each distinct value of the drawn trials ends one, or, of more than 256, the
    values at rank 1/256, 2/256, ... of them; values between two ends belong to the upper one, those above all to the
    last.
    """
    if not hyperparameter.is_ordered:
        return column.map(hyperparameter.levels.index)
    if hyperparameter.kind is Kind.ORDINAL:
        column = column.map(hyperparameter.levels.index)
    seen = column[drawn].dropna().sort_values().to_numpy()
    ends = sorted(set(seen))
    if len(ends) > 256:
        ends = sorted({seen[len(seen) * k // 256 - 1] for k in range(1, 257)})
    return pd.cut(column, [-np.inf, *ends[:-1], np.inf], labels=False)


def counted(cells: pd.Series, n: int) -> list[int]:
    """Trials in each of n cells, then the inactive ones."""
    found = cells.value_counts()
    return [*(int(found.get(i, 0)) for i in range(n)), int(cells.isna().sum())]


def at_rungs(frame: pd.DataFrame, every: int = 12) -> list[tuple[float, pd.Series]]:
    """Some of the rungs and .1234, which is none, and which trials each holds: ties at its loss are all kept."""
    ranked, parts = frame["loss"].sort_values().to_numpy(), [*rungs.RUNGS[::every], 0.1234, 1.0]
    return [(part, frame["loss"] <= ranked[ceil(round(part * len(frame), 6)) - 1]) for part in parts]


@pytest.fixture(scope="module")
def made() -> tuple[pd.DataFrame, Design, tallies.Tallies]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "MOST_DRAWN", MOST)
        frame = trials()
        design = built(frame)
        return frame, design, design.tallied(0.1234)[1]


def test_trials_in_each_cell_are_those_that_pandas_counts(made):
    frame, _, found = made
    drawn = is_drawn(frame.index.to_numpy())
    assert found.n_trials == N
    for j, hyperparameter in enumerate(SPACE):
        cells = cells_of(frame[hyperparameter.name], hyperparameter, drawn)
        n = found.asked.edges[j].n
        for part, within in at_rungs(frame):
            assert found.counted.cells[j][found.rung(part)].tolist() == counted(cells[within], n), (part, NAMES[j])


def test_domains_have_cells_of_their_own(made):
    frame, _, found = made
    drawn, j = is_drawn(frame.index.to_numpy()), NAMES.index("halved")
    assert [len(several) for several in found.counted.regimes] == [0] * (len(SPACE) - 1) + [2]
    for domain, here in enumerate((frame["few"] <= 2, frame["few"] > 2)):
        cells = cells_of(frame["halved"].where(here), SPACE[j], drawn)
        n = found.asked.regimes[j][domain].n
        for part, within in at_rungs(frame):
            assert found.counted.regimes[j][domain][found.rung(part)].tolist() == counted(cells[within], n)


def test_pairs_are_counted_in_joint_cells(made):
    """All pairs of nine; which cells are joined, the tests below say."""
    frame, _, found = made
    drawn, asked = is_drawn(frame.index.to_numpy()), found.asked
    cells = [cells_of(frame[h.name], h, drawn) for h in SPACE]
    joint = [one.map(dict(enumerate(asked.joint[j].tolist())), na_action="ignore") for j, one in enumerate(cells)]
    assert asked.pairs == tuple(combinations(range(9), 2))
    for (i, j), counts in zip(asked.pairs, found.counted.pairs, strict=True):
        assert counts.shape[1:] == (asked.n_joint(i), asked.n_joint(j))
        for part, within in at_rungs(frame, every=60):
            expected = np.zeros(counts.shape[1:])
            both = pd.DataFrame({"i": joint[i], "j": joint[j]})[within].dropna().value_counts()
            for (first, second), n in both.items():
                expected[int(first), int(second)] = n
            np.testing.assert_array_equal(counts[found.rung(part)], expected)


def test_joint_cells_join_neighbours_to_equal_shares_of_all_of_the_best_tenth_and_of_the_best_hundredth(made):
    """A drawn trial weighs 1, 11 among the best tenth and 111 among the best hundredth: three parts of one weight."""
    frame, _, found = made
    is_here = is_drawn(frame.index.to_numpy())
    ranked = frame["loss"][is_here].sort_values().to_numpy()
    weight = sum((frame["loss"] <= ranked[last]) * times for last, times in ((399, 1), (40, 10), (4, 100)))[is_here]
    for name in ("float", "log", "many", "child", "halved"):
        j = NAMES.index(name)
        joint = found.asked.joint[j][:-1].astype(int)
        assert sorted(set(joint.tolist())) == list(range(found.asked.n_joint(j)))
        assert found.asked.n_joint(j) <= 24
        assert (np.diff(joint) >= 0).all()
        cells = cells_of(frame[name], SPACE[j], is_here)[is_here].dropna().astype(int)
        of_cell = np.bincount(cells, weight[cells.index], minlength=len(joint))
        of_joint = np.bincount(joint, of_cell) / of_cell.sum()
        assert (of_joint <= 1 / 24 + of_cell.max() / of_cell.sum()).all()
        # What is joined lies within one 24th of the weight, middle to middle.
        middle = (np.cumsum(of_cell) - of_cell / 2) / of_cell.sum()
        assert all(np.ptp(middle[joint == one]) <= 1 / 24 for one in set(joint.tolist()))
    for name, n in (("few", 5), ("steps", 3), ("flag", 2)):
        joint = found.asked.joint[NAMES.index(name)]
        assert joint.tolist() == [*range(n), n]


def test_a_level_that_was_not_drawn_is_counted_among_the_rarest(made):
    """15 levels: the 11 with most drawn trials have a joint cell each, the four others share one, "o" among them."""
    frame, _, found = made
    j, drawn = NAMES.index("level"), is_drawn(frame.index.to_numpy())
    assert "o" not in set(frame["level"][drawn])
    most = set(frame["level"][drawn].value_counts().index[:11])
    joint = found.asked.joint[j].tolist()
    assert found.asked.n_joint(j) == 12
    assert {level for level, cell in zip(LEVELS, joint, strict=False) if cell == 11} == set(LEVELS) - most
    assert found.counted.cells[j][-1][LEVELS.index("o")] == 9


def test_each_of_few_levels_has_its_own_joint_cell_drawn_or_not():
    """Three levels of which the last occurs where nothing was drawn, once, and the first nowhere."""
    n = 1000
    level = np.where(np.arange(n) == np.flatnonzero(~is_drawn(np.arange(n)))[0], "c", "b")
    space = (Hyperparameter("level", Kind.CATEGORY, levels=("a", "b", "c")), Hyperparameter("x", Kind.FLOAT, 0, 1))
    frame = pd.DataFrame({"level": level, "x": np.random.default_rng(0).random(n)})
    found = Design.build(space, frame, np.arange(n)).tallied()[1]
    assert found.asked.joint[0].tolist() == [0, 1, 2, 3]
    assert found.counted.cells[0][-1].tolist() == [0, n - 1, 1, 0]
    assert found.counted.pairs[0][-1].sum(axis=1).tolist() == [0, n - 1, 1]


def test_a_value_that_was_not_drawn_joins_its_upper_neighbour_or_the_last():
    n = 1000
    not_drawn = np.flatnonzero(~is_drawn(np.arange(n)))
    value = np.resize([2.0, 4.0, 6.0], n)
    value[not_drawn[0]], value[not_drawn[1]], value[not_drawn[2]] = 1, 5, 9
    expected = pd.Series(value).replace({1: 2, 5: 6, 9: 6}).value_counts()[[2, 4, 6]].tolist()
    space = (Hyperparameter("k", Kind.INT, 1, 9),)
    found = Design.build(space, pd.DataFrame({"k": value}), np.arange(n)).tallied()[1]
    assert found.counted.cells[0][-1].tolist() == [*expected, 0]


def test_what_is_inactive_in_every_drawn_trial_counts_as_inactive():
    n = 1000
    value = np.full(n, np.nan)
    value[np.flatnonzero(~is_drawn(np.arange(n)))[:5]] = 0.5
    space = (Hyperparameter("child", Kind.FLOAT, 0, 1), Hyperparameter("x", Kind.FLOAT, 0, 1))
    found = Design.build(space, pd.DataFrame({"child": value, "x": np.arange(n) / n}), np.arange(n)).tallied()[1]
    assert found.counted.cells[0][-1].tolist() == [n]
    assert found.counted.pairs[0].shape[1] == 0


def test_a_constant_metric_has_all_trials_at_every_rung():
    frame = trials().assign(loss=1.0)
    design = built(frame)
    standing, found = design.tallied()
    assert set(found.sizes.tolist()) == {N}
    for counts in found.counted.cells:
        assert (counts == counts[-1]).all()
    assert len(standing) == MOST // 2
    assert np.isin(standing.position, np.flatnonzero(is_drawn(np.arange(N)))).all()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_filter_draws_and_counts_anew(seed):
    """Trials that pass are a table of their own, with the positions that they had."""
    frame = trials(seed)
    passes = frame["level"].isin(list("klmn")) | (frame["float"] < 0.2)
    filtered = built(frame).keep(passes.to_numpy()[built(frame).row])
    own = built(frame[passes])
    drawn = is_drawn(frame.index[passes].to_numpy())
    assert filtered.drawn.position is not None
    assert set(filtered.drawn.position.tolist()) == set(frame.index[passes][drawn].tolist())
    for found, expected in zip(filtered.tallied(0.1234), own.tallied(0.1234), strict=True):
        assert same(found, expected)


def test_few_that_pass_say_themselves_where_cells_end():
    design = built(trials())
    few = design.keep(np.arange(MOST))
    assert few.hashed is None
    assert few.edges is None
    assert few.drawn is few
    sample = cut(few, Subspace(1.0, 0.1))
    assert reduced(sample) is sample


def same(first: Design | tallies.Tallies, second: Design | tallies.Tallies) -> bool:
    """Whether all numbers are the same, bit for bit."""
    if isinstance(first, Design):
        assert isinstance(second, Design)
        fields = ((one.x, one.loss, one.position, one.regime) for one in (first, second))
        return all(np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in zip(*fields, strict=True))
    assert isinstance(second, tallies.Tallies)
    ends = ([edges.ends for edges in one.asked.edges] for one in (first, second))
    several = ([*one.counted.arrays(), one.asked.cutoffs, one.fractions, *one.asked.joint] for one in (first, second))
    whole = zip([*next(several), *next(ends)], [*next(several), *next(ends)], strict=True)
    return first.asked.pairs == second.asked.pairs and all(np.array_equal(a, b) for a, b in whole)


@settings(max_examples=8)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_changes_no_count(seed):
    """As long as each row keeps its position: what is drawn, counted and stands for all is the same."""
    frame = trials(3, 1200)
    expected = built(frame).tallied(0.1234)
    found = built(frame.sample(frac=1, random_state=np.random.default_rng(seed))).tallied(0.1234)
    assert same(found[1], expected[1])
    assert same(found[0], expected[0])


@settings(max_examples=15)
@given(data=st.data(), n_blocks=st.integers(1, 50))
def test_blocks_add_up_however_the_trials_are_split_and_in_whatever_order(made, data, n_blocks):
    _, design, found = made
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    asked, total = found.asked, None
    block_of = rng.integers(0, n_blocks, len(design))
    for block in rng.permutation(n_blocks):
        here = rng.permutation(np.flatnonzero(block_of == block))
        rung = tallies.rung_of(asked.cutoffs, design.loss[here])
        regime = None if design.regime is None else design.regime[here]
        counts = tallies.tally(asked, tallies.coded(asked, rung, design.x[here], regime))
        if total is None:
            total = counts
        else:
            total.add(counts)
    assert total is not None
    assert same(tallies.Tallies.of(found.fractions.tolist(), asked, total), found)


def test_counts_are_kept_and_made_anew_for_another_fraction_only():
    design = built(trials())
    first = design.tallied(0.1, 1.0)
    assert design.tallied(0.2, 0.3) is first
    other = design.tallied(0.1234)
    assert other is not first
    assert design.tallied(0.1234, 0.1) is other
    assert first[1].knows(0.1)
    assert not first[1].knows(0.1234)
    with pytest.raises(LookupError, match=r"0\.1234"):
        first[1].rung(0.1234)


@pytest.mark.parametrize("part", [1 / 3, 2 / 3, 0.123456784, 0.1 + 0.2, 0.0333333 / 2])
def test_any_fraction_can_be_asked_for(part):
    found = built(trials()).tallied(part)[1]
    ranked = trials()["loss"].sort_values().to_numpy()
    wanted = ceil(round(part * N, 6))
    assert found.knows(part)
    assert found.sizes[found.rung(part)] == (ranked <= ranked[wanted - 1]).sum()


@pytest.mark.parametrize(("region", "target"), [(1.0, 0.1), (0.5, 0.1234), (0.01, 0.005), (2 / 3, 1 / 3)])
def test_sizes_said_are_those_of_all_trials(region, target):
    design = built(trials())
    sample = cut(design, Subspace(region, target))
    stands = reduced(sample)
    ends = [design.loss[ceil(round(part * N, 6)) - 1] for part in (region, target)]
    assert stands.whole == (N, *(int(np.searchsorted(design.loss, end, side="right")) for end in ends))
    assert stands.whole == sample.whole
    assert stands.wanted == sample.wanted
    assert stands.q == sample.q
    assert reduced(stands) is stands
    held = [int((stands.design.loss <= end).sum()) for end in ends]
    assert [stands.n_region, stands.n_target] == held


def test_those_that_stand_for_all_are_half_of_the_drawn_in_the_same_proportion(monkeypatch):
    monkeypatch.setattr(drawing, "MOST_DRAWN", 2400)  # with 400, thin parts have fewer drawn trials than they should
    frame = trials()
    standing, found = built(frame).tallied()
    drawn = set(np.flatnonzero(is_drawn(np.arange(N), 2400)).tolist())
    assert standing.position is not None
    assert set(standing.position.tolist()) < drawn
    assert standing.loss.tolist() == sorted(frame["loss"][standing.position])
    for part, within in at_rungs(frame):
        held = int((standing.loss <= frame["loss"][within].max()).sum())
        assert held == 1200 * within.sum() // N, part
    assert standing.edges is found.asked
    assert standing.hashed is None


def test_repeats_and_tables_without_positions_are_never_drawn_from():
    design = built(trials())
    assert replace(design, position=None).hashed is None
    assert replace(design, unit=np.arange(N) // 2).hashed is None
    assert design.hashed is not None


def test_a_target_in_which_nothing_stands_for_the_others_is_answered_from_counts_and_refused_without():
    stand, counts = built(trials()).tallied(0.005, 1.0)
    thinned = stand.keep(stand.loss > counts.asked.cutoffs[counts.rung(0.005)])
    sample = standing_for(thinned, counts, Subspace(1.0, 0.005))
    assert sample.n_target == 0
    assert sample.whole.target >= 15
    found = PedAnova(permutations=100).estimate(sample, np.random.default_rng(0))
    other = standing_for(stand, counts, Subspace(1.0, 0.005))
    exact = PedAnova(permutations=0, pairs="no").estimate(other, np.random.default_rng(0))
    np.testing.assert_array_equal(found.importance, exact.importance)
    assert np.isfinite(found.null_statistic[:, ~np.isnan(found.importance)]).all()
    said = rf"None of the {len(thinned)} trials that stand for all 3,000 lies in the target: raise the target, or"
    with pytest.raises(EstimatorError, match=said):
        PedAnova(form="histogram", permutations=0).estimate(sample, np.random.default_rng(0))
