"""Every page where there is no table, too few trials, no answer, or odd names: it says why and what to do.

Never a traceback, never a zero or equal shares for what is not known, and nothing wider than a small screen.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from hpi.estimators import ESTIMATORS
from tests.browser.charts import wait_for_chart, wait_until_idle
from tests.browser.servers import ROOT, running
from tests.browser.steps import BARS, NOT_WIDER, choose, go, see, see_bars, type_number, upload, widget
from tests.browser.test_access import GRAVE, violations
from tests.browser.test_jobs import large
from tests.browser.test_share import GONE
from tests.pages.tables import search

PAGES = ("Importance", "One hyperparameter", "Two hyperparameters", "Findings", "Compare", "Data")
ANSWERING = PAGES[:4]
VIEWS = ("Datasets", "Estimators", "Two estimators", "Thresholds", "Tables")
BROKEN = re.compile(r"Traceback|Something broke|\bnan\b|\bNone\b|\bNaN\b|[A-Z]\w+Error:")
DRAWN = ".hpi-plot.js-plotly-plot"
FOREST = next(estimator.title for estimator in ESTIMATORS if estimator.name == "fanova")
FOREIGN = ("学习率", "معدل التعلم", "скорость обучения", "ναι/όχι", "学習率の初期値", "naïve_é", "🙂 size")
LONG = tuple(
    f"model.encoder.layers.{k}.attention.dropout_probability_of_the_first_residual_block_{k}"[:80] for k in "ab"
)


def random(names: tuple[str, ...] | list[str], n: int = 300) -> pd.DataFrame:
    """A table in which the first hyperparameter decides."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({name: rng.uniform(0, 1, n) for name in names})
    return frame.assign(val_loss=frame[names[0]] + rng.normal(0, 0.1, n))


def calm(page: Page, where: str = "") -> None:
    """Hold what is true in every state: nothing broke, nothing unknown is shown as a number, nothing is too wide."""
    wait_until_idle(page)
    main = page.get_by_test_id("stMainBlockContainer")
    expect(main).not_to_contain_text(BROKEN)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    page.wait_for_function(NOT_WIDER)
    assert main.inner_text().strip(), where


def accessible(page: Page) -> None:
    """Hold that axe finds nothing serious here either."""
    assert not [found["said"] for found in violations(page) if found["by"] < 0 and {found["impact"]} & set(GRAVE)]


def opened(page: Page, server: str, frame: pd.DataFrame, name: str) -> None:
    """Open a table of which there may be nothing to show."""
    page.goto(server)
    upload(page, frame, name)
    expect(page.locator(".st-key-identity, .st-key-open_now").first).to_contain_text(name)
    wait_until_idle(page)


@pytest.fixture
def small(new_page) -> Callable[..., Page]:
    """A function that opens a page of 400 pixels: `small("dark")`."""

    def open_page(scheme: str = "light", **options) -> Page:
        page = new_page(width=400, height=800, color_scheme=scheme, **options)
        page.set_default_timeout(60_000)
        return page

    return open_page


def test_every_page_without_a_table_takes_one(server, small):
    page = small()
    page.goto(server)
    for title in PAGES:
        go(page, title)
        see(page, "No table is open yet.")
        expect(page.get_by_test_id("stFileUploader")).to_be_visible()
        expect(widget(page, "subspace")).to_have_count(0)
        expect(page.locator(DRAWN)).to_have_count(0)
        calm(page, title)
    accessible(page)
    go(page, "Links")
    see(page, "You have no link that opens.")
    calm(page)


def test_what_cannot_be_opened_says_why(server, small):
    page = small("dark")
    page.goto(f"{server}/?s={'A' * 22}")
    see(page, GONE)
    calm(page)
    accessible(page)
    page.goto(f"{server}/findings?t={'A' * 22}")
    see(page, "Drop its file again")
    calm(page)
    page.goto(server)
    box = page.locator("[data-testid=stFileUploader] input[type=file]")
    damaged = {"name": "damaged.xlsx", "mimeType": "application/octet-stream", "buffer": b"PK\3\4" + bytes(range(256))}
    box.set_input_files([damaged])
    see(page, "is damaged or cut short")
    calm(page)
    for frame, name, said in (
        (pd.DataFrame({"val_loss": [0.1, 0.2]}), "one.csv", "one column only; it needs a metric"),
        (search().iloc[:0], "empty.csv", "a header and no rows"),
    ):
        upload(page, frame, name)
        see(page, said)
        calm(page)
    go(page, "Importance")
    see(page, "No table is open yet.")


@pytest.mark.parametrize(
    ("frame", "name", "why", "way_out"),
    [
        (search(10), "ten.csv", "There are 10 trials that count; at least 16 are needed", "Widen the filters"),
        (search(200).assign(val_accuracy=0.5), "same.csv", "the same value in all 200 trials", "another metric"),
    ],
)
def test_every_page_of_a_table_without_an_answer_says_why(server, small, frame, name, why, way_out):
    page = small()
    opened(page, server, frame, name)
    for title in PAGES:
        go(page, title)
        if title != "Compare":
            expect(widget(page, "unanswered")).to_contain_text(why)
            expect(widget(page, "unanswered")).to_contain_text(way_out)
        # the search over time needs no answer; bars, maps and findings do
        expect(page.locator(DRAWN)).to_have_count(1 if title == "Data" else 0)
        expect(widget(page, "lead")).to_have_count(0)
        calm(page, title)
        if title in ANSWERING:
            see(page, "See what is in the table")
    go(page, "Compare")
    for label in VIEWS:
        page.get_by_role("radio", name=label, exact=True).click()
        calm(page, label)
        expect(page.locator(DRAWN)).to_have_count(0)
    page.get_by_role("radio", name="Estimators", exact=True).click()
    widget(page, "ask_all").get_by_role("button").click()
    see(page, why)
    accessible(page)


