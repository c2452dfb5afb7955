"""A view written as an address is read back, and whatever else stands in an address falls back with its key named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hpi
from hpi.estimators import ESTIMATORS, Fanova, PedAnova
from hpi.figures import Show
from hpi.filters import Between, OneOf
from hpi.roles import Direction
from hpi.sharing import COMPARISONS, View, read, write
from hpi.statements import FindingKind
from hpi.subspace import Subspace

TABLE = hpi.read("examples/digits_mlp.csv")
NAMES = [one.name for one in TABLE.hyperparameters]
PLAIN = View(metric=TABLE.metric, direction=TABLE.direction)
KEYS = ("metric", "dir", "task", "region", "top", "where", "est", "seed", "hp", "pair", "show", "held", "about", "kind",
        "strong", "tol", "permutations", "view", "other_region", "other_top", "other_est")  # fmt: skip


def view_of(**query: str | list[str]) -> tuple[View, tuple[str, ...]]:
    values = {key: value if isinstance(value, list) else [value] for key, value in query.items()}
    _, view, notices = read(values, TABLE)
    return view, notices


def falls_back(notices: tuple[str, ...], key: str) -> bool:
    """Whether there is exactly one notice and it names the key."""
    return len(notices) == 1 and f"“{key}”" in notices[0]


def test_an_empty_address_is_the_table_as_it_is():
    assert read({}, TABLE) == (TABLE, PLAIN, ())


def _other(view: View) -> str | None:
    """The second estimator of a view, which is no other one where it is the first."""
    return None if view.other_estimator == view.estimator else view.other_estimator


VIEWS = st.builds(
    View,
    metric=st.just(TABLE.metric),
    direction=st.just(TABLE.direction),
    region=st.sampled_from([1.0, 0.5, 0.123]),
    target=st.sampled_from([None, 0.1, 0.005, 0.0312]),
    where=st.sampled_from([(), (Between(NAMES[0], 0.25, None),), (Between(NAMES[0], None, 1e-3),)]),
    estimator=st.sampled_from([estimator.name for estimator in ESTIMATORS]),
    settings=st.sampled_from([(), (("permutations", 0),), (("permutations", 1000),)]),
    seed=st.integers(0, 2**32 - 1),
    hyperparameter=st.sampled_from([None, *NAMES]),
    pair=st.sampled_from([None, (NAMES[1], NAMES[0])]),
    show=st.sampled_from(Show),
    held=st.booleans(),
    about=st.sampled_from([None, *NAMES]),
    kinds=st.lists(st.sampled_from(FindingKind), unique=True).map(tuple),
    strong=st.booleans(),
    tolerance=st.sampled_from([None, 0.25, 1e-7]),
    comparison=st.sampled_from([None, *COMPARISONS]),
    other_region=st.sampled_from([1.0, 0.5, 0.0312]),
    other_target=st.sampled_from([None, 0.1, 0.005]),
    other_estimator=st.sampled_from([None, *(estimator.name for estimator in ESTIMATORS)]),
).map(lambda view: replace(view, other_estimator=_other(view)))


@given(VIEWS)
def test_what_is_written_is_read_back(view):
    table, again, notices = read(write(view), TABLE)
    assert (table, again, notices) == (TABLE, view, ())


def test_metric_direction_and_levels_are_read_back_too():
    other = next(name for name in ("epochs", "seconds", "test_error", *TABLE.frame.columns) if name != TABLE.metric
                 and name in TABLE.frame.select_dtypes("number").columns and name not in NAMES)  # fmt: skip
    view = View(metric=other, direction=Direction.MAXIMIZE)
    table, again, notices = read(write(view), TABLE)
    assert (table.metric, table.direction, again, notices) == (other, Direction.MAXIMIZE, view, ())


def test_a_filter_on_labels_with_commas_is_read_back():
    frame = TABLE.frame.assign(kind=["a,b" if i % 2 else "c=d" for i in range(len(TABLE.frame))])
    table = hpi.read(frame, metric=TABLE.metric, direction="minimize")
    view = replace(PLAIN, where=(OneOf("kind", ("c=d", "a,b")),), direction=Direction.MINIMIZE)
    assert read(write(view), table)[1:] == (view, ())


# out of range is moved to the nearest end; the ends come from the README: .5 % to below the region
@pytest.mark.parametrize(
    ("text", "found"), [("0", 0.005), ("1", 0.995), ("1.5", 0.995), ("-3", 0.005), ("1e-300", 0.005), ("+.2", 0.2)]
)
def test_u16_a_target_out_of_range_is_moved(text, found):
    view, notices = view_of(top=text)
    assert view == replace(PLAIN, target=found)
    assert notices == () if text == "+.2" else falls_back(notices, "top")


# float() alone would take most of these
NO_NUMBERS = ["nan", "inf", "-inf", "1e400", "0x1p3", "1_0", "٠٫١", "", " 0.1", "0.1\n", "1" * 1_000_000, "0,1", "½"]


@pytest.mark.parametrize("text", NO_NUMBERS, ids=range(len(NO_NUMBERS)))
@pytest.mark.parametrize("key", ["top", "region", "tol"])
def test_u17_u18_what_is_no_number_is_the_default(key, text):
    view, notices = view_of(**{key: text})
    assert view == PLAIN
    assert falls_back(notices, key)


@pytest.mark.parametrize(
    ("region", "top", "found"),
    [("0.2", "0.3", 0.195), ("0.2", "0.2", 0.195), ("0.009", "0.5", 0.005), ("0.005", "0.1", None)],
)
def test_a_target_stays_below_the_region(region, top, found):
    view, notices = view_of(region=region, top=top)
    assert (view.region, view.target) == (float(region), found)
    assert falls_back(notices, "top")


@pytest.mark.parametrize(("region", "top"), [("0.1", "0.097"), ("0.009", "0.005"), ("1", "0.998"), ("0.012", "0.01")])
def test_whatever_a_subspace_takes_is_taken(region, top):
    assert Subspace(float(region), float(top))
    view, notices = view_of(region=region, top=top)
    assert (view.region, view.target, notices) == (float(region), float(top), ())


def test_a_record_of_our_own_may_be_long():
    levels = tuple(f"a level with a long name {i}" for i in range(60))
    frame = TABLE.frame.assign(kind=[levels[i % 60] for i in range(len(TABLE.frame))])
    table = hpi.read(frame, metric=TABLE.metric, direction="maximize")
    numeric = [name for name in NAMES if name in TABLE.frame.select_dtypes("number")]
    where = (OneOf("kind", levels[:59]), *(Between(name, -1.0, None) for name in numeric))
    view = replace(PLAIN, where=where)
    assert read(write(view), table, is_limited=False)[1:] == (view, ())
    assert falls_back(read(write(view), table)[2], "where")


# looked up among the estimators, never imported
@pytest.mark.parametrize("text", ["unknown", "__class__", "os.system", "<img src=x>", "PED_ANOVA", ""])
def test_u19_an_unknown_estimator_is_the_default_and_the_notice_lists_those_that_there_are(text):
    view, notices = view_of(est=text)
    assert view == PLAIN
    assert falls_back(notices, "est")
    assert all(estimator.name in notices[0] for estimator in ESTIMATORS)


def test_u20_a_metric_that_cannot_be_one_falls_back():
    frame = TABLE.frame.assign(word="a", flat=1.0, nothing=float("nan"))
    table = hpi.read(frame, metric=TABLE.metric, direction="minimize")
    for name in ("unknown", "word", "nothing"):
        again, view, notices = read({"metric": [name]}, table)
        assert (again.metric, view.metric) == (TABLE.metric, TABLE.metric)
        assert falls_back(notices, "metric")


def test_u21_a_metric_is_no_hyperparameter_any_more():
    numeric = next(one.name for one in TABLE.hyperparameters if one.name in TABLE.frame.select_dtypes("number"))
    _, view, notices = read({"metric": [numeric], "hp": [numeric], "dir": ["minimize"]}, TABLE)
    assert (view.metric, view.hyperparameter) == (numeric, None)
    assert falls_back(notices, "hp")


def test_u22_hyperparameters_that_are_given_too_often():
    assert view_of(hp="")[0].hyperparameter is None
    assert view_of(hp=[NAMES[0], NAMES[0]]) == (replace(PLAIN, hyperparameter=NAMES[0]), ())
    view, notices = view_of(hp=[NAMES[1], *(f"name{i}" for i in range(10_000))])
    assert view.hyperparameter == NAMES[1]
    assert falls_back(notices, "hp")


@pytest.mark.parametrize("names", [["A", "A"], ["A"], ["A", "B", "C"], ["A,B"], ["A", "nobody"], [""]])
def test_u23_a_pair_is_two_different_names(names):
    spelled = dict(zip("ABC", NAMES, strict=False))
    view, notices = view_of(pair=[spelled.get(name, name) for name in names])
    assert view == PLAIN
    assert falls_back(notices, "pair")


@pytest.mark.parametrize("text", ["-1", str(2**64), str(2**32), "1e3", "abc", "", "1.0", "٣"])
def test_u24_a_seed_is_a_whole_number(text):
    view, notices = view_of(seed=text)
    assert view == PLAIN
    assert falls_back(notices, "seed")


def test_u25_settings_beyond_their_bounds_are_moved_into_them():
    view, notices = view_of(est="fanova", permutations=str(10**9))
    assert view.settings == (("permutations", 10_000),)
    assert Fanova(**dict(view.settings)).permutations == 10_000
    assert falls_back(notices, "permutations")
    assert view_of(n_trees=str(10**9), bins=str(10**6), repeats=str(10**6)) == (PLAIN, ())  # no such settings: ignored


def test_a_setting_of_words_is_one_of_its_words():
    view, notices = view_of(form="other")
    assert view == PLAIN
    assert falls_back(notices, "form")
    assert PedAnova().form in notices[0]


@pytest.mark.parametrize("text", ["three", "Two", "__class__", ""])
def test_an_unknown_comparison_is_what_fits_the_table(text):
    view, notices = view_of(view=text)
    assert view == PLAIN
    assert falls_back(notices, "view")
    assert all(name in notices[0] for name in COMPARISONS)


@pytest.mark.parametrize("text", ["unknown", "PED_ANOVA", "ped-anova", ""])
def test_a_second_estimator_is_one_of_the_others(text):
    view, notices = view_of(other_est=text, est="ped-anova")
    assert view == PLAIN
    assert falls_back(notices, "other_est")


@pytest.mark.parametrize(("query", "region", "target", "bad"), [
    ({"other_top": "0.05"}, 1.0, 0.05, None),
    ({"other_region": "0.5"}, 0.5, None, None),
    ({"other_region": "0.2", "other_top": "0.3"}, 0.2, 0.3, None),  # the page refuses it in words, as one that is typed
    ({"other_region": "7", "other_top": "0.3"}, 1.0, 0.3, "other_region"),
    ({"other_region": "0.5", "other_top": "0.001"}, 0.5, 0.005, "other_top"),
    ({"other_region": "nan", "other_top": "0.3"}, 1.0, 0.3, "other_region"),
    ({"other_region": "0.5", "other_top": "x"}, 0.5, None, "other_top"),
    ({"other_region": "inf"}, None, None, "other_region"),
])  # fmt: skip
def test_a_second_threshold_is_moved_to_the_nearest_end_or_the_usual_one(query, region, target, bad):
    view, notices = view_of(**query)
    assert view == replace(PLAIN, other_region=region, other_target=target)
    assert notices == () if bad is None else falls_back(notices, bad)


@pytest.mark.parametrize("text", ["maximise", "sideways", "MAXIMIZE", ""])
def test_u26_a_direction_is_one_of_two(text):
    view, notices = view_of(dir=text)
    assert view == PLAIN
    assert falls_back(notices, "dir")


# what an address decodes to where its percent signs make no sense
@pytest.mark.parametrize("text", ["\ufffd%zz", "a\0b", "\ud800"])
@pytest.mark.parametrize("key", ["metric", "where", "hp", "about", "task", "kind", "show"])
def test_u29_broken_text_falls_back(key, text):
    view, notices = view_of(**{key: text})
    assert view == PLAIN
    assert falls_back(notices, key)


def test_u28_u30_unknown_keys_are_ignored():
    junk = {f"a{i}": ["1"] for i in range(5000)} | {"debug": ["1"], "_trace": ["1"], "embed": ["true"]}
    assert read(junk, TABLE) == (TABLE, PLAIN, ())


def test_a_bad_key_does_not_take_the_others_with_it():
    view, notices = view_of(top="nan", est="fanova", hp=NAMES[2], seed="7")
    assert view == replace(PLAIN, estimator="fanova", hyperparameter=NAMES[2], seed=7)
    assert falls_back(notices, "top")


def test_filters_that_do_not_fit_are_left_out_and_the_last_of_a_column_holds():
    view, notices = view_of(where=[f"{NAMES[0]}=0.1:0.2", "nothing=1", f"{NAMES[0]}=0.3:"])
    assert view.where == (Between(NAMES[0], 0.3, None),)
    assert falls_back(notices, "where")
    assert "more than 20 times" in view_of(where=[f"{NAMES[0]}={i}:" for i in range(30)])[1][0]


HOSTILE = st.one_of(st.text(max_size=30), st.sampled_from(["<script>", "![i](http://x/y.png)", "../../etc/passwd"]))


@given(st.dictionaries(st.sampled_from(KEYS), st.lists(HOSTILE, max_size=4)))
def test_any_address_is_read_without_an_error_and_nothing_of_it_is_repeated(query):
    _, view, notices = read(query, TABLE)
    assert isinstance(view, View)
    known = " ".join(
        [*KEYS, *(estimator.name for estimator in ESTIMATORS), *Show.__members__, *FindingKind.__members__]
    )
    for values in query.values():
        for value in values:
            if len(value) > 8 and value.lower() not in known.lower():
                assert not any(value in notice for notice in notices)
