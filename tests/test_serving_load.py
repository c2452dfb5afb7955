"""Eight viewers at once, at two replicas behind nginx, one of them killed: no error, and the stored numbers everywhere.

It is the shortest form of `make study-serving`; nothing here depends on how fast the machine is.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import replace

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

import hpi
from benchmarks.serving import links, report, study
from benchmarks.serving.arrived import Arrived, bars, judged
from benchmarks.serving.links import DATA, FINDINGS, IMPORTANCE, ONE, Link, Shown
from benchmarks.serving.study import TINY, Outcome, Part
from benchmarks.serving.viewer import Visit
from tools import ensure_services

WANTED = TINY.viewers * (1 + TINY.switches)


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    if ensure_services.skipped():
        pytest.skip("HPI_NO_SERVICES is set")
    if ensure_services.nginx() is None:
        pytest.fail(ensure_services.ADVICE.format("nginx-light"), pytrace=False)
    return study.run(TINY)


def test_every_page_of_every_viewer_shows_what_was_stored(outcome):
    assert report.wrong(outcome.parts.values()) == []
    assert {name: len(part.visits) for name, part in outcome.parts.items()} == {
        "cold": 4, "alone": 10, "at once": WANTED, "killed": WANTED,
    }  # fmt: skip
    assert {visit.page for visit in outcome.parts["at once"].visits} == {IMPORTANCE, ONE, FINDINGS}
    assert {visit.page for visit in outcome.parts["alone"].visits} == {IMPORTANCE, ONE, FINDINGS, DATA}
    assert {visit.link for visit in outcome.parts["at once"].visits} == {"example", "drawn"}


def test_nobody_is_refused_and_the_viewers_are_shared_out(outcome):
    at_once = outcome.parts["at once"]
    assert at_once.happened == Counter()
    assert {visit.replica for visit in at_once.visits} == {"1", "2"}
    first = [(visit.link, visit.replica) for visit in outcome.parts["cold"].visits]
    assert first == [("example", "1"), ("example", "2"), ("drawn", "1"), ("drawn", "2")]


def test_viewers_of_a_replica_that_is_killed_go_on_at_the_other(outcome):
    killed = outcome.parts["killed"]
    assert killed.happened["lost"] == len(killed.away) > 0
    assert outcome.came_back is not None


def test_no_server_complains(outcome):
    assert outcome.broke == []


def test_the_report_says_that_all_of_it_was_met(outcome):
    text = report.written(outcome, "make study-serving")
    met = [line.split("|")[-2].strip() for line in text.splitlines() if line.startswith("|") and "yes" in line]
    assert met == ["yes"] * 5
    assert "| no |" not in text
    assert "nan" not in text
    assert max(len(line) for line in text.splitlines() if not line.startswith("|")) <= 120


# --- a page that is not as it must be is noticed


SCORES = hpi.importance(hpi.read("examples/known_function.csv")).hyperparameters
BARS = tuple((score.name, score.importance, score.floor) for score in SCORES)


def traces(is_changed=False):
    """The bars of a page; one of them moved by the smallest step that there is."""
    values = [score.importance for score in SCORES]
    values[0] = math.nextafter(values[0], 1) if is_changed else values[0]
    names, floors = [score.name for score in SCORES], [score.floor for score in SCORES]
    return [{"name": "importance", "x": values, "customdata": names}, {"name": "noise floor", "x": floors}]


def arrived(*elements):
    page = Arrived()
    for i, (kind, fields) in enumerate(elements):
        message = ForwardMsg()
        message.metadata.delta_path.extend([0, i])
        for name, value in fields.items():
            setattr(getattr(message.delta.new_element, kind), name, value)
        assert not page.take(message)
    return page


def chart(is_changed=False):
    drawn = json.dumps(json.dumps({"figure": {"data": traces(is_changed)}}))
    return ("bidi_component", {"component_name": "chart", "json": drawn})


SAID = "Lower a is better."
PAGE = Shown((json.dumps(traces(), sort_keys=True),), frozenset({SAID}))
LINK = Link("known", "A" * 22, 0, BARS, {IMPORTANCE: PAGE})
TEXT = ("text", {"body": SAID})


def test_a_page_as_it_must_be_is_right():
    assert judged(arrived(TEXT, chart()), LINK, IMPORTANCE) is None
    assert bars(traces()) == BARS


@pytest.mark.parametrize(
    ("elements", "why"),
    [
        ([TEXT, chart(is_changed=True)], "wrong numbers: the bars"),
        ([TEXT], "0 figures instead of 1"),
        ([TEXT, chart(), chart()], "2 figures instead of 1"),
        ([chart(), ("text", {"body": "Higher a is better."})], "wrong sentences"),
        ([TEXT, chart(), ("exception", {"type": "KeyError"})], "error on the page: KeyError"),
        ([TEXT, chart(), ("alert", {"body": "Something broke", "format": 1})], "error on the page: Something broke"),
    ],
)
def test_whatever_is_wrong_with_a_page_is_said(elements, why):
    assert judged(arrived(*elements), LINK, IMPORTANCE).startswith(why)


def test_a_figure_that_differs_is_noticed_on_every_page():
    link = replace(LINK, pages={ONE: PAGE})
    assert (
        judged(arrived(TEXT, chart(is_changed=True)), link, ONE)
        == "wrong numbers: a figure is not the one of the stored table"
    )


def test_the_bars_to_expect_are_those_of_the_table():
    table = links.drawn(400, 5)
    ready = links.prepared("small", table)
    scores = hpi.importance(table).hyperparameters
    assert ready.bars == tuple((score.name, score.importance, score.floor) for score in scores)
    assert [len(ready.pages[page].figures) for page in (IMPORTANCE, ONE, DATA)] == [4, 2, 1]


# --- the report counts right


def visit(seconds, is_first=True, lost=0, wrong=None):
    return Visit("example", IMPORTANCE, is_first, seconds, seconds / 2, "1", lost, wrong)


def part(seconds, switch, lost=0, wrong=None, memory=200.0):
    visits = (*(visit(one) for one in seconds), visit(switch, is_first=False, lost=lost, wrong=wrong))
    away = (0.5,) * lost
    return Part(visits, Counter({"lost": lost} if lost else {}), away, 10.0, 2.0, {1: memory})


def hand_made(**changes):
    parts = {
        "cold": part([3.0], 1.0), "alone": part([1.0, 2.0, 3.0], 0.5), "at once": part([4.0, 5.0, 6.0], 1.0, **changes),
        "killed": part([8.0], 1.0, lost=2, memory=150.0),
    }  # fmt: skip
    return Outcome(replace(TINY, viewers=1, switches=1), {"example": 10_000}, {1: 100.0}, parts, [], 3.0, "a machine")


def test_times_are_multiples_of_the_median_of_one_alone():
    text = report.written(hand_made(), "make study-serving")
    # median, 95 % and largest of 4, 5 and 6 s: 5, 5.9 and 6; of one alone 2 s
    assert "| first view | all at once | 2.5 (5.00 s) | 3.0 (5.90 s) | 3.0 (6.00 s) |" in text
    assert "| page switch | all at once | 2.0 (1.00 s) | 2.0 (1.00 s) | 2.0 (1.00 s) |" in text
    assert "| 1 | 100 MB | 200 MB (2.00) | 200 MB (2.00) | 150 MB (1.50) |" in text
    assert "2 connections were lost" in text
    assert "could work again 3.0 s later" in text


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"wrong": "wrong numbers: the bars"}, "| Of these with wrong numbers or sentences | 0 | 1 | no |"),
        ({"wrong": "not drawn after 60 s"}, "| 0 of 12 | 1 of 12 | no |"),
        ({"lost": 1}, "| Connections lost or refused, all at once | 0 | 1 | no |"),
    ],
)
def test_what_is_not_met_is_said(changes, line):
    assert line in report.written(hand_made(**changes), "make study-serving")


def test_memory_that_is_not_known_is_not_called_zero():
    outcome = hand_made()
    outcome.idle = {}
    assert "| all | not known | not known | not known | not known |" in report.written(outcome, "make study-serving")
