"""A report in a real browser, opened from disk: figures, themes, a narrow screen, paper, and names that do nothing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

import hpi
from hpi import figures
from tests.browser.charts import PLACE, WITHIN, traces, words
from tests.reporting import hostile
from tests.reporting.tables import DIGITS

BARS = "#importance"
PAPER = 680  # pixels of an A4 page within its margins
NOT_WIDER = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
INK = "selector => getComputedStyle(document.querySelector(`${selector} .ytick text`)).fill"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(hpi.report(hpi.read(DIGITS), note="Ours."), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def hostile_report(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "hostile.html"
    path.write_text(hpi.report(hostile.table(), hostile.question(), note=hostile.NOTE), encoding="utf-8")
    return path


def see(page: Page, path) -> int:
    """Open a report and return how many figures it has, once all of them are drawn; it asks for nothing but itself."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-drawn]", state="attached", timeout=WITHIN)
    assert [url for url in asked if not url.startswith("data:image/png;")] == [path.as_uri()]
    drawn = int(page.evaluate("document.documentElement.dataset.drawn"))
    expect(page.locator(".js-plotly-plot")).to_have_count(drawn)
    return drawn


def asked_of_the_first_bar(page: Page) -> str:
    """What a figure says to a mouse at its first bar."""
    page.locator(BARS).scroll_into_view_if_needed()
    page.mouse.move(*page.evaluate(PLACE, [BARS, 0, 0, 0]))
    said = page.locator(f"{BARS} .hoverlayer text")
    expect(said.first).to_be_attached()
    return " ".join(said.all_text_contents())


def colour(hexadecimal: str) -> str:
    return f"rgb({', '.join(str(int(hexadecimal[k : k + 2], 16)) for k in (1, 3, 5))})"


def test_the_figures_show_the_numbers_and_can_be_asked(report, page):
    assert see(page, report) >= 12
    result = hpi.importance(hpi.read(DIGITS))
    bars = traces(page, selector=BARS)[0]
    assert bars["customdata"] == [score.name for score in result.hyperparameters]
    assert bars["x"] == pytest.approx([score.importance for score in result.hyperparameters], rel=1e-12)
    assert "learning_rate alone explains" in asked_of_the_first_bar(page)
    page.get_by_text("The bars in numbers").click()
    expect(page.get_by_role("columnheader", name="Chance reaches")).to_be_visible()


def test_it_follows_the_theme_and_fits_a_narrow_screen(report, new_page):
    page = new_page(width=400, height=800, color_scheme="dark")
    see(page, report)
    assert page.evaluate(NOT_WIDER)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == colour(figures.DARK.background)
    assert page.evaluate(INK, BARS) == colour(figures.DARK.text)
    page.emulate_media(color_scheme="light")
    page.wait_for_function(f"wanted => ({INK})('{BARS}') === wanted", arg=colour(figures.LIGHT.text))
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == colour(figures.LIGHT.background)
    assert page.evaluate(NOT_WIDER)


def test_on_paper_everything_is_open_light_and_as_wide_as_the_page(report, new_page):
    page = new_page(color_scheme="dark")
    drawn = see(page, report)
    closed = page.locator("details:not([open])").count()
    assert closed >= 2
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    assert page.evaluate(INK, BARS) == colour(figures.LIGHT.text)
    widths = page.evaluate(
        "Array.from(document.querySelectorAll('.js-plotly-plot'), c => c._fullLayout.width * c.style.zoom)"
    )
    assert len(widths) == drawn
    assert widths[0] == PAPER
    assert max(widths) <= PAPER + 0.01
    paper = page.pdf(prefer_css_page_size=True)
    assert page.locator("details:not([open])").count() == closed
    assert page.evaluate(INK, BARS) == colour(figures.DARK.text)
    pages = len(re.findall(rb"/Type\s*/Page\b", paper))
    assert 5 <= pages <= 25
    assert re.search(rb"/MediaBox\s*\[\s*0 0 59[45][.\d]* 84[12][.\d]*\s*\]", paper)  # A4


def test_hostile_names_stay_words(hostile_report, page):
    see(page, hostile_report)
    expect(page.get_by_role("heading", level=1)).to_contain_text(hostile.METRIC)
    assert page.evaluate("window.PWN") is None
    assert page.locator("main img, main iframe, main object, main svg:not(.main-svg):not(.icon)").count() == 0
    links = page.evaluate("Array.from(document.querySelectorAll('a'), a => a.getAttribute('href') ?? a.href.baseVal)")
    assert [link for link in links if link and not link.startswith("https://doi.org/10.")] == []
    assert page.evaluate("Array.from(document.scripts, s => s.src).join('')") == ""
    shown = " ".join(words(page, selector=BARS))
    assert "window.PWN=1</script>" in shown.replace(" ", "")
    assert r"\u202egnp.exe" in shown
    assert "alone explains" in asked_of_the_first_bar(page)
    assert page.evaluate("window.PWN") is None
    page.get_by_text("The bars in numbers").click()
    expect(page.get_by_role("cell", name="javascript:window.PWN=1").first).to_be_visible()
