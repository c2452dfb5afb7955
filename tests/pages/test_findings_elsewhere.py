"""Findings where they are not the page: beside one hyperparameter, a pair, the bars."""

from __future__ import annotations

from hpi.statements import FindingKind
from hpi.words import findings as finding_words
from tests.findings import finding, findings
from tests.pages.test_pages import said, session


def test_the_page_of_one_hyperparameter_begins_with_what_is_found_about_it_alone(show):
    trend = finding(text="A trend of lr.", hyperparameters=("lr",))
    weaker = finding(text="Another trend of lr.", hyperparameters=("lr",))
    top = finding(FindingKind.TOP, text="The top of lr.", hyperparameters=("lr",))
    same = finding(FindingKind.SAME, text="No difference of lr.", hyperparameters=("lr",))
    both = finding(FindingKind.INTERACTION, text="A sentence about both.", hyperparameters=("dropout", "lr"))
    other = finding(text="A trend of dropout.", hyperparameters=("dropout",))
    app = show(findings(other, both, trend, weaker, top, same), page="pages/one.py")
    session(app).chosen = "lr"
    app.run()
    spoken = said(app)
    assert "A trend of lr." in spoken
    assert "No difference of lr." in spoken
    for text in (weaker.text, top.text, both.text, other.text):
        assert text not in spoken


def test_the_page_of_a_pair_begins_with_the_strongest_finding_about_both(show):
    both = finding(FindingKind.EXCEPTION, text="A sentence about both.", hyperparameters=("dropout", "lr"))
    weaker = finding(FindingKind.INTERACTION, text="Another one about both.", hyperparameters=("lr", "dropout"))
    app = show(findings(finding(), both, weaker), page="pages/two.py")
    session(app).pair = ("lr", "dropout")
    app.run()
    spoken = said(app)
    assert "A sentence about both." in spoken
    assert "● strong  ·  exception" in spoken
    assert weaker.text not in spoken
    assert finding().text not in spoken


def test_the_page_of_a_pair_says_that_no_finding_is_about_both(show):
    app = show(findings(finding()), page="pages/two.py")
    assert finding_words.NOT_BOTH in said(app)


def test_a_bar_without_a_sentence_says_what_it_lacks(show):
    app = show(findings(), page="pages/importance.py")
    assert session(app).last.result.detectable
    assert finding_words.BARS_ALONE in said(app)