def test_a_question_that_cannot_be_answered_keeps_the_last_answer_on_every_page(server, small):
    page = small("dark")
    see_bars(page, server, search())
    for target, region, why in (
        (0.5, 100, "at least 8"),  # 2 of 400 trials
        (10, 5, "must be a smaller part than the region"),
        (2.5, 3.5, "at least 16"),  # 10 of 14 trials
    ):
        type_number(page, "region", region)
        type_number(page, "target", target)
        expect(widget(page, "unanswered")).to_contain_text(why)
        widget(page, "stale-chart").wait_for()
        calm(page, why)
    accessible(page)
    for title in ANSWERING:
        go(page, title)
        expect(widget(page, "unanswered")).to_contain_text("Below is the last answer there was.")
        calm(page, title)
    go(page, "Importance")
    type_number(page, "region", 100)
    type_number(page, "target", 10)
    widget(page, "shown-chart").wait_for()
    expect(widget(page, "unanswered")).to_have_count(0)


def test_a_filter_that_leaves_nothing_says_so_on_every_page(server, small):
    page = small()
    see_bars(page, server, search())
    widget(page, "filter_menu").get_by_role("button").click()
    choose(page, "filter_on", "dropout")
    type_number(page, "filter_low", 5)
    page.keyboard.press("Escape")
    for title in PAGES:
        go(page, title)
        see(page, "Only 0 of 400 trials")
        if title != "Compare":
            expect(widget(page, "unanswered")).to_contain_text("filter")
        calm(page, title)
    go(page, "Importance")
    accessible(page)
    widget(page, "filters").get_by_role("button", name="Remove").first.click()
    see(page, "40 trials in the target, 400 in the region")


def test_a_table_that_does_not_say_what_is_better_is_asked_on_every_page(server, small):
    page = small()
    opened(page, server, search(metric="outcome_x"), "unknown.csv")
    for title in PAGES:
        go(page, title)
        see(page, "which values of “outcome_x” are better?")
        expect(widget(page, "subspace")).to_have_count(0)
        expect(page.locator(DRAWN)).to_have_count(0)
        calm(page, title)
    accessible(page)
    widget(page, "ask_direction").get_by_text("higher is better").click()
    wait_for_chart(page)


@pytest.mark.parametrize(
    ("frame", "name"),
    [(random(LONG + FOREIGN), "names.csv"), (random([f"h{k}" for k in range(60)]), "sixty.csv")],
)
def test_long_foreign_and_many_names_fit_on_every_page(server, small, frame, name):
    page = small("dark")
    page.goto(server)
    upload(page, frame, name)
    wait_for_chart(page, selector=BARS)
    for title in PAGES:
        go(page, title)
        if title != "Compare":
            wait_for_chart(page)
        calm(page, title)
    go(page, "Importance")
    wait_for_chart(page, selector=BARS)
    labels = page.locator(f"{BARS} .ytick text")
    expect(labels).to_have_count(len(frame.columns) - 1)
    accessible(page)


def test_one_hyperparameter_has_no_pairs(server, small):
    page = small()
    see_bars(page, server, random(["lr"]), "one.csv")
    see(page, "lr alone explains")
    for title in PAGES:
        go(page, title)
        calm(page, title)
        if title == "Two hyperparameters":
            see(page, "one hyperparameter only; a pair needs two")
            expect(page.locator(DRAWN)).to_have_count(0)


@pytest.fixture(scope="module")
def hurried(tmp_path_factory):
    """The address of a server whose jobs may take three seconds."""
    with running(ROOT / "app.py", tmp_path_factory.mktemp("hurried"), {"HPI_JOB_SECONDS": "3"}) as started:
        yield started.url
        assert "Traceback" not in started.said()


def test_an_estimator_that_fails_or_is_cancelled_leaves_a_way_on(hurried, small):
    page = small()
    page.goto(hurried)
    upload(page, large(), "large.csv")
    see(page, "Among the best")
    wait_for_chart(page, selector=BARS)
    choose(page, "estimator", FOREST)
    expect(widget(page, "unanswered")).to_contain_text(f"{FOREST}", timeout=60_000)
    for title in ANSWERING:
        go(page, title)
        expect(widget(page, "unanswered")).to_contain_text("Below is the last answer there was.")
        expect(widget(page, "retry_job")).to_be_visible()
        calm(page, title)
    accessible(page)
    widget(page, "retry_job").get_by_role("button").click()
    widget(page, "cancel_job").get_by_role("button").click()
    see(page, f"{FOREST} was cancelled.")
    expect(widget(page, "retry_job")).to_be_visible()
    calm(page)
    choose(page, "estimator", "PED-ANOVA")
    expect(widget(page, "unanswered")).to_have_count(0)
