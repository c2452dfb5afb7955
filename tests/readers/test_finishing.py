"""What every table goes through: names, charts, objects in cells, limits, whatever the reader."""

from __future__ import annotations

import unicodedata

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpi.errors import TableError
from hpi.readers import Loaded, ReadLimits, naming, read
from hpi.readers.finishing import finished
from hpi.roles import ContextKind, Reading, Role
from hpi.roles.choices import Declaration
from hpi.roles.reading import Objective
from hpi.space import Kind


def finish(frame: pd.DataFrame, limits: ReadLimits | None = None, reading: Reading | None = None) -> Loaded:
    return finished(Loaded(frame, "a", reading or Reading()), limits or ReadLimits())


def named(*names: object) -> pd.DataFrame:
    """A frame of three rows with these names, in which every cell is different."""
    frame = pd.DataFrame([[row * len(names) + i for i in range(len(names))] for row in range(3)])
    frame.columns = pd.Index(names, dtype=object)
    return frame


def said_of(*names: object) -> tuple[str, ...]:
    return finish(named(*names)).reading.notices


def refused(frame: pd.DataFrame, *words: str, limits: ReadLimits | None = None) -> None:
    with pytest.raises(TableError) as found:
        finish(frame, limits)
    assert all(word in str(found.value) for word in words), str(found.value)
    assert "\n" not in str(found.value)


# ---------------------------------------------------------------- names


def test_names_are_trimmed_and_have_one_blank_between_words():
    assert list(finish(named(" lr ", "valid \t ppl", "a\nb", "\xa0x")).frame.columns) == ["lr", "valid ppl", "a b", "x"]


def test_plain_names_are_left_alone_and_nothing_is_said():
    frame = named("lr", "loss")
    loaded = finish(frame)
    assert loaded.frame is frame
    assert loaded.reading.notices == ()


def test_a_column_without_a_name_gets_one_and_it_is_said():
    loaded = finish(named("lr", "", "loss", " ", None))
    assert list(loaded.frame.columns) == ["lr", "Unnamed: 1", "loss", "Unnamed: 3", "Unnamed: 4"]
    assert loaded.reading.notices == (
        "3 columns have no name and are called Unnamed: 1, Unnamed: 3, Unnamed: 4.",
    )  # fmt: skip
    assert said_of("a", "") == ("1 column has no name and is called Unnamed: 1.",)


def test_the_index_that_pandas_wrote_is_not_worth_a_word():
    assert said_of("Unnamed: 0", "loss") == said_of("", "loss") == ()


def test_a_column_with_neither_name_nor_cells_is_dropped():
    frame = named("lr", "", "loss")
    frame[""] = ["", " ", None]
    loaded = finish(frame)
    assert list(loaded.frame.columns) == ["lr", "loss"]
    assert loaded.reading.notices == ()


@pytest.mark.parametrize("names", [("lr", "lr"), ("lr", " lr"), ("a  b", "a b"), ("lr", "lr\xa0")])
def test_names_that_are_equal_when_trimmed_are_refused(names):
    refused(named("loss", *names), "appears twice", "columns 2 and 3", "rename")


def test_a_long_name_is_refused():
    refused(named("lr", "n" * 201), "Column 2", "201 characters", "at most 200", "Shorten")
    assert len(finish(named("lr", "n" * 200)).frame.columns) == 2


def test_names_that_differ_in_capitals_are_said():
    assert said_of("lr", "LR", "Lr", "loss") == ("These column names differ in capital letters only: lr, LR, Lr.",)


def test_what_cannot_be_seen_is_written_out():
    names = ("l\u202er", "wd\u200b", "so\u00adft", "\u3164", "tag\U000e0041", "loss\x07")
    notices = said_of(*names)
    hidden = next(notice for notice in notices if "cannot be seen" in notice)
    for written in ("l\\u202er", "wd\\u200b", "so\\xadft", "\\u3164", "tag\\U000e0041"):
        assert written in hidden
    assert list(finish(named(*names)).frame.columns) == list(names)  # the names themselves stay
    assert all(unicodedata.category(sign) not in ("Cf", "Cc") for notice in notices for sign in notice)


