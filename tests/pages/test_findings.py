"""The findings on their page and beside the bars: empty, awaited, refused, filled, filtered, and the way onward."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import pytest
import streamlit as st

from hpi.statements import FindingKind, Strength, paper
from hpi.words import findings as finding_words
from pages import job, state
from tests.findings import finding, findings, line, one_of_each, picture
from tests.pages.drawn import figures
from tests.pages.tables import HOSTILE, hostile, search
from tests.pages.test_pages import said, session

PAGE = "pages/findings.py"
TITLE = "What does the table say?"


def texts(app):
    """The sentences that are shown, in order."""
    every = [one.text for one in one_of_each().findings]
    return [text.value for text in app.text if text.value in every]


def keys(app):
    return [button.key for button in app.button]


def test_without_a_table_it_offers_to_open_one(app):
    app.switch_page(PAGE).run()
    assert "No table is open yet." in said(app)
    app.button(key="example-known_function.csv").click().run()
    assert "known_function.csv" in said(app)


def test_a_table_without_an_answer_says_why(open_table):
    app = open_table(search(14))
    app.switch_page(PAGE).run()
    assert "at least 16 are needed" in said(app)


def test_each_finding_is_a_sentence_with_its_evidence_strength_and_picture(show):
    app = show(one_of_each())
    assert [title.value for title in app.title] == [TITLE]
    assert texts(app) == [one.text for one in one_of_each().findings]
    spoken = said(app)
    assert "● strong  ·  trend" in spoken
    assert "○ weak  ·  interaction  ·  depends on the scale of val_accuracy" in spoken
    assert (
        "better by 0.0600 [0.0520, 0.0680] val_accuracy than lr from 1e-2 to 1e-1  ·  400 trials  ·  adjusted p < .001"
    ) in spoken
    assert "odds ratio 4.1 [2.2, 7.6]" in spoken
    assert len(figures(app)) == 6
    marked = [trace["customdata"] for trace in figures(app)[0]["data"] if trace["name"] == "marked"]
    assert marked == [["1e-3 to 1e-2"]]


def test_the_lead_says_how_much_was_found_of_what_was_looked_at(show):
    assert (
        "5 of 120 sentences looked at hold among 400 trials: 4 strong, 1 weak. "
        "dropout seems to make no difference that matters (it stays within 0.0040 val_accuracy)."
    ) in said(show(one_of_each()))


def test_what_cannot_be_said_is_always_there(show):
    app = show(one_of_each())
    reason = one_of_each().cannot_say[0]
    assert reason in said(app)
    app.selectbox(key="about").set_value("momentum").run()
    assert reason in said(app)
    assert "**What the table cannot say**" in [one.value for one in app.markdown]
    app = show(findings(finding()))
    assert "**What the table cannot say**" not in [one.value for one in app.markdown]


def test_of_many_reasons_the_first_eight_stand_in_sight_and_the_rest_can_be_opened(show):
    app = show(findings(finding(), cannot_say=tuple(f"reason {i}." for i in range(12))))
    assert "4 more that it cannot say" in [box.label for box in app.expander]
    assert "reason 11." in said(app)


def test_no_finding_at_all_is_said_with_the_reason_and_what_to_do(show):
    app = show(findings(cannot_say=("The trials were chosen by an optimiser.",)))
    spoken = said(app)
    assert "No effect can be said for sure: of 120 sentences looked at" in spoken
    assert "That is no proof that nothing matters" in spoken
    assert "More trials help most." in spoken
    assert "The trials were chosen by an optimiser." in spoken
    assert not figures(app)
    assert not app.exception


def test_while_it_is_worked_out_the_page_says_so_and_has_its_place(show):
    app = show(None)
    assert finding_words.AWAITED in said(app)
    assert [title.value for title in app.title] == [TITLE]
    assert app.number_input(key="tolerance").value is None


def test_a_refused_question_says_why_and_shows_the_last_findings(show):
    app = show(one_of_each())
    app.number_input(key="target").set_value(100.0).run()
    assert "must be a smaller part than the region" in said(app)
    assert texts(app) == [one.text for one in one_of_each().findings]


def test_the_filters_narrow_and_can_be_undone(show):
    app = show(one_of_each())
    every = one_of_each().findings
    assert app.selectbox(key="about").options[:3] == [
        "every hyperparameter",
        "lr  ·  4",
        "optimizer  ·  3",
    ]
    app.selectbox(key="about").set_value("optimizer").run()
    assert texts(app) == [one.text for one in every if "optimizer" in one.hyperparameters]
    app.get("button_group")[0].set_value([FindingKind.INTERACTION]).run()
    assert texts(app) == [one.text for one in every if one.kind is FindingKind.INTERACTION]
    app.toggle(key="strong_only").set_value(True).run()
    assert texts(app) == []
    assert "None of the 6 findings passes these filters." in said(app)
    app.button(key="all_again").click().run()
    assert texts(app) == [one.text for one in every]
    assert app.toggle(key="strong_only").value is False
    assert app.selectbox(key="about").value == ""
    app.toggle(key="strong_only").set_value(True).run()
    assert texts(app) == [one.text for one in every if one.strength is Strength.STRONG]


def test_filters_outlive_a_change_of_page_but_not_another_table(show, open_table):
    app = show(one_of_each())
    app.selectbox(key="about").set_value("dropout").run()
    app.switch_page("pages/one.py").run()
    app.switch_page(PAGE).run()
    assert app.selectbox(key="about").value == "dropout"
    assert texts(app) == [one_of_each().findings[-1].text]
    app = open_table(search(300, seed=4), "other.csv")
    app.switch_page(PAGE).run()
    assert app.selectbox(key="about").value == ""
    assert len(texts(app)) == 6


def test_forty_findings_are_not_forty_charts(show):
    app = show(findings(*(finding(text=f"Sentence {i}.", hyperparameters=(f"h{i}",)) for i in range(40))))
    assert len(figures(app)) == 8
    assert app.button(key="more").label == "Show more (32 below)"
    app.button(key="more").click().run()
    assert len(figures(app)) == 16
    for _ in range(3):
        app.button(key="more").click().run()
    assert len(figures(app)) == 40
    assert "more" not in keys(app)
    app.toggle(key="strong_only").set_value(True).run()
    assert len(figures(app)) == 8


def test_what_is_like_a_finding_is_folded_under_it_until_it_is_asked_for(show):
    contrasts = [finding(FindingKind.CONTRAST, text=f"Contrast {i}.") for i in range(12)]
    trend = finding(text="Trend.")
    app = show(findings(*contrasts[:6], trend, *contrasts[6:]))
    assert len(figures(app)) == 2
    assert "Contrast 0." in said(app)
    assert "Trend." in said(app)
    assert "Contrast 1." not in said(app)
    assert "11 more of this kind about the same hyperparameter" in [box.label for box in app.expander]
    app.session_state["like-0"] = True
    app.run()
    assert all(f"Contrast {i}." in said(app) for i in range(12))
    assert len(figures(app)) == 2 + 8


@pytest.mark.parametrize(
    ("kind", "page", "opened"),
    [
        (FindingKind.CONTRAST, "pages/one.py", {"one": "optimizer"}),
        (FindingKind.EXCEPTION, "pages/two.py", {"first": "lr", "second": "optimizer"}),
    ],
)
def test_a_finding_leads_to_its_hyperparameter_or_its_pair(show, kind, page, opened):
    app = show(one_of_each())
    i = [one.kind for one in one_of_each().findings].index(kind)
    app.button(key=f"onward-{i}").click().run()
    app.switch_page(page).run()
    assert {key: app.selectbox(key=key).value for key in opened} == opened


def test_a_tolerance_is_handed_on_and_an_empty_field_is_the_default(open_table, monkeypatch):
    asked = []

    def answer(shown, tolerance=None, is_patient=False):
        asked.append(tolerance)
        return one_of_each()

    monkeypatch.setattr(state, "findings", answer)
    app = open_table()
    app.switch_page(PAGE).run()
    assert asked[-1] is None
    assert "a tenth of the interquartile range of the metric does not matter: 0.0040 val_accuracy." in said(app)
    app.number_input(key="tolerance").set_value(0.02).run()
    assert asked[-1] == 0.02
    assert "What does not matter was set to 0.020" in said(app)
    app.switch_page("pages/importance.py").run()
    assert asked[-1] == 0.02
    app.switch_page(PAGE).run()
    app.number_input(key="tolerance").set_value(None).run()
    assert asked[-1] is None


def test_the_findings_can_be_copied_as_markdown(show):
    app = show(one_of_each())
    assert not app.code
    app.session_state["copy_markdown"] = True
    app.run()
    assert app.code[0].value == paper.as_markdown(one_of_each())


def test_no_name_is_in_any_markdown(show):
    """What Streamlit renders as Markdown: texts, captions, labels, buttons; st.text and options are literal."""
    first = HOSTILE[0]
    named = dataclasses.replace(
        one_of_each().findings[0],
        text=f"Higher {first} is better.", hyperparameters=(first, HOSTILE[1]), compared_with=HOSTILE[2],
        unit=HOSTILE[3], exception=HOSTILE[4],
        picture=picture(line(HOSTILE[5], **{HOSTILE[6]: 0.5}), across=first, measured=HOSTILE[7]),
    )  # fmt: skip
    for page in (PAGE, "pages/importance.py"):
        app = show(findings(named, cannot_say=HOSTILE), hostile(), page)
        assert f"Higher {first} is better." in said(app)
        rendered = [element.value for element in (*app.markdown, *app.caption, *app.title, *app.subheader)]
        widgets = (*app.button, *app.selectbox, *app.number_input, *app.toggle, *app.get("button_group"))
        rendered += [widget.label for widget in widgets] + [box.label for box in app.expander]
        assert not [(name, text) for name in HOSTILE for text in rendered if name in text]


# ---- beside the bars


def test_importance_shows_the_three_strongest_and_the_way_to_all(show):
    app = show(one_of_each(), page="pages/importance.py")
    assert texts(app) == [one.text for one in one_of_each().findings[:3]]
    assert "● strong  ·  trend" in said(app)
    assert app.button(key="to_findings").label == "All 6 findings →"
    app.button(key="to_findings").click().run()
    app.switch_page(PAGE).run()
    assert len(texts(app)) == 6


def test_importance_says_where_nothing_was_found(show):
    app = show(findings(), page="pages/importance.py")
    assert "No effect can be said for sure" in said(app)
    assert app.button(key="to_findings").label == "Why, and what cannot be said →"


def test_importance_waits_for_findings_without_holding_up_the_bars(show):
    app = show(None, page="pages/importance.py")
    assert figures(app)
    assert texts(app) == []
    assert "to_findings" not in keys(app)


def test_a_real_table_has_findings_at_once(open_table):
    app = open_table()
    app.switch_page(PAGE).run()
    assert "lr" in said(app)
    assert figures(app)
    assert session(app).table.name == "search.csv"


# ---- while they are worked out anew


@pytest.fixture
def worked_out_anew(show, monkeypatch):
    """A function that shows findings on a page, and then asks for others: `worked_out_anew(page, is_open=True)`."""

    def again(page, **asked):
        app = show(one_of_each(), page=page)
        question = (*state._trials(session(app).last), None)
        beside = SimpleNamespace(**{"is_open": False, "refused": None, "found": None, "question": question, **asked})
        session(app).beside[state.FINDINGS] = beside
        monkeypatch.setattr(state, "findings", lambda answer, tolerance=None, is_patient=False: None)
        said = f"beside: {beside.refused or 'under way'}"
        monkeypatch.setattr(job, "beside", lambda name, is_fragment=False: st.text(said))
        return app.run()

    return again


@pytest.mark.parametrize(("page", "n"), [(PAGE, 6), ("pages/importance.py", 3)])
def test_the_last_findings_stay_dimmed_until_the_new_ones_are_there(worked_out_anew, page, n):
    app = worked_out_anew(page, is_open=True)
    assert "beside: under way" in said(app)
    assert texts(app) == [one.text for one in one_of_each().findings[:n]]
    assert finding_words.AWAITED not in said(app)


@pytest.mark.parametrize("page", [PAGE, "pages/importance.py"])
def test_where_new_findings_are_refused_the_last_ones_are_gone(worked_out_anew, page):
    app = worked_out_anew(page, refused="too few trials")
    assert "beside: too few trials" in said(app)
    assert not texts(app)
    assert finding_words.AWAITED not in said(app)
