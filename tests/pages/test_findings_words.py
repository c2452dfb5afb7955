"""What is said of findings beside their sentences, and their files."""

from __future__ import annotations

import csv
import io
import json
import math

import pytest

from hpi.results import Score
from hpi.statements import FindingKind, Strength
from hpi.words import findings as finding_words
from pages import found
from tests.findings import CONTRAST, finding, findings, line, picture
from tests.makers import result


def test_the_files_hold_what_was_found():
    unbounded = finding(FindingKind.TOP, high=math.inf, unit="odds ratio", text="=SUM(1)", hyperparameters=("a", "b"))
    shown = findings(finding(), unbounded, cannot_say=("why",))
    rows = list(csv.DictReader(io.StringIO(found.as_csv(shown))))
    assert [row["text"] for row in rows] == [finding().text, "'=SUM(1)"]
    assert (rows[0]["effect"], rows[0]["kind"], rows[0]["strength"]) == ("0.06", "trend", "strong")
    assert (rows[1]["high"], rows[1]["hyperparameters"]) == ("", "a, b")
    plain = json.loads(found.as_json(shown))
    assert plain["findings"][1]["high"] is None
    assert plain["findings"][0]["p_adjusted"] == 2e-9
    assert plain["cannot_say"] == ["why"]
    assert plain["candidates"] == 120


def test_evidence_by_hand():
    worse = finding(effect=-0.031, low=-0.05, high=-0.012, p_adjusted=0.0312, n=1, compared_with="sgd")
    assert finding_words.evidence(worse).replace("\u00a0", " ") == (
        "worse by 0.031 [0.012, 0.050] val_accuracy than sgd  ·  1 trial  ·  adjusted p = .031"
    )
    assert finding_words.p_value(0.001).replace("\u00a0", " ") == "adjusted p = .001"
    assert finding_words.p_value(1.0).replace("\u00a0", " ") == "adjusted p = 1"


@pytest.mark.parametrize(
    ("changes", "small"),
    [
        ({"low": 0.003}, True),  # the near end lies within 0.004
        ({"low": 0.005}, False),
        ({"low": -0.06, "high": -0.003, "effect": -0.03}, True),
        ({"low": 0.003, "p_adjusted": 0.01}, False),  # less sure is another reason
        ({"low": 0.003, "strength": Strength.STRONG}, False),
        ({"low": 1.9, "high": 9.0, "kind": FindingKind.TOP}, True),
        ({"low": 2.0, "high": 9.0, "kind": FindingKind.TOP}, False),
        ({"low": 0.003, "kind": FindingKind.SAME}, False),
    ],
)
def test_a_sure_finding_that_is_weak_says_why(changes, small):
    weak = finding(**{"strength": Strength.WEAK, **changes})
    assert ("may be too small to matter" in finding_words.mark(weak, 0.004)) is small
    assert "too small" not in finding_words.mark(weak)


@pytest.mark.parametrize(
    ("strengths", "words"),
    [("s", "1 of 120 sentences looked at holds"), ("s", "a strong one."), ("w", "a weak one."),
     ("ss", "all of them strong."), ("ww", "all of them weak."), ("ssw", "2 strong, 1 weak.")],
)  # fmt: skip
def test_the_lead_counts_the_strong_and_the_weak(strengths, words):
    of = {"s": Strength.STRONG, "w": Strength.WEAK}
    assert words in finding_words.lead(findings(*(finding(strength=of[one]) for one in strengths)))


def test_the_lead_names_at_most_four_that_make_no_difference():
    same = [finding(FindingKind.SAME, hyperparameters=(f"h{i}",), picture=CONTRAST) for i in range(6)]
    assert "h0, h1, h2 and 3 others make no difference that matters" in finding_words.lead(findings(*same))
    assert "h0, h1, h2 and h3 make no difference that matters (" in finding_words.lead(findings(*same[:4]))
    unknown = findings(*same[:1], tolerance=None)
    assert finding_words.lead(unknown).endswith("h0 makes no difference that matters.")


def test_two_levels_that_are_alike_say_nothing_of_a_third():
    of_two = picture(line(a=0.9, b=0.9, c=0.5, marked=("a", "b")), across="kernel", ordered=False)
    same = finding(FindingKind.SAME, hyperparameters=("kernel",), picture=of_two)
    assert "no difference" not in finding_words.lead(findings(same))
    both = picture(line(a=0.9, b=0.9, marked=("a", "b")), across="kernel", ordered=False)
    same = finding(FindingKind.SAME, hyperparameters=("kernel",), picture=both)
    assert "kernel makes no difference that matters" in finding_words.lead(findings(same))


def bar(name, detectable):
    return Score(name, 0.1, 0.0, 0.2, None, 0.05, 0.01 if detectable else 0.5, detectable, None)


def test_what_moves_the_metric_on_average_and_has_no_bar_is_named():
    said = findings(
        finding(hyperparameters=("lr",)), finding(hyperparameters=("momentum",)),
        finding(FindingKind.TOP, hyperparameters=("width",)), finding(FindingKind.CONTRAST, hyperparameters=("flag",)),
    )  # fmt: skip
    bars = [bar("lr", True), bar("momentum", False), bar("width", False), bar("idle", False)]
    assert finding_words.beside_bars(said, result(*bars)) == (
        "momentum moves val_accuracy on average; for reaching the best 10\u00a0% its bar is not told apart from chance."
    )
    both = finding_words.beside_bars(said, result(*bars, bar("flag", False)))
    assert both.startswith("momentum and flag move val_accuracy on average")
    assert finding_words.beside_bars(said, result(bar("lr", True))) is None
    assert finding_words.beside_bars(said, result(*bars, estimator="fanova")) is None


def test_what_the_sentences_are_about():
    said = findings(finding())
    assert finding_words.about(said, result(bar("lr", True))) == (
        "Sentences on val_accuracy are about the mean over all trials, the other hyperparameters held fixed; "
        "“reaching the top” is about the best 10\u00a0%."
    )
    assert finding_words.about(said, result(bar("lr", True), estimator="fanova")).endswith("held fixed.")