def test_an_emoji_and_an_accent_can_be_seen():
    assert said_of("taux d'apprentissage é", "\U0001f600", "\u2764\ufe0f", "学习率", "loss") == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("lr", "l\u0433"),  # CYRILLIC SMALL LETTER GHE
        ("loss", "l\u043ess"),  # CYRILLIC SMALL LETTER O
        ("alpha", "\u03b1lpha"),  # GREEK SMALL LETTER ALPHA
        ("HIDDEN", "\u0397IDDEN"),  # GREEK CAPITAL LETTER ETA
        ("lr", "\uff4c\uff52"),  # full width
        ("lr", "l\u200br"),
        ("l-r", "l\u2011r"),  # NON-BREAKING HYPHEN
        ("file", "\ufb01le"),  # ligature
    ],
)
def test_names_that_look_alike_are_said_in_letters_that_tell_them_apart(one, other):
    notices = said_of(one, other, "metric")
    assert any(
        notice == "These column names look alike, but are different: "
        f"{one}, {other.encode('ascii', 'backslashreplace').decode()}."
        for notice in notices
    ), notices


def test_names_that_do_not_look_alike_are_not_said():
    assert said_of("l1", "ll", "β", "b2", "α", "beta", "学习率", "学习", "O", "0") == ()


def test_what_a_reader_said_is_not_said_again():
    loaded = finish(named("lr", "LR", "wd\u200b"))
    assert finished(loaded, ReadLimits()).reading.notices == loaded.reading.notices
    assert len(set(loaded.reading.notices)) == 2


def test_every_reader_gets_the_same_names():
    text = "lr,LR,wd\u200b,loss\n" + "".join(f"{i},{i % 3},{i % 5},{i * 7 % 11}\n" for i in range(20))
    json = "[" + ",".join(
        f'{{" lr": {i}, "LR": {i % 3}, "wd\u200b ": {i % 5}, "loss": {i * 7 % 11}}}' for i in range(20)
    )
    one, other = read(text.encode()), read((json + "]").encode())
    assert one.fingerprint == other.fingerprint
    assert one.notices == other.notices
    assert sum("capital letters" in notice for notice in one.notices) == 1


@given(st.lists(st.text(max_size=12), min_size=1, max_size=6))
def test_any_names_give_different_plain_ones_or_are_refused(names):
    try:
        cleaned = naming.cleaned(names)
    except TableError as error:
        assert "twice" in str(error)  # noqa: PT017
        return
    assert len(set(cleaned)) == len(names)
    assert naming.cleaned(cleaned) == cleaned
    for notice in naming.notices(cleaned):
        assert notice.isprintable() or "capital letters" not in notice
        assert "\n" not in notice
        notice.encode("utf-8")


# ---------------------------------------------------------------- charts


def chart(axis: str = "Step", runs: int = 2, metric: str = "val/loss") -> pd.DataFrame:
    lines = [f"run-{i} - {metric}{end}" for i in range(runs) for end in ("", "__MIN", "__MAX")]
    return named(axis, *lines)


@pytest.mark.parametrize("axis", ["Step", "Relative Time (Process)", "Relative Time (Wall)", "Wall Time", "epoch"])
def test_a_chart_of_weights_and_biases_is_refused_with_the_way_to_the_runs(axis):
    refused(chart(axis), "chart", "Weights & Biases", "2 lines", "run-0 - val/loss", "CSV Export", "wandb.Api().runs")


def test_a_chart_of_many_runs_is_refused_as_a_chart():
    refused(chart(runs=900), "chart", "900 lines")


def test_a_chart_in_any_format_is_refused():
    for source in (chart().to_csv(index=False).encode(), chart().to_json(orient="records").encode(), chart()):
        with pytest.raises(TableError, match="Weights & Biases"):
            read(source)


@pytest.mark.parametrize("axis", ["Step", "Relative Time (Process)", "Relative Time (Wall)", "epoch"])
def test_a_chart_of_groups_is_refused_as_a_chart(axis):
    groups = named(axis, *(f"lr: {lr} - val/loss" for lr in (0.1, 0.01, 0.001)))
    refused(groups, "chart", "Weights & Biases", "3 lines", "lr: 0.1 - val/loss", "CSV Export")


def test_a_curve_of_tensorboard_is_refused():
    refused(named("Wall time", "Step", "Value"), "TensorBoard", "HParams")


