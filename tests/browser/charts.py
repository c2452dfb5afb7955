"""Reads what a Plotly chart in the page really shows: its traces, not its pixels.

Streamlit replaces a chart's element whenever its figure changes, so every function asks the page anew.
"""

from __future__ import annotations

from typing import Any, cast

from playwright.sync_api import Page

IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
CHART = ".stPlotlyChart .js-plotly-plot"
WITHIN = 20_000  # milliseconds

# Typed arrays become lists, two-dimensional ones lists of lists; what a chart does not say is left out.
READ = """([selector, index]) => {
  const chart = document.querySelectorAll(selector)[index];
  if (!chart || !chart._fullLayout || !chart._fullData) return null;
  const list = v => v === null || v === undefined ? undefined
    : ArrayBuffer.isView(v) || Array.isArray(v)
      ? Array.from(v, u => typeof u === 'object' ? list(u) ?? null : u)
    : typeof v === 'object' ? undefined : v;
  const bars = e => e && e.visible ? {plus: list(e.array), minus: list(e.arrayminus)} : undefined;
  return chart._fullData.map(t => ({
    type: t.type, name: t.name, orientation: t.orientation, mode: t.mode,
    x: list(t.x), y: list(t.y), z: list(t.z), text: list(t.text), hovertext: list(t.hovertext),
    customdata: list(t.customdata), color: t.marker ? list(t.marker.color) : undefined,
    error_x: bars(t.error_x), error_y: bars(t.error_y)}));
}"""
CHANGED = f"""([selector, index, before]) => {{
  const read = {READ};
  const said = traces => JSON.stringify(traces, (key, value) => value === null ? undefined : value);
  const now = read([selector, index]);
  return now !== null && (before === null || said(now) !== said(before));
}}"""
WORDS = """([selector, index]) => {
  const chart = document.querySelectorAll(selector)[index];
  return chart ? Array.from(chart.querySelectorAll('text'), t => t.textContent).filter(t => t) : [];
}"""
# Where a mouse meets a point, in pixels of the window: the middle of a bar, a marker, a heat map's cell.
PLACE = """([selector, index, trace, point]) => {
  const chart = document.querySelectorAll(selector)[index], t = chart._fullData[trace];
  if (t.type === 'bar') {
    const groups = Array.from(chart.querySelectorAll('.trace.bars'));
    const group = groups.find(g => g.__data__[0].trace.index === trace);
    const box = group.querySelectorAll('.point > path')[point].getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  }
  const [i, j] = Array.isArray(point) ? [point[1], point[0]] : [point, point];
  const along = (id, values, k) => {
    const axis = chart._fullLayout[id[0] + 'axis' + id.slice(1)];
    return axis._offset + axis.d2p(values[k]);
  };
  const box = chart.getBoundingClientRect();
  return [box.left + along(t.xaxis, t.x, i), box.top + along(t.yaxis, t.y, j)];
}"""


def wait_for_chart(page: Page, index: int = 0, selector: str = CHART) -> list[dict[str, Any]]:
    """The traces of a chart as soon as it is drawn."""
    return wait_for_change(page, None, index, selector)


def wait_for_change(
    page: Page, before: list[dict[str, Any]] | None, index: int = 0, selector: str = CHART
) -> list[dict[str, Any]]:
    """The traces of a chart as soon as they differ from `before`; `before` comes from `traces`."""
    page.wait_for_function(CHANGED, arg=[selector, index, before], timeout=WITHIN)
    wait_until_idle(page)
    return traces(page, index, selector)


def wait_for_words(page: Page, said: str, index: int = 0, selector: str = CHART) -> None:
    """Return once one of the texts that stand in a chart holds `said`."""
    holds = f"([selector, index, said]) => ({WORDS})([selector, index]).some(word => word.includes(said))"
    page.wait_for_function(holds, arg=[selector, index, said], timeout=WITHIN)


def wait_until_idle(page: Page) -> None:
    """Return once the script of the page has run to its end."""
    page.wait_for_selector(IDLE, state="attached", timeout=WITHIN)


def traces(page: Page, index: int = 0, selector: str = CHART) -> list[dict[str, Any]]:
    """What each trace of a chart shows now (type, name, x, y, z, text, color, error_x...); [] without one.

    What a trace does not have is None.
    """
    return cast(list[dict[str, Any]], page.evaluate(READ, [selector, index]) or [])


def words(page: Page, index: int = 0, selector: str = CHART) -> list[str]:
    """Every text that stands in a chart: titles, labels, annotations."""
    return cast(list[str], page.evaluate(WORDS, [selector, index]))


def click(page: Page, point: int | tuple[int, int], trace: int = 0, index: int = 0, selector: str = CHART) -> None:
    """Click a point of a trace as a person would; in a heat map a point is (row, column)."""
    page.locator(selector).nth(index).scroll_into_view_if_needed()
    x, y = page.evaluate(PLACE, [selector, index, trace, point])
    page.mouse.move(x, y)  # a chart selects what it has seen the mouse hover over
    page.mouse.click(x, y)
