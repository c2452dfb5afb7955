"""A report as HTML, read by Python's own parser: what is said, what can run, and that names stay names."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hpi
from hpi import figures
from hpi.estimators import ESTIMATORS
from hpi.reporting import Contents, as_html, charts, contents, method
from hpi.results import Score
from hpi.statements import Strength
from hpi.subspace import select
from tests import findings as made_findings
from tests import makers
from tests.reporting import hostile
from tests.reporting.tables import CASES, DIGITS

OURS = set(re.findall(
    r"\w+",
    "html head meta title style body main header p h1 h2 h3 section dl dt dd noscript figure div details summary ul li "
    "strong table thead tbody tr th td article a pre script",
))  # fmt: skip
VOID = {"meta"}
MADE = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
MOST = 6_000_000  # bytes


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""
    classes: tuple[str, ...] = field(default=())


class Page(HTMLParser):
    """Every element of a page in its order, each with all the text in it."""

    def __init__(self, written: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.feed(written)
        self.close()
        assert self.open == [], "something is not closed"

    def handle_starttag(self, tag, attributes):
        known = dict(attributes)
        element = Element(tag, known, classes=tuple((known.get("class") or "").split()))
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open.pop().tag == tag

    def handle_data(self, data):
        for element in self.open:
            element.text += data

    def all(self, tag: str, of_class: str | None = None) -> list[Element]:
        return [one for one in self.elements if one.tag == tag and (of_class is None or of_class in one.classes)]

    @property
    def words(self) -> str:
        """What a reader sees, blanks of any kind as one."""
        return " ".join(self.all("main")[0].text.split())

    @property
    def policy(self) -> str:
        (found,) = (one for one in self.all("meta") if one.attributes.get("http-equiv") == "Content-Security-Policy")
        return str(found.attributes["content"])

    @property
    def figures(self) -> dict[str, Any]:
        (found,) = (one for one in self.all("script") if one.attributes.get("id") == "charts")
        return {chart["key"]: chart for chart in json.loads(found.text)}


def spaced(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def digits() -> Contents:
    return contents(hpi.read(DIGITS), hpi.Subspace(target=0.2), seed=4, note="First line.\nSecond line.", made=MADE)


@pytest.fixture(scope="module")
def written(digits) -> str:
    return as_html(digits)


@pytest.fixture(scope="module")
def page(written) -> Page:
    return Page(written)


@pytest.fixture(scope="module")
def written_hostile() -> str:
    return as_html(contents(hostile.table(), hostile.question(), note=hostile.NOTE))


@pytest.fixture(scope="module")
def of_hostile(written_hostile) -> Page:
    return Page(written_hostile)


@pytest.mark.parametrize("which", ["page", "of_hostile"])
def test_only_scripts_of_its_own_may_run_and_nothing_is_asked_of_anybody(which, request):
    read: Page = request.getfixturevalue(which)
    data, *run = read.all("script")
    assert data.attributes == {"type": "application/json", "id": "charts"}
    assert [one.attributes for one in run] == [{}, {}]
    digests = [base64.b64encode(hashlib.sha256(one.text.encode()).digest()).decode() for one in run]
    assert f"script-src 'sha256-{digests[0]}' 'sha256-{digests[1]}';" in read.policy
    assert read.policy.startswith("default-src 'none';")
    assert "http" not in read.policy
    assert {one.tag for one in read.elements} <= OURS
    for one in read.elements:
        assert not {"src", "srcset", "action", "data", "background"} & one.attributes.keys()
        assert not [key for key in one.attributes if key.startswith("on")]
    links = [str(one.attributes["href"]) for one in read.elements if "href" in one.attributes]
    assert links
    assert all(re.fullmatch(r"https://doi\.org/10\.\d{4,}/[\w.()/-]+", link) for link in links)
    (style,) = read.all("style")
    assert not re.search(r"url\(|@import|expression", style.text)


def test_it_says_what_it_stands_on(digits, page):
    known = {term.text: spaced(value.text) for term, value in zip(page.all("dt"), page.all("dd"), strict=True)}
    best = pd.read_csv(DIGITS)["val_accuracy"].nlargest(240, keep="all")
    assert known["Table"].startswith("digits_mlp.csv (sha256 of its cells: ")
    assert known["Trials"] == "1,200 used of 1,200 rows"
    assert known["Metric"] == "val_accuracy, higher is better"
    assert known["Target"] == f"the best 20 % of the trials: {len(best):,} trials"
    assert known["Asked among"] == "all trials: 1,200 trials"
    assert known["Seed"] == "4"
    assert known["Made"] == f"22 November 2026, 10:30 UTC by hpi {hpi.__version__}"
    assert digits.table.fingerprint in page.words
    assert page.all("section", "note")[0].text.split("\n")[0].startswith("Note of the author")
    assert "First line." in page.words
    assert "Second line." in page.words
    title = "Among all trials, what decides whether a trial is in the best 20 % by val_accuracy?"
    assert [spaced(one.text) for one in page.all("h1")] == [title]
    assert spaced(page.all("title")[0].text) == f"digits_mlp.csv: {title}"


def test_what_was_left_out_and_filtered_is_said(tmp_path):
    frame = pd.read_csv(DIGITS)
    frame.loc[:2, "val_accuracy"] = np.nan
    frame.to_csv(tmp_path / "gaps.csv", index=False)
    table = hpi.read(tmp_path / "gaps.csv", roles={"momentum": "left out"})
    where = (hpi.OneOf("optimizer", ("adam", "sgd")), hpi.Between("width", 20, None))
    read = Page(as_html(contents(table, hpi.Subspace(0.5, where=where), hpi.ESTIMATORS[0](permutations=120), 1)))
    kept = frame[frame["val_accuracy"].notna() & frame["optimizer"].isin(["adam", "sgd"]) & (frame["width"] >= 20)]
    assert f"{len(kept):,} used of 1,200 rows (left out: 3 " in read.words
    assert f"{1197 - len(kept):,} outside the filters" in read.words
    assert "3 of 1,200 rows: " in read.words
    assert "Column momentum: " in read.words
    known = {term.text: value.text for term, value in zip(read.all("dt"), read.all("dd"), strict=True)}
    assert known["Only"] == "optimizer is adam or sgd and width from 20"
    assert "with permutations = 120" in read.words


def test_the_bars_are_there_as_a_figure_and_in_numbers(digits, page):
    bars = page.figures["importance"]["figure"]["data"][0]
    scores = digits.result.hyperparameters
    assert bars["customdata"] == [score.name for score in scores]
    assert bars["x"] == [score.importance for score in scores]
    cells = [spaced(one.text) for one in page.all("td")]
    for score in scores:
        row = cells[cells.index(score.name) :][:5]
        whole, low, high = (100 * value for value in (score.importance, score.low, score.high))
        said, ends = row[1].split(" % [")
        assert float(said) == pytest.approx(whole, abs=0.5 if whole >= 10 else 0.05)
        assert [float(end) for end in ends.rstrip("]").split(" to ")] == pytest.approx([low, high], abs=0.51)
        assert float(row[3]) == pytest.approx(score.p_value, rel=0.05)
        assert row[4] == ("yes" if score.p_value <= 0.05 else "no")
    told = [pair for pair in digits.result.pairs if pair.detectable]
    assert told
    assert all(f"{' and '.join(pair.names)}: " in page.words for pair in told)


def test_every_finding_is_said_the_strong_ones_first_and_the_weak_ones_marked(digits, page):
    said = digits.findings.findings
    assert all(spaced(one.text) in page.words for one in said)
    strong, weak = page.all("div", "strong"), page.all("div", "weak")
    assert len(strong) == sum(one.strength is Strength.STRONG for one in said)
    assert len(weak) == sum(one.strength is Strength.WEAK for one in said)
    assert all("● strong" in one.text for one in strong)
    assert all("○ weak" in one.text for one in weak)
    claims = [one for one in page.elements if set(one.classes) & {"strong", "weak"} and "no difference" not in one.text]
    assert ["strong" in one.classes for one in claims] == sorted("strong" in one.classes for one in claims)[::-1]
    assert all(line in page.words for line in digits.findings.cannot_say)


def test_figures_are_those_of_the_strongest_and_of_the_pairs(digits, page):
    keys = [one.attributes["id"] for one in page.all("div", "chart")]
    assert keys == sorted(
        keys,
        key=lambda key: ["importance", "pairs", "threshold", "finding", "one", "two"].index(str(key).split("-")[0]),
    )
    assert set(keys) == set(page.figures)
    assert "What is decided at which threshold?" in page.words
    told = [score.name for score in digits.result.detectable][:6]
    titles = [one.text for one in page.all("h3")]
    assert titles[titles.index(told[0]) :][: len(told)] == told
    pairs = [" and ".join(pair.names) for pair in digits.result.pairs if pair.detectable][:3]
    assert titles[titles.index(pairs[0]) :][: len(pairs)] == pairs
    assert sum(str(key).startswith("one") for key in keys) == len(told)
    for one in page.all("div", "chart"):
        assert one.attributes["aria-label"]
        assert f"height: {page.figures[str(one.attributes['id'])]['figure']['layout']['height']}px" in str(
            one.attributes["style"]
        )


def test_both_themes_are_there(digits, page):
    dark = json.loads(figures.importance(digits.result, figures.DARK).to_json())
    kept = page.figures["importance"]
    assert kept["figure"] == json.loads(figures.importance(digits.result, figures.LIGHT).to_json())
    assert put(kept["figure"], kept["dark"]) == dark
    assert len(json.dumps(kept["dark"])) < len(json.dumps(dark))
    (style,) = page.all("style")
    assert f"--background: {figures.LIGHT.background}" in style.text
    assert f"--background: {figures.DARK.background}" in style.text


def put(value: Any, changes: list[Any]) -> Any:
    """What is in a figure after its changes, by paths alone."""
    value = json.loads(json.dumps(value))
    for path, new in changes:
        if not path:
            return new
        at = value
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = new
    return value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=12,
)


@given(JSON, JSON)
def test_differences_lead_from_one_to_the_other(first, second):
    # Python takes True for 1; as JSON they differ
    assert put(first, list(charts.differences(first, second))) == second
    assert list(charts.differences(first, first)) == []


def test_roles_method_and_settings_are_said(digits, page):
    cells = [spaced(one.text) for one in page.all("td")]
    for column in digits.table.columns:
        row = cells[len(cells) - 1 - cells[::-1].index(column.name) :][:5]
        assert row[1] == str(column.role)
        assert row[4] == spaced(column.reason)
    for name, value in digits.result.settings:
        assert cells[cells.index(name) + 1] == str(value)
    said = [spaced(one.text) for one in page.all("p")]
    assert method.CHANCE in said
    assert "PED-ANOVA" in page.words
    assert "Benjamini, Hochberg (1995)" in page.words


def test_every_estimator_says_its_method_with_papers():
    assert set(method.METHODS) == set(ESTIMATORS)
    for estimator in ESTIMATORS:
        assert len(method.of_importance(estimator)) == 3
        assert method.references(estimator, with_findings=False)
        found = method.references(estimator, with_findings=True)
        assert len(found) == len(set(found))
        assert all(one.doi is None or re.fullmatch(r"10\.\d{4,}/\S+", one.doi) for one in found)


@pytest.mark.parametrize("name", CASES)
def test_it_is_written_for_every_estimator_and_every_kind_of_table(name, tmp_path):
    one = CASES[name]
    made = contents(one.table(tmp_path), one.asked, one.estimator, one.seed, tolerance=one.tolerance)
    read = Page(as_html(made))
    assert all(score.name in read.words for score in made.result.hyperparameters)
    assert all(line in read.words for line in map(spaced, made.result.warnings))
    assert method.METHODS[type(hpi.estimators.resolve(one.estimator))][0] in read.words
    assert ("Target" in {term.text for term in read.all("dt")}) is (made.result.estimator == "ped-anova")
    assert ("Coefficients" in read.words) is (made.result.estimator == "linear")


def test_the_same_contents_are_the_same_bytes(digits, written):
    assert as_html(digits) == written


@pytest.mark.parametrize("name", [*hostile.NAMES, *hostile.LEVELS[:2], hostile.METRIC, hostile.FILE])
def test_a_hostile_name_is_a_word(of_hostile, name):
    shown = spaced(name.replace("\u202e", r"\u202e").replace("\u202c", r"\u202c"))
    assert shown in of_hostile.words


def test_nothing_turns_the_direction_of_what_is_read_and_no_name_ends_a_script(written_hostile, of_hostile):
    shown = "".join(one.text for one in of_hostile.elements if one.tag in ("main", "title"))
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(shown)
    data = of_hostile.all("script")[0].text
    assert not set("<>&\u2028\u2029") & set(data)
    assert written_hostile.lower().count("</script") == 3
    assert "{{ 7*7 }}" in of_hostile.words


def test_where_there_are_no_sentences_and_no_numbers_it_says_so():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.random(60), "b": rng.random(60), "loss": rng.random(60)})
    table = hpi.read(frame, metric="loss", direction="minimize")
    scores = tuple(Score(name, None, None, None, None, None, None, False, "no answer here") for name in "ab")
    made = Contents(table, select(table, hpi.Subspace()), makers.result(*scores), None)
    read = Page(as_html(made))
    assert "Nobody asked for sentences" in read.words
    assert "Which values are good together?" not in read.words
    assert "no answer here" in read.words
    assert "Benjamini" not in read.words
    nothing = Contents(table, made.sample, made.result, made_findings.findings(cannot_say=("Too few have a.",)))
    read = Page(as_html(nothing))
    assert "no proof that nothing matters" in read.words
    assert "Too few have a." in read.words


def test_findings_of_one_kind_are_folded_and_counted_where_they_are_too_many(digits):
    many = tuple(made_findings.finding(text=f"Sentence {i}.") for i in range(20))
    read = Page(as_html(Contents(digits.table, digits.sample, digits.result, made_findings.findings(*many))))
    assert len(read.all("div", "strong")) == 13
    assert "19 more of this kind about the same hyperparameter" in read.words
    assert "and 7 more, among the numbers of this report" in read.words


def test_a_large_table_stays_small_and_says_that_points_were_left_out():
    rng = np.random.default_rng(0)
    n = 100_000
    frame = pd.DataFrame(rng.random((n, 9)), columns=[f"hyperparameter_{j}" for j in range(9)])
    frame["optimizer"] = rng.choice(["adam", "lamb", "rmsprop", "sgd"], n)
    frame["layers"] = rng.integers(1, 40, n)
    frame["batch"] = rng.choice([8, 16, 32, 64], n)
    x = frame.iloc[:, :9].to_numpy()
    frame["loss"] = x @ np.linspace(1, 0.2, 9) + 2 * x[:, 0] * x[:, 1] + 2 * x[:, 2] * x[:, 3] + rng.normal(0, 0.2, n)
    made = contents(hpi.read(frame))
    written = as_html(made)
    assert len(written.encode()) < MOST
    read = Page(written)
    assert len([key for key in read.figures if key.startswith("one-")]) == 6
    for key, chart in read.figures.items():
        if key.startswith("one-"):
            assert "1,000 of 100,000 trials drawn" in chart["figure"]["layout"]["title"]["text"].replace("<br>", " ")
