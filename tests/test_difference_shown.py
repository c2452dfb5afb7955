"""Differences in words, as a picture, as a file, on the command line."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest

import hpi
from hpi.__main__ import main
from hpi.comparison import difference
from hpi.figures import DARK, LIGHT
from hpi.figures import difference as figure
from hpi.results import Question
from hpi.toys import ADDITIVE
from hpi.words import difference as words
from tests.makers import result
from tests.test_comparison import bar, bars, unknown

HOSTILE = ("<b>b</b>", "$x$", "=1+1", "%{x}", 'a, "b"\n', "\u202ename")


def asked(found, target=0.1, region=1.0):
    """The same bars as the answer to another question: of 1,000 trials, without ties."""
    sizes = round(1000 * region), round(1000 * target)
    return replace(found, used=1000, subspace=Question(region, target, *sizes, ()))


def two(**changes):
    """The best 10 % and the best 1 %; `a=(.1, .3)` are the values of a, each with half a width of .02."""
    sides = [
        result(*(bar(name, pair[i], low=pair[i] - 0.02, high=pair[i] + 0.02) for name, pair in changes.items()))
        for i in (0, 1)
    ]
    return difference(asked(sides[0]), asked(sides[1], 0.01))


def plain(text):
    return text.replace("\u00a0", " ")


def test_the_first_sentence_names_what_differs_and_counts_the_rest():
    """By hand: .2 with reaches of hypot(.02, .02) = .028; .01 is within that."""
    assert plain(words.lead(two(a=(0.1, 0.3), b=(0.3, 0.31), c=(0.2, 0.2)))) == (
        "For the best 1 % instead of the best 10 %, a explains more (+20 percentage points [+17.2 to +22.8]); for the "
        "other 2 no difference can be told apart from chance."
    )
    assert plain(words.lead(two(a=(0.3, 0.1), b=(0.1, 0.3)))) == (
        "For the best 1 % instead of the best 10 %, a explains less (\u221220 percentage points [\u221222.8 to "
        "\u221217.2]) and b explains more (+20 points [+17.2 to +22.8])."
    )
    assert plain(words.lead(two(a=(0.3, 0.3), b=(0.1, 0.11)))) == (
        "For the best 1 % instead of the best 10 %, no difference can be told apart from chance (2 hyperparameters "
        "compared)."
    )


def test_of_many_that_differ_three_are_named():
    said = words.lead(two(**{name: (0.1, 0.3) for name in "abcde"}))
    assert said.count("explains more") == 3
    assert ", and 2 more differ." in said


def test_the_sides_are_named_by_what_differs():
    one = asked(bars(a=0.5))
    assert [plain(side) for side in words.sides(difference(one, asked(bars(a=0.4), 0.1, 0.5)))] == [
        "the best 10 % among all trials",
        "the best 10 % among the best 50 % of trials",
    ]
    assert words.sides(difference(one, asked(bars("linear", a=0.4)))) == ("PED-ANOVA", "Linear model")
    forests = [asked(bars("fanova", a=value), 0.1, region) for value, region in ((0.5, 1.0), (0.4, 0.5))]
    assert [plain(side) for side in words.sides(difference(*forests))] == ["all trials", "the best 50 % of trials"]
    assert plain(words.lead(difference(*forests))).startswith("Among the best 50 % of trials instead of all trials, a ")
    assert words.sides(difference(one, replace(one, seed=1))) == ("the first", "the second")
    assert words.sides(difference(one, one), ("t.csv", "t.csv")) == ("t.csv (first)", "t.csv (second)")


def test_one_answer_is_no_difference_in_words_and_picture():
    one = asked(bars(a=0.5, b=-0.01))
    found = difference(one, one)
    assert words.lead(found, ("a.csv", "b.csv")) == (
        "No difference: a.csv and b.csv give the same answer, to the last digit."
    )
    assert not any("apart from chance" in words.sentence(change, found) for change in found.changes)
    assert "No difference." in figure(found, LIGHT).layout.title.text


def test_where_nothing_can_be_compared_it_is_said():
    silent = result(unknown("a"), estimator="fanova")
    assert words.lead(difference(bars(a=0.5), silent)).startswith("Nothing can be compared between PED-ANOVA and f-AN")


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [(0.12, 0, "+12"), (-0.034, 1, "\u22123.4"), (0.0004, 1, "0"), (-0.0004, 1, "0"), (0.05, 1, "+5")],
)
def test_points_are_written_with_their_sign(value, digits, written):
    assert words.signed(value, digits) == written


def test_notices_say_what_is_compared_and_whose_warning_it_is():
    first = replace(asked(bars(a=0.5, b=0.2)), warnings=("Both.", "Thin."))
    second = replace(asked(bars(a=0.2, c=0.1), 0.01), warnings=("Both.", "Thinner."))
    said = [plain(text) for text in words.notices(difference(first, second))]
    assert said[-3:] == ["Both.", "The best 10 %: Thin.", "The best 1 %: Thinner."]
    assert "Only in the best 10 %: b. Unknown in the other, which is not 0." in said
    tables = words.notices(difference(first, replace(second, fingerprint="1")), ("a.csv", "b.csv"))
    assert "a.csv: Thin." in tables
    assert any("taken to be independent" in text for text in tables)
    shares = words.notices(difference(asked(bars(a=0.5)), asked(bars("linear", a=0.4))))
    assert any("share of what all hyperparameters have" in text for text in shares)


def test_one_reason_for_many_is_said_once():
    silent = result(*(unknown(f"h{i}") for i in range(9)), estimator="fanova")
    said = words.notices(difference(bars(**{f"h{i}": 0.1 for i in range(9)}), silent))
    assert [text for text in said if "no score" in text] == [
        "h0, h1, h2, h3, h4, h5 and 3 more: no number in the second: no score."
    ]


def test_places_that_surely_differ_are_said_where_shares_are_compared():
    """By hand: a falls from first to third, behind b and c; whose places, 2 or 3 and then 1 or 2, may be the same."""
    first = asked(bars(a=0.5, b=0.2, c=0.2))
    second = asked(bars("linear", a=0.1, b=0.4, c=0.4))
    said = words.notices(difference(first, second))
    assert "Places in the order that surely differ: a is number 1 in PED-ANOVA, number 3 in Linear model." in said
    swapped = asked(bars("linear", a=0.5, b=0.3, c=0.2))
    assert "No place in the order surely differs between the two." in words.notices(difference(first, swapped))
    assert not any("place" in text.lower() for text in words.notices(difference(first, asked(bars(a=0.1, b=0.2)))))


def test_the_file_holds_what_is_known_and_no_formula():
    found = difference(bars(**{"=a": 0.5, "b": 0.2}), bars(**{"=a": 0.4}))
    rows = list(csv.DictReader(io.StringIO(words.as_csv_file(found))))
    assert [row["name"] for row in rows] == ["'=a", "b"]
    assert float(rows[0]["difference"]) == pytest.approx(-0.1)
    assert rows[1]["second"] == rows[1]["difference"] == rows[1]["differs"] == ""


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_picture_shows_both_values_with_their_ends(theme):
    found = two(a=(0.1, 0.3), b=(0.2, 0.21))
    _, first, second, written = figure(found, theme).data
    assert list(first.x) == [0.1, 0.2]
    assert list(second.x) == [0.3, 0.21]
    assert list(first.customdata) == ["a", "b"]
    assert first.error_x.array == pytest.approx([0.02, 0.02])
    assert second.error_x.arrayminus == pytest.approx([0.02, 0.02])
    assert [color for color in written.textfont.color] == [theme.text, theme.muted]
    assert "<b>+20</b>" in written.text[0]
    assert "[+17.2 to +22.8]" in written.text[0]


def test_what_is_not_there_is_not_drawn():
    found = difference(bars(a=0.5, b=0.1, c=None), bars(a=0.2, c=0.2))
    _, first, second, written = figure(found, LIGHT).data
    assert dict(zip(first.customdata, zip(first.x, second.x, strict=True), strict=True)) == {
        "a": (0.5, 0.2),
        "b": (0.1, None),
        "c": (None, 0.2),
    }
    assert [text.replace("\u00a0", " ").strip() for text in written.text[1:]] == [
        "no number in<br>  the first",
        "only in the first",
    ]


@pytest.mark.parametrize(
    ("first", "second", "where"), [(None, 0.2, "the first"), (0.4, None, "the second"), (None, None, "either")]
)
def test_chart_and_words_name_the_same_answer_that_has_no_number(first, second, where):
    """What one answer lacks has no share in the other either, but the number is missing in one."""
    found = difference(bars(a=0.5, c=first), bars("linear", a=0.2, c=second))
    shown = figure(found, LIGHT).data[3].text[1].replace("\u00a0", " ").replace("<br> ", "").strip()
    assert shown == f"no number in {where}"
    assert any(said.startswith(f"c: {shown}: ") for said in words.notices(found))


def test_of_many_the_twenty_largest_differences_are_shown_and_the_others_counted():
    values = {f"h{i}": (0.1, 0.1 + 0.001 * i) for i in range(60)}
    drawn = figure(two(**values), LIGHT)
    assert len(drawn.data[1].x) == 20
    assert list(drawn.data[1].customdata[:2]) == ["h59", "h58"]
    assert "40 more are not shown" in drawn.layout.title.text.replace("<br>", " ")


def test_the_text_alternative_says_what_the_picture_shows():
    found = two(a=(0.1, 0.3), b=(0.2, 0.21))
    alternative = figure(found, LIGHT).layout.meta["alt"]
    assert alternative.startswith(words.lead(found))
    assert words.sentence(found.changes[1], found) in alternative


def test_names_are_data():
    values = dict.fromkeys(HOSTILE, (0.1, 0.3))
    drawn = figure(two(**values), LIGHT, ("<i>t</i>.csv", "$u$.csv"))
    shown = " ".join([*drawn.layout.yaxis.ticktext, drawn.layout.title.text, *drawn.data[1].hovertext])
    assert "<i>" not in shown
    assert "<b>b" not in shown
    assert "%{x}" not in shown
    assert "$" not in shown
    assert set(drawn.data[1].customdata) == set(HOSTILE)


@pytest.fixture
def tables(tmp_path):
    """Two files of one search each."""
    paths = [tmp_path / f"{name}.csv" for name in "ab"]
    for seed, path in enumerate(paths):
        ADDITIVE.draw(300, np.random.default_rng(seed)).to_csv(path, index=False)
    return [str(path) for path in paths]


def told(capsys, *arguments):
    assert main(["difference", *arguments]) == 0
    return capsys.readouterr().out


def test_the_command_says_what_the_functions_say(tables, capsys):
    table, other = (hpi.read(path) for path in tables)
    first, second = (hpi.importance(table, subspace=hpi.Subspace(target=target)) for target in (0.1, 0.3))
    said = told(capsys, tables[0], "--target", ".1", "--other-target", ".3", "--json")
    assert json.loads(said) == json.loads(json.dumps(difference(first, second, table=table).to_dict()))
    lines = told(capsys, tables[0], "--target", ".1", "--other", tables[1]).splitlines()
    expected = hpi.importance(other, subspace=hpi.Subspace(target=0.1))
    assert lines[0] == words.lead(difference(first, expected, table=table, other=other), ("a.csv", "b.csv"))
    rows = list(csv.DictReader(io.StringIO(told(capsys, tables[0], "--other-region", ".5", "--csv"))))
    assert sorted(row["name"] for row in rows) == list("abcdef")
    same = told(capsys, tables[0], "--other", tables[0])
    assert same.startswith("No difference: ")


def test_the_target_of_the_second_table_is_that_of_the_first(tables, tmp_path, capsys):
    """Alone, 60 trials would be asked for their best third."""
    small = tmp_path / "small.csv"
    ADDITIVE.draw(80, np.random.default_rng(5)).to_csv(small, index=False)
    said = json.loads(told(capsys, tables[0], "--other", str(small), "--json"))
    assert said["second"]["subspace"]["target"] == said["first"]["subspace"]["target"] == 0.1


def test_a_command_that_names_nothing_other_is_refused(tables, capsys):
    assert main(["difference", tables[0]]) == 2
    assert capsys.readouterr().err.startswith("Nothing differs: name one other thing")