@pytest.mark.parametrize(
    "names",
    [
        ("Step", "value", "lr"),
        ("lr", "a - b", "loss", "a - b__MIN", "x", "y", "z"),
        ("lr", "wd", "depth", "opt", "run - loss", "run - loss__MIN", "run - loss__MAX"),
        ("loss", "loss__MIN", "loss__MAX", "lr"),
        ("Step", "a - loss", "b - loss", "lr"),
        ("Step", "a - loss", "b - acc"),
        ("lr", "a - loss", "b - loss"),
    ],
)
def test_a_table_of_runs_is_no_chart(names):
    assert list(finish(named(*names)).frame.columns) == list(names)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ('{"name": null, "hyperparameters": [{"name": "lr"}], "conditions": [], "forbiddens": []}', ("space", "Zip")),
        ('{"deterministic": true, "crash_cost": 1, "walltime_limit": 1, "a": [{"b": 1}]}', ("SMAC", "runhistory.json")),
        ('{"incumbent_ids": [1], "trajectory": [{"costs": [1]}], "state": {}}', ("SMAC", "runhistory.json")),
        ('{"ongoing_trials": {}, "tried_so_far": [], "hyperparameters": {}}', ("Keras Tuner", "trial_*")),
    ],
)
def test_what_a_search_stores_beside_its_trials_is_refused_by_its_name(document, words):
    with pytest.raises(TableError) as found:
        read(document.encode())
    assert all(word in str(found.value) for word in words), str(found.value)


# ---------------------------------------------------------------- limits and objects


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (ReadLimits(rows=2), ("3 rows", "at most 2", "HPI_READ_ROWS")),
        (ReadLimits(columns=2), ("4 columns", "at most 2", "HPI_READ_COLUMNS")),
        (ReadLimits(cells=11), ("12 cells", "at most 11", "HPI_READ_CELLS")),
    ],
)
def test_a_limit_that_is_passed_is_named(limits, words):
    refused(named("a", "b", "c", "d"), *words, limits=limits)


def test_a_table_at_its_limits_is_read():
    assert finish(named("a", "b", "c", "d"), ReadLimits(rows=3, columns=4, cells=12)).frame.shape == (3, 4)


def test_objects_stay_in_their_cells_where_they_would_be_too_many_columns():
    frame = named("a", "b").assign(config=['{"x": 1, "y": 2, "z": 3}'] * 3)
    assert finish(frame, ReadLimits(columns=5)).frame.shape == (3, 5)
    loaded = finish(frame, ReadLimits(columns=4))
    assert loaded.frame.shape == (3, 3)
    assert "the 3rd key beside 2 other columns; at most 4 different keys" in loaded.reading.notices[0]
    assert "HPI_READ_COLUMNS" in loaded.reading.notices[0]


def test_what_a_source_says_of_a_column_goes_with_its_name():
    reading = Reading(
        objectives=(Objective(" loss "), Objective("acc")), roles=((" loss ", Role.METRIC),),
        contexts=(("a  b", ContextKind.TASK),),
        space=(("lr\n", Declaration(Kind.FLOAT)), ("wd", Declaration(Kind.INT))),
    )  # fmt: skip
    found = finish(named(" loss ", "acc", "a  b", "lr\n", "wd"), reading=reading).reading
    assert found == Reading(
        objectives=(Objective("loss"), Objective("acc")), roles=(("loss", Role.METRIC),),
        contexts=(("a b", ContextKind.TASK),), space=(("lr", Declaration(Kind.FLOAT)), ("wd", Declaration(Kind.INT))),
    )  # fmt: skip


def test_a_column_that_the_source_speaks_of_is_not_opened():
    frame = named("a", "loss").assign(config=['{"x": 1}'] * 3)
    reading = Reading(space=(("config", Declaration(Kind.CATEGORY)),))
    assert finish(frame, reading=reading).frame is frame
    assert list(finish(frame).frame.columns) == ["a", "loss", "config.x"]


def test_the_names_that_come_out_of_cells_are_held_to_the_same():
    assert list(finish(named("a").assign(config=['{" x ": 1}'] * 3)).frame.columns) == ["a", "config. x"]
    refused(named("a").assign(config=['{"' + "n" * 200 + '": 1}'] * 3), "207 characters")
    refused(named("a").assign(config=['{"x": 1, "x ": 1}'] * 3), "'config.x' appears twice")
