"""For everyone: axe-core finds nothing serious on any page, keys reach every control, every chart has a text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.charts import wait_for_chart, wait_until_idle
from tests.browser.steps import BARS, NOT_WIDER, go, see, see_bars, type_number, upload, widget
from tests.browser.test_share import make_link
from tests.pages.tables import search


class Exempt(NamedTuple):
    """What axe says of Streamlit's own parts, and why nothing can be done about it from outside."""

    rule: str
    selector: str
    reason: str


EXEMPT: tuple[Exempt, ...] = ()
GRAVE = ("serious", "critical", "heading-order")  # impacts, and one rule of ours that axe takes for moderate
SCREENS = [(scheme, width) for scheme in ("light", "dark") for width in (1280, 400)]
PAGES = ("One hyperparameter", "Two hyperparameters", "Findings", "Compare", "Data", "Links")
VIEWS = ("Datasets", "Two estimators", "Thresholds", "Tables")
POPOVERS = ("edit_metric", "filter_menu", "share_menu")
AXE = """async exempt => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.flatMap(({id, impact, help, nodes}) => nodes.map(({target, html, any}) => {
    const element = document.querySelector(target.at(-1));
    const by = exempt.findIndex(one => one[0] === id && element?.matches(one[1]));
    return {id, impact, by, said: `${id} (${impact}): ${help}: ${html.slice(0, 200)}: ${any[0]?.message ?? ""}`};
  }));
}"""
SETTLED = "() => !document.querySelector('[data-stale=true], [data-testid=stSkeleton]')"
# Words of charts that stand on the page itself, with less contrast to it than WCAG's AA asks for.
FAINT = """() => {
  const numbers = color => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([red, green, blue]) => [red, green, blue].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const paper = numbers(getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor);
  const selector = '.xtick text, .ytick text, .xtitle, .ytitle, .gtitle, .annotation-text, .textpoint text';
  return Array.from(document.querySelectorAll('.hpi-plot')).flatMap(plot => {
    const covered = plot._fullData.some(trace => trace.type === 'heatmap');
    return Array.from(plot.querySelectorAll(selector)).flatMap(text => {
      if (covered && (text.closest('.textpoint') || text.matches('.annotation-text'))) return [];
      const style = getComputedStyle(text), [red, green, blue, alpha = 1] = numbers(style.fill);
      const ink = [red, green, blue].map((v, i) => v * alpha + paper[i] * (1 - alpha));
      const [low, high] = [light(ink), light(paper)].sort((a, b) => a - b);
      const ratio = (high + 0.05) / (low + 0.05);
      return ratio < 4.5 && text.textContent.trim() ? [`${text.textContent}: ${ratio.toFixed(2)}`] : [];
    });
  });
}"""


def settle(page: Page) -> None:
    """Wait until a page has come to rest: what fades is not measured while it does."""
    wait_until_idle(page)
    page.wait_for_function(SETTLED)
    page.wait_for_timeout(300)
    wait_until_idle(page)  # what was done just before may have begun to run only meanwhile


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe finds on the page as it is."""
    settle(page)
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(Axe().axe_script)
    return page.evaluate(AXE, [exempt[:2] for exempt in EXEMPT])


def walk(page: Page, server: str) -> Iterator[str]:
    """Lead through every page and every popover; say where we are."""
    page.goto(server)
    see(page, "No table at hand?")
    yield "Start"
    upload(page, search())
    wait_for_chart(page, selector=BARS)
    see(page, "findings →")
    yield "Importance"
    for key in POPOVERS:
        widget(page, key).get_by_role("button").first.click()
        page.get_by_test_id("stPopoverBody").wait_for()
        yield key
        page.keyboard.press("Escape")
        page.get_by_test_id("stPopoverBody").wait_for(state="hidden")
    for title in PAGES:
        go(page, title)
        yield title
    go(page, "Compare")
    for label in VIEWS:
        page.get_by_role("radio", name=label, exact=True).click()
        settle(page)
        yield f"Compare: {label}"
    go(page, "Importance")
    link, _ = make_link(page)
    page.goto(link)
    wait_for_chart(page, selector=BARS)
    yield "a link"


@pytest.mark.parametrize(("scheme", "width"), SCREENS)
def test_nothing_serious_on_any_page(server, new_page, scheme, width):
    page = new_page(width=width, color_scheme=scheme)
    page.set_default_timeout(60_000)
    wrong, used = [], set()
    for where in walk(page, server):
        for found in violations(page):
            used.add(found["by"])
            if found["by"] < 0 and {found["impact"], found["id"]} & set(GRAVE):
                wrong.append(f"{where}: {found['said']}")
        wrong += [f"{where}: a chart says too faintly: {text}" for text in page.evaluate(FAINT)]
        unnamed = page.locator(".hpi-plot:not([aria-label]), .hpi-plot[aria-label^='hpi-']")
        wrong += [f"{where}: a chart without a text: {plot.get_attribute('aria-label')}" for plot in unnamed.all()]
        if not page.evaluate(NOT_WIDER):
            wrong.append(f"{where}: wider than the window")
    assert not wrong, "\n".join(wrong)
    unneeded = [exempt for k, exempt in enumerate(EXEMPT) if k not in used]
    assert not unneeded, unneeded


# Where the keys are, and how it looks there and right around; null where they are outside of the page.
STOP = """async () => {
  await new Promise(done => setTimeout(done, 100));  // a frame is drawn a moment after the keys have come
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  window.look = one => {
    const around = [one, ...one.parentElement.querySelectorAll('*')].slice(0, 60);
    for (let up = one.parentElement, k = 0; up && k < 4; up = up.parentElement, k++) around.push(up);
    const style = part => (({outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor}) =>
      [outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor])(getComputedStyle(part));
    return JSON.stringify(around.map(style));
  };
  window.stops ??= [];
  if (window.stops.some(stop => stop.element === element)) return false;
  window.stops.push({element, focused: window.look(element)});
  return (element.closest('[class*=st-key-]')?.className.match(/st-key-(\\S+)/) ?? [null, element.tagName])[1];
}"""
# Of all stops their names, those that look the same without the keys, and what can be clicked and was no stop.
# The arrow of a list (tabindex -1) opens what its field opens by a key.
STOPS = """async () => {
  document.activeElement.blur();
  await new Promise(done => setTimeout(done, 1000));
  const clicked = 'a[href], button, input, textarea, select, summary, [tabindex="0"], [role=button], [role=link]';
  const stops = window.stops.map(stop => stop.element), text = element => element.outerHTML.slice(0, 200);
  axe.setup(document.body);
  const names = stops.map(element => axe.commons.text.accessibleText(element));
  axe.teardown();
  return {
    nameless: stops.filter((element, i) => !names[i] && element.tagName !== 'MAIN').map(text),
    ringless: window.stops.filter(stop => window.look(stop.element) === stop.focused).map(stop => text(stop.element)),
    missed: Array.from(document.querySelectorAll(clicked)).filter(element => element.checkVisibility()
      && !element.disabled && element.tabIndex >= 0 && !stops.includes(element)).map(text),
  };
}"""
ORDER = (
    "menu", "edit_metric", "estimator", "share_menu", "region", "target", "subspace", "filter_menu", "importance",
    "to_findings", "bars_csv", "threshold", "curve_csv",
)  # fmt: skip
MOST_STOPS = 80


@pytest.mark.parametrize("width", [1280, 400])
def test_every_control_is_reached_by_the_tab_key_in_the_order_of_the_page_and_shows_it(server, new_page, width):
    page = new_page(width=width)
    see_bars(page, server, search())
    see(page, "findings →")
    settle(page)
    page.evaluate(Axe().axe_script)
    page.mouse.move(1, 500)
    reached = []
    while len(reached) < MOST_STOPS:
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if not stop and reached:  # once around: no part of the page holds the keys
            break
        reached += [stop] if stop else []
    assert len(reached) < MOST_STOPS
    first = [reached.index(key) for key in ORDER]
    assert first == sorted(first), [reached[k] for k in sorted(first)]
    assert [reached.count(key) for key in ("subspace", "importance")] == [2, 2]  # two handles; a chart and its menu
    assert page.evaluate(STOPS) == {"nameless": [], "ringless": [], "missed": []}


def test_keys_alone_lead_from_the_file_to_the_values(server, page):
    """What a mouse does in a minute: metric, threshold, a bar, its page, and back."""
    see_bars(page, server, search())
    widget(page, "edit_metric").get_by_role("button").first.press("Enter")
    page.get_by_test_id("stPopoverBody").locator("input").first.wait_for()  # comes with the run that the opening began
    settle(page)  # Streamlit opens it again where it is closed during that run
    page.keyboard.press("Escape")
    page.get_by_test_id("stPopoverBody").wait_for(state="hidden")
    settle(page)
    type_number(page, "target", 20)
    see(page, "80 trials in the target")
    plot = page.locator(BARS)
    plot.press("ArrowDown")
    plot.press("Enter")
    page.wait_for_url("**/one?*")
    see(page, "Which values are good?")
    settle(page)  # the menu of the page that is left goes, and the focus with it
    see(page, "lr alone explains")  # only now: the label of the bar says the same
    page.get_by_role("link", name="Importance", exact=True).press("Enter")
    page.wait_for_url("**/importance?*")
    wait_for_chart(page, selector=BARS)
    expect(widget(page, "target").locator("input")).to_have_value("20")
